import { userLabels } from './labels';
import type { KubernetesOptions } from './options';
import { constant } from './plain-json';
import type { WorkloadModel } from '../../model/workload';

/**
 * Asks the vertical autoscaler what copies should set aside, and lets it change nothing: by itself it would end copies, and
 * use that a horizontal one measures would be measured against a number that moves.
 *
 * @param controller kind of the object that makes the copies
 * @see https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler
 * @internal
 */
export function recommendations(controller: string): (workload: WorkloadModel) => any {
  const apiVersion = controller === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return (workload) => ({
    metadata: { labels: userLabels(workload) },
    spec: { targetRef: { apiVersion, kind: controller, name: workload.name }, updatePolicy: NEVER },
  });
}

const NEVER = constant({ updateMode: 'Off' });

/** @internal Where to read them. */
export function recommendationsRemark({ resourceRecommendations }: KubernetesOptions): string[] {
  return resourceRecommendations ? ['what copies should set aside is read by kubectl describe verticalpodautoscaler NAME after a day of use; nothing changes by itself: write it to resources'] : [];
}
