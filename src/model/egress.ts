/**
 * What lies on the other side of an egress rule.
 */
export enum EgressKind {
  /** Public addresses. */
  INTERNET = 'internet',
  /** Address ranges. */
  RANGES = 'ranges',
  /** Host names. */
  HOSTS = 'hosts',
  /** A Kubernetes namespace. */
  NAMESPACE = 'namespace',
}

/**
 * A way out of the application. Without one a workload reaches declared workloads and DNS only.
 */
export class Egress {
  /**
   * Every public address. Kubernetes leaves out private ranges and metadata services; Docker cannot, and the report
   * says so.
   */
  public static internet(): Egress {
    return new Egress(EgressKind.INTERNET, [], [], true);
  }

  /**
   * Address ranges. Docker can only open everything, which the report calls degraded.
   *
   * @param cidrs for example `203.0.113.0/24`
   * @param ports port numbers (TCP); all ports when left out
   */
  public static toRanges(cidrs: string[], ports?: number[]): Egress {
    return new Egress(EgressKind.RANGES, cidrs, ports ?? [], ports === undefined);
  }

  /**
   * Host names. Kubernetes: only network plug-ins that know names can (Cilium), otherwise all public addresses on
   * these ports, degraded. Docker: everything, degraded.
   *
   * @param hosts for example `api.stripe.com`
   * @param ports port numbers (TCP); 443 when left out
   */
  public static toHosts(hosts: string[], ports: number[] = [443]): Egress {
    return new Egress(EgressKind.HOSTS, hosts, ports);
  }

  /**
   * A Kubernetes namespace. Docker has none: dropped.
   *
   * @param name the namespace
   * @param ports port numbers (TCP); all ports when left out
   */
  public static toNamespace(name: string, ports?: number[]): Egress {
    return new Egress(EgressKind.NAMESPACE, [name], ports ?? [], ports === undefined);
  }

  private constructor(
    /** What lies on the other side. */
    public readonly kind: EgressKind,
    /** Ranges, host names or the namespace. */
    public readonly destinations: string[],
    /** Port numbers (TCP); empty: all. */
    public readonly ports: number[],
    /** @internal Whether ports were left out, so that all are meant: an empty list is a mistake. */
    public readonly _everyPort = false,
  ) {}
}
