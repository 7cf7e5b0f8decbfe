/** What an engine does, as yes or no, for each guarantee that can be tried on one host in some minutes. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copiesNow, crash, fileOf, isRestricted, stop, textBelow, type Copies, type Copy, type DockerTarget } from './copies';
import { servedTo, servedToVisitors, speaks } from './requests';
import type { ChartModel } from '../../../src/model/app-model';
import type { LoadBalancerModel, RouteModel } from '../../../src/model/load-balancer';
import { VolumeKind } from '../../../src/model/volume';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../../../src/model/workload';
import { canConnect, docker, httpFrom, httpFromHost, waitUntil, type HttpAnswer, type VisitorPorts } from '../engine';
import type { Declared } from '../generated';
import { namesFor, partiesOf, type Party } from '../isolation/declared';
import { eachOf } from '../parallel';

/** An example that runs; the shop's program is behind every route and called by all but its database. */
export interface Running {
  readonly target: DockerTarget;
  /** Of the project or stack. */
  readonly name: string;
  readonly declared: Declared;
  /** The folder of the files that were deployed. */
  readonly folder: string;
  /** Names of secrets and what was given for them. */
  readonly secrets: { readonly [name: string]: string };
  readonly ports: VisitorPorts;
}

/** A line of report.json: what a target says of a guarantee of a construct. */
export interface Said {
  readonly construct: string;
  readonly guarantee: string;
  readonly level: string;
  readonly reason: string;
}

/** Whether a guarantee holds of a construct, and of whom it does not, where it is one of several. */
export interface Outcome {
  readonly holds: boolean;
  readonly except: readonly string[];
}

/** What else is promised has tests of its own. */
export const TRIED = [
  'copy-crash', 'copy-hang', 'health-gated-ingress', 'health-gated-calls', 'balancing-algorithm', 'encryption-at-edge', 'redirect-and-hsts',
  'restricted-runtime', 'secrets', 'storage-survives-restart',
];

/** One workload calls another, on a port of that one. */
interface Call {
  readonly caller: WorkloadModel;
  readonly callee: WorkloadModel;
  readonly port: number;
}

/**
 * How long a copy hangs at least, in milliseconds. Its check has failed three times after 21 s; a Swarm that took that for a reason
 * to replace it would give it 35 s more to end.
 */
const PATIENCE: Readonly<Record<DockerTarget, number>> = { compose: 35_000, swarm: 62_000 };

export class Measurement {
  private readonly chart: ChartModel;
  private readonly calls: readonly Call[];
  /** By guarantee: the constructs of which it holds. */
  private readonly held = new Map<string, ReadonlySet<string>>();
  /** By caller: whose copies it reached that were not ready. */
  private readonly reached = new Map<string, Set<string>>();
  private measured?: Promise<void>;

  public constructor(private readonly running: Running) {
    const { target, declared: { model, text } } = running;
    const app = model(target);
    [this.chart] = app.charts;
    const { name } = this.chart;
    this.calls = callsIn(partiesOf(app, text(target === 'compose' ? `compose/${name}/compose.yml` : `swarm/${name}/stack.yml`)));
    for (const { caller } of this.calls) this.reached.set(caller.name, new Set());
  }

  public async outcomeOf({ construct, guarantee }: Said): Promise<Outcome> {
    await this.measure();
    if (guarantee !== 'health-gated-calls') return { holds: this.held.get(guarantee)!.has(construct), except: [] };
    const except = [...this.reached.get(construct)!].sort();
    return { holds: except.length === 0, except };
  }

  /** Tries everything, once. */
  public measure(): Promise<void> {
    this.measured ??= this.tryEverything();
    return this.measured;
  }

  private async tryEverything(): Promise<void> {
    await this.allAreReady();
    await this.withoutHarm();
    await this.whileNotReady();
    await this.allAreReady();
    await this.afterCrash(await this.whileHung());
  }

  private async withoutHarm(): Promise<void> {
    const { workloads, loadBalancers } = this.chart;
    const copies = await this.copies();
    this.keep('restricted-runtime', workloads.filter(({ name }) => isRestricted(copies.of(name)[0])));
    this.keep('secrets', await filter(workloads, (one) => this.keepsSecrets(one, copies.of(one.name)[0])));
    this.keep('balancing-algorithm', await filter(loadBalancers, (one) => this.leadsToAll(one, copies)));
    this.keep('encryption-at-edge', await filter(loadBalancers, (one) => this.takesNewTlsAlone(one)));
    this.keep('redirect-and-hsts', await filter(loadBalancers, (one) => this.redirectsAndRemembers(one)));
  }

