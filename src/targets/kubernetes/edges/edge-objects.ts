import { gatewayObjects } from './gateway-objects';
import { ingressObjects } from './ingress-objects';
import type { KubernetesOptions } from '../options';
import { ownProxiesObjects } from './own-proxies-objects';
import type { HostSlot, LinkSlot, LoadBalancerSlot, RouteSlot, StreamRouteSlot } from '../../slots';

/**
 * What an edge hangs into the tree for a load balancer. What is returned settles, when the whole model is known, which of
 * these objects there are.
 *
 * @internal
 */
export interface EdgeObjects {
  bindLoadBalancer(slot: LoadBalancerSlot): void;
  bindHost(slot: HostSlot): () => void;
  bindRoute(slot: RouteSlot): () => void;
  bindStreamRoute(slot: StreamRouteSlot): () => void;
  /** A route leads to a workload. */
  bindLink(slot: LinkSlot, loadBalancer: LoadBalancerSlot): void;
}

/** @internal */
export function edgeObjects(options: KubernetesOptions): EdgeObjects {
  switch (options.edge._kind) {
    case 'own-proxies': return ownProxiesObjects(options);
    case 'ingress': return ingressObjects(options);
    default: return gatewayObjects(options);
  }
}
