import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { hasBudget } from './availability';
import { error, warning } from './findings';
import { podLabels } from './labels';
import { ManifestObject } from './manifest-object';
import { isSpread } from './pod';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { chartName } from '../../util/chart-name';

/*
 * Budgets and autoscalers that somebody wrote beside ours, as one does who comes from plain manifests. The server takes them, and
 * a node that cannot be drained is noticed when it must be.
 */

/** @internal */
export function foreignControllers({ charts }: AppModel, root: IConstruct | undefined): Finding[] {
  if (root === undefined) return [];
  const foreign = root.node.findAll()
    .filter((one): one is ApiObject => ApiObject.isApiObject(one) && one.kind in CHECKS && !ManifestObject.isManifestObject(one));
  if (foreign.length === 0) return [];
  const workloads = charts.flatMap((chart) => chart.workloads);
  return foreign.flatMap((object) => {
    const json = object.toJson();
    const namespace = json.metadata.namespace ?? object.chart.namespace;
    // Two charts without a namespace may end up in different ones.
    const isThere = namespace === undefined ? ({ chart }: WorkloadModel) => chart === chartName(object.chart) : () => true;
    const meets = (workload: WorkloadModel) => workload.namespace === namespace && isThere(workload);
    return CHECKS[object.kind]({ json, path: object.node.path, workloads: workloads.filter(meets) });
  });
}

interface Foreign {
  readonly json: any;
  readonly path: string;
  /** Those of its namespace. */
  readonly workloads: WorkloadModel[];
}

/** @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors */
function budget({ json, path, workloads }: Foreign): Finding[] {
  const { metadata: { name }, spec: { selector = {}, minAvailable, maxUnavailable } } = json;
  const selected = workloads.filter((workload) => workload.kind !== WorkloadKind.JOB && selects(selector, podLabels(workload)));
  return selected.flatMap((workload) => {
    if (hasBudget(workload)) {
      return [error('second-budget', path, `PodDisruptionBudget '${name}' cannot select the copies of '${workload.name}' too on Kubernetes, which have a budget: copies with two cannot be evicted,`
        + ` so that no node with one can be drained; remove it, or change ours: KubernetesObjects.of(${workload.name}).podDisruptionBudget`)];
    }
    const blocks = maxUnavailable === undefined ? minAvailable !== 0 && minAvailable !== '0%' : Number.parseInt(maxUnavailable) === 0;
    const [held, advice] = isSpread(workload) ? ['copies of one node', 'let several nodes run them'] : ['the only copy', 'give the workload two copies'];
    return blocks ? [error('budget-blocks-drains', path, `PodDisruptionBudget '${name}' cannot hold ${held} of '${workload.name}' on Kubernetes: the node that it is on could not be drained;`
      + ` remove it, or ${advice}, which have a budget`)] : [];
  });
}

function selects({ matchLabels = {}, matchExpressions = [] }: any, labels: { [key: string]: string }): boolean {
  return matchExpressions.length === 0 && Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

function autoscaler({ json, path, workloads }: Foreign): Finding[] {
  const { kind, metadata: { name }, spec: { scaleTargetRef } } = json;
  const scaled = workloads.filter((workload) => workload.name === scaleTargetRef?.name && workload.kind !== WorkloadKind.JOB);
  return scaled.map((workload) => workload.maxReplicas === undefined
    ? warning('second-autoscaler', path, `${kind} '${name}' changes the number of copies of '${workload.name}' on Kubernetes, whose manifest says ${workload.replicas}: each time it is applied, copies go or`
      + ' come at once; give the workload minReplicas and maxReplicas instead')
    : error('second-autoscaler', path, `${kind} '${name}' cannot scale '${workload.name}' too on Kubernetes, which is autoscaled: the two would undo each other's count;`
      + ' remove it, and give scaleOn what it looks at'));
}

const CHECKS: { [kind: string]: (foreign: Foreign) => Finding[] } = {
  PodDisruptionBudget: budget,
  HorizontalPodAutoscaler: autoscaler,
  ScaledObject: autoscaler,
};
