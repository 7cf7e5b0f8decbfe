import { calledBy, type LoadBalancerModel } from '../../../model/load-balancer';
import type { ITargetTraits } from '../../../model/traits';
import { PeerKind, type PeerModel } from '../../../model/workload';
import { serviceName } from '../names';
import type { KubernetesOptions } from '../options';

/** Ports of the proxies' own: those below 1024 would take a right that the restricted profile does not give. */
const PORTS = { httpPort: 10080, httpsPort: 10443, lowestPort: 1024 };

/**
 * What Kubernetes tells a load balancer back end about itself: a headless Service resolves to every copy that is ready.
 * Names are whole, since not every proxy completes them.
 *
 * @internal
 */
export function proxyTraits(loadBalancer: LoadBalancerModel, { clusterDomain, monitoring, edge }: KubernetesOptions): ITargetTraits {
  const peers = calledBy(loadBalancer).map(({ peer }) => peer);
  const serviceOf = new Map(peers.map((peer) => [`${peer.chart}/${peer.name}`, `${copiesNameOf(peer)}.${peer.namespace}.svc.${clusterDomain}`]));
  return {
    targetName: 'kubernetes',
    ...PORTS,
    // The kubelet asks at the pod's address.
    healthAddress: '0.0.0.0',
    // Their policy keeps all others away.
    metricsAddress: monitoring.readsProxies ? '0.0.0.0' : undefined,
    severalHosts: true,
    leavingSeconds: edge._ofProxies().deregistrationSeconds,
    // Another proxy ends all WebSockets of the one before.
    immutableConfiguration: true,
    copyNames: () => [],
    allCopiesName: (chart, workload) => serviceOf.get(`${chart}/${workload}`)!,
    standInNames: () => undefined,
  };
}

/** @internal Name of the headless Service with the ready copies of a workload. */
export function copiesName(workload: string): string {
  return serviceName(workload, 'copies');
}

/** The Service of another library leads to its pods by itself. */
function copiesNameOf({ kind, name }: PeerModel): string {
  return kind === PeerKind.WORKLOAD ? copiesName(name) : name;
}
