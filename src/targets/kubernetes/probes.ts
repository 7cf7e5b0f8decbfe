import { shared } from './plain-json';
import { HealthCheckKind, type HealthCheck } from '../../model/health-check';
import type { ContainerModel } from '../../model/workload';

/** @internal */
export interface Probes {
  readonly startupProbe?: any;
  readonly readinessProbe?: any;
  readonly livenessProbe?: any;
}

/**
 * The probes of a container.
 *
 * Readiness takes a copy out of traffic and restarts nobody. A startup probe restarts a copy that does not pass it, so it
 * comes with liveness alone and asks the same: else a database that is away for longer than the start takes would
 * restart all who wait for it.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 * @internal
 */
export function probes({ healthCheck, healthCheckPort, healthCheckTls: tls }: ContainerModel): Probes {
  if (healthCheck === undefined) return NONE;
  return shared(`probes ${healthCheckPort} ${tls} ${JSON.stringify(healthCheck)}`, () => probesOf(healthCheck, { port: healthCheckPort, tls }));
}

const NONE: Probes = {};

/**
 * Seconds until TERM of a copy that is not live, and from there to KILL: it hangs, and its requests are lost either way. Else it
 * would hold them as long as a copy that stops: preStop runs here too, and a copy that hangs drains nothing.
 */
const STOP_SECONDS = 2;

/** Where a check is asked. The kubelet looks at no certificate. */
interface Asked {
  readonly port?: number;
  readonly tls?: boolean;
}

function probesOf(healthCheck: HealthCheck, asked: Asked): Probes {
  const readinessProbe = {
    ...handler(healthCheck, asked, healthCheck.readyPath, healthCheck.readyCommand),
    failureThreshold: healthCheck.retries,
    periodSeconds: healthCheck.intervalSeconds,
    timeoutSeconds: healthCheck.timeoutSeconds,
  };
  if (!healthCheck.restarts) return { readinessProbe };
  const live = handler(healthCheck, asked, healthCheck.livePath, healthCheck.liveCommand);
  return { readinessProbe, livenessProbe: livenessProbe(healthCheck, live), startupProbe: startupProbe(healthCheck, live) };
}

function livenessProbe(check: HealthCheck, live: any): any {
  const periodSeconds = Math.max(1, Math.min(check.intervalSeconds, check.restartAfterSeconds));
  return {
    ...live,
    failureThreshold: Math.max(1, Math.ceil(check.restartAfterSeconds / periodSeconds)),
    periodSeconds,
    terminationGracePeriodSeconds: STOP_SECONDS,
    timeoutSeconds: Math.min(check.timeoutSeconds, periodSeconds),
  };
}

/** Asks often, so that a quick start is seen quickly. */
function startupProbe(check: HealthCheck, live: any): any {
  if (check.startPeriodSeconds <= 0) return undefined;
  // Each command is a new process: those are not run more often than declared.
  const quickest = check.kind === HealthCheckKind.COMMAND ? check.intervalSeconds : 2;
  const periodSeconds = Math.max(1, Math.min(check.intervalSeconds, Math.max(quickest, check.timeoutSeconds)));
  return {
    ...live,
    failureThreshold: Math.max(1, Math.ceil(check.startPeriodSeconds / periodSeconds)),
    periodSeconds,
    timeoutSeconds: Math.min(check.timeoutSeconds, periodSeconds),
  };
}

function handler(check: HealthCheck, { port, tls }: Asked, path: string | undefined, command: string[] | undefined): any {
  switch (check.kind) {
    case HealthCheckKind.HTTP: return { httpGet: { path, port, scheme: tls ? 'HTTPS' : undefined } };
    case HealthCheckKind.TCP: return { tcpSocket: { port } };
    // A kubelet asks without TLS.
    case HealthCheckKind.GRPC: return tls ? { tcpSocket: { port } } : { grpc: { port } };
    case HealthCheckKind.COMMAND: return { exec: { command } };
  }
}
