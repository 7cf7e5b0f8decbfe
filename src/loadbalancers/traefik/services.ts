import { balancingFields } from './balancing';
import { FOLDER } from './places';
import { copyName } from './text';
import { askedBy } from '../../model/access-rule';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel, MirrorModel, RouteModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { authorityFile } from '../authorities';
import { checkInterval } from '../copies';
import { urlWithPercents } from '../http';
import { MIRROR_SECONDS, TOO_LARGE_TO_COPY } from '../mirrors';
import { isGrpc } from '../routes';

/*
 * Only active checks take a copy out. Traefik's passive ones count every answer of 500 or more, so that one page with a
 * fault would take out all copies for all pages.
 */

/**
 * A part of the dynamic configuration that others call by its name.
 *
 * @internal
 */
export interface Part {
  /** Its name. */
  readonly name: string;
  /** What stands there. */
  readonly body: object;
}

/**
 * Where a router sends requests, and the parts that this is made of.
 *
 * @internal
 */
export interface Destination {
  /** Name of the service. */
  readonly service: string;
  /** That service and those it sends to. */
  readonly services: Part[];
  /** Connections to the copies. */
  readonly transports: Part[];
  /** What requests pass behind the router. */
  readonly middlewares?: Part[];
}

/**
 * How connections to copies are used. A copy that stops may close a kept connection just when a request is written to it.
 * What must not be repeated therefore gets a connection of its own, which is either refused or served to the end.
 *
 * @internal
 */
export type Connections = 'kept' | 'fresh';

/**
 * The destinations of a route; several share by weight.
 *
 * @internal
 */
export function destinationOf(
  loadBalancer: LoadBalancerModel, route: RouteModel, name: string, connections: Connections, traits: ITargetTraits,
): Destination {
  const ways = route.targets.map((target) => {
    const transport = transportOf(connectionsTo(target, connections, traits), target, route.requestTimeoutSeconds);
    return { target, transport, service: serviceOf(loadBalancer, target, transport, traits) };
  });
  const services = ways.map(({ service }) => service);
  const transports = ways.map(({ transport }) => transport);
  if (ways.length === 1) return { service: services[0].name, services, transports };
  const weighted: Part = {
    name,
    body: {
      weighted: {
        services: ways.map(({ service, target: { weight } }) => ({ name: service.name, weight })),
        // A destination without a healthy copy gets nothing. Traefik wants it of all or of none.
        healthCheck: ways.every(({ target }) => isAsked(target, traits)) ? {} : undefined,
      },
    },
  };
  return { service: name, services: [weighted, ...services], transports };
}

/** The place where requests are copied. */
interface CopyingPlace {
  /** Its name. */
  readonly name: string;
  /** Where visitors get their answer. */
  readonly destination: Destination;
  /** Middlewares behind it: a request that is sent again would be copied again before it. */
  readonly again: Part[];
  /** Whether requests may have a body. */
  readonly bodies: boolean;
}

/**
 * A destination whose requests are copied to another workload. Traefik sends a copy when the visitor has the answer.
 *
 * @internal
 */
export function mirroredDestination(
  loadBalancer: LoadBalancerModel, { target, percent }: MirrorModel, { name, destination, again, bodies }: CopyingPlace, traits: ITargetTraits,
): Destination {
  const transport = transportOf(connectionsTo(target, 'fresh', traits), target, MIRROR_SECONDS);
  const copies = serviceOf(loadBalancer, target, transport, traits);
  const answering = `${name}/answering`;
  const maxBodySize = bodies ? TOO_LARGE_TO_COPY - 1 : undefined;
  return {
    service: name,
    services: [
      { name, body: { mirroring: { service: answering, mirrorBody: bodies, maxBodySize, mirrors: [{ name: copies.name, percent }] } } },
      { name: answering, body: { weighted: { services: [{ name: destination.service }] }, middlewares: again.map((one) => one.name) } },
      copies,
      ...destination.services,
    ],
    transports: [transport, ...destination.transports],
    middlewares: again,
  };
}

/**
 * Destinations of requests whose copies are not asked for their health.
 *
 * @internal
 */
