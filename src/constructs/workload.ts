import type { INetworkPolicyPeer, IPodSelector, NetworkPolicyPeerConfig, PodSelectorConfig } from 'cdk8s-plus-28';
import { Construct, type IConstruct } from 'constructs';
import { CONNECT_OPTIONS, type Connection, type ConnectOptions, type ICallee } from './connection';
import { Container } from './container';
import { CONTAINER_PROPS, type ContainerProps } from './container-props';
import { Declarations, HOST_NAMES, type ChartDeclarations } from './declarations';
import { checkMadeOptions } from './made-options';
import { networkModeModel } from './network-mode-checks';
import { podSelectorConfig } from './plus';
import { RELEASE_STEP_PROPS, type ReleaseStepProps } from './release-step';
import { checkChoices, checkSecrets, checkVolumeNames, checkVolumes, checkWorkload, listPorts, type WorkloadShape } from './workload-checks';
import type { ReplicatedProps } from './workload-props';
import type { HealthCheck } from '../model/health-check';
import { NetworkModeKind } from '../model/network-mode';
import type { Port } from '../model/port';
import { ScalingMetric } from '../model/scaling';
import type { AttachmentModel, ConnectionModel, PeerModel, ReleaseStepModel, WorkloadFacts, WorkloadModel } from '../model/workload';
import { PeerKind, WorkloadKind } from '../model/workload';
import { WorkloadSlot } from '../targets/slots';
import { sortedByKey } from '../util/order';
import * as messages from '../validation/messages';
import { checkProps } from '../validation/props';

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
  private readonly releaseSteps: ReleaseStepModel[] = [];

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
    checkWorkload(path, id, props, shape, chart);

    this._chart = chart;
    this._shape = shape;
    this._props = props;
    this.ports = shape.ports;
    this._peer = Object.freeze({ kind: PeerKind.WORKLOAD, chart: chart.name, namespace: chart.chart.namespace, name: id, ...onHost(props) });
    this._container = new Container(path, id, props, shape.ports);
    checkSecrets(path, id, props, chart);
    checkVolumes(path, id, this._container.volumes, shape, chart);
    checkVolumeNames(path, this._container, []);

    chart.workloads.push(this);
    const files = this._container.filePaths;
    const facts: WorkloadFacts = {
      kind: shape.kind,
      replicas: shape.replicas,
      maxReplicas: shape.maxReplicas,
      ports: shape.ports,
      publishedPorts: shape.publishedPorts ?? [],
      networkMode: networkModeModel(props.networkMode),
      volumes: this._container.volumes,
      hasFiles: files.length > 0,
      metricsPort: props.metricsPort,
      placement: props.placement,
      files,
    };
    chart.bind((target) => target.bindWorkload(new WorkloadSlot(this, chart.chart, id, facts, {
      produce: () => chart.app.view(target).workload(this),
    })), props.onlyOn ?? undefined);
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

  /** @internal */
  protected _addReleaseStep(name: string, props: ReleaseStepProps): void {
    const { path, id } = this.node;
    checkProps(path, `${id}.${name}`, props, RELEASE_STEP_PROPS);
    if (!(props.command?.length > 0)) throw new Error(messages.wrongKind(path, `${id}.${name}`, 'command', props.command, `a list such as ['${id}', '${name}']`));
    this._chart.claimName('release step', this, name, 63, `containers of ${id}`);
    this._chart.reserveHostName(this, `${id}-${name}`);
    this._chart.app.touch();
    this.releaseSteps.push({ name, command: [...props.command] });
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
    return this._props.onlyOn ?? undefined;
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
      scaleOn: props.scaleOn ?? [ScalingMetric.cpu(props.targetCpuPercent ?? 70)],
      container: this._container.toModel(),
      sidecars: this.sidecars.map((container) => container.toModel()),
      init: this.initContainers.map((container) => container.toModel()),
      releaseSteps: [...this.releaseSteps],
      ports: shape.ports,
      publishedPorts: shape.publishedPorts ?? [],
      metricsPort: props.metricsPort,
      networkMode: networkModeModel(props.networkMode),
      attachments,
      callers,
      callees,
      egress: props.egress ?? [],
      initProcess: props.init ?? true,
      drainSeconds: props.drainTimeout?.toSeconds() ?? 30,
      maxSurge: String(props.maxSurge ?? (shape.maxReplicas === undefined ? 1 : '25%')),
      maxUnavailable: String(props.maxUnavailable ?? 0),
      placement: props.placement,
      maxReplicasPerNode: props.maxReplicasPerNode,
      spread: props.spread,
      priorityClassName: props.priorityClassName,
      labels: sortedByKey(props.labels ?? {}),
      annotations: sortedByKey(props.annotations ?? {}),
      imagePullSecrets: props.imagePullSecrets ?? [],
      hosts,
      schedule: shape.schedule,
      stateful: shape.stateful,
    });
  }

  private addContainer(name: string, props: ContainerProps): Container {
    const { path } = this.node;
    checkProps(path, `${this.node.id}.${name}`, props, CONTAINER_PROPS);
    this._chart.claimName('container', this, name, 63, `containers of ${this.node.id}`);
    this._chart.reserveHostName(this, `${this.node.id}-${name}`);
    this._chart.app.touch();
    checkMadeOptions(path, `${this.node.id}.${name}`, props);
    const container = new Container(path, `${this.node.id}.${name}`, props);
    checkSecrets(path, `${this.node.id}.${name}`, props, this._chart);
    checkVolumes(path, `${this.node.id}.${name}`, container.volumes, this._shape, this._chart);
    checkVolumeNames(path, container, [this._container, ...this.sidecars, ...this.initContainers]);
    return Object.defineProperty(container, 'name', { value: name });
  }
}

