/** Who may reach whom: what was declared, and what a target's report says it opens besides. */

import type { AppModel } from '../../../src/model/app-model';
import type { Port } from '../../../src/model/port';
import { PeerKind, WorkloadKind, type PeerModel, type WorkloadModel } from '../../../src/model/workload';

/** A group of containers that the rules see as one: a workload or a load balancer. */
export interface Party {
  readonly name: string;
  /** `tcp:8080`. */
  readonly ports: readonly string[];
  /** Undefined for a load balancer. */
  readonly workload?: WorkloadModel;
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

export function partiesOf(app: AppModel): Party[] {
  return app.charts.flatMap((chart) => [
    ...chart.workloads.map((workload) => ({ name: workload.name, ports: workload.ports.map(portName), workload })),
    ...chart.loadBalancers.map(({ name }) => ({ name, ports: [] })),
  ]).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The ports that one may call the other on; undefined: it may not call at all. A member of one group may call another that has no port. */
export function mayCall(from: Party, to: Party): ReadonlySet<string> | undefined {
  const ports = new Set<string>();
  let called = false;
  const open = (some: readonly string[]) => { called = true; some.forEach((port) => ports.add(port)); };
  if (from.workload && to.workload && groupsOf(from.workload).some((group) => groupsOf(to.workload!).includes(group))) open(to.ports);
  if (from.workload?.kind === WorkloadKind.STATEFUL && from.name === to.name) open(to.ports);
  for (const connection of to.workload?.callers ?? []) if (isParty(connection.from, from)) open(connection.ports.map(portName));
  return called ? ports : undefined;
}

/** Whether a way out was declared; a load balancer has one: it asks its authority. */
export const mayLeave = ({ workload }: Party): boolean => workload === undefined || workload.egress.length > 0
  || workload.attachments.some(({ network }) => network.egress.length > 0)
  || workload.callees.some(({ to }) => to.kind === PeerKind.EXTERNAL);

/** Reads the exceptions of a target out of its report. */
export function exceptionsIn(report: string, target: string): Exceptions {
  const allPorts = new Set<string>();
  const bothWays = new Set<string>();
  const everythingOutside = new Set<string>();
  for (const { constructs, guarantees } of JSON.parse(report).answers) {
    for (const { path, kind } of constructs as { path: string; kind: string }[]) {
      if (kind !== 'workload') continue;
      for (const { target: of, guarantee, level, reason } of guarantees) {
        if (of !== target || level !== 'degraded') continue;
        if (guarantee === 'declared-ports-only') pairsIn(reason).forEach((pair) => allPorts.add(pair));
        if (guarantee === 'direction') pairsIn(reason).forEach((pair) => bothWays.add(pair));
        if (guarantee === 'egress-isolation' && /everything outside|everywhere/.test(reason)) everythingOutside.add(path.split('/').pop()!);
      }
    }
  }
  return { allPorts, bothWays, everythingOutside };
}

/** `…: web with db, web with mailer and web with load balancer edge`. */
function pairsIn(reason: string): string[] {
  const [, list] = /: ([^:]* with .*)$/.exec(reason) ?? [];
  if (list === undefined || / more$/.test(list)) throw new Error(`the report does not name the pairs: ${reason}`);
  return list.split(/, | and /).map((pair) => pair.replace('load balancer ', '').replace(/^(.*) with its other copies$/, '$1 with $1'));
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
  return said(bothWays) && (said(allPorts) || to.ports.includes(port));
}

function groupsOf(workload: WorkloadModel): string[] {
  return workload.attachments.filter(({ network }) => !network.connectedOnly).map(({ network }) => network.name);
}

function isParty({ kind, name }: PeerModel, party: Party): boolean {
  return name === party.name && (kind === PeerKind.LOAD_BALANCER) === (party.workload === undefined);
}
