import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { Guarantee, Level } from '../../model/guarantee';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../../model/workload';
import { Fragment } from '../fragment';
import type { SynthContext } from '../target';
import { collectAnswers, type AnsweredConstruct } from './answers';

/**
 * All that the report says, before it is written in any form.
 *
 * @internal
 */
export interface Facts {
  readonly targets: string[];
  readonly constructs: AnsweredConstruct[];
  /** Paths of workloads without a way out. */
  readonly withoutEgress: string[];
  readonly databases: Database[];
  readonly findings: Finding[];
  /** What to know of targets besides. */
  readonly remarks: Remark[];
  /** Objects changed by an escape hatch: which, and of what target. */
  readonly patched: string[];
}

/**
 * What happens to a workload that keeps data, in a target's words.
 *
 * @internal
 */
export interface Database {
  readonly path: string;
  readonly name: string;
  readonly target: string;
  readonly onUpdate: string;
  readonly onNodeLoss: string;
  readonly backup: string;
}

/**
 * A line of one target.
 *
 * @internal
 */
export interface Remark {
  readonly target: string;
  readonly text: string;
}

/** @internal */
export function gatherFacts(context: SynthContext): Facts {
  const constructs = collectAnswers(context.rendered);
  const declared = context.rendered.flatMap(({ app }) => app.charts).flatMap(workloadsOf);
  const workloads = [...new Map(declared.map((workload) => [workload.path, workload])).values()];
  return {
    targets: context.rendered.map(({ target }) => target.name),
    constructs,
    withoutEgress: workloads.filter((workload) => !hasEgress(workload)).map(({ path }) => path).sort(),
    databases: databases(constructs, new Set(workloads.filter(keepsData).map(({ path }) => path))),
    findings: [...context.findings].sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : a.rule < b.rule ? -1 : 1),
    remarks: context.rendered.flatMap(({ target, app }) => target.remarks(app).map((text) => ({ target: target.name, text }))),
    patched: patchedObjects(context.root),
  };
}

/** A job mounts what its workload keeps. */
function keepsData(workload: WorkloadModel): boolean {
  return workload.kind !== WorkloadKind.JOB && [workload.container, ...workload.sidecars]
    .some(({ volumes }) => volumes.some(({ kind, readOnly }) => DISKS.includes(kind) && !readOnly));
}

const DISKS = [VolumeKind.PERSISTENT, VolumeKind.SHARED, VolumeKind.HOST_PATH];

function workloadsOf(chart: ChartModel): WorkloadModel[] {
  return chart.workloads;
}

function hasEgress(workload: WorkloadModel): boolean {
  if (workload.networkMode?.kind === NetworkModeKind.HOST) return true;
  return workload.egress.length > 0
    || workload.attachments.some(({ network }) => network.layer2 !== undefined)
    || workload.attachments.some(({ network }) => network.egress.length > 0)
    || workload.callees.some(({ to }) => to.kind === PeerKind.EXTERNAL);
}

function databases(constructs: AnsweredConstruct[], paths: Set<string>): Database[] {
  return constructs.filter(({ path }) => paths.has(path)).flatMap(({ path, name, answers }) => {
    const targets = [...new Set(answers.map(({ target }) => target))];
    return targets.map((target) => {
      const said = (guarantee: Guarantee) => {
        const { answer } = answers.find((one) => one.target === target && one.guarantee === guarantee)!;
        return answer.level === Level.NOT_NEEDED ? answer.reason : `${answer.level}: ${answer.reason}`;
      };
      return {
        path,
        name,
        target: target.name,
        onUpdate: said(Guarantee.ROLLING_UPDATE),
        onNodeLoss: said(Guarantee.STORAGE_SURVIVES_NODE_LOSS),
        backup: said(Guarantee.BACKUP),
      };
    });
  });
}

function patchedObjects(root: IConstruct): string[] {
  return root.node.findAll().filter(isPatched).map((construct) => construct.node.path).sort();
}

function isPatched(construct: IConstruct): boolean {
  return (Fragment.isFragment(construct) || ApiObject.isApiObject(construct)) && (construct as { patched?: boolean }).patched === true;
}
