import type { ChartModel } from '../../model/app-model';
import { compare } from '../../util/order';
import type { OutputFile } from '../target';
import { fileName, variableName } from './container';
import type { LoadBalancerWorkload } from './load-balancer';
import { variableSecrets } from './secrets';
import { containersOf } from '../../model/workload';

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
 * @param quotes what quotes around a value do
 * @internal
 */
export function environmentExample(chart: ChartModel, head: string[], quotes: string): string {
  const secrets = variableSecrets(chart).map((secret) => [variableName(secret), secret.name]).sort(([a], [b]) => compare(a, b));
  const lines = secrets.flatMap(([name, secret]) => ['', `# The secret '${secret}'.`, `${name}=''`]);
  return [...head, ...secrets.length === 0 ? [] : ['', quotes], ...lines, ''].join('\n');
}
