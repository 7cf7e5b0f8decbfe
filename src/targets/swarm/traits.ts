import type { ITargetTraits } from '../../model/traits';

/**
 * What Swarm tells a load balancer back end about itself: `tasks.NAME` resolves to every healthy copy, also where the
 * plain name is a virtual address. Copies of a stateful service are services of their own.
 *
 * @internal
 */
export const swarmTraits: ITargetTraits = {
  targetName: 'swarm',
  dnsServer: '127.0.0.11',
  copyNames(_chart, workload, copies, stateful) {
    return stateful ? Array.from({ length: copies }, (_, copy) => `tasks.${workload}-${copy}`) : [];
  },
  allCopiesName(_chart, workload) {
    return `tasks.${workload}`;
  },
};
