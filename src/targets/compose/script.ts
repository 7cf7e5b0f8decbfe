import type { FileModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';

/**
 * A script of ours that runs in containers. It is longer than the service that runs it: as a file beside the Compose file either can
 * be read, and all containers with the same one share it.
 *
 * @internal
 */
export interface Script extends FileModel {
  /** What it does, in a word or two. */
  readonly name: string;
}

/**
 * A script, immutable like any file of a container.
 *
 * @internal
 */
export function script(name: string, text: string): Script {
  const content = `#!/bin/sh\n${text.trimEnd()}\n`;
  return Object.freeze({ name, path: `/cdk8s-ha/${name}.sh`, content, hash: contentHash(content) });
}

/**
 * What runs it. The file need not be executable.
 *
 * @internal
 */
export const running = ({ path }: Script): string[] => ['/bin/sh', path];

/**
 * Its key in the section `configs`.
 *
 * @internal
 */
export const scriptKey = ({ name, hash }: Script): string => `${name}-${hash}`;

/**
 * Where it lies below the project's folder. No workload is called like that.
 *
 * @internal
 */
export const scriptFile = (one: Script): string => `config/_scripts/${scriptKey(one)}.sh`;
