import type { KubernetesEdge } from './edges/kubernetes-edge';
import { instanceLabel } from './labels';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { PeerKind, type PeerModel } from '../../model/workload';

/*
 * The `from` and `to` of network policies. In one list element a namespace and pods mean both; in two they would mean
 * either, and open the whole namespace.
 */

/** @internal Who stands at the other end of a connection, seen from a namespace. */
export function podPeers(peer: PeerModel, ownNamespace: string | undefined, options: KubernetesOptions): any[] {
  switch (peer.kind) {
    case PeerKind.LOAD_BALANCER: return proxyPeers(peer, ownNamespace, options);
    case PeerKind.PODS: return [podsPeer(peer.labels ?? {}, peer.namespace, ownNamespace)];
    default: return [podsPeer(instanceLabel(peer.name), peer.namespace, ownNamespace)];
  }
}

/**
 * The proxies of a load balancer. Where they run is the choice of the edge's software, unless they are our own.
 *
 * @internal
 */
export function proxyPeers(loadBalancer: Pick<PeerModel, 'name' | 'namespace'>, ownNamespace: string | undefined, { edge }: KubernetesOptions): any[] {
  if (edge._kind === 'own-proxies') return [podsPeer(instanceLabel(loadBalancer.name), loadBalancer.namespace, ownNamespace)];
  const home = edge._kind === 'ingress' ? controllerHome(edge.className) : gatewayHome(loadBalancer, edge);
  const ranges = (edge.proxyRanges ?? []).map((cidr) => ({ ipBlock: { cidr } }));
  const isSaid = edge.proxyNamespace !== undefined || edge.proxyLabels !== undefined;
  if (ranges.length > 0 && !isSaid) return ranges;
  return [podsPeer(edge.proxyLabels ?? home.labels, edge.proxyNamespace ?? home.namespace, ownNamespace), ...ranges];
}

/**
 * Whether the proxies of a Gateway of the same name in another namespace are let in as well: Envoy Gateway runs those of all Gateways in
 * one, and marks them by the Gateway's namespace, which a chart without one does not know.
 *
 * @internal
 */
export function letsNamesakesIn(loadBalancer: PeerModel, { edge }: KubernetesOptions): boolean {
  if (loadBalancer.kind !== PeerKind.LOAD_BALANCER || !edge.isEnvoyGateway) return false;
  const isSaid = edge.proxyNamespace !== undefined || edge.proxyLabels !== undefined || edge.proxyRanges !== undefined;
  return !isSaid && gatewayHome(loadBalancer, edge).labels[OWNING_NAMESPACE] === undefined;
}

/** Where pods are. */
interface Home {
  readonly namespace: string | undefined;
  readonly labels: { [key: string]: string | undefined };
}

/** Most implementations run the proxies beside the Gateway. */
function gatewayHome(loadBalancer: Pick<PeerModel, 'name' | 'namespace'>, edge: KubernetesEdge): Home {
  const gateway = edge.existingName ?? loadBalancer.name;
  const namespace = edge.isOwn ? loadBalancer.namespace : edge.existingNamespace ?? loadBalancer.namespace;
  // https://gateway.envoyproxy.io/docs/tasks/operations/gateway-namespace-mode/
  if (edge.isEnvoyGateway) return { namespace: 'envoy-gateway-system', labels: envoyProxyLabels(gateway, namespace) };
  if (edge._is('traefik')) return CONTROLLERS.traefik;
  return { namespace, labels: { 'gateway.networking.k8s.io/gateway-name': gateway } };
}

/** Where the charts and manifests of the usual controllers put them. */
const CONTROLLERS: { [className: string]: Home } = {
  cilium: { namespace: 'kube-system', labels: { 'k8s-app': 'cilium-envoy' } },
  contour: { namespace: 'projectcontour', labels: { app: 'envoy' } },
  haproxy: { namespace: 'haproxy-controller', labels: { 'app.kubernetes.io/name': 'kubernetes-ingress' } },
  nginx: { namespace: 'ingress-nginx', labels: { 'app.kubernetes.io/name': 'ingress-nginx' } },
  traefik: { namespace: 'traefik', labels: { 'app.kubernetes.io/name': 'traefik' } },
};

/** @internal Ingress classes whose controllers are found by themselves. */
export const KNOWN_CONTROLLERS: string[] = Object.keys(CONTROLLERS);

/** A class that is not known is an error, unless it is said where its controller runs; all pods there are let in then. */
function controllerHome(className: string): Home {
  return CONTROLLERS[className] ?? { namespace: undefined, labels: {} };
}

const OWNING = 'gateway.envoyproxy.io/owning-gateway';

/** @internal */
export const OWNING_NAMESPACE = `${OWNING}-namespace`;

/** @internal Labels by which Envoy Gateway marks the proxies of a Gateway. */
export function envoyProxyLabels(gateway: string, namespace: string | undefined): any {
  return { [`${OWNING}-name`]: gateway, [OWNING_NAMESPACE]: namespace };
}

/** @internal A whole namespace. */
export function namespacePeer(namespace: string): any {
  return { namespaceSelector: inNamespace(namespace) };
}

/** @internal Pods of a namespace, seen from another. */
export function podsPeer(labels: { [key: string]: string | undefined }, namespace: string | undefined, ownNamespace: string | undefined): any {
  return {
    namespaceSelector: namespace === undefined || namespace === ownNamespace ? undefined : inNamespace(namespace),
    podSelector: { matchLabels: labels },
  };
}

/** @internal The server sets this label on every namespace, so nobody can take a name that is not theirs. */
export function inNamespace(namespace: string): any {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

/**
 * Public addresses: no private ones (RFC 1918), none between carrier and customer (RFC 6598), no link-local ones, among
 * which clouds have the service that gives away a node's credentials, and not the public one that Azure has it at; and none of those ranges
 * that are nobody's on the internet and that clusters number their nodes and pods with where the private ones are used up (RFC 2544,
 * RFC 6890, class E). Of IPv6 the same: local ones, and the private ones of IPv4 behind a translator (RFC 6052, RFC 8215).
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 * @internal
 */
export const PUBLIC_ADDRESSES = constant([
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      except: [
        '10.0.0.0/8', '100.64.0.0/10', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '240.0.0.0/4',
      ],
    },
  },
  {
    ipBlock: {
      cidr: '::/0',
      except: [
        '64:ff9b:1::/48', '64:ff9b::6440:0/106', '64:ff9b::a00:0/104', '64:ff9b::a9fe:0/112', '64:ff9b::ac10:0/108', '64:ff9b::c0a8:0/112', 'fc00::/7', 'fe80::/10',
      ],
    },
  },
]);
