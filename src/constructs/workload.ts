import { isIPv4 } from 'node:net';
import { Duration } from 'cdk8s';
import type { INetworkPolicyPeer, IPodSelector, NetworkPolicyPeerConfig, PodSelectorConfig } from 'cdk8s-plus-28';
import { Construct, type IConstruct } from 'constructs';
import type { Connection, ConnectOptions, ICallee } from './connection';
import { Container, CONTAINER_PROPS, type ContainerProps } from './container';
import { Declarations, HOST_NAMES, type ChartDeclarations } from './declarations';
import { checkEgress } from './egress-check';
import type { INetworkAttachment } from './isolated-network';
import { podSelectorConfig } from './plus';
import type { Egress } from '../model/egress';
import type { HealthCheck } from '../model/health-check';
import { Placement } from '../model/placement';
import { Port, type PublishedPort } from '../model/port';
import { Volume, VolumeKind } from '../model/volume';
import type { AttachmentModel, ConnectionModel, PeerModel, ScheduleModel, WorkloadModel } from '../model/workload';
import { PeerKind, WorkloadKind } from '../model/workload';
import { WorkloadSlot } from '../targets/slots';
import { sortedByKey } from '../util/order';
import * as messages from '../validation/messages';
import { checkInstance, checkProps, type PropNames } from '../validation/props';
import { ipv4Number, ipv4Range, isPort, isPortName, isWholeNumber } from '../validation/syntax';

/**
 * What every workload can be told.
 */
export interface WorkloadProps extends ContainerProps {
  /**
   * Networks it is a member of: `[backend, lan.attach({ address: '10.7.0.9' })]`.
   *
   * @default - none; it reaches only what `connectTo` and `egress` say
   */
  readonly networks?: INetworkAttachment[];
  /**
   * Ways out of the application.
   *
   * @default - none
   */
  readonly egress?: Egress[];
  /**
   * Time a copy has to finish its work after TERM, before KILL.
   *
   * @default Duration.seconds(30)
   */
  readonly drainTimeout?: Duration;
  /**
   * On which hosts it may run. Compose has one host and ignores it; the report says so.
   *
   * @default - on all
   */
  readonly placement?: Placement;
  /**
   * Labels for all its objects.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
  /**
   * Annotations for its copies on Kubernetes, labels of its containers on Docker.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
  /**
   * Kubernetes: names of image pull secrets. Docker uses the credentials of `docker login`.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];
  /**
   * Docker: whether an init process runs as process 1 of each container, reaps zombies and passes signals on.
   * Set it to false for an image whose own program must be process 1.
   *
   * @default true
   */
  readonly init?: boolean;
  /**
   * Names of the targets that render it: `kubernetes`, `compose`, `swarm`, or that of a target of your own.
   *
   * @default - all
   */
  readonly onlyOn?: string[];
}

/**
 * How a workload's copies are counted and replaced.
 */
export interface ReplicatedProps extends WorkloadProps {
  /**
   * Number of identical copies.
   *
   * Kubernetes spreads them over nodes and zones, Swarm over nodes. Compose keeps them on one host: they outlive a
   * crash, not the machine. One copy is a finding.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * Fewest copies of an autoscaled workload; give `maxReplicas` too. Compose and Swarm run this many.
   *
   * @default - not autoscaled
   */
  readonly minReplicas?: number;
  /**
   * Most copies of an autoscaled workload; give `minReplicas` too. Kubernetes: a HorizontalPodAutoscaler.
   * Compose and Swarm do not scale by themselves; the report says so.
   *
   * @default - not autoscaled
   */
  readonly maxReplicas?: number;
  /**
   * Average use of its CPU request, in percent, that the autoscaler aims at.
   *
   * @default 70
   */
  readonly targetCpuPercent?: number;
  /**
   * Copies beyond the declared count during an update.
   *
   * @default 1 - a quarter of the copies when autoscaled
   */
  readonly maxSurge?: number;
  /**
   * Copies below the declared count during an update.
   *
   * @default 0
   */
  readonly maxUnavailable?: number;
}

