import { goesOutByName, hostNamePolicy } from './cilium-policy';
import { configMap } from './config-map';
import { staticDefinition, staticInterfaces, staticName } from './multus';
import type { ObjectHanger } from './object-hanger';
import type { KubernetesOptions } from './options';
import { releaseJob, stepFiles, stepFilesName, stepName } from './release-job';
import { claimName, FILES_KEPT, KEPT, persistentVolumeClaim } from './storage';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { containersOf, WorkloadKind, type WorkloadModel } from '../../model/workload';

/*
 * Nearly always a declaration settles which objects there are. For the rest the whole model is needed: files of a
 * sidecar that was added later, a way out by host name, a limit on one route. These objects come, or go, when the
 * application is validated, which is before anything is rendered. Doing it again changes nothing.
 */

/** @internal */
export function settleWorkload(hanger: ObjectHanger, options: KubernetesOptions): void {
  const { networkPlugin } = options;
  const workload: WorkloadModel = hanger.produce();
  const { name, kind, sidecars, init, networkMode } = workload;
  for (const attachment of staticInterfaces(workload, options)) {
    const definition = staticName(attachment.network.name, name);
    hanger.addOnce('NetworkAttachmentDefinition', definition, () => staticDefinition(attachment), { id: `interface-${attachment.network.name}` });
  }
  if (networkMode?.kind !== NetworkModeKind.HOST && networkPlugin.knowsHostNames && goesOutByName(workload)) hanger.addOnce('CiliumNetworkPolicy', name, hostNamePolicy);
  if (options.releaseTool._hasJobs) settleReleaseSteps(hanger, workload, options);
  if (sidecars.length === 0 && init.length === 0) return;
  const containers = containersOf(workload);
  if (containers.some(({ files }) => files.length > 0)) hanger.addOnce('ConfigMap', `${name}-config`, configMap, { annotations: FILES_KEPT });
  if (kind === WorkloadKind.STATEFUL) return;
  for (const volume of containers.flatMap(({ volumes }) => volumes)) {
    if (volume.kind !== VolumeKind.PERSISTENT || volume.existingName !== undefined) continue;
    const body = persistentVolumeClaim(volume);
    hanger.addOnce('PersistentVolumeClaim', claimName(name, volume), () => body, { id: `volume-${volume.name}`, annotations: KEPT });
  }
}

function settleReleaseSteps(hanger: ObjectHanger, { name, releaseSteps, container }: WorkloadModel, { releaseTool }: KubernetesOptions): void {
  releaseSteps.forEach((step, index) => {
    // The model is made anew where something was declared in between.
    const job = (model: WorkloadModel, options: KubernetesOptions) => releaseJob(model, model.releaseSteps[index], options);
    hanger.addOnce('Job', stepName(name, step), job, { id: `release-step-${step.name}` });
    if (releaseTool._hasWaves || container.files.length === 0) return;
    const files = (model: WorkloadModel) => stepFiles(model, model.releaseSteps[index]);
    hanger.addOnce('ConfigMap', stepFilesName(name, step), files, { id: `release-files-${step.name}` });
  });
}
