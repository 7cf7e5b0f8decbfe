import { wordOf } from './words';
import { Answer } from '../../model/answer';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm } from '../../model/load-balancing';
import { sample } from '../../util/haproxy-cfg';
import { isSecureThroughout } from '../hosts';
import { tokenOf } from '../http';
import { streamsBalanced } from '../streams';

/** Shares of destinations are drawn in ten-thousandths. */
export const ALL_SHARES = 10_000;

/**
 * How a copy is picked, as lines of a back end.
 *
 * @internal
 * @see https://docs.haproxy.org/3.2/configuration.html#4.2-balance
 */
export function balanceLines(loadBalancer: LoadBalancerModel): string[] {
  const { algorithm, keyName = '' } = loadBalancer.balancing;
  const balance = `balance ${policyOf(loadBalancer)}`;
  switch (algorithm) {
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return [balance, 'hash-type consistent crc32 avalanche'];
    case LoadBalancingAlgorithm.STICKY: return [
      balance,
      `cookie ${wordOf(loadBalancer, COOKIE, tokenOf(loadBalancer, COOKIE, keyName))} insert indirect nocache httponly${isSecureThroughout(loadBalancer) ? ' secure' : ''} dynamic attr SameSite=Lax`,
      // No secret: it only keeps addresses of copies out of the cookie's plain sight.
      'dynamic-cookie-key copies',
    ];
    default: return [balance];
  }
}

/**
 * The draw among destinations with weights. What keeps a visitor at a copy must keep him at a destination first: his share
 * then follows from the same key.
 *
 * @internal
 */
export function drawLines(loadBalancer: LoadBalancerModel): string[] {
  const key = keyOf(loadBalancer);
  return [
    `http-request set-var(txn.draw) rand(${ALL_SHARES})`,
    ...key === undefined ? [] : [`http-request set-var(txn.draw) ${wordOf(loadBalancer, 'the key', `${key},xxh32,mod(${ALL_SHARES})`)}`],
  ];
}

/**
 * How well HAProxy keeps the algorithm.
 *
 * @internal
 */
export const balancingAnswer = (loadBalancer: LoadBalancerModel): Answer => answerOf(loadBalancer)._with(streamsBalanced(loadBalancer));

function answerOf(loadBalancer: LoadBalancerModel): Answer {
  const { algorithm } = loadBalancer.balancing;
  const how = `HAProxy: ${balanceLines(loadBalancer).slice(0, algorithm === LoadBalancingAlgorithm.STICKY ? 2 : 1).map((line) => `'${line}'`).join(', ')}`;
  if (loadBalancer.routes.every(({ targets }) => targets.length < 2)) return Answer.native(how);
  switch (algorithm) {
    case LoadBalancingAlgorithm.CONSISTENT_HASH:
      return Answer.emulated(`${how} among the copies of a destination; which of those with weights it is follows from the same key`);
    case LoadBalancingAlgorithm.STICKY:
      return Answer.degraded(`${how} among the copies of a destination; which of those with weights it is follows from the visitor's address, so that one`
        + ' whose address changes may change. Give the destinations routes of their own, for example by a header, to keep visitors together');
    default:
      return Answer.emulated(`${how} among the copies of a destination; destinations with weights are drawn at random for each request`);
  }
}

const COOKIE = 'the name of a cookie';

function policyOf(loadBalancer: LoadBalancerModel): string {
  switch (loadBalancer.balancing.algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return 'roundrobin';
    case LoadBalancingAlgorithm.RANDOM: return 'random(1)';
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES: return 'random(2)';
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS:
    case LoadBalancingAlgorithm.STICKY: return 'leastconn';
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return `hash ${wordOf(loadBalancer, 'the key', keyOf(loadBalancer)!)}`;
  }
}

/** What keeps a visitor together, as a sample; undefined: nothing does. */
function keyOf(loadBalancer: LoadBalancerModel): string | undefined {
  const { algorithm, hashKey, keyName = '' } = loadBalancer.balancing;
  if (algorithm === LoadBalancingAlgorithm.STICKY) return 'src';
  switch (hashKey) {
    case undefined: return undefined;
    case HashKey.CLIENT_ADDRESS: return 'src';
    case HashKey.URI: return 'pathq';
    case HashKey.HEADER: return sample('req.fhdr', tokenOf(loadBalancer, 'the name of a header', keyName));
    case HashKey.COOKIE: return sample('req.cook', tokenOf(loadBalancer, COOKIE, keyName));
  }
}
