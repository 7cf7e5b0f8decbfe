import type { IConstruct } from 'constructs';
import type { Port } from '../model/port';
import type { PeerModel } from '../model/workload';
import type { PropNames } from '../validation/props';

/**
 * Something that a workload can connect to: another workload, or an `ExternalService`.
 */
export interface ICallee extends IConstruct {
  /** Its host name, the same on every target. */
  readonly hostname: string;
  /** The ports it can be reached on. */
  readonly ports: Port[];
}

/**
 * How a workload connects to another.
 */
export interface ConnectOptions {
  /**
   * Port numbers of the callee.
   *
   * @default - all its ports
   */
  readonly ports?: number[];
  /**
   * Whether the caller starts after the callee is ready. Compose: `depends_on` with `service_healthy`.
   * Kubernetes: the callee's objects come first in the file, and nobody waits until it is ready. Swarm cannot order starts. Both are findings.
   *
   * @default false
   */
  readonly startAfter?: boolean;
  /**
   * Whether the caller meets the callee's copies themselves.
   *
   * Compose: else calls to a replicated workload go through a proxy that carries its name and checks each copy; directly, the
   * name resolves to every copy that runs, healthy or not. Kubernetes and Swarm call directly in any case. For a callee in a
   * common network it says so for this caller.
   *
   * @default false
   */
  readonly direct?: boolean;
}

/**
 * Every option of a connection.
 *
 * @internal
 */
export const CONNECT_OPTIONS: PropNames<ConnectOptions> = { ports: true, startAfter: true, direct: true };

/**
 * A declared connection.
 *
 * @internal
 */
export interface Connection {
  /** Who calls. */
  readonly from: IPeer;
  /** Who is called. */
  readonly to: IPeer;
  ports: Port[];
  startAfter: boolean;
  direct: boolean;
}

/**
 * One end of a connection, as the model sees it.
 *
 * @internal
 */
export interface IPeer extends IConstruct {
  readonly _peer: PeerModel;
  /** Targets it is rendered by; undefined: all of its chart. */
  readonly _onlyOn?: string[];
}
