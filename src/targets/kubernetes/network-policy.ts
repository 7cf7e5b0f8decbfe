import { instanceLabel, userLabels } from './labels';
import { metricsRule } from './monitoring';
import { nameServerRules } from './name-servers';
import { portsKey } from './names';
import type { KubernetesOptions } from './options';
import { namespacePeer, podPeers, PUBLIC_ADDRESSES } from './peers';
import { constant, shared } from './plain-json';
import { EgressKind, type Egress } from '../../model/egress';
import { hasMember, memberLabels, type NetworkModel, type PodsModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import type { Port } from '../../model/port';
import { PeerKind, WorkloadKind, type ConnectionModel, type PeerModel, type WorkloadModel } from '../../model/workload';

/*
 * One policy for each workload says all that goes in and out of it. Both ends must allow a connection, so each rule has
 * its other half in the policy of the other end. Ports are those of the pod, not of a Service. A rule without `ports`
 * would open all of them. A direction that `policyTypes` names is closed where there are no rules; an empty list of rules
 * is left out, because the API server drops it and would see a change in every apply.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */

/** @internal */
export function networkPolicy(workload: WorkloadModel, options: KubernetesOptions): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      egress: workload.networkMode?.kind === NetworkModeKind.NONE ? undefined : egressRules(workload, options),
      ingress: unlessEmpty(ingressRules(workload, options)),
      podSelector: { matchLabels: instanceLabel(workload.name) },
      policyTypes: BOTH,
    },
  };
}

/** @internal The policy of pods of another library that joined a network. */
export function podsPolicy({ labels, network, ports, callers }: PodsModel, options: KubernetesOptions): any {
  const open = !network.connectedOnly;
  const member = [memberPeer(network)];
  return {
    spec: {
      egress: [
        ...nameServerRules(options),
        ...open && network.ports.length > 0 ? [{ ports: policyPorts(network.ports), to: member }] : [],
        ...network.egress.map((egress) => egressRule(egress, options)).filter(isRule),
      ],
      ingress: unlessEmpty(ports.length === 0 ? [] : [
        ...open ? [{ from: member, ports: policyPorts(ports) }] : [],
        ...callers.map((caller) => ({ from: podPeers(caller, caller.namespace, options), ports: policyPorts(ports) })),
      ]),
      podSelector: { matchLabels: labels },
      policyTypes: BOTH,
    },
  };
}

const BOTH = constant(['Egress', 'Ingress']);

const unlessEmpty = (rules: any[]): any[] | undefined => rules.length === 0 ? undefined : rules;

function ingressRules(workload: WorkloadModel, options: KubernetesOptions): any[] {
  const { ports, publishedPorts, namespace } = workload;
  const rules: any[] = [];
  const members = openNetworks(workload).map(({ network }) => memberPeer(network));
  if (members.length > 0 && ports.length > 0) rules.push({ from: members, ports: policyPorts(ports) });
  for (const { from, ports: called } of workload.callers) {
    if (!isMember(from, workload)) rules.push({ from: podPeers(from, namespace, options), ports: policyPorts(called) });
  }
  if (hasSiblings(workload)) rules.push({ from: [siblingPeer(workload)], ports: policyPorts(ports) });
  const published = ports.filter(({ number }) => publishedPorts.some(({ port }) => port === number));
  if (published.length > 0) rules.push({ ports: policyPorts(published) });
  if (workload.metricsPort !== undefined) rules.push(metricsRule(workload.metricsPort, namespace, options));
  return rules;
}

function egressRules(workload: WorkloadModel, options: KubernetesOptions): any[] {
  const rules: any[] = [...nameServerRules(options)];
  for (const { network } of openNetworks(workload)) {
    if (network.ports.length > 0) rules.push({ ports: policyPorts(network.ports), to: [memberPeer(network)] });
  }
  for (const callee of workload.callees) {
    if (!isMember(callee.to, workload)) rules.push(calleeRule(callee, workload, options));
  }
  if (hasSiblings(workload)) rules.push({ ports: policyPorts(workload.ports), to: [siblingPeer(workload)] });
  for (const egress of waysOut(workload)) rules.push(egressRule(egress, options));
  return rules.filter(isRule);
}

/** @internal The ways out of a workload: its own, and those of its networks. */
export function waysOut(workload: WorkloadModel): Egress[] {
  return [...new Set([...workload.egress, ...workload.attachments.flatMap(({ network }) => network.egress)])];
}

/** @internal Connections to something outside whose addresses are not known. */
export function calleesByName(workload: WorkloadModel): ConnectionModel[] {
  return workload.callees.filter(({ to }) => to.kind === PeerKind.EXTERNAL && (to.ranges ?? []).length === 0);
}

function calleeRule({ to, ports }: ConnectionModel, workload: WorkloadModel, options: KubernetesOptions): any {
  if (to.kind !== PeerKind.EXTERNAL) return { ports: policyPorts(ports), to: podPeers(to, workload.namespace, options) };
  const ranges = to.ranges ?? [];
  if (ranges.length > 0) return { ports: policyPorts(ports), to: ranges.map(addressPeer) };
  // A policy of the network plug-in names the host.
  if (options.networkPlugin.knowsHostNames) return undefined;
  return { ports: policyPorts(ports), to: PUBLIC_ADDRESSES };
}

function egressRule({ kind, destinations, ports }: Egress, options: KubernetesOptions): any {
  const limited = ports.length === 0 ? undefined : ports.map((port) => ({ port, protocol: 'TCP' }));
  switch (kind) {
    case EgressKind.INTERNET: return { ports: limited, to: PUBLIC_ADDRESSES };
    case EgressKind.RANGES: return { ports: limited, to: destinations.map(addressPeer) };
    case EgressKind.NAMESPACE: return { ports: limited, to: destinations.map(namespacePeer) };
    case EgressKind.HOSTS: return options.networkPlugin.knowsHostNames ? undefined : { ports: limited, to: PUBLIC_ADDRESSES };
  }
}

/** An empty list of peers would mean everybody. */
function isRule(rule: any): boolean {
  return rule !== undefined && (rule.to === undefined || rule.to.length > 0);
}

/** Membership alone opens nothing where only declared connections are open. */
function openNetworks({ attachments }: WorkloadModel): WorkloadModel['attachments'] {
  return attachments.filter(({ network }) => !network.connectedOnly);
}

/** Members of one network reach each other on all ports by its rule, so that a connection between two of them needs none of its own. */
function isMember({ kind, chart, name }: PeerModel, workload: WorkloadModel): boolean {
  return kind === PeerKind.WORKLOAD && openNetworks(workload).some(({ network }) => network.chart === chart && hasMember(network, name));
}

/** Copies that meet each other, and not as members of a network. */
function hasSiblings(workload: WorkloadModel): boolean {
  const { kind, replicas, ports } = workload;
  return kind === WorkloadKind.STATEFUL && replicas > 1 && ports.length > 0 && openNetworks(workload).length === 0;
}

function siblingPeer({ name }: WorkloadModel): any {
  return { podSelector: { matchLabels: instanceLabel(name) } };
}

function memberPeer(network: NetworkModel): any {
  return shared(`member of ${network.chart}/${network.name}`, () => ({ podSelector: { matchLabels: memberLabels(network) } }));
}

function addressPeer(cidr: string): any {
  return { ipBlock: { cidr } };
}

/** Numbers, not names: some plug-ins find out late which number a name stands for. */
function policyPorts(ports: Port[]): any[] {
  return shared(`policy ports ${portsKey(ports)}`, () => ports.map((port) => ({ port: port.number, protocol: port.transport })));
}
