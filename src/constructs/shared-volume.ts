import { isIP } from 'node:net';
import { Size, SizeRoundingBehavior } from 'cdk8s';
import { Construct } from 'constructs';
import { Declarations, type ChartDeclarations } from './declarations';
import { checkAdopted, MOUNT_OPTIONS } from './made-options';
import type { SharedVolumeModel } from '../model/app-model';
import { Volume, type MountOptions } from '../model/volume';
import { SharedVolumeSlot } from '../targets/slots';
import * as messages from '../validation/messages';
import { checkInstance, checkMebibytes, checkProps, type PropNames } from '../validation/props';
import { isAbsolutePath, isHost } from '../validation/syntax';

/**
 * Options of a shared volume.
 */
export interface SharedVolumeProps {
  /**
   * How much it may hold. Docker volumes have no size.
   *
   * @default Size.gibibytes(1)
   */
  readonly size?: Size;
  /**
   * Kubernetes: storage class, which must offer ReadWriteMany.
   *
   * @default - the cluster's default class, which is mostly one of disks that are on one node at a time: a finding
   */
  readonly storageClassName?: string;
  /**
   * Name of a volume that exists already, so that its data is adopted.
   *
   * @default - a new one
   */
  readonly existingName?: string;
  /**
   * NFS server, for Docker on several hosts.
   *
   * @default - a volume of each host's own: on several hosts copies do not see each other's files, the report says so
   */
  readonly nfsServer?: string;
  /**
   * Exported path of the NFS server.
   *
   * @default '/'
   */
  readonly nfsPath?: string;
}

/**
 * A volume that several copies, of one workload or of several, read and write at once.
 *
 * Kubernetes: a ReadWriteMany claim. Compose: a named volume. Swarm: a named volume of each node, or NFS.
 */
export class SharedVolume extends Construct {
  private readonly chart: ChartDeclarations;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: SharedVolumeProps = {}) {
    super(Declarations.roomIn(scope, id, 'SharedVolume'), id);
    checkProps(this.node.path, id, props, PROPS);
    checkInstance(this.node.path, id, 'size', props.size, Size, 'a Size such as Size.gibibytes(5)');
    if (props.size?.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) === 0) throw new Error(messages.emptyVolume(this.node.path, id));
    checkMebibytes(this.node.path, id, 'size', props.size, 'a Size such as Size.gibibytes(5)');
    checkAdopted(this.node.path, id, props.existingName);
    checkNfs(this.node.path, id, props);
    this.chart = Declarations.chartOf(this, 'SharedVolume');
    this.chart.claimName('SharedVolume', this, id);
    const model: SharedVolumeModel = Object.freeze({
      path: this.node.path,
      chart: this.chart.name,
      name: id,
      sizeMebibytes: props.size?.toMebibytes() ?? 1024,
      storageClassName: props.storageClassName,
      existingName: props.existingName,
      nfsServer: props.nfsServer,
      nfsPath: props.nfsServer === undefined ? undefined : props.nfsPath ?? '/',
    });
    this.chart.sharedVolumes.push(model);
    this.chart.bind((target) => target.bindSharedVolume(new SharedVolumeSlot(this, this.chart.chart, id, model)));
  }

  /**
   * The volume as something to mount: `volumes: [uploads.mount('/uploads')]`.
   *
   * @param path where it is mounted, absolute
   * @param options whether it can only be read
   */
  public mount(path: string, options: MountOptions = {}): Volume {
    checkProps(this.node.path, `${this.node.id}.mount('${path}'),`, options, MOUNT_OPTIONS);
    return Volume._shared(path, this.node.id, this.chart.chart.node.path, options.readOnly ?? false);
  }
}

const PROPS: PropNames<SharedVolumeProps> = { size: true, storageClassName: true, existingName: true, nfsServer: true, nfsPath: true };

function checkNfs(path: string, id: string, { nfsServer, nfsPath }: SharedVolumeProps): void {
  if (nfsServer === undefined && nfsPath !== undefined) throw new Error(messages.nfsPathAlone(path, id, nfsPath));
  if (nfsServer !== undefined && isIP(nfsServer) === 0 && !isHost(String(nfsServer).toLowerCase())) {
    throw new Error(messages.badNfsServer(path, id, nfsServer));
  }
  if (nfsPath !== undefined && !isAbsolutePath(nfsPath)) throw new Error(messages.badNfsPath(path, id, nfsPath));
}