export function requestsNotAsked({ routes }: LoadBalancerModel, traits: ITargetTraits): RouteTargetModel[] {
  return routes.flatMap((route) => [...route.targets.filter((target) => !isAsked(target, traits)), ...askedBy(route)]);
}

/**
 * A name for all copies is asked for each new connection; a kept one would lead every request to the same copy. Streams of
 * gRPC share a connection, and are worth keeping it.
 */
function connectionsTo(target: RouteTargetModel, connections: Connections, traits: ITargetTraits): Connections {
  if (copiesOf(target, traits).length === 0) return 'fresh';
  return isGrpc(target) ? 'kept' : connections;
}

/** Health checks are asked in the same way. */
function transportOf(connections: Connections, target: RouteTargetModel, timeoutSeconds?: number): Part {
  const { tls } = target;
  const streams = isGrpc(target);
  return {
    name: `${connections}${timeoutSeconds === undefined ? '' : `-${timeoutSeconds}s`}${tls === undefined ? '' : `-${tls.serverName}-${tls.authority.hash}${streams ? '-grpc' : ''}`}`,
    body: {
      // WebSockets need HTTP/1.1.
      ...tls === undefined ? {} : { serverName: tls.serverName, rootCAs: [`${FOLDER}/${authorityFile(tls.authority)}`], disableHTTP2: !streams || undefined },
      maxIdleConnsPerHost: connections === 'kept' ? 64 : -1,
      forwardingTimeouts: {
        dialTimeout: '500ms',
        idleConnTimeout: '30s',
        responseHeaderTimeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s`,
      },
    },
  };
}

function serviceOf(loadBalancer: LoadBalancerModel, target: RouteTargetModel, transport: Part, traits: ITargetTraits): Part {
  const { peer, port } = target;
  const names = copiesOf(target, traits);
  const hosts = names.length > 0 ? names : [traits.allCopiesName(peer.chart, peer.name)];
  return {
    name: `${peer.chart}/${peer.name}:${port.number}/${transport.name}`,
    body: {
      loadBalancer: {
        ...balancingFields(loadBalancer),
        servers: hosts.map((host) => ({ url: `${schemeOf(target)}://${copyName(host)}:${port.number}` })),
        healthCheck: isAsked(target, traits) ? healthCheckOf(target) : undefined,
        serversTransport: transport.name,
      },
    },
  };
}

function schemeOf(target: RouteTargetModel): string {
  if (target.tls !== undefined) return 'https';
  return isGrpc(target) ? 'h2c' : 'http';
}

/**
 * The names of a destination's copies, where it has any.
 *
 * @internal
 */
export function copiesOf({ peer, copies, stateful }: RouteTargetModel, traits: ITargetTraits): string[] {
  return traits.copyNames(peer.chart, peer.name, copies, stateful);
}

/** Traefik checks over HTTP and gRPC, and by the names of copies; over TLS where it knows whom to trust, and not the checks of gRPC. */
function isAsked(target: RouteTargetModel, traits: ITargetTraits): boolean {
  const kind = target.healthCheck?.kind;
  const trusted = target.checkTls !== true || (target.tls !== undefined && kind === HealthCheckKind.HTTP);
  return (kind === HealthCheckKind.HTTP || kind === HealthCheckKind.GRPC) && trusted && copiesOf(target, traits).length > 0;
}

function healthCheckOf(target: RouteTargetModel): object {
  const { kind, readyPath = '/', port, intervalSeconds, timeoutSeconds } = target.healthCheck!;
  const overGrpc = kind === HealthCheckKind.GRPC;
  return {
    mode: overGrpc ? 'grpc' : undefined,
    path: overGrpc ? undefined : urlWithPercents(readyPath),
    // Else it is asked over HTTP/2 or TLS, as requests are sent.
    scheme: (target.tls === undefined ? !overGrpc && isGrpc(target) : target.checkTls !== true) ? 'http' : undefined,
    port: port === target.port.number ? undefined : port,
    interval: checkInterval(intervalSeconds, '1s'),
    unhealthyInterval: '1s',
    timeout: `${timeoutSeconds}s`,
  };
}