const WORKLOAD = Symbol.for('cdk8s-ha.Workload');

function connect(caller: Workload, callee: ICallee, options: ConnectOptions): void {
  const { path, id, root } = caller.node;
  const to = callee as ICallee & { _peer?: PeerModel };
  if (to?._peer === undefined || !Array.isArray(to.ports)) throw new Error(messages.notConnectable(path, id, callee));
  if (to.node.root !== root) throw new Error(messages.connectToOtherApp(path, id, to.node.id));
  if ((to as IConstruct) === caller) throw new Error(messages.connectToItself(path, id));
  checkModes(caller, to);
  if (to.ports.length === 0) throw new Error(messages.connectWithoutPort(path, id, to.node.id));
  checkProps(path, `${id}, connectTo,`, options, CONNECT_OPTIONS);
  if (options.ports?.length === 0) throw new Error(messages.connectToNoPort(path, id, to.node.id, listPorts(to.ports)));
  const ports = options.ports === undefined ? to.ports : options.ports.map((number) => {
    const port = to.ports.find((candidate) => candidate.number === number);
    if (port === undefined) throw new Error(messages.connectToUndeclaredPort(path, id, to.node.id, number, listPorts(to.ports)));
    return port;
  });
  checkHostName(caller, to as unknown as Connection['to']);
  caller._chart.app.addConnection(caller._chart, {
    from: caller, to: to as unknown as Connection['to'], ports, startAfter: options.startAfter ?? false, direct: options.direct ?? false,
  });
}

/** Who has no network of its own meets nobody in one; from the host's, something outside is reached. */
function checkModes(caller: Workload, to: ICallee & { _peer?: PeerModel }): void {
  const { path, id } = caller.node;
  const [mine, its] = [caller._props.networkMode, (to as Partial<Workload>)._props?.networkMode];
  if (mine !== undefined && !(mine.kind === NetworkModeKind.HOST && to._peer?.kind === PeerKind.EXTERNAL)) {
    throw new Error(messages.connectFromMode(path, id, to.node.id, mine.kind, mine.owner?.node.id));
  }
  if (its !== undefined) throw new Error(messages.connectToMode(path, id, to.node.id, its.kind, its.owner?.node.id));
}

const onHost = ({ networkMode }: ReplicatedProps): Pick<PeerModel, 'onHost'> => networkMode?.kind === NetworkModeKind.HOST ? { onHost: true } : {};

/** A callee of another chart brings its host name along, and two of one name could not be told apart. */
function checkHostName(caller: Workload, callee: Connection['to']): void {
  const { kind, chart, name } = callee._peer;
  if (kind !== PeerKind.WORKLOAD) return;
  const callees = caller._chart.app.outgoing(caller).map(({ to }) => to._peer);
  const other = callees.find((peer) => peer.kind === kind && peer.name === name && peer.chart !== chart);
  if (other === undefined) return;
  const { path, id } = caller.node;
  throw new Error(messages.hostNameTaken(path, id, name, chart, `'${name}' of chart '${other.chart}', which it connects to,`));
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