/**
 * A port and what goes with it.
 */
export interface PortProps {
  /**
   * Further ports, each with a name.
   *
   * @default - none
   */
  readonly additionalPorts?: Port[];
  /**
   * Ports opened to the outside without a load balancer, for what is not HTTP.
   *
   * @default - none
   */
  readonly publishedPorts?: PublishedPort[];
}

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
}

/**
 * Something that runs. Use `HAWebService`, `Worker`, `StatefulService` or `ScheduledJob`.
 */
export abstract class Workload extends Construct implements ICallee, IPodSelector, INetworkPolicyPeer {
  /**
   * Whether a construct is a workload.
   *
   * @param construct the construct
   */
  public static isWorkload(construct: IConstruct): boolean {
    return typeof construct === 'object' && construct !== null && WORKLOAD in construct;
  }

  /** The ports it can be reached on; the first is its main one. */
  public readonly ports: Port[];

  /** @internal */
  public readonly _chart: ChartDeclarations;
  /** @internal */
  public readonly _shape: WorkloadShape;
  /** @internal */
  public readonly _container: Container;
  /** @internal */
  public readonly _peer: PeerModel;
  /** @internal */
  public readonly _props: ReplicatedProps;
  private readonly sidecars: Container[] = [];
  private readonly initContainers: Container[] = [];

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   * @param shape what a subclass settles about its copies
   * @internal
   */
  protected constructor(scope: Construct, id: string, props: ReplicatedProps, shape: any) {
    super(Declarations.roomIn(scope, id, new.target.name), id);
    Object.defineProperty(this, WORKLOAD, { value: true });
    const { path } = this.node;
    checkChoices(path, id, props);
    const chart = Declarations.chartOf(this, this.constructor.name);
    claimNames(chart, this, shape);
    checkCounts(path, id, props, shape);
    checkPorts(path, id, shape);
    checkNetworks(path, id, props, shape, chart);
    checkTargets(path, id, props, chart);

    this._chart = chart;
    this._shape = shape;
    this._props = props;
    this.ports = shape.ports;
    this._peer = Object.freeze({ kind: PeerKind.WORKLOAD, chart: chart.name, namespace: chart.chart.namespace, name: id });
    this._container = new Container(path, id, props, shape.ports);
    checkVolumes(path, id, this._container.volumes, shape, chart);

    chart.workloads.push(this);
    chart.bind((target) => target.bindWorkload(new WorkloadSlot(this, chart.chart, id, {
      kind: shape.kind,
      replicas: shape.replicas,
      maxReplicas: shape.maxReplicas,
      ports: shape.ports,
      publishedPorts: shape.publishedPorts ?? [],
      volumes: this._container.volumes,
      hasFiles: this._container.hasFiles,
      files: this._container.filePaths,
    }, { produce: () => chart.app.view(target).workload(this) })), props.onlyOn);
  }

  /** Its host name, the same on every target: the construct's id. */
  public get hostname(): string {
    return this.node.id;
  }

  /** Host name and main port, `db:5432`. Throws where there is no port. */
  public get address(): string {
    if (this.ports.length === 0) throw new Error(messages.connectWithoutPort(this.node.path, 'nobody', this.hostname));
    return `${this.hostname}:${this.ports[0].number}`;
  }

  /**
   * Lets this workload open connections to another, and nothing else. No common network is needed.
   *
   * Kubernetes: rules in both policies. Docker: a private network of the two, unless they share one already.
   *
   * @param callee a workload of the same App, or an `ExternalService`
   * @param options which ports, and whether to start after it
   */
  public connectTo(callee: ICallee, options: ConnectOptions = {}): void {
    this._chart.app.touch();
    connect(this, callee, options);
  }

