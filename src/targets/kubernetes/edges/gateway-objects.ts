import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { hostCertificate, isIssued } from '../certificates';
import { gatewayPolicy } from '../cilium-policy';
import type { EdgeObjects } from './edge-objects';
import {
  accessPolicy, authorityConfigMap, authorityName, backendTrafficPolicy, clientTrafficPolicy, envoyProxy, listenerTrafficPolicy, policyLabels,
  requestBodyPolicy,
} from './envoy-gateway';
import { backendTlsPolicy, gateway, httpRoute, isRedirected, redirectRoute, referenceGrant } from './gateway';
import { proxyPolicy } from './gateway-proxies';
import { grpcRoute, isGrpcHost } from './grpc-route';
import { destinationRule, istioOptions } from './istio';
import type { KubernetesEdge } from './kubernetes-edge';
import { listenerSet } from './listener-set';
import { nginxDisruptionBudget, nginxProxy, proxySettingsPolicy, upstreamSettingsPolicy } from './nginx-gateway-fabric';
import { keepsHttp2 } from './shared-certificates';
import { streamApiVersion, streamKind, streamKinds, streamRoute } from './streams';
import { authorityOfHost } from '../../../loadbalancers/authorities';
import { AccessKind } from '../../../model/access-rule';
import type { LoadBalancerModel, RouteModel, RouteTargetModel } from '../../../model/load-balancer';
import type { StreamRouteModel } from '../../../model/stream-route';
import { PeerKind } from '../../../model/workload';
import type { LinkSlot, LoadBalancerSlot } from '../../slots';
import { shortName } from '../names';
import { ObjectHanger } from '../object-hanger';
import type { KubernetesOptions } from '../options';

/**
 * A Gateway, of our own or one that exists already, and what its implementation has beside it.
 *
 * @internal
 */
export function gatewayObjects(options: KubernetesOptions): EdgeObjects {
  const { edge } = options;
  const callers: Callers = new Map();
  return {
    bindLoadBalancer: (slot) => {
      const { name, scope } = slot;
      const hanger = ObjectHanger.of(slot, options);
      if (edge.isOwn) scope.node.defaultChild = hanger.add('Gateway', name, gateway);
      if (edge.isEnvoyGateway) hanger.add('BackendTrafficPolicy', name, backendTrafficPolicy);
      if (edge.isOwn) bindProxies(hanger, name, options);
    },
    bindHost: (slot) => {
      const { name, host } = slot;
      const hanger = ObjectHanger.of(slot, options, slot.scope.node.id);
      if (slot.secure && edge._listenerSet) hanger.addOnce('ListenerSet', slot.scope.node.id, listenerSet);
      if (slot.secure && edge._hasCertificates) {
        hanger.add('Certificate', name, (model) => hostCertificate(host, model, options), { id: `certificate-${name}` });
      }
      if (slot.secure || slot.redirectTo !== undefined) {
        hanger.add('HTTPRoute', `${name}-redirect`, (model) => redirectRoute(host, model, edge), { id: `redirect-${name}` });
      }
      return () => settleHost(hanger, name, host, options);
    },
    bindRoute: (slot) => {
      const name = shortName(slot.name, 253);
      const hanger = ObjectHanger.of(slot, options, slot.scope.node.id);
      hanger.add('HTTPRoute', name, ([route, model]) => marked(route, httpRoute(route, model, options), edge), { id: `route-${name}` });
      return () => settleRoute(hanger, name, options);
    },
    bindStreamRoute: (slot) => {
      const { name, host } = slot;
      const hanger = ObjectHanger.of(slot, options, slot.scope.node.id);
      const id = `${host === undefined ? 'tcp' : 'tls'}-route-${name}`;
      if (edge._listenerSet) hanger.addOnce('ListenerSet', slot.scope.node.id, ([, model]) => listenerSet(model, options));
      const apiVersion = streamApiVersion({ host }, options);
      hanger.add(streamKind({ host }), name, ([stream, model]) => streamRoute(stream, model, options), { id, apiVersion });
      return () => settleStreamRoute(hanger, id);
    },
    bindLink: (slot, loadBalancer) => bindLink(slot, loadBalancer, callers, options),
  };
}

