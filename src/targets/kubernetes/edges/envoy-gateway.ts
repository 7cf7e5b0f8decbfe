import { backendRef } from './backend-ref';
import { PASSIVE_HEALTH_CHECK } from './failed-copies';
import { httpsListenerName } from './gateway';
import type { KubernetesEdge } from './kubernetes-edge';
import { keepsHttp2 } from './shared-certificates';
import { streamKinds } from './streams';
import { authorityOfHost, HANDSHAKE_SECONDS, hostsThatAsk } from '../../../loadbalancers/authorities';
import { forwardAuthOf, sourceRangesOf, SUBJECT_HEADER, type ForwardAuthModel } from '../../../model/access-rule';
import type { AuthorityModel } from '../../../model/authority';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm, type LoadBalancing } from '../../../model/load-balancing';
import { hostSlug } from '../names';
import type { KubernetesOptions } from '../options';
import { envoyProxyLabels, OWNING_NAMESPACE } from '../peers';
import { constant } from '../plain-json';
import { duration, mebibytes } from '../quantities';
import { QUICK_MOVE, REVISION, spreadOver } from '../spread';

/*
 * What the plain Gateway API has no field for, in the words of Envoy Gateway.
 * https://gateway.envoyproxy.io/docs/api/extension_types/
 */

/**
 * How a Gateway's proxies run. By default there is one, a single point of failure.
 *
 * @internal
 */
export function envoyProxy(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const labels = envoyProxyLabels(model.name, model.namespace);
  return {
    spec: {
      provider: {
        kubernetes: {
          envoyDeployment: {
            container: { resources: resources(edge) },
            pod: {
              tolerations: QUICK_MOVE,
              topologySpreadConstraints: spreadOver(labels, true, model.namespace === undefined ? OWN_REVISION : REVISION),
            },
            replicas: edge.proxies,
            strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }, type: 'RollingUpdate' },
          },
          // With one proxy a budget could only block drains.
          envoyPDB: edge.proxies > 1 ? { maxUnavailable: 1, patch: UNHEALTHY_ONES_GO } : undefined,
        },
        type: 'Kubernetes',
      },
      shutdown: shutdown(model, edge),
      telemetry: model.accessLog ? undefined : { accessLog: { disable: true } },
    },
  };
}

/** Mebibytes that a proxy sets aside: Envoy Gateway's own default, as what is said here takes its place. */
const SET_ASIDE = 512;

/**
 * Envoy refuses requests before it runs out of memory where it is told how much there is. Envoy Gateway tells it by the limit, and
 * nothing without one, so that bodies held in memory, which visitors may send as slowly as they like, could take all that a node has.
 *
 * @see https://github.com/envoyproxy/gateway/pull/3082
 */
function resources(edge: KubernetesEdge): any {
  const limit = proxyMebibytes(edge);
  return { limits: { memory: mebibytes(limit) }, requests: { cpu: '100m', memory: mebibytes(Math.min(SET_ASIDE, limit)) } };
}

/** @internal Mebibytes that a proxy may take. */
export const proxyMebibytes = ({ _proxyMemoryLimit: limit }: KubernetesEdge): number => limit?.toMebibytes() ?? 1024;

/** @internal Mebibytes that Envoy may fill, which is its heap. */
export const heapMebibytes = (edge: KubernetesEdge): number => 0.8 * proxyMebibytes(edge);

/**
 * A proxy that stops goes on listening, and is not ready any more, at once or when it is told. Until then what comes to its node for it
 * is led to it; after that nothing is, where it was the only one there.
 *
 * @see https://gateway.envoyproxy.io/docs/tasks/operations/graceful-shutdown/
 */
function shutdown({ drainSeconds }: LoadBalancerModel, { _proxyDeregistration: forgotten }: KubernetesEdge): any {
  if (forgotten === undefined) return { drainTimeout: duration(drainSeconds), minDrainDuration: duration(Math.min(10, drainSeconds)) };
  const seconds = forgotten.toSeconds();
  return { drainTimeout: duration(seconds + drainSeconds), healthCheckFailureDelay: duration(seconds), minDrainDuration: duration(seconds) };
}

/** Proxies of all Gateways stand in one namespace, so those of the same name elsewhere must not count. */
const OWN_REVISION = constant([OWNING_NAMESPACE, 'pod-template-hash']);

/** Proxies that are not ready do not hold back a drain: a field that Envoy Gateway has no word for. */
const UNHEALTHY_ONES_GO = constant({ type: 'StrategicMerge', value: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } } });

/**
 * TLS versions, whose word on a visitor's address is believed, and headers that nobody outside may set.
 *
 * @internal
 */
export function clientTrafficPolicy(model: LoadBalancerModel): any {
  return clientTraffic(model, forged(model), {}, {});
}

/**
 * The same for the listener of one host, whose visitors must show a certificate, or call over HTTP/2. It holds there in place of the
 * Gateway's.
 *
 * @see https://gateway.envoyproxy.io/docs/tasks/security/mutual-tls/
 * @internal
 */
