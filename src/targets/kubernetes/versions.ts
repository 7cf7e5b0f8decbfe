/*
 * Which fields go out for which version of Kubernetes. A field goes out once it is generally available; one that older
 * servers ignore without harm, or have switched on by default, goes out from the floor on.
 */

/** The versions that we write for, oldest first: the floor is the default. */
const KNOWN = ['1.33', '1.34', '1.35', '1.36'];

/** @internal A field that did not always exist. */
export interface VersionedField {
  /** Kind and path, as `kubectl explain` takes them. */
  readonly path: string;

  /** The value that it is about; undefined: any. */
  readonly value?: string;

  /** The first version in which it works unless somebody switches it off. */
  readonly worksSince: string;

  /** The first version in which it is generally available; undefined: in none so far. */
  readonly stableSince?: string;

  /** The first version that it is written for. */
  readonly writtenSince: string;

  /** What it is good for. */
  readonly purpose: string;

  /** What there is for an older version. */
  readonly otherwise?: string;

  /** The number of its enhancement proposal. */
  readonly proposal: number;
}

/** @internal Every field that depends on the version, or once did. */
export const FIELDS = {
  preStopSleep: {
    path: 'pod.spec.containers.lifecycle.preStop.sleep',
    worksSince: '1.30',
    stableSince: '1.34',
    writtenSince: '1.33',
    purpose: 'a copy leaves the endpoints before it is told to stop; no program of the image is needed',
    proposal: 3960,
  },
  matchLabelKeys: {
    path: 'pod.spec.topologySpreadConstraints.matchLabelKeys',
    worksSince: '1.27',
    stableSince: '1.36',
    writtenSince: '1.33',
    purpose: 'copies of the version before do not count when new ones are spread',
    proposal: 3243,
  },
  nodeTaintsPolicy: {
    path: 'pod.spec.topologySpreadConstraints.nodeTaintsPolicy',
    worksSince: '1.26',
    stableSince: '1.33',
    writtenSince: '1.33',
    purpose: 'a node that is being drained does not hold back the spread',
    proposal: 3094,
  },
  unhealthyPodEvictionPolicy: {
    path: 'poddisruptionbudget.spec.unhealthyPodEvictionPolicy',
    worksSince: '1.27',
    stableSince: '1.31',
    writtenSince: '1.33',
    purpose: 'copies that are not ready do not hold back a drain',
    proposal: 3017,
  },
  containerResource: {
    path: 'horizontalpodautoscaler.spec.metrics.containerResource',
    worksSince: '1.27',
    stableSince: '1.30',
    writtenSince: '1.33',
    purpose: 'what side containers use does not count',
    proposal: 1610,
  },
  claimRetention: {
    path: 'statefulset.spec.persistentVolumeClaimRetentionPolicy',
    worksSince: '1.27',
    stableSince: '1.32',
    writtenSince: '1.33',
    purpose: 'disks outlive their copies, said aloud',
    proposal: 1847,
  },
  podFailurePolicy: {
    path: 'job.spec.podFailurePolicy',
    worksSince: '1.26',
    stableSince: '1.31',
    writtenSince: '1.33',
    purpose: 'a run that a drain ended uses up no retry, and the next pod waits until it is gone',
    proposal: 3329,
  },
  hostUsers: {
    path: 'pod.spec.hostUsers',
    worksSince: '1.33',
    stableSince: '1.36',
    writtenSince: '1.36',
    purpose: 'root in the container is nobody on the node',
    otherwise: 'the same users as on the node, none of them root',
    proposal: 127,
  },
  trafficDistribution: {
    path: 'service.spec.trafficDistribution',
    worksSince: '1.31',
    stableSince: '1.33',
    writtenSince: '1.33',
    purpose: 'callers prefer copies near them, with `trafficDistribution` of the target',
    proposal: 4444,
  },
  preferSame: {
    path: 'service.spec.trafficDistribution',
    value: 'PreferSameZone',
    worksSince: '1.34',
    stableSince: '1.35',
    writtenSince: '1.35',
    purpose: '`TrafficDistribution.PREFER_SAME_ZONE` under its own name; beside it `PreferSameNode`',
    otherwise: '`PreferClose`, which is the same, and which newer servers warn of; for the same node an error',
    proposal: 3015,
  },
} satisfies { [name: string]: VersionedField };

/** @internal Throws for a version that we do not write for. */
export function checkVersion(version: string): string {
  if (KNOWN.includes(version)) return version;
  throw new Error(`KubernetesTarget cannot write for version '${version}': it is one of ${KNOWN.join(', ')}`);
}

/** @internal Whether a field is written for a version. */
export function hasField(version: string, field: keyof typeof FIELDS): boolean {
  return KNOWN.indexOf(version) >= KNOWN.indexOf(FIELDS[field].writtenSince);
}
