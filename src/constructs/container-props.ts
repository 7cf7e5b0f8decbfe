import type { Secret } from './secret';
import type { HealthCheck } from '../model/health-check';
import type { Resources } from '../model/resources';
import type { Security } from '../model/security';
import type { Volume } from '../model/volume';
import type { PropNames } from '../validation/props';

/**
 * What every container can be told: the main one of a workload, a sidecar, an init step.
 */
export interface ContainerProps {
  /** Image with a tag or digest, for example `ghcr.io/acme/shop:1.4.2`. */
  readonly image: string;
  /**
   * Replaces the image's entrypoint: program and arguments, run without a shell.
   *
   * @default - the image's entrypoint
   */
  readonly command?: string[];
  /**
   * Replaces the image's command: arguments of the entrypoint.
   *
   * @default - the image's command
   */
  readonly args?: string[];
  /**
   * Working directory.
   *
   * @default - the image's
   */
  readonly workingDirectory?: string;
  /**
   * Environment variables. Values arrive as written, whatever characters they hold; nothing is injected besides.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Environment variables that take a secret's value. Prefer `secrets`: variables show in crash dumps and child
   * processes; each is a finding.
   *
   * @default - none
   */
  readonly secretEnvironment?: { [name: string]: Secret };
  /**
   * Secrets, each mounted as the file `secret.path`.
   *
   * @default - none
   */
  readonly secrets?: Secret[];
  /**
   * Files given to the container: text by absolute path. They are immutable and named by their content on every
   * target, so that a change rolls the workload and a rollback restores them. See also `Volume.file`.
   *
   * @default - none
   */
  readonly files?: { [path: string]: string };
  /**
   * Disks, scratch space, host paths, files.
   *
   * @default - scratch space at `/tmp`
   */
  readonly volumes?: Volume[];
  /**
   * User id the container runs as.
   *
   * @default 10001 - the image's own with `Security.startsAsRoot()` and `.unrestricted()`
   */
  readonly user?: number;
  /**
   * Group id the container runs as.
   *
   * @default - the user id
   */
  readonly group?: number;
  /**
   * How far the container is locked in.
   *
   * @default Security.restricted()
   */
  readonly security?: Security;
  /**
   * Signal that asks the container to end, for example `SIGQUIT`. It has `drainTimeout` from then on.
   *
   * Compose and Swarm send it. On Kubernetes that is an alpha feature: there the image's own is sent, which is a finding.
   * It cannot be SIGKILL or SIGSTOP, which no program can wait for.
   *
   * @default - the image's own (STOPSIGNAL), or SIGTERM
   */
  readonly stopSignal?: string;
  /**
   * What one copy may use.
   *
   * @default - 0.1 core and 256 MiB set aside, no more than 256 MiB, no limit of processor time
   */
  readonly resources?: Resources;
  /**
   * When a copy may get traffic and when it must be restarted.
   *
   * @default - none; a finding for what has a port
   */
  readonly healthCheck?: HealthCheck;
}

/**
 * Every prop of a container.
 *
 * @internal
 */
export const CONTAINER_PROPS: PropNames<ContainerProps> = {
  image: true,
  command: true,
  args: true,
  workingDirectory: true,
  environment: true,
  secretEnvironment: true,
  secrets: true,
  files: true,
  volumes: true,
  user: true,
  group: true,
  security: true,
  stopSignal: true,
  resources: true,
  healthCheck: true,
};
