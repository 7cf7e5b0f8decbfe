import type { Chart } from 'cdk8s';
import { memberLabels } from '../../model/network';
import type { WorkloadModel } from '../../model/workload';
import { chartName } from '../../util/chart-name';

/*
 * Selectors cannot be changed on a live object, so they hold nothing but the workload's name. Everything that may
 * change (networks, the user's labels) stands on the template alone.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
 *
 * Of the recommended labels a version is missing: an image's tag is none, and on a template it would roll copies that are the same.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */

const NAME = 'app.kubernetes.io/name';
const INSTANCE = 'app.kubernetes.io/instance';
const PART_OF = 'app.kubernetes.io/part-of';
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** @internal Labels of every object that is made of something called `name`, pods and jobs of its controller among them. */
export function commonLabels(name: string, chart: string): { [key: string]: string } {
  return { [INSTANCE]: name, [NAME]: name, [PART_OF]: chart };
}

/**
 * Labels of the objects of a manifest. Who writes them is said on them and not on pods, which would be replaced. The chart may name
 * another tool; Helm puts its own name there when it installs.
 *
 * @internal
 */
export function objectLabels(name: string, chart: Chart): { [key: string]: string } {
  return { ...commonLabels(name, chartName(chart)), [MANAGED_BY]: toolOf(chart) };
}

/** @internal Who writes an object, on one that is no single workload's. */
export function managedBy(chart: Chart): { [key: string]: string } {
  return { [MANAGED_BY]: toolOf(chart) };
}

const toolOf = (chart: Chart): string => chart.labels[MANAGED_BY] ?? 'cdk8s-ha';

/** @internal What selects a workload's copies in its controller, Services and budget. */
export function selectorLabels(name: string): { [key: string]: string } {
  return { [INSTANCE]: name, [NAME]: name };
}

/** @internal One label, where one is enough: checkers take a policy for a workload's own only so. */
export function instanceLabel(name: string): { [key: string]: string } {
  return { [INSTANCE]: name };
}

/** @internal Labels of a workload's copies. */
export function podLabels(workload: WorkloadModel): { [key: string]: string } {
  const labels = commonLabels(workload.name, workload.chart);
  for (const { network } of workload.attachments) Object.assign(labels, memberLabels(network));
  return { ...labels, ...userLabels(workload) };
}

/** @internal Labels of the pods of a release step: its workload's policies select them, its Services and controller do not. */
export function stepLabels(labels: { [key: string]: string }, step: string): { [key: string]: string } {
  return { ...labels, [NAME]: step };
}

/** @internal What a user adds to a workload's objects; what selectors rest on stays. */
export function userLabels({ labels }: WorkloadModel): { [key: string]: string } {
  if (!(NAME in labels) && !(INSTANCE in labels)) return labels;
  const { [NAME]: _name, [INSTANCE]: _instance, ...rest } = labels;
  return rest;
}