export function listenerTrafficPolicy(host: string, model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const authority = authorityOfHost(model, { name: host });
  const section = { sectionName: httpsListenerName(host) };
  const alpnProtocols = keepsHttp2(host, model, edge) ? ['h2', 'http/1.1'] : undefined;
  if (authority === undefined) return clientTraffic(model, forged(model), section, { alpnProtocols });
  return clientTraffic(model, [], section, {
    alpnProtocols, clientValidation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: authorityName(host, authority) }] },
  }, [{ name: SUBJECT_HEADER, value: '%DOWNSTREAM_PEER_SUBJECT%' }]);
}

/** What a visitor without a certificate could say about one. */
const forged = (model: LoadBalancerModel): string[] => hostsThatAsk(model).length === 0 ? [] : [SUBJECT_HEADER];

function clientTraffic(model: LoadBalancerModel, removed: string[], section: object, tls: object, set?: object[]): any {
  // Envoy leaves a visitor's own header alone where the asked workload gives none.
  const remove = [...new Set([...model.routes.flatMap((route) => forwardAuthOf(route)?.copyHeaders ?? []), ...removed])].sort();
  const early = { ...remove.length === 0 ? {} : { remove }, ...set === undefined ? {} : { set } };
  return {
    spec: {
      clientIPDetection: model.trustedProxies.length === 0 ? undefined : { xForwardedFor: { trustedCIDRs: model.trustedProxies } },
      headers: Object.keys(early).length === 0 ? undefined : { earlyRequestHeaders: early },
      path: model.routes.every(({ path }) => path === '/') ? AS_IT_CAME : undefined,
      targetRefs: [{ group: GATEWAY_API, kind: 'Gateway', name: model.name, ...section }],
      tls: { ...tls, minVersion: '1.2' },
    },
  };
}

/** @internal The authority of a host, named by its content. */
export const authorityName = (host: string, { hash }: AuthorityModel): string => `${hostSlug(host)}-authority-${hash}`;

/** @internal Where Envoy Gateway finds an authority. */
export function authorityConfigMap(name: string, { certificates }: AuthorityModel): any {
  return { data: { 'ca.crt': certificates }, immutable: true, metadata: { name } };
}

/**
 * How a proxy picks a copy, which one it leaves alone, and when it tries another one: only where the request never reached the
 * application.
 *
 * @internal
 */
export function backendTrafficPolicy(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const targets = edge.isOwn ? { targetRefs: [{ group: GATEWAY_API, kind: 'Gateway', name: model.name }] } : { targetSelectors: routesOf(model) };
  return { spec: { ...trafficOf(model), ...targets } };
}

function trafficOf({ balancing }: LoadBalancerModel): any {
  return {
    circuitBreaker: NO_CIRCUIT_BREAKER,
    healthCheck: PASSIVE_HEALTH_CHECK,
    loadBalancer: loadBalancer(balancing),
    retry: RETRY_UNSENT,
    timeout: { http: NO_LIMIT, tcp: { connectTimeout: CONNECT_TIMEOUT } },
  };
}

/** The routes of a Gateway that is not ours to have a policy, but for those with one of their own. */
function routesOf({ name, routes, streams }: LoadBalancerModel): any[] {
  const matchLabels = { 'app.kubernetes.io/instance': name };
  const matchExpressions = routes.some(isLimited) ? [{ key: TRAFFIC_POLICY, operator: 'DoesNotExist' }] : undefined;
  return ['GRPCRoute', 'HTTPRoute', ...streamKinds(streams)].map((kind) => ({ group: GATEWAY_API, kind, matchExpressions, matchLabels }));
}

const isLimited = ({ maxRequestBodyBytes }: RouteModel): boolean => maxRequestBodyBytes !== undefined;

/**
 * Marks a route that has a policy of its own, beside a Gateway that has none of ours to merge with: a route takes one policy, of two the
 * older.
 *
 * @internal
 */
export function policyLabels(route: RouteModel, edge: KubernetesEdge): { [key: string]: string } | undefined {
  return edge.isEnvoyGateway && !edge.isOwn && isLimited(route) ? { [TRAFFIC_POLICY]: 'own' } : undefined;
}

const TRAFFIC_POLICY = 'cdk8s-ha/traffic-policy';

/** @internal An HTTPRoute or GRPCRoute. */
export interface RouteRef {
  readonly kind: string;
  readonly name: string;
}

/** @internal Refuses request bodies that are too large, beside what the Gateway's policy says where it is ours. */
export function requestBodyPolicy(target: RouteRef, route: RouteModel, model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  return {
    spec: {
      ...edge.isOwn ? { mergeType: 'StrategicMerge' } : trafficOf(model),
      requestBuffer: { limit: byteQuantity(route.maxRequestBodyBytes!) },
      targetRefs: [{ group: GATEWAY_API, ...target }],
    },
  };
}

/**
 * Who may use a route, besides certificates, which are a host's. Envoy asks the other workload before it looks at addresses; both must let a visitor in.
 *
 * @see https://gateway.envoyproxy.io/docs/tasks/security/ext-auth/
 * @internal
 */
