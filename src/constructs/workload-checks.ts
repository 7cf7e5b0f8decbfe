import { isIP } from 'node:net';
import type { Container } from './container';
import type { ContainerProps } from './container-props';
import type { ChartDeclarations } from './declarations';
import { checkEgress } from './egress-check';
import { checkMadeOptions } from './made-options';
import { checkNetworks } from './network-attachments';
import { checkNetworkMode } from './network-mode-checks';
import type { ReplicatedProps, WorkloadProps } from './workload-props';
import { NetworkModeKind } from '../model/network-mode';
import { Placement } from '../model/placement';
import { Port, Protocol, type PublishedPort } from '../model/port';
import { ScalingKind, ScalingMetric } from '../model/scaling';
import { Spread } from '../model/spread';
import { VolumeKind, type PersistentVolumeOptions, type ScratchVolumeOptions, type Volume } from '../model/volume';
import { WorkloadKind, type ScheduleModel, type StatefulModel } from '../model/workload';
import * as messages from '../validation/messages';
import { checkChoice, checkInstance, checkProps, checkSeconds, type PropNames } from '../validation/props';
import { isMetricName, isObjectName, isPort, isPortName, isWholeNumber } from '../validation/syntax';

/*
 * What one declaration of a workload can get wrong. What only the whole application shows is checked at synth.
 */

/**
 * What a subclass settles about its copies.
 *
 * @internal
 */
export interface WorkloadShape {
  readonly kind: WorkloadKind;
  readonly replicas: number;
  readonly maxReplicas?: number;
  readonly ports: Port[];
  readonly publishedPorts?: PublishedPort[];
  readonly schedule?: ScheduleModel;
  readonly stateful?: StatefulModel;
}

/**
 * Fails for a declaration that cannot be right.
 *
 * @internal
 */
export function checkWorkload(path: string, name: string, props: ReplicatedProps, shape: WorkloadShape, chart: ChartDeclarations): void {
  checkCounts(path, name, props, shape);
  checkPorts(path, name, shape);
  checkMetricsPort(path, name, props, shape);
  checkNetworks(path, name, props, shape.maxReplicas ?? shape.replicas, chart);
  checkNetworkMode(path, name, props, shape, chart);
  checkTargets(path, name, props, chart);
}

/**
 * Fails for what is not made by the class that a prop takes.
 *
 * @internal
 */
export function checkChoices(path: string, name: string, props: ReplicatedProps): void {
  checkMadeOptions(path, name, props);
  checkSeconds(path, name, 'drainTimeout', props.drainTimeout, 0, 'a Duration such as Duration.seconds(30)');
  checkInstance(path, name, 'placement', props.placement, Placement, "a choice such as Placement.onNodesWithLabels({ disk: 'ssd' })");
  checkScaling(path, name, props);
  checkInstance(path, name, 'spread', props.spread, Spread, 'a choice such as Spread.preferred()');
  const { priorityClassName } = props;
  if (priorityClassName !== undefined && !isObjectName(priorityClassName)) throw new Error(messages.badObjectName(path, name, 'priorityClassName', priorityClassName));
  for (const secret of props.imagePullSecrets ?? []) {
    if (!isObjectName(secret)) throw new Error(messages.badObjectName(path, name, 'imagePullSecrets', secret));
  }
  for (const egress of props.egress ?? []) checkEgress(path, name, egress);
  for (const attachment of props.networks ?? []) {
    if (attachment?.network === undefined) throw new Error(messages.wrongKind(path, name, 'networks', attachment, "networks such as new IsolatedNetwork(chart, 'backend')"));
  }
}

function checkScaling(path: string, name: string, { maxReplicas, targetCpuPercent, scaleOn }: ReplicatedProps): void {
  for (const [prop, value] of Object.entries({ targetCpuPercent, scaleOn })) {
    if (value !== undefined && maxReplicas === undefined) throw new Error(messages.scaleWithoutRange(path, name, prop));
  }
  if (targetCpuPercent !== undefined && !isWholeNumber(targetCpuPercent, 1)) throw new Error(messages.badReplicas(path, name, 'targetCpuPercent', targetCpuPercent));
  if (scaleOn === undefined) return;
  if (targetCpuPercent !== undefined || scaleOn.length === 0) throw new Error(messages.badScaleOn(path, name, scaleOn.length));
  for (const metric of scaleOn) {
    // In a list a place may be empty.
    checkInstance(path, name, 'scaleOn', metric ?? null, ScalingMetric, 'choices such as ScalingMetric.cpu(70)');
    checkMetric(path, name, metric);
  }
}

