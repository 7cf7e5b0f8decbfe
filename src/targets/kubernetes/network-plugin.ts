/**
 * The cluster's network plug-in (CNI). A NetworkPolicy is only as good as it: without a plug-in that enforces policies
 * the cluster takes the object and nothing happens.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites
 */
export class NetworkPlugin {
  /** Calico: enforces policies. */
  public static calico(): NetworkPlugin {
    return new NetworkPlugin('calico', true);
  }

  /** Cilium: enforces policies, and knows host names. */
  public static cilium(): NetworkPlugin {
    return new NetworkPlugin('cilium', true, true);
  }

  /** Antrea: enforces policies. */
  public static antrea(): NetworkPlugin {
    return new NetworkPlugin('antrea', true);
  }

  /** Flannel alone: does not enforce policies. */
  public static flannel(): NetworkPlugin {
    return new NetworkPlugin('flannel', false);
  }

  /**
   * Another one, which enforces policies: kube-router, OVN, the policy engine of a cloud.
   *
   * @param name its name, for the report
   */
  public static other(name: string): NetworkPlugin {
    if (typeof name !== 'string' || name.trim() === '') throw new Error(`NetworkPlugin.other() cannot take ${name === undefined ? 'nothing' : `'${name}'`} for name: give what it is called, which the report says`);
    return new NetworkPlugin(name, true);
  }

  /** @internal Not said. */
  public static _unknown(): NetworkPlugin {
    return new NetworkPlugin('', undefined);
  }

  private constructor(
    /** Its name. */
    public readonly name: string,
    /** Whether it enforces NetworkPolicies; undefined: not known. */
    public readonly enforcesPolicies: boolean | undefined,
    /** Whether it can open connections by host name. */
    public readonly knowsHostNames: boolean = false,
  ) {}
}
