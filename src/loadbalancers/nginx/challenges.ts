import { copiesOfLocation } from './stand-ins';
import { wordOf } from './words';
import type { HostModel, LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { literal } from '../../util/re2';
import { CHALLENGE_PATH, CHALLENGE_PORT, challengedOverHttp, clientName } from '../acme-client';

/**
 * The groups of ACME clients that are asked for proof over HTTP. They listen only while they wait for the question.
 *
 * @internal
 */
export function challengeUpstreams(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  return challengedOverHttp(loadBalancer).map((issuer) => {
    const name = wordOf(loadBalancer, 'the name', clientName(issuer));
    const host = wordOf(loadBalancer, 'the name of a container', traits.allCopiesName(loadBalancer.chart, `${loadBalancer.name}-${clientName(issuer)}`));
    return block(`upstream ${name}`, `zone ${name} 64k`, `server ${host}:${CHALLENGE_PORT}${traits.dnsServer === undefined ? '' : ' resolve'} max_fails=0`);
  });
}

/**
 * Leads an authority's questions about a host to the client that answers them, over plain HTTP alone; none where no authority asks.
 *
 * @internal
 */
export function challengeLocations(loadBalancer: LoadBalancerModel, { issuer }: HostModel, traits: ITargetTraits): NginxBlock[] {
  return challengedOverHttp(loadBalancer).filter(({ name }) => name === issuer?.name).map((one) => block(`location ^~ ${CHALLENGE_PATH}`,
    'proxy_read_timeout 10s',
    ...copiesOfLocation(loadBalancer, wordOf(loadBalancer, 'the name', clientName(one)), traits),
    'proxy_pass http://$way$request_uri',
  ));
}

/** All paths of visitors, but those by which an authority asks. */
export const NO_CHALLENGE = `^/(?!${literal(CHALLENGE_PATH.slice(1))})`;
