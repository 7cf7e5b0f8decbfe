import type { Egress } from './egress';
import type { Port } from './port';
import type { ConnectionModel, PeerModel } from './workload';

/**
 * How containers are put on a network of the host's own.
 */
export enum Layer2Driver {
  /** Each has a hardware address of its own. */
  MACVLAN = 'macvlan',
  /** All have the hardware address of the host. */
  IPVLAN = 'ipvlan',
}

/**
 * How ipvlan passes packets on. Docker's names.
 */
export enum IpvlanMode {
  /** As a switch: containers are neighbours of whoever is on that network. */
  L2 = 'l2',
  /** As a router without broadcast: the network outside needs a route to the subnet by the host. */
  L3 = 'l3',
  /** As `l3`, and the packets pass the host's firewall rules with their connections tracked. */
  L3S = 'l3s',
}

/**
 * A network outside that containers are put on by the host's interface.
 */
export interface Layer2Model {
  /** How. */
  readonly driver: Layer2Driver;
  /** The host's interface. */
  readonly parent: string;
  /** Ipvlan: how packets are passed on. */
  readonly mode?: IpvlanMode;
  /** IPv4 address of the router; undefined: the first of the subnet. */
  readonly gateway?: string;
  /** Part of the subnet from which copies without a static address get theirs; undefined: all of it. */
  readonly ipRange?: string;
  /** IPv6 address of the router; undefined: the first of the subnet. */
  readonly ipv6Gateway?: string;
}

/**
 * A network: a group of workloads that reach each other.
 */
export interface NetworkModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Whether membership alone opens nothing, so that only declared connections are open. */
  readonly connectedOnly: boolean;
  /** IPv4 range; undefined: the engine picks. */
  readonly subnet?: string;
  /** IPv6 range; undefined: no IPv6. */
  readonly ipv6Subnet?: string;
  /** Bytes of the largest packet; undefined: the engine's. */
  readonly mtu?: number;
  /** Whether containers that are not declared may join it by hand; undefined: they may. */
  readonly attachable?: boolean;
  /** The network outside that it is; undefined: it is one of its own. */
  readonly layer2?: Layer2Model;
  /** Whether traffic between hosts is to be encrypted. */
  readonly encrypted: boolean;
  /** Names of its members, sorted. */
  readonly members: string[];
  /** All ports of its members, without repeats, by number. */
  readonly ports: Port[];
  /** Ways out for each member. */
  readonly egress: Egress[];
}

/**
 * What is known about a network when it is declared, and will not change.
 */
export interface NetworkFacts {
  /** The network outside that it is; undefined: it is one of its own. */
  readonly layer2?: Layer2Model;
}

/**
 * A private network of two, for one declared connection.
 */
export interface LinkModel {
  /** `FROM-to-TO`. */
  readonly name: string;
  /** The connection. */
  readonly connection: ConnectionModel;
  /** Whether a network that both are members of opens the connection already. */
  readonly covered: boolean;
}

/**
 * A declared connection, or a route, whose other end is not rendered by the target.
 */
export interface CutLinkModel {
  /** Path of the construct that calls. */
  readonly path: string;
  /** Its name. */
  readonly name: string;
  /** Who is not there. */
  readonly callee: PeerModel;
  /** Host and path of a route about which the callee would be asked; undefined: it is not asked about any. */
  readonly askedAbout?: string;
}

/**
 * Pods of another library that joined a network (Kubernetes only).
 */
export interface PodsModel {
  /** Path of the construct that selects them. */
  readonly path: string;
  /** Name of the chart of the network. */
  readonly chart: string;
  /** Name for the policy: the construct's id. */
  readonly name: string;
  /** Labels that select them. */
  readonly labels: { [key: string]: string };
  /** Ports of their containers. */
  readonly ports: Port[];
  /** Load balancers with a route to them. */
  readonly callers: PeerModel[];
  /** The network they joined. */
  readonly network: NetworkModel;
}

/**
 * Whether a workload of the network's chart is one of its members.
 *
 * @internal
 */
export function hasMember({ members }: Pick<NetworkModel, 'members'>, workload: string): boolean {
  let names = NAMES.get(members);
  if (names === undefined) NAMES.set(members, names = new Set(members));
  return names.has(workload);
}

/** Each member may ask about each other one. */
const NAMES = new WeakMap<readonly string[], ReadonlySet<string>>();

/**
 * The label of pods that are members of a network: any pod joins by it. Networks of several charts may have one name.
 *
 * @internal
 */
export function memberLabels({ name, chart }: Pick<NetworkModel, 'name' | 'chart'>): { [key: string]: string } {
  return { [`cdk8s-ha/network-${name}`]: chart };
}
