import type { ILoadBalancerBackend } from '../model/load-balancer-backend';

/**
 * What becomes of requests that wait for a copy on a host that is lost, as part of an answer.
 *
 * @internal
 */
export const waitingOnLostHosts = ({ noticesLostHosts = false }: ILoadBalancerBackend): string => noticesLostHosts
  ? 'a GET that waits for a copy on a lost host is answered by another one'
  : 'a request that waits for a copy on a lost host fails at its requestTimeout, and hangs without one: LoadBalancerBackend.haproxy() has another copy answer a GET';
