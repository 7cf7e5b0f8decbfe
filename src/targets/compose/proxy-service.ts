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
  const { name, command = [], healthCheck, healthCheckPort } = workload.container;
  let alike = ALIKE.get(command);
  if (alike === undefined) ALIKE.set(command, alike = new SharedParts((service) => service));
  const key = JSON.stringify([healthCheck, healthCheckPort, workload.drainSeconds, options]);
  const service = alike.get(key, () => loadBalancerService(proxy, neighbours, options));
  return {
    ...service,
    ...asWritten({ volumes: [folderMount(name, lowered)], ...networkFields(workload, memberships(workload, name), neighbours) }),
  };
}

/** By what they run, which those of a chart have in common. */
const ALIKE = new WeakMap<string[], SharedParts>();
