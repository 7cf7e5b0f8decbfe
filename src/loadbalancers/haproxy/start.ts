import { listCommands } from './certificates';
import { CONFIGURATION, FOLDER } from './places';
import { USERS } from './users';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { SERVED } from '../issued-certificates';
import { keptRunning } from '../kept-running';
import { readUsers, secretsWithUsers, usersFile } from '../users';

/**
 * The command that starts HAProxy, where its certificates are the user's own; `-W` has a process that stays when the one
 * that serves is replaced.
 *
 * @internal
 */
export const runCommand = (loadBalancer: LoadBalancerModel): string[] => ['sh', '-c', runScript(loadBalancer, readUsers(loadBalancer, USERS))];

/**
 * Checks the configuration, and has it read. The signal has no answer, so a broken one must be found before.
 *
 * @param process number of HAProxy's first process
 * @internal
 */
export const readAgain = (loadBalancer: LoadBalancerModel, process: string): string =>
  [...readUsers(loadBalancer, USERS), ...listCommands(loadBalancer), `haproxy -c ${filesOf(loadBalancer).join(' ')}`, `kill -USR2 ${process}`].join(' && ');

/**
 * Starts HAProxy, and has it read its certificates whenever some are new or gone. Its shell hands the signal on.
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
${[...readUsers(loadBalancer, USERS), ...listCommands(loadBalancer)].map((command) => `${command}\n`).join('')}watch &
${runScript(loadBalancer)}`;

/** USR1 ends it after what it has, and is what the published image is stopped by. */
const runScript = (loadBalancer: LoadBalancerModel, before?: string[]): string =>
  keptRunning(['haproxy', '-W', '-db', ...filesOf(loadBalancer)], { before, endSignals: ['USR1', 'TERM', 'INT'], passedSignals: ['USR2'] });

function filesOf(loadBalancer: LoadBalancerModel): string[] {
  return [`${FOLDER}/${CONFIGURATION}`, ...secretsWithUsers(loadBalancer).map((secret) => usersFile(secret, USERS))].flatMap((file) => ['-f', file]);
}
