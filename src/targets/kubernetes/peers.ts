import { instanceLabel } from './labels';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { PeerKind, type PeerModel } from '../../model/workload';

/*
 * The `from` and `to` of network policies. In one list element a namespace and pods mean both; in two they would mean
 * either, and open the whole namespace.
 */

/** @internal Who stands at the other end of a connection, seen from a namespace. */
export function podPeer(peer: PeerModel, ownNamespace: string | undefined, options: KubernetesOptions): any {
  switch (peer.kind) {
    case PeerKind.LOAD_BALANCER: return proxyPeer(peer, ownNamespace, options);
    case PeerKind.PODS: return pods(peer.labels ?? {}, peer.namespace, ownNamespace);
    default: return pods(instanceLabel(peer.name), peer.namespace, ownNamespace);
  }
}

/**
 * The proxies of a load balancer's Gateway. Where they run is the implementation's choice.
 *
 * @internal
 */
export function proxyPeer(loadBalancer: Pick<PeerModel, 'name' | 'namespace'>, ownNamespace: string | undefined, { edge }: KubernetesOptions): any {
  const gateway = edge.existingName ?? loadBalancer.name;
  const namespace = edge.isOwn ? loadBalancer.namespace : edge.existingNamespace ?? loadBalancer.namespace;
  // https://gateway.envoyproxy.io/docs/tasks/operations/gateway-namespace-mode/
  const owned = { [`${OWNING}-name`]: gateway, [`${OWNING}-namespace`]: namespace };
  const labels = edge.proxyLabels ?? (edge.isEnvoyGateway ? owned : { 'gateway.networking.k8s.io/gateway-name': gateway });
  const proxies = edge.proxyNamespace ?? (edge.isEnvoyGateway ? 'envoy-gateway-system' : namespace);
  return pods(labels, proxies, ownNamespace);
}

const OWNING = 'gateway.envoyproxy.io/owning-gateway';

/** @internal Labels by which Envoy Gateway marks the proxies of a Gateway. */
export function envoyProxyLabels(gateway: string, namespace: string | undefined): any {
  return { [`${OWNING}-name`]: gateway, [`${OWNING}-namespace`]: namespace };
}

/** @internal A whole namespace. */
export function namespacePeer(namespace: string): any {
  return { namespaceSelector: inNamespace(namespace) };
}

function pods(labels: { [key: string]: string | undefined }, namespace: string | undefined, ownNamespace: string | undefined): any {
  return {
    namespaceSelector: namespace === undefined || namespace === ownNamespace ? undefined : inNamespace(namespace),
    podSelector: { matchLabels: labels },
  };
}

/** The server sets this label on every namespace, so nobody can take a name that is not theirs. */
function inNamespace(namespace: string): any {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

/**
 * Public addresses: no private ones (RFC 1918), none between carrier and customer (RFC 6598), no link-local ones, among
 * which clouds have the service that gives away a node's credentials.
 *
 * @internal
 */
export const PUBLIC_ADDRESSES = constant([
  { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
]);

/**
 * The cluster's name servers. CoreDNS carries this label on every common distribution; NodeLocal DNSCache answers on a
 * link-local address; OpenShift has a namespace and a port of its own. Long answers come by TCP.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 * @internal
 */
export const NAME_SERVERS: any[] = constant([
  {
    ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }],
    to: [
      { namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
      { ipBlock: { cidr: '169.254.20.10/32' } },
    ],
  },
  {
    ports: [{ port: 5353, protocol: 'UDP' }, { port: 5353, protocol: 'TCP' }],
    to: [{ namespaceSelector: inNamespace('openshift-dns') }],
  },
].map((rule) => constant(rule)));
