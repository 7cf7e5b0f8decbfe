import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Size } from 'cdk8s';
import { Secret } from './secret';
import {
  HealthCheck, HealthCheckKind, type CommandHealthCheckOptions, type HealthCheckOptions, type HttpHealthCheckOptions, type NetworkHealthCheckOptions,
} from '../model/health-check';
import type { Port } from '../model/port';
import { Cpu, type Resources, type ResourcesModel } from '../model/resources';
import { Security, SecurityLevel } from '../model/security';
import { Volume, VolumeKind } from '../model/volume';
import type { ContainerModel, FileModel } from '../model/workload';
import { compare, sortedByKey } from '../util/order';
import * as messages from '../validation/messages';
import { checkInstance, checkProps, type PropNames } from '../validation/props';
import { isAbsolutePath, isImage, isVariableName, isWholeNumber } from '../validation/syntax';

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
 * The declared part of a container: checked when it is declared, turned into a model at synth.
 *
 * @internal
 */
export class Container {
  private readonly mounts: Volume[];

  constructor(
    private readonly path: string,
    readonly name: string,
    readonly props: ContainerProps,
    readonly ports: Port[] = [],
  ) {
    checkChoices(path, name, props);
    checkImage(path, name, props.image);
    checkTexts(path, name, props);
    checkEnvironment(path, name, props);
    checkUser(path, name, props);
    checkHealth(path, name, props.healthCheck, ports);
    this.mounts = [...props.volumes ?? []];
    checkMounts(path, name, props);
  }

  get volumes(): Volume[] {
    return this.mounts;
  }

  get hasFiles(): boolean {
    return this.filePaths.length > 0;
  }

  get filePaths(): string[] {
    const read = this.mounts.filter((volume) => volume.kind === VolumeKind.FILE).map((volume) => volume.path);
    return [...Object.keys(this.props.files ?? {}), ...read].sort();
  }

  toModel(): ContainerModel {
    const { props } = this;
    const security = props.security ?? RESTRICTED;
    const user = props.user ?? (security.level === SecurityLevel.RESTRICTED ? DEFAULT_USER : undefined);
    return {
      name: this.name,
      image: props.image,
      command: props.command,
      args: props.args,
      workingDirectory: props.workingDirectory,
      environment: sortedByKey(props.environment ?? NOTHING),
      secretEnvironment: props.secretEnvironment === undefined ? NOTHING
        : Object.fromEntries(Object.keys(props.secretEnvironment).sort().map((key) => [key, props.secretEnvironment![key]._model])),
      secrets: (props.secrets ?? []).map((secret) => secret._model).sort((a, b) => compare(a.name, b.name)),
      ports: this.ports,
      files: this.files(),
      volumes: this.mounts.filter((volume) => volume.kind !== VolumeKind.FILE).sort((a, b) => compare(a.path, b.path)),
      resources: resourcesModel(props.resources),
      security,
      user,
      group: props.group ?? user,
      healthCheck: props.healthCheck,
      healthCheckPort: healthCheckPort(props.healthCheck, this.ports),
    };
  }

  private files(): FileModel[] {
    if (!this.hasFiles) return [];
    const inline = Object.entries(this.props.files ?? {});
    const read = this.mounts.filter((volume) => volume.kind === VolumeKind.FILE)
      .map((volume) => [volume.path, readFile(this.path, this.name, volume.source!)]);
    return [...inline, ...read].sort((a, b) => compare(a[0], b[0]))
      .map(([path, content]) => ({ path, content, hash: contentHash(content) }));
  }
}

/** @internal */
export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}

/** @internal */
export function readFile(path: string, name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(messages.fileUnreadable(path, name, file, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : 'it cannot be read'));
  }
}

const NOTHING = Object.freeze({});
const RESTRICTED = Security.restricted();

/** Above 10000, so that it means nobody on the host. */
const DEFAULT_USER = 10001;

const DEFAULT_RESOURCES: ResourcesModel = Object.freeze({ cpuMillis: 100, memoryMebibytes: 256, memoryLimitMebibytes: 256 });

function resourcesModel(resources: Resources | undefined): ResourcesModel {
  if (resources === undefined) return DEFAULT_RESOURCES;
  const memoryMebibytes = resources.memory?.toMebibytes() ?? DEFAULT_RESOURCES.memoryMebibytes;
  return {
    cpuMillis: resources.cpu?.amountMillis ?? DEFAULT_RESOURCES.cpuMillis,
    cpuLimitMillis: resources.cpuLimit?.amountMillis,
    memoryMebibytes,
    memoryLimitMebibytes: resources.memoryLimit?.toMebibytes() ?? memoryMebibytes,
  };
}

function healthCheckPort(check: HealthCheck | undefined, ports: Port[]): number | undefined {
  if (check === undefined || check.kind === HealthCheckKind.COMMAND) return undefined;
  return check.port ?? ports[0]?.number;
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
  resources: true,
  healthCheck: true,
};

const TIMING: PropNames<HealthCheckOptions> = { interval: true, timeout: true, retries: true, startPeriod: true };
const NETWORK_CHECK: PropNames<NetworkHealthCheckOptions> = { ...TIMING, port: true };
const HTTP_CHECK: PropNames<HttpHealthCheckOptions> = { ...NETWORK_CHECK, livePath: true, restartAfter: true };
const COMMAND_CHECK: PropNames<CommandHealthCheckOptions> = { ...TIMING, liveCommand: true, restartAfter: true };

