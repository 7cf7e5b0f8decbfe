import { fileKey, fileName } from './container';
import { asWritten } from './interpolation';
import { containersOf, type FileModel, type WorkloadModel } from '../../model/workload';

/*
 * The entries of the section `configs`. Inline content is refused for containers with a read-only root (2.26: by the
 * engine, 2.40: by Compose), so each is a file beside the Compose file.
 */

/**
 * The entry of a file of the main container.
 *
 * @internal
 */
export function configDefinition(workload: WorkloadModel, path: string): any {
  const file = workload.container.files.find((candidate) => candidate.path === path);
  return file === undefined ? undefined : definition(workload, file);
}

/**
 * The entries of a workload's files, but for those of the main container that have a fragment of their own.
 *
 * @internal
 */
export function configDefinitions(workload: WorkloadModel, settled: string[]): any {
  const entries = containersOf(workload).flatMap((container) => container.files
    .filter(({ path }) => container !== workload.container || !settled.includes(path))
    .map((file): [string, any] => [fileKey(workload.name, container.name, file.path), definition(workload, file)]));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function definition(workload: WorkloadModel, file: FileModel): any {
  return asWritten({ file: `./${fileName(workload.name, file)}` });
}
