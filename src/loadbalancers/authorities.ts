import { clientAuthorityOf } from '../model/access-rule';
import type { AuthorityModel } from '../model/authority';
import type { HostModel, LoadBalancerModel } from '../model/load-balancer';
import { joined } from '../util/lists';

/*
 * Those who sign the certificates of visitors, and of copies.
 */

/** Seconds that a copy has for a connection over TLS, for those who count the handshake: a kernel answers at once, a busy process does not. */
export const HANDSHAKE_SECONDS = 2;

/**
 * Name of the file with an authority: by its content, so that another one is another configuration too.
 *
 * @internal
 */
export const authorityFile = ({ hash }: AuthorityModel): string => `authority-${hash}.pem`;

/**
 * The files with authorities, by name.
 *
 * @internal
 */
export function authorityFiles({ routes }: LoadBalancerModel): { [fileName: string]: string } {
  const authorities = routes.flatMap((route) => joined([clientAuthorityOf(route)], route.targets.map(({ tls }) => tls?.authority)))
    .filter((authority): authority is AuthorityModel => authority !== undefined);
  return Object.fromEntries(authorities.map((authority) => [authorityFile(authority), authority.certificates]));
}

/**
 * Who must have signed the certificates of a host's visitors; undefined: nobody is asked for one.
 *
 * @internal
 */
export const authorityOfHost = ({ routes }: LoadBalancerModel, { name }: Pick<HostModel, 'name'>): AuthorityModel | undefined =>
  routes.filter(({ host }) => host === name).flatMap((route) => clientAuthorityOf(route) ?? [])[0];

/**
 * The hosts whose visitors are asked for certificates.
 *
 * @internal
 */
export const hostsThatAsk = (loadBalancer: LoadBalancerModel): HostModel[] =>
  loadBalancer.hosts.filter((host) => host.issuer !== undefined && authorityOfHost(loadBalancer, host) !== undefined);

/**
 * What answers say about visitors' certificates.
 *
 * @internal
 */
export function visitorsShow(loadBalancer: LoadBalancerModel): string {
  const hosts = hostsThatAsk(loadBalancer).map(({ name }) => name);
  return hosts.length === 0 ? '' : `; visitors of ${hosts.join(', ')} show a certificate of the given authority`;
}
