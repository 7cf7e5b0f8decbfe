import { besides, copyServices, ownerName } from './copies';
import type { CalleeProxy } from './internal-proxies';
import type { Neighbours } from './neighbours';
import { handovers } from './ownership';
import { PeerKind, type WorkloadModel } from '../../model/workload';

/*
 * Who starts after whom: first fresh volumes are handed over, then init containers run in the order declared, then
 * sidecars start, then the copies.
 */

/**
 * The field `depends_on` of a service of copies.
 *
 * @internal
 */
export function dependenciesOf(workload: WorkloadModel, service: string, neighbours: Neighbours): any {
  const lastInit = workload.init.at(-1);
  return orNothing({
    ...beforeInit(workload, service, neighbours),
    ...lastInit === undefined ? {} : completed(besides(service, lastInit.name)),
    ...Object.assign({}, ...workload.sidecars.map((sidecar) => started(besides(service, sidecar.name), sidecar.healthCheck !== undefined))),
  });
}

/**
 * The field `depends_on` of an init container or of a sidecar.
 *
 * @internal
 */
export function dependenciesBeside(workload: WorkloadModel, service: string, inits: number, neighbours: Neighbours): any {
  const before = workload.init[inits - 1];
  return orNothing({
    ...beforeInit(workload, service, neighbours),
    ...before === undefined ? {} : completed(besides(service, before.name)),
  });
}

/** What everything of a workload waits for. */
function beforeInit(workload: WorkloadModel, service: string, neighbours: Neighbours): any {
  const callees = workload.callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD && to.chart === workload.chart);
  return {
    ...handovers(workload, service, neighbours).length > 0 ? completed(ownerName(service)) : {},
    ...Object.assign({}, ...callees.map(({ to }) => ready(neighbours.workload(to), neighbours.proxyBetween(workload, to)))),
  };
}

function ready(callee: WorkloadModel | undefined, proxy: CalleeProxy | undefined): any {
  if (callee === undefined) return {};
  const copies = copyServices(callee).map((service) => started(service, callee.container.healthCheck !== undefined));
  return Object.assign(proxy === undefined ? {} : started(proxy.workload.name, true), ...copies);
}

function started(service: string, healthy: boolean): any {
  return { [service]: { condition: healthy ? 'service_healthy' : 'service_started' } };
}

function completed(service: string): any {
  return { [service]: { condition: 'service_completed_successfully' } };
}

function orNothing(conditions: any): any {
  const names = Object.keys(conditions).sort();
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, conditions[name]]));
}
