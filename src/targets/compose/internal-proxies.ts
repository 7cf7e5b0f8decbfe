import type { LoadBalancerWorkload } from './load-balancer';
import { isLinkable, spansCharts, type NamedConnection } from './networks';
import { copiesName } from './proxied-calls';
import { composeTraits } from './traits';
import { hasTwin } from './twin';
import { InternalProxy } from '../../loadbalancers/internal-proxy';
import { loadBalancerWorkload } from '../../loadbalancers/load-balancer-workload';
import type { AppModel, ChartModel } from '../../model/app-model';
import { askedOn, type HealthCheck } from '../../model/health-check';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { LoadBalancing } from '../../model/load-balancing';
import { hasMember, type NetworkModel } from '../../model/network';
import { Protocol, type Port } from '../../model/port';
import type { ITargetTraits } from '../../model/traits';
import { PeerKind, WorkloadKind, type AttachmentModel, type ConnectionModel, type ContainerModel, type PeerModel, type WorkloadModel } from '../../model/workload';

/*
 * Proxies between workloads. Names resolve to every copy that runs, healthy or not; so a callee whose copies can stand
 * beside each other has a proxy that carries its name. In a link the proxy stands where the copies would, and meets them in
 * a link of their own. Into a group it goes beside the copies, since these call others there; then callers have a link of
 * Docker's (`external_links`) by which the name is the proxy's for them alone: Compose gives copies the name of their service
 * in each of their networks, and copies call from there, so that no choice of networks or aliases leaves the name to the proxy.
 * All else is made of ordinary workloads and connections.
 */

/**
 * A proxy in front of the copies of a workload.
 *
 * @internal
 */
export interface CalleeProxy extends LoadBalancerWorkload {
  /** The workload whose name it carries, with its copies' own place. */
  readonly callee: WorkloadModel;
  /** The same as it was declared. */
  readonly declared: WorkloadModel;
  /** Ports that it carries. */
  readonly ports: Port[];
  /** The link to the copies, where no group brings them together. */
  readonly toCopies?: NamedConnection;
}

/**
 * An application as Compose renders it.
 *
 * @internal
 */
export interface ProxiedApp {
  readonly app: AppModel;
  readonly proxies: CalleeProxy[];
}

/**
 * The key of a workload's proxy.
 *
 * @internal
 */
export const proxyName = (workload: string): string => `${workload}-proxy`;

const proxyTraits = (chart: string): ITargetTraits => ({ ...composeTraits(chart), allCopiesName: (_chart, workload) => copiesName(workload) });

/**
 * Puts proxies between workloads.
 *
 * @param image their image, in place of a public one
 * @internal
 */
export function withProxies({ charts }: AppModel, image?: string): ProxiedApp {
  const proxied = charts.map((chart) => {
    const programs = { overIpv4: new InternalProxy(false, image), overBoth: new InternalProxy(true, image) };
    const traits = proxyTraits(chart.name);
    return { chart, proxies: chart.workloads.flatMap((workload) => proxyOf(workload, programs, traits) ?? []) };
  });
  return {
    app: { charts: proxied.map(({ chart, proxies }) => proxies.length === 0 ? chart : withoutTheProxied(chart, proxies)) },
    proxies: proxied.flatMap(({ proxies }) => proxies),
  };
}

/**
 * Whether calls of one workload to another go through its proxy.
 *
 * @internal
 */
export function callsByProxy(from: Pick<PeerModel, 'chart' | 'name'>, callee: WorkloadModel): boolean {
  if (!canHaveProxy(callee) || from.chart !== callee.chart || from.name === callee.name) return false;
  const declared = callee.callers.find((connection) => isWorkloadOf(callee.chart, from.name, connection.from));
  if (declared !== undefined) return isCarried(declared);
  // Where one of two members calls the other, the other does not call back.
  return !callee.callees.some(({ to }) => isWorkloadOf(callee.chart, from.name, to))
    && callee.ports.every(isStream)
    && openGroups(callee).some(({ network }) => hasMember(network, from.name));
}

const isStream = ({ protocol }: Port): boolean => protocol !== Protocol.UDP;

const isWorkloadOf = (chart: string, name: string, peer: PeerModel): boolean =>
  peer.kind === PeerKind.WORKLOAD && peer.chart === chart && peer.name === name;

/** Only copies that can stand beside each other may be two; in a network outside, who calls by the name is not known. */
const canHaveProxy = (workload: WorkloadModel): boolean => workload.kind === WorkloadKind.SERVICE
  && workload.ports.some(isStream)
  && hasTwin(workload)
  && workload.networkMode === undefined
  && workload.attachments.every(({ network }) => network.layer2 === undefined);

/** Who calls from another chart meets the copies, in a network of neither project. */
const isCarried = (connection: ConnectionModel): boolean => isLinkable(connection)
  && connection.from.kind === PeerKind.WORKLOAD
  && !spansCharts(connection)
  && !connection.direct
  && connection.ports.every(isStream);

const openGroups = ({ attachments }: WorkloadModel): AttachmentModel[] => attachments.filter(({ network }) => !network.connectedOnly);

/** What the proxies of a chart run. */
interface Programs {
  readonly overIpv4: InternalProxy;
  readonly overBoth: InternalProxy;
}

