import { containersOf } from './config-map';
import type { ChartModel } from '../../model/app-model';
import { NetworkModeKind } from '../../model/network-mode';
import { SecurityLevel } from '../../model/security';
import { VolumeKind } from '../../model/volume';

/**
 * The strictest Pod Security Standard that a chart's workloads keep, enforced so that nothing in the namespace falls
 * below it, and a warning for what is not *restricted*.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 * @internal
 */
export function namespaceBody(charts: ChartModel[]): any {
  return {
    metadata: {
      labels: {
        'pod-security.kubernetes.io/enforce': enforced(charts),
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
}

function enforced(charts: ChartModel[]): string {
  const containers = charts.flatMap(({ workloads }) => workloads.flatMap(containersOf));
  if (containers.some(({ volumes }) => volumes.some(({ kind }) => kind === VolumeKind.HOST_PATH))) return 'privileged';
  if (charts.some(({ workloads }) => workloads.some(({ networkMode }) => networkMode?.kind === NetworkModeKind.HOST))) return 'privileged';
  const restricted = containers.every(({ security }) => security.level === SecurityLevel.RESTRICTED);
  // Pods of other libraries may be less strict than ours.
  return restricted && charts.every(({ pods }) => pods.length === 0) ? 'restricted' : 'baseline';
}
