import { selectorLabels, userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { shared } from './plain-json';
import { podTemplate } from './pod';
import { ownsDisk } from './pod-volumes';
import { countOrPercent } from './quantities';
import type { WorkloadModel } from '../../model/workload';

/** @internal */
export function deployment(workload: WorkloadModel, options: KubernetesOptions): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      // A new copy must hold its readiness as long as the edge needs to learn of it; only then may an old one go.
      minReadySeconds: options.edge.deregistrationSeconds,
      progressDeadlineSeconds: progressDeadline(workload),
      // An autoscaler owns the count: each apply would throw its number away.
      // https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
      replicas: workload.maxReplicas === undefined ? workload.replicas : undefined,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(workload.name) },
      strategy: strategy(workload),
      template: podTemplate(workload, options),
    },
  };
}

/** The default lets a quarter of the copies be missing during an update: one of four, but none of three. */
function strategy(workload: WorkloadModel): any {
  // Two copies cannot hold one disk: the second would wait for ever on another node.
  if (ownsDisk(workload)) return { type: 'Recreate' };
  const { maxSurge, maxUnavailable } = workload;
  return shared(`strategy ${maxSurge} ${maxUnavailable}`, () => ({
    rollingUpdate: { maxSurge: countOrPercent(maxSurge), maxUnavailable: countOrPercent(maxUnavailable) },
    type: 'RollingUpdate',
  }));
}

/** `kubectl rollout status` gives up after it, so it must outlast a pull, the start and the wait for readiness. */
function progressDeadline({ container }: WorkloadModel): number {
  return Math.max(600, (container.healthCheck?.startPeriodSeconds ?? 0) * 2 + 300);
}
