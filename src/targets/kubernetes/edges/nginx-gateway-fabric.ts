import { spreadOf } from './istio';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm, type LoadBalancing } from '../../../model/load-balancing';
import type { KubernetesOptions } from '../options';
import { QUICK_MOVE } from '../spread';

/*
 * What the plain Gateway API has no field for, in the words of NGINX Gateway Fabric.
 */

/**
 * How a Gateway's proxies run. By default there is one, which stops listening as soon as it is told to stop, while visitors are still
 * sent to it; what it has accepted it ends.
 *
 * @see https://docs.nginx.com/nginx-gateway-fabric/how-to/data-plane-configuration/
 * @internal
 */
export function nginxProxy(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const seconds = edge._proxyDeregistrationSeconds;
  return {
    spec: {
      kubernetes: {
        deployment: {
          container: { lifecycle: { preStop: { sleep: { seconds } } } },
          pod: {
            terminationGracePeriodSeconds: seconds + model.drainSeconds + 5,
            tolerations: QUICK_MOVE,
            topologySpreadConstraints: spreadOf(proxiesName(model)),
          },
          replicas: edge.proxies,
        },
      },
      rewriteClientIP: model.trustedProxies.length === 0 ? undefined : {
        mode: 'XForwardedFor', setIPRecursively: true, trustedAddresses: model.trustedProxies.map((value) => ({ type: 'CIDR', value })),
      },
    },
  };
}

/** @internal The fabric writes none for its proxies. */
export function nginxDisruptionBudget(model: LoadBalancerModel): any {
  return {
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': proxiesName(model) } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}

const proxiesName = ({ name }: LoadBalancerModel): string => name;

/**
 * How nginx picks a copy of a destination; for every Gateway of the fabric that leads to it.
 *
 * @see https://docs.nginx.com/nginx-gateway-fabric/traffic-management/upstream-settings/
 * @internal
 */
export function upstreamSettingsPolicy(service: string, { balancing }: LoadBalancerModel): any {
  return { spec: { ...methodOf(balancing), targetRefs: [{ group: 'core', kind: 'Service', name: service }] } };
}

/**
 * Ends an answer of a route that pauses for too long. The fabric does not know the time-outs of an HTTPRoute, as nginx cannot limit
 * the whole of an answer.
 *
 * @see https://docs.nginx.com/nginx-gateway-fabric/traffic-management/proxy-settings/
 * @internal
 */
export function proxySettingsPolicy(target: string, route: RouteModel): any {
  return {
    spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: target }],
      timeout: { read: fourDigits(route.requestTimeoutSeconds!) },
    },
  };
}

/** The field takes four digits: above that it is rounded up to minutes or hours. */
function fourDigits(seconds: number): string {
  const [unit, length] = ([['s', 1], ['m', 60]] as const).find(([, of]) => Math.ceil(seconds / of) <= 9999) ?? ['h', 3600];
  return `${Math.ceil(seconds / length)}${unit}`;
}

/** @internal Whether nginx has the algorithm, and a word for its key: names of variables have letters and underscores only. */
export function isKnownToNginx({ algorithm, hashKey, keyName = '' }: LoadBalancing): boolean {
  if (algorithm === LoadBalancingAlgorithm.STICKY) return false;
  const isNamed = hashKey === HashKey.HEADER || hashKey === HashKey.COOKIE;
  return !isNamed || (hashKey === HashKey.HEADER ? /^[A-Za-z-]+$/ : /^[a-z_]+$/).test(keyName);
}

function methodOf(balancing: LoadBalancing): any {
  const { algorithm, hashKey, keyName } = balancing;
  if (!isKnownToNginx(balancing)) return { loadBalancingMethod: 'least_conn' };
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return { loadBalancingMethod: 'round_robin' };
    case LoadBalancingAlgorithm.RANDOM: return { loadBalancingMethod: 'random' };
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES: return { loadBalancingMethod: 'random two least_conn' };
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return { hashMethodKey: keyOf(hashKey, keyName), loadBalancingMethod: 'hash consistent' };
    default: return { loadBalancingMethod: 'least_conn' };
  }
}

function keyOf(hashKey: HashKey | undefined, keyName = ''): string {
  switch (hashKey) {
    case HashKey.HEADER: return `$http_${keyName.toLowerCase().replaceAll('-', '_')}`;
    case HashKey.COOKIE: return `$cookie_${keyName}`;
    case HashKey.URI: return '$request_uri';
    default: return '$remote_addr';
  }
}
