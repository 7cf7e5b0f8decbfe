import type { ChartModel } from '../model/app-model';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../model/workload';

/**
 * What is said of scheduled jobs that may back a workload up, since they connect to it; undefined: there are none. What a
 * command does cannot be seen.
 *
 * @internal
 */
export function possibleBackup({ callers }: WorkloadModel, { name: chart, workloads }: ChartModel): string | undefined {
  const callersHere = new Set(callers.map(({ from }) => from)
    .filter((from) => from.kind === PeerKind.WORKLOAD && from.chart === chart).map(({ name }) => name));
  if (callersHere.size === 0) return undefined;
  const jobs = workloads.filter(({ kind, name }) => kind === WorkloadKind.JOB && callersHere.has(name)).map(({ name }) => name).sort();
  if (jobs.length === 0) return undefined;
  return jobs.length === 1 ? `scheduled job ${jobs[0]} connects to it: whether that keeps one is yours to check`
    : `scheduled jobs ${jobs.join(', ')} connect to it: whether they keep one is yours to check`;
}
