import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import * as messages from './messages';
import { isWholeNumber } from './syntax';
import { Cpu } from '../model/resources';

/*
 * What a compiler would have said. Many users run TypeScript without one (tsx, swc) or write JavaScript, and a prop
 * that is misspelt would be ignored in silence.
 */

/**
 * The names of all props of a struct, complete by type: a prop that is added and not listed does not compile.
 *
 * @internal
 */
export type PropNames<T> = { readonly [K in keyof Required<T>]: true };

/**
 * Fails for a prop that nobody reads.
 *
 * @internal
 */
export function checkProps<T>(path: string, name: string, props: T, known: PropNames<T>): void {
  if (typeof props !== 'object' || props === null) throw new Error(messages.noProps(path, name, props));
  for (const prop in props) {
    if (prop in known) checkShape(path, name, prop, props[prop]);
    else if (prop in OF_RESOURCES && 'resources' in known) throw new Error(messages.propOfResources(path, name, prop, OF_RESOURCES[prop]));
    else throw new Error(unknown(path, name, prop, Object.keys(known)));
  }
}

/** A word of another tool may be nearer to something else of ours: `host` is no `hsts`. */
function unknown(path: string, name: string, prop: string, known: string[]): string {
  const answer = messages.inOurWords(prop, known);
  if (answer !== undefined) return messages.propInOtherWords(path, name, prop, answer);
  return messages.unknownProp(path, name, prop, nearest(prop, known), known);
}

/**
 * Fails for one value where a list belongs.
 *
 * @internal
 */
export function checkList(path: string, name: string, prop: string, value: unknown, example: string): void {
  if (!Array.isArray(value)) throw new Error(messages.wrongKind(path, name, prop, value, `a list such as ${example}`));
}

/**
 * Fails for anything but names with values.
 *
 * @internal
 */
export function checkMap(path: string, name: string, prop: string, value: unknown, example: string): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new Error(messages.wrongKind(path, name, prop, value, `an object of names and values such as ${example}`));
}

/** Props that take a list, of whichever construct: each means the same everywhere. */
const LISTS: { [prop: string]: string } = {
  command: "['node', 'server.js']",
  liveCommand: "['pg_isready']",
  args: "['--verbose']",
  networks: '[backend]',
  volumes: "[Volume.scratch('/cache')]",
  secrets: '[password]',
  egress: '[Egress.internet()]',
  imagePullSecrets: "['registry']",
  additionalPorts: "[Port.tcp('metrics', 9090)]",
  publishedPorts: '[{ port: 5432 }]',
  scaleOn: '[ScalingMetric.cpu(70)]',
  onlyOn: "['kubernetes']",
  trustedProxies: "['203.0.113.0/24']",
  proxyRanges: "['203.0.113.0/24']",
  sourceRanges: "['203.0.113.0/24']",
  nameServers: "['10.96.0.10/32']",
  ports: '[5432]',
  ranges: "['203.0.113.0/24']",
  copyHeaders: "['Remote-User']",
  methods: "['GET', 'HEAD']",
  aliases: "['plc']",
};

/** Props that take values by name. */
const MAPS: { [prop: string]: string } = {
  environment: "{ LOG_LEVEL: 'info' }",
  secretEnvironment: '{ PASSWORD: password }',
  files: "{ '/etc/app.conf': text }",
  labels: "{ team: 'shop' }",
  annotations: "{ 'acme.example/team': 'shop' }",
  headers: "{ 'x-tenant': 'red' }",
  proxyLabels: "{ app: 'proxy' }",
  podMonitorLabels: "{ release: 'prometheus' }",
};

/** Those of them whose values end up beside the names of others' making, where nothing else looks at them. */
const MAPS_OF_TEXTS = ['labels', 'annotations', 'headers', 'proxyLabels', 'podMonitorLabels'];

/** Props that are on or off. A text, such as that of a variable of the environment, is always on: `'false'` too. */
const FLAGS = [
  'accessLog', 'attachable', 'bindLowPorts', 'connectedOnly', 'createNamespace', 'direct', 'dnsModuleInImage', 'enableIpv6', 'encrypted', 'hsts',
  'init', 'inMemory', 'listenerSet', 'multus', 'parallelStart', 'readOnly', 'redirectHttp', 'resourceRecommendations', 'retryIdempotent', 'staging',
  'startAfter', 'strict', 'trusted', 'userNamespaces', 'writableRoot',
];

/** Props that may hold what nobody should read in a log: a text in their place is not repeated. */
const CONFIDENTIAL = ['secrets', 'secretEnvironment', 'environment', 'files'];