function checkMetric(path: string, name: string, { kind, name: metric, target, settings, authentication }: ScalingMetric): void {
  if (kind === ScalingKind.KEDA) {
    if (typeof metric !== 'string' || metric === '') throw new Error(messages.badTrigger(path, name, metric));
    checkTexts(path, name, `the trigger '${metric}'`, settings);
    if (authentication !== undefined && !isObjectName(authentication)) throw new Error(messages.badObjectName(path, name, 'a TriggerAuthentication', authentication));
    return;
  }
  if (!isMetricName(metric)) throw new Error(messages.badMetricName(path, name, metric));
  checkTexts(path, name, `the metric '${metric}'`, settings);
  if (!(Number.isFinite(target) && target > 0)) throw new Error(messages.badScalingTarget(path, name, metric, target));
  const isPercent = kind === ScalingKind.CPU || kind === ScalingKind.MEMORY;
  if (isPercent && !isWholeNumber(target, 1)) throw new Error(messages.badScalingPercent(path, name, metric, target));
}

function checkTexts(path: string, name: string, of: string, settings: { [key: string]: unknown }): void {
  if (typeof settings !== 'object' || settings === null) throw new Error(messages.wrongKind(path, name, `what belongs to ${of}`, settings, "an object of names and values such as { queue: 'orders' }"));
  for (const [key, value] of Object.entries(settings)) if (typeof value !== 'string') throw new Error(messages.badText(path, name, `'${key}' of ${of}`, value));
}

/**
 * How many copies, from either form.
 *
 * @internal
 */
export function replicasOf(path: string, name: string, props: ReplicatedProps, standard: number): { replicas: number; maxReplicas?: number } {
  const { replicas, minReplicas, maxReplicas } = props;
  for (const prop of ['replicas', 'minReplicas', 'maxReplicas'] as const) {
    if (props[prop] !== undefined && !isWholeNumber(props[prop], 1)) throw new Error(messages.badReplicas(path, name, prop, props[prop]));
  }
  if (replicas !== undefined && (minReplicas !== undefined || maxReplicas !== undefined)) {
    throw new Error(messages.replicasAndMinReplicas(path, name));
  }
  if (minReplicas === undefined && maxReplicas === undefined) return { replicas: replicas ?? standard };
  if (minReplicas === undefined) throw new Error(messages.minReplicasAlone(path, name, 'maxReplicas', 'minReplicas'));
  if (maxReplicas === undefined) throw new Error(messages.minReplicasAlone(path, name, 'minReplicas', 'maxReplicas'));
  if (minReplicas > maxReplicas) throw new Error(messages.minAboveMax(path, name, minReplicas, maxReplicas));
  return { replicas: minReplicas, maxReplicas };
}

function checkCounts(path: string, name: string, props: ReplicatedProps, shape: WorkloadShape): void {
  for (const prop of ['maxSurge', 'maxUnavailable'] as const) {
    if (props[prop] !== undefined && !isWholeNumber(props[prop], 0)) throw new Error(messages.badCount(path, name, prop, props[prop]));
  }
  const { maxReplicasPerNode } = props;
  if (maxReplicasPerNode !== undefined && !isWholeNumber(maxReplicasPerNode, 1)) throw new Error(messages.badReplicas(path, name, 'maxReplicasPerNode', maxReplicasPerNode));
  if (props.maxSurge === 0 && (props.maxUnavailable ?? 0) === 0 && shape.kind !== WorkloadKind.STATEFUL) {
    throw new Error(messages.updateWouldStandStill(path, name));
  }
}

function checkPorts(path: string, name: string, shape: WorkloadShape): void {
  const numbers = new Set<string>();
  const names = new Set<string>();
  for (const port of shape.ports) {
    // In a list a place may be empty.
    checkInstance(path, name, 'additionalPorts', port ?? null, Port, "ports such as Port.tcp('metrics', 9090)");
    checkChoice(path, name, 'protocol', port.protocol, Protocol, 'Protocol');
    if (!isPort(port.number)) throw new Error(messages.badPort(path, name, port.number));
    if (!isPortName(port.name)) throw new Error(messages.badPortName(path, name, port.name));
    const number = `${port.number}/${port.transport}`;
    if (numbers.has(number)) throw new Error(messages.portTaken(path, name, number));
    if (names.has(port.name)) throw new Error(messages.portTaken(path, name, port.name));
    numbers.add(number);
    names.add(port.name);
  }
  for (const published of shape.publishedPorts ?? []) {
    if (typeof published !== 'object' || published === null) throw new Error(messages.badPublishedPort(path, name, published));
    checkProps(path, `${name}, publishedPorts,`, published, PUBLISHED_PORT);
    if (!shape.ports.some((port) => port.number === published.port)) {
      throw new Error(messages.publishedPortUndeclared(path, name, published.port, listPorts(shape.ports)));
    }
    if (published.hostPort !== undefined && !isPort(published.hostPort)) throw new Error(messages.badPort(path, name, published.hostPort));
    if (published.address !== undefined && isIP(published.address) === 0) throw new Error(messages.badHostAddress(path, name, published.address));
  }
}

const PUBLISHED_PORT: PropNames<PublishedPort> = { port: true, hostPort: true, address: true };

