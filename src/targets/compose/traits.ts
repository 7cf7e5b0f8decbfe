import { qualifiedName } from './networks';
import { copiesName } from './proxied-calls';
import { twinName } from './twin';
import type { ITargetTraits } from '../../model/traits';

/** What a back end replaces by its own syntax for the environment variable `COMPOSE_PROJECT_NAME`. */
const PROJECT = '{project}';

/**
 * What Compose tells the back end of a load balancer about itself.
 *
 * Single copies are known by the names of their containers, `PROJECT-SERVICE-NUMBER`. The project's name can be
 * overridden at deployment (`-p`, `COMPOSE_PROJECT_NAME`), so it stands as `{project}`: each back end puts its own
 * syntax for the environment variable `COMPOSE_PROJECT_NAME` there, which its service is given. That of another chart
 * stands as `{project:CHART}`, and other names of it are qualified by the chart, since two charts may have one name.
 *
 * @param own chart of the load balancer
 * @internal
 */
export function composeTraits(own: string): ITargetTraits {
  let traits = TRAITS.get(own);
  if (traits === undefined) TRAITS.set(own, traits = traitsIn(own));
  return traits;
}

/** What a back end made is kept by them. */
const TRAITS = new Map<string, ITargetTraits>();

function traitsIn(own: string): ITargetTraits {
  const nameOf = (chart: string, service: string) => chart === own ? service : qualifiedName(chart, service);
  return {
    targetName: 'compose',
    // The engine's own, the same in every container of a network that was declared.
    dnsServer: '127.0.0.11',
    copyNames(chart, workload, copies, stateful) {
      if (stateful) return Array.from({ length: copies }, (_, copy) => nameOf(chart, `${workload}-${copy}`));
      const project = chart === own ? PROJECT : `{project:${chart}}`;
      // During a deployment the new copies stand in the twin of the service.
      const names: string[] = [];
      for (const service of [workload, twinName(workload)]) {
        for (let copy = 1; copy <= copies; copy++) names.push(`${project}-${service}-${copy}`);
      }
      return names;
    },
    allCopiesName: nameOf,
    // The script of another chart tells load balancers of this one nothing.
    standInNames: (chart, workload) => chart === own ? { own: workload, standIns: twinName(workload), all: copiesName(workload), file: `stand-ins/${twinName(workload)}` } : undefined,
  };
}
