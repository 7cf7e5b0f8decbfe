/** Who may reach whom: what was declared, and what a target's report says it opens besides. */

import { parse } from 'yaml';
import type { AppModel } from '../../../src/model/app-model';
import type { Port } from '../../../src/model/port';
import { PeerKind, WorkloadKind, type ConnectionModel, type PeerModel, type WorkloadModel } from '../../../src/model/workload';

/** A group of containers that the rules see as one: a workload, a load balancer, or a proxy of the target's between workloads. */
export interface Party {
  readonly name: string;
  /** `tcp:8080`. */
  readonly ports: readonly string[];
  /** Undefined for a load balancer and a proxy. */
  readonly workload?: WorkloadModel;
  /** What a proxy stands for; undefined for others. */
  readonly callee?: Party;
  /** Whether the target puts a proxy before it. */
  readonly hasProxy: boolean;
}

/** What report.json says of one target, by name of the construct. */
export interface Exceptions {
  /** Pairs that meet on all ports, `web with db`. */
  readonly allPorts: ReadonlySet<string>;
  /** Pairs of which the one called can call back. */
  readonly bothWays: ReadonlySet<string>;
  /** Those from whom everything outside can be reached, the host included. */
  readonly everythingOutside: ReadonlySet<string>;
}

export const portName = (port: Port): string => `${port.transport.toLowerCase()}:${port.number}`;

/** @param file what a target makes of it: its proxies are there alone */
export function partiesOf(app: AppModel, file: string): Party[] {
  const services = Object.keys(parse(file).services);
  const declared = app.charts.flatMap((chart): Party[] => [
    ...chart.workloads.map((workload) =>
      ({ name: workload.name, ports: workload.ports.map(portName), workload, hasProxy: services.includes(proxyName(workload.name)) })),
    ...chart.loadBalancers.map(({ name }) => ({ name, ports: [], hasProxy: false })),
  ]);
  return [...declared, ...declared.filter(({ hasProxy }) => hasProxy).map(proxyOf)].sort((a, b) => a.name < b.name ? -1 : 1);
}

const proxyName = (callee: string): string => `${callee}-proxy`;
const isStream = (port: string): boolean => port.startsWith('tcp:');
const proxyOf = (callee: Party): Party => ({ name: proxyName(callee.name), ports: callee.ports.filter(isStream), callee, hasProxy: false });

/**
 * The ports of the other's containers that one may call; undefined: it may not call at all. A member of one group may call
 * another that has no port. A proxy may call the copies that it stands for, and is called in their place.
 */
export function mayCall(from: Party, to: Party): ReadonlySet<string> | undefined {
  const ports = new Set<string>();
  let called = false;
  const open = (some: readonly string[]) => { called = true; some.forEach((port) => ports.add(port)); };
  if (groupsOf(from).some((group) => groupsOf(to).includes(group))) open(to.ports);
  if (from.workload?.kind === WorkloadKind.STATEFUL && from.name === to.name) open(to.ports);
  if (from.callee?.name === to.name) open(from.ports);
  const callee = to.callee ?? to;
  const isMet = callsByProxy(from, callee) === (to !== callee);
  for (const connection of callee.workload?.callers ?? []) if (isMet && isParty(connection.from, from)) open(connection.ports.map(portName));
  return called ? ports : undefined;
}

/**
 * Whether calls go through a proxy: those that carry no UDP and were not declared direct, and those by membership alone, unless
 * the other calls back.
 */
export function callsByProxy({ workload: from }: Party, { workload: to, hasProxy }: Party): boolean {
  if (from === undefined || to === undefined || !hasProxy || from.chart !== to.chart) return false;
  const isBetween = (caller: WorkloadModel, { from: peer }: ConnectionModel) => peer.kind === PeerKind.WORKLOAD && peer.name === caller.name;
  const declared = to.callers.find((connection) => isBetween(from, connection));
  if (declared === undefined && from.callers.some((connection) => isBetween(to, connection))) return false;
  return declared?.direct !== true && (declared ?? to).ports.map(portName).every(isStream);
}

/** What one may call under the name of another: `tcp:api:8080`. */
export function namesFor(from: Party, to: Party): string[] {
  const ports = mayCall(from, callsByProxy(from, to) ? proxyOf(to) : to) ?? [];
  return [...ports].map((port) => atNameOf(from, to, port));
}