/** How the proxies run: one copy is every implementation's default. */
function bindProxies(hanger: ObjectHanger, name: string, options: KubernetesOptions): void {
  const { edge } = options;
  if (edge.isEnvoyGateway) {
    hanger.add('EnvoyProxy', name, envoyProxy);
    hanger.add('ClientTrafficPolicy', name, clientTrafficPolicy);
  }
  if (edge._is('istio')) {
    hanger.add('ConfigMap', `${name}-options`, istioOptions);
    hanger.add('NetworkPolicy', name, proxyPolicy);
  }
  if (edge._is('nginx')) {
    hanger.add('NginxProxy', name, nginxProxy);
    if (edge.proxies > 1) hanger.add('PodDisruptionBudget', name, nginxDisruptionBudget);
    hanger.add('NetworkPolicy', name, proxyPolicy);
  }
}

/** Who leads to a workload, by the caller's namespace and the workload's path. */
type Callers = Map<string, LoadBalancerSlot[]>;

/** A route to another namespace needs leave there; some implementations say for each destination how copies are picked. */
function bindLink(slot: LinkSlot, loadBalancer: LoadBalancerSlot, callers: Callers, options: KubernetesOptions): void {
  const { edge, clusterDomain } = options;
  const { chart, callee, name } = slot;
  const { id } = callee.node;
  const calleeChart = Chart.of(callee);
  const hanger = new ObjectHanger(callee as Construct, calleeChart, id, slot.lazy({ render: (link) => link }), options);
  const { namespace } = chart;
  if (namespace !== undefined && calleeChart.namespace !== namespace) {
    const key = `${namespace} ${callee.node.path}`;
    const slots = [...callers.get(key) ?? [], loadBalancer];
    callers.set(key, slots);
    const isCallee = ({ target: { peer } }: StreamRouteModel) => peer.name === id && peer.namespace === calleeChart.namespace;
    const kinds = () => streamKinds(callers.get(key)!.flatMap((caller) => modelOf(caller).streams.filter(isCallee)));
    hanger.addOnce('ReferenceGrant', `${id}-from-${namespace}`, () => referenceGrant(namespace, id, edge, kinds()), { id: `reference-grant-${namespace}` });
  }
  if (edge._isCilium) hanger.add('CiliumNetworkPolicy', name, gatewayPolicy, { id: `link-${name}` });
  const model = loadBalancer.lazy(WHOLE);
  if (edge._is('istio')) {
    const host = calleeChart.namespace === undefined ? id : `${id}.${calleeChart.namespace}.svc.${clusterDomain}`;
    const elsewhere = edge.existingNamespace === namespace ? undefined : edge.existingNamespace;
    // Proxies look for it beside themselves, and then beside who is asked.
    const [scope, home] = elsewhere === undefined ? [slot.scope, chart] : [callee, calleeChart];
    new ObjectHanger(scope as Construct, home, loadBalancer.name, model, options)
      .addOnce('DestinationRule', `${loadBalancer.name}-${id}`, (one) => destinationRule(host, one, elsewhere), { id: `balancing-${name}` });
  }
  if (edge._is('nginx')) {
    new ObjectHanger(callee as Construct, calleeChart, id, model, options)
      .addOnce('UpstreamSettingsPolicy', id, (one) => upstreamSettingsPolicy(id, one));
  }
}

const WHOLE = { render: (one: LoadBalancerModel) => one };

const modelOf = (slot: LoadBalancerSlot): LoadBalancerModel => slot.lazy(WHOLE).produce();

function settleHost(hanger: ObjectHanger, name: string, hostName: string, { edge }: KubernetesOptions): void {
  const balancer: LoadBalancerModel = hanger.produce();
  const host = balancer.hosts.find((candidate) => candidate.name === hostName);
  if (host?.issuer === undefined || !isIssued(host.issuer)) hanger.remove(`certificate-${name}`);
  const authority = authorityOfHost(balancer, { name: hostName });
  if (authority !== undefined && edge.isEnvoyGateway && edge.isOwn) {
    hanger.addOnce('ConfigMap', `${name}-authority`, () => authorityConfigMap(authorityName(hostName, authority), authority), { id: `authority-${name}` });
  }
  if (edge.isEnvoyGateway && edge.isOwn && (authority !== undefined || keepsHttp2(hostName, balancer, edge))) {
    hanger.addOnce('ClientTrafficPolicy', `${name}-visitors`, (model, options) => listenerTrafficPolicy(hostName, model, options), { id: `visitors-${name}` });
  }
  if (host === undefined || !isRedirected(hostName, balancer)) hanger.remove(`redirect-${name}`);
}