function proxyOf(callee: WorkloadModel, programs: Programs, traits: ITargetTraits): CalleeProxy | undefined {
  if (!canHaveProxy(callee)) return undefined;
  const carried = callee.callers.filter(isCarried);
  const groups = openGroups(callee);
  const byMembership = isCalledByMembership(callee, groups);
  if (carried.length === 0 && !byMembership) return undefined;

  const ports = byMembership ? callee.ports.filter(isStream) : portsOf(callee, carried);
  const overIpv6 = groups.some(({ network }) => network.ipv6Subnet !== undefined);
  const model = loadBalancerOf(callee, ports, overIpv6 ? programs.overBoth : programs.overIpv4);
  const lowered = model.backend.lower(model, traits);
  const toCopies = groups.length > 0 ? undefined : linkToCopies(callee, ports);
  const workload = placed(loadBalancerWorkload(model, lowered, []), placeOf(callee, groups, carried, toCopies));
  return { workload, lowered, callee: withoutTheCarried(callee, toCopies), declared: callee, ports, toCopies };
}

/** Whether a member of a group calls without a connection that was declared. */
function isCalledByMembership(callee: WorkloadModel, groups: AttachmentModel[]): boolean {
  const isDeclared = (name: string) => callee.callers.some(({ from }) => isWorkloadOf(callee.chart, name, from));
  return groups.some(({ network }) => network.members.some((name) => !isDeclared(name) && callsByProxy({ chart: callee.chart, name }, callee)));
}

/** The ports of a callee that connections lead to. */
function portsOf(callee: WorkloadModel, connections: ConnectionModel[]): Port[] {
  const called = new Set(connections.flatMap(({ ports }) => ports).map(({ number }) => number));
  return callee.ports.filter((port) => isStream(port) && called.has(port.number));
}

function linkToCopies({ chart, name }: WorkloadModel, ports: Port[]): NamedConnection {
  const peer = { kind: PeerKind.WORKLOAD, chart, name };
  return { from: { ...peer, name: proxyName(name) }, to: peer, ports, startAfter: false, direct: true, names: [copiesName(name)] };
}

/** Beside whom a workload stands, who calls it and whom it calls. */
type Place = Pick<WorkloadModel, 'attachments' | 'callers' | 'callees'>;

const placed = (workload: WorkloadModel, { attachments, callers, callees }: Place): WorkloadModel => ({ ...workload, attachments, callers, callees });

/** Where a proxy stands: in the groups of its callee, and between it and its callers. */
function placeOf(
  callee: WorkloadModel, groups: AttachmentModel[], carried: ConnectionModel[], toCopies: NamedConnection | undefined,
): Place {
  return {
    attachments: groups.map(({ network }) => ({ network: withoutEgress(network), aliases: [] })),
    callers: carried.map((connection): NamedConnection => ({ ...connection, names: [callee.name, ...furtherNames(callee, connection.from)] })),
    callees: toCopies === undefined ? [] : [toCopies],
  };
}

/** The copies are asked for their health and picked as by the edge, where nothing else is said. */
function loadBalancerOf(callee: WorkloadModel, ports: Port[], backend: InternalProxy): LoadBalancerModel {
  const { path, chart, name, container, replicas, maxReplicas } = callee;
  const peer = { kind: PeerKind.WORKLOAD, chart, name };
  const copies = maxReplicas ?? replicas;
  const { healthCheckTls: checkTls } = container;
  const targets = ports.map((port) => ({ peer, port, weight: 1, copies, healthCheck: checkOf(container, port), checkTls, stateful: false }));
  return {
    path,
    chart,
    name: proxyName(name),
    backend,
    balancing: LoadBalancing.leastConnections(),
    hosts: [],
    routes: [{ host: '', path: '/', headers: {}, methods: [], targets, access: [], redirectHttp: false, hstsSeconds: 0 }],
    redirects: [],
    streams: [],
    httpPort: 80,
    httpsPort: 443,
    trustedProxies: [],
    retryIdempotent: false,
    accessLog: false,
    drainSeconds: callee.drainSeconds,
  };
}

/** All ports are as healthy as the one that is asked. */
function checkOf({ healthCheck, healthCheckPort }: ContainerModel, { number }: Port): HealthCheck | undefined {
  if (healthCheck === undefined || healthCheckPort === undefined || healthCheckPort === number) return healthCheck;
  return askedOn(healthCheck, healthCheckPort);
}

const withoutEgress = (network: NetworkModel): NetworkModel => ({ ...network, egress: [] });

/** The names that networks of connections give a callee. */
function furtherNames({ attachments }: WorkloadModel, from: PeerModel): string[] {
  return attachments.filter(({ network }) => network.connectedOnly && hasMember(network, from.name)).flatMap(({ aliases }) => aliases);
}

/** The copies meet their proxy instead of those who call through it. */
function withoutTheCarried(callee: WorkloadModel, toCopies: NamedConnection | undefined): WorkloadModel {
  return placed(callee, {
    attachments: callee.attachments.map((attachment) => attachment.network.connectedOnly ? attachment
      : { ...attachment, aliases: [...attachment.aliases, copiesName(callee.name)] }),
    callers: [...callee.callers.filter((connection) => !isCarried(connection)), ...toCopies === undefined ? [] : [toCopies]],
    callees: callee.callees,
  });
}

function withoutTheProxied(chart: ChartModel, proxies: CalleeProxy[]): ChartModel {
  const callees = new Map(proxies.map(({ callee }) => [callee.name, callee]));
  return {
    ...chart,
    workloads: chart.workloads.map((workload) => callees.get(workload.name) ?? workload),
    links: [...chart.links, ...proxies.flatMap(({ workload, callee, toCopies }) =>
      toCopies === undefined ? [] : [{ name: `${workload.name}-to-${callee.name}`, connection: toCopies, covered: false }])],
  };
}
