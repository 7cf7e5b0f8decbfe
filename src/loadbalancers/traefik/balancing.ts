import { Answer } from '../../model/answer';
import { Level } from '../../model/guarantee';
import { destinationsOf, type LoadBalancerModel } from '../../model/load-balancer';
import { HashKey, LoadBalancingAlgorithm } from '../../model/load-balancing';
import type { ITargetTraits } from '../../model/traits';
import { isSecureThroughout } from '../hosts';
import { tokenOf } from '../http';
import { namesOf } from '../routes';

/**
 * How Traefik picks a copy.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/service/
 */
interface Choice {
  /** Traefik's own word. */
  readonly strategy: 'wrr' | 'p2c' | 'hrw';
  /** How well it does what was declared. */
  readonly answer: Answer;
}

/**
 * The fields of a service that say how a copy is picked.
 *
 * @internal
 */
export function balancingFields(loadBalancer: LoadBalancerModel): object {
  const { algorithm, keyName = '' } = loadBalancer.balancing;
  const { strategy } = choiceOf(loadBalancer);
  if (algorithm !== LoadBalancingAlgorithm.STICKY) return { strategy };
  const name = tokenOf(loadBalancer, 'the name of a cookie', keyName);
  return { strategy, sticky: { cookie: { name, httpOnly: true, sameSite: 'lax', secure: isSecureThroughout(loadBalancer) ? true : undefined } } };
}

/**
 * How well Traefik keeps the algorithm.
 *
 * @internal
 */
export function balancingAnswer(loadBalancer: LoadBalancerModel, traits: ITargetTraits): Answer {
  const nameless = destinationsOf(loadBalancer)
    .filter(({ peer, stateful }) => traits.copyNames(peer.chart, peer.name, 1, stateful).length === 0);
  if (nameless.length > 0) {
    return Answer.dropped(`Traefik: on ${traits.targetName} the copies of ${namesOf(nameless).join(', ')} have one name, which is resolved for each`
      + ' request, so that any copy is picked; caddy can do better');
  }
  const { answer } = choiceOf(loadBalancer);
  const { routes, streams, balancing: { algorithm } } = loadBalancer;
  if (streams.length > 0 && algorithm !== LoadBalancingAlgorithm.ROUND_ROBIN) {
    const how = 'for connections that are passed on Traefik has one way, by turns; haproxy can do better';
    return answer.level === Level.DROPPED ? answer._with(`; ${how}`) : Answer.degraded(routes.length === 0 ? how : `${answer.reason}; ${how}`);
  }
  if (answer.kept && KEEPS_VISITORS.includes(algorithm) && routes.some(({ targets }) => targets.length > 1)) {
    return Answer.degraded('Traefik: destinations with weights take turns, so that a visitor changes between them; among the copies of one a visitor stays.'
      + ' Give the destinations routes of their own, for example by a header, to keep visitors together; caddy cannot do it either');
  }
  return answer;
}

const KEEPS_VISITORS = [LoadBalancingAlgorithm.STICKY, LoadBalancingAlgorithm.CONSISTENT_HASH];

function choiceOf(loadBalancer: LoadBalancerModel): Choice {
  const { algorithm, hashKey } = loadBalancer.balancing;
  switch (algorithm) {
    case LoadBalancingAlgorithm.ROUND_ROBIN: return native('wrr');
    case LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES: return native('p2c');
    case LoadBalancingAlgorithm.STICKY: return { strategy: 'p2c', answer: Answer.native("Traefik: 'sticky.cookie'") };
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS: return { strategy: 'p2c', answer: lessBusy('no least connections') };
    case LoadBalancingAlgorithm.RANDOM: return { strategy: 'p2c', answer: lessBusy('no choice by chance alone') };
    case LoadBalancingAlgorithm.CONSISTENT_HASH: return hashKey === HashKey.CLIENT_ADDRESS
      ? hashOfAddress(loadBalancer)
      : { strategy: 'p2c', answer: Answer.dropped(`Traefik has no hash of a ${hashKey}: the less busy of two copies is picked ('p2c'); caddy can`) };
  }
}

const native = (strategy: Choice['strategy']): Choice => ({ strategy, answer: Answer.native(`Traefik: 'strategy: ${strategy}'`) });

const lessBusy = (lack: string): Answer =>
  Answer.degraded(`Traefik has ${lack}: the less busy of two copies picked at random is taken ('p2c'); caddy can`);

/** Traefik hashes the address of who connects to it: behind a proxy that would be one copy for everybody. */
function hashOfAddress({ trustedProxies }: LoadBalancerModel): Choice {
  if (trustedProxies.length === 0) return native('hrw');
  return {
    strategy: 'p2c',
    answer: Answer.dropped("Traefik hashes the proxy's address, not the visitor's behind it: the less busy of two copies is picked ('p2c'); caddy can"),
  };
}
