import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';

/**
 * The main container of a workload; that of a job with the clock as its program, which starts the job's command in the
 * job's own image.
 *
 * @internal
 */
export function scheduled(workload: WorkloadModel): ContainerModel {
  if (workload.kind !== WorkloadKind.JOB) return workload.container;
  return workload.container;
}
