import { tokenOf } from './words';
import { Answer } from '../../model/answer';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm, type LoadBalancing } from '../../model/load-balancing';

/** Where a cookie's value is put so that it can be hashed; a visitor's own header of that name is overwritten. */
const KEY_HEADER = 'X-Load-Balancing-Key';

/**
 * The selection policy.
 *
 * @internal
 * @see https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#load-balancing
 */
export function policyOf(loadBalancer: LoadBalancerModel): string {
  const { algorithm, hashKey, keyName = '' } = loadBalancer.balancing;
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return 'round_robin';
    case LoadBalancingAlgorithm.RANDOM: return 'random';
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES: return 'random_choose 2';
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS: return 'least_conn';
    case LoadBalancingAlgorithm.STICKY: return `cookie ${tokenOf(loadBalancer, 'the name of a cookie', keyName)}`;
    case LoadBalancingAlgorithm.CONSISTENT_HASH: switch (hashKey!) {
      case HashKey.CLIENT_ADDRESS: return 'client_ip_hash';
      case HashKey.URI: return 'uri_hash';
      case HashKey.HEADER: return `header ${tokenOf(loadBalancer, 'the name of a header', keyName)}`;
      case HashKey.COOKIE: return `header ${KEY_HEADER}`;
    }
  }
}

/**
 * What must be done to a request before a copy is picked.
 *
 * @internal
 */
export function keyLines(loadBalancer: LoadBalancerModel): string[] {
  if (!hashesCookie(loadBalancer.balancing)) return [];
  const cookie = tokenOf(loadBalancer, 'the name of a cookie', loadBalancer.balancing.keyName ?? '');
  return [`request_header ${KEY_HEADER} {http.request.cookie.${cookie}}`];
}

/**
 * How well Caddy keeps the algorithm.
 *
 * @internal
 */
export function balancingAnswer(loadBalancer: LoadBalancerModel): Answer {
  const { balancing } = loadBalancer;
  const policy = policyOf(loadBalancer);
  if (loadBalancer.routes.some(({ targets }) => targets.length > 1)) {
    return KEEPS_VISITORS.includes(balancing.algorithm)
      ? Answer.degraded(`Caddy: destinations with weights are drawn at random for each request, so that a visitor changes between them; '${policy}' then picks`
        + ' among the copies of one. Give the destinations routes of their own, for example by a header, to keep visitors together')
      : Answer.emulated(`Caddy: destinations with weights are drawn at random for each request, then '${policy}' picks among the copies of one`);
  }
  return hashesCookie(balancing)
    ? Answer.emulated(`Caddy: the cookie's value is put into the header ${KEY_HEADER}, then 'lb_policy ${policy}'`)
    : Answer.native(`Caddy: 'lb_policy ${policy}'`);
}

const KEEPS_VISITORS = [LoadBalancingAlgorithm.STICKY, LoadBalancingAlgorithm.CONSISTENT_HASH];

const hashesCookie = ({ algorithm, hashKey }: LoadBalancing): boolean =>
  algorithm === LoadBalancingAlgorithm.CONSISTENT_HASH && hashKey === HashKey.COOKIE;
