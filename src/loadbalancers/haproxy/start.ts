import { CONFIGURATION, FOLDER, SERVED } from './places';

/** The program and its configuration; `-W` has a process that stays when the one that serves is replaced. */
export const RUN_COMMAND = ['haproxy', '-W', '-db', '-f', `${FOLDER}/${CONFIGURATION}`];

/**
 * Starts HAProxy, and has it read its certificates whenever some are new or gone. It takes the place of the shell, whose number
 * is therefore its own. The watch must be nobody's child: HAProxy would wait for its end before its own.
 *
 * @internal
 */
export const START_SCRIPT = `#!/bin/sh
certificates() { ls ${SERVED}; cat ${SERVED}/*.pem 2>/dev/null | sha256sum; }
watch() {
  seen=$(certificates)
  while sleep 5 && kill -0 $$; do
    found=$(certificates)
    [ "$found" = "$seen" ] && continue
    haproxy -c -f ${FOLDER}/${CONFIGURATION} && kill -USR2 $$ && seen=$found
  done
}
mkdir -p ${SERVED}
(watch &)
exec ${RUN_COMMAND.join(' ')}
`;
