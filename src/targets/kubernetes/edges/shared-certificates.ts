import { warning } from '../findings';
import { gatewayOf } from './gateway-implementation';
import { isGrpcHost } from './grpc-route';
import type { KubernetesEdge } from './kubernetes-edge';
import { IssuerKind } from '../../../model/certificate';
import type { Finding } from '../../../model/finding';
import type { HostModel, LoadBalancerModel } from '../../../model/load-balancer';
import { isGrpcPort } from '../../../model/port';

/*
 * Over HTTP/2 a browser uses one connection for all hosts that the certificate is good for which it was shown (RFC 9113, 9.1.1). A
 * Gateway has a listener for each host, and most proxies know on a connection to one of them its routes alone.
 * https://gateway-api.sigs.k8s.io/geps/gep-3567/
 */

/**
 * Whether Envoy Gateway is told to offer HTTP/2 for a host: where certificates are good for each other it would offer HTTP/1.1 alone, with
 * which there is no gRPC. Programs that call over gRPC use no connection for another host.
 *
 * @see https://github.com/envoyproxy/gateway/pull/6217
 * @internal
 */
export function keepsHttp2(host: string, model: LoadBalancerModel, edge: KubernetesEdge): boolean {
  return edge.isOwn && edge.isEnvoyGateway && sharing(model).includes(host) && isGrpcHost(host, model, edge);
}

/** @internal */
export function sharedCertificateFindings(model: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const { path, name } = model;
  const hosts = edge._hasCertificates ? sharing(model) : [];
  if (hosts.length === 0 || TELL_HOSTS_APART.some((className) => edge._is(className))) return [];
  if (!edge.isEnvoyGateway) {
    return [warning('shared-certificate', path, `'${name}' serves ${hosts.map((host) => `'${host}'`).join(', ')} with certificates that are good for another of them too, so that browsers use one`
      + ` connection over HTTP/2 for both, and ${gatewayOf(edge)} may know there the routes of one alone: visitors of the other get 404; give each a certificate that is good`
      + ' for it alone, a wildcard a load balancer of its own, or use Envoy Gateway (KubernetesEdge.gateway())')];
  }
  const called = hosts.filter((host) => !keepsHttp2(host, model, edge)
    && model.routes.some((route) => route.host === host && route.targets.some(({ port }) => isGrpcPort(port))));
  return called.map((host) => warning('shared-certificate', path, `calls over gRPC to '${host}' may fail on Kubernetes: its certificate and that of another host of '${name}' are good for each`
    + ' other, where Envoy Gateway offers HTTP/1.1 alone; give the host a certificate that is good for it alone, or have a ClientTrafficPolicy of its Gateway say'
    + ' alpnProtocols: [h2, http/1.1]'));
}

/** They answer with 421, upon which a browser opens another connection, or look for routes by the host of a request alone. */
const TELL_HOSTS_APART = ['cilium', 'nginx', 'traefik'];

/** Hosts whose certificate is good for another one, or another's for them. */
function sharing({ hosts }: LoadBalancerModel): string[] {
  const secure = hosts.filter(({ issuer }) => issuer !== undefined);
  return secure.filter((host) => secure.some((other) => other !== host && (isGoodFor(host, other) || isGoodFor(other, host))))
    .map(({ name }) => name);
}

/** What else stands in a certificate of the user's is not known. */
function isGoodFor({ name, issuer }: HostModel, other: HostModel): boolean {
  if (issuer!.kind === IssuerKind.FILES) return other.issuer!.kind === IssuerKind.FILES && other.issuer!.name === issuer!.name;
  return name.startsWith('*.') && other.name.slice(other.name.indexOf('.')) === name.slice(1);
}
