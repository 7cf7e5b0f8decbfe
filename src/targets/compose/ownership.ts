import type { Neighbours } from './neighbours';
import { isNamedVolume, ownerOf, volumeKey } from './storage';
import { VolumeKind } from '../../model/volume';
import { containersOf, type ContainerModel, type WorkloadModel } from '../../model/workload';

/*
 * A fresh volume belongs to root, and a workload is not root. A one-shot service hands it over; data that was there
 * before is left alone unless its owner changed, and adopted volumes are never touched.
 */

/**
 * A volume to hand over.
 *
 * @internal
 */
export interface Handover {
  /** Key in the section `volumes`. */
  readonly volume: string;
  /** `user:group`; undefined: to everybody. */
  readonly owner?: string;
}

/**
 * The volumes of a service to hand over, by name.
 *
 * @internal
 */
export function handovers(workload: WorkloadModel, service: string, neighbours: Neighbours): Handover[] {
  const found = containersOf(workload).flatMap((container) => containerHandovers(container, workload, service, neighbours));
  if (found.length === 0) return found;
  const first = (volume: string) => found.find((handover) => handover.volume === volume);
  return found.filter((handover) => handover === first(handover.volume)).sort((a, b) => a.volume < b.volume ? -1 : 1);
}

function containerHandovers(container: ContainerModel, workload: WorkloadModel, service: string, neighbours: Neighbours): Handover[] {
  return container.volumes.flatMap((volume) => {
    if (!isNamedVolume(volume, workload) || volume.existingName !== undefined) return [];
    const owner = ownerOf(container);
    const key = volumeKey(service, volume);
    if (volume.kind !== VolumeKind.SHARED) return owner === undefined ? [] : [{ volume: key, owner: `${owner.user}:${owner.group}` }];
    const shared = neighbours.sharedVolume(workload.chart, volume.name);
    // The owners of an NFS server's folders are its own business.
    if (shared === undefined || shared.existingName !== undefined || shared.nfsServer !== undefined) return [];
    return [{ volume: key, owner: shared.user === undefined ? undefined : `${shared.user}:${shared.user}` }];
  });
}

/**
 * The command of the one-shot service: hands over what does not belong to the user yet. The folder itself, by which that is seen,
 * comes last, since it may be killed in the midst of it. `-h` keeps it from following a link out of the volume.
 *
 * @internal
 */
export function handoverScript(volumes: Handover[]): string {
  return [
    'set -e',
    'hand() { [ "$(stat -c %u:%g "$2")" = "$1" ] || find "$2" -depth -exec chown -h "$1" {} +; }',
    'open() { [ "$(stat -c %a "$1")" = 1777 ] || chmod 1777 "$1"; }',
    ...volumes.map(({ volume, owner }) => owner === undefined ? `open ${folderOf(volume)}` : `hand ${owner} ${folderOf(volume)}`),
    '',
  ].join('\n');
}

/**
 * What the one-shot service must be able to do as root without other rights: give files away, look into folders of
 * others, and open folders of others to everybody.
 *
 * @internal
 */
export const handoverCapabilities = (volumes: Handover[]): string[] =>
  ['CHOWN', 'DAC_OVERRIDE', ...volumes.some(({ owner }) => owner === undefined) ? ['FOWNER'] : []];

/**
 * Where the one-shot service finds a volume.
 *
 * @internal
 */
export const folderOf = (volume: string): string => `/volumes/${volume}`;
