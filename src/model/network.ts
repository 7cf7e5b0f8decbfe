import type { Egress } from './egress';
import type { Port } from './port';
import type { ConnectionModel, PeerModel } from './workload';

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
