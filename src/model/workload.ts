import type { CronSchedule } from './cron';
import type { Egress } from './egress';
import type { HealthCheck } from './health-check';
import type { NetworkModel } from './network';
import type { NetworkModeModel } from './network-mode';
import type { Placement } from './placement';
import type { Port, PublishedPort } from './port';
import type { ResourcesModel } from './resources';
import type { ScalingMetric } from './scaling';
import type { SecretModel } from './secret';
import type { Security } from './security';
import type { Spread } from './spread';
import { VolumeKind, type Volume } from './volume';

/**
 * What kind of workload it is.
 */
export enum WorkloadKind {
  /** Replicated, with a port. */
  SERVICE = 'service',
  /** Replicated, without a port. */
  WORKER = 'worker',
  /** Copies with an identity and disks of their own. */
  STATEFUL = 'stateful',
  /** Runs by the clock. */
  JOB = 'job',
}

/**
 * A file given to a container: immutable, named by its content on every target.
 */
export interface FileModel {
  /** Where the container finds it. */
  readonly path: string;
  /** Its text. */
  readonly content: string;
  /** The first eight digits of its content's SHA-256. */
  readonly hash: string;
}

/**
 * One container of a copy.
 */
export interface ContainerModel {
  /** Name, unique in its workload; the main container is called like the workload. */
  readonly name: string;
  /** Image with tag or digest. */
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly command?: string[];
  /** Replaces the image's command. */
  readonly args?: string[];
  /** Working directory; undefined: the image's. */
  readonly workingDirectory?: string;
  /** Environment variables, by name. */
  readonly environment: { [name: string]: string };
  /** Environment variables that take a secret's value, by name. */
  readonly secretEnvironment: { [name: string]: SecretModel };
  /** Secrets mounted as files. */
  readonly secrets: SecretModel[];
  /** Whether it reads its secrets again while it runs, so that a value that changes in place must reach it. */
  readonly rereadsSecrets?: boolean;
  /** Ports it listens on. */
  readonly ports: Port[];
  /** Files given to it. */
  readonly files: FileModel[];
  /** Volumes mounted into it; files are not among them. */
  readonly volumes: Volume[];
  /** What one copy may use. */
  readonly resources: ResourcesModel;
  /** How far it is locked in. */
  readonly security: Security;
  /** User id; undefined: the image's. */
  readonly user?: number;
  /** Group id; undefined: the image's. */
  readonly group?: number;
  /** Signal that asks it to end; undefined: the image's. */
  readonly stopSignal?: string;
  /** Docker: whether the image's own program must be process 1, so that no init process runs in front of it. */
  readonly mustBeProcessOne?: boolean;
  /** When it may get traffic, and when it must be restarted. */
  readonly healthCheck?: HealthCheck;
  /** Port the health check asks; undefined for commands. */
  readonly healthCheckPort?: number;
  /** Whether that port speaks TLS. */
  readonly healthCheckTls?: boolean;
}

/**
 * What stands at the other end of a connection.
 */
export enum PeerKind {
  /** A workload. */
  WORKLOAD = 'workload',
  /** A load balancer. */
  LOAD_BALANCER = 'load-balancer',
  /** Something outside, declared as `ExternalService`. */
  EXTERNAL = 'external',
  /** Pods that another library declares (Kubernetes only). */
  PODS = 'pods',
}

/**
 * One end of a connection.
 */
export interface PeerModel {
  /** What it is. */
  readonly kind: PeerKind;
  /** Name of its chart. */
  readonly chart: string;
  /** Kubernetes: the chart's namespace; undefined: that of the one who applies. */
  readonly namespace?: string;
  /** Its name. */
  readonly name: string;
  /** Pods: the labels that select them. */
  readonly labels?: { [key: string]: string };
  /** External: address ranges. */
  readonly ranges?: string[];
  /** External: host name. */
  readonly hostname?: string;
  /** Workload: whether it has the network of its host. */
  readonly onHost?: boolean;
}

/**
 * A declared connection: `from` may open connections to `to` on these ports.
 */
export interface ConnectionModel {
  /** Who calls. */
  readonly from: PeerModel;
  /** Who is called. */
  readonly to: PeerModel;
  /** The callee's ports. */
  readonly ports: Port[];
  /** Whether the caller starts after the callee, where the target can order starts. */
  readonly startAfter: boolean;
  /** Whether the caller meets the copies themselves, also where a target would put a proxy in front of them. */
  readonly direct: boolean;
}

/**
 * Membership of a workload in a network.
 */
export interface AttachmentModel {
  /** The network. */
  readonly network: NetworkModel;
  /** Static IPv4 address, for one copy alone. */
  readonly address?: string;
  /** Static IPv6 address, for one copy alone. */
  readonly ipv6Address?: string;
  /** Further names in that network. */
  readonly aliases: string[];
}

/**
 * How a scheduled job runs.
 */
export interface ScheduleModel {
  /** The five cron fields as written. */
  readonly expression: string;
  /** The fields expanded. */
  readonly cron: CronSchedule;
  /** IANA time zone. */
  readonly timeZone: string;
  /** Seconds after which a run is ended. */
  readonly timeoutSeconds: number;
  /** Repeats of a failed run. */
  readonly retries: number;
  /** What happens to a run that is due while another goes on. */
  readonly overlap: Overlap;
  /** Seconds after which a missed run is not made up any more; undefined: not said. */
  readonly startingDeadlineSeconds?: number;
  /** Finished runs that are kept for a look; undefined: not said. */
  readonly successfulRunsKept?: number;
  /** Failed runs that are kept for a look; undefined: not said. */
  readonly failedRunsKept?: number;
}

/**
 * What happens to a run that is due while another goes on.
 */
