import type { IConstruct } from 'constructs';
import type { IPeer } from './connection';
import type { ChartDeclarations } from './declarations';
import { checkReachable } from './network-mode-checks';
import { isPlusService, plusServicePeer, plusServiceSelects } from './plus';
import { Workload } from './workload';
import { listPorts } from './workload-checks';
import type { HealthCheck } from '../model/health-check';
import { Port, Protocol } from '../model/port';
import * as messages from '../validation/messages';

/**
 * Where a route can lead.
 *
 * @internal
 */
export interface IDestination extends IPeer {
  readonly _routing: { copies: number; healthCheck?: HealthCheck; stateful: boolean };
  readonly ports?: Port[];
  /** Whether it is a Service that leads to pods with these labels. */
  readonly _selects?: (labels: { [key: string]: string }) => boolean;
}

/**
 * Where a route of a load balancer leads.
 *
 * @param of the load balancer
 * @param construct what the user gave
 * @param options what the user says of the port
 * @internal
 */
export function destinationOf(
  { chart, path, name }: { chart: ChartDeclarations; path: string; name: string },
  construct: IConstruct, { port, copyTls }: { port?: number; copyTls?: unknown },
): { destination: IDestination; port: Port } {
  if (Workload.isWorkload(construct)) {
    const workload = construct as Workload;
    if (workload.node.root !== chart.chart.node.root) throw new Error(messages.connectToOtherApp(path, name, workload.node.id));
    checkReachable(path, name, workload);
    if (port !== undefined && workload.ports.length > 0 && !workload.ports.some((candidate) => candidate.number === port)) {
      throw new Error(messages.routeToUndeclaredPort(path, name, workload.node.id, port, listPorts(workload.ports)));
    }
    const speaks = ({ protocol }: Port) => ROUTED.includes(protocol);
    const found = workload.ports.find((candidate) => speaks(candidate) && (port === undefined || candidate.number === port));
    if (found === undefined) throw new Error(messages.routeWithoutPort(path, name, workload.node.id));
    return { destination: workload as Workload & IDestination, port: found };
  }
  if (typeof construct === 'object' && construct !== null && isPlusService(construct)) {
    const number = port ?? construct.ports[0]?.port;
    if (number === undefined) throw new Error(messages.routeWithoutPort(path, name, construct.name));
    const destination = Object.assign(Object.create(construct) as IConstruct, {
      _peer: plusServicePeer(construct, chart.name, construct.metadata.namespace),
      _onlyOn: ['kubernetes'],
      _routing: { copies: 1, stateful: false },
      _selects: (labels: { [key: string]: string }) => plusServiceSelects(construct, labels),
    });
    chart.app.targetsDiffer = true;
    return { destination, port: copyTls === undefined ? Port.http('http', number) : Port.https('https', number) };
  }
  throw new Error(messages.notARouteDestination(path, name, construct));
}

/** What routes can lead to. */
const ROUTED = [Protocol.HTTP, Protocol.HTTPS, Protocol.GRPC, Protocol.GRPCS];
