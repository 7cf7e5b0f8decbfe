import { ApiObject } from 'cdk8s';
import type * as plus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { Declarations } from './declarations';
import type { IsolatedNetwork, NetworkMember } from './isolated-network';
import { Severity, type Finding } from '../model/finding';
import { memberLabels } from '../model/network';
import { Port, Protocol } from '../model/port';
import type { PeerModel } from '../model/workload';
import { PeerKind } from '../model/workload';
import { chartName } from '../util/chart-name';
import * as messages from '../validation/messages';

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
  const repeated = network._chart.members.find((member) => member.name === pods.node.id.toLowerCase());
  if (repeated !== undefined) throw new Error(messages.memberTwice(network.node.path, network.node.id, pods.node.id, repeated.path));
  const { labelSelector } = pods.toPodSelectorConfig();
  const workload = pods as Partial<plus.Deployment>;
  const joining = memberLabels({ name: network.node.id, chart: chartName(network._chart.chart) });
  for (const label in joining) workload.podMetadata?.addLabel(label, joining[label]);
  return {
    path: pods.node.path,
    name: pods.node.id.toLowerCase(),
    labels: labelSelector._toKube().matchLabels ?? {},
    ports: portsOf(workload),
    network,
  };
}

/**
 * What of cdk8s-plus-28 a target does not have: only Kubernetes knows its pods and Services.
 *
 * @internal
 */
export function missingFromPlus(app: Declarations, target: string): Finding[] {
  if (target === 'kubernetes') return [];
  const missing = (path: string, message: string): Finding => ({ rule: 'kubernetes-only', severity: Severity.WARNING, path, message });
  return [...app.charts.values()].filter((chart) => chart.targets.some(({ name }) => name === target)).flatMap((chart) => [
    ...chart.members.map((member) => missing(member.network.node.path, messages.plusMember(member.network.node.id, member.name, target))),
    ...chart.loadBalancers.flatMap((balancer) => balancer._routes.all.flatMap(({ host, path, destinations }) => destinations
      .filter(({ destination }) => destination._peer.kind === PeerKind.PODS)
      .map(({ destination }) => missing(balancer.node.path, messages.plusRoute(balancer.node.id, host + path, destination._peer.name, target))))),
  ]);
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

/** @internal Whether a Service of cdk8s-plus-28 leads to pods that are selected by these labels. */
export function plusServiceSelects(service: plus.Service, labels: { [key: string]: string }): boolean {
  const selector = Object.entries<string>(ApiObject.of(service).toJson().spec.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

function portsOf(workload: Partial<plus.Deployment>): Port[] {
  return (workload.containers ?? []).flatMap((container) => container.ports)
    .map((port) => Port.of(port.name ?? `port-${port.number}`, port.number, String(port.protocol) === 'UDP' ? Protocol.UDP : Protocol.TCP));
}
