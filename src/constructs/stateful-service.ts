import type { Construct } from 'constructs';
import { pathIn } from './declarations';
import { addScheduledJob, type AddScheduledJobProps, type ScheduledJob } from './scheduled-job';
import { RETENTION_PROPS, WhenGone, type VolumeRetention } from './volume-retention';
import { Workload } from './workload';
import { replicasOf } from './workload-checks';
import { PORT_PROPS, WORKLOAD_PROPS, type MetricsProps, type PortProps, type WorkloadProps } from './workload-props';
import { Port, Protocol } from '../model/port';
import type { Spread } from '../model/spread';
import { WorkloadKind, type StatefulModel } from '../model/workload';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { isWholeNumber } from '../validation/syntax';

/**
 * Options of a stateful service.
 */
export interface StatefulServiceProps extends WorkloadProps, PortProps, MetricsProps {
  /** Port on which it listens, the same inside the container and for those who call it. */
  readonly port: number;
  /**
   * What is spoken on the port.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;
  /**
   * Number of copies. Each has a stable name (`db-0`, `db-1`) and disks of its own; they reach each other on the
   * declared ports. Replication between them is the software's own business: nothing replicates for you.
   *
   * @default 1
   */
  readonly replicas?: number;
  /**
   * How firmly its copies are kept on different hosts.
   *
   * @default Spread.required()
   */
  readonly spread?: Spread;
  /**
   * Whether copies start all at once. Else each waits until the one before is ready, and they stop in the reverse order.
   * Updates go one by one all the same.
   *
   * Kubernetes: `podManagementPolicy`, which cannot be changed on a live StatefulSet. Without it a copy of a new version that does
   * not get ready holds everything back, also the way back to the version before, until somebody deletes its pod. Compose and Swarm
   * always start them all at once: each is a service of its own.
   *
   * @default false
   */
  readonly parallelStart?: boolean;
  /**
   * Number of the first copy that gets a new version: with 2, `db-0` and `db-1` stay as they are until it is lowered.
   *
   * Kubernetes: `partition`. Compose and Swarm update every copy, which is a finding.
   *
   * @default 0 - all of them
   */
  readonly updatePartition?: number;
  /**
   * When its disks are deleted.
   *
   * @default - never
   */
  readonly volumeRetention?: VolumeRetention;
}

/**
 * Copies with an identity: never two of the same at once, each with its own disks.
 *
 * Kubernetes: a StatefulSet. Compose and Swarm: a service for each copy; on Swarm its disk pins it to a labelled node.
 * An update stops a copy before the new one starts.
 */
export class StatefulService extends Workload {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name and host name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: StatefulServiceProps) {
    const path = pathIn(scope, id, 'StatefulService');
    checkProps(path, id, props, PROPS);
    const protocol = props.protocol ?? Protocol.TCP;
    const { replicas } = replicasOf(path, id, { image: props.image, replicas: props.replicas }, 1);
    super(scope, id, props, {
      kind: WorkloadKind.STATEFUL,
      replicas,
      stateful: statefulModel(path, id, props, replicas),
      ports: [Port.of(protocol, props.port, protocol), ...props.additionalPorts ?? []],
      publishedPorts: props.publishedPorts,
    });
  }

  /**
   * Host name of one copy, the same on every target: `db-0` among several, `db` of an only one.
   *
   * @param index 0 for the first
   * @throws where there is no such copy
   */
  public copyHostname(index: number): string {
    const { node: { path, id }, _shape: { replicas } } = this;
    if (!isWholeNumber(index, 0) || index >= replicas) throw new Error(messages.noSuchCopy(path, id, index, replicas));
    return replicas > 1 ? `${id}-${index}` : id;
  }

  /**
   * Adds a scheduled job that runs the same image with the same environment, secrets, files, networks and ways out, and
   * the same volumes save disks that one copy alone may write.
   *
   * @param id the job's name on every target
   * @param props schedule and command
   */
  public addScheduledJob(id: string, props: AddScheduledJobProps): ScheduledJob {
    return addScheduledJob(this, id, props);
  }
}

const PROPS: PropNames<StatefulServiceProps> = {
  ...WORKLOAD_PROPS,
  ...PORT_PROPS,
  port: true,
  protocol: true,
  replicas: true,
  spread: true,
  metricsPort: true,
  parallelStart: true,
  updatePartition: true,
  volumeRetention: true,
};

function statefulModel(path: string, name: string, props: StatefulServiceProps, replicas: number): StatefulModel {
  const { parallelStart = false, updatePartition = 0, volumeRetention = {} } = props;
  if (!isWholeNumber(updatePartition, 0) || updatePartition > replicas) throw new Error(messages.badPartition(path, name, updatePartition, replicas));
  checkProps(path, `${name}, volumeRetention,`, volumeRetention, RETENTION_PROPS);
  for (const prop of ['whenScaled', 'whenDeleted'] as const) {
    const value = volumeRetention[prop];
    if (value !== undefined && !Object.values(WhenGone).includes(value)) {
      throw new Error(messages.notOneOf(path, name, `volumeRetention.${prop}`, value, 'WhenGone.RETAIN or WhenGone.DELETE'));
    }
  }
  return {
    parallelStart,
    updatePartition,
    deletesVolumesWhenScaled: volumeRetention.whenScaled === WhenGone.DELETE,
    deletesVolumesWhenDeleted: volumeRetention.whenDeleted === WhenGone.DELETE,
  };
}
