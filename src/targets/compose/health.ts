import { HealthCheckKind, type HealthCheck } from '../../model/health-check';
import type { ContainerModel } from '../../model/workload';
import type { DockerOptions } from './options';
import { commandProbe, grpcProbe, httpProbe, readinessTest, tcpProbe } from './probe-script';

/** Seconds between TERM and KILL of a copy that is not live: it hangs, and its requests are lost either way. */
const STOP_SECONDS = 5;

/**
 * The field `healthcheck` of a service; undefined where the image's own stands.
 *
 * @internal
 */
export function healthcheckOf(container: ContainerModel, options: DockerOptions): any {
  const { healthCheck: check } = container;
  if (check === undefined) return undefined;
  return {
    test: testOf(check, container.healthCheckPort),
    interval: `${check.intervalSeconds}s`,
    timeout: `${check.timeoutSeconds}s`,
    retries: check.retries,
    start_period: `${check.startPeriodSeconds}s`,
    // A new copy gets traffic as soon as it is ready, not at the next of the slower checks.
    start_interval: options.startInterval ? '1s' : undefined,
  };
}

function testOf(check: HealthCheck, port: number | undefined): string[] {
  // A command alone needs no shell, so it works in an image that has none.
  if (check.kind === HealthCheckKind.COMMAND && !check.restarts) return ['CMD', ...check.readyCommand ?? []];
  return ['CMD-SHELL', readinessTest({
    ready: readyProbe(check, port),
    live: liveProbe(check, port),
    restartAfterSeconds: check.restartAfterSeconds,
    intervalSeconds: check.intervalSeconds,
    stopSignalGraceSeconds: STOP_SECONDS,
  })];
}

function readyProbe(check: HealthCheck, port: number = 0): string {
  const { timeoutSeconds } = check;
  switch (check.kind) {
    case HealthCheckKind.HTTP: return httpProbe({ port, path: check.readyPath ?? '/', timeoutSeconds });
    case HealthCheckKind.GRPC: return grpcProbe({ port, timeoutSeconds });
    case HealthCheckKind.TCP: return tcpProbe({ port, timeoutSeconds });
    case HealthCheckKind.COMMAND: return commandProbe(check.readyCommand ?? [], timeoutSeconds);
  }
}

function liveProbe(check: HealthCheck, port: number = 0): string | undefined {
  const { timeoutSeconds } = check;
  if (check.livePath !== undefined) return httpProbe({ port, path: check.livePath, timeoutSeconds });
  return check.liveCommand === undefined ? undefined : commandProbe(check.liveCommand, timeoutSeconds);
}
