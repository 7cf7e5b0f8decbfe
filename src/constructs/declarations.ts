import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { CertificateIssuer } from './certificate-issuer';
import type { Connection } from './connection';
import type { NetworkMember } from './isolated-network';
import type { LoadBalancer } from './load-balancer';
import { ModelView } from './model-view';
import type { NetworkBase } from './network';
import type { Workload } from './workload';
import type { ExternalServiceModel, SharedVolumeModel } from '../model/app-model';
import type { SecretModel } from '../model/secret';
import { LinkSlot } from '../targets/slots';
import type { Target } from '../targets/target';
import { chartName } from '../util/chart-name';
import * as messages from '../validation/messages';
import { isDnsLabel } from '../validation/syntax';

/**
 * What was declared in one chart, and who renders it.
 *
 * @internal
 */
export class ChartDeclarations {
  readonly name: string;
  readonly targets: Target[];
  readonly workloads: Workload[] = [];
  readonly networks: NetworkBase[] = [];
  readonly members: NetworkMember[] = [];
  readonly connections: Connection[] = [];
  readonly loadBalancers: LoadBalancer[] = [];
  readonly issuers: CertificateIssuer[] = [];
  readonly secrets: SecretModel[] = [];
  readonly sharedVolumes: SharedVolumeModel[] = [];
  readonly externalServices: ExternalServiceModel[] = [];
  private readonly names = new Map<string, string>();

  constructor(readonly app: Declarations, readonly chart: Chart) {
    const parent = chart.node.scopes.slice(0, -1).find((scope) => Chart.isChart(scope));
    if (parent !== undefined) throw new Error(messages.nestedChart(chart.node.path, parent.node.path));
    this.name = chartName(chart);
    if (!isDnsLabel(this.name)) throw new Error(messages.noDnsLabel(chart.node.path, 'a chart', chart.node.id, 63));
    this.targets = app.targets.filter((target) => target.renders(chart));
    const names = this.targets.map((target) => target.name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Error(messages.targetTwice(twice, chart.node.id));
    this.targets.forEach((target) => target.bindChart(chart));
  }

  /** Lets every target of the chart hang its objects; with `onlyOn`, those named. */
  bind(bind: (target: Target) => void, onlyOn?: string[]): void {
    this.app.touch();
    this.app.targetsDiffer ||= onlyOn !== undefined;
    for (const target of this.targets) {
      if (onlyOn === undefined || onlyOn.includes(target.name)) bind(target);
    }
  }

  /**
   * Takes a name for a construct. Workloads, load balancers and external services share one space, since each is a
   * host name; other kinds have a space of their own.
   */
  claimName(kind: string, construct: Construct, name: string, most = 63, space = kind): void {
    const { path } = construct.node;
    if (!isDnsLabel(name, most)) throw new Error(messages.noDnsLabel(path, kind, name, most));
    const other = this.takeName(space, name, path);
    if (other !== undefined) throw new Error(messages.nameTaken(path, kind, name, other));
  }

  /** Takes a name of a space, or says who has it. */
  takeName(space: string, name: string, owner: string): string | undefined {
    const other = this.ownerOf(space, name);
    if (other === undefined) this.names.set(`${space}/${name}`, owner);
    return other;
  }

  /** Who has a name of a space. */
  ownerOf(space: string, name: string): string | undefined {
    return this.names.get(`${space}/${name}`);
  }

  /** Fails for a secret of another chart: files and names of it are not those of this one. */
  checkSecret(path: string, name: string, secret: SecretModel): void {
    if (!this.secrets.includes(secret)) throw new Error(messages.secretInOtherChart(path, name, secret.name, secret.chart));
  }

  /** Takes a name that goes with a workload (`web-next`), so that no other can. */
  reserveHostName(construct: Construct, name: string): void {
    this.claimName(construct.constructor.name, construct, name, 253, HOST_NAMES);
  }
}

/** @internal The path of a construct that is about to be. */
export function pathIn(scope: Construct, id: string, kind: string): string {
  if (scope?.node === undefined) throw new Error(messages.noScope(kind, scope, id));
  return `${scope.node.path}/${id}`;
}

/** @internal The name space of what has a host name. */
export const HOST_NAMES = 'host';

/**
 * What was declared in one app.
 *
 * @internal
 */
export class Declarations {
  /** The declarations of the app that a construct belongs to. */
  static of(construct: IConstruct): Declarations {
    const { root } = construct.node;
    let declarations = APPS.get(root);
    if (declarations === undefined) {
      const other = (root as any)[COPY];
      if (other !== undefined) throw new Error(messages.twoCopies(construct.node.path, __dirname, other));
      declarations = Declarations.register(root, fallback.targets(root));
    }
    return declarations;
  }

  /** Registers an app's targets, before anything is declared in it. */
  static register(root: IConstruct, targets: Target[]): Declarations {
    const declarations = new Declarations(root, targets);
    APPS.set(root, declarations);
    Object.defineProperty(root, COPY, { value: __dirname });
    return declarations;
  }

