import type { SecretModel } from '../../model/secret';
import type { FileModel, WorkloadModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';
import { fileKey } from '../compose/container';
import type { Script } from '../compose/script';

/** The engine takes no longer names of configs and secrets. */
const LONGEST = 64;

/**
 * The name of a file as a config. Configs are immutable: another content is another name, and so a rolling update.
 *
 * @internal
 */
export function configName(workload: WorkloadModel, container: string, file: FileModel): string {
  return contentName(`${workload.chart}-${fileKey(workload.name, container, file.path)}`, file.hash);
}

/**
 * The name of a script as a config.
 *
 * @internal
 */
export const scriptConfigName = (chart: string, { name, hash }: Script): string => contentName(`${chart}-${name}`, hash);

/**
 * A name that ends with a hash, shortened where it must be.
 *
 * @internal
 */
export function contentName(name: string, hash: string): string {
  const whole = `${name}-${hash}`;
  if (whole.length <= LONGEST) return whole;
  const digest = contentHash(name);
  return `${name.slice(0, LONGEST - digest.length - hash.length - 2)}-${digest}-${hash}`;
}

/**
 * The name of a secret in the Swarm.
 *
 * @internal
 */
export const secretName = ({ chart, name, version }: SecretModel): string => version === undefined ? `${chart}_${name}` : `${chart}_${name}_${version}`;
