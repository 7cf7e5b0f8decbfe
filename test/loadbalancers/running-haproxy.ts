import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadBalancer, NAMED, type ShortLoadBalancer } from './models';
import { NameServer } from './name-server';
import { sendTo, type Received, type Sent } from './requests';
import { addressOf, certificateFor, freePort, pause, type Secrets } from './running-caddy';
import { DRAIN_COMMAND } from '../../src/loadbalancers/haproxy/drain';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import type { LoweredLoadBalancer } from '../../src/model/load-balancer-backend';
import type { ITargetTraits } from '../../src/model/traits';
import { findTool } from '../support/tools';

/*
 * The real HAProxy with a configuration of ours, on ports and in folders of the test's own; nothing else is changed. It
 * finds copies by a name server, as in a container.
 */

export interface HaproxyTestOptions {
  /** Whether it is started as in a container, by its script. @default - where there are secrets */
  readonly byScript?: boolean;
  readonly secrets?: Secrets;
  /** @default NAMED */
  readonly traits?: ITargetTraits;
}

export class RunningHaproxy {
  static async start(short: ShortLoadBalancer, { byScript = false, secrets = {}, traits = NAMED }: HaproxyTestOptions = {}): Promise<RunningHaproxy> {
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()] as const;
    const haproxy = new RunningHaproxy(traits, await NameServer.start(), ...ports);
    haproxy.writeSecrets(secrets);
    const { command } = haproxy.write(short);
    await haproxy.run(byScript || Object.keys(secrets).length > 0 ? command!.map((word) => relocated(word, haproxy.folder)) : [haproxy.program, '-W', '-db', '-f', haproxy.file]);
    return haproxy;
  }

  readonly folder = mkdtempSync(join(tmpdir(), 'haproxy-test-'));
  private process?: ChildProcess;
  private output = '';

  private constructor(
    private readonly traits: ITargetTraits,
    readonly names: NameServer,
    readonly httpPort: number,
    readonly httpsPort: number,
    private readonly healthPort: number,
    private readonly metricsPort: number,
  ) {}

  send(sent: Sent = {}): Promise<Received> {
    return sendTo(this, sent);
  }

  metrics(): Promise<Received> {
    return sendTo({ httpPort: this.metricsPort, httpsPort: 0 }, { path: '/metrics' });
  }

  /** Waits for a number of copies that are up; where TLS is ended behind its port is none. */
  async up(count: number): Promise<void> {
    const found = async () => (await this.metrics()).body.match(/^haproxy_server_status\{(?![^}]*server="ended")[^}]*state="UP"\} 1$/gm)?.length ?? 0;
    for (let attempt = 0; attempt < 100 && await found() !== count; attempt++) await pause(20);
    if (await found() !== count) throw new Error(`${await found()} copies are up:\n${this.output}`);
  }

  /** As the reload command does it, with another configuration, which a test may change; the process before has to end what it has. */
  async reload(short: ShortLoadBalancer, change: () => void = () => undefined): Promise<void> {
    const { reloadCommand } = this.write(short);
    change();
    // The signal comes from here: copies are of this process, and must not stand still while the command waits.
    const [program, ...args] = reloadCommand.map((word) => relocated(word, this.folder).replace(/ && kill .*/, ''));
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: this.env });
    if (status !== 0) throw new Error(stderr);
    const before = this.loads;
    this.process!.kill('SIGUSR2');
    while (this.loads === before) await pause(10);
  }

  /** As before copies with these addresses stop; without addresses, as afterwards. */
  drain(...addresses: string[]): void {
    const [program, ...args] = DRAIN_COMMAND.map((word) => relocated(word, this.folder));
    const { status, stderr } = spawnSync(program, [...args, ...addresses], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  /** At once; with `SIGUSR1` as the engine does, after what it has. */
  async stop(signal: 'SIGTERM' | 'SIGUSR1' = 'SIGTERM'): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process === undefined) return;
    if (process.exitCode === null) {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill(signal);
      await ended;
    }
    await this.names.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Entries of the access log. */
  get log(): any[] {
    return this.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  private get loads(): number {
    return this.output.split('Loading success.').length;
  }

  /** What it says besides. */
  get messages(): string {
    return this.output;
  }

  /** Values by name, as Docker mounts them. */
  writeSecrets(secrets: Secrets): void {
    mkdirSync(join(this.folder, 'secrets'), { recursive: true });
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(this.folder, 'secrets', name), value);
  }

  private get env(): { PATH: string } {
    return { PATH: `${dirname(this.program)}:${process.env.PATH}` };
  }

  private get program(): string {
    return findTool('haproxy')![0];
  }

  private get file(): string {
    return join(this.folder, 'haproxy.cfg');
  }

  private write(short: ShortLoadBalancer): LoweredLoadBalancer {
    const streams = [...Object.values(short.tls ?? {}), ...Object.values(short.tcp ?? {})].map((to) => ({ to, asks: {} }));
    for (const { to, asks } of [...short.routes ?? [], ...streams]) {
      for (const [name, { copies = 2 }] of Object.entries({ ...to, ...asks })) {
        if (!this.names.byName.has(name)) this.names.byName.set(name, Array.from({ length: copies }, (_, copy) => addressOf(name, copy + 1)));
      }
    }
    const lowered = LoadBalancerBackend.haproxy().lower(
      loadBalancer({ httpsPort: this.httpsPort, ...short }), { ...this.traits, dnsServer: `127.0.0.1:${this.names.port}` });
    for (const folder of ['run', 'secrets', 'served']) mkdirSync(join(this.folder, folder), { recursive: true });
    for (const [name, text] of Object.entries(lowered.configuration)) {
      writeFileSync(join(this.folder, name), relocated(text, this.folder)
        .replace('bind :80\n', `bind 127.0.0.1:${this.httpPort}\n`)
        .replace(/bind :443(?=[ \n])/, `bind 127.0.0.1:${this.httpsPort}`)
        .replace('127.0.0.1:8080', `127.0.0.1:${this.healthPort}`)
        .replace('127.0.0.1:8405', `127.0.0.1:${this.metricsPort}`));
    }
    return lowered;
  }

  private async run([command, ...args]: string[]): Promise<void> {
    this.process = spawn(command, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (chunk) => { this.output += chunk; });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.process.exitCode !== null) break;
      if (await this.isHealthy()) return;
      await pause(50);
    }
    const { output } = this;
    await this.stop();
    throw new Error(`HAProxy does not start:\n${output}`);
  }

  private isHealthy(): Promise<boolean> {
    return new Promise((resolve) => {
      request({ host: '127.0.0.1', port: this.healthPort, path: '/edge-health', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      }).on('error', () => resolve(false)).end();
    });
  }
}

/** A configuration whose files lie in a folder of the test's. */
export const relocated = (text: string, folder: string): string => text
  .replace(/\/usr\/local\/etc\/haproxy\//g, `${folder}/`)
  .replace(/\/run\/haproxy\//g, `${folder}/run/`)
  .replace(/\/run\/secrets\//g, `${folder}/secrets/`)
  .replace(/\/data\/served\b/g, `${folder}/served`);

/** A certificate for a name with its key in one file, where HAProxy looks for those that were issued. */
export function bundleFor(folder: string, name: string): void {
  certificateFor(folder, 'bundle', name);
  mkdirSync(join(folder, 'served'), { recursive: true });
  const parts = ['certificate', 'key'].map((part) => readFileSync(join(folder, 'secrets', `bundle-${part}`), 'utf8'));
  writeFileSync(join(folder, 'served', `${name}.pem`), parts.join(''));
}
