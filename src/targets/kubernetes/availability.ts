import { selectorLabels, userLabels } from './labels';
import type { WorkloadModel } from '../../model/workload';

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
