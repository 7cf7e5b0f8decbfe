import type { CalleeProxy } from './internal-proxies';
import { asWritten } from './interpolation';
import { folderMount, loadBalancerService } from './load-balancer';
import type { Neighbours } from './neighbours';
import { networkFields } from './network-mode';
import { memberships } from './networks';
import type { DockerOptions } from './options';
import { SharedParts } from '../../util/constants';

/**
 * The body of a proxy's service. Those of all that run alike differ in their configurations and networks only; the rest is made once.
 *
 * @internal
 */
export function proxyService(proxy: CalleeProxy, neighbours: Neighbours, options: DockerOptions): any {
  const { workload, lowered } = proxy;
  const { name, ports: _, ...container } = workload.container;
  const key = JSON.stringify([container, workload.drainSeconds, options]);
  const alike = ALIKE.get(key, () => loadBalancerService(proxy, neighbours, options));
  return {
    ...alike,
    ...asWritten({ volumes: [folderMount(name, lowered)], ...networkFields(workload, memberships(workload, name), neighbours) }),
  };
}

const ALIKE = new SharedParts((service) => service);
