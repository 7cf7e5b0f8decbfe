import { visitorsShow } from '../../loadbalancers/authorities';
import { streamsEncrypted } from '../../loadbalancers/streams';
import { Answer } from '../../model/answer';
import { IssuerKind } from '../../model/certificate';
import { destinationsOf, type LoadBalancerModel } from '../../model/load-balancer';

/*
 * What a load balancer of ours keeps, wherever it runs on Docker.
 */

/**
 * @param notAsked destinations whose copies the back end does not ask for their health
 * @internal
 */
export function healthGatedIngress(loadBalancer: LoadBalancerModel, notAsked: string[] = []): Answer {
  const targets = destinationsOf(loadBalancer);
  const unchecked = targets.filter(({ healthCheck }) => healthCheck === undefined).map(({ peer }) => peer.name);
  if (unchecked.length > 0) return Answer.degraded(`no health check: ${[...new Set(unchecked)].sort().join(', ')}; only a refused connection is noticed`);
  if (notAsked.length > 0) {
    return Answer.degraded(`${loadBalancer.backend.name} does not ask the copies of ${[...notAsked].sort().join(', ')}: it only sees refused connections and lost answers`);
  }
  return targets.length === 0 ? Answer.notNeeded('it has no routes') : Answer.emulated(`${loadBalancer.backend.name} checks every copy by itself`);
}

/** @internal */
export const encryptionAtEdge = (loadBalancer: LoadBalancerModel): Answer => encryptionOfHosts(loadBalancer)._with(streamsEncrypted(loadBalancer));

function encryptionOfHosts(loadBalancer: LoadBalancerModel): Answer {
  const { hosts, backend } = loadBalancer;
  if (hosts.length === 0) return Answer.notNeeded('it has no hosts');
  const plain = hosts.filter(({ issuer }) => issuer === undefined).map(({ name }) => name);
  if (plain.length > 0) return Answer.dropped(`${plain.join(', ')}: no certificates were declared`);
  return Answer.emulated(`TLS 1.2 and later by ${backend.name}${visitorsShow(loadBalancer)}`);
}

/** @internal */
export function certificateRenewal({ hosts, backend }: LoadBalancerModel): Answer {
  const issuers = hosts.flatMap(({ issuer }) => issuer ?? []);
  if (issuers.length === 0) return Answer.notNeeded('no certificates were declared');
  const own = issuers.filter(({ kind }) => kind === IssuerKind.FILES).map(({ name }) => name);
  if (own.length > 0) return Answer.degraded(`${[...new Set(own)].sort().join(', ')}: certificates of your own, renewed by you`);
  const byHttp = issuers.some(({ kind, dns01 }) => kind === IssuerKind.ACME && dns01 === undefined);
  return Answer.emulated(`${backend.name} renews them`, byHttp ? 'the authority reaches the host on port 80 or 443' : undefined);
}

/** @internal */
export function redirectAndHsts({ hosts, routes, backend }: LoadBalancerModel): Answer {
  const secure = new Set(hosts.filter(({ issuer }) => issuer !== undefined).map(({ name }) => name));
  const served = routes.filter(({ host }) => secure.has(host));
  if (served.length === 0) return Answer.notNeeded('no certificates were declared');
  const open = served.filter(({ redirectHttp }) => !redirectHttp).map(({ host }) => host);
  if (open.length > 0) return Answer.degraded(`${[...new Set(open)].join(', ')}: redirectHttp is off`);
  const forgetful = served.filter(({ hstsSeconds }) => hstsSeconds === 0).map(({ host }) => host);
  if (forgetful.length > 0) {
    return Answer.degraded(`${[...new Set(forgetful)].join(', ')}: redirected, without HSTS, which is off or not for certificates that browsers do not trust`);
  }
  return Answer.emulated(`${backend.name} redirects and sends Strict-Transport-Security`);
}
