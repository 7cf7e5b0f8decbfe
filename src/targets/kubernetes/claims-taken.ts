import { error } from './findings';
import { claimName, templateName, templateVolumes } from './storage';
import type { ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { VolumeKind } from '../../model/volume';
import { containersOf, WorkloadKind, type WorkloadModel } from '../../model/workload';

/*
 * A StatefulSet takes whichever claim has the name that it would give to a copy's, VOLUME-WORKLOAD-NUMBER. No object of ours has that
 * name, so that nothing else notices: two would write one disk.
 */

interface Claim {
  readonly claim: string;
  /** Path of whose it is. */
  readonly path: string;
  /** Whether a StatefulSet makes it. */
  readonly ofCopy: boolean;
}

/** @internal */
export function claimsTaken(charts: ChartModel[]): Finding[] {
  const owners = new Map<string, Claim>();
  const met = new Set<string>();
  return charts.flatMap((chart) => claimsOf(chart).flatMap((one) => {
    // Charts without a namespace may be applied to different ones.
    const key = `${chart.namespace ?? `${chart.path}/`} ${one.claim}`;
    const other = owners.get(key);
    if (other === undefined) owners.set(key, one);
    const pair = `${one.path} ${other?.path}`;
    if (other === undefined || !(other.ofCopy || one.ofCopy) || met.has(pair)) return [];
    met.add(pair);
    return [error('claim-taken', one.path, `'${one.path.slice(one.path.lastIndexOf('/') + 1)}' cannot have the claim '${one.claim}' on Kubernetes: '${other.path}' has one of that name, and`
      + ' both would write one disk; give one of them another id, or a volume of its another name')];
  }));
}

function claimsOf({ sharedVolumes, workloads }: ChartModel): Claim[] {
  return [
    ...sharedVolumes.filter(({ existingName }) => existingName === undefined).map(({ path, name }) => ({ claim: name, path, ofCopy: false })),
    ...workloads.flatMap((workload) => workload.kind === WorkloadKind.STATEFUL ? claimsOfCopies(workload) : ownClaims(workload)),
  ];
}

function ownClaims(workload: WorkloadModel): Claim[] {
  const { path, name } = workload;
  const volumes = containersOf(workload).flatMap((container) => container.volumes)
    .filter(({ kind, existingName }) => kind === VolumeKind.PERSISTENT && existingName === undefined);
  return volumes.map((volume) => ({ claim: claimName(name, volume), path, ofCopy: false }));
}

function claimsOfCopies(workload: WorkloadModel): Claim[] {
  const { path, name, replicas } = workload;
  return templateVolumes(workload).flatMap((volume) =>
    Array.from({ length: replicas }, (_, copy) => ({ claim: `${templateName(volume)}-${name}-${copy}`, path, ofCopy: true })));
}
