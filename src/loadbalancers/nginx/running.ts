import { FOLDER, MAIN, RUN } from './places';
import { findResolver } from './resolver';
import type { ITargetTraits } from '../../model/traits';
import { keptRunning } from '../kept-running';

/*
 * nginx runs by a copy of its configuration, in which copies that are about to stop are left out for a while.
 */

const [GIVEN, USED] = [`${FOLDER}/${MAIN}`, `${RUN}/${MAIN}`];

// Until it has read the configuration, nginx would write to a file that it may not open.
const NGINX = ['nginx', '-e', 'stderr', '-c', USED];

// A signal alone would be called a success whatever comes of it.
const RELOAD = `${NGINX.join(' ')} -q -t && ${NGINX.join(' ')} -s reload`;

/**
 * The command that starts it. QUIT lets it end what it has, and is what the published image is stopped by.
 *
 * @internal
 */
export const runCommand = (traits: ITargetTraits): string[] =>
  ['sh', '-c', keptRunning(NGINX, { before: [...findResolver(traits), `cp ${GIVEN} ${USED}`], endSignals: ['QUIT', 'TERM', 'INT'] })];

/** The command that has it read its configuration. */
export const RELOAD_COMMAND = ['sh', '-c', `cp ${GIVEN} ${USED} && ${RELOAD}`];

/**
 * The addresses of those that stay take the place of the one name that leads to every copy of a service. The name stays, to be looked up:
 * one that a process has not asked for yet is nobody for a moment.
 */
const LEAVE_OUT = `$1 == "server" && index($2, service ":") == 1 && / resolve/ {
  for (i = split(staying, addresses, " "); i > 0; i--) { line = $0; sub(service ":", addresses[i] ":", line); sub(/ resolve/, "", line); print line }
  sub(/;/, " down;")
}
{ print }`.replaceAll('\n', ' ');

/**
 * The command that has it send no more requests to copies whose names follow. A reload loses nothing: who has a connection keeps it
 * until it is answered.
 */
export const DRAIN_COMMAND = ['sh', '-c', [
  'service=${1#"$COMPOSE_PROJECT_NAME-"}; service=${service%-*}; service=${service%-next}',
  'staying=$(getent ahostsv4 $STAYING | awk \'$2 == "STREAM" { printf "%s ", $1 }\')',
  `if [ $# = 0 ]; then cmp -s ${GIVEN} ${USED} && exit 0; cp ${GIVEN} ${USED}; ` +
    `else [ -n "$staying" ] || exit 1; awk -v service="$service" -v staying="$staying" '${LEAVE_OUT}' ${GIVEN} > ${USED}; fi`,
  RELOAD,
].join('\n'), 'drain'];
