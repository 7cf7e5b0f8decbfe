import { DYNAMIC, FOLDER, RUN, STATIC } from './places';
import { revisionPath } from './revision';
import { keptRunning } from '../kept-running';
import { HEALTH_PORT } from '../own-health';

/*
 * Traefik reads a copy of its dynamic file, in which copies that are about to stop are left out for a while. It says to nobody but
 * its log that it did not take a new one.
 */

const [GIVEN, USED] = [`${FOLDER}/${DYNAMIC}`, `${RUN}/${DYNAMIC}`];

const TAKE_GIVEN = `cp ${GIVEN} ${USED}`;

/** Seconds it has to take another one. */
const SECONDS = 15;

/** Makes it read the file, and waits until it has. The signal is for the container's first process, which passes it on. */
const RELOAD = [
  'kill -HUP 1',
  `revision=$(sed -n 's/^# revision //p' ${USED})`,
  `for second in $(seq ${SECONDS}); do wget -q -O /dev/null "http://127.0.0.1:${HEALTH_PORT}${revisionPath('$revision')}" 2>/dev/null && exit 0; sleep 1; done`,
  `echo "Traefik did not take ${GIVEN}: its log says why" >&2`,
  'exit 1',
];

/**
 * The command that starts it.
 *
 * @param before commands that come first
 * @internal
 */
export const runCommand = (before: string[]): string[] => ['sh', '-c', keptRunning(['traefik', `--configFile=${FOLDER}/${STATIC}`], {
  before: [...before, TAKE_GIVEN], endSignals: ['TERM', 'INT'], passedSignals: ['HUP'],
})];

/** The command that has it read its dynamic file. */
export const RELOAD_COMMAND = ['sh', '-c', [TAKE_GIVEN, ...RELOAD].join('\n')];

/** The command that has it send no more requests to copies whose names follow. */
export const DRAIN_COMMAND = ['sh', '-c', [
  `[ $# -gt 0 ] || ! cmp -s ${GIVEN} ${USED} || exit 0`,
  'left_out=',
  // Of names and addresses those are its own that begin with the project's; in the file a variable stands for that.
  'for copy; do own=${copy#"$COMPOSE_PROJECT_NAME"}; [ "$own" = "$copy" ] || left_out="$left_out; /- [a-z]*: .*COMPOSE_PROJECT_NAME\\" }}$own:/d"; done',
  'now=$(date +%s)',
  `if [ $# = 0 ]; then ${TAKE_GIVEN}; else sed "/^# revision/s/$/$now/; s|${revisionPath('[0-9a-f]*')}|&$now|$left_out" ${GIVEN} > ${USED}; fi`,
  ...RELOAD,
].join('\n'), 'drain'];