/** What is asked for beside `resources`, and how it is written there. */
const OF_RESOURCES: { [prop: string]: string } = {
  cpu: 'Cpu.millis(250)', cpuLimit: 'Cpu.millis(500)', memory: 'Size.mebibytes(512)', memoryLimit: 'Size.mebibytes(512)',
};

function checkShape(path: string, name: string, prop: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'string' && CONFIDENTIAL.includes(prop)) throw new Error(messages.textInPlace(path, name, prop, LISTS[prop] ?? MAPS[prop]));
  if (FLAGS.includes(prop) && typeof value !== 'boolean') throw new Error(messages.wrongKind(path, name, prop, value, 'true or false'));
  if (prop in LISTS) checkList(path, name, prop, value, LISTS[prop]);
  if (prop in MAPS) checkMap(path, name, prop, value, MAPS[prop]);
  if (!MAPS_OF_TEXTS.includes(prop)) return;
  for (const [key, text] of Object.entries(value)) if (typeof text !== 'string') throw new Error(messages.badText(path, name, `${prop}['${key}']`, text));
}

/**
 * Fails for a value that is not made by a class of ours or of cdk8s.
 *
 * @internal
 */
export function checkInstance(path: string, name: string, prop: string, value: unknown, made: MadeBy, how: string): void {
  if (value === undefined) return;
  // By name as well: two copies of a package have two classes.
  if (value instanceof (made as any) || (value as object | null)?.constructor?.name === made.name) return;
  throw new Error(messages.wrongKind(path, name, prop, value, how));
}

/**
 * Fails for a Duration that is none, is no whole number of seconds, or too short.
 *
 * @internal
 */
export function checkSeconds(path: string, name: string, prop: string, value: Duration | undefined, least: number, how: string): void {
  if (value === undefined) return;
  checkInstance(path, name, prop, value, Duration, how);
  const seconds = value.toMilliseconds() / 1000;
  if (!(Number.isInteger(seconds) && seconds >= least)) throw new Error(messages.badSeconds(path, name, prop, seconds, least));
}

/**
 * Fails for a Size that is none, or no whole number of mebibytes, in which sizes are written.
 *
 * @internal
 */
export function checkMebibytes(path: string, name: string, prop: string, value: Size | undefined, how: string): void {
  if (value === undefined) return;
  checkInstance(path, name, prop, value, Size, how);
  const mebibytes = value.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  if (!isWholeNumber(mebibytes, 0)) throw new Error(messages.badSize(path, name, prop, mebibytes));
}

/**
 * Fails for an amount of processor time that is none, or that a server would refuse.
 *
 * @internal
 */
export function checkCpu(path: string, name: string, prop: string, value: Cpu | undefined, least: number): void {
  if (value === undefined) return;
  checkInstance(path, name, prop, value, Cpu, 'an amount such as Cpu.millis(250)');
  if (!isWholeNumber(value.amountMillis, least)) throw new Error(messages.badCpu(path, name, prop, value.amountMillis, least));
}

/**
 * Fails for a value that is none of an enum.
 *
 * @param choices the enum
 * @param called its name
 * @internal
 */
export function checkChoice(path: string, name: string, prop: string, value: unknown, choices: { [member: string]: unknown }, called: string): void {
  if (value === undefined || Object.values(choices).includes(value)) return;
  throw new Error(messages.notOneOf(path, name, prop, value, listChoices(called, choices)));
}

/** The members of an enum as they are written. */
const listChoices = (called: string, choices: { [member: string]: unknown }): string =>
  Object.keys(choices).map((member) => `${called}.${member}`).join(', ').replace(/, (?=[^,]*$)/, ' or ');

/**
 * Fails for a prop that is nearly one of those known. Others may be of a newer version of the library they are for.
 *
 * @internal
 */
export function checkSpelling(path: string, name: string, props: object, known: string[]): void {
  if (typeof props !== 'object' || props === null) throw new Error(messages.noProps(path, name, props));
  for (const prop of Object.keys(props)) {
    const meant = nearest(prop, known);
    if (meant !== undefined && !known.includes(prop)) throw new Error(messages.unknownProp(path, name, prop, meant, known));
  }
}

/** A class, with or without a public constructor. */
interface MadeBy {
  readonly name: string;
  readonly prototype: object;
}

/** The known name that differs least, where one is near enough to be meant. */
function nearest(prop: string, known: string[]): string | undefined {
  const near = known.map((name) => ({ name, distance: distance(prop.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))[0];
  return near !== undefined && near.distance <= Math.max(2, prop.length / 3) ? near.name : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
