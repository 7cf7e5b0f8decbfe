import { wordOf } from './words';
import type { IssuerModel } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { CHALLENGE_PATH, CHALLENGE_PORT, challengedOverHttp, clientName, hostsOf } from '../acme-client';

/** The number of what is no route of the user's. */
const CHALLENGE = 0;

/**
 * Finds requests of authorities that ask for proof: before any route or redirect, over plain HTTP alone.
 *
 * @internal
 */
export function challengeLines(loadBalancer: LoadBalancerModel): string[] {
  return challengedOverHttp(loadBalancer).map((issuer) =>
    `http-request set-var(txn.route) int(${CHALLENGE}) if !{ ssl_fc } { path_beg ${CHALLENGE_PATH} } ${ofHosts(loadBalancer, issuer)}`);
}

/**
 * Leads them to the clients of the issuers.
 *
 * @internal
 */
export function challengeDestinations(loadBalancer: LoadBalancerModel): string[] {
  return challengedOverHttp(loadBalancer).map((issuer) =>
    `use_backend ${clientName(issuer)} if { var(txn.route) -m int ${CHALLENGE} } ${ofHosts(loadBalancer, issuer)}`);
}

/**
 * The back ends of these clients, which listen only while they wait for the question.
 *
 * @internal
 */
export function challengeSections(loadBalancer: LoadBalancerModel, traits: ITargetTraits): HaproxySection[] {
  return challengedOverHttp(loadBalancer).map((issuer) => {
    const name = clientName(issuer);
    const host = wordOf(loadBalancer, 'the name of a container', traits.allCopiesName(loadBalancer.chart, `${loadBalancer.name}-${name}`));
    return section(`backend ${name} from own`,
      'timeout connect 2s',
      'timeout server 10s',
      `server ${name} ${host}:${CHALLENGE_PORT} init-addr none resolvers names resolve-prefer ipv4`,
    );
  });
}

const ofHosts = (loadBalancer: LoadBalancerModel, issuer: IssuerModel): string =>
  `{ var(txn.site) -m str -- ${hostsOf(loadBalancer, issuer).map((host) => wordOf(loadBalancer, 'the host', host)).join(' ')} }`;
