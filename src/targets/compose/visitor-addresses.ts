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

/** @internal */
export function composeVisitorAddresses(loadBalancer: LoadBalancerModel, pool?: string): Finding[] {
  const { path, name, publishAddress } = loadBalancer;
  const kept = keptRoutes(loadBalancer);
  if (kept.length === 0) return [];
  const gateways = kept.flatMap((route) => rangesIn(route, pool === undefined ? BRIDGES : [pool]).map((range) => warning('range-of-docker', path,
    `${name} lets programs of the host and its other containers use '${where(route)}' on Compose: they come as addresses of Docker's, and some of those are in ${range};`
    + ' give a narrower range')));
  if (publishAddress?.includes(':')) {
    return [error('visitor-address', path,
      `${name} cannot keep '${where(kept[0])}' to addresses on Compose while it listens on ${publishAddress}: Docker hides the addresses of visitors over IPv6;`
      + ' give an IPv4 address for publishAddress')];
  }
  return [...publishAddress === undefined ? [warning('ipv4-only', path,
    `${name} listens on IPv4 alone on Compose: '${where(kept[0])}' is kept to addresses, and Docker hides those of visitors over IPv6;`
    + ' for IPv6 give the other routes a load balancer of their own')] : [], ...gateways];
}

/** @internal Routes that are kept to addresses. */
export const keptRoutes = ({ routes }: LoadBalancerModel): RouteModel[] => routes.filter((route) => sourceRangesOf(route).length > 0);

/** @internal Ranges of a route in which addresses of Docker's may lie. */
export const rangesIn = (route: RouteModel, pools: string[]): string[] =>
  sourceRangesOf(route).filter((range) => pools.some((pool) => overlap(range, pool)));

/** @internal */
export const where = ({ host, path }: RouteModel): string => `${host}${path}`;
