import type { Duration } from 'cdk8s';
import type { Port } from './port';

/**
 * How a health check asks.
 */
export enum HealthCheckKind {
  /** An HTTP request that must be answered with 2xx. */
  HTTP = 'http',
  /** A TCP connection that must be accepted. */
  TCP = 'tcp',
  /** The gRPC health checking protocol. */
  GRPC = 'grpc',
  /** A command in the container that must exit with 0. */
  COMMAND = 'command',
}

/**
 * Timing of every health check.
 */
export interface HealthCheckOptions {
  /**
   * Time between two checks.
   * Docker: `interval`. To begin a check costs an engine some 50 ms of a processor, and load balancers ask copies by
   * themselves; so a container that is healthy is watched for 15 minutes by one check, which asks over the network three times
   * in `restartAfter`, at most once an `interval`.
   *
   * @default Duration.seconds(5)
   */
  readonly interval?: Duration;
  /**
   * Time after which a check without an answer has failed; at most `interval`.
   *
   * @default Duration.seconds(2)
   */
  readonly timeout?: Duration;
  /**
   * Failed checks in a row that take a copy out of traffic.
   *
   * @default 3
   */
  readonly retries?: number;
  /**
   * Time a copy has to get ready after its start; failures do not count so long.
   * Kubernetes: the budget of a startup probe, where liveness was declared; without it nothing restarts a slow start.
   * Docker: `start_period`.
   *
   * @default Duration.seconds(60)
   */
  readonly startPeriod?: Duration;
}

/**
 * Timing and liveness of a health check over the network.
 */
export interface NetworkHealthCheckOptions extends HealthCheckOptions {
  /**
   * Port to ask.
   *
   * @default - the workload's `port`
   */
  readonly port?: number;
}

/**
 * Options of an HTTP health check.
 */
export interface HttpHealthCheckOptions extends NetworkHealthCheckOptions {
  /**
   * Path that answers 2xx as long as the process is alive, whatever its database does.
   * Only this one restarts a copy. Kubernetes: a liveness probe. Docker: the health check ends the container
   * from inside and the restart policy starts it again.
   *
   * @default - a hung copy is taken out of traffic and not restarted; the report says so
   */
  readonly livePath?: string;
  /**
   * Time of failing liveness after which a copy is restarted. On Docker a copy whose port is closed may have been told to stop, and
   * be ending what it has: it is restarted only when its time to stop, `drainTimeout` and five seconds, has passed as well.
   * On Kubernetes the kubelet knows, and asks no more.
   *
   * @default Duration.seconds(30)
   */
  readonly restartAfter?: Duration;
}

/**
 * Options of a health check by command.
 */
export interface CommandHealthCheckOptions extends HealthCheckOptions {
  /**
   * Command that exits with 0 as long as the process is alive, whatever its database does.
   *
   * @default - a hung copy is not restarted; the report says so
   */
  readonly liveCommand?: string[];
  /**
   * Time of failing liveness after which a copy is restarted. On Docker a copy whose port is closed may have been told to stop, and
   * be ending what it has: it is restarted only when its time to stop, `drainTimeout` and five seconds, has passed as well.
   * On Kubernetes the kubelet knows, and asks no more.
   *
   * @default Duration.seconds(30)
   */
  readonly restartAfter?: Duration;
}

/**
 * How to find out whether a copy may get traffic (readiness) and, where declared, whether it must be
 * started again (liveness). Readiness never restarts a copy: a database that is away for a minute restarts nobody.
 */
