import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { stopAfterwards } from './live';
import { loadBalancer, type ShortLoadBalancer } from './models';
import { sendTo, type Received, type Sent } from './requests';
import { AT_ADDRESSES, certificateFor, freePort, pause, type Secrets } from './running-caddy';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { LOOPBACK } from '../../src/loadbalancers/nginx/places';
import type { LoadBalancerModel } from '../../src/model/load-balancer';
import type { ITargetTraits } from '../../src/model/traits';
import { findTool } from '../support/tools';

/*
 * The real nginx with a configuration of ours, on ports and in folders of the test's own; nothing else is changed.
 */

/** Ports of the test's own, by those of the container. */
export type OwnPorts = ReadonlyMap<number, number>;

const PORTS = [80, 443, ...Object.values(LOOPBACK)];

/** Writes the files of a load balancer, with the certificates that its hosts want, and gives the main one. */
export function writeNginx(folder: string, model: LoadBalancerModel, traits: ITargetTraits, ports: OwnPorts): string {
  mkdirSync(join(folder, 'run'), { recursive: true });
  // Else the container writes down which name server its system asks.
  writeFileSync(join(folder, 'run', 'resolver.conf'), 'resolver 127.0.0.1;\n');
  for (const { name, issuer } of model.hosts) if (issuer !== undefined) certificateFor(folder, issuer.name, name);
  const { configuration } = LoadBalancerBackend.nginx().lower(model, traits);
  for (const [name, text] of Object.entries(configuration)) {
    writeFileSync(join(folder, name), text
      .replace(/(listen |127\.0\.0\.1:)(\d+)(?=[ ;])/g, (all, before, port) => ports.has(Number(port)) ? `${before}${ports.get(Number(port))}` : all)
      .replace(/\/run\/secrets\//g, `${folder}/secrets/`)
      .replace(/\/run\/nginx/g, `${folder}/run`)
      .replace(/\/etc\/nginx/g, folder)
      .replace(/\/data\/served/g, `${folder}/served`)
      .replace(/\/dev\/stdout/g, `${folder}/access.log`));
  }
  const file = join(folder, 'nginx.conf');
  // Started by root it would work as nobody, who reads no key. How many work the container's command says.
  const started = `${userInfo().uid === 0 ? 'user root;\n' : ''}worker_processes 2;\n`;
  writeFileSync(file, started + readFileSync(file, 'utf8'));
  return file;
}

export class RunningNginx {
  static async start(short: ShortLoadBalancer, traits: ITargetTraits = AT_ADDRESSES, secrets: Secrets = {}): Promise<RunningNginx> {
    const ports = new Map<number, number>();
    for (const port of PORTS) ports.set(port, await freePort());
    const nginx = new RunningNginx(traits, ports);
    stopAfterwards(() => nginx.stop());
    nginx.writeSecrets(secrets);
    nginx.write(short);
    await nginx.run();
    return nginx;
  }

  readonly folder = mkdtempSync(join(tmpdir(), 'nginx-test-'));
  private process?: ChildProcess;
  private output = '';
  private model = loadBalancer();

  private constructor(private readonly traits: ITargetTraits, private readonly ports: OwnPorts) {}

  get httpPort(): number {
    return this.ports.get(80)!;
  }

  get httpsPort(): number {
    return this.ports.get(443)!;
  }

  send(sent?: Sent): Promise<Received> {
    return sendTo(this, sent);
  }

  /** Values by name, as Docker mounts them. */
  writeSecrets(secrets: Secrets): void {
    mkdirSync(join(this.folder, 'secrets'), { recursive: true });
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(this.folder, 'secrets', name), value);
  }

  /** Asks one of the servers on the loopback address. */
  ask(server: keyof typeof LOOPBACK, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: this.ports.get(LOOPBACK[server]), path, agent: false }, (response) => {
        let text = `${response.statusCode}\n`;
        response.on('data', (chunk) => { text += chunk; });
        response.on('end', () => resolve(text));
      }).on('error', reject).end();
    });
  }

  /** As the script of a deployment says that a twin serves. */
  standIn(twin: string): void {
    mkdirSync(join(this.folder, 'stand-ins'), { recursive: true });
    writeFileSync(join(this.folder, 'stand-ins', twin), '');
  }

  /** As it says that the service itself does again, once its copies' addresses are known. */
  async standBack(twin: string): Promise<void> {
    await pause(2_000);
    rmSync(join(this.folder, 'stand-ins', twin));
  }

  /** By the reload command, with another configuration; gives its exit code. */
  reload(short: ShortLoadBalancer | { readonly text: string }): number | null {
    if ('text' in short) writeFileSync(this.file, short.text);
    else this.write(short);
    const { reloadCommand } = LoadBalancerBackend.nginx().lower(loadBalancer(), this.traits);
    const [program, ...args] = reloadCommand.map((word) => word.replace(/\bnginx -e/g, `${this.program} -e`).replace(/\/etc\/nginx/g, this.folder));
    return spawnSync(program, args).status;
  }

  /** At once; with `SIGQUIT` as the engine does, after what it has. */
  async stop(signal: 'SIGTERM' | 'SIGQUIT' = 'SIGTERM'): Promise<void> {
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

  private get program(): string {
    return (findTool('nginx stream') ?? findTool('nginx')!)[0];
  }

  private get file(): string {
    return join(this.folder, 'nginx.conf');
  }

  private write(short: ShortLoadBalancer): void {
    this.model = loadBalancer({ httpsPort: this.httpsPort, ...short });
    writeNginx(this.folder, this.model, this.traits, this.ports);
  }

  private async run(): Promise<void> {
    this.process = spawn(this.program, ['-e', 'stderr', '-c', this.file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr!.on('data', (chunk) => { this.output += chunk; });
    for (let attempt = 0; attempt < 200 && this.process.exitCode === null; attempt++) {
      if ((await this.ask('health', '/edge-health').catch(() => '')).startsWith('200')) return;
      await pause(50);
    }
    throw new Error(`nginx does not start:\n${this.output}`);
  }
}
