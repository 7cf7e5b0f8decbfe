import type { ContainerModel } from '../../model/workload';
import { shellQuote } from '../../util/shell';

/** Seconds between two looks at the files; the kubelet takes up to a minute to put new ones there. */
const SECONDS = 10;

/**
 * A container that reads its certificates again when they are renewed: what is mounted from a Secret is replaced in
 * place, and nobody tells the program. Beside the program, which stays process 1, a loop compares the files.
 *
 * @param files files of certificates and keys
 * @param reload command that makes the program read its configuration again
 * @internal
 */
export function rereadWhenRenewed(container: ContainerModel, files: string[], reload: string[]): ContainerModel {
  const { command, args = [], name } = container;
  if (files.length === 0 || command === undefined) return container;
  return { ...container, command: ['/bin/sh', '-c', script(files, reload), name, ...command, ...args], args: undefined };
}

/** @internal Whether a container's program is told of renewed certificates. */
export const readsRenewed = ({ command }: Pick<ContainerModel, 'command'>): boolean => command !== undefined;

/** A reload that fails is tried again at the next look. */
function script(files: string[], reload: string[]): string {
  const sum = `cat ${files.map(shellQuote).join(' ')} | cksum`;
  return [
    '(',
    `  served=$(${sum})`,
    `  while sleep ${SECONDS}; do`,
    `    now=$(${sum})`,
    '    if [ "$now" = "$served" ]; then continue; fi',
    '    echo "certificates were renewed: reading them again" >&2',
    `    if ${reload.map(shellQuote).join(' ')}; then served=$now; fi`,
    '  done',
    ') &',
    'exec "$@"',
    '',
  ].join('\n');
}