export function accessPolicy(target: RouteRef, route: RouteModel, model: LoadBalancerModel): any {
  const [ranges, forwardAuth] = [sourceRangesOf(route), forwardAuthOf(route)];
  return {
    spec: {
      authorization: ranges.length === 0 ? undefined : {
        defaultAction: 'Deny',
        rules: [{ action: 'Allow', name: 'source-ranges', principal: { clientCIDRs: ranges } }],
      },
      extAuth: forwardAuth === undefined ? undefined : extAuth(forwardAuth, model),
      targetRefs: [{ group: GATEWAY_API, ...target }],
    },
  };
}

function extAuth({ target, path, copyHeaders }: ForwardAuthModel, { namespace }: LoadBalancerModel): any {
  const { weight: _, ...service } = backendRef(target, namespace);
  return {
    failOpen: false,
    headersToExtAuth: ASKED_HEADERS,
    http: {
      backendRefs: [service],
      headersToBackend: copyHeaders.length === 0 ? undefined : copyHeaders,
      // It is put before the visitor's path.
      path: path === '/' ? undefined : path,
    },
  };
}

/**
 * What a workload gets to see of a request, besides its method, host, path and `Authorization`: there is no word for all
 * headers. Those that Envoy does not overwrite would be the visitor's to make up.
 *
 * @internal
 */
export const ASKED_HEADERS: string[] = constant(['accept', 'cookie', 'user-agent', 'x-forwarded-for', 'x-forwarded-proto']);

/** @internal Whether Envoy Gateway has the algorithm. */
export function isKnownToEnvoy({ algorithm, hashKey }: LoadBalancing): boolean {
  return !(algorithm === LoadBalancingAlgorithm.CONSISTENT_HASH && hashKey === HashKey.URI);
}

/** @see https://gateway.envoyproxy.io/docs/tasks/traffic/load-balancing/ */
function loadBalancer(balancing: LoadBalancing): any {
  const { algorithm, hashKey, keyName } = balancing;
  if (!isKnownToEnvoy(balancing)) return { type: 'LeastRequest' };
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return { type: 'RoundRobin' };
    case LoadBalancingAlgorithm.RANDOM: return { type: 'Random' };
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES:
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS: return { type: 'LeastRequest' };
    // With a lifetime, Envoy sets the cookie where a visitor has none.
    case LoadBalancingAlgorithm.STICKY: return { consistentHash: { cookie: { name: keyName, ttl: '24h' }, type: 'Cookie' }, type: 'ConsistentHash' };
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return { consistentHash: consistentHash(hashKey, keyName), type: 'ConsistentHash' };
  }
}

function consistentHash(hashKey: HashKey | undefined, keyName: string | undefined): any {
  switch (hashKey) {
    case HashKey.HEADER: return { headers: [{ name: keyName }], type: 'Headers' };
    case HashKey.COOKIE: return { cookie: { name: keyName }, type: 'Cookie' };
    default: return { type: 'SourceIP' };
  }
}

const GATEWAY_API = 'gateway.networking.k8s.io';

/**
 * A copy on a node that is gone stays in the endpoints until the cluster has noticed, and answers nobody: another one is tried
 * after this, not after the ten seconds that Envoy would wait.
 *
 * @internal
 */
export const CONNECT_TIMEOUT = `${HANDSHAKE_SECONDS}s`;

/**
 * Else Envoy ends each answer after fifteen seconds: streams, downloads, WebSockets. What a route says itself goes before it.
 *
 * @see https://gateway.envoyproxy.io/docs/tasks/traffic/http-timeouts/
 */
const NO_LIMIT = constant({ requestTimeout: '0s' });

/**
 * Envoy's own 1024 connections and requests to a workload are few where WebSockets and long answers each take one: the next visitor got 503
 * from every proxy that has them. What keeps a proxy from taking more than it can hold is its memory limit, and a copy from more than it can
 * do, that copy.
 *
 * @see https://gateway.envoyproxy.io/docs/tasks/traffic/circuit-breaker/
 */
const NO_CIRCUIT_BREAKER = constant({ maxConnections: 65_536, maxParallelRequests: 65_536, maxPendingRequests: 65_536 });

/**
 * Envoy Gateway redirects a path that has a slash in escapes, so that no rule for a path can be passed by. Where all paths go one way, it is
 * the application's own, which a redirect breaks.
 *
 * @see https://gateway.envoyproxy.io/docs/api/extension_types/#pathsettings
 */
const AS_IT_CAME = constant({ escapedSlashesAction: 'KeepUnchanged' });

const RETRY_UNSENT = constant({
  numRetries: 2,
  retryOn: { triggers: ['connect-failure', 'refused-stream', 'reset-before-request'] },
});

/** The field takes whole numbers without a fraction. */
function byteQuantity(bytes: number): string {
  for (const [unit, size] of [['Gi', 2 ** 30], ['Mi', 2 ** 20], ['Ki', 2 ** 10]] as const) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}`;
}
