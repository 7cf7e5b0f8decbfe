import { sourceRangesOf } from '../../model/access-rule';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { error, warning } from '../compose/findings';
import { BRIDGES, keptRoutes, rangesIn, where } from '../compose/visitor-addresses';

/**
 * Whether the address of a visitor arrives. The routing mesh hides all; a port of the host hides those of IPv6, as on
 * Compose, and a stack cannot publish it for IPv4 alone.
 *
 * @param byMesh whether ports are published by the routing mesh
 * @internal
 */
export function swarmVisitorAddresses(loadBalancer: LoadBalancerModel, byMesh: boolean): Finding[] {
  const { path, name } = loadBalancer;
  return keptRoutes(loadBalancer).map((route) => {
    if (byMesh) {
      return error('visitor-address', path, `${name} cannot keep '${where(route)}' to ${sourceRangesOf(route).join(', ')} on Swarm with PublishMode.INGRESS:`
        + ' the routing mesh hides the addresses of visitors; use PublishMode.HOST, or leave Swarm out (targets of the App)');
    }
    // The bridge of a Swarm is one of the first.
    const [first, ...later] = BRIDGES;
    const [open] = rangesIn(route, [first]);
    const [doubtful] = rangesIn(route, later);
    return open === undefined
      ? warning('visitor-address', path, `${name} refuses everybody who comes over IPv6 to '${where(route)}' on Swarm: Docker hides their addresses`
        + (doubtful === undefined ? '' : `; where the network docker_gwbridge has an address in ${doubtful}, it lets all of them in: give that network another`))
      : error('visitor-address', path, `${name} cannot keep '${where(route)}' to ${open} on Swarm: everybody who comes over IPv6 has an address of Docker's,`
        + ` which takes them from ${first}; give a narrower range, or leave Swarm out (targets of the App)`);
  });
}
