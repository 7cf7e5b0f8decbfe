import { selectorLabels } from './labels';
import { shortName } from './names';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { mebibytes } from './quantities';
import type { SharedVolumeModel } from '../../model/app-model';
import { VolumeKind, type Volume } from '../../model/volume';
import { containersOf, WorkloadKind, type WorkloadModel } from '../../model/workload';

/**
 * Nothing that prunes what left the definition may take data along, nor who removes the whole application from a tool.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-resource-deletion
 * @see https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 * @internal
 */
export const KEPT = constant({
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'helm.sh/resource-policy': 'keep', 'kustomize.toolkit.fluxcd.io/prune': 'disabled',
});

/**
 * Nor the files of versions before: a copy of one that is started anew needs its own, and so does a rollback. There is one
 * more with each change, by which Argo CD must not take an application for out of sync.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/compare-options/#ignoring-resources-that-are-extraneous
 * @internal
 */
export const FILES_KEPT = constant({
  ...KEPT, 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous', 'argocd.argoproj.io/sync-options': 'Prune=false',
});

/** @internal Whether a StatefulSet makes the volume for each of its copies. */
export function isClaimTemplate(workload: Pick<WorkloadModel, 'kind'>, volume: Volume): boolean {
  return workload.kind === WorkloadKind.STATEFUL && volume.kind === VolumeKind.PERSISTENT && volume.existingName === undefined;
}

/** @internal The volumes of which a StatefulSet makes one for each of its copies, each as it was declared first. */
export function templateVolumes(workload: WorkloadModel): Volume[] {
  const byName = new Map<string, Volume>();
  for (const volume of containersOf(workload).flatMap(({ volumes }) => volumes)) {
    if (isClaimTemplate(workload, volume) && !byName.has(volume.name)) byName.set(volume.name, volume);
  }
  return [...byName.values()];
}

/** @internal */
export const templateName = ({ name }: Volume): string => shortName(name || 'root', 63);

/** @internal The claim of a workload of one copy. */
export function claimName(workload: string, volume: Volume): string {
  return volume.existingName ?? shortName(`${workload}-${volume.name}`, 63);
}

/** @internal The `SharedVolume` that is mounted; undefined where the target does not render it. */
export function sharedVolume({ chartPath, name }: Volume, { sharedVolumes }: KubernetesOptions): SharedVolumeModel | undefined {
  return sharedVolumes.get(`${chartPath}/${name}`);
}

/** @internal A claim of one copy's own. */
export function persistentVolumeClaim(volume: Volume): any {
  return claim('ReadWriteOnce', volume.sizeMebibytes!, volume.storageClassName);
}

/** @internal A claim that several copies write. */
export function sharedVolumeClaim(model: SharedVolumeModel): any {
  return claim('ReadWriteMany', model.sizeMebibytes, model.storageClassName);
}

/**
 * A StatefulSet's templates. They cannot be changed on a live object, so their labels are stable ones. The server adds what kind of
 * object they are, by which Argo CD would take the StatefulSet for out of sync for ever.
 *
 * @see https://github.com/argoproj/argo-cd/issues/11143
 * @internal
 */
export function claimTemplates(workload: WorkloadModel, volumes: Volume[]): any[] | undefined {
  if (volumes.length === 0) return undefined;
  return volumes.map((volume) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { labels: selectorLabels(workload.name), name: templateName(volume) },
    ...persistentVolumeClaim(volume),
  }));
}

function claim(accessMode: string, sizeMebibytes: number, storageClassName: string | undefined): any {
  return {
    spec: {
      accessModes: [accessMode],
      resources: { requests: { storage: mebibytes(sizeMebibytes) } },
      storageClassName,
    },
  };
}