/** A port under the name by which a party knows another. */
export const atNameOf = (from: Party, to: Party, port: string): string =>
  port.replace(':', `:${from.callee?.name === to.name ? `copies.${to.name}` : to.name}:`);

/** Whether a way out was declared; a load balancer has one: it asks its authority. */
export const mayLeave = ({ workload, callee }: Party): boolean => callee === undefined && (workload === undefined || workload.egress.length > 0
  || workload.attachments.some(({ network }) => network.egress.length > 0)
  || workload.callees.some(({ to }) => to.kind === PeerKind.EXTERNAL));

/** Reads the exceptions of a target out of its report. */
export function exceptionsIn(report: string, target: string): Exceptions {
  const allPorts = new Set<string>();
  const bothWays = new Set<string>();
  const everythingOutside = new Set<string>();
  for (const { constructs, guarantees } of JSON.parse(report).answers) {
    for (const { path, kind } of constructs as { path: string; kind: string }[]) {
      for (const { target: of, guarantee, level, reason } of guarantees) {
        if (of !== target || !isSaid(level)) continue;
        if (guarantee === 'declared-ports-only' && kind === 'network') pairsOfMembers(reason).forEach((pair) => allPorts.add(pair));
        if (kind !== 'workload') continue;
        if (guarantee === 'declared-ports-only') pairsIn(reason, level).forEach((pair) => allPorts.add(pair));
        if (guarantee === 'direction') pairsIn(reason, level).forEach((pair) => bothWays.add(pair));
        if (guarantee === 'egress-isolation' && /everything outside|everywhere/.test(reason)) everythingOutside.add(path.split('/').pop()!);
      }
    }
  }
  return { allPorts, bothWays, everythingOutside };
}

/** A proxy keeps by itself what no network keeps: then nothing is lost, and whom one meets is said all the same. */
const isSaid = (level: string): boolean => level === 'degraded' || level === 'native';

/** `…: web with db, web with mailer and web with load balancer edge; through proxies, …: web with api-proxy`. */
function pairsIn(reason: string, level: string): string[] {
  const lists = reason.split('; ').flatMap((part) => /: ([^:]* with .*)$/.exec(part)?.[1] ?? []);
  if (level === 'degraded' && lists.length === 0) throw new Error(`the report does not name the pairs: ${reason}`);
  return lists.flatMap((list) => namesIn(list, reason))
    .map((pair) => pair.replace('load balancer ', '').replace(/^(.*) with its other copies$/, '$1 with $1'));
}

/** `…: api, api-proxy and web reach each other on all ports`. */
function pairsOfMembers(reason: string): string[] {
  const [, list] = /: ([^:]*) reach each other on all ports$/.exec(reason) ?? [];
  if (list === undefined) return [];
  const names = namesIn(list, reason);
  return names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a} with ${b}`));
}

function namesIn(list: string, reason: string): string[] {
  if (/ more$/.test(list)) throw new Error(`the report does not name all: ${reason}`);
  return list.split(/, | and /);
}

/** Whether one may reach a port of the other: as declared, or as the report owns up to. */
export function expected(from: Party, to: Party, port: string, { allPorts, bothWays }: Exceptions): boolean {
  const said = (pairs: ReadonlySet<string>) => pairs.has(`${from.name} with ${to.name}`) || pairs.has(`${to.name} with ${from.name}`);
  const there = mayCall(from, to);
  if (there?.has(port)) return true;
  if (from.name === to.name) return said(allPorts);
  // An undeclared port of somebody who may be called.
  if (there !== undefined) return said(allPorts);
  // Back to a caller, whose ports none may call.
  return mayCall(to, from) !== undefined && said(bothWays) && (said(allPorts) || to.ports.includes(port));
}

/** A proxy stands in the groups of those that it stands for. */
function groupsOf(party: Party): string[] {
  const { attachments = [] } = (party.callee ?? party).workload ?? {};
  return attachments.filter(({ network }) => !network.connectedOnly).map(({ network }) => network.name);
}

function isParty({ kind, name }: PeerModel, party: Party): boolean {
  return party.callee === undefined && name === party.name && (kind === PeerKind.LOAD_BALANCER) === (party.workload === undefined);
}
