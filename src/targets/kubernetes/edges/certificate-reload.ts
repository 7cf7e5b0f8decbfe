import type { LoweredLoadBalancer } from '../../../model/load-balancer-backend';
import { shellQuote } from '../../../util/shell';

/** Seconds between two looks at the files; the kubelet takes up to a minute to put new ones there. */
const SECONDS = 10;

/** Name of the script below. */
const SCRIPT = 'with-renewals.sh';

/**
 * A load balancer that reads its certificates again when they are renewed: what is mounted from a Secret is replaced in
 * place, and nobody tells the program. A shell hands all signals on to the program, and beside it a loop compares the files.
 * (The loop must not be a child of the program's: HAProxy would wait for its end before its own.)
 *
 * @param files files of certificates and keys
 * @internal
 */
export function rereadWhenRenewed(lowered: LoweredLoadBalancer, files: string[]): LoweredLoadBalancer {
  const { command, args = [], configuration, configurationFolder, reloadCommand } = lowered;
  if (files.length === 0 || command === undefined) return lowered;
  return {
    ...lowered,
    command: ['/bin/sh', `${configurationFolder}/${SCRIPT}`, ...command, ...args],
    args: undefined,
    configuration: { ...configuration, [SCRIPT]: scriptOf(files, reloadCommand) },
  };
}

/** @internal Whether a load balancer's program is told of renewed certificates. */
export const readsRenewed = ({ command }: Pick<LoweredLoadBalancer, 'command'>): boolean => command !== undefined;

/** A reload that fails is tried again at the next look. */
function scriptOf(files: string[], reload: string[]): string {
  return `#!/bin/sh
# Runs a command, and reads its certificates again when they are renewed.
served() {
  cat ${files.map(shellQuote).join(' \\\n    ')} | sha256sum
}

reread() {
  ${reload.map(shellQuote).join(' ')}
}

"$@" &
program=$!
for signal in HUP INT QUIT TERM USR1 USR2; do
  trap "kill -$signal $program" $signal
done
(
  before=$(served)
  while sleep ${SECONDS}; do
    now=$(served)
    if [ "$now" != "$before" ]; then
      echo 'certificates were renewed: reading them again' >&2
      if reread; then before=$now; fi
    fi
  done
) &
# A signal ends the wait, and the program goes on until its own end.
wait $program; code=$?
while kill -0 $program 2>/dev/null; do wait $program; code=$?; done
exit $code
`;
}
