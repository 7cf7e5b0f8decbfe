import type { RouteTargetModel } from './route-target';

/**
 * Connections that are passed on as they are, whatever is said on them, and where they go.
 */
export interface StreamRouteModel {
  /**
   * TLS: the server name that visitors ask for (SNI); `*.example.org` for all names below one. The workload ends TLS. Undefined:
   * every connection to the port.
   */
  readonly host?: string;
  /** Port where the load balancer listens: for TLS that for HTTPS. */
  readonly port: number;
  /** Where they go. Its port is one of TCP, and its health check says which port is asked. */
  readonly target: RouteTargetModel;
}
