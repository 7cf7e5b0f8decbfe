import type { KubernetesOptions, PatchedObject } from './options';
import { Severity, type Finding } from '../../model/finding';
import { ScalingKind } from '../../model/scaling';
import type { WorkloadModel } from '../../model/workload';

/*
 * Our own numbers hold by themselves. A patch may take any of them away, and the server accepts most of what then does
 * harm one day.
 */

/** @internal */
export function patchedFindings(objects: Iterable<PatchedObject>, options: KubernetesOptions): Finding[] {
  return [...objects].flatMap((object) => (CHECKS[object.kind] ?? []).flatMap((check) => {
    const problem = check(object.toJson(), object, options);
    return problem === undefined ? [] : [{
      rule: 'patched-object', severity: Severity.ERROR, path: object.node.path, message: `${object.kind} '${object.name}' cannot be patched so: ${problem} [${object.node.path}]`,
    }];
  }));
}

type Check = (json: any, object: PatchedObject, options: KubernetesOptions) => string | undefined;

/** TERM, the work, KILL: in the time that a pod has, which begins with preStop. */
const grace: Check = (json, object) => {
  const pod = (json.spec.jobTemplate?.spec ?? json.spec).template?.spec;
  const drain: number = object.model().drainSeconds;
  const { sleep, exec } = pod?.containers?.[0]?.lifecycle?.preStop ?? {};
  const seconds = Number(sleep?.seconds ?? /\bsleep (\d+)$/.exec(exec?.command?.at(-1) ?? '')?.[1] ?? 0);
  const given = pod?.terminationGracePeriodSeconds ?? 30;
  return given >= seconds + drain ? undefined
    : `terminationGracePeriodSeconds ${given} is shorter than preStop (${seconds} s) and drainTimeout (${drain} s) together, so that requests would be cut off; give ${seconds + drain} or more`;
};

const replacement: Check = ({ spec: { strategy } }) => {
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  return Number.parseInt(maxSurge) === 0 && Number.parseInt(maxUnavailable) === 0 ? 'with maxSurge 0 and maxUnavailable 0 an update could never begin' : undefined;
};

const progress: Check = ({ spec: { minReadySeconds = 0, progressDeadlineSeconds = 600 } }) => progressDeadlineSeconds > minReadySeconds ? undefined
  : `progressDeadlineSeconds ${progressDeadlineSeconds} must be more than minReadySeconds ${minReadySeconds}`;

/** A node could not be drained by anybody. */
const budget: Check = ({ spec: { minAvailable, maxUnavailable } }, object, { edge }) => {
  // Proxies of a load balancer are counted by the edge.
  const { replicas = edge.proxies } = object.model();
  if (Number.parseInt(maxUnavailable ?? '1') === 0) return `maxUnavailable ${maxUnavailable} blocks every drain; give 1`;
  if (minAvailable === undefined) return undefined;
  const least = String(minAvailable).endsWith('%') ? Math.ceil(replicas * Number.parseInt(minAvailable) / 100) : Number(minAvailable);
  return least < replicas ? undefined : `minAvailable ${minAvailable} of ${replicas} copies blocks every drain; give maxUnavailable 1`;
};

const bounds = (least: string, most: string): Check => ({ spec: { [least]: from = 1, [most]: to } }) =>
  from <= to ? undefined : `${least} ${from} is above ${most} ${to}`;

/** Use is measured against requests: without one there is no number, and the count stands still. A limit stands for a request that is missing. */
const requests: Check = ({ spec: { template } }, object) => {
  const [main] = template?.spec?.containers ?? [];
  const { maxReplicas, scaleOn = [] }: WorkloadModel = object.model();
  const without = maxReplicas === undefined ? undefined : scaleOn.find(({ kind, name }) => (kind === ScalingKind.CPU || kind === ScalingKind.MEMORY)
    && main?.resources?.requests?.[name] === undefined && main?.resources?.limits?.[name] === undefined);
  return without === undefined ? undefined : `an autoscaler measures against requests, and container has none for ${without.name}`;
};

/** Copies that must not share a node, and more of them than there are nodes. */
const apart: Check = ({ spec }, _, { nodes }) => {
  const { metadata: { labels = {} } = { labels: {} }, spec: pod } = spec.template ?? {};
  const terms: any[] = pod?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const itself = terms.some(({ topologyKey, labelSelector }) => topologyKey === 'kubernetes.io/hostname' && labelSelector?.matchExpressions === undefined
    && Object.entries(labelSelector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value));
  const surge = Number.parseInt(spec.strategy?.rollingUpdate?.maxSurge ?? '0');
  return nodes === undefined || !itself || !(spec.replicas + surge > nodes) ? undefined
    : `a required podAntiAffinity keeps ${spec.replicas} copies${surge > 0 ? ` and ${surge} more of an update` : ''} on nodes of their own, and there are ${nodes}: some would wait for ever;`
      + ' give preferredDuringSchedulingIgnoredDuringExecution';
};

const CHECKS: { [kind: string]: Check[] } = {
  Deployment: [grace, replacement, progress, requests, apart],
  StatefulSet: [grace, apart],
  CronJob: [grace],
  PodDisruptionBudget: [budget],
  HorizontalPodAutoscaler: [bounds('minReplicas', 'maxReplicas')],
  ScaledObject: [bounds('minReplicaCount', 'maxReplicaCount')],
};
