import { checkLabels } from './option-checks';
import type { KubernetesOptions } from './options';
import { podsPeer } from './peers';
import type { AppModel } from '../../model/app-model';
import type { WorkloadModel } from '../../model/workload';
import { isNamespaceName } from '../../validation/syntax';

/**
 * Where what collects metrics runs.
 */
export interface MonitoringOptions {
  /**
   * Its namespace.
   *
   * @default 'monitoring'
   */
  readonly namespace?: string;
  /**
   * Labels of its pods; none: every pod of the namespace.
   *
   * @default - those of Prometheus: `app.kubernetes.io/name: prometheus`
   */
  readonly labels?: { [key: string]: string };
}

/** @internal */
export interface Monitoring {
  readonly namespace: string;
  readonly labels: { [key: string]: string };
  /** Whether it is for the proxies of load balancers too: nothing else says that somebody asks them. */
  readonly readsProxies: boolean;
}

/** @internal Throws for a namespace that is none. */
export function monitoringOf(given: MonitoringOptions | undefined): Monitoring {
  const { namespace = 'monitoring', labels = PROMETHEUS } = given ?? {};
  if (!isNamespaceName(namespace)) {
    throw new Error(`KubernetesTarget cannot find monitoring in the namespace '${namespace}': use at most 63 lower-case letters, digits and '-',`
      + ' with a letter or digit first and last');
  }
  checkLabels('KubernetesTarget.monitoring', labels);
  return { namespace, labels, readsProxies: given !== undefined };
}

/** The operator gives it to each of its pods, and so does the chart without an operator. */
const PROMETHEUS = { 'app.kubernetes.io/name': 'prometheus' };

/**
 * Lets monitoring ask one port, and nothing else.
 *
 * @internal
 */
export function metricsRule(port: number, ownNamespace: string | undefined, { monitoring: { labels, namespace } }: KubernetesOptions): any {
  return { from: [podsPeer(labels, namespace, ownNamespace)], ports: [{ port, protocol: 'TCP' }] };
}

/** @internal The port in a container, for what finds it by name, such as a PodMonitor; undefined: it is declared already. */
export function metricsContainerPort({ metricsPort, ports }: WorkloadModel): any {
  if (metricsPort === undefined || ports.some(({ number, transport }) => number === metricsPort && transport === 'TCP')) return undefined;
  return { containerPort: metricsPort, name: ports.some(({ name }) => name === 'metrics') ? undefined : 'metrics', protocol: 'TCP' };
}

/** @internal Who is asked by whom. */
export function metricsRemark({ charts }: AppModel, { monitoring: { labels, namespace } }: KubernetesOptions): string[] {
  const asked = charts.flatMap(({ workloads }) => workloads).filter(({ metricsPort }) => metricsPort !== undefined);
  if (asked.length === 0) return [];
  const pods = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  return [`metrics of ${asked.map(({ name, metricsPort }) => `${name}:${metricsPort}`).join(', ')} may be asked for by ${pods === '' ? 'every pod' : `pods with ${pods}`}`
    + ` of namespace ${namespace}`];
}
