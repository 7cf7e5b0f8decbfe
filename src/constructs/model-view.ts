import type { IConstruct } from 'constructs';
import type { Connection, IPeer } from './connection';
import type { ChartDeclarations, Declarations } from './declarations';
import type { NetworkMember } from './isolated-network';
import type { LoadBalancer } from './load-balancer';
import type { NetworkBase } from './network';
import { accessRule, askedOf, calledBeside } from './route-rule';
import type { Route } from './routes';
import { streamRouteModel, type StreamRoute } from './stream-route';
import type { Workload } from './workload';
import type { AppModel, ChartModel } from '../model/app-model';
import type { LoadBalancerModel, RouteModel } from '../model/load-balancer';
import type { CutLinkModel, LinkModel, NetworkModel, PodsModel } from '../model/network';
import { speaksTls, type Port } from '../model/port';
import type { StreamRouteModel } from '../model/stream-route';
import { PeerKind, type ConnectionModel, type PeerModel, type WorkloadModel } from '../model/workload';
import type { Target } from '../targets/target';
import { Memo } from '../util/memo';
import { compare } from '../util/order';

/**
 * The application as one target sees it: declarations turned into models, each made once and when it is asked for.
 * What stands in a chart or workload that the target does not render is not there.
 *
 * @internal
 */
export class ModelView {
  /** Targets with the same key see the same application and share one view. */
  static key(app: Declarations, target: Target): string {
    return `${target.charts?.join(',') ?? '*'}/${app.targetsDiffer ? target.name : '*'}`;
  }

  private readonly charts: ChartDeclarations[];
  private readonly chartNames: Set<string>;
  private readonly workloads = new Memo((workload: Workload) => this.workloadModel(workload));
  private readonly networks = new Memo((network: NetworkBase) => this.networkModel(network));
  private readonly balancers = new Memo((balancer: LoadBalancer) => this.balancerModel(balancer));
  private readonly streams = new Memo(streamRouteModel);
  private readonly connections = new Memo(connectionModel);
  private readonly membersOf = new Map<NetworkBase, Workload[]>();
  private readonly hostsOf = new Map<IConstruct, Set<string>>();
  private whole: AppModel | undefined;

  constructor(private readonly app: Declarations, private readonly target: Target) {
    this.charts = [...app.charts.values()].filter((chart) => chart.targets.includes(target)).sort((a, b) => compare(a.name, b.name));
    this.chartNames = new Set(this.charts.map(({ name }) => name));
    for (const chart of this.charts) this.index(chart);
  }

  appModel(): AppModel {
    this.whole ??= Object.freeze({ charts: this.charts.map((chart) => this.chart(chart)) });
    return this.whole;
  }

  workload(workload: Workload): WorkloadModel {
    return this.workloads.of(workload);
  }

  network(network: NetworkBase): NetworkModel {
    return this.networks.of(network);
  }

  pods(member: NetworkMember): PodsModel {
    const routed = (balancer: LoadBalancer) => balancer._routes.all
      .some(({ destinations }) => destinations.some(({ destination }) => destination._selects?.(member.labels)));
    return {
      ...member,
      chart: member.network._chart.name,
      callers: member.network._chart.loadBalancers.filter(routed).map((balancer) => balancer._peer).sort(byName),
      network: this.network(member.network),
    };
  }

  link(connection: Connection): LinkModel {
    return {
      name: `${connection.from.node.id}-to-${connection.to.node.id}`,
      connection: this.connections.of(connection),
      covered: this.shareNetwork(connection.from, connection.to),
    };
  }

  loadBalancer(balancer: LoadBalancer): LoadBalancerModel {
    return this.balancers.of(balancer);
  }

  route(route: Route): RouteModel {
    return this.routeOf(route);
  }

  /** The same struct as in the load balancer, where that has it. */
  streamRoute(stream: StreamRoute): StreamRouteModel {
    return this.streams.of(stream);
  }

  private chart(declarations: ChartDeclarations): ChartModel {
    return Object.freeze({
      path: declarations.chart.node.path,
      name: declarations.name,
      namespace: declarations.chart.namespace,
      workloads: declarations.workloads.filter((workload) => this.renders(workload)).map((workload) => this.workload(workload)).sort(byName),
      networks: declarations.networks.map((network) => this.network(network)).sort(byName),
      links: declarations.connections.filter(({ from, to }) => this.renders(from) && this.renders(to)).map((link) => this.link(link)).sort(byName),
      cutLinks: declarations.connections.filter(({ from, to }) => this.renders(from) && !this.renders(to)).map((link) => this.cutLink(link)),
      loadBalancers: declarations.loadBalancers.map((balancer) => this.loadBalancer(balancer)).sort(byName),
      issuers: declarations.issuers.map((issuer) => issuer._model).sort(byName),
      secrets: [...declarations.secrets].sort(byName),
      sharedVolumes: [...declarations.sharedVolumes].sort(byName),
      externalServices: [...declarations.externalServices].sort(byName),
      pods: declarations.members.map((member) => this.pods(member)).sort(byName),
    });
  }

