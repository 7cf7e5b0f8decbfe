import { error, warning } from './findings';
import { sourceRangesOf } from '../../model/access-rule';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { overlap } from '../../util/ip-range';

/*
 * Whether the address of a visitor arrives (measured, Engine 20.10). Over IPv4 a published port keeps it. Over IPv6 the
 * engine's userland proxy takes the visitor in, and who calls from the host or from a container of another network comes by
 * the bridge: all of them have the address of the network's gateway.
 */

/** @internal From here the engine takes the subnets of its bridges, from the first as long as there is room. */
export const BRIDGES = ['172.16.0.0/12', '192.168.0.0/16'];

/**
 * @param pool where the subnets of networks are from; undefined: the engine decides
 * @internal
 */
export function composeVisitorAddresses(loadBalancer: LoadBalancerModel, pool?: string): Finding[] {
  const kept = keptRoutes(loadBalancer);
  if (kept.length === 0) return [];
  return [...withoutIpv6(loadBalancer, kept[0]), ...fromTheHost(loadBalancer, kept, pool === undefined ? BRIDGES : [pool])];
}

function withoutIpv6({ path, name, publishAddress }: LoadBalancerModel, kept: RouteModel): Finding[] {
  if (publishAddress === undefined) {
    return [warning('ipv4-only', path,
      `${name} listens on IPv4 alone on Compose: '${where(kept)}' is kept to addresses, and Docker hides those of visitors over IPv6;`
      + ' for IPv6 give the other routes a load balancer of their own')];
  }
  return !publishAddress.includes(':') ? [] : [error('visitor-address', path,
    `${name} cannot keep '${where(kept)}' to addresses on Compose while it listens on ${publishAddress}: Docker hides the addresses of visitors over IPv6;`
    + ' give an IPv4 address for publishAddress')];
}

function fromTheHost({ path, name }: LoadBalancerModel, kept: RouteModel[], pools: string[]): Finding[] {
  return kept.flatMap((route) => rangesIn(route, pools).map((range) => warning('range-of-docker', path,
    `${name} lets programs of the host and its other containers use '${where(route)}' on Compose: they come as addresses of Docker's, and some of those are in ${range};`
    + ' give a narrower range')));
}

/** @internal Routes that are kept to addresses. */
export const keptRoutes = ({ routes }: LoadBalancerModel): RouteModel[] => routes.filter((route) => sourceRangesOf(route).length > 0);

/** @internal Ranges of a route in which addresses of Docker's may lie. */
export const rangesIn = (route: RouteModel, pools: string[]): string[] =>
  sourceRangesOf(route).filter((range) => pools.some((pool) => overlap(range, pool)));

/** @internal */
export const where = ({ host, path }: RouteModel): string => `${host}${path}`;
