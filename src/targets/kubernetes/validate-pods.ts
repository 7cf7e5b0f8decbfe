import { error } from './findings';
import { badAnnotations, badLabels } from './labels-given';
import type { Finding } from '../../model/finding';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { containersOf, Overlap, type WorkloadModel } from '../../model/workload';

/*
 * What a pod's metadata and its sums do not take.
 */

/** @internal */
export function podFindings(workload: WorkloadModel): Finding[] {
  return [...labels(workload), ...annotations(workload), ...scratchInMemory(workload), ...copiesOfOnePort(workload), ...disksOfSeveralRuns(workload)];
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function labels({ path, name, labels: given, placement }: WorkloadModel): Finding[] {
  return [given, placement?.labels ?? {}].flatMap((map) => badLabels(`'${name}'`, map)).map((problem) => error('label', path, problem));
}

function annotations({ path, name, annotations: given }: WorkloadModel): Finding[] {
  const bytes = Object.entries(given).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)), 0);
  return [
    ...badAnnotations(`'${name}'`, given).map((problem) => error('annotation', path, problem)),
    ...bytes <= MOST_BYTES ? [] : [error('annotation', path,
      `'${name}' cannot have annotations of ${bytes} bytes together on Kubernetes, which takes ${MOST_BYTES}: put long texts into files`)],
  ];
}

const MOST_BYTES = 256 * 1024;

/** What is written there counts as the container's memory, so a full one would end it. */
function scratchInMemory(workload: WorkloadModel): Finding[] {
  return containersOf(workload).flatMap(({ name, volumes, resources: { memoryLimitMebibytes } }) => {
    const sum = volumes.filter(({ kind, inMemory }) => kind === VolumeKind.SCRATCH && inMemory)
      .reduce((total, { sizeMebibytes }) => total + (sizeMebibytes ?? 0), 0);
    return sum < memoryLimitMebibytes ? [] : [error('scratch-in-memory', workload.path,
      `'${name}' cannot have ${sum} MiB of scratch space in memory with a memory limit of ${memoryLimitMebibytes} MiB on Kubernetes, where it counts as memory:`
      + ' raise resources.memory, or give the scratch space a smaller size')];
  });
}

/** A node has a port once, so that every copy but the first would wait for ever. */
function copiesOfOnePort({ path, name, networkMode, ports, placement, replicas, maxReplicas = replicas }: WorkloadModel): Finding[] {
  if (placement?.hostname === undefined || networkMode?.kind !== NetworkModeKind.HOST || ports.length === 0 || maxReplicas === 1) return [];
  return [error('host-port-of-several', path,
    `'${name}' cannot listen on port ${ports[0].number} of node '${placement.hostname}' with ${maxReplicas} copies on Kubernetes: a node has a port once;`
    + ' run one copy, or leave networkMode out')];
}

/** A disk is attached to one node, and the next run may be on another. */
function disksOfSeveralRuns(workload: WorkloadModel): Finding[] {
  if (workload.schedule?.overlap !== Overlap.ALLOW) return [];
  return containersOf(workload).flatMap(({ volumes }) => volumes).filter(({ kind }) => kind === VolumeKind.PERSISTENT).map(({ path }) => error('disk-of-several', workload.path,
    `'${workload.name}' cannot have the persistent volume '${path}' with Overlap.ALLOW on Kubernetes, where a disk is attached to one node and a second run may be on another:`
    + ' use a SharedVolume, or leave overlap out'));
}
