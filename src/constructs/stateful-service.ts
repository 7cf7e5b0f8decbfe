import type { Construct } from 'constructs';
import { addScheduledJob, type AddScheduledJobProps, type ScheduledJob } from './scheduled-job';
import { Workload } from './workload';
import { replicasOf } from './workload-checks';
import { PORT_PROPS, WORKLOAD_PROPS, type PortProps, type WorkloadProps } from './workload-props';
import { Port, Protocol } from '../model/port';
import { WorkloadKind } from '../model/workload';
import { checkProps, type PropNames } from '../validation/props';

/**
 * Options of a stateful service.
 */
export interface StatefulServiceProps extends WorkloadProps, PortProps {
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
    checkProps(`${scope.node.path}/${id}`, id, props, PROPS);
    const protocol = props.protocol ?? Protocol.TCP;
    super(scope, id, props, {
      kind: WorkloadKind.STATEFUL,
      ...replicasOf(`${scope.node.path}/${id}`, id, { image: props.image, replicas: props.replicas }, 1),
      ports: [Port.of(protocol, props.port, protocol), ...props.additionalPorts ?? []],
      publishedPorts: props.publishedPorts,
    });
  }

  /**
   * Host name of one copy, the same on every target: `db-0`.
   *
   * @param index 0 for the first
   */
  public copyHostname(index: number): string {
    return `${this.node.id}-${index}`;
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

const PROPS: PropNames<StatefulServiceProps> = { ...WORKLOAD_PROPS, ...PORT_PROPS, port: true, protocol: true, replicas: true };
