import { selectorLabels, userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { podTemplate } from './pod';
import { claimTemplates, templateVolumes } from './storage';
import type { WorkloadModel } from '../../model/workload';

/** @internal */
export function statefulSet(workload: WorkloadModel, options: KubernetesOptions): any {
  const volumes = templateVolumes(workload);
  const { parallelStart, updatePartition, deletesVolumesWhenDeleted, deletesVolumesWhenScaled } = workload.stateful!;
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      minReadySeconds: workload.replicas > 1 ? options.edge.deregistrationSeconds : undefined,
      // Disks outlive both the StatefulSet and a smaller count, unless somebody said otherwise.
      // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
      persistentVolumeClaimRetentionPolicy: volumes.length === 0 ? undefined : {
        whenDeleted: deletesVolumesWhenDeleted ? 'Delete' : 'Retain', whenScaled: deletesVolumesWhenScaled ? 'Delete' : 'Retain',
      },
      podManagementPolicy: parallelStart ? 'Parallel' : 'OrderedReady',
      replicas: workload.replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(workload.name) },
      serviceName: headlessName(workload.name),
      template: podTemplate(workload, options),
      updateStrategy: { rollingUpdate: updatePartition === 0 ? undefined : { partition: updatePartition }, type: 'RollingUpdate' },
      volumeClaimTemplates: claimTemplates(workload, volumes),
    },
  };
}

/** @internal The Service that gives a StatefulSet's copies their names. */
export function headlessName(workload: string): string {
  return `${workload}-headless`;
}