function checkMetricsPort(path: string, name: string, { metricsPort, networkMode }: ReplicatedProps, { ports }: WorkloadShape): void {
  if (metricsPort === undefined) return;
  if (!isPort(metricsPort)) throw new Error(messages.badPort(path, name, metricsPort));
  const declared = ports.filter(({ number }) => number === metricsPort);
  if (declared.length > 0 && declared.every(({ transport }) => transport === 'UDP')) throw new Error(messages.metricsOverUdp(path, name, metricsPort));
  if (networkMode?.kind === NetworkModeKind.NONE) throw new Error(messages.noNetworkWithPorts(path, name, metricsPort));
}

function checkTargets(path: string, name: string, props: WorkloadProps, chart: ChartDeclarations): void {
  const known = chart.app.targets.map((target) => target.name).filter((target) => target !== 'report');
  if (props.onlyOn?.length === 0) throw new Error(messages.onlyNowhere(path, name));
  for (const target of props.onlyOn ?? []) {
    if (!known.includes(target) && !BUILT_IN.includes(target)) throw new Error(messages.unknownTarget(path, name, target, [...new Set([...known, ...BUILT_IN])].join(', ')));
  }
}

/** A definition may name targets that this run leaves out. */
const BUILT_IN = ['kubernetes', 'compose', 'swarm'];

/**
 * Fails for a volume that its copies cannot share.
 *
 * @internal
 */
export function checkVolumes(path: string, name: string, volumes: Volume[], shape: WorkloadShape, chart: ChartDeclarations): void {
  const copies = shape.maxReplicas ?? shape.replicas;
  for (const volume of volumes) {
    if (volume.kind === VolumeKind.PERSISTENT && copies > 1) checkDiskOfSeveral(path, name, volume, copies, shape.kind === WorkloadKind.STATEFUL);
    if (volume.kind === VolumeKind.SHARED && volume.chartPath !== chart.chart.node.path) {
      throw new Error(messages.sharedVolumeInOtherChart(path, name, volume.name, volume.chartPath ?? ''));
    }
  }
}

/** Copies of a stateful service have a disk each, but for one that exists already. */
function checkDiskOfSeveral(path: string, name: string, { path: mount, existingName }: Volume, copies: number, isStateful: boolean): void {
  if (existingName !== undefined) throw new Error(messages.adoptedNeedsOneCopy(path, name, mount, existingName, copies, isStateful));
  if (!isStateful) throw new Error(messages.persistentNeedsOneCopy(path, name, mount, copies));
}

/**
 * Fails for secrets that are not where its copies are.
 *
 * @internal
 */
export function checkSecrets(path: string, name: string, { secrets, secretEnvironment }: ContainerProps, chart: ChartDeclarations): void {
  for (const secret of [...secrets ?? [], ...Object.values(secretEnvironment ?? {})]) chart.checkSecret(path, name, secret._model);
}

/**
 * Fails for volumes of different paths that would be one, since containers of a workload share them by name.
 *
 * @internal
 */
export function checkVolumeNames(path: string, added: Container, others: Container[]): void {
  const volumes = named(added);
  volumes.forEach((volume, i) => {
    const twin = volumes.slice(0, i).find(({ name }) => name === volume.name);
    if (twin !== undefined) throw new Error(messages.oneVolumeForTwo(path, added.name, twin.path, volume.path, volume.name));
    for (const other of others) {
      const namesake = named(other).find(({ name }) => name === volume.name);
      if (namesake === undefined) continue;
      checkOptionsOfOne(path, added.name, volume, other.name, namesake);
      // A name that was given is meant to be shared, at whichever paths.
      if (!namesake._namedByPath || !volume._namedByPath || placeOf(namesake) === placeOf(volume)) continue;
      throw new Error(messages.volumeOfOtherPath(path, added.name, volume.path, namesake.path, other.name, volume.name));
    }
  });
}

/** What is left out is as it was declared first. */
function checkOptionsOfOne(path: string, name: string, volume: Volume, owner: string, first: Volume): void {
  if (volume.kind !== first.kind) return;
  const given: PersistentVolumeOptions & ScratchVolumeOptions = volume._given ?? {};
  const refuse = (option: string, there: string) => new Error(messages.volumeOtherwise(path, name, volume.name, option, owner, there));
  if (given.size !== undefined && volume.sizeMebibytes !== first.sizeMebibytes) throw refuse(`size ${volume.sizeMebibytes} MiB`, `${first.sizeMebibytes} MiB`);
  if (given.inMemory !== undefined && volume.inMemory !== first.inMemory) throw refuse(`inMemory ${volume.inMemory}`, String(first.inMemory));
  for (const option of ['existingName', 'storageClassName'] as const) {
    const there = first[option] === undefined ? 'none' : `'${first[option]}'`;
    if (volume[option] !== undefined && volume[option] !== first[option]) throw refuse(`${option} '${volume[option]}'`, there);
  }
}

/** Those with a name of their own. */
const named = ({ volumes }: Container): Volume[] => volumes.filter(({ kind }) => kind === VolumeKind.PERSISTENT || kind === VolumeKind.SCRATCH);
const placeOf = ({ path }: Volume): string => path.replace(/\/+$/, '');

/** @internal */
export function listPorts(ports: Port[]): string {
  return ports.length === 0 ? 'it has none' : ports.map((port) => port.number).join(', ');
}
