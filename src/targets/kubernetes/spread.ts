import { constant } from './plain-json';

/*
 * Where the copies of one thing stand, and how soon they leave a node that is lost: for workloads, and for the proxies that
 * a Gateway's implementation runs.
 */

/**
 * One lost node costs one copy; one lost zone as few as can be.
 *
 * Harmless on a cluster of one node, where the skew is always 0. Soft on zones: a cluster of one zone, or with one away,
 * must still schedule.
 *
 * @param isHard whether a copy waits rather than sharing a node
 * @param matchLabelKeys labels in which copies must be alike to count together, besides `matchLabels`
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 * @internal
 */
export function spreadOver(matchLabels: { [key: string]: string | undefined }, isHard: boolean, matchLabelKeys?: string[]): any[] {
  const labelSelector = { matchLabels };
  return [
    {
      labelSelector,
      matchLabelKeys,
      maxSkew: 1,
      // Else a cordoned node counts as an empty one, and new copies stay Pending during a drain.
      nodeTaintsPolicy: 'Honor',
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: isHard ? 'DoNotSchedule' : 'ScheduleAnyway',
    },
    { labelSelector, matchLabelKeys, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
  ];
}

/** @internal Counts each revision of a Deployment alone, else old copies distort the spread of new ones. */
export const REVISION = constant(['pod-template-hash']);

/**
 * Copies without a disk leave a lost node after 30 s; without this it takes five minutes.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 * @internal
 */
export const QUICK_MOVE = constant(['not-ready', 'unreachable'].map((taint) => ({
  effect: 'NoExecute', key: `node.kubernetes.io/${taint}`, operator: 'Exists', tolerationSeconds: 30,
})));
