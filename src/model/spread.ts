/**
 * How firmly copies are kept on different hosts.
 */
export class Spread {
  /**
   * A copy that finds no host which keeps the copies even waits for one.
   *
   * Kubernetes: `DoNotSchedule` over nodes; zones are a preference always, since one of them may be away.
   * Swarm prefers free hosts and can do no more, which is a finding; `maxReplicasPerNode` gives a limit there.
   * Compose has one host, and its answers to the loss of a host and a zone say so.
   */
  public static required(): Spread {
    return new Spread(true);
  }

  /**
   * A copy that finds no such host shares one: running at all goes before being apart.
   *
   * Kubernetes: `ScheduleAnyway` over nodes and zones. Swarm: its own way. Compose has one host.
   */
  public static preferred(): Spread {
    return new Spread(false);
  }

  private constructor(
    /** Whether a copy waits rather than sharing a host. */
    public readonly isRequired: boolean,
  ) {}
}
