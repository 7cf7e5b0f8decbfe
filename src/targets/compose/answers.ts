import { hasInit } from './container';
import { encryptionAtEdge, certificateRenewal, healthGatedIngress, redirectAndHsts } from './edge-answers';
import { toolsOf } from './health';
import { egressIsolation, ingressIsolation, listed } from './isolation';
import { asWorkload } from './load-balancer';
import type { Neighbours } from './neighbours';
import { isOnHost, isSharer } from './network-mode';
import type { DockerOptions } from './options';
import { ipv6Isolation, layer2Isolation } from './outside-answers';
import { declaredPortsByProxies, directionByProxies, healthGatedCalls, proxiesMet } from './proxy-answers';
import { namedVolumes } from './storage';
import { composeTraits } from './traits';
import { hasTwin } from './twin';
import { Answer, type LoadBalancerAnswers, type NetworkAnswers, type WorkloadAnswers } from '../../model/answer';
import type { ChartModel } from '../../model/app-model';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { Layer2Model, NetworkModel } from '../../model/network';
import { SecurityLevel } from '../../model/security';
import { VolumeKind } from '../../model/volume';
import { containersOf, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { possibleBackup } from '../backup-jobs';

/*
 * How well Compose keeps each guarantee.
 */

const ONE_HOST = 'Compose runs on one host: when it is lost, everything is';

/** Reasons of what a bridge opens besides what was asked for. */
const BRIDGE_EXCESS = 'private ranges, metadata services and the host itself included';

/** @internal */
export function workloadAnswers(workload: WorkloadModel, chart: ChartModel, neighbours: Neighbours, options: DockerOptions): WorkloadAnswers {
  const ipv6 = workload.attachments.map(({ network }) => network).filter(({ layer2 }) => layer2 === undefined)
    .map((network) => ipv6Isolation(network, options.isolatesIpv6)).find((answer) => answer !== undefined);
  const proxies = proxiesMet(workload, neighbours);
  return {
    copyCrash: isSharer(workload) ? sharersCrash(workload) : Answer.native('restart: unless-stopped', clockTools(workload)),
    copyHang: copyHang(workload, 'an unhealthy container is not restarted'),
    nodeLoss: nodeLoss(workload),
    zoneLoss: Answer.dropped(ONE_HOST),
    plannedDisruption: Answer.dropped('there is one host: while it is down for maintenance, everything is'),
    rollingUpdate: rollingUpdate(workload, options),
    rollback: rollback(workload),
    healthGatedCalls: healthGatedCalls(workload, proxies, neighbours),
    ingressIsolation: weaker(ingressIsolation(workload), ipv6),
    egressIsolation: weaker(egressIsolation(workload, BRIDGE_EXCESS), ipv6),
    declaredPortsOnly: declaredPortsByProxies(workload, proxies, neighbours),
    direction: directionByProxies(workload, proxies, neighbours),
    restrictedRuntime: restrictedRuntime(workload),
    secrets: secrets(workload),
    storageSurvivesRestart: survivesRestart(workload),
    storageSurvivesNodeLoss: survivesNodeLoss(workload, chart),
    backup: backup(workload, chart),
    scaling: scaling(workload),
  };
}

/** @internal */
export function networkAnswers(network: NetworkModel, neighbours: Neighbours, options: DockerOptions): NetworkAnswers {
  if (network.layer2 !== undefined) return layer2Answers(network.layer2);
  const proxies = neighbours.proxiesIn(network).map(({ workload }) => workload.name);
  const members = [...network.members, ...network.connectedOnly ? [] : proxies].sort();
  return {
    ingressIsolation: ipv6Isolation(network, options.isolatesIpv6) ?? Answer.native(network.connectedOnly
      ? 'an internal network for each connection, without an address of the host'
      : 'an internal network without an address of the host'),
    egressIsolation: ipv6Isolation(network, options.isolatesIpv6) ?? (network.egress.length > 0
      ? Answer.degraded(`a way out opens everything outside for each member, ${BRIDGE_EXCESS}`)
      : Answer.native('internal: no way out')),
    declaredPortsOnly: members.length > 1
      ? Answer.degraded(`inside a network Docker has no rules for ports: ${listed(members)} reach each other on all ports`
        + (network.connectedOnly ? ` where a connection was declared${proxies.length === 0 ? '' : ' that no proxy carries'}` : ''))
      : Answer.native('it has one member at most'),
    encryptionBetweenNodes: Answer.notNeeded('there is one host'),
  };
}

/** What is not kept anyway says more. */
const weaker = (answer: Answer, other: Answer | undefined): Answer => answer.kept ? other ?? answer : answer;

function layer2Answers(layer2: Layer2Model): NetworkAnswers {
  const open = layer2Isolation(layer2);
  return { ingressIsolation: open, egressIsolation: open, declaredPortsOnly: open, encryptionBetweenNodes: Answer.notNeeded('encrypted is not declared for it') };
}

/** Measured, engine 20.10: a container that shares a network keeps the old one when its owner is started again. */
function sharersCrash({ networkMode }: WorkloadModel): Answer {
  const owner = networkMode!.owner!.name;
  return Answer.degraded(`restart: unless-stopped; but when ${owner} crashes, it has no network until it is started again itself: give it a liveCommand that asks ${owner}`);
}

/** @internal */
export function loadBalancerAnswers(loadBalancer: LoadBalancerModel): LoadBalancerAnswers {
  return {
    copyCrash: Answer.native('restart: unless-stopped; while it starts again, requests are lost'),
    nodeLoss: Answer.dropped(ONE_HOST),
    plannedDisruption: Answer.dropped('there is one host: while it is down for maintenance, everything is'),
    rollingUpdate: Answer.degraded('deploy.sh loads a changed configuration while it runs, and joins new links; a new image recreates its container, and requests are lost for a moment'),
    healthGatedIngress: healthGatedIngress(loadBalancer, asWorkload(loadBalancer, composeTraits(loadBalancer.chart)).lowered.notAsked),
    balancingAlgorithm: loadBalancer.backend.answerBalancing(loadBalancer, composeTraits(loadBalancer.chart)),
    encryptionAtEdge: encryptionAtEdge(loadBalancer),
    certificateRenewal: certificateRenewal(loadBalancer),
    redirectAndHsts: redirectAndHsts(loadBalancer),
  };
}

/**
 * @param without what the target does with a copy that is not healthy
 * @internal
 */
export function copyHang(workload: WorkloadModel, without: string): Answer {
  const { container, kind } = workload;
  const check = container.healthCheck;
  if (kind === WorkloadKind.JOB) return Answer.emulated('a run ends at its timeout, and the clock has a health check', clockTools(workload));
  if (check === undefined) return Answer.degraded(`no health check: nobody finds out that it hangs; ${without}`);
  if (!check.restarts) return Answer.degraded(`no livePath or liveCommand: ${without}`);
  if (!hasInit(workload, container)) return Answer.degraded(`${container.mustBeProcessOne ? 'its own program must be process 1' : "'init: false'"}: ${without}`);
  return Answer.emulated(`its health check ends it from inside after ${check.restartAfterSeconds} s, and it is started again`, `the image has ${toolsOf(container, {})}`);
}

/**
 * What a scheduled job needs to run at all: its clock is a script in its own image.
 *
 * @internal
 */
export const clockTools = ({ kind }: WorkloadModel): string | undefined => kind === WorkloadKind.JOB ? 'the image has sh, date and sleep' : undefined;

/**
 * Said of a copy that has to get ready.
 *
 * @internal
 */
export function readyBy(container: ContainerModel, options: DockerOptions): string {
  const tools = toolsOf(container, options);
  return tools === undefined ? '' : `, which needs ${tools} in the image`;
}

/** @internal */
export function restrictedRuntime(workload: WorkloadModel, without?: string): Answer {
  const loose = containersOf(workload).find(({ security }) => security.level === SecurityLevel.UNRESTRICTED);
  if (loose !== undefined) return Answer.dropped(`${loose.name} is unrestricted: ${loose.security.reason ?? 'no reason given'}`);
  const root = containersOf(workload).find(({ security }) => security.level === SecurityLevel.STARTS_AS_ROOT);
  if (root !== undefined) return Answer.degraded(`${root.name} starts as root with five capabilities and steps down by itself`);
  const writable = containersOf(workload).find(({ security }) => security.writableRoot);
  if (writable !== undefined) return Answer.degraded(`${writable.name} has a writable root file system`);
  if (without !== undefined) return Answer.degraded(without);
  const unknown = containersOf(workload).find(({ user }) => user === undefined);
  return Answer.native('user, cap_drop, read_only, no-new-privileges, the default seccomp profile',
    unknown === undefined ? undefined : `the image of ${unknown.name} does not run as root`);
}

function survivesRestart(workload: WorkloadModel): Answer {
  if (!hasData(workload)) return Answer.notNeeded('it keeps no data');
  return Answer.native('named volumes, kept from `docker compose down --volumes` and `docker volume prune` by a container that deploy.sh makes, which `docker system prune` removes');
}

/**
 * What a deployment does to a scheduled job: its clock is the program of its container.
 *
 * @internal
 */
export const runEnded = (): Answer => Answer.degraded('a deployment that changes it ends a run that goes on, which is not repeated');

/** @internal */
export function backup(workload: WorkloadModel, chart: ChartModel): Answer {
  if (!hasData(workload)) return Answer.notNeeded('it keeps no data');
  const copies = workload.kind === WorkloadKind.STATEFUL && workload.replicas > 1 ? '; its copies are independent: nothing replicates for you' : '';
  const job = possibleBackup(workload, chart);
  return Answer.dropped(`none declared${copies}${job === undefined ? '' : `; ${job}`}`);
}

function survivesNodeLoss(workload: WorkloadModel, chart: ChartModel): Answer {
  if (!hasData(workload)) return Answer.notNeeded('it keeps no data');
  return keptByNfs(workload, chart) ?? Answer.dropped(`${ONE_HOST}; keep a backup elsewhere`);
}

/**
 * The answer where all data is on NFS servers; else undefined.
 *
 * @internal
 */
export function keptByNfs(workload: WorkloadModel, { sharedVolumes }: ChartModel): Answer | undefined {
  const servers = containersOf(workload).flatMap(({ volumes }) => volumes)
    .filter(({ kind, readOnly }) => kind === VolumeKind.PERSISTENT || kind === VolumeKind.SHARED || (kind === VolumeKind.HOST_PATH && !readOnly))
    .map((volume) => volume.kind === VolumeKind.SHARED ? sharedVolumes.find(({ name }) => name === volume.name)?.nfsServer : undefined);
  if (servers.includes(undefined)) return undefined;
  return Answer.native('NFS: no data is on the host', `${listed([...new Set(servers as string[])].sort())} is not that host`);
}

/** @internal */
export function scaling({ replicas, maxReplicas }: WorkloadModel): Answer {
  if (maxReplicas === undefined) return Answer.notNeeded('no maxReplicas');
  return Answer.dropped(`nothing scales by itself here: it stays at minReplicas, ${replicas}`);
}

/** @internal */
export function hasData(workload: WorkloadModel): boolean {
  return namedVolumes(workload).some(({ kind }) => kind !== VolumeKind.SCRATCH)
    || containersOf(workload).some(({ volumes }) => volumes.some(({ kind, readOnly }) => kind === VolumeKind.HOST_PATH && !readOnly));
}

function nodeLoss({ placement }: WorkloadModel): Answer {
  return Answer.dropped(placement === undefined ? ONE_HOST : `${ONE_HOST}; placement has no meaning here`);
}

const BY_SCRIPT = 'deployed by deploy.sh: plain `docker compose up` stops all copies first';

function rollingUpdate(workload: WorkloadModel, options: DockerOptions): Answer {
  const { kind, name, replicas, container } = workload;
  if (kind === WorkloadKind.JOB) return runEnded();
  if (kind === WorkloadKind.STATEFUL) return Answer.degraded(`each copy is stopped and created anew; it is down from its stop until the new one is ready${readyBy(container, options)}`);
  if (!hasTwin(workload)) return Answer.degraded(`${whyNoTwin(workload)}: it is stopped and created anew, and down until the new one is ready${readyBy(container, options)}`);
  const memory = replicas * container.resources.memoryMebibytes;
  if (container.healthCheck === undefined) return Answer.degraded('no health check: new copies replace the old ones as soon as they run, ready or not');
  const tools = toolsOf(container, options);
  return Answer.emulated(`new copies stand in ${name}-next and are ready before the old ones go; meanwhile ${memory} MiB more are needed`,
    tools === undefined ? BY_SCRIPT : `the image has ${tools}, and it is ${BY_SCRIPT}`);
}

function whyNoTwin(workload: WorkloadModel): string {
  const { publishedPorts, attachments } = workload;
  if (isSharer(workload)) return `it has the network of ${workload.networkMode!.owner!.name}`;
  if (isOnHost(workload) && workload.ports.length > 0) return 'the host has its port once';
  if (publishedPorts.length > 0) return 'the host has its published port once';
  return attachments.some(({ address, ipv6Address }) => address !== undefined || ipv6Address !== undefined) ? 'its address is one copy\'s' : 'its disk is one copy\'s';
}

function rollback(workload: WorkloadModel): Answer {
  if (!hasTwin(workload)) return Answer.degraded('`deploy.sh rollback` restores image, configuration and files; it is down meanwhile, and data stays as it is');
  return Answer.emulated('`deploy.sh rollback` restores image, configuration and routes as a deployment does; the last 5 releases are kept', BY_SCRIPT);
}

function secrets(workload: WorkloadModel): Answer {
  const containers = containersOf(workload);
  const variables = containers.flatMap(({ secretEnvironment }) => Object.keys(secretEnvironment)).sort();
  if (variables.length > 0) return Answer.degraded(`${listed(variables)} stand in the container's environment, which \`docker inspect\` shows`);
  if (containers.every((container) => container.secrets.length === 0)) return Answer.notNeeded('it uses none');
  return Answer.emulated('files of the host below CDK8S_HA_HOME, mounted read-only', 'the files are readable for the user of the container alone');
}
