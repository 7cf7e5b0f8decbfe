import { headerVariable, wordOf } from './words';
import { Answer } from '../../model/answer';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm, type LoadBalancing } from '../../model/load-balancing';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { literal } from '../../util/re2';
import { isSecureThroughout } from '../hosts';
import { tokenOf } from '../http';
import { streamsBalanced } from '../streams';

/** The value of a header or cookie that is hashed. */
const KEY = '$balancing_key';

/**
 * How a group of copies picks one; round robin is nginx's own way and has no word.
 *
 * @internal
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html
 */
export function methodOf(loadBalancer: LoadBalancerModel): string[] {
  const { algorithm, keyName = '' } = loadBalancer.balancing;
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return [];
    case LoadBalancingAlgorithm.RANDOM: return ['random'];
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES: return ['random two least_conn'];
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS: return ['least_conn'];
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return [`hash ${hashed(loadBalancer.balancing)} consistent`];
    case LoadBalancingAlgorithm.STICKY: return ['least_conn', stickyCookie(loadBalancer, keyName)];
  }
}

/**
 * Whether a group may have servers that are asked when all others have failed.
 *
 * @internal
 * @see https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server
 */
export function takesBackup({ balancing: { algorithm } }: LoadBalancerModel): boolean {
  return ![LoadBalancingAlgorithm.RANDOM, LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES, LoadBalancingAlgorithm.CONSISTENT_HASH].includes(algorithm);
}

function stickyCookie(loadBalancer: LoadBalancerModel, name: string): string {
  const cookie = wordOf(loadBalancer, 'the name of a cookie', tokenOf(loadBalancer, 'the name of a cookie', name));
  return `sticky cookie ${cookie} path=/ httponly samesite=lax${isSecureThroughout(loadBalancer) ? ' secure' : ''}`;
}

/**
 * The map of the value that is hashed, where nginx has no variable for it. Requests without the value are spread: they
 * would all go to one copy.
 *
 * @internal
 */
export function keyMaps(loadBalancer: LoadBalancerModel): NginxBlock[] {
  const { hashKey, keyName = '', algorithm } = loadBalancer.balancing;
  if (algorithm !== LoadBalancingAlgorithm.CONSISTENT_HASH) return [];
  switch (hashKey!) {
    case HashKey.CLIENT_ADDRESS:
    case HashKey.URI: return [];
    case HashKey.HEADER: {
      const header = headerVariable(loadBalancer, keyName);
      return [block(`map ${header} ${KEY}`, '"" $request_id', `default ${header}`)];
    }
    case HashKey.COOKIE: return [block(`map $http_cookie ${KEY}`,
      // nginx's variables for cookies know neither dashes nor the case of letters.
      `"~(?:^|;\\x20*)${literal(tokenOf(loadBalancer, 'the name of a cookie', keyName))}=([^;]+)" $1`,
      'default $request_id',
    )];
  }
}

/**
 * What decides between destinations with weights: the hashed value where there is one, so that a visitor stays with one.
 *
 * @internal
 */
export function shareKey({ balancing }: LoadBalancerModel): string {
  return balancing.algorithm === LoadBalancingAlgorithm.CONSISTENT_HASH ? hashed(balancing) : '$request_id';
}

/**
 * How well nginx keeps the algorithm.
 *
 * @internal
 */
export const balancingAnswer = (loadBalancer: LoadBalancerModel): Answer => answerOf(loadBalancer)._with(streamsBalanced(loadBalancer));

function answerOf(loadBalancer: LoadBalancerModel): Answer {
  const method = methodOf(loadBalancer).join('; ') || 'round robin';
  if (loadBalancer.routes.every(({ targets }) => targets.length === 1)) return Answer.native(`nginx: '${method}'`);
  return loadBalancer.balancing.algorithm === LoadBalancingAlgorithm.STICKY
    ? Answer.degraded(`nginx: destinations with weights are drawn at random for each request, so that a visitor changes between them; '${method}' then picks`
      + ' among the copies of one. Give the destinations routes of their own, for example by a header, to keep visitors together')
    : Answer.emulated(`nginx: destinations with weights are drawn by 'split_clients ${shareKey(loadBalancer)}', then '${method}' picks among the copies of one`);
}

function hashed({ hashKey }: LoadBalancing): string {
  switch (hashKey!) {
    // Not `ip_hash`, which takes all visitors of a /24 for one.
    case HashKey.CLIENT_ADDRESS: return '$remote_addr';
    case HashKey.URI: return '$request_uri';
    case HashKey.HEADER:
    case HashKey.COOKIE: return KEY;
  }
}
