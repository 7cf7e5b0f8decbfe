/*
 * What back ends know about copies.
 */

/** What stands for the project's name in the names of copies. */
export const PROJECT = '{project}';

/** Seconds between declared health checks, where nothing else is said. */
const DEFAULT_INTERVAL = 5;

/**
 * How often a copy is asked for its health: as declared, but oftener at the default or below, since a hung copy is to be found soon.
 *
 * @internal
 */
export const checkInterval = (declaredSeconds = DEFAULT_INTERVAL, often: string): string =>
  declaredSeconds <= DEFAULT_INTERVAL ? often : `${declaredSeconds}s`;
