import type { Duration } from 'cdk8s';
import { CONTAINER_PROPS, type ContainerProps } from './container-props';
import type { INetworkAttachment } from './network';
import type { NetworkMode } from './network-mode';
import type { Egress } from '../model/egress';
import type { Placement } from '../model/placement';
import type { Port, PublishedPort } from '../model/port';
import type { ScalingMetric } from '../model/scaling';
import type { Spread } from '../model/spread';
import type { PropNames } from '../validation/props';

/**
 * What every workload can be told.
 */
export interface WorkloadProps extends ContainerProps {
  /**
   * Networks it is a member of: `[backend, lan.attach({ address: '10.7.0.9' })]`.
   *
   * @default - none; it reaches only what `connectTo` and `egress` say
   */
  readonly networks?: INetworkAttachment[];
  /**
   * The network that it has instead of networks of its own: the host's, none, or that of another workload. Then it has no
   * `networks`, no `publishedPorts`, and nobody is connected to it.
   *
   * @default - networks of its own
   */
  readonly networkMode?: NetworkMode;
  /**
   * Ways out of the application.
   *
   * @default - none
   */
  readonly egress?: Egress[];
  /**
   * Time a copy has to finish its work after TERM, before KILL.
   *
   * @default Duration.seconds(30)
   */
  readonly drainTimeout?: Duration;
  /**
   * On which hosts it may run. Compose has one host and ignores it; the report says so.
   *
   * @default - on all
   */
  readonly placement?: Placement;
  /**
   * Labels for all its objects.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
  /**
   * Annotations for its copies on Kubernetes, labels of its containers on Docker.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
  /**
   * Kubernetes: names of image pull secrets. Docker uses the credentials of `docker login`.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * Kubernetes: name of the PriorityClass of its copies, which exists in the cluster: who may be stopped for whom where
   * there is no room. Compose and Swarm know none, which is a finding.
   *
   * @default - the cluster's default
   */
  readonly priorityClassName?: string;
  /**
   * Docker: whether an init process runs as process 1 of each container, reaps zombies and passes signals on.
   * Set it to false for an image whose own program must be process 1.
   *
   * @default true - false for a public image of which that is known
   */
  readonly init?: boolean;
  /**
   * Names of the targets that render it: `kubernetes`, `compose`, `swarm`, or that of a target of your own.
   *
   * @default - all
   */
  readonly onlyOn?: string[];
}

/**
 * Numbers about a workload's copies.
 */
export interface MetricsProps {
  /**
   * Port on which each copy tells its metrics over HTTP: one of its ports, or another, which is then for monitoring alone.
   *
   * Kubernetes: monitoring may ask it, see `monitoring` of the target; the container has it as port `metrics`. Compose and
   * Swarm know no monitoring of their own: what collects metrics must share a network with it or be connected to it, and a
   * finding says so where nobody does.
   *
   * @default - nobody asks for metrics
   */
  readonly metricsPort?: number;
}

/**
 * How a workload's copies are counted and replaced.
 */
export interface ReplicatedProps extends WorkloadProps, MetricsProps {
  /**
   * Number of identical copies.
   *
   * Kubernetes spreads them over nodes and zones, Swarm over nodes. Compose keeps them on one host: they outlive a
   * crash, not the machine. One copy is a finding.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Fewest copies of an autoscaled workload; give `maxReplicas` too. Compose and Swarm run this many.
   *
   * @default - not autoscaled
   */
  readonly minReplicas?: number;
  /**
   * Most copies of an autoscaled workload; give `minReplicas` too. Kubernetes: a HorizontalPodAutoscaler.
   * Compose and Swarm do not scale by themselves; the report says so.
   *
   * @default - not autoscaled
   */
  readonly maxReplicas?: number;
  /**
   * Average use of its CPU request, in percent, that the autoscaler aims at.
   *
   * @default 70
   */
  readonly targetCpuPercent?: number;
  /**
   * What the autoscaler looks at: `[ScalingMetric.cpu(70), ScalingMetric.requestsPerSecond(100)]`. Instead of
   * `targetCpuPercent`; needs `maxReplicas`. Kubernetes alone scales.
   *
   * @default - use of processor time, `targetCpuPercent`
   */
  readonly scaleOn?: ScalingMetric[];
  /**
   * Copies beyond the declared count during an update.
   *
   * @default 1 - a quarter of the copies when autoscaled
   */
  readonly maxSurge?: number;
  /**
   * Copies below the declared count during an update.
   *
   * @default 0
   */
  readonly maxUnavailable?: number;
  /**
   * How firmly its copies are kept on different hosts.
   *
   * @default Spread.required() - Spread.preferred() when autoscaled, where the most copies may be more than the hosts can take
   */
  readonly spread?: Spread;
  /**
   * Most copies on one host: those that find no host stay away.
   *
   * Swarm: `max_replicas_per_node`, where no update can wait for ever for a host: with `maxSurge: 0`, or with enough
   * hosts, see `nodes` of the target. Kubernetes keeps 1 under the same conditions (a required anti-affinity), and no other
   * number; Compose has one host.
   * Each that cannot keep it says so.
   *
   * @default - no limit
   */
  readonly maxReplicasPerNode?: number;
}

/**
 * A port and what goes with it.
 */
export interface PortProps {
  /**
   * Further ports, each with a name.
   *
   * @default - none
   */
  readonly additionalPorts?: Port[];
  /**
   * Ports opened to the outside without a load balancer, for what is not HTTP.
   *
   * @default - none
   */
  readonly publishedPorts?: PublishedPort[];
}

/**
 * Every prop of a workload without replicas.
 *
 * @internal
 */
export const WORKLOAD_PROPS: PropNames<WorkloadProps> = {
  ...CONTAINER_PROPS,
  networks: true,
  networkMode: true,
  egress: true,
  drainTimeout: true,
  placement: true,
  labels: true,
  annotations: true,
  imagePullSecrets: true,
  priorityClassName: true,
  init: true,
  onlyOn: true,
};

/**
 * Every prop of a replicated workload.
 *
 * @internal
 */
export const REPLICATED_PROPS: PropNames<ReplicatedProps> = {
  ...WORKLOAD_PROPS,
  metricsPort: true,
  replicas: true,
  minReplicas: true,
  maxReplicas: true,
  targetCpuPercent: true,
  scaleOn: true,
  maxSurge: true,
  maxUnavailable: true,
  spread: true,
  maxReplicasPerNode: true,
};

/**
 * Every prop that goes with a port.
 *
 * @internal
 */
export const PORT_PROPS: PropNames<PortProps> = { additionalPorts: true, publishedPorts: true };
