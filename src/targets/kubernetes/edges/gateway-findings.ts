import { ASKED_HEADERS, heapMebibytes, proxyMebibytes } from './envoy-gateway';
import { error, warning } from '../findings';
import { gatewayApiFindings } from './gateway-api-findings';
import { gatewayOf } from './gateway-implementation';
import type { KubernetesEdge } from './kubernetes-edge';
import { mirrorFindings } from './mirrors';
import { streamFindings } from './streams';
import { timeoutFindings } from './timeouts';
import { clientAuthorityOf, forwardAuthOf, sourceRangesOf, usersOf, type ForwardAuthModel } from '../../../model/access-rule';
import type { ChartModel } from '../../../model/app-model';
import type { Finding } from '../../../model/finding';
import { calledBy, visitorPorts, type LoadBalancerModel, type RouteModel } from '../../../model/load-balancer';
import { isGrpcPort } from '../../../model/port';
import type { KubernetesOptions } from '../options';

/** @internal */
export function gatewayFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  const { edge } = options;
  const secure = balancer.hosts.filter(({ issuer }) => issuer !== undefined);
  const { length: passed } = balancer.streams;
  return [
    ...edge._hasCertificates && secure.length + passed > MOST_HOSTS ? [error('too-many-listeners', balancer.path,
      `'${balancer.name}' cannot serve ${secure.length} hosts with certificates${passed === 0 ? '' : ` and ${passed} routes of connections`} on Kubernetes:`
      + ' a Gateway has at most 64 listeners, one of them for plain HTTP; split the hosts between two load balancers')] : [],
    ...edge._hasCertificates || secure.length === 0 ? [] : [warning('certificates-of-existing-gateway', balancer.path,
      `the certificates of '${balancer.name}' are not made on Kubernetes: the Gateway '${edge.existingName}' belongs to somebody else,`
      + ` who must have ${secure.map(({ name }) => `'${name}'`).join(', ')} on its listener '${edge.httpsListener}'`)],
    ...balancer.routes.flatMap((route) => [
      ...routeFindings(route, balancer, edge), ...accessFindings(route, balancer, edge), ...mirrorFindings(route, balancer, options),
      ...timeoutFindings(route, balancer, edge),
    ]),
    ...streamFindings(balancer, options),
    ...halfKnownNamespaces(balancer),
    ...unusedOptions(balancer, edge),
    ...gatewayApiFindings(balancer, options),
    ...balancer.accessLog || (edge.isOwn && edge.isEnvoyGateway) ? [] : [warning('access-log', balancer.path,
      `the access log of '${balancer.name}' is not switched off on Kubernetes: that is for the Gateway's implementation, and its owner, to do;`
      + ' use Envoy Gateway (KubernetesEdge.gateway()), or leave accessLog out')],
  ];
}

/** Of 64 listeners one is for plain HTTP. */
const MOST_HOSTS = 63;
const MOST_HEADERS = 16;

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#httpmethod */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

function routeFindings(route: RouteModel, balancer: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const where = `${route.host}${route.path}`;
  const gateway = gatewayOf(edge);
  const { isEnvoyGateway } = edge;
  return [
    ...route.maxRequestBodyBytes !== undefined && !isEnvoyGateway ? [warning('request-body-limit', balancer.path,
      `'${balancer.name}' does not limit request bodies of '${where}' to ${route.maxRequestBodyBytes} bytes with ${gateway}: the Gateway API has no field for it;`
      + ' use Envoy Gateway, or limit it in the application')] : [],
    // https://gateway.envoyproxy.io/docs/tasks/traffic/request-buffering/
    ...route.maxRequestBodyBytes !== undefined && isEnvoyGateway ? [warning('request-buffering', balancer.path,
      `'${balancer.name}' takes each request to '${where}' in whole before a copy gets it, which is how Envoy Gateway limits bodies:`
      + ' each takes up to \'maxRequestBody\' of a proxy\'s memory, and WebSockets and streams do not pass there; give those a route of their own without'
      + ' \'maxRequestBody\'')] : [],
    ...outOfMemory(route, where, balancer, edge),
    // https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
    ...isEnvoyGateway ? [] : route.targets.filter(({ tls }) => tls !== undefined).map(({ peer }) => warning('copy-tls', balancer.path,
      `'${balancer.name}' meets the copies of '${peer.name}' for '${where}' over TLS only if the implementation of ${gateway} knows BackendTLSPolicy (Gateway API 1.4):`
      + ' else it sends plain HTTP, which they refuse; look it up, or use Envoy Gateway (KubernetesEdge.gateway())')),
    // https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/grpc/
    ...edge._isCilium && route.targets.some(({ port }) => isGrpcPort(port)) ? [warning('cilium-grpc', balancer.path,
      `'${balancer.name}' leads '${where}' to a port that speaks gRPC, which goes over HTTP/2, and Cilium speaks that only where it is told to:`
      + ' install it with gatewayAPI.enableAlpn: true, or else calls fail')] : [],
    ...route.methods.filter((method) => !METHODS.includes(method)).map((method) => error('unknown-method', balancer.path,
      `'${balancer.name}' cannot tell requests for '${where}' apart by the method ${method} on Kubernetes: the Gateway API knows ${METHODS.join(', ')};`
      + ' leave methods out, or use KubernetesEdge.ownProxies()')),
    ...Object.keys(route.headers).length > MOST_HEADERS ? [error('too-many-matches', balancer.path,
      `'${balancer.name}' cannot match ${Object.keys(route.headers).length} headers for '${where}' on Kubernetes: an HTTPRoute matches at most ${MOST_HEADERS}`)] : [],
  ];
}

