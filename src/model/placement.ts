/**
 * On which hosts copies may run. Compose has one host: it ignores placement, and the report says so.
 */
export class Placement {
  /**
   * On the host with this name. Kubernetes: `kubernetes.io/hostname`. Swarm: `node.hostname`.
   *
   * @param hostname the host's name as the cluster knows it
   */
  public static onNode(hostname: string): Placement {
    return new Placement({}, hostname);
  }

  /**
   * On hosts that carry all these labels. Kubernetes: `nodeSelector`. Swarm: `node.labels.KEY == VALUE`, where a key with a slash,
   * as Kubernetes' own have, is an error: Swarm refuses it.
   *
   * @param labels keys and values
   */
  public static onNodesWithLabels(labels: { [key: string]: string }): Placement {
    return new Placement(labels);
  }

  private constructor(
    /** Labels a host must carry. */
    public readonly labels: { [key: string]: string },
    /** Name of the only host. */
    public readonly hostname?: string,
  ) {}
}

/**
 * The labels that a host must carry, as `KEY=VALUE`.
 *
 * @internal
 */
export const labelPairs = (placement: Placement | undefined): string[] => Object.entries(placement?.labels ?? {}).sort().map((pair) => pair.join('='));
