import { repeatHeaders } from './repeats';
import { visitorHeaders } from './visitors';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';

/**
 * The headers that every copy is sent.
 *
 * @internal
 */
export const sentHeaders = (loadBalancer: LoadBalancerModel, protocol: 'grpc' | 'proxy', traits: ITargetTraits): string[] => protocol === 'grpc'
  ? visitorHeaders(loadBalancer, protocol)
  : [...repeatHeaders(loadBalancer, traits), ...visitorHeaders(loadBalancer, protocol), 'proxy_set_header Upgrade $upgrade', 'proxy_set_header Connection $upgrade_connection'];
