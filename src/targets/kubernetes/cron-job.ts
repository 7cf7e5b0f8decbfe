import { commonLabels, userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import { podTemplate } from './pod';
import { formatCron } from '../../model/cron';
import { Overlap, type ScheduleModel, type WorkloadModel } from '../../model/workload';

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
      schedule: expressionOf(schedule),
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
 * As it was declared, unless the server would refuse it: Sunday is 0 there, so that no day is a 7 and no range ends with it.
 *
 * @see https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
 */
function expressionOf({ expression, cron }: ScheduleModel): string {
  const text = expression.trim();
  if (text.startsWith('@')) return text.toLowerCase();
  const [daysOfWeek] = text.split(/\s+/).slice(-1);
  return SUNDAY_LAST.test(daysOfWeek) ? formatCron(cron) : text;
}

const SUNDAY_LAST = /(?:^|,)0*7\b|-(?:0*7|0+|sun)\b/i;

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
