import { workloadFiles } from './config-map';
import { error } from './findings';
import type { Finding } from '../../model/finding';
import { containersOf, type WorkloadModel } from '../../model/workload';

/** @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const MOST_BYTES = 1024 * 1024;

/** @internal */
export function largeFiles(workload: WorkloadModel): Finding[] {
  if (containersOf(workload).every(({ files }) => files.length === 0)) return [];
  const bytes = Object.entries(workloadFiles(workload).data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  return bytes <= MOST_BYTES ? [] : [error('files-too-large', workload.path,
    `'${workload.name}' cannot have files of ${bytes} bytes together on Kubernetes: a ConfigMap holds ${MOST_BYTES};`
    + ' put large ones into the image or on a volume')];
}
