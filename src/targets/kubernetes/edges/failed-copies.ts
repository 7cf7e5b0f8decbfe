import type { KubernetesEdge } from './kubernetes-edge';
import { constant } from '../plain-json';

/*
 * Copies that cannot be reached although the cluster still calls them ready: one that has just ended, or whose node is gone, which
 * the cluster notices after 50 s. Proxies leave such a copy alone for a while, as our own do on Docker. Whether a copy that can be
 * reached gets requests is for its readiness check to say, which the kubelet asks: no proxy asks it a second time.
 */

/**
 * What is common to all who configure Envoy. Answers of the application never count: a page with a fault would take out all copies for
 * all pages. Envoy counts a request that timed out like a refused connection, but a connection that is made starts the row anew: two in
 * a row are a copy that is gone, and hardly ever a slow page.
 */
const UNREACHABLE = {
  // Multiplied by how often in a row it was left alone.
  baseEjectionTime: '2s',
  consecutiveLocalOriginFailures: 2,
  interval: '1s',
  maxEjectionPercent: 50,
  splitExternalLocalOriginErrors: true,
};

/**
 * Where less than half of the copies are left, Envoy sends to all of them again. It also compares copies by their share of errors, from
 * five copies and a hundred requests to each within an interval on, and nothing switches that off: the interval is short.
 *
 * @see https://gateway.envoyproxy.io/docs/api/extension_types/#passivehealthcheck
 * @internal
 */
export const PASSIVE_HEALTH_CHECK = constant({ passive: { ...UNREACHABLE, consecutive5XxErrors: 0, consecutiveGatewayErrors: 0 } });

/**
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 * @internal
 */
export const OUTLIER_DETECTION = constant({ ...UNREACHABLE, consecutive5xxErrors: 0, consecutiveGatewayErrors: 0, minHealthPercent: 50 });

/** @internal What the proxies of a Gateway do with a copy that cannot be reached, for the report. */
export function unreachableCopies(edge: KubernetesEdge): string {
  if (edge.isEnvoyGateway || edge._is('istio')) {
    return 'one that cannot be reached twice in a row is left alone for 2 s, then longer, but never more than half of the copies';
  }
  if (edge._is('nginx')) return 'one that has failed once is left alone for 10 s, which is nginx\'s own default, as long as another one is left';
  return LEFT_TO_THE_CLUSTER;
}

/** @internal The same of proxies that are told nothing about it. */
export const LEFT_TO_THE_CLUSTER = 'one that cannot be reached is left to its readiness check, and on a lost node to the cluster, which needs 50 s to notice';
