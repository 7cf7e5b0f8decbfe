import { useFilesOf, workloadFiles } from './config-map';
import { DISRUPTION_IS_NO_FAILURE } from './cron-job';
import { podLabels, stepLabels, userLabels } from './labels';
import { shortName } from './names';
import type { KubernetesOptions } from './options';
import { podTemplate } from './pod';
import { stepAnnotations } from './release-waves';
import { literal } from './secrets';
import { stepContainer, WorkloadKind, type ReleaseStepModel, type WorkloadModel } from '../../model/workload';

/**
 * A release step as a Job of its own: the workload's pod with another command, without its disks, its sidecars and its
 * ports. Its policies hold for it too, and no Service leads to it.
 *
 * @internal
 */
export function releaseJob(workload: WorkloadModel, step: ReleaseStepModel, options: KubernetesOptions): any {
  const index = workload.releaseSteps.indexOf(step);
  return {
    metadata: {
      annotations: options.releaseTool._hasWaves ? stepAnnotations(index) : helmAnnotations(STEPS + index),
      labels: userLabels(workload),
    },
    spec: {
      // A database that was made a moment ago may take its time. No deadline: a migration that is killed half-way does harm.
      backoffLimit: 6,
      podFailurePolicy: DISRUPTION_IS_NO_FAILURE,
      template: stepTemplate(workload, step, options),
    },
  };
}

/** @internal */
export const stepName = (workload: string, step: ReleaseStepModel): string => shortName(`${workload}-${step.name}`, 63);

/** @internal The files of a release step under Helm: those of the new version are not there yet when it runs. */
export function stepFiles(workload: WorkloadModel, step: ReleaseStepModel): any {
  return {
    data: workloadFiles(stepWorkload(workload, step)).data,
    metadata: { annotations: helmAnnotations(STEPS + workload.releaseSteps.indexOf(step) - 1), labels: userLabels(workload) },
  };
}

/** @internal */
export const stepFilesName = (workload: string, step: ReleaseStepModel): string => `${stepName(workload, step)}-config`;

function stepTemplate(workload: WorkloadModel, step: ReleaseStepModel, options: KubernetesOptions): any {
  const model = stepWorkload(workload, step);
  if (options.releaseTool._hasWaves) useFilesOf(model, workload);
  else useFilesOf(model, model, stepFilesName(workload.name, step));
  const { metadata, spec } = podTemplate(model, options);
  const [container] = spec.containers;
  return {
    metadata: { ...metadata, labels: stepLabels(podLabels(workload), stepName(workload.name, step)) },
    spec: {
      ...spec,
      containers: [{ ...container, command: step.command.map(literal), name: step.name }],
      // Under Helm it may run before the workload's own is there; neither has a token.
      serviceAccountName: options.releaseTool._hasWaves ? workload.name : undefined,
    },
  };
}

function stepWorkload(workload: WorkloadModel, step: ReleaseStepModel): WorkloadModel {
  return {
    ...workload,
    kind: WorkloadKind.JOB,
    container: stepContainer(workload, step),
    sidecars: [],
    init: [],
    releaseSteps: [],
    ports: [],
    publishedPorts: [],
    metricsPort: undefined,
    replicas: 1,
    maxReplicas: undefined,
  };
}

/** Hooks of one weight run in the order of their names; files come before the first step. */
const STEPS = 1;

function helmAnnotations(weight: number): { [key: string]: string } {
  return {
    'helm.sh/hook': 'post-install,pre-upgrade',
    'helm.sh/hook-delete-policy': 'before-hook-creation',
    'helm.sh/hook-weight': String(weight),
  };
}
