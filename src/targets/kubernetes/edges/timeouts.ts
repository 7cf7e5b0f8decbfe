import { gatewayOf } from './gateway-implementation';
import type { KubernetesEdge } from './kubernetes-edge';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { warning } from '../findings';
import { duration } from '../quantities';

/*
 * When a request of a route is ended, in the words of HTTPRoute, and who knows them by the conformance reports.
 */

const WITH_TIMEOUTS = ['eg', 'istio', 'cilium'];
const WITHOUT_TIMEOUTS = ['nginx', 'traefik'];

const isOneOf = (classNames: string[], edge: KubernetesEdge): boolean => classNames.some((className) => edge._is(className));

/** @internal */
export function timeouts({ requestTimeoutSeconds: seconds }: RouteModel, edge: KubernetesEdge): any {
  return seconds === undefined || isOneOf(WITHOUT_TIMEOUTS, edge) ? undefined : { request: duration(seconds) };
}

/** @internal What of it an implementation does not do. The NGINX fabric has a policy of its own for the half that nginx can. */
export function timeoutFindings(route: RouteModel, { path, name }: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const { host, path: prefix, requestTimeoutSeconds: seconds } = route;
  if (seconds === undefined || isOneOf(WITH_TIMEOUTS, edge)) return [];
  const where = `'${host}${prefix}'`;
  const found = (message: string) => [warning('request-timeout', path, message)];
  if (edge._is('nginx')) {
    return found(`'${name}' ends an answer of ${where} that pauses for ${seconds} s with ${gatewayOf(edge)}, not one that takes so long in all, which nginx cannot limit: let the`
      + ' application do that; where kubectl knows no ProxySettingsPolicy with a timeout, install a newer NGINX Gateway Fabric');
  }
  if (isOneOf(WITHOUT_TIMEOUTS, edge)) {
    return found(`'${name}' does not end requests of ${where} after ${seconds} s with ${gatewayOf(edge)}, whose implementation does not know the timeouts of an HTTPRoute:`
      + ' end them in the application, or use Envoy Gateway (KubernetesEdge.gateway())');
  }
  return found(`'${name}' ends requests of ${where} after ${seconds} s only if the implementation of ${gatewayOf(edge)} knows the timeouts of an HTTPRoute:`
    + ' look for HTTPRouteRequestTimeout in its conformance report, or use Envoy Gateway (KubernetesEdge.gateway())');
}
