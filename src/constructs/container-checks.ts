import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import type { ContainerProps } from './container-props';
import { Secret } from './secret';
import {
  HealthCheck, HealthCheckKind, healthCheckPort, type CommandHealthCheckOptions, type HealthCheckOptions, type HttpHealthCheckOptions,
  type NetworkHealthCheckOptions,
} from '../model/health-check';
import type { Port } from '../model/port';
import { DEFAULT_RESOURCES, type Resources } from '../model/resources';
import { Security, SecurityLevel } from '../model/security';
import { Volume, VolumeKind } from '../model/volume';
import { checkImage } from '../validation/image';
import * as messages from '../validation/messages';
import { checkCpu, checkInstance, checkList, checkMebibytes, checkProps, type PropNames } from '../validation/props';
import { isAbsolutePath, isMountPath, isPort, isStopSignal, isVariableName, isVolumeName, isWholeNumber, looksSecret } from '../validation/syntax';

/**
 * Fails for a container that cannot be right.
 *
 * @internal
 */
export function checkContainer(path: string, name: string, props: ContainerProps, ports: Port[]): void {
  checkChoices(path, name, props);
  checkImage(path, name, props.image);
  checkTexts(path, name, props);
  checkEnvironment(path, name, props);
  checkUser(path, name, props);
  checkHealth(path, name, props.healthCheck, ports);
  checkMounts(path, name, props);
}

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

const PROBE = "['pg_isready']";
const MEMORY = 'a Size such as Size.mebibytes(512)';

function checkChoices(path: string, name: string, props: ContainerProps): void {
  checkInstance(path, name, 'healthCheck', props.healthCheck, HealthCheck, "a choice such as HealthCheck.http('/healthz')");
  if (props.healthCheck !== undefined) {
    const { kind, readyCommand, liveCommand } = props.healthCheck;
    const given = props.healthCheck._given as CommandHealthCheckOptions;
    checkProps(path, `${name}, healthCheck,`, given, HEALTH_CHECK_OPTIONS[kind] as PropNames<typeof given>);
    if (kind === HealthCheckKind.COMMAND) {
      checkList(path, name, 'the command of healthCheck', readyCommand, PROBE);
      if (readyCommand?.length === 0) throw new Error(messages.emptyList(path, name, 'the command of healthCheck', undefined, PROBE));
      if (liveCommand?.length === 0) throw new Error(messages.emptyList(path, name, 'healthCheck.liveCommand', 'leave it out', PROBE));
    }
    for (const prop of ['interval', 'timeout', 'startPeriod', 'restartAfter'] as const) {
      checkInstance(path, name, `healthCheck.${prop}`, given[prop], Duration, 'a Duration such as Duration.seconds(30)');
    }
  }
  checkInstance(path, name, 'security', props.security, Security, 'a choice such as Security.startsAsRoot()');
  for (const volume of props.volumes ?? []) {
    checkInstance(path, name, 'volumes', volume ?? null, Volume, "choices such as Volume.scratch('/cache')");
    checkMebibytes(path, name, `the size of volume '${volume.path}'`, volume._size, 'a Size such as Size.gibibytes(10)');
  }
  if (props.resources === undefined) return;
  checkProps(path, `${name}, resources,`, props.resources, RESOURCES);
  const { cpu, cpuLimit, memory, memoryLimit } = props.resources;
  checkCpu(path, name, 'resources.cpu', cpu, 0);
  checkCpu(path, name, 'resources.cpuLimit', cpuLimit, 1);
  for (const [prop, value] of Object.entries({ memory, memoryLimit })) checkInstance(path, name, `resources.${prop}`, value, Size, MEMORY);
  checkAmounts(path, name, props.resources);
}

/** Amounts that a server would refuse, or under which no program starts. */
function checkAmounts(path: string, name: string, { cpu, cpuLimit, memory, memoryLimit }: Resources): void {
  if (cpu !== undefined && cpuLimit !== undefined && cpuLimit.amountMillis < cpu.amountMillis) {
    throw new Error(messages.limitBelowRequest(path, name, 'cpu', `${cpu.amountMillis}m`, `${cpuLimit.amountMillis}m`));
  }
  for (const [prop, size] of Object.entries({ memory, memoryLimit })) {
    const mebibytes = size?.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) ?? LEAST_MEBIBYTES;
    if (mebibytes < LEAST_MEBIBYTES) throw new Error(messages.tooLittleMemory(path, name, prop, mebibytes, LEAST_MEBIBYTES));
    checkMebibytes(path, name, `resources.${prop}`, size, MEMORY);
  }
  const request = memory?.toMebibytes() ?? DEFAULT_RESOURCES.memoryMebibytes;
  const limit = memoryLimit?.toMebibytes() ?? request;
  if (limit < request) throw new Error(messages.limitBelowRequest(path, name, 'memory', `${request} MiB`, `${limit} MiB`));
}

