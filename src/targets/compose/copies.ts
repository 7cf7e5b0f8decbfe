import { WorkloadKind, type WorkloadModel } from '../../model/workload';

/**
 * The services that run copies of a workload: one for all of them, but for a stateful one, whose copies each have a
 * name and disks of their own.
 *
 * @internal
 */
export function copyServices(workload: Pick<WorkloadModel, 'name' | 'kind' | 'replicas'>): string[] {
  if (workload.kind !== WorkloadKind.STATEFUL) return [workload.name];
  return Array.from({ length: workload.replicas }, (_, copy) => `${workload.name}-${copy}`);
}

/**
 * Whether one service runs several copies of a workload.
 *
 * @internal
 */
export const isReplicated = ({ kind }: Pick<WorkloadModel, 'kind'>): boolean => kind === WorkloadKind.SERVICE || kind === WorkloadKind.WORKER;

/**
 * A service beside one of copies: `web-volumes`, `web-migrate`.
 *
 * @internal
 */
export const besides = (service: string, name: string): string => `${service}-${name}`;

/**
 * The one-shot service that hands volumes over.
 *
 * @internal
 */
export const ownerName = (service: string): string => besides(service, 'volumes');

/**
 * Id of the fragment that belongs to one copy: the first one's is the plain id.
 *
 * @internal
 */
export const numbered = (id: string, copy: number): string => copy === 0 ? id : `${id}@${copy}`;