export enum Overlap {
  /** It is skipped: never two runs at once. */
  SKIP = 'skip',
  /** Both run. */
  ALLOW = 'allow',
  /** The one that goes on is ended, and the new one starts. */
  REPLACE = 'replace',
}

/**
 * How the copies of a stateful service come, go and are updated.
 */
export interface StatefulModel {
  /** Whether copies start all at once, not each after the one before is ready. */
  readonly parallelStart: boolean;
  /** Copies from this number on get a new version; 0: all. */
  readonly updatePartition: number;
  /** Whether the disks of a copy are deleted when there are to be fewer copies. */
  readonly deletesVolumesWhenScaled: boolean;
  /** Whether all disks are deleted with the service. */
  readonly deletesVolumesWhenDeleted: boolean;
}

/**
 * A command that runs once a release, before the first new copy.
 */
export interface ReleaseStepModel {
  /** Name, unique in its workload. */
  readonly name: string;
  /** Program and arguments. */
  readonly command: string[];
}

/**
 * The container of a release step: the workload's own with another command, without its disks, which a copy may hold.
 *
 * @internal
 */
export function stepContainer({ container }: WorkloadModel, { command }: ReleaseStepModel): ContainerModel {
  return {
    ...container,
    command,
    args: undefined,
    ports: [],
    volumes: container.volumes.filter(({ kind }) => kind !== VolumeKind.PERSISTENT),
    healthCheck: undefined,
    healthCheckPort: undefined,
  };
}

/**
 * A workload, complete and without a target in sight.
 */
export interface WorkloadModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart: the Compose project, the Swarm stack. */
  readonly chart: string;
  /** Kubernetes: the chart's namespace. */
  readonly namespace?: string;
  /** Its name and host name: the construct's id. */
  readonly name: string;
  /** What kind it is. */
  readonly kind: WorkloadKind;
  /** Copies, or the fewest of them under an autoscaler. */
  readonly replicas: number;
  /** Most copies; undefined: no autoscaler. */
  readonly maxReplicas?: number;
  /** Share of its CPU request, in percent, that the autoscaler aims at by default. */
  readonly targetCpuPercent: number;
  /** What an autoscaler looks at. */
  readonly scaleOn: ScalingMetric[];
  /** The main container. */
  readonly container: ContainerModel;
  /** Containers that run beside it, in the order declared. */
  readonly sidecars: ContainerModel[];
  /** Containers that run before it, in the order declared. */
  readonly init: ContainerModel[];
  /** Commands that run once a release, in the order declared. */
  readonly releaseSteps: ReleaseStepModel[];
  /** Its ports; the first is its main one. */
  readonly ports: Port[];
  /** Ports opened to the outside. */
  readonly publishedPorts: PublishedPort[];
  /** Port with its metrics, among its ports or not; undefined: none. */
  readonly metricsPort?: number;
  /** The network that it has instead of networks of its own. */
  readonly networkMode?: NetworkModeModel;
  /** Networks it is a member of, by name. */
  readonly attachments: AttachmentModel[];
  /** Connections to it, links of load balancers among them. */
  readonly callers: ConnectionModel[];
  /** Connections from it. */
  readonly callees: ConnectionModel[];
  /** Ways out. */
  readonly egress: Egress[];
  /** Docker: whether an init process runs as process 1 of each container. */
  readonly initProcess: boolean;
  /** Seconds a copy has to finish its requests after TERM. */
  readonly drainSeconds: number;
  /** Copies beyond the declared count during an update: a number, or a percentage such as `25%`. */
  readonly maxSurge: string;
  /** Copies below the declared count during an update: a number, or a percentage. */
  readonly maxUnavailable: string;
  /** On which hosts it may run. */
  readonly placement?: Placement;
  /** Most copies on one host; undefined: no limit. */
  readonly maxReplicasPerNode?: number;
  /** How firmly copies are kept on different hosts; undefined: not said. */
  readonly spread?: Spread;
  /** Kubernetes: its priority class; undefined: the cluster's default. */
  readonly priorityClassName?: string;
  /** Labels for its objects. */
  readonly labels: { [key: string]: string };
  /** Annotations for its copies (Kubernetes), labels (Docker). */
  readonly annotations: { [key: string]: string };
  /** Kubernetes: names of image pull secrets. */
  readonly imagePullSecrets: string[];
  /** Host names of a load balancer that lead to it. */
  readonly hosts: string[];
  /** When it runs; jobs only. */
  readonly schedule?: ScheduleModel;
  /** How its copies come and go; stateful services only. */
  readonly stateful?: StatefulModel;
}

/**
 * What is known about a workload when it is declared, and will not change: it decides which objects there are.
 */
export interface WorkloadFacts {
  /** What kind it is. */
  readonly kind: WorkloadKind;
  /** Copies, or the fewest of them under an autoscaler. */
  readonly replicas: number;
  /** Most copies; undefined: no autoscaler. */
  readonly maxReplicas?: number;
  /** Its ports; the first is its main one. */
  readonly ports: Port[];
  /** Ports opened to the outside. */
  readonly publishedPorts: PublishedPort[];
  /** The network that it has instead of networks of its own. */
  readonly networkMode?: NetworkModeModel;
  /** Its volumes, files among them. */
  readonly volumes: Volume[];
  /** Whether files are given to it. */
  readonly hasFiles: boolean;
  /** Port on which each copy tells its metrics; undefined: none. */
  readonly metricsPort?: number;
  /** Which hosts may run it; undefined: all. */
  readonly placement?: Placement;
  /** Where its main container finds its files; undefined: not known yet. */
  readonly files?: string[];
}

/**
 * All containers of a workload, the main one first.
 *
 * @internal
 */
export function containersOf({ container, sidecars, init }: WorkloadModel): ContainerModel[] {
  return [container, ...sidecars, ...init];
}
