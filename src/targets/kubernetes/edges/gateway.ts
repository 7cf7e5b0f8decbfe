import { tlsSecretOf } from '../certificates';
import { backendRef } from './backend-ref';
import type { KubernetesEdge } from './kubernetes-edge';
import type { IssuerModel } from '../../../model/certificate';
import { opensHttp, type HostModel, type LoadBalancerModel, type RouteModel, type RouteTargetModel } from '../../../model/load-balancer';
import type { StreamRouteModel } from '../../../model/stream-route';
import { PeerKind } from '../../../model/workload';
import { hostSlug } from '../names';
import type { KubernetesOptions } from '../options';
import { constant } from '../plain-json';
import { mirrorFilters } from './mirrors';
import { retriedRequests } from './retries';
import { timeouts } from './timeouts';

/**
 * One listener for plain HTTP and one for each host with a certificate, so that a certificate that is missing takes its
 * own host down and no other. Port 80 stays open: for redirects, and since proof over HTTP always starts there.
 *
 * No annotation for cert-manager: it would make a second Certificate beside the one we write.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#listener
 * @internal
 */
export function gateway(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  return {
    spec: {
      addresses: model.publishAddress === undefined ? undefined : [{ type: 'IPAddress', value: model.publishAddress }],
      gatewayClassName: edge.className,
      infrastructure: infrastructure(model, edge),
      listeners: [
        ...opensHttp(model) ? [{ allowedRoutes: SAME_NAMESPACE, name: edge.httpListener, port: model.httpPort, protocol: 'HTTP' }] : [],
        ...addedListeners(model),
      ],
    },
  };
}

/** How the proxies run, in an object of the implementation's. */
function infrastructure({ name }: LoadBalancerModel, edge: KubernetesEdge): any {
  if (edge.isEnvoyGateway) return { parametersRef: { group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name } };
  if (edge._is('istio')) return { parametersRef: { group: '', kind: 'ConfigMap', name: `${name}-options` } };
  if (edge._is('nginx')) return { parametersRef: { group: 'gateway.nginx.org', kind: 'NginxProxy', name } };
  return undefined;
}

/** @internal All listeners but that for plain HTTP. */
export const addedListeners = (model: LoadBalancerModel): any[] =>
  [...model.hosts.filter(({ issuer }) => issuer !== undefined).map((host) => httpsListener(host, model)), ...model.streams.map(streamListener)];

function httpsListener({ name, issuer }: HostModel, { httpsPort, namespace }: LoadBalancerModel): any {
  const home = issuer!.namespace === namespace ? undefined : issuer!.namespace;
  return {
    allowedRoutes: SAME_NAMESPACE,
    hostname: name,
    name: httpsListenerName(name),
    port: httpsPort,
    protocol: 'HTTPS',
    tls: { certificateRefs: [{ group: '', kind: 'Secret', name: tlsSecretOf(name, issuer!), namespace: home }], mode: 'Terminate' },
  };
}

const SAME_NAMESPACE = constant({ namespaces: { from: 'Same' } });

/** A listener for connections that are passed on as they are. */
function streamListener(stream: StreamRouteModel): any {
  const { host, port } = stream;
  return {
    allowedRoutes: SAME_NAMESPACE,
    hostname: host,
    name: streamListenerName(stream),
    port,
    protocol: host === undefined ? 'TCP' : 'TLS',
    tls: host === undefined ? undefined : { mode: 'Passthrough' },
  };
}

/** @internal */
export const streamListenerName = ({ host, port }: StreamRouteModel): string => host === undefined ? `tcp-${port}` : `tls-${hostSlug(host)}`;

/** @internal */
export function httpsListenerName(host: string): string {
  return `https-${hostSlug(host)}`;
}

/** @internal A route: requests for one host and path. */
export function httpRoute(route: RouteModel, model: LoadBalancerModel, options: KubernetesOptions): any {
  return routeOf(route, model, options.edge, retriedRequests(route, model, options).map(({ methods, retry }) => ({
    filters: mirrorFilters(route, model, options),
    matches: matches({ ...route, methods }),
    retry,
    timeouts: timeouts(route, options.edge),
  })));
}

/** @internal What all kinds of routes have in common. */
export function routeOf(route: RouteModel, model: LoadBalancerModel, edge: KubernetesEdge, rules: any[]): any {
  return {
    spec: {
      hostnames: [route.host],
      parentRefs: listenersOf(route, model, edge).map((listener) => parentRef(model, edge, listener)),
      rules: rules.map(({ filters = [], ...rule }) => ({
        backendRefs: route.targets.map((target) => backendRef(target, model.namespace)),
        filters: unlessEmpty([...hsts(route), ...filters]),
        ...rule,
      })),
    },
  };
}

const unlessEmpty = (list: any[]): any[] | undefined => list.length === 0 ? undefined : list;

/** @internal Without a section a route answers on every listener, plain HTTP among them. */
export function listenersOf(route: RouteModel, model: LoadBalancerModel, edge: KubernetesEdge): string[] {
  const secure = isSecure(route.host, model);
  return [...secure ? [httpsListenerOf(route.host, edge)] : [], ...secure && route.redirectHttp ? [] : [edge.httpListener]];
}

/**
 * Sends plain HTTP to HTTPS, or one host to another. Its rule must have no destinations. The solver's route for proof
 * over HTTP wins over it, because it names an exact path.
 *
 * @internal
 */