  /**
   * Adds a container that runs beside the main one in every copy, shares its network and, by name, its volumes.
   *
   * Kubernetes: a native sidecar, started before the main container and stopped after it.
   * Compose and Swarm: a service of its own; the report says what differs.
   *
   * @param name unique in the workload
   * @param props the container
   */
  public addSidecar(name: string, props: ContainerProps): void {
    this.sidecars.push(this.addContainer(name, props));
  }

  /**
   * Adds a container that runs to its end before the main one starts, in every copy.
   *
   * Kubernetes: an init container. Compose: a one-shot service that the main one waits for.
   * Swarm cannot wait for it; the report says so.
   *
   * @param name unique in the workload
   * @param props the container
   */
  public addInit(name: string, props: ContainerProps): void {
    this.initContainers.push(this.addContainer(name, props));
  }

  /** For cdk8s-plus-28: its copies as pods to select. */
  public toPodSelectorConfig(): PodSelectorConfig {
    return podSelectorConfig({ 'app.kubernetes.io/name': this.node.id, 'app.kubernetes.io/instance': this.node.id });
  }

  /** For cdk8s-plus-28: its copies as a peer of a network policy. */
  public toNetworkPolicyPeerConfig(): NetworkPolicyPeerConfig {
    return { podSelector: this.toPodSelectorConfig() };
  }

  /** For cdk8s-plus-28: its copies as pods to select. */
  public toPodSelector(): IPodSelector | undefined {
    return this;
  }

  /** @internal */
  public get _onlyOn(): string[] | undefined {
    return this._props.onlyOn;
  }

  /** @internal What a route needs to know of it. */
  public get _routing(): { copies: number; healthCheck?: HealthCheck; stateful: boolean } {
    const { kind, replicas, maxReplicas } = this._shape;
    return { copies: maxReplicas ?? replicas, healthCheck: this._props.healthCheck, stateful: kind === WorkloadKind.STATEFUL };
  }

  /** @internal */
  public _toModel(attachments: AttachmentModel[], callers: ConnectionModel[], callees: ConnectionModel[], hosts: string[]): WorkloadModel {
    const { _props: props, _shape: shape } = this;
    return Object.freeze({
      path: this.node.path,
      chart: this._chart.name,
      namespace: this._peer.namespace,
      name: this.node.id,
      kind: shape.kind,
      replicas: shape.replicas,
      maxReplicas: shape.maxReplicas,
      targetCpuPercent: props.targetCpuPercent ?? 70,
      container: this._container.toModel(),
      sidecars: this.sidecars.map((container) => container.toModel()),
      init: this.initContainers.map((container) => container.toModel()),
      ports: shape.ports,
      publishedPorts: shape.publishedPorts ?? [],
      attachments,
      callers,
      callees,
      egress: props.egress ?? [],
      initProcess: props.init ?? true,
      drainSeconds: props.drainTimeout?.toSeconds() ?? 30,
      maxSurge: String(props.maxSurge ?? (shape.maxReplicas === undefined ? 1 : '25%')),
      maxUnavailable: String(props.maxUnavailable ?? 0),
      placement: props.placement,
      labels: sortedByKey(props.labels ?? {}),
      annotations: sortedByKey(props.annotations ?? {}),
      imagePullSecrets: props.imagePullSecrets ?? [],
      hosts,
      schedule: shape.schedule,
    });
  }

  private addContainer(name: string, props: ContainerProps): Container {
    const { path } = this.node;
    checkProps(path, `${this.node.id}.${name}`, props, CONTAINER_PROPS);
    this._chart.claimName('container', this, name, 63, `containers of ${this.node.id}`);
    this._chart.reserveHostName(this, `${this.node.id}-${name}`);
    this._chart.app.touch();
    const container = new Container(path, `${this.node.id}.${name}`, props);
    return Object.defineProperty(container, 'name', { value: name });
  }
}

const WORKLOAD = Symbol.for('cdk8s-ha.Workload');

