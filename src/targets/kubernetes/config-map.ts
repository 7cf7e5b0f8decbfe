import { userLabels } from './labels';
import { containersOf, type ContainerModel, type FileModel, type WorkloadModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';

/**
 * The files of all containers of a workload: they are the entries of one ConfigMap, which is immutable and named by its
 * content. So a change rolls the copies, and a rollback finds the files it had.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
 * @internal
 */
export interface WorkloadFiles {
  /** Name of the ConfigMap. */
  readonly name: string;
  /** Its entries. */
  readonly data: { [key: string]: string };
  /** Key of a container's file. */
  keyOf(container: ContainerModel, file: FileModel): string;
}

const FILES = new WeakMap<WorkloadModel, WorkloadFiles>();

/**
 * Lets a workload that was made of another take that one's files, or have them under another name.
 *
 * @internal
 */
export function useFilesOf(workload: WorkloadModel, other: WorkloadModel, name?: string): void {
  const files = workloadFiles(other);
  FILES.set(workload, name === undefined ? files : { ...files, name });
}

/** @internal */
export function workloadFiles(workload: WorkloadModel): WorkloadFiles {
  let files = FILES.get(workload);
  if (files === undefined) FILES.set(workload, files = collect(workload));
  return files;
}

/** @internal */
export function configMap(workload: WorkloadModel): any {
  const { name, data } = workloadFiles(workload);
  return { data, immutable: true, metadata: { labels: userLabels(workload), name } };
}

function collect(workload: WorkloadModel): WorkloadFiles {
  const data: { [key: string]: string } = {};
  const keys = new Map<string, string>();
  for (const container of containersOf(workload)) {
    for (const file of container.files) {
      const key = freeKey(data, file);
      data[key] = file.content;
      keys.set(`${container.name} ${file.path}`, key);
    }
  }
  const sorted = Object.fromEntries(Object.keys(data).sort().map((key) => [key, data[key]]));
  return {
    name: `${workload.name}-config-${contentHash(JSON.stringify(sorted))}`,
    data: sorted,
    keyOf: (container, file) => keys.get(`${container.name} ${file.path}`)!,
  };
}

/** `/etc/app/app.conf` gives `etc.app.app.conf`, the same for two containers that are given the same file. */
function freeKey(data: { [key: string]: string }, { path, content }: FileModel): string {
  const plain = path.replace(/^\/+/, '').replace(/[^-._a-zA-Z0-9]+/g, '.').slice(-240) || 'file';
  let key = plain;
  for (let i = 2; key in data && data[key] !== content; i++) key = `${plain}-${i}`;
  return key;
}
