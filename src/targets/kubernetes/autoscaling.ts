import { userLabels } from './labels';
import { badLabels } from './labels-given';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { Severity, type Finding } from '../../model/finding';
import { ScalingKind, type ScalingMetric } from '../../model/scaling';
import type { WorkloadModel } from '../../model/workload';

/** @internal The kind of object that scales a workload. */
export const scalerKind = ({ autoscaler }: KubernetesOptions): string => autoscaler.isKeda ? 'ScaledObject' : 'HorizontalPodAutoscaler';

/** @internal Its body. */
export function scaler(workload: WorkloadModel, options: KubernetesOptions): any {
  return options.autoscaler.isKeda ? scaledObject(workload, options) : horizontalPodAutoscaler(workload);
}

/** @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
function horizontalPodAutoscaler(workload: WorkloadModel): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      behavior: UP_AT_ONCE_DOWN_SLOWLY,
      maxReplicas: workload.maxReplicas,
      metrics: workload.scaleOn.map((metric) => metricOf(metric, workload)),
      minReplicas: workload.replicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
    },
  };
}

function metricOf({ kind, name, target, settings }: ScalingMetric, { container }: WorkloadModel): any {
  switch (kind) {
    case ScalingKind.PER_COPY: return { pods: { metric: { name }, target: average(target) }, type: 'Pods' };
    case ScalingKind.EXTERNAL: {
      const selector = Object.keys(settings).length === 0 ? undefined : { matchLabels: settings };
      return { external: { metric: { name, selector }, target: average(target) }, type: 'External' };
    }
    // Of the main container alone: a sidecar that somebody injects does not count.
    // https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics
    default: return {
      containerResource: { container: container.name, name, target: { averageUtilization: target, type: 'Utilization' } },
      type: 'ContainerResource',
    };
  }
}

const average = (target: number): any => ({ averageValue: Number.isInteger(target) ? String(target) : `${Math.round(target * 1000)}m`, type: 'AverageValue' });

/** @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
function scaledObject(workload: WorkloadModel, { autoscaler }: KubernetesOptions): any {
  const { name, replicas, maxReplicas, scaleOn } = workload;
  // Use of processor time and memory is asked of the cluster itself, for which KEDA takes no fallback.
  const asks = scaleOn.some(({ kind }) => kind === ScalingKind.KEDA);
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      advanced: { horizontalPodAutoscalerConfig: { behavior: UP_AT_ONCE_DOWN_SLOWLY } },
      fallback: asks ? { behavior: 'currentReplicasIfHigher', failureThreshold: 3, replicas: autoscaler.fallbackReplicas ?? replicas } : undefined,
      maxReplicaCount: maxReplicas,
      // Its default is 0 copies.
      minReplicaCount: replicas,
      pollingInterval: autoscaler.pollingSeconds,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      triggers: scaleOn.map((metric) => triggerOf(metric, workload)),
    },
  };
}

function triggerOf({ kind, name, target, settings, authentication }: ScalingMetric, { container }: WorkloadModel): any {
  if (kind !== ScalingKind.KEDA) return { metadata: { containerName: container.name, value: String(target) }, metricType: 'Utilization', type: name };
  return { authenticationRef: authentication === undefined ? undefined : { name: authentication }, metadata: settings, type: name };
}

/** Each copy that goes has to drain, and load that was there a minute ago may come back. */
const UP_AT_ONCE_DOWN_SLOWLY = constant({
  scaleDown: {
    policies: [{ periodSeconds: 60, type: 'Percent', value: 10 }, { periodSeconds: 60, type: 'Pods', value: 2 }],
    selectPolicy: 'Min',
    stabilizationWindowSeconds: 300,
  },
  scaleUp: {
    policies: [{ periodSeconds: 30, type: 'Percent', value: 100 }, { periodSeconds: 30, type: 'Pods', value: 4 }],
    selectPolicy: 'Max',
    stabilizationWindowSeconds: 0,
  },
});

/** @internal Metrics that the chosen autoscaler does not know. */
export function scalingFindings(workload: WorkloadModel, { autoscaler }: KubernetesOptions): Finding[] {
  if (workload.maxReplicas === undefined) return [];
  const unknown = autoscaler.isKeda ? [ScalingKind.PER_COPY, ScalingKind.EXTERNAL] : [ScalingKind.KEDA];
  const advice = autoscaler.isKeda ? 'which KEDA does not read: give ScalingMetric.keda(\'prometheus\', …), or Autoscaler.horizontal()'
    : 'which is a trigger of KEDA: give new KubernetesTarget({ autoscaler: Autoscaler.keda() })';
  return [
    ...workload.scaleOn.filter(({ kind }) => unknown.includes(kind)).map(({ name }) => error('scaling-metric', workload,
      `'${workload.name}' cannot be scaled on '${name}' on Kubernetes, ${advice}`)),
    ...workload.scaleOn.filter(({ kind }) => kind === ScalingKind.EXTERNAL).flatMap(({ settings }) => badLabels(`metrics of '${workload.name}'`, settings))
      .map((problem) => error('scaling-metric', workload, problem)),
    ...workload.container.resources.cpuMillis > 0 || !workload.scaleOn.some(({ kind }) => kind === ScalingKind.CPU) ? [] : [error('scaling-metric', workload,
      `'${workload.name}' cannot be scaled on its use of processor time on Kubernetes with resources.cpu 0: use is measured against what a copy sets aside`)],
  ];
}

/** @internal What a workload is scaled by, for the report. */
export function scaledOn({ scaleOn }: WorkloadModel): string {
  return scaleOn.map(({ kind, name, target }) => kind === ScalingKind.KEDA ? name
    : kind === ScalingKind.CPU || kind === ScalingKind.MEMORY ? `${name} ${target} %` : `${name} ${target} a copy`).join(', ');
}

function error(rule: string, { path }: WorkloadModel, message: string): Finding {
  return { rule, severity: Severity.ERROR, path, message: `${message} [${path}]` };
}
