import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAfterwards } from './live';
import { NameServer } from './name-server';
import { freePort, pause } from './running-caddy';
import { findTool } from '../support/tools';

/**
 * Pebble, an ACME server for tests, whose certificates live as long as a test wants. Every name leads to this machine.
 */
export class AcmeServer {
  static async start(validitySeconds: number): Promise<AcmeServer> {
    const names = await NameServer.start();
    names.addresses = ['127.0.0.1'];
    const server = new AcmeServer(names, await freePort(), await freePort());
    stopAfterwards(() => server.stop());
    await server.run(validitySeconds);
    return server;
  }

  /** The load balancer whose port for plain HTTP is asked for proof. */
  asks?: { readonly httpPort: number };

  private readonly folder = mkdtempSync(join(tmpdir(), 'pebble-'));
  private readonly ways: Socket[] = [];
  /** A load balancer has its port after it was told of the directory. */
  private readonly questions = createServer(async (socket) => {
    while (this.asks === undefined) await pause(10);
    const way = connect(this.asks.httpPort, '127.0.0.1');
    this.ways.push(socket, way);
    for (const [one, other] of [[socket, way], [way, socket]]) one.pipe(other).on('error', () => undefined);
  });
  private process?: ChildProcess;
  private output = '';

  private constructor(readonly names: NameServer, private readonly port: number, private readonly managementPort: number) {}

  get directory(): string {
    return `https://localhost:${this.port}/dir`;
  }

  /** Root of the directory itself, as PEM. */
  get caRoot(): string {
    return readFileSync(this.file('certificate'), 'utf8');
  }

  get log(): string {
    return this.output;
  }

  /** Roots of the certificates that it issues, as PEM. */
  async issuedRoot(): Promise<string> {
    return this.ask('/roots/0');
  }

  async stop(): Promise<void> {
    this.process?.kill('SIGKILL');
    this.questions.close();
    for (const way of this.ways) way.destroy();
    await this.names.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private async run(validityPeriod: number): Promise<void> {
    await new Promise<void>((resolve) => this.questions.listen(0, '127.0.0.1', resolve));
    const { port: httpPort } = this.questions.address() as AddressInfo;
    const { status, stderr } = spawnSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', this.file('key'), '-out', this.file('certificate'),
    ], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    writeFileSync(this.file('config.json'), JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${this.port}`,
        managementListenAddress: `127.0.0.1:${this.managementPort}`,
        certificate: this.file('certificate'),
        privateKey: this.file('key'),
        httpPort,
        tlsPort: 1,
        profiles: { default: { description: 'for tests', validityPeriod } },
      },
    }));
    this.process = spawn(findTool('pebble')![0], ['-config', this.file('config.json'), '-dnsserver', `127.0.0.1:${this.names.port}`], {
      env: { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0', PEBBLE_AUTHZREUSE: '0' }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (chunk) => { this.output += chunk; });
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await this.ask('/roots/0').catch(() => undefined) !== undefined) return;
      await pause(50);
    }
    throw new Error(`Pebble does not start:\n${this.output}`);
  }

  private ask(path: string): Promise<string> {
    const agent = new Agent({ ca: this.caRoot });
    return new Promise((resolve, reject) => {
      get(`https://localhost:${this.managementPort}${path}`, { agent }, (response) => {
        let text = '';
        response.on('data', (chunk) => { text += chunk; });
        response.on('end', () => response.statusCode === 200 ? resolve(text) : reject(new Error(text)));
      }).on('error', reject);
    });
  }
}