export class HealthCheck {
  /**
   * Ready while an HTTP GET is answered with 2xx.
   *
   * Kubernetes: `httpGet` probes. Compose and Swarm: a generated shell line that takes the first of wget, curl, nc
   * and bash that the image has.
   *
   * @param path path to ask, for example `/healthz`
   * @param options timing, port and liveness
   */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    const { port, livePath, restartAfter } = { ...options };
    return new HealthCheck(HealthCheckKind.HTTP, options, { path, port, livePath, restartAfter });
  }

  /**
   * Ready while a TCP connection is accepted. A process that hangs still accepts: prefer `http` or `command`.
   *
   * @param options timing and port
   */
  public static tcp(options: NetworkHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck(HealthCheckKind.TCP, options, { port: options?.port });
  }

  /**
   * Ready while the gRPC health service answers SERVING.
   *
   * Kubernetes: `grpc` probes. Compose and Swarm: the image's own `grpc_health_probe`, else TCP, said as degraded.
   *
   * @param options timing and port
   */
  public static grpc(options: NetworkHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck(HealthCheckKind.GRPC, options, { port: options?.port });
  }

  /**
   * Ready while a command in the container exits with 0. It runs without a shell.
   *
   * @param command program and arguments
   * @param options timing and liveness
   */
  public static command(command: string[], options: CommandHealthCheckOptions = {}): HealthCheck {
    const { liveCommand, restartAfter } = { ...options };
    return new HealthCheck(HealthCheckKind.COMMAND, options, { command, liveCommand, restartAfter });
  }

  /** How it asks. */
  public readonly kind: HealthCheckKind;
  /** HTTP: the readiness path. */
  public readonly readyPath?: string;
  /** HTTP: the liveness path. */
  public readonly livePath?: string;
  /** Port to ask; undefined means the workload's own. */
  public readonly port?: number;
  /** Command: program and arguments of the readiness check. */
  public readonly readyCommand?: string[];
  /** Command: program and arguments of the liveness check. */
  public readonly liveCommand?: string[];
  /** Seconds between two checks. */
  public readonly intervalSeconds: number;
  /** Seconds after which a check has failed. */
  public readonly timeoutSeconds: number;
  /** Failed checks in a row that take a copy out of traffic. */
  public readonly retries: number;
  /** Seconds a copy has to get ready. */
  public readonly startPeriodSeconds: number;
  /** Seconds of failing liveness after which a copy is restarted. */
  public readonly restartAfterSeconds: number;

  /** @internal The options as given: what nobody reads, or of the wrong kind, is an error where the container is checked. */
  public readonly _given: HealthCheckOptions;

  private constructor(kind: HealthCheckKind, timing: HealthCheckOptions, rest: {
    path?: string; livePath?: string; port?: number; command?: string[]; liveCommand?: string[]; restartAfter?: Duration;
  }) {
    const { interval, timeout, retries, startPeriod } = { ...timing };
    this.kind = kind;
    this._given = timing;
    this.readyPath = rest.path;
    this.livePath = rest.livePath;
    this.port = rest.port;
    this.readyCommand = rest.command;
    this.liveCommand = rest.liveCommand;
    this.intervalSeconds = seconds(interval, 5);
    this.timeoutSeconds = seconds(timeout, 2);
    this.retries = retries ?? 3;
    this.startPeriodSeconds = seconds(startPeriod, 60);
    this.restartAfterSeconds = seconds(rest.restartAfter, 30);
  }

  /**
   * Whether liveness was declared, so that a hung copy is restarted.
   */
  public get restarts(): boolean {
    return this.livePath !== undefined || this.liveCommand !== undefined;
  }
}

/**
 * The port that a health check asks; undefined where it asks none.
 *
 * @internal
 */
export function healthCheckPort(check: HealthCheck | undefined, ports: Port[]): number | undefined {
  if (check === undefined || check.kind === HealthCheckKind.COMMAND) return undefined;
  return check.port ?? ports[0]?.number;
}

/**
 * The same check, asked on a port.
 *
 * @internal
 */
export const askedOn = (check: HealthCheck, port: number): HealthCheck =>
  Object.assign(Object.create(HealthCheck.prototype) as HealthCheck, check, { port });

/** What is no Duration, or no whole seconds, is told where the container is checked, which has a path. */
function seconds(duration: Duration | undefined, standard: number): number {
  return (duration?.toMilliseconds?.() ?? standard * 1000) / 1000;
}
