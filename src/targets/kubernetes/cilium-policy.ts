import { solverSelector, SOLVER_PORT } from './certificates';
import { instanceLabel, userLabels } from './labels';
import { learningRules } from './name-servers';
import { calleesByName, waysOut } from './network-policy';
import type { KubernetesOptions } from './options';
import type { IssuerModel } from '../../model/certificate';
import { EgressKind } from '../../model/egress';
import type { LoadBalancerModel } from '../../model/load-balancer';
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
  return fromGateway({ matchLabels: instanceLabel(to.name) }, ports.map(({ number }) => number));
}

/** @internal Lets it lead an authority to the pods that answer it. */
export function gatewayToSolverPolicy([issuer, loadBalancers]: [IssuerModel, LoadBalancerModel[]]): any {
  const solvers = solverSelector(issuer, loadBalancers);
  return solvers === undefined ? undefined : fromGateway(solvers, [SOLVER_PORT]);
}

function fromGateway(endpointSelector: any, ports: number[]): any {
  return { spec: { endpointSelector, ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: portList(ports) }] }] } };
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
