import { selectorLabels, userLabels } from './labels';
import { checkLabels } from './option-checks';
import type { KubernetesOptions } from './options';
import { podsPeer } from './peers';
import type { AppModel } from '../../model/app-model';
import type { Port } from '../../model/port';
import type { WorkloadModel } from '../../model/workload';
import type { PropNames } from '../../validation/props';
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
  /**
   * Labels by which the Prometheus of the Prometheus Operator finds PodMonitors: `{ release: 'kube-prometheus-stack' }` where that
   * chart is installed under this name, `{}` where it takes all. Given, one is written for each workload with a `metricsPort`, and
   * for the proxies of load balancers where they are a workload of ours; the cluster must have the operator's definitions.
   *
   * @default - no PodMonitors: what collects metrics finds the port `metrics` of the pods by itself
   */
  readonly podMonitorLabels?: { [key: string]: string };
}

/** @internal */
export const MONITORING: PropNames<MonitoringOptions> = { namespace: true, labels: true, podMonitorLabels: true };

/** @internal */
export interface Monitoring {
  readonly namespace: string;
  readonly labels: { [key: string]: string };
  /** Labels of PodMonitors; undefined: there are none. */
  readonly podMonitorLabels?: { [key: string]: string };
  /** Whether it is for the proxies of load balancers too: nothing else says that somebody asks them. */
  readonly readsProxies: boolean;
}

/** @internal Throws for a namespace that is none. */
export function monitoringOf(given: MonitoringOptions | undefined): Monitoring {
  const { namespace = 'monitoring', labels = PROMETHEUS, podMonitorLabels } = given ?? {};
  if (!isNamespaceName(namespace)) {
    throw new Error(`KubernetesTarget cannot find monitoring in the namespace '${namespace}': use at most 63 lower-case letters, digits and '-',`
      + ' with a letter or digit first and last');
  }
  checkLabels('KubernetesTarget.monitoring', labels);
  checkLabels('KubernetesTarget.monitoring.podMonitorLabels', podMonitorLabels);
  return { namespace, labels, podMonitorLabels, readsProxies: given !== undefined };
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
export function metricsContainerPort(workload: WorkloadModel): any {
  const { metricsPort } = workload;
  if (metricsPort === undefined || declaredPort(workload) !== undefined) return undefined;
  return { containerPort: metricsPort, name: metricsName(workload), protocol: 'TCP' };
}

const declaredPort = ({ metricsPort, ports }: WorkloadModel): Port | undefined =>
  ports.find(({ number, transport }) => number === metricsPort && transport === 'TCP');

/** Undefined: another port has the name. */
const metricsName = ({ ports }: WorkloadModel): string | undefined => ports.some(({ name }) => name === 'metrics') ? undefined : 'metrics';

/**
 * Tells the Prometheus Operator which pods to ask. Not a ServiceMonitor: a worker has no Service, and nobody else is to find
 * the port of metrics at one.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 * @internal
 */
export function podMonitor(workload: WorkloadModel, { monitoring: { podMonitorLabels } }: KubernetesOptions): any {
  const { metricsPort, name } = workload;
  if (metricsPort === undefined) return undefined;
  const port = declaredPort(workload)?.name ?? metricsName(workload);
  return {
    metadata: { labels: { ...userLabels(workload), ...podMonitorLabels } },
    spec: {
      podMetricsEndpoints: [port === undefined ? { portNumber: metricsPort } : { port }],
      selector: { matchLabels: selectorLabels(name) },
    },
  };
}

/** @internal Who is asked by whom. */
export function metricsRemark({ charts }: AppModel, { monitoring: { labels, namespace } }: KubernetesOptions): string[] {
  const asked = charts.flatMap(({ workloads }) => workloads).filter(({ metricsPort }) => metricsPort !== undefined);
  if (asked.length === 0) return [];
  const pods = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
  return [`metrics of ${asked.map(({ name, metricsPort }) => `${name}:${metricsPort}`).join(', ')} may be asked for by ${pods === '' ? 'every pod' : `pods with ${pods}`}`
    + ` of namespace ${namespace}`];
}