  private index(chart: ChartDeclarations): void {
    for (const workload of chart.workloads) {
      if (!this.renders(workload)) continue;
      for (const { network } of workload._props.networks ?? []) push(this.membersOf, network, workload);
    }
    for (const balancer of chart.loadBalancers) {
      const leads = (destination: IConstruct, host: string) =>
        this.hostsOf.set(destination, (this.hostsOf.get(destination) ?? new Set()).add(host));
      for (const { destinations, host } of balancer._routes.all) destinations.forEach(({ destination }) => leads(destination, host));
      for (const { workload, host } of balancer._streams.all) if (host !== undefined) leads(workload, host);
    }
  }

  private workloadModel(workload: Workload): WorkloadModel {
    return workload._toModel(
      (workload._props.networks ?? []).map(({ network, attachOptions }) => ({
        network: this.network(network), address: attachOptions.address, ipv6Address: attachOptions.ipv6Address, aliases: attachOptions.aliases ?? [],
      })).sort((a, b) => compare(a.network.name, b.network.name)),
      this.app.incoming(workload).filter(({ from }) => this.renders(from)).map((link) => this.connections.of(link)).sort(byPeer((link) => link.from)),
      this.app.outgoing(workload).filter(({ to }) => this.renders(to)).map((link) => this.connections.of(link)).sort(byPeer((link) => link.to)),
      [...this.hostsOf.get(workload) ?? []].sort(compare),
    );
  }

  private networkModel(network: NetworkBase): NetworkModel {
    const members = this.membersOf.get(network) ?? [];
    const foreign = network._chart.members.filter((member) => member.network === network);
    const ports = new Map<string, Port>();
    for (const port of [...members, ...foreign].flatMap((member) => member.ports)) ports.set(`${port.number}/${port.transport}`, port);
    return network._toModel(
      members.map((member) => member.node.id).sort(compare),
      [...ports.values()].sort((a, b) => a.number - b.number || compare(a.transport, b.transport)),
    );
  }

  private balancerModel(balancer: LoadBalancer): LoadBalancerModel {
    return balancer._toModel(
      balancer._routes.all.map((route) => this.routeOf(route)).filter((route) => route.targets.length > 0),
      balancer._streams.all.filter(({ workload }) => this.renders(workload)).map((stream) => this.streamRoute(stream)),
    );
  }

  private routeOf(route: Route): RouteModel {
    return {
      host: route.host,
      path: route.path,
      headers: route.headers,
      methods: route.methods,
      targets: route.destinations.filter(({ destination }) => this.renders(destination)).map(({ destination, port, tls, weight }) => ({
        peer: destination._peer,
        port,
        weight,
        ...destination._routing,
        tls,
        checkTls: speaksTls(destination.ports ?? [], destination._routing.healthCheck?.port ?? port.number),
      })).sort(byPeer((target) => target.peer)),
      requestTimeoutSeconds: route.requestTimeoutSeconds,
      maxRequestBodyBytes: route.maxRequestBodyBytes,
      access: route.access.map(accessRule),
      mirror: route.mirror === undefined || !this.renders(route.mirror.workload) ? undefined
        : { target: calledBeside(route.mirror), percent: route.mirror.percent },
      redirectHttp: route.redirectHttp,
      hstsSeconds: route.hstsSeconds,
    };
  }

  private cutLink({ from, to }: Connection): CutLinkModel {
    const routes = (from as Partial<LoadBalancer>)._routes?.all ?? [];
    const asked = routes.find(({ access, destinations }) => (askedOf(access)?.workload as IPeer | undefined) === to
      && destinations.some(({ destination }) => this.renders(destination)));
    const askedAbout = asked === undefined ? undefined : `${asked.host}${asked.path}`;
    return { path: from.node.path, name: from.node.id, callee: to._peer, askedAbout };
  }

  private shareNetwork(from: IPeer, to: IPeer): boolean {
    const mine = new Set(((from as Partial<Workload>)._props?.networks ?? []).map(({ network }) => network));
    return ((to as Partial<Workload>)._props?.networks ?? []).some(({ network }) => mine.has(network) && !this.network(network).connectedOnly);
  }

  private renders(peer: IPeer): boolean {
    const { kind, chart } = peer._peer;
    // What lies outside is rendered by nobody.
    if ((kind === PeerKind.WORKLOAD || kind === PeerKind.LOAD_BALANCER) && !this.chartNames.has(chart)) return false;
    return peer._onlyOn === undefined || peer._onlyOn.includes(this.target.name);
  }
}

function connectionModel({ from, to, ports, startAfter, direct }: Connection): ConnectionModel {
  return { from: from._peer, to: to._peer, ports, startAfter, direct };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function byName(a: { name: string }, b: { name: string }): number {
  return compare(a.name, b.name);
}

function byPeer<T>(peer: (item: T) => PeerModel): (a: T, b: T) => number {
  return (a, b) => compare(peer(a).chart, peer(b).chart) || compare(peer(a).name, peer(b).name);
}

