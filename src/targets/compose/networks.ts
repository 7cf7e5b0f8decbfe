import { createHash } from 'node:crypto';
import { Interpolation, PROJECT_NAME } from './interpolation';
import { hasMember, type Layer2Model, type NetworkModel } from '../../model/network';
import { PeerKind, WorkloadKind, type ConnectionModel, type PeerModel, type WorkloadModel } from '../../model/workload';
import { freezeAll, SharedParts } from '../../util/constants';
import { dictionary } from '../../util/dictionary';
import { joined } from '../../util/lists';
import { Memo } from '../../util/memo';

/*
 * Who may talk to whom on Docker: there are no rules inside a network, so the networks themselves are the rules. A
 * network or a link is internal and without an address of the host; a workload that has a way out, or published
 * ports, has a bridge of its own besides.
 */

/**
 * Membership of a service in one network of the file.
 *
 * @internal
 */
export interface Membership {
  /** Key in the section `networks`. */
  readonly network: string;
  /** Further names in it. */
  readonly aliases: string[];
  /** Static IPv4 address. */
  readonly address?: string;
  /** Static IPv6 address. */
  readonly ipv6Address?: string;
  /** Whom it meets there; undefined in a network of several. */
  readonly peer?: PeerModel;
}

/**
 * A connection whose callee has further names for this caller.
 *
 * @internal
 */
export interface NamedConnection extends ConnectionModel {
  readonly names?: string[];
}

/**
 * The internal networks of a workload: groups, and links for the connections that no group opens.
 *
 * @internal
 */
export const internalMemberships = (workload: WorkloadModel): Membership[] => INTERNAL.of(workload);

/** Asked for by validation and by several fragments of each target. */
const INTERNAL = new Memo(findInternal, new WeakMap());

function findInternal(workload: WorkloadModel): Membership[] {
  const members: Membership[] = [];
  for (const { network, aliases, address, ipv6Address } of workload.attachments) {
    if (network.connectedOnly) continue;
    members.push({ network: network.name, aliases: joined(ownNames(workload), aliases), address, ipv6Address, peer: undefined });
  }
  const meet = (connection: ConnectionModel, peer: PeerModel, names?: string[]) => {
    if (!isLinkable(connection) || meetsInGroup(workload, peer)) return;
    members.push({ network: linkName(connection), aliases: names ?? namesTowards(workload, peer), address: undefined, ipv6Address: undefined, peer });
  };
  workload.callees.forEach((connection) => meet(connection, connection.to));
  workload.callers.forEach((connection: NamedConnection) => meet(connection, connection.from, connection.names));
  return members;
}

/** All copies of a stateful service answer to its name; each has its own besides. */
const ownNames = ({ kind, name }: WorkloadModel): string[] => kind === WorkloadKind.STATEFUL ? [name] : [];

/** The further names of a workload in a link. */
function namesTowards(workload: WorkloadModel, peer: PeerModel): string[] {
  const own = ownNames(workload);
  return joined(own, isElsewhere(peer, workload) ? own.map((name) => qualifiedName(workload.chart, name)) : aliasesTowards(workload, peer));
}

/** Whether a load balancer of another chart is called, or calls, which must tell workloads of one name apart. */
const isElsewhere = (peer: PeerModel | undefined, { chart }: WorkloadModel): boolean =>
  peer !== undefined && peer.kind === PeerKind.LOAD_BALANCER && peer.chart !== chart;

/**
 * The peers of a workload that it meets in a link.
 *
 * @internal
 */
export const linkedPeers = (workload: WorkloadModel): PeerModel[] => internalMemberships(workload).flatMap(({ peer }) => peer ?? []);

/**
 * The name of the network of a link.
 *
 * @internal
 */
export function linkName({ from, to }: { from: End; to: End }): string {
  return from.chart === to.chart ? `${from.name}-to-${to.name}` : `${from.chart}.${from.name}.to.${to.chart}.${to.name}`;
}

