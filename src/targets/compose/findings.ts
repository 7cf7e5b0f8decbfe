import { hasInit } from './container';
import { isReplicated } from './copies';
import { leadsOutside } from './networks';
import { isSharedScratch } from './storage';
import type { Answer } from '../../model/answer';
import type { AppModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import { Level } from '../../model/guarantee';
import { HealthCheckKind } from '../../model/health-check';
import { calledBy, type LoadBalancerModel } from '../../model/load-balancer';
import type { LoweredLoadBalancer } from '../../model/load-balancer-backend';
import type { NetworkModel } from '../../model/network';
import { VolumeKind } from '../../model/volume';
import { containersOf, Overlap, WorkloadKind, type WorkloadModel } from '../../model/workload';
import {
  aliasesTaken, hostPortsTaken, hostsServedTwice, hostsWithoutTls, parentsTaken, requestsNotMirrored, unknownAccess, unpassedStreams,
  unreachedMetrics, unverifiedCopies, volumesTaken,
} from '../../validation/docker-rules';
import * as messages from '../../validation/messages';
import { isPinned } from '../../validation/syntax';

/*
 * What Compose and Swarm have in common that only they find wrong. Texts as in src/validation/messages.ts: who cannot do
 * what, the value given, the change to make; an error ends with the path.
 */

/**
 * @param target the target as a reader calls it: Compose, Swarm
 * @param hostPorts who has a port of a host twice
 * @internal
 */
export function dockerFindings(app: AppModel, target: string, hostPorts = hostPortsTaken(app)): Finding[] {
  return [...hostPorts, ...APP_RULES.flatMap((rule) => rule(app)), ...app.charts.flatMap((chart) => [
    ...chart.workloads.flatMap((workload) => WORKLOAD_RULES.flatMap((rule) => rule(workload, target))),
    ...chart.loadBalancers.flatMap(requestsNotMirrored),
    ...chart.loadBalancers.flatMap(unpassedStreams),
    ...chart.networks.filter(({ connectedOnly }) => connectedOnly).flatMap((network) => unusedOfConnections(network, target)),
    ...chart.networks.filter(({ connectedOnly, subnet }) => connectedOnly && subnet !== undefined)
      .map(({ path, name, subnet }) => warning('subnet-unused', path,
        `${name} does not use its subnet ${subnet} on ${target}: with connectedOnly each connection is a network of its own`)),
  ])];
}

const APP_RULES = [aliasesTaken, volumesTaken, hostsServedTwice, parentsTaken, unknownAccess, unverifiedCopies, unreachedMetrics];

/** What each connection's network of its own does not have. */
function unusedOfConnections({ path, name, mtu, ipv6Subnet }: NetworkModel, target: string): Finding[] {
  const unused = [...mtu === undefined ? [] : [`mtu ${mtu}`], ...ipv6Subnet === undefined ? [] : [`ipv6Subnet ${ipv6Subnet}`]];
  return unused.map((what) => warning('network-option-unused', path,
    `${name} does not use its ${what} on ${target}: with connectedOnly each connection is a network of its own`));
}

/**
 * The destinations of a load balancer, those that are asked about requests among them, that have the network of their host.
 *
 * @internal
 */
export function destinationsOnHost(loadBalancer: LoadBalancerModel): string[] {
  const peers = calledBy(loadBalancer).map(({ peer }) => peer);
  return [...new Set(peers.filter(({ onHost }) => onHost).map(({ name }) => name))].sort();
}

/**
 * What the back end of a load balancer does not keep, and an image of it that may be another one tomorrow.
 *
 * @internal
 */
export function backendFindings(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): Finding[] {
  const { path, name } = loadBalancer;
  const { image, limitations = [] } = lowered;
  return [
    ...isPinned(image) ? [] : [warning('image-without-tag', path, messages.imageWithoutTag(name, image))],
    ...hostsWithoutTls(loadBalancer, lowered),
    ...limitations.map((limitation) => warning('load-balancer-limitation', path, `${name} ${limitation}`)),
  ];
}

/**
 * An algorithm that is another one altogether. What comes close is degraded, and in the report.
 *
 * @internal
 */
export const balancingFindings = ({ path, name, balancing }: LoadBalancerModel, { level, reason }: Answer): Finding[] =>
  level !== Level.DROPPED ? [] : [warning('balancing-algorithm', path, `${name} does not balance by ${balancing.algorithm}: ${reason}`)];

/** @internal */
export const warning = (rule: string, path: string, message: string): Finding => ({ rule, severity: Severity.WARNING, path, message });

/** @internal */
export const error = (rule: string, path: string, message: string): Finding =>
  ({ rule, severity: Severity.ERROR, path, message: `${message} [${path}]` });

const WORKLOAD_RULES = [grpcChecks, restarts, stopSignals, besideContainers, sharedScratch, twoWaysOut, clusterOnly, scheduleOnly];

/** A container has one default route. */
function twoWaysOut(workload: WorkloadModel, target: string): Finding[] {
  const outside = workload.attachments.find(({ network }) => network.layer2 !== undefined)?.network;
  if (outside === undefined || !leadsOutside(workload)) return [];
  return [warning('two-ways-out', workload.path, `${workload.name} has two ways out on ${target}, by ${outside.name} and by its egress or published ports, and the engine picks one:`
    + ' leave out one of them, or give the addresses behind the other a route in the container')];
}

/** What a cluster's controllers do, and no engine. */
function clusterOnly({ path, name, priorityClassName, stateful }: WorkloadModel, target: string): Finding[] {
  return [
    ...priorityClassName === undefined ? [] : [warning('priority-class', path,
      `${name} has no priority on ${target}, not '${priorityClassName}': nobody is stopped there to make room for it`)],
    ...(stateful?.updatePartition ?? 0) === 0 ? [] : [warning('update-partition', path,
      `an update replaces all copies of ${name} on ${target}, not those from number ${stateful!.updatePartition} on: there updatePartition is not known`)],
    ...stateful?.deletesVolumesWhenScaled || stateful?.deletesVolumesWhenDeleted ? [warning('volume-retention', path,
      `the volumes of ${name} are kept on ${target} when it goes: delete them by hand (docker volume rm)`)] : [],
  ];
}

function scheduleOnly({ path, name, schedule }: WorkloadModel, target: string): Finding[] {
  if (schedule === undefined) return [];
  return [
    ...schedule.overlap === Overlap.SKIP ? [] : [warning('overlap', path,
      `a run of ${name} that is due while another goes on is skipped on ${target}: its clock runs one at a time, and knows no Overlap.${schedule.overlap.toUpperCase()}`)],
    ...schedule.startingDeadlineSeconds === undefined ? [] : [warning('starting-deadline', path,
      `a run of ${name} that was missed is not made up on ${target}, whatever startingDeadline says: its clock says so in the log and waits for the next`)],
    ...schedule.successfulRunsKept === undefined && schedule.failedRunsKept === undefined ? [] : [warning('runs-kept', path,
      `the runs of ${name} are not kept one by one on ${target}: they write to the one log of its container, whatever successfulRunsKept and failedRunsKept say`)],
  ];
}

function grpcChecks({ path, name, container }: WorkloadModel): Finding[] {
  if (container.healthCheck?.kind !== HealthCheckKind.GRPC) return [];
  return [warning('grpc-health-check', path,
    `${name} is asked for its health by TCP on Docker unless its image has grpc_health_probe: add it, or use HealthCheck.command`)];
}

function restarts(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, container } = workload;
  if (!container.healthCheck?.restarts || hasInit(workload, container)) return [];
  return [warning('restart-needs-init', path, `${name} is not restarted on ${target} when it is not live: ${container.mustBeProcessOne
    ? "its image's own program must be process 1, where an init process would have to be" : "leave out 'init: false'"}`)];
}