export function redirectRoute(host: string, model: LoadBalancerModel, edge: KubernetesEdge): any {
  const redirect = model.redirects.find(({ from }) => from === host);
  const secure = isSecure(host, model);
  const listeners = redirect !== undefined && secure ? [edge.httpListener, httpsListenerOf(host, edge)] : [edge.httpListener];
  const toSecure = redirect === undefined ? secure : isSecure(redirect.to, model) || secure;
  return {
    spec: {
      hostnames: [host],
      parentRefs: listeners.map((listener) => parentRef(model, edge, listener)),
      rules: [{
        filters: [{
          requestRedirect: {
            hostname: redirect?.to,
            port: toSecure ? unusualPort(model.httpsPort, 443) : unusualPort(model.httpPort, 80),
            scheme: toSecure ? 'https' : undefined,
            // Core support in every implementation; 308 came later.
            statusCode: 301,
          },
          type: 'RequestRedirect',
        }],
        matches: redirect === undefined ? redirectedPaths(host, model) : [pathMatch('/')],
      }],
    },
  };
}

/** @internal Whether some path of a host is sent from HTTP to HTTPS. */
export function isRedirected(host: string, model: LoadBalancerModel): boolean {
  return model.redirects.some(({ from }) => from === host) || model.routes.some((route) => route.host === host && route.redirectHttp);
}

/** All paths, or those whose routes want it. */
function redirectedPaths(host: string, model: LoadBalancerModel): any[] {
  const routes = model.routes.filter((route) => route.host === host);
  if (routes.every(({ redirectHttp }) => redirectHttp)) return [pathMatch('/')];
  return [...new Set(routes.filter(({ redirectHttp }) => redirectHttp).map(({ path }) => path))].sort().map(pathMatch);
}

/**
 * Lets routes of one namespace lead to a Service of another, and their policies ask it.
 *
 * @param streamKinds the kinds of its routes of connections
 * @internal
 */
export function referenceGrant(fromNamespace: string, service: string, { isEnvoyGateway }: KubernetesEdge, streamKinds: string[] = []): any {
  return {
    spec: {
      from: [
        ...['GRPCRoute', 'HTTPRoute', ...streamKinds].map((kind) => ({ group: 'gateway.networking.k8s.io', kind, namespace: fromNamespace })),
        ...isEnvoyGateway ? [{ group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: fromNamespace }] : [],
      ],
      to: [{ group: '', kind: 'Service', name: service }],
    },
  };
}

/**
 * Lets the listeners of one namespace show a certificate of another; undefined where none does.
 *
 * @internal
 */
export function certificateGrant([{ name }, loadBalancers]: [IssuerModel, LoadBalancerModel[]], { edge }: KubernetesOptions): any {
  if (loadBalancers.length === 0) return undefined;
  const kind = edge._listenerSet ? 'ListenerSet' : 'Gateway';
  return {
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind, namespace: loadBalancers[0].namespace }],
      to: [{ group: '', kind: 'Secret', name }],
    },
  };
}

/** @internal */
export function parentRef(model: Pick<LoadBalancerModel, 'name'>, edge: KubernetesEdge, sectionName: string): any {
  if (edge._listenerSet && sectionName !== edge.httpListener) {
    return { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: model.name, sectionName };
  }
  return {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name: edge.existingName ?? model.name,
    namespace: edge.existingNamespace,
    sectionName,
  };
}

function unusualPort(port: number, usual: number): number | undefined {
  return port === usual ? undefined : port;
}

function httpsListenerOf(host: string, edge: KubernetesEdge): string {
  return edge._hasCertificates ? httpsListenerName(host) : edge.httpsListener;
}

function isSecure(host: string, model: LoadBalancerModel): boolean {
  return model.hosts.some(({ name, issuer }) => name === host && issuer !== undefined);
}

/**
 * How a Gateway's proxies meet the copies of a destination over TLS, and whom they trust.
 *
 * @see https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
 * @param authority name of the ConfigMap with who signs for the copies
 * @internal
 */
export function backendTlsPolicy({ peer, port, tls }: RouteTargetModel, authority: string): any {
  return {
    spec: {
      // The ports of another library's Service have names that we do not know.
      targetRefs: [{ group: '', kind: 'Service', name: peer.name, sectionName: peer.kind === PeerKind.WORKLOAD ? port.name : undefined }],
      validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: authority }], hostname: tls!.serverName },
    },
  };
}

/** A request must carry all the headers and one of the methods. */
function matches({ path, headers, methods }: RouteModel): any[] {
  const names = Object.keys(headers);
  const match = {
    ...pathMatch(path),
    headers: names.length === 0 ? undefined : names.sort().map((name) => ({ name, type: 'Exact', value: headers[name] })),
  };
  return methods.length === 0 ? [match] : methods.map((method) => ({ ...match, method }));
}

function pathMatch(path: string): any {
  return { path: { type: 'PathPrefix', value: path } };
}

/** @see https://datatracker.ietf.org/doc/html/rfc6797 */
function hsts({ hstsSeconds }: RouteModel): any[] {
  return hstsSeconds === 0 ? [] : [{
    responseHeaderModifier: { set: [{ name: 'Strict-Transport-Security', value: `max-age=${hstsSeconds}` }] },
    type: 'ResponseHeaderModifier',
  }];
}
