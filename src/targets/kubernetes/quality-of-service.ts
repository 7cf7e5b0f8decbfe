import type { KubernetesOptions } from './options';
import type { AppModel } from '../../model/app-model';
import type { ContainerModel, WorkloadModel } from '../../model/workload';

/**
 * Who is stopped first where a node runs out of memory. Every container says what memory it sets aside, so that none of
 * ours is BestEffort.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 * @internal
 */
export function qualityOfService({ charts }: AppModel, options: KubernetesOptions): string[] {
  const workloads = charts.flatMap((chart) => chart.workloads);
  const [guaranteed, burstable] = [true, false].map((wanted) => workloads.filter((workload) => isGuaranteed(workload, options) === wanted));
  return [
    ...guaranteed.length === 0 ? [] : [`quality of service Guaranteed, stopped last where a node runs out of memory: ${names(guaranteed)}`],
    ...burstable.length === 0 ? [] : [`quality of service Burstable: ${names(burstable)}; Guaranteed are those with a cpuLimit that is their cpu, and no memoryLimit but their memory`],
  ];
}

const names = (workloads: WorkloadModel[]): string => workloads.map(({ path }) => path).sort().join(', ');

function isGuaranteed({ container, sidecars, init }: WorkloadModel, options: KubernetesOptions): boolean {
  return [container, ...sidecars, ...init].every((one) => isFixed(one, options));
}

function isFixed({ resources }: ContainerModel, options: KubernetesOptions): boolean {
  const { cpuMillis, cpuLimitMillis = options.cpuLimitMillis, memoryMebibytes, memoryLimitMebibytes } = resources;
  // A limit of the target below the request is raised to it.
  return cpuLimitMillis !== undefined && cpuLimitMillis <= cpuMillis && memoryMebibytes === memoryLimitMebibytes;
}
