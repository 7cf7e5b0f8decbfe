import { initContainer, mainContainer, sidecarContainer, stepContainer, type ContainerPlace } from './container';
import { mostCopies, surgeOf } from './copies';
import { instanceLabel, podLabels, selectorLabels } from './labels';
import { metricsContainerPort } from './monitoring';
import { interfacesAnnotation } from './multus';
import type { KubernetesOptions } from './options';
import { shared } from './plain-json';
import { ownsDisk, PodVolumes } from './pod-volumes';
import { hasUserNamespace, securityContexts } from './security';
import { QUICK_MOVE, REVISION, spreadOver } from './spread';
import { NetworkModeKind } from '../../model/network-mode';
import { containersOf, WorkloadKind, type WorkloadModel } from '../../model/workload';

/** @internal The template of a workload's pods. */
export function podTemplate(workload: WorkloadModel, options: KubernetesOptions): any {
  const { container, sidecars, init, releaseSteps, annotations } = workload;
  const onHost = workload.networkMode?.kind === NetworkModeKind.HOST;
  const volumes = new PodVolumes(workload, options);
  const security = securityContexts(containersOf(workload));
  const preStopSeconds = deregistrationSeconds(workload, options);
  const place: ContainerPlace = { security, volumes, preStopSeconds, metricsPort: metricsContainerPort(workload), options };
  const steps = options.releaseTool._hasJobs ? [] : releaseSteps.map((step) => stepContainer(container, step, place));
  const before = [...init.map((one) => initContainer(one, place)), ...steps, ...sidecars.map((one) => sidecarContainer(one, place))];
  return {
    metadata: {
      annotations: unlessEmpty({ ...sparedAnnotation(workload, volumes), ...annotations, ...interfacesAnnotation(workload, options) }),
      labels: podLabels(workload),
    },
    spec: {
      affinity: isSpread(workload) ? antiAffinity(workload, options) : undefined,
      automountServiceAccountToken: false,
      containers: [mainContainer(container, place)],
      // Else such a pod asks the name server of its node, which knows no Service.
      dnsPolicy: onHost ? 'ClusterFirstWithHostNet' : undefined,
      // Else a Service called `db` sets DB_PORT=tcp://…, which breaks programs that read DB_PORT.
      // https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
      enableServiceLinks: false,
      hostNetwork: onHost || undefined,
      hostUsers: hasUserNamespace(workload, options) ? false : undefined,
      imagePullSecrets: workload.imagePullSecrets.length === 0 ? undefined : workload.imagePullSecrets.map((name) => ({ name })),
      initContainers: before.length === 0 ? undefined : before,
      nodeSelector: nodeSelector(workload),
      priorityClassName: workload.priorityClassName,
      restartPolicy: workload.kind === WorkloadKind.JOB ? 'Never' : undefined,
      securityContext: security.pod,
      serviceAccountName: workload.name,
      terminationGracePeriodSeconds: preStopSeconds + workload.drainSeconds + MARGIN_SECONDS,
      tolerations: isStateless(workload) ? QUICK_MOVE : undefined,
      topologySpreadConstraints: isSpread(workload) ? spread(workload) : undefined,
      volumes: volumes.volumes,
    },
  };
}

/** What is left for the process to end after its time to drain. */
const MARGIN_SECONDS = 5;

/**
 * How long a copy waits before TERM, while endpoints and proxies stop sending to it. Nobody sends to a job or a worker;
 * where the next copy starts only after this one has gone, waiting would make the gap longer.
 *
 * @internal
 */
export function deregistrationSeconds(workload: WorkloadModel, { edge }: KubernetesOptions): number {
  if (workload.ports.length === 0 || workload.kind === WorkloadKind.JOB || ownsDisk(workload)) return 0;
  if (workload.kind === WorkloadKind.STATEFUL && workload.replicas === 1) return 0;
  return edge.deregistrationSeconds;
}

/**
 * The cluster autoscaler takes no node away on which a pod has a volume, unless it says that this one may go: else every node with a copy
 * of ours would stay for ever, since each has scratch space. An only copy stays: it would be away for a while, to save a node.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node
 */
function sparedAnnotation(workload: WorkloadModel, { onNode }: PodVolumes): { [key: string]: string } | undefined {
  if (!isSpread(workload) || onNode.length === 0) return undefined;
  return shared(`spared ${onNode.join()}`, () => ({ 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': onNode.join() }));
}

/** @internal Whether there are several copies to keep apart. */
export function isSpread(workload: WorkloadModel): boolean {
  return workload.kind !== WorkloadKind.JOB && (workload.maxReplicas ?? workload.replicas) > 1;
}

function isStateless(workload: WorkloadModel): boolean {
  return (workload.kind === WorkloadKind.SERVICE || workload.kind === WorkloadKind.WORKER) && !ownsDisk(workload);
}

/** @internal Whether a copy waits rather than sharing a node that has one already. */
export const isSpreadHard = ({ spread: wish, maxReplicas }: WorkloadModel): boolean => wish?.isRequired ?? maxReplicas === undefined;

/**
 * Hard on nodes; soft under an autoscaler: the most copies may be many times the nodes, and a hard rule would hold them back
 * just when load is high. StatefulSets have no label for a revision.
 */
function spread(workload: WorkloadModel): any[] {
  return spreadOver(instanceLabel(workload.name), isSpreadHard(workload), workload.kind === WorkloadKind.STATEFUL ? undefined : REVISION);
}

/**
 * Whether a node gets no second copy. Where an update starts new copies first and every node has one, it would wait for ever
 * for another; so there must be room for them on the nodes that are left when one is away.
 *
 * @internal
 */
export function keepsOnePerNode(workload: WorkloadModel, { nodes }: KubernetesOptions): boolean {
  if (workload.maxReplicasPerNode !== 1 || !isSpread(workload)) return false;
  const surge = surgeOf(workload);
  return surge === 0 || (workload.placement === undefined && nodes !== undefined && nodes - 1 >= mostCopies(workload) + surge);
}

/** The same once more, softly: a required rule would leave the extra copy of an update without a node. */
function antiAffinity(workload: WorkloadModel, options: KubernetesOptions): any {
  if (keepsOnePerNode(workload, options)) {
    const labelSelector = { matchLabels: selectorLabels(workload.name) };
    return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: 'kubernetes.io/hostname' }] } };
  }
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{
        podAffinityTerm: { labelSelector: { matchLabels: instanceLabel(workload.name) }, topologyKey: 'kubernetes.io/hostname' },
        weight: 100,
      }],
    },
  };
}

function nodeSelector({ placement }: WorkloadModel): any {
  if (placement === undefined) return undefined;
  const { labels, hostname } = placement;
  return hostname === undefined ? { ...labels } : { ...labels, 'kubernetes.io/hostname': hostname };
}

function unlessEmpty<T extends object>(map: T): T | undefined {
  for (const _ in map) return map;
  return undefined;
}