  /** What a plain cdk8s App gets. Set by the layer above, which knows the targets. */
  static setFallback(targets: (root: IConstruct) => Target[]): void {
    fallback.targets = targets;
  }

  /** A scope with room for an id: cdk8s' own words for a taken one do not say what to do. */
  static roomIn(scope: Construct, id: string, kind: string): Construct {
    if (scope?.node === undefined || scope.node.tryFindChild(id) !== undefined) throw new Error(messages.idTaken(pathIn(scope, id, kind), kind, id));
    return scope;
  }

  /** The declarations of the chart that a construct stands in. */
  static chartOf(construct: Construct, kind: string): ChartDeclarations {
    let scope: IConstruct | undefined = construct;
    while (scope !== undefined && !Chart.isChart(scope)) scope = scope.node.scope;
    if (scope === undefined) throw new Error(messages.notInChart(construct.node.path, kind));
    return Declarations.of(scope).chart(scope);
  }

  readonly charts = new Map<Chart, ChartDeclarations>();
  /** Whether a workload names the targets that render it, so that they see different applications. */
  targetsDiffer = false;
  /** By who calls, then by who is called: an edge of a thousand routes must find each at once. */
  private readonly connectionsFrom = new Map<IConstruct, Map<IConstruct, Connection>>();
  private readonly connectionsTo = new Map<IConstruct, Map<IConstruct, Connection>>();
  private readonly views = new Map<Target, ModelView>();
  private readonly sharedViews = new Map<string, ModelView>();
  private viewsOf = 0;
  private version = 0;

  private constructor(readonly root: IConstruct, readonly targets: Target[]) {}

  /** The declarations of a chart; made when the first construct of ours stands in it. */
  chart(chart: Chart): ChartDeclarations {
    let declarations = this.charts.get(chart);
    if (declarations === undefined) {
      declarations = new ChartDeclarations(this, chart);
      this.charts.set(chart, declarations);
    }
    return declarations;
  }

  /** Records a connection and lets the caller's targets bind to it. */
  addConnection(chart: ChartDeclarations, connection: Connection): void {
    const { from, to } = connection;
    const repeated = this.connectionsFrom.get(from)?.get(to);
    if (repeated !== undefined) {
      // One link a pair: a second call widens the first. Who starts first is settled by then.
      if (connection.startAfter && !repeated.startAfter) throw new Error(messages.startAfterTooLate(from.node.path, from.node.id, to.node.id));
      repeated.direct ||= connection.direct;
      repeated.ports = [...new Set([...repeated.ports, ...connection.ports])].sort((a, b) => a.number - b.number);
      return;
    }
    const link = { ...connection };
    entry(this.connectionsFrom, from).set(to, link);
    entry(this.connectionsTo, to).set(from, link);
    chart.connections.push(link);
    const name = `${from.node.id}-to-${to.node.id}`;
    chart.bind((target) => target.bindLink(new LinkSlot(from, chart.chart, name, to, link.startAfter, {
      produce: () => this.view(target).link(link),
    })), onBoth(from._onlyOn, to._onlyOn));
  }

  /** Connections that a construct opens. */
  outgoing(construct: IConstruct): Connection[] {
    return [...this.connectionsFrom.get(construct)?.values() ?? []];
  }

  /** Connections that a construct answers. */
  incoming(construct: IConstruct): Connection[] {
    return [...this.connectionsTo.get(construct)?.values() ?? []];
  }

  /** The models that a target renders from, made anew when something was declared since. */
  view(target: Target): ModelView {
    if (this.viewsOf !== this.version) this.forgetViews();
    let view = this.views.get(target);
    if (view === undefined) this.views.set(target, view = this.sharedView(target));
    return view;
  }

  private forgetViews(): void {
    this.views.clear();
    this.sharedViews.clear();
    this.viewsOf = this.version;
  }

  private sharedView(target: Target): ModelView {
    const key = ModelView.key(this, target);
    let view = this.sharedViews.get(key);
    if (view === undefined) this.sharedViews.set(key, view = new ModelView(this, target));
    return view;
  }

  /** Something was declared: models made so far are no longer true. */
  touch(): void {
    this.version++;
  }

  /** Rises with each declaration. */
  get generation(): number {
    return this.version;
  }
}

/** A link is where both its ends are. */
function onBoth(from: string[] | undefined, to: string[] | undefined): string[] | undefined {
  return from === undefined || to === undefined ? from ?? to : from.filter((target) => to.includes(target));
}

function entry<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, inner = new Map());
  return inner;
}

/** Where the copy of this library lies that has an app: another one knows nothing of what was declared. */
const COPY = Symbol.for('cdk8s-ha.copy');
const APPS = new WeakMap<IConstruct, Declarations>();
const fallback: { targets: (root: IConstruct) => Target[] } = { targets: () => [] };