/** The clock ends a run as it ends itself. */
function stopSignals({ path, name, kind, container }: WorkloadModel, target: string): Finding[] {
  if (kind !== WorkloadKind.JOB || container.stopSignal === undefined || container.stopSignal === 'SIGTERM') return [];
  return [warning('stop-signal', path, `a run of ${name} is ended by SIGTERM on ${target}, not by ${container.stopSignal}: its clock knows no other; leave out 'stopSignal'`)];
}

function besideContainers(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, replicas } = workload;
  return [
    ...workload.sidecars.map((sidecar) => warning('sidecar-apart', path,
      `${sidecar.name} of ${name} is a service of its own on ${target}: each reaches the other by name (${name}, ${name}-${sidecar.name}), not on localhost`)),
    ...isReplicated(workload) && replicas > 1 ? workload.init.map((init) => warning('init-once', path,
      `${init.name} of ${name} runs once for all ${replicas} copies on ${target}, not before each`)) : [],
  ];
}

function sharedScratch(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, replicas } = workload;
  const all = containersOf(workload).flatMap((container) => container.volumes);
  const volumes = all.filter((volume) => isSharedScratch(volume, workload));
  if (volumes.length === 0) return [];
  const disks = new Map(all.filter(({ kind }) => kind === VolumeKind.PERSISTENT).map((disk) => [disk.name, disk]));
  const shared = new Set(volumes.map((volume) => volume.name));
  const inMemory = new Set(volumes.filter((volume) => volume.inMemory).map((volume) => volume.name));
  const between = isReplicated(workload) && replicas > 1 ? `, shared by all ${replicas} copies` : '';
  const keepApart = [...shared].flatMap((volume) => disks.get(volume) ?? []).map((disk) => error('volume-taken', path,
    `${name} cannot have a disk and scratch space of several containers that are both called '${disk.name}' on ${target}, where they would be one volume:`
    + ` give the disk another name, Volume.persistent('${disk.path}', { name: '…' })`));
  if (keepApart.length > 0) return keepApart;
  return [...shared].sort().map((volume) => warning('scratch-kept', path,
    `the scratch space '${volume}' of ${name} is a volume on ${target}, since several containers share it: it is not empty at each start${between}${inMemory.has(volume) ? ', and lies on the disk of the host, not in memory' : ''}`));
}
