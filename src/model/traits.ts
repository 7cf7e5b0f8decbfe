/**
 * How copies are called that are all replaced while others stand in for them.
 */
export interface StandInNames {
  /** A name that resolves to the address of every copy, and of none that stands in. */
  readonly own: string;
  /** A name that resolves to the addresses of those that stand in; nobody has it at other times. */
  readonly standIns: string;
  /** A name that resolves to the addresses of both. */
  readonly all: string;
  /** A file in the folder of the configuration that is there while they stand in, all of them ready, and the copies may be not. */
  readonly file: string;
}

/**
 * What a target tells about itself, so that a load balancer back end can write a configuration for it.
 */
export interface ITargetTraits {
  /** The target's name, for example `compose`. */
  readonly targetName: string;
  /** Address of the name server in a container; undefined: the system's. */
  readonly dnsServer?: string;
  /**
   * Port for plain HTTP in a load balancer's container.
   *
   * @default 80
   */
  readonly httpPort?: number;
  /**
   * Port for HTTPS in a load balancer's container. HTTP/3 is spoken only where it is the visitors' port too.
   *
   * @default 443
   */
  readonly httpsPort?: number;
  /**
   * The lowest port on which a load balancer's container may listen.
   *
   * @default 1
   */
  readonly lowestPort?: number;
  /**
   * Address on which a load balancer tells its own health.
   *
   * @default '127.0.0.1'
   */
  readonly healthAddress?: string;
  /**
   * Address on which a load balancer tells its metrics. They say who visits what, so that no neighbour on a network must read
   * them.
   *
   * @default '127.0.0.1'
   */
  readonly metricsAddress?: string;
  /**
   * Whether copies may be on other hosts than a load balancer. A host that is lost takes no leave of those that wait for an answer of
   * its copies.
   *
   * @default false
   */
  readonly severalHosts?: boolean;
  /**
   * Seconds for which a load balancer that is going to stop serves on, while visitors open new connections to others alone.
   *
   * @default - none: when it is to stop, nobody else serves
   */
  readonly leavingSeconds?: number;
  /**
   * Whether another configuration is another load balancer, which ends what the one before still has open. So another number of
   * copies should need none.
   *
   * @default false
   */
  readonly immutableConfiguration?: boolean;
  /**
   * The names of single copies, where the target can name them; else none.
   *
   * @param chart name of the workload's chart
   * @param workload name of the workload
   * @param copies how many names
   * @param stateful whether the copies have an identity of their own
   */
  copyNames(chart: string, workload: string, copies: number, stateful: boolean): string[];
  /**
   * A name that resolves to the address of every copy.
   *
   * @param chart name of the workload's chart
   * @param workload name of the workload
   */
  allCopiesName(chart: string, workload: string): string;
  /**
   * The names by which a back end that tells them apart (`tellsStandInsApart`) knows copies and those that stand in for them; it has
   * them in place of `allCopiesName`. Undefined: none stand in, or nobody says when.
   *
   * @param chart name of the workload's chart
   * @param workload name of the workload
   */
  standInNames(chart: string, workload: string): StandInNames | undefined;
}
