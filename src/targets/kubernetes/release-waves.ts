import type { AppModel, ChartModel } from '../../model/app-model';
import { hasMember } from '../../model/network';
import { VolumeKind } from '../../model/volume';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../../model/workload';

/*
 * Argo CD applies wave by wave, and begins one when all of the one before is healthy. A release step must come after what
 * it needs and before the Deployments, which stay in wave 0 with everything else. As little as can be is put before it: an
 * object that is not healthy there, a certificate whose host is not in the DNS yet, would hold back the release.
 */

const WAVE = 'argocd.argoproj.io/sync-wave';

/** The wave of what release steps need. */
const NEEDED = -100;

/** What the pods of a step need of their workload. */
const OF_THE_WORKLOAD = ['ServiceAccount', 'ConfigMap', 'NetworkPolicy', 'CiliumNetworkPolicy', 'NetworkAttachmentDefinition'];
/** What a database needs to be there. */
const OF_A_CALLEE = [...OF_THE_WORKLOAD, 'Service', 'StatefulSet'];
/** These are needed by all. */
const OF_ALL = ['Namespace', 'ResourceQuota', 'LimitRange', 'ExternalSecret'];

/**
 * Which object belongs to which wave; none where no release step is a Job that waits for its wave.
 *
 * @internal
 */
export class ReleaseWaves {
  /** Whether objects have waves at all. */
  public hasSteps = false;
  private readonly waves = new Map<string, string>();

  /** From the whole application; again where it has changed. */
  public settle({ charts }: AppModel): void {
    this.waves.clear();
    const workloads = charts.flatMap((chart) => chart.workloads);
    const released = workloads.filter(({ releaseSteps }) => releaseSteps.length > 0);
    this.hasSteps = released.length > 0;
    for (const workload of released) {
      const chart = charts.find(({ name }) => name === workload.chart)!;
      this.need(workload.path, OF_THE_WORKLOAD);
      // The name of a callee in another namespace.
      this.need(chart.path, ['Service']);
      // Many storage classes wait for the first pod: the step's own, in the same wave.
      this.needVolumes(workload, charts, stepWave(0));
      for (const callee of databases(workload, workloads)) {
        this.need(callee.path, OF_A_CALLEE);
        this.needVolumes(callee, charts, NEEDED);
      }
    }
  }

  /** Annotations of an object. */
  public annotationsOf(path: string, kind: string): { [key: string]: string } | undefined {
    const wave = OF_ALL.includes(kind) ? String(NEEDED) : this.waves.get(key(path, kind));
    return wave === undefined ? undefined : { [WAVE]: wave };
  }

  private need(path: string, kinds: string[]): void {
    for (const kind of kinds) this.waves.set(key(path, kind), String(NEEDED));
  }

  private needVolumes({ chart, container }: WorkloadModel, charts: ChartModel[], wave: number): void {
    const names = container.volumes.filter(({ kind }) => kind === VolumeKind.SHARED).map(({ name }) => name);
    for (const { path, name } of charts.find((one) => one.name === chart)!.sharedVolumes) {
      if (names.includes(name)) this.waves.set(key(path, 'PersistentVolumeClaim'), String(wave));
    }
  }
}

/** The stateful services that a workload calls or may call, and those that they do. */
function databases(workload: WorkloadModel, all: WorkloadModel[]): Set<WorkloadModel> {
  const found = new Set<WorkloadModel>();
  const open = [workload];
  const stateful = all.filter(({ kind }) => kind === WorkloadKind.STATEFUL);
  for (let caller = open.pop(); caller !== undefined; caller = open.pop()) {
    for (const callee of stateful) {
      if (callee === workload || found.has(callee) || !reaches(caller, callee)) continue;
      found.add(callee);
      open.push(callee);
    }
  }
  return found;
}

/** By a declared connection, or as members of a network, who need none. */
function reaches({ callees, attachments }: WorkloadModel, { chart, name }: WorkloadModel): boolean {
  return callees.some(({ to }) => to.kind === PeerKind.WORKLOAD && to.chart === chart && to.name === name)
    || attachments.some(({ network }) => !network.connectedOnly && network.chart === chart && hasMember(network, name));
}

/** @internal Annotations of a release step: waves in the order of steps. */
export function stepAnnotations(index: number): { [key: string]: string } {
  return {
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    [WAVE]: String(stepWave(index)),
  };
}

const stepWave = (index: number): number => NEEDED + 1 + index;

const key = (path: string, kind: string): string => `${kind} ${path}`;