/** What the Docker Engine takes. */
const LEAST_MEBIBYTES = 6;

function checkTexts(path: string, name: string, props: ContainerProps): void {
  const check = (field: string, value: unknown) => {
    if (typeof value !== 'string') throw new Error(messages.badText(path, name, field, value));
    if (value.includes('\0')) throw new Error(messages.nulInText(path, name, field));
  };
  // Kubernetes takes the image's own for an empty one, and Docker none.
  for (const [prop, example] of [['command', "['node', 'server.js']"], ['args', "['--verbose']"]] as const) {
    if (props[prop]?.length === 0) throw new Error(messages.emptyList(path, name, prop, "leave it out for the image's own", example));
  }
  const lists: [string, string[] | undefined][] = [
    ['command', props.command], ['healthCheck.command', props.healthCheck?.readyCommand], ['healthCheck.liveCommand', props.healthCheck?.liveCommand],
  ];
  for (const [field, list] of lists) if (list?.[0] === '') throw new Error(messages.noProgram(path, name, `${field}[0]`));
  props.healthCheck?.readyCommand?.forEach((text, i) => check(`healthCheck.command[${i}]`, text));
  props.healthCheck?.liveCommand?.forEach((text, i) => check(`healthCheck.liveCommand[${i}]`, text));
  props.command?.forEach((text, i) => check(`command[${i}]`, text));
  props.args?.forEach((text, i) => check(`args[${i}]`, text));
  for (const [field, list] of lists) checkWords(path, name, field, list);
  if (props.workingDirectory !== undefined) {
    check('workingDirectory', props.workingDirectory);
    if (!props.workingDirectory.startsWith('/')) throw new Error(messages.relativeWorkingDirectory(path, name, props.workingDirectory));
  }
  if (props.stopSignal !== undefined && !isStopSignal(props.stopSignal)) throw new Error(messages.badStopSignal(path, name, props.stopSignal));
  for (const key in props.environment) {
    const value: unknown = props.environment[key];
    if (Secret.isSecret(value)) throw new Error(messages.secretAsText(path, name, key, (value as Secret).node.id));
    if (typeof value === 'number' && looksSecret(key)) throw new Error(messages.badConfidentialText(path, name, `environment.${key}`, value));
    check(`environment.${key}`, value);
  }
  for (const key in props.files) check(`files['${key}']`, props.files[key]);
}

/** Nobody reads a command as a shell or Compose does. */
function checkWords(path: string, name: string, field: string, words: string[] | undefined): void {
  if (words === undefined || words.length === 0) return;
  const [first] = words;
  if (first === 'CMD' || first === 'CMD-SHELL') throw new Error(messages.wordOfCompose(path, name, field, first, words.slice(1)));
  if (words.length === 1 && /\s/.test(first)) throw new Error(messages.noShell(path, name, field, words));
}

function checkEnvironment(path: string, name: string, props: ContainerProps): void {
  for (const variable in props.environment) {
    if (!isVariableName(variable)) throw new Error(messages.badVariable(path, name, variable));
  }
  for (const [variable, secret] of Object.entries(props.secretEnvironment ?? {})) {
    if (!isVariableName(variable)) throw new Error(messages.badVariable(path, name, variable));
    if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(path, name, `secretEnvironment.${variable}`, secret));
    if (props.environment?.[variable] !== undefined) throw new Error(messages.variableTwice(path, name, variable));
  }
  props.secrets?.forEach((secret, i, all) => {
    if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(path, name, 'secrets', secret));
    if (all.indexOf(secret) < i) throw new Error(messages.secretTwice(path, name, secret.node.id));
  });
}

function checkUser(path: string, name: string, props: ContainerProps): void {
  const restricted = (props.security?.level ?? SecurityLevel.RESTRICTED) === SecurityLevel.RESTRICTED;
  const least = restricted ? 1 : 0;
  for (const prop of ['user', 'group'] as const) {
    if ((props[prop] ?? 0) > MOST_ID) throw new Error(messages.largeId(path, name, prop, props[prop]!, MOST_ID));
  }
  if (props.user !== undefined && !isWholeNumber(props.user, least)) throw new Error(messages.badUser(path, name, 'user', props.user));
  if (props.group !== undefined && !isWholeNumber(props.group, 0)) throw new Error(messages.badUser(path, name, 'group', props.group));
}

