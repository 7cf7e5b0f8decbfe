import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { sendTo, type Received, type Sent } from './requests';
import { freePort, pause } from './running-caddy';
import type { LoweredLoadBalancer } from '../../src/model/load-balancer-backend';
import { findTool } from '../support/tools';

/*
 * The real Traefik with a configuration of ours, on ports and in folders of the test's own, and with its API; nothing else
 * is changed.
 */

/** So that the names of its copies can be addresses. */
export const PROJECT = '127';

export class RunningTraefik {
  /** `prepare` puts into its folder what is not ours: certificates. */
  static async start(lowered: LoweredLoadBalancer, prepare: (folder: string) => void = () => undefined): Promise<RunningTraefik> {
    // All at once, or two might be the same.
    const [http, https, loopback, api] = await Promise.all(Array.from({ length: 4 }, freePort));
    const traefik = new RunningTraefik(http, https, loopback, api);
    traefik.write(lowered);
    prepare(traefik.folder);
    await traefik.run(lowered);
    return traefik;
  }

  readonly folder = mkdtempSync(join(tmpdir(), 'traefik-test-'));
  private process?: ChildProcess;
  private output = '';

  private constructor(
    readonly httpPort: number,
    readonly httpsPort: number,
    private readonly loopbackPort: number,
    private readonly apiPort: number,
  ) {}

  get log(): string {
    return this.output;
  }

  send(sent?: Sent): Promise<Received> {
    return sendTo(this, sent);
  }

  /** As the reload command does it, with another configuration. */
  async reload(lowered: LoweredLoadBalancer): Promise<void> {
    this.write(lowered);
    this.take();
    this.process!.kill('SIGHUP');
    if (!await this.hasTaken(lowered)) throw new Error(`Traefik does not take its configuration:\n${this.output}`);
  }

  /** As before copies of the project stop; without names, as afterwards. */
  drain({ drainCommand }: LoweredLoadBalancer, ...names: string[]): void {
    const [program, ...args] = drainCommand!.map((word) => this.inFolder(word).replaceAll('kill -HUP 1', `kill -HUP ${this.process!.pid}`)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${this.loopbackPort}`));
    const { status, stderr } = spawnSync(program, [...args, ...names], { encoding: 'utf8', env: { ...process.env, COMPOSE_PROJECT_NAME: PROJECT } });
    if (status !== 0) throw new Error(stderr);
  }

  /** What Traefik's own API says is wrong with any router, middleware or service. */
  async problems(): Promise<string[]> {
    const answer = await this.ask(this.apiPort, '/api/rawdata');
    const parts = Object.entries(JSON.parse(answer.body) as Record<string, Record<string, { status?: string; error?: string[] }>>);
    const wrong = parts.flatMap(([kind, named]) => Object.entries(named)
      .filter(([, { status = 'enabled', error }]) => status !== 'enabled' || error !== undefined)
      .map(([name, { error }]) => `${kind} ${name}: ${error}`));
    return [...wrong, ...this.output.split('\n').filter((line) => /"level":"(error|fatal|panic)"/.test(line))];
  }

  /** Of what Traefik tells on its loopback port. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ask(this.loopbackPort, '/metrics');
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)![1]);
  }

  async stop(): Promise<void> {
    const { process } = this;
    if (process !== undefined && process.exitCode === null) {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write({ configuration }: LoweredLoadBalancer): void {
    for (const folder of ['data', 'run', 'secrets']) mkdirSync(join(this.folder, folder), { recursive: true });
    for (const [name, text] of Object.entries(configuration)) writeFileSync(join(this.folder, name), this.inFolder(text));
    const atStart = parse(this.inFolder(configuration['traefik.yaml']));
    if (atStart.entryPoints.http !== undefined) atStart.entryPoints.http.address = `127.0.0.1:${this.httpPort}`;
    if (atStart.entryPoints.https !== undefined) {
      atStart.entryPoints.https.address = `127.0.0.1:${this.httpsPort}`;
      delete atStart.entryPoints.https.http3;
    }
    atStart.entryPoints.loopback.address = `127.0.0.1:${this.loopbackPort}`;
    atStart.entryPoints.traefik = { address: `127.0.0.1:${this.apiPort}` };
    atStart.api = { insecure: true, dashboard: false };
    writeFileSync(join(this.folder, 'traefik.yaml'), stringify(atStart));
  }

  private take(): void {
    copyFileSync(join(this.folder, 'dynamic.yaml'), join(this.folder, 'run', 'dynamic.yaml'));
  }

  private inFolder(text: string): string {
    return text.replace(/\/run\/secrets\//g, `${this.folder}/secrets/`).replace(/\/etc\/traefik\//g, `${this.folder}/`).replace(/\/run\/traefik\//g, `${this.folder}/run/`).replace('/data/', `${this.folder}/data/`);
  }

  private async run(lowered: LoweredLoadBalancer): Promise<void> {
    this.take();
    this.process = spawn(findTool('traefik')![0], [`--configFile=${join(this.folder, 'traefik.yaml')}`], {
      env: { PATH: process.env.PATH, HOME: this.folder, TMPDIR: this.folder, COMPOSE_PROJECT_NAME: PROJECT },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (chunk) => { this.output += chunk; });
    if (await this.hasTaken(lowered)) return;
    await this.stop();
    throw new Error(`Traefik does not start:\n${this.output}\n${this.process.exitCode}`);
  }

  private async hasTaken({ configuration }: LoweredLoadBalancer): Promise<boolean> {
    const [, revision] = /^# revision (\w+)/.exec(configuration['dynamic.yaml'])!;
    for (let attempt = 0; attempt < 100 && this.process!.exitCode === null; attempt++) {
      if (await this.answers(`/revision/${revision}`)) return true;
      await pause(100);
    }
    return false;
  }

  private async answers(path: string): Promise<boolean> {
    return (await this.ask(this.loopbackPort, path).catch(() => undefined))?.status === 200;
  }

  private ask(port: number, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => { body += chunk; });
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      }).on('error', reject).end();
    });
  }
}
