import { ownsDisk } from './pod-volumes';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';

/** @internal Copies at most, without those of an update. */
export const mostCopies = ({ maxReplicas, replicas }: WorkloadModel): number => maxReplicas ?? replicas;

/** @internal Copies that an update adds at most. */
export function surgeOf(workload: WorkloadModel): number {
  const { kind, maxSurge } = workload;
  if (kind === WorkloadKind.STATEFUL || kind === WorkloadKind.JOB || ownsDisk(workload)) return 0;
  return maxSurge.endsWith('%') ? Math.ceil(mostCopies(workload) * Number.parseInt(maxSurge) / 100) : Number(maxSurge);
}
