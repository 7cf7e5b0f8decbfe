import { Interpolation, shared } from './interpolation';
import { scriptKey, type Script } from './script';
import type { SecretModel } from '../../model/secret';
import { SecurityLevel, type Security } from '../../model/security';
import type { ContainerModel, FileModel, WorkloadModel } from '../../model/workload';
import { freezeAll } from '../../util/constants';
import { sortedByKey } from '../../util/order';

/*
 * The fields of a service that follow from one container alone. Compose and Swarm share them.
 */

/** Seconds between the end of the drain and KILL. */
const GRACE = 5;

/** Processes and threads that one container may have: enough for any server, and an end to a fork bomb. */
const MOST_PROCESSES = 4096;

/** What an image that starts as root needs to prepare its folders and step down. */
const STEP_DOWN = freezeAll(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']);

const LOW_PORTS = freezeAll(['NET_BIND_SERVICE']);
const ALL = freezeAll(['ALL']);
const NO_NEW_PRIVILEGES = freezeAll(['no-new-privileges:true']);

/**
 * What runs, and as whom.
 *
 * @internal
 */
export function processFields(container: ContainerModel): any {
  return {
    entrypoint: words(container.command),
    command: words(container.args),
    working_dir: container.workingDirectory,
    user: container.user === undefined ? undefined : `${container.user}:${container.group ?? container.user}`,
    environment: environmentOf(container),
  };
}

/** Scripts are long, and those of proxies are all alike. */
const words = (command: string[] | undefined): string[] | undefined =>
  command === undefined ? undefined : shared(`words ${JSON.stringify(command)}`, () => command);

/**
 * Environment variables by name, a secret's value as a variable to replace.
 *
 * @internal
 */
export function environmentOf(container: ContainerModel): any {
  const variables: { [name: string]: any } = { ...container.environment };
  for (const name in container.secretEnvironment) variables[name] = secretVariable(container.secretEnvironment[name]);
  return orNothing(variables);
}

/**
 * The variable that carries a secret's value at deployment.
 *
 * @internal
 */
export const variableName = (secret: SecretModel): string => secret.name.toUpperCase().replaceAll('-', '_');

/**
 * Without a value the deployment fails. The text must not contain `-`: the command line of 20.10 takes what follows it
 * for a default (measured).
 */
function secretVariable(secret: SecretModel): Interpolation {
  return new Interpolation('${' + variableName(secret) + ':?give it the value of that secret}');
}

/**
 * Whether an init process runs in front of a container's own.
 *
 * @internal
 */
export const hasInit = ({ initProcess }: WorkloadModel, { mustBeProcessOne }: ContainerModel): boolean => initProcess && !mustBeProcessOne;

/**
 * How far it is locked in.
 *
 * @internal
 */
export function lockIn(security: Security): any {
  if (security.level === SecurityLevel.UNRESTRICTED) return {};
  const kept = security.level === SecurityLevel.STARTS_AS_ROOT ? STEP_DOWN : security.bindLowPorts ? LOW_PORTS : undefined;
  return {
    read_only: security.writableRoot ? undefined : true,
    cap_drop: ALL,
    cap_add: kept,
    security_opt: NO_NEW_PRIVILEGES,
  };
}

/**
 * Most it may use.
 *
 * @internal
 */
export function limitsOf(container: ContainerModel, cpuLimitMillis?: number): any {
  const { memoryLimitMebibytes, cpuLimitMillis: cpu = cpuLimitMillis } = container.resources;
  return shared(`limits ${cpu} ${memoryLimitMebibytes}`, () => ({
    cpus: cpu === undefined ? undefined : String(cpu / 1000),
    memory: `${memoryLimitMebibytes}M`,
    pids: MOST_PROCESSES,
  }));
}

/**
 * Seconds from TERM to KILL.
 *
 * @internal
 */
export const graceSeconds = (drainSeconds: number): number => drainSeconds + GRACE;

/**
 * Time to finish, in the form of the file.
 *
 * @internal
 */
export const gracePeriod = (drainSeconds: number): string => `${graceSeconds(drainSeconds)}s`;

/**
 * A container's log: without rotation it fills the host's disk.
 *
 * @internal
 */
export const LOGGING = freezeAll({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } });

/**
 * Labels of the containers, by name.
 *
 * @internal
 */
export function labelsOf(workload: WorkloadModel, more: { [name: string]: string } = {}): any {
  return orNothing({ ...workload.labels, ...workload.annotations, ...more });
}

/** Entries in the order of their keys; undefined where there are none. */
function orNothing(map: { [key: string]: any }): any {
  for (const _ in map) return sortedByKey(map);
  return undefined;
}

/**
 * The key of a file in the section `configs`; each container has its own files.
 *
 * @internal
 */
export function fileKey(workload: string, container: string, path: string): string {
  const owner = container === workload ? workload : `${workload}-${container}`;
  return `${owner}-${path.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '')}`;
}

/**
 * Where a file lies below the project's folder: named by its content, so that old copies keep the old one.
 *
 * @internal
 */
export function fileName(workload: string, file: FileModel): string {
  const base = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9._-]/g, '_');
  const dot = base.lastIndexOf('.');
  const stem = dot > 0 ? base.slice(0, dot) : base;
  return `config/${workload}/${stem}-${file.hash}${base.slice(stem.length)}`;
}

/**
 * The scripts of ours that a container runs, each where it has one.
 *
 * @internal
 */
export interface ContainerScripts {
  readonly clock?: Script;
  readonly healthCheck?: Script;
}

/**
 * The field `configs` of a service: the files that its user gave, and scripts of ours.
 *
 * @internal
 */
export function filesOf(workload: string, { name, files }: ContainerModel, { clock, healthCheck }: ContainerScripts): any {
  const scripts = [clock, healthCheck].filter((file) => file !== undefined);
  const ours = scripts.length === 0 ? [] : shared(`scripts ${scripts.map(scriptKey).join(' ')}`,
    () => scripts.map((file) => ({ source: scriptKey(file), target: file.path })));
  if (files.length === 0) return scripts.length === 0 ? undefined : ours;
  return [...files.map(({ path }) => ({ source: fileKey(workload, name, path), target: path })), ...ours];
}
