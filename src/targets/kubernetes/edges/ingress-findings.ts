import { error, warning } from '../findings';
import { halfKnownNamespaces, retriesUnused, trustedProxiesUnused } from './gateway-findings';
import { mainTarget } from './ingress';
import { streamOf } from './streams';
import { AccessKind, sourceRangesOf } from '../../../model/access-rule';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { isGrpcPort } from '../../../model/port';
import type { KubernetesOptions } from '../options';
import { KNOWN_CONTROLLERS } from '../peers';

/*
 * An Ingress knows hosts, paths, Services and certificates. The rest is its controller's, in annotations of its own.
 */

/** @internal */
export function ingressFindings(balancer: LoadBalancerModel, { edge }: KubernetesOptions): Finding[] {
  const { path, name } = balancer;
  const { className } = edge;
  const said = [edge.proxyNamespace, edge.proxyLabels, edge.proxyRanges].some((one) => one !== undefined);
  const isFound = said || KNOWN_CONTROLLERS.includes(className);
  return [
    ...isFound ? [] : [error('unknown-controller', path,
      `'${name}' cannot let the proxies of IngressClass '${className}' in, as it is not known where they run: give KubernetesEdge.ingress() proxyNamespace and`
      + ' proxyLabels, or proxyRanges where they are outside the cluster')],
    ...halfKnownNamespaces(balancer),
    ...balancer.streams.map((stream) => error('stream-route', path,
      `'${name}' cannot pass ${streamOf(stream)} with an Ingress, which knows HTTP alone: use KubernetesEdge.gateway() or KubernetesEdge.ownProxies()`)),
    ...optionFindings(balancer, className),
    ...balancer.routes.filter(({ targets }) => targets.length > 0)
      .flatMap((route) => [...routeErrors(route, balancer), ...routeFindings(route, balancer)]),
  ];
}

function optionFindings(balancer: LoadBalancerModel, className: string): Finding[] {
  const { path, name, httpPort, httpsPort, publishAddress, trustedProxies, accessLog, redirects, retryIdempotent } = balancer;
  const edge = `IngressClass '${className}'`;
  const places = [
    ...httpPort === 80 ? [] : [`port ${httpPort}`], ...httpsPort === 443 ? [] : [`port ${httpsPort}`], ...publishAddress === undefined ? [] : [`address '${publishAddress}'`],
  ];
  return [
    ...places.map((place) => warning('published-address', path, `'${name}' does not listen on ${place} with ${edge}, whose controller says where it listens`)),
    ...trustedProxies.length === 0 ? [] : [trustedProxiesUnused(path, name, trustedProxies, edge)],
    ...retryIdempotent ? [retriesUnused(path, name)] : [],
    ...accessLog ? [] : [warning('access-log', path, `the access log of '${name}' is not switched off with ${edge}: that is for the controller's owner to do`)],
    ...redirects.map(({ from, to }) => warning('redirect-host', path,
      `'${name}' does not send visitors of '${from}' to '${to}' with ${edge}, as an Ingress has no field for it: they get no answer; use KubernetesEdge.gateway() or`
      + ' .ownProxies(), or a route to a workload that sends them')),
  ];
}

/** What would be answered by a workload for which it was not meant, or to somebody. */
function routeErrors(route: RouteModel, { path, name, namespace }: LoadBalancerModel): Finding[] {
  const where = `'${route.host}${route.path}'`;
  const others = 'use KubernetesEdge.gateway() or KubernetesEdge.ownProxies()';
  const matches = [...Object.keys(route.headers).length > 0 ? ['headers'] : [], ...route.methods.length > 0 ? ['methods'] : []];
  return [
    ...route.access.map(({ kind }) => error('route-access', path,
      `'${name}' cannot ${ACCESS[kind](route)} ${where} with an Ingress, which has no field for it: ${others}`)),
    ...matches.length === 0 ? [] : [error('ingress-match', path, `'${name}' cannot match ${matches.join(' and ')} for ${where} with an Ingress, which knows hosts and paths alone: ${others}`)],
    ...route.targets.filter(({ tls }) => tls !== undefined).map(({ peer }) => error('copy-tls', path,
      `'${name}' cannot meet the copies of '${peer.name}' for ${where} over TLS with an Ingress, which has no field for it: ${others}`)),
    ...route.targets.filter(({ peer }) => peer.namespace !== namespace).map(({ peer }) => error('ingress-namespace', path,
      `'${name}' cannot route ${where} to '${peer.name}' of namespace '${peer.namespace}' with an Ingress, which leads to Services of its own namespace alone: ${others}`)),
  ];
}

const ACCESS: { [kind in AccessKind]: (route: RouteModel) => string } = {
  [AccessKind.SOURCE_RANGES]: (route) => `keep to ${sourceRangesOf(route).join(', ')}`,
  [AccessKind.CLIENT_CERTIFICATES]: () => 'ask visitors for certificates at',
  [AccessKind.BASIC_AUTH]: () => 'ask for a password at',
  [AccessKind.FORWARD_AUTH]: () => 'ask a workload about',
};

function routeFindings(route: RouteModel, { path, name }: LoadBalancerModel): Finding[] {
  const where = `'${route.host}${route.path}'`;
  const main = mainTarget(route);
  const others = route.targets.filter((target) => target !== main).map(({ peer }) => peer.name);
  const no = 'with an Ingress, which has no field for it';
  return [
    ...others.length === 0 ? [] : [warning('ingress-weights', path, `'${name}' sends all requests of ${where} to '${main.peer.name}' ${no.replace('for it', 'for weights')}: ${others.join(', ')} gets none`)],
    ...route.requestTimeoutSeconds === undefined ? [] : [warning('request-timeout', path, `'${name}' does not end requests of ${where} after ${route.requestTimeoutSeconds} s ${no}: end them in the application`)],
    ...route.maxRequestBodyBytes === undefined ? [] : [warning('request-body-limit', path, `'${name}' does not limit request bodies of ${where} to ${route.maxRequestBodyBytes} bytes ${no}: limit them in the application`)],
    ...route.mirror === undefined ? [] : [warning('route-mirror', path, `'${name}' does not copy requests for ${where} to '${route.mirror.target.peer.name}' ${no}: use KubernetesEdge.gateway()`)],
    ...isGrpcPort(main.port) ? [warning('ingress-grpc', path, `'${name}' leads ${where} to a port that speaks gRPC: whether the controller speaks it too follows from the Service's appProtocol,`
      + ' or from annotations; see its manual')] : [],
  ];
}
