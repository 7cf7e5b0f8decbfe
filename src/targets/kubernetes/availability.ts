import { selectorLabels, userLabels } from './labels';
import { constant } from './plain-json';
import type { WorkloadModel } from '../../model/workload';

/**
 * One copy at a time may be moved. It follows any count, where `minAvailable` would block every drain once it equals the
 * count. Copies that never got ready do not hold a node hostage.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 * @internal
 */
export function podDisruptionBudget(workload: WorkloadModel): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(workload.name) }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  };
}

/**
 * The copies follow the main container's use of processor time; a sidecar somebody injects does not count.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#container-resource-metrics
 * @internal
 */
export function horizontalPodAutoscaler(workload: WorkloadModel): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      behavior: UP_AT_ONCE_DOWN_SLOWLY,
      maxReplicas: workload.maxReplicas,
      metrics: [{
        containerResource: {
          container: workload.container.name,
          name: 'cpu',
          target: { averageUtilization: workload.targetCpuPercent, type: 'Utilization' },
        },
        type: 'ContainerResource',
      }],
      minReplicas: workload.replicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
    },
  };
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
