import { workloadFiles } from './config-map';
import { shortName } from './names';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { mebibytes } from './quantities';
import { SECRETS_MOUNT_PATH, secretsVolume } from './secrets';
import { claimName, isClaimTemplate, sharedVolume, templateVolumes } from './storage';
import { VolumeKind, type Volume } from '../../model/volume';
import { containersOf, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';

/**
 * The volumes of a pod and who mounts them where. Containers share a volume by its name.
 *
 * @internal
 */
export class PodVolumes {
  /** For the pod's `volumes`; undefined: none. */
  public readonly volumes?: any[];
  private readonly byName = new Map<string, { volume: any; of?: Volume }>();
  private readonly ours = new Map<string, string>();
  private readonly mounts = new Map<ContainerModel, any[]>();

  public constructor(private readonly workload: WorkloadModel, private readonly options: KubernetesOptions) {
    // A StatefulSet knows them by their names alone, so others make room.
    for (const volume of templateVolumes(workload)) this.declared(volume);
    for (const container of containersOf(workload)) this.mounts.set(container, this.mountsFor(container));
    const volumes = [...this.byName.values()].map(({ volume }) => volume).filter((volume) => volume !== undefined);
    this.volumes = volumes.length === 0 ? undefined : volumes.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Names of those that lie on the node and go with each copy: scratch space that is not memory. */
  public get onNode(): string[] {
    return (this.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium === undefined).map(({ name }) => name);
  }

  /** For a container's `volumeMounts`; undefined: none. */
  public mountsOf(container: ContainerModel): any[] | undefined {
    const mounts = this.mounts.get(container)!;
    return mounts.length === 0 ? undefined : mounts;
  }

  private mountsFor(container: ContainerModel): any[] {
    const mounts = container.volumes
      .map((volume) => ({ mountPath: volume.path, name: this.declared(volume), readOnly: volume.readOnly || undefined }));
    if (container.files.length > 0) mounts.push(...this.fileMounts(container));
    if (container.secrets.length > 0) mounts.push(...this.secretMounts(container));
    if (needsTmp(container)) mounts.push(this.tmpMount(container));
    return mounts.length < 2 ? mounts : mounts.sort((a, b) => a.mountPath < b.mountPath ? -1 : 1);
  }

  /** The name of a declared volume; it gets a kind of its own where another volume has the name. */
  private declared(volume: Volume): string {
    const plain = shortName(volume.name || 'root', 63);
    const name = [plain, shortName(`${plain}-${volume.kind}`, 63)].find((candidate) => {
      const taken = this.byName.get(candidate)?.of;
      return !this.byName.has(candidate) || (taken?.kind === volume.kind && taken.source === volume.source);
    }) ?? shortName(`${plain}-${volume.kind}-${this.byName.size}`, 63);
    if (!this.byName.has(name)) this.byName.set(name, { volume: this.volumeBody(name, volume), of: volume });
    return name;
  }

  private volumeBody(name: string, volume: Volume): any {
    switch (volume.kind) {
      case VolumeKind.HOST_PATH: return { hostPath: { path: volume.source }, name };
      case VolumeKind.SHARED: return { name, persistentVolumeClaim: { claimName: sharedVolume(volume, this.options)?.existingName ?? volume.name } };
      case VolumeKind.PERSISTENT:
        // A StatefulSet's template gives each copy its own.
        return isClaimTemplate(this.workload, volume) ? undefined
          : { name, persistentVolumeClaim: { claimName: claimName(this.workload.name, volume) } };
      // Without a limit it could take half of the node's memory.
      default: return { emptyDir: { medium: volume.inMemory ? 'Memory' : undefined, sizeLimit: mebibytes(volume.sizeMebibytes ?? 64) }, name };
    }
  }

  /** Each file stands at its own path and hides nothing beside it; an immutable file needs no refreshing. */
  private fileMounts(container: ContainerModel): any[] {
    const files = workloadFiles(this.workload);
    const name = this.add('config', (free) => ({ configMap: { defaultMode: 292, name: files.name }, name: free }), 'config');
    return container.files.map((file) => ({ mountPath: file.path, name, readOnly: true, subPath: files.keyOf(container, file) }));
  }

  /**
   * Each secret, too, stands at its own path: of a folder that cannot be written, clouds and clusters could make none below it for
   * their tokens, which they look for in `/var/run/secrets`, in most images the same one. What is mounted alone stays as it was when
   * the container started, so that who reads secrets again gets the folder.
   *
   * @see https://github.com/kubernetes/kubernetes/issues/65835
   * @see https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod
   */
  private secretMounts(container: ContainerModel): any[] {
    const main = container === this.workload.container;
    const plain = main ? 'secrets' : `secrets-${container.name}`;
    const name = this.add(plain, (free) => secretsVolume(free, container.secrets, this.workload.container.group === undefined));
    if (container.rereadsSecrets) return [{ mountPath: SECRETS_MOUNT_PATH, name, readOnly: true }];
    return container.secrets.map((secret) => ({ mountPath: secret.file, name, readOnly: true, subPath: secret.name }));
  }

  private tmpMount(container: ContainerModel): any {
    if (container === this.workload.container && !this.byName.has('tmp')) {
      this.byName.set('tmp', { volume: TMP_VOLUME });
      return TMP_MOUNT;
    }
    const name = this.add(`tmp-${container.name}`, (free) => ({ ...TMP_VOLUME, name: free }));
    return { mountPath: TMP, name };
  }

  /** A volume of ours, under the first free name; with `key`, the one made before. */
  private add(plain: string, body: (name: string) => any, key?: string): string {
    const known = key === undefined ? undefined : this.ours.get(key);
    if (known !== undefined) return known;
    let name = shortName(plain, 63);
    for (let i = 2; this.byName.has(name); i++) name = shortName(`${plain}-${i}`, 63);
    this.byName.set(name, { volume: body(name) });
    if (key !== undefined) this.ours.set(key, name);
    return name;
  }
}

/** @internal Whether a container's root cannot be written and nothing of the user's stands at `/tmp`. */
function needsTmp({ security, volumes, files }: ContainerModel): boolean {
  if (security.writableRoot) return false;
  return !volumes.some(({ path }) => path.replace(/\/+$/, '') === TMP) && !files.some(({ path }) => path === TMP);
}

/**
 * Mebibytes that a container's declared scratch space may hold on the node.
 *
 * @internal
 */
export function scratchMebibytes(container: ContainerModel): number {
  const declared = container.volumes.filter(({ kind, inMemory }) => kind === VolumeKind.SCRATCH && !inMemory)
    .reduce((sum, { sizeMebibytes }) => sum + (sizeMebibytes ?? 64), 0);
  return declared + (needsTmp(container) ? TMP_MEBIBYTES : 0);
}

/**
 * Whether a copy's disk is its own alone, so that an update must stop it before the next one starts.
 *
 * @internal
 */
export function ownsDisk(workload: WorkloadModel): boolean {
  return workload.kind !== WorkloadKind.STATEFUL
    && containersOf(workload).some(({ volumes }) => volumes.some(({ kind }) => kind === VolumeKind.PERSISTENT));
}

const TMP = '/tmp';
const TMP_MEBIBYTES = 64;
const TMP_MOUNT = constant({ mountPath: TMP, name: 'tmp' });
const TMP_VOLUME = constant({ emptyDir: { sizeLimit: mebibytes(TMP_MEBIBYTES) }, name: 'tmp' });
