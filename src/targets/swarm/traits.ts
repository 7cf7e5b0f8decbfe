import type { ITargetTraits } from '../../model/traits';
import { qualifiedName } from '../compose/networks';

/**
 * What Swarm tells a load balancer back end about itself: `tasks.NAME` resolves to every healthy copy, also where the
 * plain name is a virtual address. Copies of a stateful service are services of their own. Names of another chart are
 * qualified by it, since two charts may have one name.
 *
 * @param own chart of the load balancer
 * @internal
 */
export function swarmTraits(own: string): ITargetTraits {
  let traits = TRAITS.get(own);
  if (traits === undefined) TRAITS.set(own, traits = traitsIn(own));
  return traits;
}

/** What a back end made is kept by them. */
const TRAITS = new Map<string, ITargetTraits>();

function traitsIn(own: string): ITargetTraits {
  const tasksOf = (chart: string, service: string) => `tasks.${chart === own ? service : qualifiedName(chart, service)}`;
  return {
    targetName: 'swarm',
    dnsServer: '127.0.0.11',
    severalHosts: true,
    // The one before stops first.
    immutableConfiguration: true,
    copyNames(chart, workload, copies, stateful) {
      return stateful ? Array.from({ length: copies }, (_, copy) => tasksOf(chart, `${workload}-${copy}`)) : [];
    },
    allCopiesName: tasksOf,
    standInNames: () => undefined,
  };
}