const HEALTH_CHECK_OPTIONS: { [kind in HealthCheckKind]: object } = {
  [HealthCheckKind.HTTP]: HTTP_CHECK,
  [HealthCheckKind.TCP]: NETWORK_CHECK,
  [HealthCheckKind.GRPC]: NETWORK_CHECK,
  [HealthCheckKind.COMMAND]: COMMAND_CHECK,
};

const RESOURCES: PropNames<Resources> = { cpu: true, cpuLimit: true, memory: true, memoryLimit: true };

function checkChoices(path: string, name: string, props: ContainerProps): void {
  checkInstance(path, name, 'healthCheck', props.healthCheck, HealthCheck, "a choice such as HealthCheck.http('/healthz')");
  if (props.healthCheck !== undefined) {
    const given = Object.fromEntries((props.healthCheck._given ?? []).map((option) => [option, true]));
    checkProps(path, `${name}, healthCheck,`, given, HEALTH_CHECK_OPTIONS[props.healthCheck.kind] as PropNames<typeof given>);
  }
  checkInstance(path, name, 'security', props.security, Security, 'a choice such as Security.startsAsRoot()');
  for (const volume of props.volumes ?? []) checkInstance(path, name, 'volumes', volume, Volume, "choices such as Volume.scratch('/cache')");
  if (props.resources === undefined) return;
  checkProps(path, `${name}, resources,`, props.resources, RESOURCES);
  const { cpu, cpuLimit, memory, memoryLimit } = props.resources;
  for (const [prop, value] of Object.entries({ cpu, cpuLimit })) checkInstance(path, name, `resources.${prop}`, value, Cpu, 'an amount such as Cpu.millis(250)');
  for (const [prop, value] of Object.entries({ memory, memoryLimit })) checkInstance(path, name, `resources.${prop}`, value, Size, 'a Size such as Size.mebibytes(512)');
}

function checkImage(path: string, name: string, image: unknown): void {
  if (typeof image !== 'string' || image.trim() === '') throw new Error(messages.noImage(path, name, image));
  if (isImage(image)) return;
  throw new Error(isImage(image.toLowerCase()) ? messages.upperCaseImage(path, name, image) : messages.noImage(path, name, image));
}

function checkTexts(path: string, name: string, props: ContainerProps): void {
  const check = (field: string, value: unknown) => {
    if (typeof value !== 'string') throw new Error(messages.badText(path, name, field, value));
    if (value.includes('\0')) throw new Error(messages.nulInText(path, name, field));
  };
  props.command?.forEach((text, i) => check(`command[${i}]`, text));
  props.args?.forEach((text, i) => check(`args[${i}]`, text));
  if (props.workingDirectory !== undefined) check('workingDirectory', props.workingDirectory);
  for (const key in props.environment) check(`environment.${key}`, props.environment[key]);
  for (const key in props.files) check(`files['${key}']`, props.files[key]);
}

function checkEnvironment(path: string, name: string, props: ContainerProps): void {
  for (const variable in props.environment) {
    if (!isVariableName(variable)) throw new Error(messages.badVariable(path, name, variable));
  }
  for (const [variable, secret] of Object.entries(props.secretEnvironment ?? {})) {
    if (!isVariableName(variable)) throw new Error(messages.badVariable(path, name, variable));
    if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(path, name, `secretEnvironment.${variable}`));
    if (props.environment?.[variable] !== undefined) throw new Error(messages.variableTwice(path, name, variable));
  }
  for (const secret of props.secrets ?? []) {
    if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(path, name, 'secrets'));
  }
}

function checkUser(path: string, name: string, props: ContainerProps): void {
  const restricted = (props.security ?? RESTRICTED).level === SecurityLevel.RESTRICTED;
  const least = restricted ? 1 : 0;
  if (props.user !== undefined && !isWholeNumber(props.user, least)) throw new Error(messages.badUser(path, name, 'user', props.user));
  if (props.group !== undefined && !isWholeNumber(props.group, 0)) throw new Error(messages.badUser(path, name, 'group', props.group));
}

function checkHealth(path: string, name: string, check: HealthCheck | undefined, ports: Port[]): void {
  if (check === undefined) return;
  for (const healthPath of [check.readyPath, check.livePath]) {
    // eslint-disable-next-line no-control-regex -- a control character would end the request line
    if (healthPath !== undefined && (!healthPath.startsWith('/') || /[\u0000-\u0020\u007f]/.test(healthPath))) {
      throw new Error(messages.badHealthPath(path, name, healthPath));
    }
  }
  if (check.kind !== HealthCheckKind.COMMAND && healthCheckPort(check, ports) === undefined) {
    throw new Error(messages.healthCheckWithoutPort(path, name, check.kind));
  }
  if (check.timeoutSeconds > check.intervalSeconds) {
    throw new Error(messages.healthCheckTiming(path, name, check.timeoutSeconds, check.intervalSeconds));
  }
}

function checkMounts(path: string, name: string, props: ContainerProps): void {
  const taken = new Set<string>();
  const check = (what: string, mount: string) => {
    if (!isAbsolutePath(mount)) throw new Error(messages.relativePath(path, name, what, mount));
    const place = mount.length > 1 ? mount.replace(/\/+$/, '') : mount;
    if (taken.has(place)) throw new Error(messages.mountTaken(path, name, mount));
    taken.add(place);
  };
  for (const volume of props.volumes ?? []) check(volume.kind === VolumeKind.FILE ? 'a file' : 'a volume', volume.path);
  for (const file of Object.keys(props.files ?? {})) check('a file', file);
}
