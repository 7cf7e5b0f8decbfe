import type * as plus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { IsolatedNetwork, NetworkMember } from './isolated-network';
import { Port, Protocol } from '../model/port';
import type { PeerModel } from '../model/workload';
import { PeerKind } from '../model/workload';

/*
 * Living beside cdk8s-plus-28: its types are erased at compile time, its code is loaded only where it is used.
 */

/** @internal Our pods as cdk8s-plus-28 selects them. */
export function podSelectorConfig(labels: { [key: string]: string }): plus.PodSelectorConfig {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- optional peer, loaded only here
  const { LabelSelector } = require('cdk8s-plus-28') as typeof plus;
  return { labelSelector: LabelSelector.of({ labels }) };
}

/** @internal Makes pods of cdk8s-plus-28 members of a network. */
export function joinNetwork(network: IsolatedNetwork, pods: plus.IPodSelector): NetworkMember {
  const { labelSelector } = pods.toPodSelectorConfig();
  const workload = pods as Partial<plus.Deployment>;
  workload.podMetadata?.addLabel(`cdk8s-ha/network-${network.node.id}`, 'member');
  return {
    path: pods.node.path,
    name: pods.node.id.toLowerCase(),
    labels: labelSelector._toKube().matchLabels ?? {},
    ports: portsOf(workload),
    network,
  };
}

/** @internal A Service of cdk8s-plus-28 as the destination of a route. */
export function isPlusService(construct: IConstruct): construct is plus.Service {
  const service = construct as Partial<plus.Service>;
  return typeof service.name === 'string' && typeof service.bind === 'function' && Array.isArray(service.ports);
}

/** @internal */
export function plusServicePeer(service: plus.Service, chart: string, namespace: string | undefined): PeerModel {
  return { kind: PeerKind.PODS, chart, namespace, name: service.name };
}

function portsOf(workload: Partial<plus.Deployment>): Port[] {
  return (workload.containers ?? []).flatMap((container) => container.ports)
    .map((port) => Port.of(port.name ?? `port-${port.number}`, port.number, String(port.protocol) === 'UDP' ? Protocol.UDP : Protocol.TCP));
}