type End = Pick<PeerModel, 'chart' | 'name'>;

/**
 * Whether the ends of a connection are of two charts.
 *
 * @internal
 */
export const spansCharts = ({ from, to }: ConnectionModel): boolean => from.chart !== to.chart;

/**
 * The name by which load balancers of other charts know a service: a chart's own is not unique in an application. Names
 * of services on a Swarm are made in the same way.
 *
 * @internal
 */
export const qualifiedName = (chart: string, service: string): string => `${chart}_${service}`;

/**
 * Whether a connection can be a network: both ends are containers of ours, and in networks.
 *
 * @internal
 */
export function isLinkable({ from, to }: ConnectionModel): boolean {
  if (from.onHost || to.onHost) return false;
  return (from.kind === PeerKind.WORKLOAD || from.kind === PeerKind.LOAD_BALANCER) && to.kind === PeerKind.WORKLOAD;
}

/**
 * Whether a workload needs a network that leads out of the application.
 *
 * @internal
 */
export function leadsOutside(workload: WorkloadModel): boolean {
  return hasEgress(workload) || workload.publishedPorts.length > 0;
}

/**
 * Whether a workload may open connections to the outside by a network of its own.
 *
 * @internal
 */
export function hasEgress(workload: WorkloadModel): boolean {
  if (workload.networkMode !== undefined) return false;
  return workload.egress.length > 0
    || workload.attachments.some(({ network }) => network.egress.length > 0)
    || workload.callees.some(({ to }) => to.kind === PeerKind.EXTERNAL);
}

/**
 * Whether the containers of a workload need a network of their own to meet: copies of a stateful service, or sidecars,
 * where nothing else brings them together.
 *
 * @internal
 */
export function needsOwnNetwork(workload: WorkloadModel): boolean {
  const several = (workload.kind === WorkloadKind.STATEFUL && workload.replicas > 1) || workload.sidecars.length > 0;
  return several && workload.networkMode === undefined && internalMemberships(workload).length === 0;
}

/**
 * The network in which the containers of one workload meet.
 *
 * @internal
 */
export const ownNetwork = (workload: WorkloadModel): string => `${workload.name}-copies`;

/**
 * The bridge through which one service reaches the outside. Each has its own: where two services share a bridge and
 * also an internal network, the name of one resolves to its address on the bridge first, and that way is closed
 * (measured, engine 20.10).
 *
 * @internal
 */
export const outsideNetwork = (service: string): string => `${service}-outside`;

/**
 * All networks of one service of a workload.
 *
 * @internal
 */
export function memberships(workload: WorkloadModel, service: string): Membership[] {
  const qualified = qualifiedName(workload.chart, service);
  return joined<Membership>(
    internalMemberships(workload).map((member) =>
      isElsewhere(member.peer, workload) ? { ...member, aliases: [...member.aliases, qualified] } : member),
    needsOwnNetwork(workload) ? [{ network: ownNetwork(workload), aliases: ownNames(workload) }] : [],
    leadsOutside(workload) ? [{ network: outsideNetwork(service), aliases: [] }] : [],
  );
}

/**
 * The field `networks` of a service; undefined where it has none.
 *
 * @internal
 */
export function networksOf(members: Membership[]): any {
  if (members.length === 0) return undefined;
  const networks = dictionary();
  for (const { network, aliases, address, ipv6Address } of [...members].sort((a, b) => a.network < b.network ? -1 : 1)) {
    networks[network] = { aliases: aliases.length > 0 ? aliases : undefined, ipv4_address: address, ipv6_address: ipv6Address };
  }
  return networks;
}

/**
 * A network whose members reach each other and nothing else: no way out, no address of the host in it. Engines before
 * 28 go by the first option, later ones by both (measured on 20.10 and 28).
 *
 * @internal
 */
