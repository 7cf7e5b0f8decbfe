import { FOLDER } from './places';
import { knowsStandIns, reached } from './stand-ins';
import { groupName, ONCE } from './upstreams';
import { wordOf } from './words';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { authorityFile, HANDSHAKE_SECONDS } from '../authorities';
import { isGrpc } from '../routes';

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
 * @param way variable of whom they go to
 * @internal
 */
export const wayUrl = ({ tls }: RouteTargetModel, way = '$way'): string => `${tls === undefined ? 'http' : SCHEME}://${way}$request_uri`;

/**
 * How the copies of a destination are verified.
 *
 * @internal
 */
export function tlsDirectives(loadBalancer: LoadBalancerModel, target: RouteTargetModel): string[] {
  const { tls } = target;
  if (tls === undefined) return [];
  const protocol = isGrpc(target) ? 'grpc' : 'proxy';
  return [
    `${protocol}_ssl_trusted_certificate ${FOLDER}/${authorityFile(tls.authority)}`,
    `${protocol}_ssl_verify on`,
    `${protocol}_ssl_verify_depth 10`,
    `${protocol}_ssl_name ${wordOf(loadBalancer, 'the name', tls.serverName)}`,
    `${protocol}_ssl_server_name on`,
    `${protocol}_connect_timeout ${HANDSHAKE_SECONDS}s`,
  ];
}

/**
 * The locations of a server on the loopback address for copies over TLS, and what leads there.
 *
 * @param header the header with the group of copies, as a variable
 * @internal
 */
export function onceLocations(loadBalancer: LoadBalancerModel, header: string, traits: ITargetTraits): (NginxBlock | string)[] {
  const groups = groupsOverTls(loadBalancer);
  if (groups.length === 0) return [];
  return [
    `rewrite ^ /${header} last`,
    ...groups.map(([name, target]) => block(`location = /${name}`,
      ...tlsDirectives(loadBalancer, target),
      ...knowsStandIns(loadBalancer, traits)
        ? [`set $copies ${name}`, `proxy_pass https://${reached(loadBalancer, traits).once}$request_uri`]
        : [`proxy_pass https://${name}${ONCE}$request_uri`],
    )),
  ];
}

/**
 * The groups of copies that are met by HTTP over TLS, by name. Streams of gRPC never pass the loopback address.
 *
 * @internal
 */
export function groupsOverTls({ routes }: LoadBalancerModel): [name: string, target: RouteTargetModel][] {
  const groups = routes.flatMap((route) => route.targets.filter((target) => target.tls !== undefined && !isGrpc(target))
    .map((target) => [groupName(target, route), target] as const));
  return [...new Map(groups)].sort(([a], [b]) => a < b ? -1 : 1);
}
