import type { ChartModel } from '../../model/app-model';
import type { ContainerModel } from '../../model/workload';
import type { OutputFile } from '../target';
import { fileName, variableName } from './container';
import type { LoadBalancerWorkload } from './load-balancer';
import { containersOf } from './storage';

/*
 * The files beside a Compose file or a stack.
 */

/**
 * The files that are given to containers.
 *
 * @param folder the project's folder
 * @internal
 */
export function workloadFiles(folder: string, chart: ChartModel): OutputFile[] {
  const files = new Map<string, OutputFile>();
  for (const workload of chart.workloads) {
    for (const file of containersOf(workload).flatMap((container) => container.files)) {
      const path = `${folder}/${fileName(workload.name, file)}`;
      files.set(path, { path, text: file.content });
    }
  }
  return [...files.values()];
}

/**
 * The configuration of a load balancer.
 *
 * @param folder the project's folder
 * @internal
 */
export function loadBalancerFiles(folder: string, { workload, lowered }: LoadBalancerWorkload): OutputFile[] {
  return Object.entries(lowered.configuration).map(([name, text]) => ({ path: `${folder}/config/${workload.name}/${name}`, text }));
}

/**
 * Names of the variables that must be given, never their values.
 *
 * @param head lines about what can be set besides
 * @internal
 */
export function environmentExample(chart: ChartModel, head: string[]): string {
  const secrets = new Map<string, string>();
  for (const secret of chart.workloads.flatMap((workload) => containersOf(workload)).flatMap(variablesOf)) {
    secrets.set(variableName(secret), secret.name);
  }
  const lines = [...secrets].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([name, secret]) => ['', `# The secret '${secret}'.`, `${name}=`]);
  return [...head, ...lines, ''].join('\n');
}

const variablesOf = (container: ContainerModel) => Object.values(container.secretEnvironment);
