import { gatewayFindings } from './gateway-findings';
import { ingressFindings } from './ingress-findings';
import type { KubernetesOptions } from '../options';
import { ownProxiesFindings } from './own-proxies-findings';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel } from '../../../model/load-balancer';

/** @internal What an edge cannot do of what a load balancer declares. */
export function loadBalancerFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  switch (options.edge._kind) {
    case 'own-proxies': return ownProxiesFindings(balancer, options);
    case 'ingress': return ingressFindings(balancer, options);
    default: return gatewayFindings(balancer, options);
  }
}
