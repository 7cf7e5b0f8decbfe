import { listCommands } from './certificates';
import { CONFIGURATION, FOLDER } from './places';
import { USERS } from './users';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { SERVED } from '../issued-certificates';
import { afterReadingUsers, readUsers, secretsWithUsers, usersFile } from '../users';

/**
 * The command that starts HAProxy, where its certificates are the user's own; `-W` has a process that stays when the one
 * that serves is replaced.
 *
 * @internal
 */
export const runCommand = (loadBalancer: LoadBalancerModel): string[] =>
  afterReadingUsers(loadBalancer, USERS, ['haproxy', '-W', '-db', ...filesOf(loadBalancer)]);

/**
 * Checks the configuration, and has it read. The signal has no answer, so a broken one must be found before.
 *
 * @param process number of HAProxy's first process
 * @internal
 */
export const readAgain = (loadBalancer: LoadBalancerModel, process: string): string =>
  [...readUsers(loadBalancer, USERS), ...listCommands(loadBalancer), `haproxy -c ${filesOf(loadBalancer).join(' ')}`, `kill -USR2 ${process}`].join(' && ');

/**
 * Starts HAProxy, and has it read its certificates whenever some are new or gone. It takes the place of the shell, whose number
 * is therefore its own. The watch must be nobody's child: HAProxy would wait for its end before its own.
 *
 * @internal
 */
export const startScript = (loadBalancer: LoadBalancerModel): string => `#!/bin/sh
certificates() { ls ${SERVED}; cat ${SERVED}/*.pem 2>/dev/null | sha256sum; }
watch() {
  seen=$(certificates)
  while sleep 5 && kill -0 $$; do
    found=$(certificates)
    [ "$found" = "$seen" ] && continue
    ${readAgain(loadBalancer, '$$')} && seen=$found
  done
}
mkdir -p ${SERVED}
${[...readUsers(loadBalancer, USERS), ...listCommands(loadBalancer)].map((command) => `${command}\n`).join('')}(watch &)
exec haproxy -W -db ${filesOf(loadBalancer).join(' ')}
`;

function filesOf(loadBalancer: LoadBalancerModel): string[] {
  return [`${FOLDER}/${CONFIGURATION}`, ...secretsWithUsers(loadBalancer).map((secret) => usersFile(secret, USERS))].flatMap((file) => ['-f', file]);
}
