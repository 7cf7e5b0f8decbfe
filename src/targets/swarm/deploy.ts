import { EndpointMode, PublishMode, type SwarmOptions } from './options';
import { hasDisk, hasOwnDisk } from './storage';
import type { Placement } from '../../model/placement';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { freezeAll } from '../../util/constants';
import { isReplicated } from '../compose/copies';
import { shared } from '../compose/interpolation';
import { isOnHost, sharesPorts } from '../compose/network-mode';

/** Time after the start of a new copy in which its end counts as a failed update. */
const MONITOR = '10s';

/** A copy that ended is started again, whatever it ended with. */
const RESTART = freezeAll({ condition: 'any', delay: '1s' });

/**
 * How the copies of a service run, are spread and replaced.
 *
 * @internal
 */
export function deployOf(workload: WorkloadModel, service: string, resources: any, options: SwarmOptions): any {
  const deploy = {
    mode: 'replicated',
    replicas: isReplicated(workload) ? workload.replicas : 1,
    endpoint_mode: isMeshed(workload, options) ? EndpointMode.VIP : options.endpointMode,
    update_config: updateConfig(workload, options),
    rollback_config: rollbackConfig(workload, options),
    restart_policy: RESTART,
    placement: placementOf(workload, service, options),
    resources,
  };
  return shared(`deploy ${JSON.stringify(deploy)}`, () => deploy);
}

/**
 * Whether an update must stop a copy before it starts the next: two must never share a disk or an identity, and a host
 * has a port once.
 *
 * @internal
 */
export function stopsFirst(workload: WorkloadModel, options: SwarmOptions): boolean {
  return !isReplicated(workload) || hasDisk(workload.container) || surgeOf(workload) === 0 || sharesPorts(workload)
    || (workload.publishedPorts.length > 0 && options.publishMode === PublishMode.HOST);
}

/**
 * Whether a workload is published by the routing mesh. The mesh leads to a virtual address: the engine refuses the one
 * without the other (measured, 20.10).
 *
 * @internal
 */
export const isMeshed = ({ publishedPorts }: WorkloadModel, { publishMode }: SwarmOptions): boolean =>
  publishedPorts.length > 0 && publishMode === PublishMode.INGRESS;

function updateConfig(workload: WorkloadModel, options: SwarmOptions): any {
  const stopFirst = stopsFirst(workload, options);
  const parallelism = stopFirst ? atOnce(workload.maxUnavailable, workload.replicas) : surgeOf(workload);
  // A database that was started by a new version must not be started by the old one again unasked.
  const failureAction = workload.kind === WorkloadKind.STATEFUL ? 'pause' : 'rollback';
  return shared(`update ${parallelism} ${stopFirst} ${failureAction}`, () => ({
    parallelism: Math.max(1, parallelism),
    order: stopFirst ? 'stop-first' : 'start-first',
    failure_action: failureAction,
    monitor: MONITOR,
    max_failure_ratio: 0,
  }));
}

/** A rollback is urgent: all copies at once, but never two of one identity. */
function rollbackConfig(workload: WorkloadModel, options: SwarmOptions): any {
  if (stopsFirst(workload, options)) return ONE_BY_ONE;
  // All at once would need room for all copies twice.
  return keepsMaxPerNode(workload, options) ? { parallelism: surgeOf(workload), order: 'start-first' } : ALL_AT_ONCE;
}

const ONE_BY_ONE = freezeAll({ parallelism: 1, order: 'stop-first' });
const ALL_AT_ONCE = freezeAll({ parallelism: 0, order: 'start-first' });

function surgeOf(workload: WorkloadModel): number {
  return atOnce(workload.maxSurge, workload.replicas);
}

/** A number, or a percentage of the copies. */
function atOnce(amount: string, replicas: number): number {
  return amount.endsWith('%') ? Math.ceil(replicas * Number(amount.slice(0, -1)) / 100) : Number(amount);
}

/**
 * Over zones, then Swarm spreads over hosts by itself. It knows preferences for labels alone: one for `node.hostname` does nothing.
 *
 * @see https://github.com/moby/swarmkit/blob/master/manager/scheduler/nodeset.go
 */
const SPREAD = freezeAll([{ spread: 'node.labels.zone' }]);

/**
 * Whether a host gets no more copies than it may. Where an update starts new copies first and all hosts are full, it waits
 * for ever for another one (measured, 20.10: `no suitable node`, no failure and no rollback); so there must be room for
 * its new copies on the hosts that are left when one is away.
 *
 * @internal
 */
export function keepsMaxPerNode(workload: WorkloadModel, options: SwarmOptions): boolean {
  const { maxReplicasPerNode: most, placement, replicas } = workload;
  if (most === undefined || !isReplicated(workload)) return false;
  if (stopsFirst(workload, options)) return true;
  const nodes = placement === undefined ? options.nodes : undefined;
  return nodes !== undefined && (nodes - 1) * most >= replicas + surgeOf(workload);
}

/** The ports of a workload with the network of its host are those of the node, of which Swarm knows nothing. */
function maxPerNode(workload: WorkloadModel, options: SwarmOptions): number | undefined {
  if (isOnHost(workload) && workload.ports.length > 0) return 1;
  return keepsMaxPerNode(workload, options) ? workload.maxReplicasPerNode : undefined;
}

function placementOf(workload: WorkloadModel, service: string, options: SwarmOptions): any {
  const constraints = [...constraintsOf(workload.placement), ...needsOwnLabel(workload) ? [`node.labels.${service} == true`] : []];
  const spread = isReplicated(workload) && workload.replicas > 1 && workload.placement?.hostname === undefined;
  const max = maxPerNode(workload, options);
  if (constraints.length === 0 && !spread && max === undefined) return undefined;
  return {
    constraints: constraints.length > 0 ? constraints : undefined,
    preferences: spread ? SPREAD : undefined,
    max_replicas_per_node: max,
  };
}

/**
 * Whether each copy is pinned by a label of its own (`db-0`): several copies with disks, on hosts that a label picks.
 * Without it a copy could start on another host, with an empty disk.
 *
 * @internal
 */
export const needsOwnLabel = (workload: WorkloadModel): boolean =>
  workload.kind === WorkloadKind.STATEFUL && workload.replicas > 1 && hasOwnDisk(workload)
  && workload.placement !== undefined && workload.placement.hostname === undefined;

/**
 * Constraints of a placement.
 *
 * @internal
 */
export function constraintsOf(placement: Placement | undefined): string[] {
  if (placement === undefined) return [];
  return [
    ...placement.hostname === undefined ? [] : [`node.hostname == ${placement.hostname}`],
    ...Object.keys(placement.labels).sort().map((label) => `node.labels.${label} == ${placement.labels[label]}`),
  ];
}
