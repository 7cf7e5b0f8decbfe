import { scheduled, type ScheduledContainer } from './clock';
import { graceSeconds, type ContainerScripts } from './container';
import { healthScript } from './health';
import type { DockerOptions } from './options';
import { scriptFile, scriptKey, type Script } from './script';
import type { WorkloadModel } from '../../model/workload';
import { dictionary } from '../../util/dictionary';
import { compare } from '../../util/order';
import type { OutputFile } from '../target';

/**
 * The scripts of ours that a container runs.
 *
 * @internal
 */
export function scriptsOf(container: ScheduledContainer, { drainSeconds }: WorkloadModel, options: DockerOptions): ContainerScripts {
  return { clock: container.clock, healthCheck: healthScript(container, options, graceSeconds(drainSeconds)) };
}

/**
 * The scripts of several workloads, each once.
 *
 * @internal
 */
export function projectScripts(workloads: WorkloadModel[], options: DockerOptions): Script[] {
  const scripts = new Map<string, Script>();
  for (const workload of workloads) {
    for (const container of [scheduled(workload), ...workload.sidecars, ...workload.init]) {
      const { clock, healthCheck } = scriptsOf(container, workload, options);
      if (clock !== undefined) scripts.set(scriptKey(clock), clock);
      if (healthCheck !== undefined) scripts.set(scriptKey(healthCheck), healthCheck);
    }
  }
  return [...scripts].sort(([a], [b]) => compare(a, b)).map(([, file]) => file);
}

/**
 * Their entries in the section `configs`.
 *
 * @param more what else an entry has
 * @internal
 */
export function scriptConfigs(scripts: Script[], more: (script: Script) => any = () => ({})): any {
  return dictionary(scripts.map((file) => [scriptKey(file), { ...more(file), file: `./${scriptFile(file)}` }]));
}

/**
 * The files themselves.
 *
 * @param folder the project's folder
 * @internal
 */
export const scriptFiles = (folder: string, scripts: Script[]): OutputFile[] =>
  scripts.map((file) => ({ path: `${folder}/${scriptFile(file)}`, text: file.content }));
