import type { Size } from 'cdk8s';
import { mostCopies, surgeOf } from './copies';
import { proxiesOf } from './edges/proxies';
import { challengedHosts } from './edges/proxy-model';
import type { KubernetesOptions } from './options';
import { cores, mebibytes } from './quantities';
import type { ChartModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import type { Cpu } from '../../model/resources';
import type { ContainerModel, WorkloadModel } from '../../model/workload';
import type { PropNames } from '../../validation/props';

/**
 * Most that all pods of a namespace may set aside together.
 */
export interface NamespaceQuota {
  /**
   * Processor time (`requests.cpu`).
   *
   * @default - no limit
   */
  readonly cpu?: Cpu;
  /**
   * Memory (`requests.memory` and `limits.memory`).
   *
   * @default - no limit
   */
  readonly memory?: Size;
  /**
   * Number of pods.
   *
   * @default - no limit
   */
  readonly pods?: number;
}

/** @internal */
export const NAMESPACE_QUOTA: PropNames<NamespaceQuota> = { cpu: true, memory: true, pods: true };

/** @internal */
export function resourceQuota({ cpu, memory, pods }: NamespaceQuota): any {
  const amount = memory === undefined ? undefined : mebibytes(memory.toMebibytes());
  return {
    spec: {
      hard: {
        'limits.memory': amount,
        'pods': pods === undefined ? undefined : String(pods),
        'requests.cpu': cpu === undefined ? undefined : cores(cpu.amountMillis),
        'requests.memory': amount,
      },
    },
  };
}

/**
 * Under a quota a pod that says nothing is refused. Ours say it all; this is for those that others bring.
 *
 * @internal
 */
export const CONTAINER_DEFAULTS = {
  spec: { limits: [{ default: { memory: '256Mi' }, defaultRequest: { cpu: '100m', memory: '256Mi' }, type: 'Container' }] },
};

/** What cert-manager sets aside for the pod that answers a proof over HTTP, one for each host (`cert-manager --help`, `--acme-http01-solver-resource-*`). */
const SOLVER = { cpuMillis: 10, memoryMebibytes: 64 };

/**
 * Too little for what is declared, with the further copies of an update, would stop updates half-way; and renewals, which may come at that moment.
 *
 * @internal
 */
export function quotaFindings(quota: NamespaceQuota, namespace: string, charts: ChartModel[], options: KubernetesOptions): Finding[] {
  const proxies = options.edge._kind === 'own-proxies' ? charts.flatMap((chart) => chart.loadBalancers) : [];
  const workloads = [...charts.flatMap((chart) => chart.workloads), ...proxies.map((balancer) => proxiesOf(balancer, options).workload)];
  const sum = (of: (workload: WorkloadModel) => number): number => workloads
    .reduce((total, workload) => total + (mostCopies(workload) + surgeOf(workload)) * of(workload), 0);
  const solvers = charts.flatMap((chart) => chart.loadBalancers).flatMap(challengedHosts).length;
  const needs: [string, number, number | undefined, (amount: number) => string][] = [
    ['cpu', sum((workload) => request(workload, ({ resources }) => resources.cpuMillis)) + solvers * SOLVER.cpuMillis, quota.cpu?.amountMillis, cores],
    ['memory', sum((workload) => request(workload, ({ resources }) => resources.memoryLimitMebibytes)) + solvers * SOLVER.memoryMebibytes, quota.memory?.toMebibytes(), mebibytes],
    ['pods', sum(() => 1) + solvers + charts.reduce((total, { loadBalancers }) => total + loadBalancers.length * podsOfGateway(options), 0), quota.pods, String],
  ];
  return needs.filter(([, needed, given]) => given !== undefined && needed > given).map(([what, needed, given, show]) => ({
    rule: 'namespace-quota',
    severity: Severity.ERROR,
    path: charts[0].path,
    message: `namespace '${namespace}' cannot do with a quota of ${show(given!)} for ${what} on Kubernetes: its workloads need ${show(needed)} where all of them are`
      + ` updated at once${solvers > 0 ? ' and all certificates renewed' : ''}; raise namespaceQuota.${what} [${charts[0].path}]`,
  }));
}

/** Proxies that an implementation runs beside its Gateway, and one more during an update. What they set aside is its own to say. */
function podsOfGateway({ edge }: KubernetesOptions): number {
  return edge._kind === 'gateway' && edge.isOwn && (edge._is('istio') || edge._is('nginx')) ? edge.proxies + 1 : 0;
}

/** What one copy sets aside: that of all containers that run together, or of the largest that runs before them. */
function request({ container, sidecars, init }: WorkloadModel, of: (container: ContainerModel) => number): number {
  return Math.max([container, ...sidecars].reduce((sum, one) => sum + of(one), 0), ...init.map(of));
}
