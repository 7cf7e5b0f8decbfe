import { VolumeKind } from '../../model/volume';
import { containersOf, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { mountsOf, scratchOf } from '../compose/storage';

/** Bytes of a mebibyte. */
const MEBIBYTE = 1024 * 1024;

/**
 * The field `volumes` of a service. `tmpfs:` is ignored in silence, so scratch space is a mount; it can be given no
 * owner, and everybody in the container may write to it.
 *
 * @internal
 */
export function stackMounts(container: ContainerModel, workload: WorkloadModel, service: string): any[] {
  return [
    // A host path that is not there keeps a task from starting; Compose must be told that, Swarm refuses the option.
    ...mountsOf(container, workload, service).map(({ bind: _, ...mount }) => mount),
    ...scratchOf(container, workload).map(({ path, mebibytes }) => ({ type: 'tmpfs', target: path, tmpfs: { size: mebibytes * MEBIBYTE } })),
  ];
}

/**
 * Whether a container has a disk that is on one host only.
 *
 * @internal
 */
export const hasDisk = ({ volumes }: ContainerModel): boolean => volumes.some(({ kind }) => kind === VolumeKind.PERSISTENT);

/**
 * Whether a workload has such a disk, in whichever of its containers: all of them run on one host.
 *
 * @internal
 */
export const hasOwnDisk = (workload: WorkloadModel): boolean => containersOf(workload).some(hasDisk);
