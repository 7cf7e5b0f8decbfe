import { containersOf } from './config-map';
import { selectorLabels, userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { podTemplate } from './pod';
import { claimTemplates, isClaimTemplate } from './storage';
import type { WorkloadModel } from '../../model/workload';

/** @internal */
export function statefulSet(workload: WorkloadModel, options: KubernetesOptions): any {
  const volumes = [...new Map(containersOf(workload).flatMap((container) => container.volumes)
    .filter((volume) => isClaimTemplate(workload, volume)).map((volume) => [volume.name, volume])).values()];
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      minReadySeconds: workload.replicas > 1 ? options.edge.deregistrationSeconds : undefined,
      // Disks outlive both the StatefulSet and a smaller count.
      // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
      persistentVolumeClaimRetentionPolicy: volumes.length === 0 ? undefined : { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      replicas: workload.replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(workload.name) },
      serviceName: headlessName(workload.name),
      template: podTemplate(workload, options),
      updateStrategy: { type: 'RollingUpdate' },
      volumeClaimTemplates: claimTemplates(workload, volumes),
    },
  };
}

/** @internal The Service that gives a StatefulSet's copies their names. */
export function headlessName(workload: string): string {
  return `${workload}-headless`;
}
