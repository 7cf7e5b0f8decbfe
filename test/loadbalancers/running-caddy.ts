import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { loadBalancer, NAMED, type ShortLoadBalancer } from './models';
import { sendTo, type Received, type Sent } from './requests';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import type { ITargetTraits } from '../../src/model/traits';
import { findTool } from '../support/tools';

/*
 * The real Caddy with a configuration of ours, on ports and in folders of the test's own; nothing else is changed.
 */

/** A workload `web` of the models has its copies at 127.77.N.1, 127.77.N.2, … with N from its name's place in here. */
const PLACES = ['web', 'api', 'canary', 'ledger', 'gate'];

export const addressOf = (workload: string, copy: number): string => `127.77.${PLACES.indexOf(workload) + 1}.${copy}`;

export const AT_ADDRESSES: ITargetTraits = {
  ...NAMED,
  copyNames: (_chart, workload, copies) => Array.from({ length: copies }, (_, copy) => addressOf(workload, copy + 1)),
};

export interface Secrets {
  readonly [name: string]: string;
}

export class RunningCaddy {
  static async start(
    short: ShortLoadBalancer, traits: ITargetTraits = AT_ADDRESSES, secrets: Secrets = {}, globalOptions: string[] = [],
  ): Promise<RunningCaddy> {
    const caddy = new RunningCaddy(globalOptions, traits, await freePort(), await freePort(), await freePort());
    caddy.writeSecrets(secrets);
    caddy.write(short);
    await caddy.run();
    // Its own certificates are made beside the start.
    for (const [host, issuer] of Object.entries(short.hosts ?? {})) {
      const own = issuer !== null && short.issuers?.[issuer]?.directory === undefined;
      for (let attempt = 0; own && attempt < 100 && !await caddy.hasCertificate(host); attempt++) await pause(50);
    }
    return caddy;
  }

  readonly folder = mkdtempSync(join(tmpdir(), 'caddy-test-'));
  private process?: ChildProcess;
  private output = '';
  private requests = '';
  private drainCommand?: string[];

  private constructor(
    private readonly globalOptions: string[],
    private readonly traits: ITargetTraits,
    readonly httpPort: number,
    readonly httpsPort: number,
    private readonly healthPort: number,
  ) {}

  send(sent?: Sent): Promise<Received> {
    return sendTo(this, sent);
  }

  /** Values by name, as Docker mounts them. */
  writeSecrets(secrets: Secrets): void {
    mkdirSync(join(this.folder, 'secrets'), { recursive: true });
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(this.folder, 'secrets', name), value);
  }

  /** As the reload command does it, with another configuration. */
  reload(short: ShortLoadBalancer): void {
    this.write(short);
    const { status, stderr } = spawnSync(this.program, [
      'reload', '--config', this.file, '--adapter', 'caddyfile', '--address', `unix/${this.folder}/run/admin.sock`, '--force',
    ], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  /** As before copies with these names stop; without names, as afterwards. */
  drain(...names: string[]): void {
    const [program, ...args] = this.drainCommand!.map((word) => word.replaceAll('/run/caddy/', `${this.folder}/run/`).replaceAll('127.0.0.1:8080', `127.0.0.1:${this.healthPort}`));
    const { status, stderr } = spawnSync(program, [...args, ...names], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  /** At once; with `SIGTERM` as the engine does, after what it has. */
  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { process } = this;
    if (process !== undefined && process.exitCode === null) {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill(signal);
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  get log(): string {
    return this.output;
  }

  /** The access log. */
  get accessLog(): string {
    return this.requests;
  }

  /** What Caddy tells about itself. */
  get metricsUrl(): string {
    return `http://127.0.0.1:${this.healthPort}/metrics`;
  }

  private get program(): string {
    return findTool('caddy')![0];
  }

  private get file(): string {
    return join(this.folder, 'Caddyfile');
  }

  private write(short: ShortLoadBalancer): void {
    const model = loadBalancer({ httpsPort: this.httpsPort, ...short });
    const { configuration, command, drainCommand } = LoadBalancerBackend.caddy().lower(model, this.traits);
    this.drainCommand = drainCommand;
    for (const folder of ['run', 'data']) mkdirSync(join(this.folder, folder), { recursive: true });
    const inOwnFolder = (text: string) => text.replace(/\/run\/secrets\//g, `${this.folder}/secrets/`).replace(/\/run\/caddy\//g, `${this.folder}/run/`)
      .replace(/\/etc\/caddy\//g, `${this.folder}/`);
    const text = inOwnFolder(configuration.Caddyfile)
      .replace(/^\{\n/, `{\n\thttp_port ${this.httpPort}\n\thttps_port ${this.httpsPort}\n${this.globalOptions.map((option) => `\t${option}\n`).join('')}`)
      .replace('/data/caddy', `${this.folder}/data`)
      .replace('http://:8080 {', `http://:${this.healthPort} {`);
    writeFileSync(this.file, text);
    for (const [name, content] of Object.entries(configuration)) if (name !== 'Caddyfile') writeFileSync(join(this.folder, name), content);
    this.readUsers(inOwnFolder(command![2]));
  }

  /** What the container does before it starts Caddy. */
  private readUsers(script: string): void {
    const reading = script.split('\n').filter((line) => /^ *awk /.test(line)).join('\n');
    const { status, stderr } = spawnSync('/bin/sh', ['-c', reading], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    this.output += stderr;
  }

  private async run(): Promise<void> {
    this.process = spawn(this.program, ['run', '--config', this.file, '--adapter', 'caddyfile'], {
      env: { PATH: process.env.PATH, HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_CONFIG_HOME: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stderr!.on('data', (chunk) => { this.output += chunk; });
    this.process.stdout!.on('data', (chunk) => { this.requests += chunk; });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.process.exitCode !== null) break;
      // Its servers begin to listen one after the other.
      if (await this.isHealthy() && await listens(this.httpPort)) return;
      await pause(50);
    }
    await this.stop();
    throw new Error(`Caddy does not start:\n${this.output}\n${this.process.exitCode}`);
  }

  private hasCertificate(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port: this.httpsPort, servername: name, rejectUnauthorized: false }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  }

  private isHealthy(): Promise<boolean> {
    return new Promise((resolve) => {
      httpRequest({ host: '127.0.0.1', port: this.healthPort, path: '/edge-health', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      }).on('error', () => resolve(false)).end();
    });
  }
}

/** A certificate for a name, made by openssl, where Caddy looks for the user's own files. */
export function certificateFor(caddyFolder: string, issuer: string, name: string): void {
  const [key, certificate] = [join(caddyFolder, 'secrets', `${issuer}-key`), join(caddyFolder, 'secrets', `${issuer}-certificate`)];
  mkdirSync(join(caddyFolder, 'secrets'), { recursive: true });
  const { status, stderr } = spawnSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/O=Users own/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', certificate,
  ], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  readFileSync(certificate);
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Below the ports that the kernel takes for connections that go out: one of those could have it by the time its program listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!given.has(port) && await isFree(port)) {
      given.add(port);
      return port;
    }
  }
}

const listens = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