/**
 * Every prop of a workload without replicas.
 *
 * @internal
 */
export const WORKLOAD_PROPS: PropNames<WorkloadProps> = {
  ...CONTAINER_PROPS,
  networks: true,
  egress: true,
  drainTimeout: true,
  placement: true,
  labels: true,
  annotations: true,
  imagePullSecrets: true,
  init: true,
  onlyOn: true,
};

/**
 * Every prop of a replicated workload.
 *
 * @internal
 */
export const REPLICATED_PROPS: PropNames<ReplicatedProps> = {
  ...WORKLOAD_PROPS, replicas: true, minReplicas: true, maxReplicas: true, targetCpuPercent: true, maxSurge: true, maxUnavailable: true,
};

/**
 * Every prop that goes with a port.
 *
 * @internal
 */
export const PORT_PROPS: PropNames<PortProps> = { additionalPorts: true, publishedPorts: true };

function checkChoices(path: string, name: string, props: ReplicatedProps): void {
  checkInstance(path, name, 'drainTimeout', props.drainTimeout, Duration, 'a Duration such as Duration.seconds(30)');
  checkInstance(path, name, 'placement', props.placement, Placement, "a choice such as Placement.onNodesWithLabels({ disk: 'ssd' })");
  for (const egress of props.egress ?? []) checkEgress(path, name, egress);
  for (const attachment of props.networks ?? []) {
    if (attachment?.network === undefined) throw new Error(messages.wrongKind(path, name, 'networks', attachment, "networks such as new IsolatedNetwork(chart, 'backend')"));
  }
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

function connect(caller: Workload, callee: ICallee, options: ConnectOptions): void {
  const { path, id, root } = caller.node;
  const to = callee as ICallee & { _peer?: PeerModel };
  if (to?._peer === undefined || !Array.isArray(to.ports)) throw new Error(messages.notConnectable(path, id));
  if (to.node.root !== root) throw new Error(messages.connectToOtherApp(path, id, to.node.id));
  if ((to as IConstruct) === caller) throw new Error(messages.connectToItself(path, id));
  if (to.ports.length === 0) throw new Error(messages.connectWithoutPort(path, id, to.node.id));
  const ports = options.ports === undefined ? to.ports : options.ports.map((number) => {
    const port = to.ports.find((candidate) => candidate.number === number);
    if (port === undefined) throw new Error(messages.connectToUndeclaredPort(path, id, to.node.id, number, listPorts(to.ports)));
    return port;
  });
  caller._chart.app.addConnection(caller._chart, { from: caller, to: to as unknown as Connection['to'], ports, startAfter: options.startAfter ?? false });
}

function claimNames(chart: ChartDeclarations, workload: Workload, shape: WorkloadShape): void {
  const { id } = workload.node;
  const kind = workload.constructor.name;
  // A StatefulSet's pods carry its name and a hash in a label of at most 63 characters; a CronJob's jobs a time stamp.
  const most = shape.kind === WorkloadKind.STATEFUL || shape.kind === WorkloadKind.JOB ? 52 : 58;
  chart.claimName(kind, workload, id, most, HOST_NAMES);
  if (shape.kind === WorkloadKind.STATEFUL) {
    chart.reserveHostName(workload, `${id}-headless`);
    for (let copy = 0; copy < Math.max(shape.replicas, 1) && copy < 1000; copy++) chart.reserveHostName(workload, `${id}-${copy}`);
  } else if (shape.kind !== WorkloadKind.JOB) {
    chart.reserveHostName(workload, `${id}-next`);
  }
  if ((shape.publishedPorts ?? []).length > 0) chart.reserveHostName(workload, `${id}-published`);
}

function checkCounts(path: string, name: string, props: ReplicatedProps, shape: WorkloadShape): void {
  for (const prop of ['maxSurge', 'maxUnavailable'] as const) {
    if (props[prop] !== undefined && !isWholeNumber(props[prop], 0)) throw new Error(messages.badCount(path, name, prop, props[prop]));
  }
  if (props.maxSurge === 0 && (props.maxUnavailable ?? 0) === 0 && shape.kind !== WorkloadKind.STATEFUL) {
    throw new Error(messages.updateWouldStandStill(path, name));
  }
}

function checkPorts(path: string, name: string, shape: WorkloadShape): void {
  const numbers = new Set<string>();
  const names = new Set<string>();
  for (const port of shape.ports) {
    if (!isPort(port.number)) throw new Error(messages.badPort(path, name, port.number));
    if (!isPortName(port.name)) throw new Error(messages.badPortName(path, name, port.name));
    const number = `${port.number}/${port.transport}`;
    if (numbers.has(number)) throw new Error(messages.portTaken(path, name, number));
    if (names.has(port.name)) throw new Error(messages.portTaken(path, name, port.name));
    numbers.add(number);
    names.add(port.name);
  }
  for (const published of shape.publishedPorts ?? []) {
    if (!shape.ports.some((port) => port.number === published.port)) {
      throw new Error(messages.publishedPortUndeclared(path, name, published.port, listPorts(shape.ports)));
    }
    if (published.hostPort !== undefined && !isPort(published.hostPort)) throw new Error(messages.badPort(path, name, published.hostPort));
  }
}

function checkNetworks(path: string, name: string, props: WorkloadProps, shape: WorkloadShape, chart: ChartDeclarations): void {
  const joined = new Set<string>();
  for (const { network, attachOptions: { address } } of props.networks ?? []) {
    const net = network.node.id;
    if (network._chart !== chart) throw new Error(messages.networkInOtherChart(path, name, net, network._chart.name));
    if (joined.has(net)) throw new Error(messages.networkTwice(path, name, net));
    joined.add(net);
    if (address === undefined) continue;
    if (!isIPv4(address)) throw new Error(messages.badAddress(path, name, address));
    const copies = shape.maxReplicas ?? shape.replicas;
    if (copies > 1) throw new Error(messages.addressNeedsOneCopy(path, name, address, copies));
    const subnet = network._subnet;
    if (subnet === undefined) throw new Error(messages.addressWithoutSubnet(path, name, address, net));
    const range = ipv4Range(subnet)!;
    // The first address names the network, the last is its broadcast.
    if (ipv4Number(address) <= range.first || ipv4Number(address) >= range.last) {
      throw new Error(messages.addressOutsideSubnet(path, name, address, net, subnet));
    }
  }
}

function checkTargets(path: string, name: string, props: WorkloadProps, chart: ChartDeclarations): void {
  const known = chart.app.targets.map((target) => target.name).filter((target) => target !== 'report');
  for (const target of props.onlyOn ?? []) {
    if (!known.includes(target) && !BUILT_IN.includes(target)) throw new Error(messages.unknownTarget(path, name, target, [...new Set([...known, ...BUILT_IN])].join(', ')));
  }
}

/** A definition may name targets that this run leaves out. */
const BUILT_IN = ['kubernetes', 'compose', 'swarm'];

function checkVolumes(path: string, name: string, volumes: Volume[], shape: WorkloadShape, chart: ChartDeclarations): void {
  const copies = shape.maxReplicas ?? shape.replicas;
  for (const volume of volumes) {
    if (volume.kind === VolumeKind.PERSISTENT && copies > 1 && (shape.kind !== WorkloadKind.STATEFUL || volume.existingName !== undefined)) {
      throw new Error(messages.persistentNeedsOneCopy(path, name, volume.path, copies));
    }
    if (volume.kind === VolumeKind.SHARED && volume.chartPath !== chart.chart.node.path) {
      throw new Error(messages.networkInOtherChart(path, name, volume.name, volume.chartPath ?? ''));
    }
  }
}

function listPorts(ports: Port[]): string {
  return ports.length === 0 ? 'it has none' : ports.map((port) => port.number).join(', ');
}

