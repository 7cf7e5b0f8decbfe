import { twinName } from './twin';
import type { ITargetTraits } from '../../model/traits';

/** What a back end replaces by its own syntax for the environment variable `COMPOSE_PROJECT_NAME`. */
const PROJECT = '{project}';

/**
 * What Compose tells a load balancer back end about itself.
 *
 * Single copies are known by the names of their containers, `PROJECT-SERVICE-NUMBER`. The project's name can be
 * overridden at deployment (`-p`, `COMPOSE_PROJECT_NAME`), so it stands as `{project}`: each back end puts its own
 * syntax for the environment variable `COMPOSE_PROJECT_NAME` there, which its service is given.
 *
 * @internal
 */
export const composeTraits: ITargetTraits = {
  targetName: 'compose',
  // The engine's own, the same in every container of a network that was declared.
  dnsServer: '127.0.0.11',
  copyNames(_chart, workload, copies, stateful) {
    if (stateful) return Array.from({ length: copies }, (_, copy) => `${workload}-${copy}`);
    // During a deployment the new copies stand in the twin of the service.
    return [workload, twinName(workload)].flatMap((service) => Array.from({ length: copies }, (_, copy) => `${PROJECT}-${service}-${copy + 1}`));
  },
  allCopiesName(_chart, workload) {
    return workload;
  },
};
