import type { AuthorityModel } from './authority';
import type { HealthCheck } from './health-check';
import type { Port } from './port';
import type { PeerModel } from './workload';

/**
 * How the certificates of copies are verified.
 */
export interface CopyTlsModel {
  /** Who must have signed them. */
  readonly authority: AuthorityModel;
  /** Name that they must have. */
  readonly serverName: string;
}

/**
 * One destination of a route.
 */
export interface RouteTargetModel {
  /** The workload, or pods of another library. */
  readonly peer: PeerModel;
  /** The workload's port. */
  readonly port: Port;
  /** Share of the requests among the route's destinations. */
  readonly weight: number;
  /** Copies, or the most of them under an autoscaler. */
  readonly copies: number;
  /** How to ask a copy whether it may get traffic. */
  readonly healthCheck?: HealthCheck;
  /** How its copies are met over TLS; undefined: without. */
  readonly tls?: CopyTlsModel;
  /** Whether its health check is answered over TLS. */
  readonly checkTls?: boolean;
  /** Whether its copies have names of their own (`NAME-0`). */
  readonly stateful: boolean;
}
