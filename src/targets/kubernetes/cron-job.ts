import { commonLabels, userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { podTemplate } from './pod';
import { Overlap, type WorkloadModel } from '../../model/workload';

/** @internal */
export function cronJob(workload: WorkloadModel, options: KubernetesOptions): any {
  const schedule = workload.schedule!;
  return {
    metadata: { labels: userLabels(workload) },
    spec: {
      concurrencyPolicy: CONCURRENCY[schedule.overlap],
      failedJobsHistoryLimit: schedule.failedRunsKept ?? 3,
      jobTemplate: {
        // Networks are a matter of its pods.
        metadata: { labels: { ...commonLabels(workload.name, workload.chart), ...userLabels(workload) } },
        spec: {
          activeDeadlineSeconds: schedule.timeoutSeconds,
          backoffLimit: schedule.retries,
          podFailurePolicy: DISRUPTION_IS_NO_FAILURE,
          template: podTemplate(workload, options),
        },
      },
      schedule: schedule.expression,
      // Without it a run that was missed is made up at any hour, and after a hundred of them the schedule stands still.
      // https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
      startingDeadlineSeconds: schedule.startingDeadlineSeconds ?? 600,
      successfulJobsHistoryLimit: schedule.successfulRunsKept ?? 3,
      timeZone: schedule.timeZone,
    },
  };
}

const CONCURRENCY: { [overlap in Overlap]: string } = { [Overlap.SKIP]: 'Forbid', [Overlap.ALLOW]: 'Allow', [Overlap.REPLACE]: 'Replace' };

/**
 * Draining a node uses up no retry, and a pod that is ending still counts: with a failure policy the next one waits for it
 * (`podReplacementPolicy: Failed`, the only value that is allowed beside it). It asks for `restartPolicy: Never`.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 * @internal
 */
export const DISRUPTION_IS_NO_FAILURE = constant({
  rules: [{ action: 'Ignore', onPodConditions: [{ status: 'True', type: 'DisruptionTarget' }] }],
});
