import type { PeerModel } from './workload';

/**
 * Which network a workload's copies have instead of networks of their own.
 */
export enum NetworkModeKind {
  /** That of the host. */
  HOST = 'host',
  /** None but loopback. */
  NONE = 'none',
  /** That of another workload's copy. */
  SHARED = 'shared',
}

/**
 * A network mode, and what goes with it.
 */
export interface NetworkModeModel {
  /** Which network. */
  readonly kind: NetworkModeKind;
  /** Host: why. */
  readonly reason?: string;
  /** Shared: whose network it is. */
  readonly owner?: PeerModel;
}
