import { REPEAT_HEADERS } from './repeats';
import { visitorHeaders } from './visitors';
import type { LoadBalancerModel } from '../../model/load-balancer';

/**
 * The headers that every copy is sent.
 *
 * @internal
 */
export const sentHeaders = (loadBalancer: LoadBalancerModel, protocol: 'grpc' | 'proxy'): string[] => protocol === 'grpc'
  ? visitorHeaders(loadBalancer, protocol)
  : [...REPEAT_HEADERS, ...visitorHeaders(loadBalancer, protocol), 'proxy_set_header Upgrade $upgrade', 'proxy_set_header Connection $upgrade_connection'];
