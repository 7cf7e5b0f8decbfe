import { SizeRoundingBehavior, type Size } from 'cdk8s';

/**
 * Where mounted data lives.
 */
export enum VolumeKind {
  /** A disk of one copy's own, that outlives it. */
  PERSISTENT = 'persistent',
  /** Empty at each start. */
  SCRATCH = 'scratch',
  /** A path of the host. */
  HOST_PATH = 'host-path',
  /** A file that is read at synth. */
  FILE = 'file',
  /** A `SharedVolume`. */
  SHARED = 'shared',
}

/**
 * Options of a persistent volume.
 */
export interface PersistentVolumeOptions {
  /**
   * Size of each copy's disk. Docker volumes have no size: it stands in the report there.
   *
   * @default Size.gibibytes(1)
   */
  readonly size?: Size;
  /**
   * Name of the volume, unique in its workload.
   *
   * @default - made from the mount path: `/var/lib/data` gives `var-lib-data`
   */
  readonly name?: string;
  /**
   * Name of a volume that exists already, so that its data is adopted. For one copy alone.
   * Kubernetes: a PersistentVolumeClaim. Docker: a volume.
   *
   * @default - a new one
   */
  readonly existingName?: string;
  /**
   * Kubernetes: storage class of the claim. Docker ignores it.
   *
   * @default - the cluster's default class
   */
  readonly storageClassName?: string;
}

/**
 * Options of a scratch volume.
 */
export interface ScratchVolumeOptions {
  /**
   * Most it may hold. It lies in memory on Docker (tmpfs) and on the node's disk on Kubernetes.
   *
   * @default Size.mebibytes(64)
   */
  readonly size?: Size;
  /**
   * Whether it lies in memory on Kubernetes too, where nothing of it reaches a disk. What is in it counts as the container's
   * memory, there as on Docker: give `resources` room for it.
   *
   * Docker: always, unless several containers share it, which is a finding then.
   *
   * @default false
   */
  readonly inMemory?: boolean;
}

/**
 * Options of a mount.
 */
export interface MountOptions {
  /**
   * Whether it can only be read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * Something mounted into a container.
 */
export class Volume {
  /**
   * A disk of the copy's own, that outlives it. For `StatefulService`, and for workloads of exactly one copy.
   *
   * Kubernetes: a claim (of a StatefulSet's template for a StatefulService). Compose: a named volume.
   * Swarm: a named volume on the node that `placement` picks: without placement an error.
   *
   * @param path where it is mounted, absolute
   * @param options size, name, adoption of existing data
   */
  public static persistent(path: string, options: PersistentVolumeOptions = {}): Volume {
    const { name = nameFromPath(path), size, existingName, storageClassName } = { ...options };
    return new Volume(VolumeKind.PERSISTENT, path, {
      given: options, name, size, sizeMebibytes: mebibytes(size) ?? 1024, existingName, storageClassName,
    });
  }

  /**
   * A writable place that is empty at each start. `/tmp` is one by default.
   *
   * @param path where it is mounted, absolute
   * @param options size
   */
  public static scratch(path: string, options: ScratchVolumeOptions = {}): Volume {
    const { size, inMemory } = { ...options };
    return new Volume(VolumeKind.SCRATCH, path, { given: options, name: nameFromPath(path), size, sizeMebibytes: mebibytes(size) ?? 64, inMemory });
  }

  /**
   * A path of the host. On several hosts each has its own: give the workload a `placement`.
   *
   * @param path where it is mounted, absolute
   * @param hostPath the host's path, absolute
   * @param options whether it can only be read
   */
  public static hostPath(path: string, hostPath: string, options: MountOptions = {}): Volume {
    return new Volume(VolumeKind.HOST_PATH, path, { given: options, name: nameFromPath(path), source: hostPath, readOnly: options?.readOnly });
  }

  /**
   * A file beside the application's code, read at synth and mounted read-only. Its copies are immutable and named by
   * their content, so that a rollback restores it and a change rolls the workload.
   *
   * @param path where it is mounted, absolute
   * @param sourcePath the file, relative to the working directory of synth
   */
  public static file(path: string, sourcePath: string): Volume {
    return new Volume(VolumeKind.FILE, path, { name: nameFromPath(path), source: sourcePath, readOnly: true });
  }

  /** @internal */
  public static _shared(path: string, name: string, chartPath: string, readOnly: boolean): Volume {
    return new Volume(VolumeKind.SHARED, path, { name, readOnly, chartPath });
  }

  /** Where the data lives. */
  public readonly kind: VolumeKind;
  /** Where it is mounted. */
  public readonly path: string;
  /** Name of the volume. */
  public readonly name: string;
  /** Size in mebibytes; undefined where there is none. */
  public readonly sizeMebibytes?: number;
  /** Host path or source file. */
  public readonly source?: string;
  /** Name of a volume that exists already. */
  public readonly existingName?: string;
  /** Kubernetes: storage class. */
  public readonly storageClassName?: string;
  /** Whether it can only be read. */
  public readonly readOnly: boolean;
  /** Whether it must lie in memory on every target. */
  public readonly inMemory: boolean;
  /** Path of the chart that holds the `SharedVolume`. */
  public readonly chartPath?: string;

  /** @internal The size as given: one of the wrong kind is told where the container is checked, which has a path. */
  public readonly _size?: Size;
  /** @internal The options as given, likewise for one that is misspelt. */
  public readonly _given?: object;

  /** @internal Whether the name was made from the path. */
  public get _namedByPath(): boolean {
    return this.name === nameFromPath(this.path);
  }

  private constructor(kind: VolumeKind, path: string, rest: {
    given?: object;
    name: string;
    size?: Size;
    sizeMebibytes?: number;
    source?: string;
    existingName?: string;
    storageClassName?: string;
    readOnly?: boolean;
    chartPath?: string;
    inMemory?: boolean;
  }) {
    this.kind = kind;
    this.path = path;
    this.name = rest.name;
    this.sizeMebibytes = rest.sizeMebibytes;
    this.source = rest.source;
    this.existingName = rest.existingName;
    this.storageClassName = rest.storageClassName;
    this.readOnly = rest.readOnly ?? false;
    this.chartPath = rest.chartPath;
    this.inMemory = rest.inMemory ?? false;
    this._size = rest.size;
    this._given = rest.given;
  }
}

/** What is no Size, or no whole number of mebibytes, is told where the container is checked, which has a path. */
const mebibytes = (size: Size | undefined): number | undefined => size?.toMebibytes?.({ rounding: SizeRoundingBehavior.NONE });

function nameFromPath(path: string): string {
  return String(path).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}
