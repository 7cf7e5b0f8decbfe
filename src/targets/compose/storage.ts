import { asWritten } from './interpolation';
import type { SharedVolumeModel } from '../../model/app-model';
import { SecurityLevel } from '../../model/security';
import { VolumeKind, type Volume } from '../../model/volume';
import { containersOf, type ContainerModel, type WorkloadModel } from '../../model/workload';

/** Where a program may always write; size in mebibytes. */
const TEMPORARY = { path: '/tmp', mebibytes: 64 };

/**
 * The key of a volume of a service in the section `volumes`.
 *
 * @internal
 */
export function volumeKey(service: string, volume: Volume): string {
  return volume.kind === VolumeKind.SHARED ? volume.name : `${service}-${volume.name}`;
}

/**
 * Whether a volume stands in the section `volumes`: all but host paths, and but scratch space of one container alone,
 * which is a tmpfs. Scratch space that containers share cannot be: a tmpfs is gone when an init container ends.
 *
 * @internal
 */
export function isNamedVolume(volume: Volume, workload: WorkloadModel): boolean {
  return volume.kind === VolumeKind.PERSISTENT || volume.kind === VolumeKind.SHARED || isSharedScratch(volume, workload);
}

/**
 * Whether several containers of a workload name the same scratch space.
 *
 * @internal
 */
export function isSharedScratch(volume: Volume, workload: WorkloadModel): boolean {
  return volume.kind === VolumeKind.SCRATCH && containersOf(workload)
    .filter((container) => container.volumes.some((other) => other.kind === VolumeKind.SCRATCH && other.name === volume.name)).length > 1;
}

/**
 * The volumes of a workload that stand in the section `volumes`, each once.
 *
 * @internal
 */
export function namedVolumes(workload: WorkloadModel): Volume[] {
  const byKey = new Map<string, Volume>();
  for (const volume of containersOf(workload).flatMap((container) => container.volumes)) {
    // A shared volume may be called like one of the workload's own.
    const key = volumeKey(workload.name, volume);
    if (isNamedVolume(volume, workload) && !byKey.has(key)) byKey.set(key, volume);
  }
  return [...byKey.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * An entry of the section `volumes`.
 *
 * @internal
 */
export function volumeDefinition(volume: Pick<Volume, 'existingName'>): any {
  return volume.existingName === undefined ? {} : { external: true, name: volume.existingName };
}

/**
 * The entries of a workload in the section `volumes`, but for those that have a fragment of their own.
 *
 * @internal
 */
export function volumeDefinitions(workload: WorkloadModel, services: string[], settled: Volume[]): any {
  const volumes = namedVolumes(workload).filter(({ kind, name }) => kind !== VolumeKind.SHARED && !settled.some((other) => other.name === name));
  if (volumes.length === 0) return undefined;
  return asWritten(Object.fromEntries(services.flatMap((service) =>
    volumes.map((volume) => [volumeKey(service, volume), volumeDefinition(volume)]))));
}

/**
 * The entry of a shared volume.
 *
 * @internal
 */
export function sharedVolumeDefinition(volume: SharedVolumeModel): any {
  if (volume.nfsServer === undefined || volume.existingName !== undefined) return volumeDefinition(volume);
  // hard: a write waits for a server that is away instead of failing, which would corrupt data.
  return { driver_opts: { type: 'nfs', o: `addr=${volume.nfsServer},rw,hard,timeo=50,noatime`, device: `:${volume.nfsPath ?? '/'}` } };
}

/**
 * The field `volumes` of a service.
 *
 * @internal
 */
export function mountsOf(container: ContainerModel, workload: WorkloadModel, service: string): any[] {
  return container.volumes
    .filter((volume) => volume.kind === VolumeKind.HOST_PATH || isNamedVolume(volume, workload))
    .map((volume) => volume.kind === VolumeKind.HOST_PATH ? hostPathMount(volume) : volumeMount(volume, container, service));
}

function hostPathMount(volume: Volume): any {
  return {
    type: 'bind',
    source: volume.source,
    target: volume.path,
    read_only: volume.readOnly || undefined,
    // A disk that is not mounted must not turn into an empty folder.
    bind: { create_host_path: false },
  };
}

function volumeMount(volume: Volume, container: ContainerModel, service: string): any {
  return {
    type: 'volume',
    source: volumeKey(service, volume),
    target: volume.path,
    read_only: volume.readOnly || undefined,
    // Else the engine gives an empty volume the owner that the image's folder has, after it was handed to the user.
    volume: volume.kind === VolumeKind.SHARED || ownerOf(container) !== undefined ? { nocopy: true } : undefined,
  };
}

/**
 * Scratch space of a container that is a tmpfs, `/tmp` of a read-only root included.
 *
 * @internal
 */
export function scratchOf(container: ContainerModel, workload: WorkloadModel): { path: string; mebibytes: number; temporary: boolean }[] {
  const scratch = container.volumes.filter((volume) => volume.kind === VolumeKind.SCRATCH && !isSharedScratch(volume, workload))
    .map((volume) => ({ path: volume.path, mebibytes: volume.sizeMebibytes ?? TEMPORARY.mebibytes, temporary: volume.path === TEMPORARY.path }));
  const taken = container.volumes.some((volume) => volume.path === TEMPORARY.path);
  return [...container.security.writableRoot || taken ? [] : [{ ...TEMPORARY, temporary: true }], ...scratch];
}

/**
 * The field `tmpfs` of a service. A tmpfs belongs to root unless told otherwise; where the user is the image's own and
 * so unknown, everybody may write, as in an emptyDir of Kubernetes.
 *
 * @internal
 */
export function tmpfsOf(container: ContainerModel, workload: WorkloadModel): string[] {
  const { user } = container;
  return scratchOf(container, workload).map(({ path, mebibytes, temporary }) => temporary || user === undefined
    ? `${path}:size=${mebibytes}m,mode=1777`
    : `${path}:size=${mebibytes}m,mode=0755,uid=${user},gid=${container.group ?? user}`);
}

/**
 * Whom a fresh volume of a container must belong to; undefined where the image sees to that itself, or its user is
 * not known.
 *
 * @internal
 */
export function ownerOf(container: ContainerModel): { user: number; group: number } | undefined {
  if (container.security.level !== SecurityLevel.RESTRICTED || container.user === undefined) return undefined;
  return { user: container.user, group: container.group ?? container.user };
}
