import { isKnownToEnvoy } from './envoy-gateway';
import type { KubernetesEdge } from './kubernetes-edge';
import type { KubernetesOptions } from './options';
import { visitorsShow } from '../../loadbalancers/authorities';
import { Answer, type LoadBalancerAnswers } from '../../model/answer';
import { IssuerKind } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { LoadBalancingAlgorithm } from '../../model/load-balancing';

/** @internal */
export function loadBalancerAnswers(model: LoadBalancerModel, { edge }: KubernetesOptions): LoadBalancerAnswers {
  return {
    copyCrash: availability(edge, 'EnvoyProxy: a proxy that ended is started again by the kubelet, and the others go on'),
    nodeLoss: availability(edge, `EnvoyProxy: ${edge.proxies} proxies on different nodes`, 'there are at least two nodes'),
    plannedDisruption: availability(edge, 'EnvoyProxy: a PodDisruptionBudget lets one proxy go at a time'),
    rollingUpdate: availability(edge, `EnvoyProxy: maxUnavailable 0, and a proxy drains for ${model.drainSeconds} s; a changed route is taken over without a restart`),
    healthGatedIngress: healthGatedIngress(model, edge),
    balancingAlgorithm: balancingAlgorithm(model, edge),
    encryptionAtEdge: encryptionAtEdge(model, edge),
    certificateRenewal: certificateRenewal(model, edge),
    redirectAndHsts: redirectAndHsts(model),
  };
}

function installed({ className, isEnvoyGateway }: KubernetesEdge): string {
  return isEnvoyGateway ? 'Envoy Gateway is installed, with GatewayClass eg' : `the implementation of GatewayClass ${className} is installed`;
}

function availability(edge: KubernetesEdge, reason: string, condition?: string): Answer {
  if (!edge.isOwn) return Answer.degraded(`not known: the proxies of Gateway '${edge.existingName}' are looked after by its owner`);
  if (!edge.isEnvoyGateway) {
    return Answer.degraded(`not known: how many proxies GatewayClass ${edge.className} runs, and where, is set in its implementation`);
  }
  if (edge.proxies < 2) return Answer.degraded('one proxy: nobody comes in while it is away; give the edge two proxies or more');
  return Answer.native(reason, condition === undefined ? installed(edge) : `${installed(edge)}; ${condition}`);
}

function healthGatedIngress({ routes }: LoadBalancerModel, edge: KubernetesEdge): Answer {
  if (routes.length === 0) return Answer.notNeeded('no routes');
  const unchecked = routes.flatMap(({ targets }) => targets).find(({ healthCheck }) => healthCheck === undefined);
  if (unchecked !== undefined) return Answer.degraded(`${unchecked.peer.name} has no health check: a copy counts as ready the moment it starts`);
  const retried = edge.isEnvoyGateway ? '; a request that did not reach a copy goes to another, one that did is not repeated' : '';
  return Answer.native(`the proxies send to ready copies only${retried}`);
}

function balancingAlgorithm({ balancing, routes }: LoadBalancerModel, edge: KubernetesEdge): Answer {
  if (routes.length === 0) return Answer.notNeeded('no routes');
  const { algorithm } = balancing;
  if (!edge.isEnvoyGateway) return Answer.dropped(`the Gateway API has no field for ${algorithm}: the implementation picks a copy as it likes; use Envoy Gateway`);
  if (!isKnownToEnvoy(balancing)) {
    return Answer.dropped('Envoy Gateway cannot hash path and query: LeastRequest is written instead; hash the address, a header or a cookie');
  }
  switch (algorithm) {
    case LoadBalancingAlgorithm.LEAST_CONNECTIONS:
      return Answer.emulated('BackendTrafficPolicy LeastRequest: the less busy of two copies picked at random, which comes near to the least busy', installed(edge));
    case LoadBalancingAlgorithm.STICKY:
      return Answer.native('BackendTrafficPolicy ConsistentHash by a cookie that the proxies set; some visitors move when copies come or go', installed(edge));
    default: return Answer.native(`BackendTrafficPolicy: ${algorithm}`, installed(edge));
  }
}

function encryptionAtEdge(model: LoadBalancerModel, edge: KubernetesEdge): Answer {
  const { hosts } = model;
  const plain = hosts.filter(({ issuer }) => issuer === undefined).map(({ name }) => name);
  if (hosts.length === 0) return Answer.notNeeded('no hosts');
  if (plain.length > 0) return Answer.dropped(`no certificates for ${plain.join(', ')}: give the load balancer certificates`);
  if (!edge.isOwn) return Answer.native(`Gateway '${edge.existingName}'`, `its listener '${edge.httpsListener}' has certificates for ${hosts.map(({ name }) => name).join(', ')}`);
  return edge.isEnvoyGateway ? Answer.native(`Gateway: an HTTPS listener for each host, TLS 1.2 at least${visitorsShow(model)}`, installed(edge))
    : Answer.native('Gateway: an HTTPS listener for each host', `${installed(edge)}, and refuses TLS below 1.2`);
}

function certificateRenewal({ hosts }: LoadBalancerModel, edge: KubernetesEdge): Answer {
  const issued = hosts.filter(({ issuer }) => issuer !== undefined);
  if (issued.length === 0) return Answer.notNeeded('no certificates');
  if (!edge.isOwn) return Answer.degraded(`not by these manifests: certificates belong to the owner of Gateway '${edge.existingName}'`);
  const own = issued.filter(({ issuer }) => issuer!.kind === IssuerKind.FILES).map(({ name }) => name);
  if (own.length > 0) return Answer.dropped(`the certificates of ${own.join(', ')} are your own: replace their Secret before they end`);
  const overHttp = issued.some(({ issuer }) => issuer!.kind === IssuerKind.ACME && issuer!.dns01 === undefined);
  return Answer.native('cert-manager: after two thirds of a certificate\'s life',
    overHttp ? 'cert-manager is installed with the Gateway API switched on, and port 80 can be reached by the authority' : 'cert-manager is installed');
}

function redirectAndHsts({ hosts, routes }: LoadBalancerModel): Answer {
  const secure = new Set(hosts.filter(({ issuer }) => issuer !== undefined).map(({ name }) => name));
  const secured = routes.filter(({ host }) => secure.has(host));
  if (secured.length === 0) return Answer.notNeeded('no routes with certificates');
  const open = secured.filter(({ redirectHttp }) => !redirectHttp).map(({ host, path }) => `${host}${path}`);
  if (open.length > 0) return Answer.degraded(`plain HTTP is answered on ${open.join(', ')}, as declared`);
  const forgetful = secured.filter(({ hstsSeconds }) => hstsSeconds === 0).map(({ host }) => host);
  if (forgetful.length > 0) {
    return Answer.degraded(`redirect by HTTPRoute, but no HSTS for ${[...new Set(forgetful)].join(', ')}: switched off, or certificates are of an authority that browsers do not trust`);
  }
  return Answer.native('HTTPRoute: RequestRedirect from HTTP, Strict-Transport-Security on HTTPS');
}
