import { checkReachable } from './network-mode-checks';
import type { StreamRoute } from './stream-route';
import { Workload } from './workload';
import { listPorts } from './workload-checks';
import { Protocol, type Port } from '../model/port';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { isHost, isPort } from '../validation/syntax';

/**
 * Options of a route of connections.
 */
export interface StreamRouteOptions {
  /**
   * Number of a declared port of the workload.
   *
   * @default - its first port that can speak what the route carries: for TLS one of HTTPS or TCP, else any but UDP
   */
  readonly port?: number;
}

const STREAM_ROUTE_OPTIONS: PropNames<StreamRouteOptions> = { port: true };

/** The load balancer whose routes they are. */
interface Owner {
  readonly path: string;
  readonly name: string;
  readonly root: unknown;
  readonly httpPort: number;
  readonly httpsPort: number;
}

/**
 * The routes of connections of one load balancer.
 *
 * @internal
 */
export class StreamRoutes {
  readonly all: StreamRoute[] = [];

  constructor(private readonly owner: Owner) {}

  /** TLS for a server name. */
  tls(host: string, workload: Workload, options: StreamRouteOptions, servedByHttps: boolean): StreamRoute {
    const { path, name, httpPort, httpsPort } = this.owner;
    if (!isHost(host)) throw new Error(messages.badHost(path, name, host));
    if (httpPort === httpsPort) throw new Error(messages.noHttpsPort(path, name, host, httpsPort));
    if (servedByHttps) throw new Error(messages.tlsEndedAlready(path, name, host));
    this.refuseSecond(host, (route) => route.host === host, workload);
    const workloadPort = this.portOf(`TLS for '${host}'`, workload, options, [Protocol.HTTPS, Protocol.GRPCS, Protocol.TCP]);
    return this.add({ host, port: httpsPort, workload, workloadPort });
  }

  /** All connections to a port. */
  tcp(port: number, workload: Workload, options: StreamRouteOptions): StreamRoute {
    const { path, name, httpPort, httpsPort } = this.owner;
    if (!isPort(port)) throw new Error(messages.badPort(path, name, port));
    const speaks = new Map([[httpsPort, 'HTTPS'], [httpPort, 'HTTP']]).get(port);
    if (speaks !== undefined) throw new Error(messages.portOfHttp(path, name, port, speaks));
    this.refuseSecond(`port ${port}`, (route) => route.host === undefined && route.port === port, workload);
    const all = [Protocol.TCP, Protocol.HTTP, Protocol.HTTPS, Protocol.GRPC, Protocol.GRPCS];
    const workloadPort = this.portOf(`connections to port ${port}`, workload, options, all);
    return this.add({ port, workload, workloadPort });
  }

  /** A host whose TLS a workload ends cannot be ended by the load balancer too. */
  refuse(host: string): void {
    if (this.all.some((route) => route.host === host)) throw new Error(messages.tlsPassedAlready(this.owner.path, this.owner.name, host));
  }

  private add(route: StreamRoute): StreamRoute {
    this.all.push(route);
    return route;
  }

  private refuseSecond(what: string, isSame: (route: StreamRoute) => boolean, workload: Workload): void {
    const other = this.all.find(isSame);
    if (other === undefined) return;
    throw new Error(messages.streamTaken(this.owner.path, this.owner.name, what, workload?.node?.id, other.workload.node.id));
  }

  private portOf(what: string, workload: Workload, options: StreamRouteOptions, protocols: Protocol[]): Port {
    const { path, name, root } = this.owner;
    if (!Workload.isWorkload(workload)) throw new Error(messages.notAWorkload(path, name, what, workload));
    if (workload.node.root !== root) throw new Error(messages.connectToOtherApp(path, name, workload.node.id));
    checkReachable(path, name, workload);
    checkProps(path, `${name}, ${what},`, options, STREAM_ROUTE_OPTIONS);
    const { port } = options;
    const { ports, node: { id } } = workload;
    if (port !== undefined && !ports.some(({ number }) => number === port)) {
      throw new Error(messages.streamToUndeclaredPort(path, name, what, id, port, listPorts(ports)));
    }
    const found = ports.find(({ number, protocol }) => protocols.includes(protocol) && (port === undefined || number === port));
    if (found === undefined) throw new Error(messages.streamWithoutPort(path, name, what, id, protocols));
    return found;
  }
}
