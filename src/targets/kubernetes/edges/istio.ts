import { CONNECT_TIMEOUT } from './envoy-gateway';
import { OUTLIER_DETECTION } from './failed-copies';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm, type LoadBalancing } from '../../../model/load-balancing';
import { stringifyYaml } from '../../../util/yaml';
import type { KubernetesOptions } from '../options';
import { constant } from '../plain-json';
import { QUICK_MOVE, REVISION, spreadOver } from '../spread';

/*
 * What the plain Gateway API has no field for, in the words of Istio.
 */

/**
 * How a Gateway's proxies run, as Istio merges it into what it makes. By default there is one. Its pods say nothing about
 * seccomp, which the restricted profile asks for.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/#automated-deployment
 * @internal
 */
export function istioOptions(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const { name, drainSeconds } = model;
  const parts = {
    deployment: {
      spec: {
        replicas: edge.proxies,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { annotations: { 'proxy.istio.io/config': `{"terminationDrainDuration": "${drainSeconds}s"}` } },
          spec: {
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            terminationGracePeriodSeconds: drainSeconds + 10,
            tolerations: QUICK_MOVE,
            topologySpreadConstraints: spreadOf(name),
          },
        },
      },
    },
    podDisruptionBudget: edge.proxies > 1 ? { spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } } : undefined,
  };
  const merged = Object.entries(parts).filter(([, part]) => part !== undefined).map(([key, part]) => [key, stringifyYaml(part)]);
  return { data: Object.fromEntries(merged) };
}

/** @internal Keeps the proxies of a Gateway apart. They stand in its own namespace. */
export function spreadOf(gateway: string): any[] {
  return spreadOver({ 'gateway.networking.k8s.io/gateway-name': gateway }, true, REVISION);
}

/**
 * How a proxy picks a copy of a destination, and which one it leaves alone. It holds for all clients in the Gateway's namespace that are in the mesh.
 *
 * @param elsewhere the Gateway's namespace; undefined: the rule's own
 * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/
 * @internal
 */
export function destinationRule(host: string, { balancing }: LoadBalancerModel, elsewhere?: string): any {
  return {
    spec: {
      exportTo: elsewhere === undefined ? OWN_NAMESPACE : [elsewhere],
      host,
      trafficPolicy: {
        connectionPool: { tcp: { connectTimeout: CONNECT_TIMEOUT } },
        loadBalancer: { ...loadBalancer(balancing), localityLbSetting: ANY_ZONE },
        outlierDetection: OUTLIER_DETECTION,
      },
    },
  };
}

const OWN_NAMESPACE = constant(['.']);

/** Else, where copies are left alone, a proxy sends to those of its own zone only, and those of a zone without a proxy are idle. */
const ANY_ZONE = constant({ enabled: false });

/** @internal Whether Istio has the algorithm. */
export function isKnownToIstio({ algorithm, hashKey }: LoadBalancing): boolean {
  return !(algorithm === LoadBalancingAlgorithm.CONSISTENT_HASH && hashKey === HashKey.URI);
}

function loadBalancer(balancing: LoadBalancing): any {
  const { algorithm, hashKey, keyName } = balancing;
  if (!isKnownToIstio(balancing)) return { simple: 'LEAST_REQUEST' };
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return { simple: 'ROUND_ROBIN' };
    case LoadBalancingAlgorithm.RANDOM: return { simple: 'RANDOM' };
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES:
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS: return { simple: 'LEAST_REQUEST' };
    // With a lifetime, the proxy sets the cookie where a visitor has none.
    case LoadBalancingAlgorithm.STICKY: return { consistentHash: { httpCookie: { name: keyName, ttl: '86400s' } } };
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return { consistentHash: consistentHash(hashKey, keyName) };
  }
}

function consistentHash(hashKey: HashKey | undefined, keyName: string | undefined): any {
  switch (hashKey) {
    case HashKey.HEADER: return { httpHeaderName: keyName };
    case HashKey.COOKIE: return { httpCookie: { name: keyName, ttl: '0s' } };
    default: return { useSourceIp: true };
  }
}
