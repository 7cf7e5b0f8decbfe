import { Answer } from '../../../model/answer';
import { IssuerKind } from '../../../model/certificate';
import { destinationsOf, type LoadBalancerModel } from '../../../model/load-balancer';

/*
 * What every edge answers alike. Undefined: the edge has its own answer.
 */

/** @internal Copies that nobody can tell to be ready. */
export function uncheckedCopies(model: LoadBalancerModel): Answer | undefined {
  const destinations = destinationsOf(model);
  if (destinations.length === 0) return Answer.notNeeded('no routes');
  const unchecked = destinations.find(({ healthCheck }) => healthCheck === undefined);
  return unchecked === undefined ? undefined : Answer.degraded(`${unchecked.peer.name} has no health check: a copy counts as ready the moment it starts`);
}

/** @internal Hosts without certificates. */
export function plainHosts({ hosts }: LoadBalancerModel): Answer | undefined {
  if (hosts.length === 0) return Answer.notNeeded('no hosts');
  const plain = hosts.filter(({ issuer }) => issuer === undefined).map(({ name }) => name);
  return plain.length === 0 ? undefined : Answer.dropped(`no certificates for ${plain.join(', ')}: give the load balancer certificates`);
}

/** @internal Certificates that nobody renews but the user. */
export function ownCertificates({ hosts }: LoadBalancerModel): Answer | undefined {
  const issued = hosts.filter(({ issuer }) => issuer !== undefined);
  if (issued.length === 0) return Answer.notNeeded('no certificates');
  const own = issued.filter(({ issuer }) => issuer!.kind === IssuerKind.FILES).map(({ name }) => name);
  return own.length === 0 ? undefined : Answer.dropped(`the certificates of ${own.join(', ')} are your own: replace their Secret before they end`);
}

/** @internal Whether an authority asks for a proof over HTTP. */
export const isProvedOverHttp = ({ hosts }: LoadBalancerModel): boolean =>
  hosts.some(({ issuer }) => issuer?.kind === IssuerKind.ACME && issuer.dns01 === undefined);

/** @internal */
export function redirectAndHsts({ hosts, routes }: LoadBalancerModel, by: string, how: string): Answer {
  const secure = new Set(hosts.filter(({ issuer }) => issuer !== undefined).map(({ name }) => name));
  const secured = routes.filter(({ host }) => secure.has(host));
  if (secured.length === 0) return Answer.notNeeded('no routes with certificates');
  const open = secured.filter(({ redirectHttp }) => !redirectHttp).map(({ host, path }) => `${host}${path}`);
  if (open.length > 0) return Answer.degraded(`plain HTTP is answered on ${open.join(', ')}, as declared`);
  const forgetful = secured.filter(({ hstsSeconds }) => hstsSeconds === 0).map(({ host }) => host);
  if (forgetful.length > 0) {
    return Answer.degraded(`redirect by ${by}, but no HSTS for ${[...new Set(forgetful)].join(', ')}: switched off, or certificates are of an authority that browsers do not trust`);
  }
  return Answer.native(how);
}
