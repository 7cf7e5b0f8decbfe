import type { ScheduledContainer } from './clock';
import { shared } from './interpolation';
import type { DockerOptions } from './options';
import { bound, commandProbe, grpcProbe, httpGlance, httpProbe, tcpProbe } from './probe-script';
import { readinessTest } from './readiness-script';
import { running, script, type Script } from './script';
import { watch, type WatchOptions } from './watch-script';
import { HealthCheckKind, type HealthCheck } from '../../model/health-check';
import type { ContainerModel } from '../../model/workload';
import { SharedParts } from '../../util/constants';

/** Seconds between TERM and KILL of a copy that is not live: it hangs, and its requests are lost either way. */
const STOP_SECONDS = 2;

/** Seconds for which a healthy container is watched by one check. */
const WATCH = 900;

/** Checks in the time after which a container that hangs is restarted. */
const LIVE_CHECKS = 2;

/** Stands where a copy was ready once. */
const READY = '/tmp/.cdk8s-ha-ready';

/**
 * The field `healthcheck` of a service; undefined where the image's own stands.
 *
 * @param file the script that it runs, if any
 * @internal
 */
export function healthcheckOf({ healthCheck }: ContainerModel, { startInterval }: DockerOptions, file: Script | undefined): any {
  if (healthCheck === undefined) return undefined;
  return shared(`health ${file?.path} ${startInterval} ${JSON.stringify(healthCheck)}`, () => bodyOf(healthCheck, file, startInterval));
}

/**
 * The script that a container's health check runs; undefined where it runs a command of the user's.
 *
 * @param stopGraceSeconds time that the engine gives the container to stop
 * @internal
 */
export function healthScript(container: ScheduledContainer, options: DockerOptions, stopGraceSeconds: number): Script | undefined {
  const { healthCheck, healthCheckPort: port, healthCheckTls: tls = false, clock } = container;
  // A clock that stands still is replaced: nothing is lost with it.
  const readyOnce = (options.readyOnce ?? false) && clock === undefined;
  if (healthCheck === undefined || isPlain(healthCheck, readyOnce)) return undefined;
  return SCRIPTS.get(`${port} ${tls} ${readyOnce} ${stopGraceSeconds} ${JSON.stringify(healthCheck)}`,
    () => script('health-check', scriptOf(healthCheck, { port, tls, stopGraceSeconds }, readyOnce)));
}

/** Most containers are asked alike. */
const SCRIPTS = new SharedParts((file) => file);

/**
 * What the image must have for its container to get healthy; undefined: nothing, or what a command of the user's needs.
 *
 * @internal
 */
export function toolsOf({ healthCheck, healthCheckTls }: ContainerModel, { readyOnce = false }: Pick<DockerOptions, 'readyOnce'>): string | undefined {
  if (healthCheck === undefined || isPlain(healthCheck, readyOnce)) return undefined;
  switch (healthCheck.kind) {
    case HealthCheckKind.COMMAND: return 'sh';
    case HealthCheckKind.GRPC: return 'sh and one of grpc_health_probe, wget, curl, nc and bash';
    case HealthCheckKind.HTTP: return healthCheckTls ? 'sh and one of wget and curl' : ANY_TOOL;
    case HealthCheckKind.TCP: return ANY_TOOL;
  }
}

/** As the probes look for them. */
const ANY_TOOL = 'sh and one of wget, curl, nc and bash';

/** Where a check is asked, and of whom. */
interface Asked {
  readonly port?: number;
  readonly tls: boolean;
  readonly stopGraceSeconds: number;
}

function bodyOf(check: HealthCheck, file: Script | undefined, startInterval: boolean): any {
  const { intervalSeconds, timeoutSeconds, retries, startPeriodSeconds } = check;
  const { paceSeconds, rounds } = paceOf(check);
  return {
    test: ['CMD', ...file === undefined ? check.readyCommand ?? [] : running(file)],
    interval: `${intervalSeconds}s`,
    // Each probe of many ends by itself; a command of the user's may not, and its engine has to end it.
    timeout: `${Math.ceil(rounds === 0 ? timeoutSeconds : rounds * paceSeconds + 2 * (rounds + 1) * timeoutSeconds)}s`,
    retries,
    start_period: `${startPeriodSeconds}s`,
    // A new copy gets traffic as soon as it is ready, not at the next of the slower checks.
    start_interval: startInterval ? '1s' : undefined,
  };
}

/** Load balancers ask copies by themselves: once it is healthy, a container is asked as often as it takes to find that it hangs. */
function paceOf({ kind, intervalSeconds, restartAfterSeconds }: HealthCheck): Pick<WatchOptions, 'paceSeconds' | 'rounds'> {
  const paceSeconds = Math.max(intervalSeconds, Math.floor(restartAfterSeconds / LIVE_CHECKS));
  return { paceSeconds, rounds: kind === HealthCheckKind.COMMAND ? 0 : Math.max(0, Math.floor(WATCH / paceSeconds) - 1) };
}

/** A command alone needs no shell, so it works in an image that has none. */
const isPlain = ({ kind, restarts }: HealthCheck, readyOnce: boolean): boolean => kind === HealthCheckKind.COMMAND && !restarts && !readyOnce;

function scriptOf(check: HealthCheck, asked: Asked, readyOnce: boolean): string {
  const pace = paceOf(check);
  const ready = readyProbe(check, asked);
  const test = readinessTest({
    ready: readyOnce ? untilReady(ready) : ready,
    live: liveProbe(check, asked),
    glance: glanceOf(check, asked, readyOnce),
    restartAfterSeconds: check.restartAfterSeconds,
    intervalSeconds: check.intervalSeconds,
    stopSignalGraceSeconds: STOP_SECONDS,
    port: asked.port,
    stopGraceSeconds: asked.stopGraceSeconds,
  });
  return `${bound(check.timeoutSeconds)}\n${pace.rounds === 0 ? test : watch({ test, ...pace })}`;
}

/** Asks until it succeeds for the first time; each start of a copy begins with an empty `/tmp`. */
function untilReady(probe: string): string {
  return `[ -e ${READY} ] || { ( ${probe} ) && true > ${READY}; }`;
}

function readyProbe(check: HealthCheck, { port = 0, tls }: Asked): string {
  const { timeoutSeconds } = check;
  switch (check.kind) {
    case HealthCheckKind.HTTP: return httpProbe({ port, tls, path: check.readyPath ?? '/', timeoutSeconds });
    case HealthCheckKind.GRPC: return grpcProbe({ port, tls, timeoutSeconds });
    case HealthCheckKind.TCP: return tcpProbe({ port, timeoutSeconds });
    case HealthCheckKind.COMMAND: return commandProbe(check.readyCommand ?? []);
  }
}

function liveProbe(check: HealthCheck, { port = 0, tls }: Asked): string | undefined {
  const { timeoutSeconds } = check;
  if (check.livePath !== undefined) return httpProbe({ port, tls, path: check.livePath, timeoutSeconds });
  return check.liveCommand === undefined ? undefined : commandProbe(check.liveCommand);
}

/** Both questions at once. A copy that was ready is asked only whether it lives, where readiness counts once. */
function glanceOf({ readyPath = '/', livePath }: HealthCheck, { port = 0, tls }: Asked, readyOnce: boolean): string | undefined {
  if (livePath === undefined) return undefined;
  const both = httpGlance({ port, tls, paths: [...new Set(readyOnce ? [livePath] : [livePath, readyPath])] });
  return readyOnce ? `[ -e ${READY} ] || return 1; ${both}` : both;
}
