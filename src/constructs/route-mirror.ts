import type { RuledRoute } from './access-rules';
import type { IPeer } from './connection';
import { ROUTE_MIRROR, type RouteMirror } from './load-balancer-props';
import { checkReachable } from './network-mode-checks';
import { Workload } from './workload';
import { listPorts } from './workload-checks';
import { isGrpcPort, Protocol, type Port } from '../model/port';
import * as messages from '../validation/messages';
import { checkProps } from '../validation/props';
import { isWholeNumber } from '../validation/syntax';

/**
 * Who gets copies of the requests of a route, checked. Of the workload there is no model yet: its health check may still change.
 *
 * @internal
 */
export interface MirrorRule {
  readonly workload: Workload;
  readonly port: Port;
  readonly percent: number;
}

/**
 * Who gets copies of the requests of a route; undefined: nobody.
 *
 * @param route the route
 * @param given what was declared
 * @param destinationPort where its requests are sent
 * @internal
 */
export function mirrorOf(route: RuledRoute, given: RouteMirror | undefined, destinationPort: Port): MirrorRule | undefined {
  if (given === undefined) return undefined;
  const { path, name, where, destination } = route;
  checkProps(path, `${name}, route '${where}', mirror,`, given, ROUTE_MIRROR);
  const { workload, port, percent = 100 } = given;
  if (!Workload.isWorkload(workload)) {
    throw new Error(messages.wrongKind(path, name, 'mirror.workload', workload, "a workload such as new HAWebService(chart, 'next', …)"));
  }
  const { id, root } = workload.node;
  if (root !== route.chart.chart.node.root) throw new Error(messages.mirrorInOtherApp(path, name, where, id));
  checkReachable(path, name, workload);
  if (workload === (destination as IPeer)) throw new Error(messages.mirrorToItself(path, name, where, id));
  if (isGrpcPort(destinationPort)) throw new Error(messages.mirrorOfStreams(path, name, where, id, destination.node.id));
  if (!isWholeNumber(percent, 1) || percent > 100) throw new Error(messages.badMirrorPercent(path, name, where, percent));
  return { workload, port: portOf(route, workload, port), percent };
}

function portOf({ path, name, where }: RuledRoute, { ports, node: { id } }: Workload, number: number | undefined): Port {
  if (number !== undefined && ports.length > 0 && !ports.some((port) => port.number === number)) {
    throw new Error(messages.mirrorToUndeclaredPort(path, name, where, id, number, listPorts(ports)));
  }
  const found = ports.find((port) => port.protocol === Protocol.HTTP && (number === undefined || port.number === number));
  if (found === undefined) throw new Error(messages.mirrorWithoutPort(path, name, where, id));
  return found;
}