/** A single visitor could end one proxy after the other. */
function outOfMemory({ maxRequestBodyBytes = 0 }: RouteModel, where: string, { path, name }: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const size = maxRequestBodyBytes / 1024 / 1024;
  if (!edge.isOwn || !edge.isEnvoyGateway || size < heapMebibytes(edge)) return [];
  return [warning('request-memory', path,
    `a request to '${where}' may be larger than the memory that Envoy may fill, four fifths of the ${proxyMebibytes(edge)} MiB of a proxy of '${name}', so that the kernel`
    + ` ends the proxy: lower 'maxRequestBody', or raise proxyMemoryLimit of KubernetesEdge.gateway() to several times ${Math.ceil(size)} MiB`)];
}

function accessFindings(route: RouteModel, balancer: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const where = `${route.host}${route.path}`;
  const [ranges, users, forwardAuth] = [sourceRangesOf(route), usersOf(route), forwardAuthOf(route)];
  const noField = `with ${gatewayOf(edge)}: the Gateway API has no field for it; use Envoy Gateway (KubernetesEdge.gateway())`;
  return [
    ...ranges.length > 0 && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot keep '${where}' to ${ranges.join(', ')} ${noField}, or give this workload a load balancer of its own inside`)] : [],
    ...clientAuthorityOf(route) !== undefined && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for certificates with ${gatewayOf(edge)}: the Gateway API has a field for all hosts of a port only, which`
      + ' an implementation may not know; use Envoy Gateway (KubernetesEdge.gateway())')] : [],
    ...clientAuthorityOf(route) !== undefined && edge.isEnvoyGateway && !edge.isOwn ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for certificates on Kubernetes: the listeners of the Gateway '${edge.existingName}' belong to somebody else;`
      + ' use KubernetesEdge.gateway()')] : [],
    // https://gateway.envoyproxy.io/docs/tasks/security/basic-auth/
    ...users !== undefined ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for a password on Kubernetes: the Gateway API has no field for it, and Envoy Gateway knows SHA-1 hashes only`
      + ` where '${users.name}' has bcrypt; use RouteAccess.forwardAuth, or leave Kubernetes out (targets of the App)`)] : [],
    ...forwardAuth !== undefined && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask '${forwardAuth.target.peer.name}' about '${where}' ${noField}, or let the application ask`)] : [],
    ...forwardAuth !== undefined && edge.isEnvoyGateway ? forwardAuthFindings(forwardAuth, where, balancer, edge) : [],
  ];
}

function forwardAuthFindings(
  { target, path, copyHeaders }: ForwardAuthModel, where: string, balancer: LoadBalancerModel, edge: KubernetesEdge,
): Finding[] {
  const asked = target.peer.name;
  return [
    ...path.includes('?') ? [error('forward-auth-path', balancer.path,
      `'${balancer.name}' cannot ask '${asked}' about '${where}' with '${path}' on Kubernetes: Envoy puts the visitor's path behind it; give a path without '?'`)]
      : [warning('forward-auth-path', balancer.path,
        `'${asked}' is asked about '${where}' in Envoy's own way on Kubernetes: with the visitor's method and host, the visitor's path behind '${path}', and of the headers`
        + ` with authorization, ${ASKED_HEADERS.join(', ')} alone; use the path that it has for Envoy (ext_authz)`)],
    ...copyHeaders.length > 0 && !edge.isOwn ? [error('copied-headers', balancer.path,
      `'${balancer.name}' cannot copy ${copyHeaders.join(', ')} from '${asked}' on Kubernetes: visitors could send them by themselves, and the Gateway`
      + ` '${edge.existingName}' belongs to somebody else; leave copyHeaders out, or use KubernetesEdge.gateway()`)] : [],
  ];
}

