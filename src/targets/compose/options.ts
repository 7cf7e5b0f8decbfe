/**
 * What was decided for the whole target.
 *
 * @internal
 */
export interface DockerOptions {
  /** Most processor time a copy may use, in thousandths of a core, unless it says itself; undefined: no limit. */
  readonly cpuLimitMillis?: number;
  /** Image of the one-shot service that hands fresh volumes over. */
  readonly toolImage: string;
  /** Whether health checks may come faster while a container starts (engine 25; older ones refuse the file). */
  readonly startInterval: boolean;
  /** Whether the engine keeps members of an internal network from the host and from other networks over IPv6 (28). */
  readonly isolatesIpv6: boolean;
  /** Whether a copy that was ready once stays healthy until it is not live: Swarm replaces what is not healthy. */
  readonly readyOnce?: boolean;
}
