import { instanceLabel, userLabels } from './labels';
import { learningRules } from './name-servers';
import { calleesByName, waysOut } from './network-policy';
import type { KubernetesOptions } from './options';
import { EgressKind } from '../../model/egress';
import type { LinkModel } from '../../model/network';
import type { WorkloadModel } from '../../model/workload';

/*
 * What a NetworkPolicy cannot say and Cilium can.
 */

/** @internal Whether a workload has a way out to a host name. */
export function goesOutByName(workload: WorkloadModel): boolean {
  return calleesByName(workload).length > 0 || waysOut(workload).some(({ kind }) => kind === EgressKind.HOSTS);
}

/**
 * Opens connections by host name. Cilium learns a name's addresses from the answers of the name server, so DNS goes
 * through its proxy.
 *
 * @see https://docs.cilium.io/en/stable/security/policy/language/#dns-based
 * @internal
 */
export function hostNamePolicy(workload: WorkloadModel, options: KubernetesOptions): any {
  const hosts = waysOut(workload).filter(({ kind }) => kind === EgressKind.HOSTS);
  const rules = [
    ...calleesByName(workload).map(({ to, ports }) => hostRule([to.hostname!], ports.map(({ number }) => number))),
    ...hosts.map(({ destinations, ports }) => hostRule(destinations, ports)),
  ];
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      egress: [
        ...learningRules(options),
        ...rules,
      ],
      endpointSelector: { matchLabels: instanceLabel(workload.name) },
    },
  };
}

/**
 * Lets Cilium's own Gateway in: its traffic has the identity `ingress`, which no peer of a NetworkPolicy names.
 *
 * @see https://docs.cilium.io/en/stable/network/servicemesh/ingress-and-network-policy/
 * @internal
 */
export function gatewayPolicy({ connection: { to, ports } }: LinkModel): any {
  return {
    spec: {
      endpointSelector: { matchLabels: instanceLabel(to.name) },
      ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: portList(ports.map(({ number }) => number)) }] }],
    },
  };
}

function hostRule(hosts: string[], ports: number[]): any {
  return {
    toFQDNs: hosts.map((host) => host.includes('*') ? { matchPattern: host } : { matchName: host }),
    toPorts: ports.length === 0 ? undefined : [{ ports: portList(ports) }],
  };
}

function portList(ports: number[]): any[] {
  return ports.map((port) => ({ port: `${port}`, protocol: 'TCP' }));
}
