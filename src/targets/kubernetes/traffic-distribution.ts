import { hasField } from './versions';

/**
 * Which copies of a workload its callers reach, where several are ready.
 */
export enum TrafficDistribution {
  /** All alike. */
  EVEN = 'even',
  /**
   * Those in the zone of the caller, as long as one is ready there: less latency, and no bill for traffic between zones. Where most
   * callers are in one zone, its copies have most of the work.
   */
  PREFER_SAME_ZONE = 'same-zone',
  /** Those on the node of the caller, then those in its zone. From Kubernetes 1.35 on: an error before. */
  PREFER_SAME_NODE = 'same-node',
}

/**
 * What is told to a Service; undefined: all alike.
 *
 * @see https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
 * @internal
 */
export function trafficDistribution(options: { readonly trafficDistribution: TrafficDistribution; readonly version: string }): string | undefined {
  switch (options.trafficDistribution) {
    case TrafficDistribution.EVEN: return undefined;
    case TrafficDistribution.PREFER_SAME_NODE: return 'PreferSameNode';
    case TrafficDistribution.PREFER_SAME_ZONE: return hasField(options.version, 'preferSame') ? 'PreferSameZone' : 'PreferClose';
  }
}

/** @internal Throws for what the version cannot do. */
export function checkTrafficDistribution(wanted: TrafficDistribution, version: string): TrafficDistribution {
  if (wanted === TrafficDistribution.PREFER_SAME_NODE && !hasField(version, 'preferSame')) {
    throw new Error(`KubernetesTarget cannot have callers prefer copies on their node with version '${version}': give version '1.35' or newer,`
      + ' or TrafficDistribution.PREFER_SAME_ZONE');
  }
  return wanted;
}
