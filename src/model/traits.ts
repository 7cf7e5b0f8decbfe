/**
 * What a target tells about itself, so that a load balancer back end can write a configuration for it.
 */
export interface ITargetTraits {
  /** The target's name, for example `compose`. */
  readonly targetName: string;
  /** Address of the name server in a container; undefined: the system's. */
  readonly dnsServer?: string;
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
}
