/*
 * What back ends know about copies.
 */

/**
 * What stands for the name of a Compose project at the beginning of a copy's name: `{project}` for the load balancer's own,
 * `{project:CHART}` for that of another chart, which is the chart's name unless a variable says otherwise.
 */
const PROJECT = /^\{project(?::([a-z0-9-]+))?\}/;

/**
 * The variable that names the project of a chart; without a chart, the own one.
 *
 * @internal
 */
export const projectVariable = (chart?: string): string =>
  chart === undefined ? 'COMPOSE_PROJECT_NAME' : `COMPOSE_PROJECT_NAME_${chart.toUpperCase().replaceAll('-', '_')}`;

/**
 * The name of a copy, with the project's from the environment.
 *
 * @param name the name as the target gives it
 * @param variable writes a variable in the syntax of a back end, with what counts where it is not set
 * @param rest writes what follows it, or a name without a project's
 * @internal
 */
export function copyName(
  name: string, variable: (name: string, otherwise?: string) => string, rest: (text: string) => string = (text) => text,
): string {
  const project = PROJECT.exec(name);
  if (project === null) return rest(name);
  return variable(projectVariable(project[1]), project[1]) + rest(name.slice(project[0].length));
}

/** Seconds between declared health checks, where nothing else is said. */
const DEFAULT_INTERVAL = 5;

/**
 * How often a copy is asked for its health: as declared, but oftener at the default or below, since a hung copy is to be found soon.
 *
 * @internal
 */
export const checkInterval = (declaredSeconds = DEFAULT_INTERVAL, often: string): string =>
  declaredSeconds <= DEFAULT_INTERVAL ? often : `${declaredSeconds}s`;
