/** What an engine does, as yes or no, for each guarantee that can be tried on one host in some minutes. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SecureVersion } from 'node:tls';
import { canConnect, docker, HttpAnswer, httpFrom, httpFromHost, HTTPS_PORT, waitUntil } from '../engine';

/** An example that runs. */
export interface Running {
  readonly host: string;
  /** The folder of the files that were deployed. */
  readonly folder: string;
  /** Names of secrets and what was given for them. */
  readonly secrets: { readonly [name: string]: string };
  /** Containers that run, of a service. */
  readonly containers: (service: string) => Promise<string[]>;
}

/** A line of report.json: what a target says of a guarantee of a construct. */
export interface Said {
  readonly construct: string;
  readonly guarantee: string;
  readonly level: string;
  readonly reason: string;
}

/** Lines of a report that a measurement can confirm or refute. */
export function saidBy(report: string, target: string): Said[] {
  const lines: Said[] = [];
  for (const { constructs, guarantees } of JSON.parse(report).answers) {
    for (const { path } of constructs) {
      for (const { target: of, guarantee, level, reason } of guarantees) {
        if (of === target && level !== 'not-needed') lines.push({ construct: path.split('/').pop(), guarantee, level, reason });
      }
    }
  }
  return lines.filter(({ construct, guarantee }) => MEASURED[guarantee]?.includes(construct));
}

/** Constructs of examples/shop for which a guarantee is tried. What else is promised has tests of its own. */
const MEASURED: { readonly [guarantee: string]: readonly string[] } = {
  'copy-crash': ['db', 'web', 'mailer', 'edge'],
  'copy-hang': ['db', 'web', 'mailer'],
  'health-gated-ingress': ['edge'],
  'health-gated-calls': ['web', 'mailer'],
  'balancing-algorithm': ['edge'],
  'encryption-at-edge': ['edge'],
  'redirect-and-hsts': ['edge'],
  'restricted-runtime': ['db', 'web', 'mailer', 'report'],
  'secrets': ['db', 'web', 'mailer'],
};

export class Measurement {
  private hung?: Promise<Hung>;
  private unhealthy?: Promise<Unhealthy>;

  public constructor(private readonly running: Running) {}

  /** Whether a guarantee holds. */
  public holds({ construct, guarantee }: Said): Promise<boolean> {
    switch (guarantee) {
      case 'copy-crash': return this.isStartedAgain(construct);
      case 'copy-hang': return this.whileHung().then(({ startedAgain }) => startedAgain.includes(construct));
      case 'health-gated-ingress': return this.whileUnhealthy().then(({ reachedByVisitors }) => !reachedByVisitors);
      // The web calls the database, which is stopped; others call the web, a copy of which says that it is not ready.
      case 'health-gated-calls': return construct === 'web'
        ? this.whileHung().then(({ databaseReached }) => !databaseReached)
        : this.whileUnhealthy().then(({ reachedByCalls }) => !reachedByCalls);
      case 'balancing-algorithm': return this.allCopiesAnswer();
      case 'encryption-at-edge': return this.takesNewTlsAlone();
      case 'redirect-and-hsts': return this.redirectsAndRemembers();
      case 'restricted-runtime': return this.isRestricted(construct);
      case 'secrets': return this.keepsSecrets(construct);
      default: throw new Error(`nothing measures ${guarantee}`);
    }
  }

  private async isStartedAgain(service: string): Promise<boolean> {
    const before = await this.startsOf(service);
    process.kill(await mainProcess((await this.containersOf(service))[0]), 'SIGKILL');
    return becomes(async () => {
      const now = await this.startsOf(service);
      return now.length === before.length && now.some((start) => !before.includes(start));
    }, 60_000);
  }

  /** All processes of one copy of each are stopped, for longer than it may take until it is started again. */
  private whileHung(): Promise<Hung> {
    this.hung ??= this.hang(['db', 'web', 'mailer']);
    return this.hung;
  }

  private async hang(services: string[]): Promise<Hung> {
    // What was started just now may not hang yet: it would be ended for never having been ready.
    await waitUntil(async () => (await Promise.all(services.map((service) => this.areHealthy(service)))).every((healthy) => healthy), 90_000, 'all are ready');
    const copies = await Promise.all(services.map(async (service) => (await this.containersOf(service))[0]));
    const [, , caller] = copies;
    const starts = await Promise.all(services.map((service) => this.startsOf(service)));
    const callerIsFree = (await this.containersOf('web'))[1];
    for (const copy of copies) await signal(copy, 'SIGSTOP');
    await sleep(120_000);
    let databaseReached = false;
    for (let tries = 0; tries < 5 && !databaseReached; tries++) databaseReached = await canConnect({ container: callerIsFree }, 'db', 5432);
    const now = await Promise.all(services.map((service) => this.startsOf(service)));
    const startedAgain = services.filter((_, i) => now[i].some((start) => !starts[i].includes(start)));
    for (const copy of [copies[0], caller]) await signal(copy, 'SIGCONT');
    await this.answers();
    return { startedAgain, databaseReached };
  }

  /** A copy says that it is not ready, and goes on answering. */
  private whileUnhealthy(): Promise<Unhealthy> {
    this.unhealthy ??= this.failHealth();
    return this.unhealthy;
  }

  private async failHealth(): Promise<Unhealthy> {
    const [copy] = await this.containersOf('web');
    const ask = (path: string) => httpFrom({ container: copy }, `http://localhost:8080${path}`);
    const name = (await ask('/')).headers['x-served-by'];
    await ask('/fail');
    await sleep(5_000);
    const reachedByVisitors = await this.anyServedBy(name, 60, () => this.get('/'));
    const [mailer] = await this.containersOf('mailer');
    const reachedByCalls = await this.anyServedBy(name, 20, () => httpFrom({ container: mailer }, 'http://web:8080/'));
    await ask('/recover');
    await this.answers();
    return { reachedByVisitors, reachedByCalls };
  }

