import { connectionsSection, destinationName, destinationSection } from './destinations';
import { connectionsDefaults, copiesDefaults, globalSection, healthSection, ownDefaults, resolversSection } from './sections';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import { isTlsPort, Port, Protocol } from '../../model/port';
import type { ITargetTraits } from '../../model/traits';
import { haproxyText, section, type HaproxySection } from '../../util/haproxy-cfg';
import { STREAM_SILENCE } from '../streams';

/*
 * The configuration of a proxy between workloads. Proxies have most of it in common.
 */

/**
 * How often a copy is asked that is well, and the name server for copies. Each callee has a proxy, so that these questions are most
 * of what a project costs while nothing happens. A refused connection tells of a copy that is dead by itself; one that hangs is seen
 * by then, and a new one within twice that.
 */
const OFTEN = '1s';

/**
 * What stands before the ports: it hangs on what is spoken on them alone.
 *
 * @internal
 */
export function commonText(proxy: LoadBalancerModel, spoken: Spoken, traits: ITargetTraits): string {
  return haproxyText([
    // Enough for some ten thousand requests a second, and a host of many processors does not pay for each of them.
    globalSection('info', 'nbthread 2'),
    ...defaultsSections(spoken, traits),
    resolversSection(proxy, traits, OFTEN),
  ]);
}

/**
 * The ports: each of the callee is the proxy's too. Headers pass as they are.
 *
 * @param own port of its own health, and whether callers may come over IPv6 too
 * @internal
 */
export function portsText(
  proxy: LoadBalancerModel, targets: RouteTargetModel[], own: { healthPort: number; overIpv6: boolean }, traits: ITargetTraits,
): string {
  return haproxyText([
    ...targets.flatMap((target) => [
      section(`frontend ${target.peer.name}:${target.port.number} from ${isOpaque(target) ? 'connections' : 'callers'}`,
        // A host without IPv6 refuses to listen there.
        own.overIpv6 ? `bind [::]:${target.port.number} v4v6` : `bind :${target.port.number}`,
        `default_backend ${destinationName(target)}`),
      isOpaque(target)
        ? connectionsSection(destinationName(target), proxy, unread(target), traits, { often: OFTEN })
        : destinationSection(proxy, target, [], traits, OFTEN),
    ]),
    healthSection(own.healthPort),
  ]);
}

/**
 * What is spoken on the ports of a callee.
 *
 * @internal
 */
export enum Spoken {
  REQUESTS = 'requests',
  CONNECTIONS = 'connections',
  BOTH = 'both',
}

/** @internal */
export function spokenOn(targets: RouteTargetModel[]): Spoken {
  if (targets.every(isOpaque)) return Spoken.CONNECTIONS;
  return targets.some(isOpaque) ? Spoken.BOTH : Spoken.REQUESTS;
}

/** Whether what is said on a port cannot be read. */
const isOpaque = ({ port }: RouteTargetModel): boolean => port.protocol === Protocol.TCP || isTlsPort(port);

/** A destination of whose connections nothing is known. */
const unread = (target: RouteTargetModel): RouteTargetModel => ({ ...target, port: Port.tcp(target.port.name, target.port.number) });

function defaultsSections(spoken: Spoken, traits: ITargetTraits): HaproxySection[] {
  return [
    ...spoken === Spoken.CONNECTIONS ? [] : [
      section('defaults callers',
        'mode http',
        // One that is kept is never closed first: a request that is on its way would be lost.
        `timeout client ${STREAM_SILENCE}`,
        'option idle-close-on-response',
      ),
      // Who hangs up has no use for the answer.
      copiesDefaults(traits, STREAM_SILENCE, 'option abortonclose', 'http-error status 503 content-type text/plain string "no copy is ready\\n" hdr Cache-Control no-store'),
    ],
    ...spoken === Spoken.REQUESTS ? [] : [connectionsDefaults(traits)],
    ownDefaults(),
  ];
}