/** @internal A policy and a grant that let somebody of another namespace in must name it. */
export function halfKnownNamespaces(balancer: LoadBalancerModel): Finding[] {
  const { path, name, namespace } = balancer;
  return calledBy(balancer)
    .filter(({ peer }) => peer.namespace !== namespace && (peer.namespace === undefined || namespace === undefined))
    .map(({ peer }) => error('unknown-namespace', path,
      `'${name}' cannot route to '${peer.name}' of chart '${peer.chart}' on Kubernetes: one of the two charts has no namespace and the other has one;`
      + ' give both charts a namespace, or neither'));
}

/** @internal A BackendTLSPolicy is the Service's, whoever sends to it. */
export function copiesVerifiedTwice(charts: ChartModel[]): Finding[] {
  const seen = new Map<string, { balancer: string; tls: string }>();
  const destinations = charts.flatMap(({ loadBalancers }) => loadBalancers)
    .flatMap((balancer) => balancer.routes.flatMap(({ targets }) => targets).map((target) => ({ balancer, ...target })));
  return destinations.flatMap(({ balancer, peer, port, tls }) => {
    const [key, own] = [`${peer.chart}/${peer.name}:${port.number}`, JSON.stringify(tls)];
    const { balancer: other, tls: others } = seen.get(key) ?? { balancer: balancer.name, tls: own };
    seen.set(key, { balancer: other, tls: others });
    return others === own ? [] : [error('copy-tls', balancer.path,
      `'${balancer.name}' cannot verify the copies of '${peer.name}' on port ${port.number} in another way than '${other}' on Kubernetes, where one BackendTLSPolicy holds`
      + ' for all who send to a Service; give both the same copyTls')];
  });
}

/** What only some implementations are told. */
function unusedOptions(balancer: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const { path, name, trustedProxies, retryIdempotent } = balancer;
  const believes = edge.isOwn && (edge.isEnvoyGateway || edge._is('nginx'));
  const ports = visitorPorts(balancer).join(' and ');
  return [
    ...trustedProxies.length > 0 && !believes ? [trustedProxiesUnused(path, name, trustedProxies, gatewayOf(edge))] : [],
    ...retryIdempotent ? [retriesUnused(path, name)] : [],
    ...edge._proxyDeregistration === undefined || edge.isEnvoyGateway || edge._is('nginx') ? [] : [warning('proxy-deregistration', path,
      `the proxies of '${name}' are not told to go on for ${edge._proxyDeregistrationSeconds} s with ${gatewayOf(edge)}, which has no field for it: leave proxyDeregistration`
      + ' out, and set it in the installation of its proxies where the cluster\'s load balancer takes so long to forget one')],
    ...edge._proxyMemoryLimit === undefined || edge.isEnvoyGateway ? [] : [warning('proxy-memory-limit', path,
      `the proxies of '${name}' are not kept to ${edge._proxyMemoryLimit.toMebibytes()} MiB with ${gatewayOf(edge)}, which is told nothing about it: leave proxyMemoryLimit`
      + ' out, and set it in the installation of its proxies')],
    ...edge.isOwn && edge._is('traefik') ? [warning('traefik-entry-points', path,
      `the listeners of '${name}' have ports ${ports}, which Traefik takes only where its entry points have them: set ports.web.port and`
      + ' ports.websecure.port of its chart, or httpPort and httpsPort of the load balancer')] : [],
  ];
}

/** @internal */
export function trustedProxiesUnused(path: string, name: string, ranges: string[], edge: string): Finding {
  return warning('trusted-proxies', path, `'${name}' does not tell its proxies to believe ${ranges.join(', ')} with ${edge}, which has no field for it:`
    + ' visitors have the address of the proxy in front, unless the software is told by its owner');
}

/** @internal */
export function retriesUnused(path: string, name: string): Finding {
  return warning('retry-idempotent', path, `'${name}' does not repeat PUT and DELETE on Kubernetes, where only requests that never reached a copy are repeated:`
    + ' repeat them in the caller, or use KubernetesEdge.ownProxies()');
}