  /** The container can read them; they are in no file that was deployed, and nobody sees them who may ask the engine about containers. */
  private async keepsSecrets({ container: { secrets } }: WorkloadModel, copy: Copy): Promise<boolean> {
    const shown = (await docker(['inspect', copy.id])).stdout + textBelow(this.running.folder);
    return !Object.values(this.running.secrets).some((value) => shown.includes(value))
      && secrets.every(({ name, file }) => readFileSync(fileOf(copy, file), 'utf8') === this.running.secrets[name]);
  }

  private async leadsToAll(loadBalancer: LoadBalancerModel, copies: Copies): Promise<boolean> {
    return all(openRoutes(loadBalancer), async (route) => {
      const count = route.targets.flatMap(({ peer: { name } }) => copies.of(name)).length;
      const served = await servedToVisitors(urlOf(route), this.running.ports, 600, count);
      return served.size === count;
    });
  }

  private async takesNewTlsAlone({ hosts }: LoadBalancerModel): Promise<boolean> {
    return all(hosts, async ({ name }) => {
      const [old, ...allowed] = await Promise.all((['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map((version) => speaks(version, name, this.running.ports)));
      return !old && !allowed.includes(false);
    });
  }

  private async redirectsAndRemembers({ routes }: LoadBalancerModel): Promise<boolean> {
    return all(routes, async ({ host }) => {
      const { status, headers } = await this.visit(`http://${host}/cart?item=1`);
      const { headers: { 'strict-transport-security': remembered = '' } } = await this.visit(`https://${host}/`);
      return [301, 302, 307, 308].includes(status) && headers.location === `https://${host}/cart?item=1` && /^max-age=[1-9]/.test(remembered);
    });
  }

  /** A copy of each service says that it is not ready, and goes on answering. */
  private async whileNotReady(): Promise<void> {
    const services = this.chart.workloads.filter(isAskedForHealth);
    const copies = await this.copies();
    const names = new Map<string, string>();
    const tell = (path: string) => eachOf(services, async ({ name, ports: [{ number }] }) => {
      const { status, headers } = await httpFrom({ container: copies.of(name)[0].id }, `http://localhost:${number}${path}`);
      if (status !== 200) throw new Error(`${name} answered ${path} with ${status}`);
      names.set(name, headers['x-served-by']);
    });
    await tell('/fail');
    await sleep(5_000);

    this.keep('health-gated-ingress', await filter(this.chart.loadBalancers, (loadBalancer) => all(openRoutes(loadBalancer), async (route) => {
      const served = await servedToVisitors(urlOf(route), this.running.ports, 60);
      return !route.targets.some(({ peer: { name } }) => served.has(names.get(name)!));
    })));
    await eachOf(this.calls.filter(({ callee }) => isAskedForHealth(callee)), async ({ caller, callee, port }) => {
      const served = await servedTo({ container: lastOf(copies, caller).id }, `http://${callee.name}:${port}/`, 20);
      if (served.has(names.get(callee.name)!)) this.reached.get(caller.name)!.add(callee.name);
    });
    await tell('/recover');
  }

  /**
   * All processes of a copy of each are stopped, for longer than it may take until it is started again.
   * @returns those that hang still
   */
  private async whileHung(): Promise<Copy[]> {
    const workloads = this.chart.workloads.filter(({ kind }) => kind !== WorkloadKind.JOB);
    const before = await this.copies();
    const hung = workloads.map(({ name }) => before.of(name)[0]);
    await eachOf(hung, stop);
    const enough = sleep(PATIENCE[this.running.target]);
    // Where something is to start them again, it may take its time on a busy machine.
    const checked = workloads.filter(({ container: { healthCheck } }) => healthCheck?.restarts);
    await this.areStartedSince(before, checked, 120_000);
    await enough;

    const now = await this.copies();
    this.keep('copy-hang', workloads.filter(({ name }) => now.startedSince(before, name)));
    await eachOf(this.calls.filter(({ callee }) => callee.kind === WorkloadKind.STATEFUL), async ({ caller, callee, port }) => {
      let connects = false;
      for (let tries = 0; tries < 5 && !connects; tries++) connects = await canConnect({ container: lastOf(now, caller).id }, callee.name, port);
      if (connects) this.reached.get(caller.name)!.add(callee.name);
    });
    return hung.filter((copy) => now.has(copy));
  }

  /** A copy of each ends, the one that hangs where there is one; what it has kept is looked for in the next. */
  private async afterCrash(hung: readonly Copy[]): Promise<void> {
    const { workloads, loadBalancers } = this.chart;
    const constructs = [...workloads, ...loadBalancers];
    const before = await this.copies();
    const ending = (name: string) => before.of(name).find((copy) => hung.some(({ id }) => id === copy.id)) ?? before.of(name)[0];
    for (const workload of workloads) for (const mark of marksOf(workload)) writeFileSync(fileOf(ending(workload.name), mark), '');
    for (const { name } of constructs) crash(ending(name));
    await this.areStartedSince(before, constructs, 60_000);

    const now = await this.copies();
    this.keep('copy-crash', constructs.filter(({ name }) => now.startedSince(before, name)));
    this.keep('storage-survives-restart', workloads.filter((workload) => {
      const next = now.startedSince(before, workload.name);
      return next !== undefined && marksOf(workload).every((mark) => existsSync(fileOf(next, mark)));
    }));
  }

  private async areStartedSince(before: Copies, constructs: readonly Named[], timeout: number): Promise<void> {
    try {
      await waitUntil(async () => {
        const now = await this.copies();
        return constructs.every(({ name }) => now.startedSince(before, name));
      }, timeout, undefined, 1_000);
    } catch {
      // Which of them were not is looked at afterwards.
    }
  }

  /** All copies are, and every visitor is served. */
  private async allAreReady(): Promise<void> {
    const urls = this.chart.loadBalancers.flatMap(openRoutes).map(urlOf);
    await waitUntil(async () => (await this.copies()).areHealthy && all(urls, async (url) => (await this.visit(url)).status === 200),
      120_000, `${this.running.name} is ready`, 1_000);
  }

  private copies(): Promise<Copies> {
    return copiesNow(this.running.target, this.running.name);
  }

  private visit(url: string): Promise<HttpAnswer> {
    return httpFromHost(url, { ports: this.running.ports });
  }

  private keep(guarantee: string, constructs: readonly Named[]): void {
    this.held.set(guarantee, new Set(constructs.map(({ name }) => name)));
  }
}

interface Named {
  readonly name: string;
}

/** By declaration, or as a member of a group; where one of two members calls the other, that one does not call back. */
function callsIn(parties: readonly Party[]): Call[] {
  return parties.flatMap((from) => parties.flatMap((to): Call[] => {
    if (from === to || from.workload === undefined || to.workload === undefined) return [];
    const declared = connectionTo(to, from.workload);
    const callsBack = declared === undefined && connectionTo(from, to.workload) !== undefined;
    if (namesFor(from, to).length === 0 || callsBack) return [];
    return [{ caller: from.workload, callee: to.workload, port: (declared ?? to.workload).ports[0].number }];
  }));
}

const connectionTo = ({ name }: Party, { callees }: WorkloadModel) => callees.find(({ to }) => to.kind === PeerKind.WORKLOAD && to.name === name);

const isAskedForHealth = ({ kind, container }: WorkloadModel): boolean => kind === WorkloadKind.SERVICE && container.healthCheck !== undefined;

/** Those that are open to visitors from this machine. */
const openRoutes = ({ routes }: LoadBalancerModel): RouteModel[] => routes.filter(({ access }) => access.length === 0);
const urlOf = ({ host, path }: RouteModel): string => `https://${host}${path}`;

/** Harm is done to the first. */
const lastOf = (copies: Copies, { name }: WorkloadModel): Copy => copies.of(name).at(-1)!;

/** A file in each of its volumes that keep data. */
const marksOf = ({ name, container: { volumes } }: WorkloadModel): string[] => volumes
  .filter(({ kind, readOnly }) => !readOnly && (kind === VolumeKind.PERSISTENT || kind === VolumeKind.SHARED)).map(({ path }) => join(path, `kept-by-${name}`));

async function filter<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await holds(item)) kept.push(item);
  return kept;
}

async function all<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<boolean> {
  return (await filter(items, holds)).length === items.length;
}
