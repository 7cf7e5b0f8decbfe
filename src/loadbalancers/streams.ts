import type { LoadBalancerModel } from '../model/load-balancer';
import { HashKey, LoadBalancing, LoadBalancingAlgorithm } from '../model/load-balancing';
import { Port } from '../model/port';
import type { StreamRouteModel } from '../model/stream-route';
import type { ITargetTraits } from '../model/traits';

/*
 * Connections that are passed on as they are.
 */

/** Longer than anybody is silent who is still there: called directly, a copy would wait too. */
export const STREAM_SILENCE = '24h';

/**
 * A route of TLS by its server name.
 *
 * @internal
 */
export interface TlsStream extends StreamRouteModel {
  readonly host: string;
}

/**
 * Routes of TLS, by server name.
 *
 * @internal
 */
export const tlsStreams = ({ streams }: LoadBalancerModel): TlsStream[] => streams.filter((stream): stream is TlsStream => stream.host !== undefined);

/**
 * A route of all connections to a port.
 *
 * @internal
 */
export interface TcpStream extends StreamRouteModel {
  /** The port in the container, whatever visitors see. */
  readonly inside: Port;
}

/** Ports that back ends have for themselves, some of them each: health, metrics, requests that pass a second time. */
const isOwnPort = (port: number): boolean => (port >= 8080 && port <= 8089) || port === 8405;

/**
 * Routes of all connections to a port, by port. In the container each has the same port, unless the target or a back end has another use
 * for it.
 *
 * @internal
 */
export function tcpStreams({ streams }: LoadBalancerModel, { httpPort = 80, httpsPort = 443, lowestPort = 1 }: ITargetTraits): TcpStream[] {
  const routes = streams.filter(({ host }) => host === undefined);
  const isFree = (port: number) => port >= lowestPort && port !== httpPort && port !== httpsPort && !isOwnPort(port);
  const taken = new Set(routes.map(({ port }) => port).filter(isFree));
  return routes.map((stream) => {
    let inside = stream.port;
    if (!isFree(inside)) {
      for (inside = FIRST_OTHER_PORT; taken.has(inside) || !isFree(inside); inside++);
      taken.add(inside);
    }
    return { ...stream, inside: Port.tcp(`tcp-${stream.port}`, inside) };
  });
}

const FIRST_OTHER_PORT = 20_000;

/**
 * A server name of TLS.
 *
 * @internal
 */
export interface ServerName {
  readonly name: string;
  /** Where its TLS is passed on to; undefined: it is ended here. */
  readonly stream?: TlsStream;
}

/**
 * Server names in the order in which they are tried: whole ones, then the longer wildcard first. Names whose TLS is ended are there only
 * where a wildcard that is passed on would take them.
 *
 * @internal
 */
export function serverNames(loadBalancer: LoadBalancerModel): ServerName[] {
  const passed: ServerName[] = tlsStreams(loadBalancer).map((stream) => ({ name: stream.host, stream }));
  const ends = passed.filter(({ name }) => isWildcard(name)).map(({ name }) => endOf(name));
  const ended = loadBalancer.hosts.filter(({ name, issuer }) => issuer !== undefined && ends.some((end) => endOf(name).endsWith(end)));
  return [...passed, ...ended.map(({ name }) => ({ name }))]
    .sort((a, b) => Number(isWildcard(a.name)) - Number(isWildcard(b.name)) || b.name.length - a.name.length || (a.name < b.name ? -1 : 1));
}

/**
 * Whether a name stands for all names below one.
 *
 * @internal
 */
export const isWildcard = (name: string): boolean => name.startsWith('*.');

/**
 * What all names that a wildcard stands for end with.
 *
 * @internal
 */
export const endOf = (name: string): string => name.replace(/^\*/, '');

/**
 * How a copy is picked for a connection, of which nothing but the visitor's address is known.
 *
 * @internal
 */
export function streamBalancing({ balancing }: LoadBalancerModel): LoadBalancing {
  const { algorithm, hashKey } = balancing;
  const known = algorithm !== LoadBalancingAlgorithm.STICKY
    && (algorithm !== LoadBalancingAlgorithm.CONSISTENT_HASH || hashKey === HashKey.CLIENT_ADDRESS);
  return known ? balancing : LoadBalancing.hashClientAddress();
}

/**
 * A load balancer as its routes of connections see it.
 *
 * @internal
 */
export const forStreams = (loadBalancer: LoadBalancerModel): LoadBalancerModel => ({ ...loadBalancer, balancing: streamBalancing(loadBalancer) });

/**
 * What answers about encryption say about connections that are passed on.
 *
 * @internal
 */
export function streamsEncrypted({ streams }: LoadBalancerModel): string {
  return streams.map(({ host, port, target: { peer: { name } } }) => host === undefined
    ? `; what comes to port ${port} is passed on to ${name} as it is, encrypted only if its clients and ${name} do it`
    : `; TLS for ${host} is passed on to ${name}, which ends it`).join('');
}

/**
 * What answers about balancing say about connections that are passed on.
 *
 * @param decides how a copy is picked for a connection that has nothing of what was declared
 * @internal
 */
export const streamsBalanced = (loadBalancer: LoadBalancerModel, decides = "the visitor's address decides"): string =>
  loadBalancer.streams.length === 0 || streamBalancing(loadBalancer) === loadBalancer.balancing ? ''
    : `; a connection that is passed on has no cookie, header or path to go by: ${decides}`;
