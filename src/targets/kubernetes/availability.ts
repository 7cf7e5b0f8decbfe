import { selectorLabels, userLabels } from './labels';
import { WorkloadKind, type WorkloadFacts, type WorkloadModel } from '../../model/workload';

/**
 * Whether a budget helps. A single copy's could only block the drain of its node, and so could one of copies that no other node may
 * run: what is evicted first waits, and the next may not go.
 *
 * @internal
 */
export function hasBudget({ kind, replicas, maxReplicas = replicas, placement }: Pick<WorkloadFacts, 'kind' | 'replicas' | 'maxReplicas' | 'placement'>): boolean {
  return kind !== WorkloadKind.JOB && maxReplicas > 1 && placement?.hostname === undefined;
}

/**
 * One copy at a time may be moved. It follows any count, where `minAvailable` would block every drain once it equals the
 * count. Copies that never got ready do not hold a node hostage.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 * @internal
 */
export function podDisruptionBudget(workload: WorkloadModel): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(workload.name) }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  };
}
