import { containersOf } from './config-map';
import type { ChartModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import type { WorkloadModel } from '../../model/workload';
import { isNamespaceName, isObjectName } from '../../validation/syntax';

/*
 * What a pod's metadata and its sums do not take.
 */

/** @internal */
export function podFindings(workload: WorkloadModel): Finding[] {
  return [...labels(workload), ...annotations(workload), ...scratchInMemory(workload), ...copiesOfOnePort(workload)];
}

/**
 * Names that a user gives and that become those of objects.
 *
 * @internal
 */
export function objectNames({ path, name, namespace, workloads, secrets, sharedVolumes }: ChartModel): Finding[] {
  const volumes = [
    ...sharedVolumes,
    ...workloads.flatMap((workload) => containersOf(workload).flatMap((container) => container.volumes)
      .map(({ existingName, storageClassName }) => ({ path: workload.path, existingName, storageClassName }))),
  ];
  const given = [
    ...secrets.map((secret) => ({ of: secret.path, prop: 'secretName', value: secret.secretName })),
    ...volumes.map((volume) => ({ of: volume.path, prop: 'existingName', value: volume.existingName })),
    ...volumes.map((volume) => ({ of: volume.path, prop: 'storageClassName', value: volume.storageClassName || undefined })),
  ];
  return [
    ...namespace === undefined || isNamespaceName(namespace) ? [] : [error('namespace', path,
      `chart '${name}' cannot have the namespace '${namespace}' on Kubernetes: use at most 63 lower-case letters, digits and '-', with a letter or digit first and last`)],
    ...given.filter(({ value }) => value !== undefined && !isObjectName(value)).map(({ of, prop, value }) => error('object-name', of,
      `'${of.slice(of.lastIndexOf('/') + 1)}' cannot take '${value}' for ${prop} on Kubernetes: use at most 253 lower-case letters, digits, '-' and '.'`)),
  ];
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function labels({ path, name, labels: given, placement }: WorkloadModel): Finding[] {
  return [given, placement?.labels ?? {}].flatMap((map) => Object.entries(map)).flatMap(([key, value]) => [
    ...isKey(key) ? [] : [error('label', path, `'${name}' cannot have the label '${key}' on Kubernetes: ${KEY_RULE}`)],
    ...typeof value === 'string' && value.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value) ? [] : [error('label', path,
      `'${name}' cannot give the label '${key}' the value '${value}' on Kubernetes: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last;`
      + ' other texts can stand in annotations')],
  ]);
}

function annotations({ path, name, annotations: given }: WorkloadModel): Finding[] {
  const bytes = Object.entries(given).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)), 0);
  return [
    // Their keys are compared in lower case.
    ...Object.keys(given).filter((key) => !isKey(key.toLowerCase())).map((key) => error('annotation', path, `'${name}' cannot have the annotation '${key}' on Kubernetes: ${KEY_RULE}`)),
    ...bytes <= MOST_BYTES ? [] : [error('annotation', path,
      `'${name}' cannot have annotations of ${bytes} bytes together on Kubernetes, which takes ${MOST_BYTES}: put long texts into files`)],
  ];
}

const MOST_BYTES = 256 * 1024;

const KEY_RULE = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last, and before it, if need be, a domain and '/'";

function isKey(key: string): boolean {
  const [name, prefix, ...rest] = key.split('/').reverse();
  return rest.length === 0 && name.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name)
    && (prefix === undefined || prefix.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(prefix));
}

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

function error(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.ERROR, path, message: `${message} [${path}]` };
}