  private async anyServedBy(name: string, times: number, ask: () => Promise<HttpAnswer>): Promise<boolean> {
    let any = false;
    for (let i = 0; i < times; i++) {
      const { status, headers } = await ask();
      if (status !== 200) throw new Error(`answered with ${status}`);
      any ||= headers['x-served-by'] === name;
    }
    return any;
  }

  private async allCopiesAnswer(): Promise<boolean> {
    const copies = (await this.containersOf('web')).length;
    const served = new Set<string>();
    for (let i = 0; i < 300 && served.size < copies; i++) served.add((await this.get('/')).headers['x-served-by']);
    return served.size === copies;
  }

  private async takesNewTlsAlone(): Promise<boolean> {
    const [old, ...allowed] = await Promise.all((['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map((version) => this.speaks(version)));
    return !old && allowed.every((speaks) => speaks);
  }

  private speaks(version: SecureVersion): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({
        host: '127.0.0.1',
        port: HTTPS_PORT,
        servername: this.running.host,
        rejectUnauthorized: false,
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      }, () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
  }

  private async redirectsAndRemembers(): Promise<boolean> {
    const { status, headers } = await httpFromHost(`http://${this.running.host}/cart?item=1`);
    const { headers: { 'strict-transport-security': remembered = '' } } = await this.get('/');
    return [301, 302, 307, 308].includes(status) && headers.location === `https://${this.running.host}/cart?item=1` && /^max-age=[1-9]/.test(remembered);
  }

  /** As the kernel has it: no root, no capability, none to be had, system calls filtered, the root file system read-only. */
  private async isRestricted(service: string): Promise<boolean> {
    const id = await mainProcess((await this.containersOf(service))[0]);
    const status = Object.fromEntries(readFileSync(`/proc/${id}/status`, 'utf8').split('\n').map((line) => line.split(/:\s+/)));
    const root = readFileSync(`/proc/${id}/mountinfo`, 'utf8').split('\n').map((line) => line.split(' ')).find(([, , , , place]) => place === '/')!;
    return !status.Uid.split('\t').includes('0') && /^0+$/.test(status.CapBnd) && /^0+$/.test(status.CapEff)
      && status.NoNewPrivs === '1' && status.Seccomp === '2' && root[5].split(',').includes('ro');
  }

  /** The container can read them; they are in no file that was deployed, and nobody sees them who may ask the engine about containers. */
  private async keepsSecrets(service: string): Promise<boolean> {
    const [copy] = await this.containersOf(service);
    const shown = (await docker(['inspect', copy])).stdout + textBelow(this.running.folder);
    const id = await mainProcess(copy);
    return Object.entries(this.running.secrets).every(([name, value]) =>
      !shown.includes(value) && readFileSync(`/proc/${id}/root/run/secrets/${name}`, 'utf8') === value);
  }

  private get(path: string): Promise<HttpAnswer> {
    return httpFromHost(`https://${this.running.host}${path}`);
  }

  /** Everything is as before: all copies of the web take part, and the database answers. */
  private async answers(): Promise<void> {
    await waitUntil(async () => (await this.get('/db')).status === 200 && this.allCopiesAnswer(), 90_000, 'all is well again');
  }

  private async containersOf(construct: string): Promise<string[]> {
    const containers = await this.running.containers(construct === 'db' ? 'db-0' : construct);
    if (containers.length === 0) throw new Error(`${construct} has no container`);
    return containers;
  }

  private async areHealthy(construct: string): Promise<boolean> {
    const health = '{{if .State.Health}}{{.State.Health.Status}}{{else}}healthy{{end}}';
    const { stdout } = await docker(['inspect', '-f', health, ...await this.containersOf(construct)]);
    return stdout.trim().split('\n').every((status) => status === 'healthy');
  }

  /** When its containers that run were started. */
  private async startsOf(construct: string): Promise<string[]> {
    const containers = await this.running.containers(construct === 'db' ? 'db-0' : construct);
    return Promise.all(containers.map(async (container) =>
      (await docker(['inspect', '-f', '{{.Id}} {{.State.StartedAt}}', container], { mayFail: true })).stdout));
  }
}

interface Hung {
  readonly startedAgain: string[];
  readonly databaseReached: boolean;
}

interface Unhealthy {
  readonly reachedByVisitors: boolean;
  readonly reachedByCalls: boolean;
}

async function mainProcess(container: string): Promise<number> {
  return Number((await docker(['inspect', '-f', '{{.State.Pid}}', container])).stdout);
}

/** To all of a container's processes but the first, which is the engine's init. */
async function signal(container: string, name: NodeJS.Signals): Promise<void> {
  const first = await mainProcess(container);
  const { stdout } = await docker(['top', container, '-eo', 'pid']);
  const processes = stdout.split('\n').slice(1).map(Number).filter((id) => id > 0 && id !== first);
  for (const id of processes) {
    try {
      process.kill(id, name);
    } catch {
      // A health check that has ended meanwhile.
    }
  }
}

async function becomes(ask: () => Promise<boolean>, timeout: number): Promise<boolean> {
  try {
    await waitUntil(ask, timeout);
    return true;
  } catch {
    return false;
  }
}

const textBelow = (folder: string): string => readdirSync(folder, { withFileTypes: true })
  .map((entry) => entry.isDirectory() ? textBelow(join(folder, entry.name)) : readFileSync(join(folder, entry.name), 'utf8')).join('\n');
