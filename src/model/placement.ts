/**
 * On which hosts copies may run. Compose has one host: it ignores placement, and the report says so.
 */
export class Placement {
  /**
   * On the host with this name. Kubernetes: `kubernetes.io/hostname`. Swarm: `node.hostname`; `deploy.sh` refuses to deploy while no such
   * node is ready.
   *
   * @param hostname the host's name as the cluster knows it
   */
  public static onNode(hostname: string): Placement {
    if (typeof hostname !== 'string' || hostname.trim() === '') {
      throw new Error(`Placement.onNode cannot choose the host ${shown(hostname)}: give its name as the cluster knows it, such as 'host-1'`);
    }
    return new Placement({}, hostname);
  }

  /**
   * On hosts that carry all these labels. Kubernetes: `nodeSelector`. Swarm: `node.labels.KEY == VALUE`, where a key with a slash,
   * as Kubernetes' own have, is an error: Swarm refuses it.
   *
   * @param labels keys and values, one at least
   */
  public static onNodesWithLabels(labels: { [key: string]: string }): Placement {
    checkLabels(labels);
    return new Placement(labels);
  }

  private constructor(
    /** Labels a host must carry. */
    public readonly labels: { [key: string]: string },
    /** Name of the only host. */
    public readonly hostname?: string,
  ) {}
}

/** Labels that nobody has to carry would let a database start on any host, where its disk is not. */
function checkLabels(labels: { [key: string]: string }): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) throw new Error(badLabels(Array.isArray(labels) ? 'a list' : shown(labels)));
  if (Object.keys(labels).length === 0) throw new Error(badLabels('no label, which every host has'));
  for (const [key, value] of Object.entries<unknown>(labels)) {
    if (typeof value !== 'string') {
      throw new Error(`Placement.onNodesWithLabels cannot take ${typeof value} for the label '${key}': give a text, such as { '${key}': 'true' }`);
    }
  }
}

const badLabels = (what: string): string =>
  `Placement.onNodesWithLabels cannot choose hosts by ${what}: give labels such as { disk: 'ssd' }, or leave the placement out`;

const shown = (value: unknown): string => typeof value === 'string' ? `'${value}'` : String(value);

/**
 * The labels that a host must carry, as `KEY=VALUE`.
 *
 * @internal
 */
export const labelPairs = (placement: Placement | undefined): string[] => Object.entries(placement?.labels ?? {}).sort().map((pair) => pair.join('='));