export function internalNetwork(key: string, subnet?: string, declared: Pick<NetworkModel, 'ipv6Subnet' | 'mtu'> = {}): any {
  return named(key, internalOptions(subnet, declared));
}

const ISOLATED = freezeAll({
  'com.docker.network.bridge.inhibit_ipv4': 'true',
  'com.docker.network.bridge.gateway_mode_ipv4': 'isolated',
});

/**
 * The options of such a network.
 *
 * @internal
 */
export function internalOptions(subnet?: string, { ipv6Subnet, mtu }: Pick<NetworkModel, 'ipv6Subnet' | 'mtu'> = {}): any {
  return {
    internal: true,
    enable_ipv6: ipv6Subnet === undefined ? undefined : true,
    driver_opts: ipv6Subnet === undefined && mtu === undefined ? ISOLATED : {
      ...ISOLATED,
      ...ipv6Subnet === undefined ? {} : { 'com.docker.network.bridge.gateway_mode_ipv6': 'isolated' },
      ...mtuOption(mtu),
    },
    ipam: ipamOf(subnet === undefined ? undefined : { subnet }, ipv6Subnet === undefined ? undefined : { subnet: ipv6Subnet }),
  };
}

/**
 * The largest packet, as the drivers of the engine's own networks take it.
 *
 * @internal
 */
export function mtuOption(mtu: number | undefined): any {
  return mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) };
}

/**
 * A network outside. An interface of the host serves one, so that with other options the engine refuses it until the old
 * one is gone: `deploy.sh down` first.
 *
 * @internal
 */
export function layer2Network({ name, subnet, ipv6Subnet }: NetworkModel, layer2: Layer2Model): any {
  const { driver, parent, mode, gateway, ipRange, ipv6Gateway } = layer2;
  return named(name, {
    driver,
    enable_ipv6: ipv6Subnet === undefined ? undefined : true,
    driver_opts: { parent, ipvlan_mode: mode },
    ipam: ipamOf({ subnet, gateway, ip_range: ipRange }, ipv6Subnet === undefined ? undefined : { subnet: ipv6Subnet, gateway: ipv6Gateway }),
  });
}

function ipamOf(...ranges: any[]): any {
  const config = ranges.filter((range) => range !== undefined);
  return config.length === 0 ? undefined : { config };
}

/**
 * A way out for one service.
 *
 * @internal
 */
export function outsideBridge(key: string, subnet?: string): any {
  return named(key, {
    driver_opts: { 'com.docker.network.bridge.enable_icc': 'false' },
    ipam: subnet === undefined ? undefined : { config: [{ subnet }] },
  });
}

/**
 * Compose 2.26 ignores changed options of a network that exists, in silence: a network that becomes isolated would
 * stay open. So its name changes with its options.
 */
function named(key: string, options: any): any {
  return { name: new Interpolation(`${PROJECT_NAME}_${key}-${optionsHash(options)}`), ...options };
}

/**
 * A few digits that change when the options of a network change.
 *
 * @internal
 */
export function optionsHash(options: any): string {
  const text = JSON.stringify(options);
  return HASHES.get(text, () => createHash('sha256').update(text).digest('hex').slice(0, 6));
}

/** Most networks have their options in common. */
const HASHES = new SharedParts((hash) => hash);

/** Whether both are members of one group that opens every connection between its members. */
function meetsInGroup(workload: WorkloadModel, peer: PeerModel): boolean {
  return peer.kind === PeerKind.WORKLOAD
    && workload.attachments.some(({ network }) => !network.connectedOnly && network.chart === peer.chart && hasMember(network, peer.name));
}

/** The further names that a network gives a workload, where that network stands for a link for each connection. */
function aliasesTowards(workload: WorkloadModel, peer: PeerModel): string[] {
  return workload.attachments
    .filter(({ network }) => network.connectedOnly && network.chart === peer.chart && hasMember(network, peer.name))
    .flatMap(({ aliases }) => aliases);
}
