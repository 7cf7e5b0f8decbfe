import { callsByProxy, type CalleeProxy } from './internal-proxies';
import { ProxiedNames, type NamesInGroups } from './proxied-names';
import type { AppModel, SharedVolumeModel } from '../../model/app-model';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { hasMember, type NetworkModel } from '../../model/network';
import { PeerKind, type PeerModel, type WorkloadModel } from '../../model/workload';
import type { Anchors } from '../../util/yaml';

/**
 * Who else is there. A slot shows a renderer its own construct only; starts in order and sizes of networks depend on
 * the other end of a connection.
 *
 * @internal
 */
export class Neighbours {
  private readonly workloads = new Map<string, WorkloadModel>();
  private readonly loadBalancers = new Map<string, LoadBalancerModel>();
  private readonly sharedVolumes = new Map<string, SharedVolumeModel>();

  /** Proxies by chart. */
  private readonly proxies = new Map<string, Map<string, CalleeProxy>>();
  private readonly proxiesInGroups = new Map<NetworkModel, readonly CalleeProxy[]>();
  private readonly calledInGroups = new Map<NetworkModel, readonly string[]>();
  /** Not all targets ask for them. */
  private proxiedNames?: ProxiedNames;

  public constructor(private readonly app: AppModel, proxies: CalleeProxy[] = []) {
    for (const proxy of proxies) {
      const { chart, name } = proxy.callee;
      if (!this.proxies.has(chart)) this.proxies.set(chart, new Map());
      this.proxies.get(chart)!.set(name, proxy);
    }
    for (const chart of app.charts) {
      for (const workload of chart.workloads) this.workloads.set(`${chart.name}/${workload.name}`, workload);
      for (const loadBalancer of chart.loadBalancers) this.loadBalancers.set(`${chart.name}/${loadBalancer.name}`, loadBalancer);
      for (const volume of chart.sharedVolumes) this.sharedVolumes.set(`${chart.name}/${volume.name}`, volume);
    }
  }

  /** The workload at the other end; undefined where it is something else, or not rendered. */
  public workload(peer: Pick<PeerModel, 'chart' | 'name'>): WorkloadModel | undefined {
    return this.workloads.get(`${peer.chart}/${peer.name}`);
  }

  /** A load balancer; undefined where it is something else, or not rendered. */
  public loadBalancer(peer: Pick<PeerModel, 'chart' | 'name'>): LoadBalancerModel | undefined {
    return this.loadBalancers.get(`${peer.chart}/${peer.name}`);
  }

  /** A workload with its copies' own place. */
  public placed(workload: WorkloadModel): WorkloadModel {
    return this.workload(workload) ?? workload;
  }

  /** The proxy in front of a workload; undefined where it has none. */
  public proxyOf({ chart, name }: Pick<PeerModel, 'chart' | 'name'>): CalleeProxy | undefined {
    return this.proxies.get(chart)?.get(name);
  }

  /** The proxies by which a workload calls others, by name. */
  public proxiesCalledBy(workload: WorkloadModel): CalleeProxy[] {
    const proxies = this.proxies.get(workload.chart);
    if (proxies === undefined) return [];
    const met = new Set([
      ...workload.callees.map(({ to }) => to.name),
      // A proxy stands in groups too, and is no member.
      ...workload.attachments.map(({ network }) => network)
        .filter((network) => !network.connectedOnly && hasMember(network, workload.name)).flatMap(({ members }) => members),
    ]);
    return [...met].sort().map((name) => proxies.get(name))
      .filter((proxy): proxy is CalleeProxy => proxy !== undefined && callsByProxy(workload, proxy.declared));
  }

  /** The proxy by which one workload calls another; undefined where it meets the copies, or does not call it. */
  public proxyBetween(from: WorkloadModel, to: Pick<PeerModel, 'chart' | 'name'>): CalleeProxy | undefined {
    const proxy = this.proxyOf(to);
    return proxy !== undefined && callsByProxy(from, proxy.declared) ? proxy : undefined;
  }

  /** The proxies that stand in a group, beside the members that they carry calls to. */
  public proxiesIn(network: NetworkModel): readonly CalleeProxy[] {
    let proxies = this.proxiesInGroups.get(network);
    if (proxies === undefined) {
      proxies = network.members.flatMap((name) => this.proxyOf({ chart: network.chart, name }) ?? []);
      this.proxiesInGroups.set(network, proxies);
    }
    return proxies;
  }

  /**
   * The other members of its groups that a workload may call, without a connection of their own. Where one of two members
   * calls the other, the other does not call back.
   */
  public calledByMembership(workload: WorkloadModel): string[] {
    const { name, chart, attachments } = workload;
    const groups = attachments.map(({ network }) => network).filter((network) => !network.connectedOnly && hasMember(network, name));
    if (groups.length === 0) return [];
    const callers = new Set(workload.callers.map(({ from }) => from)
      .filter((from) => from.kind === PeerKind.WORKLOAD && from.chart === chart).map((from) => from.name));
    return [...new Set(groups.flatMap((network) => this.calledIn(network)))].filter((called) => called !== name && !callers.has(called));
  }

  /** The names that a workload and the other members of its groups call by proxies, where these are too many for each. */
  public namesInGroups(workload: WorkloadModel): NamesInGroups | undefined {
    return this.names.of(workload);
  }

  /** What stands once in the file of a chart. */
  public anchors(chart: string): Anchors {
    return this.names.anchors(chart);
  }

  /** Whether the target renders that end of a connection. */
  public has(peer: PeerModel): boolean {
    const key = `${peer.chart}/${peer.name}`;
    return peer.kind === PeerKind.LOAD_BALANCER ? this.loadBalancers.has(key) : this.workloads.has(key);
  }

  /** The workloads of a network. */
  public membersOf(network: NetworkModel): WorkloadModel[] {
    return network.members.flatMap((name) => this.workload({ chart: network.chart, name }) ?? []);
  }

  /** A shared volume of a chart. */
  public sharedVolume(chart: string, name: string): SharedVolumeModel | undefined {
    return this.sharedVolumes.get(`${chart}/${name}`);
  }

  /** The members of a group that have ports; each of them asks for them. */
  private calledIn(network: NetworkModel): readonly string[] {
    let called = this.calledInGroups.get(network);
    if (called === undefined) {
      called = this.membersOf(network).filter(({ ports }) => ports.length > 0).map(({ name }) => name);
      this.calledInGroups.set(network, called);
    }
    return called;
  }

  private get names(): ProxiedNames {
    return this.proxiedNames ??= new ProxiedNames(this.app, this);
  }
}
