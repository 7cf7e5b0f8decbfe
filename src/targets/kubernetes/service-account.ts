import { userLabels } from './labels';
import type { WorkloadModel } from '../../model/workload';

/** @internal An identity of its own for each workload, so that rights can be given to it alone; it needs none by itself. */
export function serviceAccount(workload: WorkloadModel): any {
  return { automountServiceAccountToken: false, metadata: { labels: userLabels(workload) } };
}
