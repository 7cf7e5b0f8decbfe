import { configName } from './names';
import { containersOf, type ContainerModel, type FileModel, type WorkloadModel } from '../../model/workload';
import { fileKey, fileName } from '../compose/container';
import { asWritten } from '../compose/interpolation';

/**
 * The entry of a file of the main container in the section `configs`.
 *
 * @internal
 */
export function stackConfig(workload: WorkloadModel, path: string): any {
  const file = workload.container.files.find((candidate) => candidate.path === path);
  return file === undefined ? undefined : definition(workload, workload.container, file);
}

/**
 * The entries of a workload's files, but for those of the main container that have a fragment of their own.
 *
 * @internal
 */
export function stackConfigs(workload: WorkloadModel, settled: string[]): any {
  const entries = containersOf(workload).flatMap((container) => container.files
    .filter(({ path }) => container !== workload.container || !settled.includes(path))
    .map((file): [string, any] => [fileKey(workload.name, container.name, file.path), definition(workload, container, file)]));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function definition(workload: WorkloadModel, container: ContainerModel, file: FileModel): any {
  return asWritten({ name: configName(workload, container.name, file), file: `./${fileName(workload.name, file)}` });
}
