import { createHash } from 'node:crypto';

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
