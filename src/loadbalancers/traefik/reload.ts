import { createHash } from 'node:crypto';
import { DYNAMIC, FOLDER } from './places';
import { HEALTH_PORT } from '../own-health';

/*
 * Traefik watches its dynamic file, and says to nobody but its log that it did not take a new one.
 */

/** Seconds it has for it. It takes changes at most every two. */
const SECONDS = 15;

/**
 * What stands for a configuration.
 *
 * @internal
 */
export const revisionOf = (configuration: string): string => createHash('sha256').update(configuration).digest('hex').slice(0, 16);

/**
 * The path that Traefik answers as soon as it has a configuration, on its loopback port.
 *
 * @internal
 */
export const revisionPath = (revision: string): string => `/revision/${revision}`;

/**
 * Makes Traefik read the file, also where no change of a mounted folder is told to the container, and waits until it has
 * taken it. The signal is for the container's first process, which passes it on.
 *
 * @internal
 */
export function reloadScript(): string {
  const file = `${FOLDER}/${DYNAMIC}`;
  const taken = `http://127.0.0.1:${HEALTH_PORT}${revisionPath('$revision')}`;
  return [
    'kill -HUP 1',
    `revision=$(sed -n 's/^# revision //p' ${file})`,
    `for second in $(seq ${SECONDS}); do wget -q -O /dev/null "${taken}" 2>/dev/null && exit 0; sleep 1; done`,
    `echo "Traefik did not take ${file}: its log says why" >&2`,
    'exit 1',
  ].join('\n');
}
