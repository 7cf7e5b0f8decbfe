import type { IssuerModel } from '../model/certificate';
import type { LoadBalancerModel } from '../model/load-balancer';

/**
 * Everybody who issues certificates for a host, by name.
 *
 * @internal
 */
export function issuersOf({ hosts }: LoadBalancerModel): IssuerModel[] {
  const issuers = hosts.flatMap(({ issuer }) => issuer === undefined ? [] : [issuer]);
  return [...new Map(issuers.map((issuer) => [issuer.name, issuer])).values()].sort((a, b) => a.name < b.name ? -1 : 1);
}
