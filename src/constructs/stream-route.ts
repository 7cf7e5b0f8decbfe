import type { Workload } from './workload';
import { askedOn, healthCheckPort } from '../model/health-check';
import { Port, speaksTls } from '../model/port';
import type { StreamRouteModel } from '../model/stream-route';

/**
 * A declared route of connections.
 *
 * @internal
 */
export interface StreamRoute {
  readonly host?: string;
  readonly port: number;
  readonly workload: Workload;
  readonly workloadPort: Port;
}

/**
 * A route of connections as targets and back ends see it. What is said on them is nobody's business: a port that speaks something is one
 * of TCP here. All ports of a copy are as healthy as the one that is asked.
 *
 * @internal
 */
export function streamRouteModel({ host, port, workload, workloadPort }: StreamRoute): StreamRouteModel {
  const { _peer: peer, _routing: routing, ports } = workload;
  const { healthCheck: check } = routing;
  const asked = healthCheckPort(check, ports);
  const healthCheck = check === undefined || asked === undefined ? check : askedOn(check, asked);
  const { name, number } = workloadPort;
  return Object.freeze({
    host, port, target: { peer, port: Port.tcp(name, number), weight: 1, ...routing, healthCheck, checkTls: speaksTls(ports, asked) },
  });
}