/** What Kubernetes takes. */
const MOST_ID = 2 ** 31 - 1;

function checkHealth(path: string, name: string, check: HealthCheck | undefined, ports: Port[]): void {
  if (check === undefined) return;
  const { kind, readyPath, livePath } = check;
  const paths: unknown[] = kind === HealthCheckKind.HTTP ? [readyPath, ...livePath === undefined ? [] : [livePath]] : [];
  for (const healthPath of paths) {
    // A control character would end the request line.
    if (typeof healthPath !== 'string' || (!healthPath.startsWith('/') || /[ \p{Cc}]/u.test(healthPath))) {
      throw new Error(messages.badHealthPath(path, name, healthPath));
    }
  }
  // Kubernetes and Docker take their own default for a 0.
  for (const [prop, value, least] of [
    ['interval', check.intervalSeconds, 1], ['timeout', check.timeoutSeconds, 1], ['startPeriod', check.startPeriodSeconds, 0], ['restartAfter', check.restartAfterSeconds, 1],
  ] as const) if (!isWholeNumber(value, least)) throw new Error(messages.badSeconds(path, name, `${prop} of healthCheck`, value, least));
  if (!isWholeNumber(check.retries, 1)) throw new Error(messages.badReplicas(path, name, 'retries of healthCheck', check.retries));
  if (check.port !== undefined && !isPort(check.port)) throw new Error(messages.badPort(path, `${name}, healthCheck,`, check.port));
  if (check.kind !== HealthCheckKind.COMMAND && healthCheckPort(check, ports) === undefined) {
    throw new Error(messages.healthCheckWithoutPort(path, name, check.kind));
  }
  const asked = ports.filter(({ number }) => number === healthCheckPort(check, ports));
  if (asked.length > 0 && asked.every(({ transport }) => transport === 'UDP')) {
    throw new Error(messages.healthCheckOverUdp(path, name, asked[0].number));
  }
  const { restartAfter } = check._given as CommandHealthCheckOptions;
  if (restartAfter !== undefined && !check.restarts) {
    throw new Error(messages.restartOfNobody(path, name, check.restartAfterSeconds, check.kind === HealthCheckKind.HTTP ? 'livePath' : 'liveCommand'));
  }
  if (check.timeoutSeconds > check.intervalSeconds) {
    throw new Error(messages.healthCheckTiming(path, name, check.timeoutSeconds, check.intervalSeconds));
  }
}

const FILE = 'a file';
const OF_SYSTEM = 'what the system has there';
const OF_SECRETS = 'the secrets';

/** What a mount over a whole folder takes away. The host's own folder of the system has the same in it. */
const HIDDEN: { [folder: string]: string | undefined } = {
  '/': "the image's own files", '/proc': OF_SYSTEM, '/sys': OF_SYSTEM, '/dev': OF_SYSTEM, '/run/secrets': OF_SECRETS, '/var/run/secrets': OF_SECRETS,
};

function checkMounts(path: string, name: string, props: ContainerProps): void {
  const taken = new Set(props.secrets?.map((secret) => secret.path));
  const check = (what: string, mount: string, source?: string) => {
    if (typeof mount !== 'string' || !mount.startsWith('/')) throw new Error(messages.relativePath(path, name, what, mount));
    // Programs that name their files with blanks find them so on every target.
    if (!isMountPath(what === FILE ? mount.replace(/ /g, '_') : mount)) throw new Error(messages.badMountPath(path, name, what, mount));
    const place = mount.length > 1 ? mount.replace(/\/$/, '') : mount;
    const hidden = HIDDEN[place];
    if (hidden !== undefined && !(hidden === OF_SYSTEM && source === place)) throw new Error(messages.mountHides(path, name, what, mount, hidden));
    if (taken.has(place)) throw new Error(messages.mountTaken(path, name, mount));
    taken.add(place);
  };
  for (const volume of props.volumes ?? []) {
    check(volume.kind === VolumeKind.FILE ? FILE : 'a volume', volume.path, volume.source);
    if (volume.kind === VolumeKind.HOST_PATH && !isAbsolutePath(volume.source)) {
      throw new Error(messages.relativeHostPath(path, name, volume.source, volume.path));
    }
    if (volume.kind === VolumeKind.PERSISTENT && !isVolumeName(volume.name)) {
      throw new Error(messages.badVolumeName(path, name, volume.path, volume.name));
    }
  }
  for (const file of Object.keys(props.files ?? {})) check(FILE, file);
}
