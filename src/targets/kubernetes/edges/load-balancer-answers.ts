import { isProvedOverHttp, ownCertificates, plainHosts, redirectAndHsts, uncheckedCopies } from './edge-answers';
import { unreachableCopies } from './failed-copies';
import { gatewayAvailability, gatewayBalancing, installed } from './gateway-answers';
import { ingressAnswers } from './ingress-answers';
import type { KubernetesEdge } from './kubernetes-edge';
import type { KubernetesOptions } from '../options';
import { ownProxiesAnswers } from './own-proxies-answers';
import { visitorsShow } from '../../../loadbalancers/authorities';
import { streamsEncrypted } from '../../../loadbalancers/streams';
import { Answer, type LoadBalancerAnswers } from '../../../model/answer';
import type { LoadBalancerModel } from '../../../model/load-balancer';

/** @internal */
export const loadBalancerAnswers = (model: LoadBalancerModel, options: KubernetesOptions): LoadBalancerAnswers =>
  withStreams(edgeAnswers(model, options), model);

function edgeAnswers(model: LoadBalancerModel, options: KubernetesOptions): LoadBalancerAnswers {
  switch (options.edge._kind) {
    case 'own-proxies': return ownProxiesAnswers(model, options);
    case 'ingress': return ingressAnswers(model, options);
    default: return gatewayAnswers(model, options);
  }
}

/** What every edge says of connections that are passed on. */
const withStreams = (answers: LoadBalancerAnswers, model: LoadBalancerModel): LoadBalancerAnswers =>
  ({ ...answers, encryptionAtEdge: answers.encryptionAtEdge._with(streamsEncrypted(model)) });

function gatewayAnswers(model: LoadBalancerModel, { edge }: KubernetesOptions): LoadBalancerAnswers {
  return {
    ...gatewayAvailability(model, edge),
    healthGatedIngress: healthGatedIngress(model, edge),
    balancingAlgorithm: gatewayBalancing(model, edge),
    encryptionAtEdge: encryptionAtEdge(model, edge),
    certificateRenewal: certificateRenewal(model, edge),
    redirectAndHsts: redirectAndHsts(model, 'HTTPRoute', 'HTTPRoute: RequestRedirect from HTTP, Strict-Transport-Security on HTTPS'),
  };
}

function healthGatedIngress(model: LoadBalancerModel, edge: KubernetesEdge): Answer {
  const retried = edge.isEnvoyGateway ? '; a request that did not reach a copy goes to another, one that did is not repeated' : '';
  return uncheckedCopies(model) ?? Answer.native(`the proxies send to ready copies only; ${unreachableCopies(edge)}${retried}`);
}

function encryptionAtEdge(model: LoadBalancerModel, edge: KubernetesEdge): Answer {
  const plain = plainHosts(model);
  if (plain !== undefined) return plain;
  const hosts = model.hosts.map(({ name }) => name).join(', ');
  if (edge._listenerSet) {
    return Answer.native('ListenerSet: an HTTPS listener for each host', `Gateway '${edge.existingName}' lets it attach (allowedListeners), and refuses TLS below 1.2`);
  }
  if (!edge.isOwn) return Answer.native(`Gateway '${edge.existingName}'`, `its listener '${edge.httpsListener}' has certificates for ${hosts}`);
  return edge.isEnvoyGateway ? Answer.native(`Gateway: an HTTPS listener for each host, TLS 1.2 at least${visitorsShow(model)}`, installed(edge))
    : Answer.native('Gateway: an HTTPS listener for each host', `${installed(edge)}, and refuses TLS below 1.2`);
}

function certificateRenewal(model: LoadBalancerModel, edge: KubernetesEdge): Answer {
  if (model.hosts.every(({ issuer }) => issuer === undefined)) return Answer.notNeeded('no certificates');
  if (!edge._hasCertificates) return Answer.degraded(`not by these manifests: certificates belong to the owner of Gateway '${edge.existingName}'`);
  return ownCertificates(model) ?? Answer.native('cert-manager: after two thirds of a certificate\'s life', isProvedOverHttp(model)
    ? 'cert-manager is installed with the Gateway API switched on, and port 80 can be reached by the authority' : 'cert-manager is installed');
}
