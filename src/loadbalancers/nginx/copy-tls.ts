import { FOLDER } from './places';
import { groupName, ONCE } from './upstreams';
import { wordOf } from './words';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { authorityFile, HANDSHAKE_SECONDS } from '../authorities';

/*
 * Copies that are met over TLS. nginx takes the file of an authority from the location alone, so each such group of copies has a
 * location of its own also where requests pass the loopback address.
 */

/** What a request that goes to copies over TLS is sent by: to the loopback address it goes without. */
const SCHEME = '$way_scheme';

/**
 * The map of how a request is sent, where copies speak TLS.
 *
 * @internal
 */
export function schemeMaps(loadBalancer: LoadBalancerModel): NginxBlock[] {
  return groupsOverTls(loadBalancer).length === 0 ? [] : [block(`map $way ${SCHEME}`, 'once http', 'kept http', 'default https')];
}

/**
 * Where the requests of a location are sent.
 *
 * @internal
 */
export const wayUrl = ({ tls }: RouteTargetModel): string => `${tls === undefined ? 'http' : SCHEME}://$way$request_uri`;

/**
 * How the copies of a destination are verified.
 *
 * @internal
 */
export function tlsDirectives(loadBalancer: LoadBalancerModel, { tls }: RouteTargetModel): string[] {
  if (tls === undefined) return [];
  return [
    `proxy_ssl_trusted_certificate ${FOLDER}/${authorityFile(tls.authority)}`,
    'proxy_ssl_verify on',
    'proxy_ssl_verify_depth 10',
    `proxy_ssl_name ${wordOf(loadBalancer, 'the name', tls.serverName)}`,
    'proxy_ssl_server_name on',
    `proxy_connect_timeout ${HANDSHAKE_SECONDS}s`,
  ];
}

/**
 * The locations of a server on the loopback address for copies over TLS, and what leads there.
 *
 * @param header the header with the group of copies, as a variable
 * @internal
 */
export function onceLocations(loadBalancer: LoadBalancerModel, header: string): (NginxBlock | string)[] {
  const groups = groupsOverTls(loadBalancer);
  if (groups.length === 0) return [];
  return [
    `rewrite ^ /${header} last`,
    ...groups.map(([name, target]) => block(`location = /${name}`,
      ...tlsDirectives(loadBalancer, target),
      `proxy_pass https://${name}${ONCE}$request_uri`,
    )),
  ];
}

/**
 * The groups of copies that are met over TLS, by name.
 *
 * @internal
 */
export function groupsOverTls({ routes }: LoadBalancerModel): [name: string, target: RouteTargetModel][] {
  const groups = routes.flatMap((route) => route.targets.filter(({ tls }) => tls !== undefined)
    .map((target) => [groupName(target, route), target] as const));
  return [...new Map(groups)].sort(([a], [b]) => a < b ? -1 : 1);
}
