import { copyServices } from './copies';
import type { Neighbours } from './neighbours';
import { networksOf, type Membership } from './networks';
import { NetworkModeKind } from '../../model/network-mode';
import type { WorkloadModel } from '../../model/workload';

/*
 * A service whose network is not its own.
 */

/**
 * The networks of a service, or what it has instead.
 *
 * @internal
 */
export function networkFields(workload: WorkloadModel, members: Membership[], neighbours: Neighbours): any {
  const mode = workload.networkMode;
  if (mode?.kind === NetworkModeKind.HOST) return { network_mode: 'host' };
  if (mode?.kind === NetworkModeKind.SHARED) return { network_mode: `service:${ownerService(workload, neighbours)}` };
  const networks = networksOf(members);
  return networks === undefined ? { network_mode: 'none' } : { networks };
}

/** Validation sees to it that there is an owner, and that it has one copy. */
function ownerService({ networkMode }: WorkloadModel, neighbours: Neighbours): string {
  const owner = networkMode!.owner!;
  const model = neighbours.workload(owner);
  return model === undefined ? owner.name : copyServices(model)[0];
}

/**
 * Whether a workload has the network of another.
 *
 * @internal
 */
export const isSharer = ({ networkMode }: WorkloadModel): boolean => networkMode?.kind === NetworkModeKind.SHARED;

/**
 * Whether a workload has the network of its host.
 *
 * @internal
 */
export const isOnHost = ({ networkMode }: WorkloadModel): boolean => networkMode?.kind === NetworkModeKind.HOST;

/**
 * Whether a second copy of a workload would want the same ports of a network that is not its own.
 *
 * @internal
 */
export const sharesPorts = (workload: WorkloadModel): boolean => isSharer(workload) || (isOnHost(workload) && workload.ports.length > 0);
