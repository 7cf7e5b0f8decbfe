import { selectorLabels, userLabels } from './labels';
import { hasStaticInterface } from './multus';
import type { KubernetesOptions } from './options';
import { shared } from './plain-json';
import { podTemplate } from './pod';
import { ownsDisk } from './pod-volumes';
import { countOrPercent } from './quantities';
import { NetworkModeKind } from '../../model/network-mode';
import type { WorkloadModel } from '../../model/workload';

/** @internal */
export function deployment(workload: WorkloadModel, options: KubernetesOptions): any {
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      // A new copy must hold its readiness as long as the edge needs to learn of it; only then may an old one go.
      minReadySeconds: options.edge.deregistrationSeconds,
      progressDeadlineSeconds: progressDeadline(workload, options),
      // An autoscaler owns the count: each apply would throw its number away.
      // https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
      replicas: workload.maxReplicas === undefined ? workload.replicas : undefined,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(workload.name) },
      strategy: strategy(workload, options),
      template: podTemplate(workload, options),
    },
  };
}

/** The default lets a quarter of the copies be missing during an update: one of four, but none of three. */
function strategy(workload: WorkloadModel, options: KubernetesOptions): any {
  if (isRecreated(workload, options)) return { type: 'Recreate' };
  const { maxSurge, maxUnavailable } = replacement(workload);
  return shared(`strategy ${maxSurge} ${maxUnavailable}`, () => ({
    rollingUpdate: { maxSurge: countOrPercent(maxSurge), maxUnavailable: countOrPercent(maxUnavailable) },
    type: 'RollingUpdate',
  }));
}

/** Two copies cannot hold one disk, the second would wait for ever on another node; nor one address. */
function isRecreated(workload: WorkloadModel, options: KubernetesOptions): boolean {
  return ownsDisk(workload) || hasStaticInterface(workload, options);
}

/**
 * How many copies may be more and fewer. A node has a port once: a further copy could wait for ever for a node without one.
 *
 * @internal
 */
export function replacement(workload: WorkloadModel): Pick<WorkloadModel, 'maxSurge' | 'maxUnavailable'> {
  const takesPorts = workload.networkMode?.kind === NetworkModeKind.HOST && workload.ports.length > 0;
  return takesPorts ? { maxSurge: '0', maxUnavailable: workload.maxUnavailable === '0' ? '1' : workload.maxUnavailable } : workload;
}

/**
 * `kubectl rollout status` gives up after it, so it must outlast a pull, the start and the wait for readiness; and the end of the copy
 * before, where that comes first.
 */
function progressDeadline(workload: WorkloadModel, options: KubernetesOptions): number {
  const { container, drainSeconds } = workload;
  const end = isRecreated(workload, options) ? drainSeconds : 0;
  return Math.max(600, end + (container.healthCheck?.startPeriodSeconds ?? 0) * 2 + options.edge.deregistrationSeconds + 300);
}