function marked(route: RouteModel, body: any, edge: KubernetesEdge): any {
  const labels = policyLabels(route, edge);
  return labels === undefined ? body : { ...body, metadata: { labels } };
}

function settleRoute(hanger: ObjectHanger, name: string, options: KubernetesOptions): void {
  const { edge } = options;
  const [route, balancer]: [RouteModel, LoadBalancerModel] = hanger.produce();
  // What leads nowhere on this target would answer 500.
  if (route.targets.length === 0) return hanger.remove(`route-${name}`);
  const overGrpc = isGrpcHost(route.host, balancer, edge) && !hanger.isPatched(`route-${name}`);
  if (overGrpc) {
    hanger.remove(`route-${name}`);
    hanger.addOnce('GRPCRoute', name, ([one, model]) => marked(one, grpcRoute(one, model, edge), edge), { id: `grpc-route-${name}` });
  }
  route.targets.forEach((target) => {
    settleCopyTls(hanger, target, balancer);
    settleLeave(hanger, target, balancer, edge);
  });
  if (edge._is('nginx') && route.requestTimeoutSeconds !== undefined) {
    hanger.addOnce('ProxySettingsPolicy', name, ([one]) => proxySettingsPolicy(name, one), { id: `limits-${name}` });
  }
  if (!edge.isEnvoyGateway) return;
  const target = { kind: overGrpc ? 'GRPCRoute' : 'HTTPRoute', name };
  // Certificates of visitors are the listener's to ask for.
  if (route.access.some(({ kind }) => kind !== AccessKind.CLIENT_CERTIFICATES)) {
    hanger.addOnce('SecurityPolicy', name, ([one, model]) => accessPolicy(target, one, model), { id: `access-${name}` });
  }
  if (route.maxRequestBodyBytes !== undefined) {
    hanger.addOnce('BackendTrafficPolicy', name, ([one, model]) => requestBodyPolicy(target, one, model, options), { id: `limits-${name}` });
  }
}

/** What leads nowhere on this target has no listener either. */
function settleStreamRoute(hanger: ObjectHanger, id: string): void {
  const [stream, { streams }]: [StreamRouteModel, LoadBalancerModel] = hanger.produce();
  if (!streams.includes(stream)) hanger.remove(id);
}

/** A workload gives leave by its link. A Service of another library has none, and what its pods are is not ours to know. */
function settleLeave(hanger: ObjectHanger, { peer }: RouteTargetModel, balancer: LoadBalancerModel, edge: KubernetesEdge): void {
  const { kind, name, namespace } = peer;
  const from = balancer.namespace;
  if (kind !== PeerKind.PODS || from === undefined || namespace === undefined || namespace === from) return;
  const id = `leave-${namespace}-${name}`;
  hanger.addOnce('ReferenceGrant', `${name}-from-${from}-${balancer.name}`, () => referenceGrant(from, name, edge), { id, namespace });
}

/** A policy holds for its own namespace; routes to one port share it. */
function settleCopyTls(hanger: ObjectHanger, target: RouteTargetModel, { name }: LoadBalancerModel): void {
  const { tls, peer, port } = target;
  if (tls === undefined) return;
  const { namespace } = peer;
  const of = `${name}-to-${peer.name}-${port.number}`;
  const id = `${peer.chart}-${peer.name}-${port.number}`;
  const authority = `${of}-authority-${tls.authority.hash}`;
  const body = authorityConfigMap(authority, tls.authority);
  hanger.addOnce('ConfigMap', `${of}-authority`, () => body, { id: `copy-authority-${id}`, namespace });
  hanger.addOnce('BackendTLSPolicy', of, () => backendTlsPolicy(target, authority), { id: `copy-tls-${id}`, namespace });
}
