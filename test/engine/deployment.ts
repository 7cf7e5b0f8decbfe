/** A small application, deployed by the scripts that are generated for it, as its user would. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { docker, run, RunResult, waitUntil } from './engine';
import { HTTPS_PORT, HTTP_PORT, substituteImages } from './settings';
import {
  App, CertificateFiles, ComposeTarget, HAWebService, HealthCheck, ILoadBalancerBackend, LoadBalancer, Placement, Protocol, Secret, SharedVolume,
  StatefulService, SwarmTarget, Volume, Worker,
} from '../../src';

export const HOST = 'shop.test';

/** What differs from one release to the next. */
export interface Release {
  /** Tag of the image of `web`. @default '1' */
  readonly web?: string;
  /** Tag of the image of `api`, which `web` calls. @default '1' */
  readonly api?: string;
  /** Tag of the image of `quotes`, which speaks gRPC, and which `web` calls. @default - there is none */
  readonly quotes?: string;
  /** Copies of `web`. @default 3 */
  readonly copies?: number;
  /** Text of a file of `web`. @default 'one' */
  readonly settings?: string;
  /** Whether there are a service `admin` and a route to it. @default false */
  readonly admin?: boolean;
  /** What the release step of `web` runs. @default - there is none */
  readonly step?: string[];
  /** Whether there is a database, without which `web` is not ready. @default false */
  readonly database?: boolean;
  /** Whether `web` has a volume at `/uploads` that its copies share. @default false */
  readonly uploads?: boolean;
  /** Whether the load balancer writes an access log. @default true */
  readonly accessLog?: boolean;
  /** Version of the secret of `web`. @default - the first */
  readonly secretVersion?: string;
  /** Range that networks on Compose have their addresses from. @default - the engine's own */
  readonly addressPool?: string;
}

export class Deployment {
  /** Where copies put what they have executed, a folder of this machine. */
  public readonly executed = openFolder('executed');
  private readonly home = openFolder('home');
  private readonly folders: string[] = [];
  public readonly certificate = selfSigned();

  /**
   * @param name of the project or stack
   * @param target which script deploys it
   * @param backend of its load balancer
   */
  public constructor(
    public readonly name: string, public readonly target: 'compose' | 'swarm', private readonly backend: () => ILoadBalancerBackend,
  ) {}

  public get backendName(): string {
    return this.backend().name;
  }

  /** Synthesizes a release into a folder of its own; the script in it. */
  public synth(release: Release = {}): string {
    const outdir = mkdtempSync(join(tmpdir(), `cdk8s-ha-${this.name}-`));
    this.folders.push(outdir);
    const app = new App({ outdir, targets: [this.target === 'compose' ? new ComposeTarget({ addressPool: release.addressPool }) : new SwarmTarget()] });
    defineShop(new Chart(app, this.name), release, { executed: this.executed, backend: this.backend() });
    app.synth();
    const folder = join(outdir, this.target, this.name);
    for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))) {
      writeFileSync(join(folder, file), substituteImages(readFileSync(join(folder, file), 'utf8')));
    }
    return join(folder, 'deploy.sh');
  }

  /** Runs a script of `synth`. */
  public run(script: string, args: string[] = [], options: { input?: string; mayFail?: boolean } = {}): Promise<RunResult> {
    return run(script, args, { timeout: 600_000, ...options, env: this.environment });
  }

  public get environment(): { [name: string]: string } {
    return { CDK8S_HA_HOME: this.home, CDK8S_HA_STACK_OPTIONS: '--resolve-image never' };
  }

  /** Deploys a release; fails where that does. */
  public deploy(release?: Release): Promise<RunResult> {
    return this.run(this.synth(release));
  }

  /** The first deployment, with everything that it needs. */
  public async start(release?: Release): Promise<void> {
    const script = this.synth(release);
    await this.setSecrets(script);
    if (release?.database) await this.run(script, ['secrets', 'set', 'db-password'], { input: 'correct horse battery staple' });
    await this.run(script);
  }

  public async setSecrets(script: string): Promise<void> {
    await this.run(script, ['secrets', 'set', 'token'], { input: 'first' });
    await this.run(script, ['secrets', 'set', 'certificate'], { input: this.certificate.certificate });
    await this.run(script, ['secrets', 'set', 'private-key'], { input: this.certificate.privateKey });
  }

  public async entrance(): Promise<string> {
    return `${await hostAddress()}:${HTTPS_PORT}`;
  }

  /** Running containers of a service. */
  public async copies(service: string): Promise<string[]> {
    const label = this.target === 'compose'
      ? [`label=com.docker.compose.project=${this.name}`, `label=com.docker.compose.service=${service}`]
      : [`label=com.docker.swarm.service.name=${this.name}_${service}`];
    const { stdout } = await docker(['ps', '-q', ...label.flatMap((filter) => ['--filter', filter])]);
    return stdout.split('\n').filter((id) => id !== '');
  }

  public async remove(): Promise<void> {
    await this.run(this.synth(), ['down'], { mayFail: true });
    // The tasks of a stack end after its removal, and hold ports meanwhile.
    await waitUntil(async () => (await docker(['ps', '-q', '--filter', `name=^${this.name}[-_]`])).stdout === '', 90_000, 'all containers to end');
    await docker(['rm', '--force', `${this.name}-volumes-guard`], { mayFail: true });
    for (const kind of ['volume', 'secret']) {
      const { stdout } = await docker([kind, 'ls', '--quiet', '--filter', `name=${this.name}_`], { mayFail: true });
      for (const id of stdout.split('\n').filter((line) => line !== '')) await docker([kind, 'rm', id], { mayFail: true });
    }
    this.forget();
  }

  /** Removes what is of it on this machine, where its engine goes with all that it has. */
  public forget(): void {
    for (const folder of [this.home, this.executed, ...this.folders]) rmSync(folder, { recursive: true, force: true });
  }
}

/** The application. `executed` is a folder that its copies share, `backend` the software of its load balancer. */
export function defineShop(chart: Chart, release: Release, { executed, backend }: { executed: string; backend?: ILoadBalancerBackend }): void {
  const image = (tag: string) => `ghcr.io/acme/shop:${TAGS[tag]}`;
  const healthCheck = HealthCheck.http('/healthz', {
    livePath: '/livez', restartAfter: Duration.seconds(5), interval: Duration.seconds(1), timeout: Duration.seconds(1), startPeriod: Duration.seconds(8),
  });
  const token = new Secret(chart, 'token', { version: release.secretVersion });
  const api = new HAWebService(chart, 'api', { image: image(release.api ?? '1'), port: 8080, healthCheck });
  const password = release.database ? new Secret(chart, 'db-password') : undefined;
  const web = new HAWebService(chart, 'web', {
    image: image(release.web ?? '1'),
    port: 8080,
    replicas: release.copies ?? 3,
    healthCheck,
    environment: {
      EXECUTED_DIR: '/executed',
      TOKEN_FILE: token.path,
      ...password && { DB_HOST: 'db', DB_PASSWORD_FILE: password.path, HEALTH_NEEDS_DB: '1' },
    },
    secrets: [token, ...password ? [password] : []],
    volumes: [Volume.hostPath('/executed', executed), ...release.uploads ? [new SharedVolume(chart, 'uploads').mount('/uploads')] : []],
    files: { '/etc/shop.conf': `${release.settings ?? 'one'}\n` },
    drainTimeout: Duration.seconds(40),
  });
  web.connectTo(api);
  if (release.quotes !== undefined) {
    web.connectTo(new HAWebService(chart, 'quotes', { image: image(release.quotes), port: 8080, protocol: Protocol.GRPC, healthCheck }));
  }
  if (password) web.connectTo(database(chart, password), { startAfter: true });
  if (release.step !== undefined) web.addReleaseStep('step', { command: release.step });
  new Worker(chart, 'mailer', { image: image('1'), command: ['sleep', '1000000'] });
  const edge = new LoadBalancer(chart, 'edge', {
    backend,
    httpPort: HTTP_PORT,
    httpsPort: HTTPS_PORT,
    hsts: false,
    accessLog: release.accessLog,
    certificates: new CertificateFiles(chart, 'files', {
      certificate: new Secret(chart, 'certificate'), privateKey: new Secret(chart, 'private-key'),
    }),
  });
  edge.addRoute(HOST, web);
  if (release.admin) {
    edge.addRoute('admin.test', new HAWebService(chart, 'admin', { image: image('1'), port: 8080, healthCheck }));
  }
}

function database(chart: Chart, password: Secret): StatefulService {
  return new StatefulService(chart, 'db', {
    image: 'postgres:17.2',
    port: 5432,
    environment: { PGDATA: '/var/lib/postgresql/data/pgdata', POSTGRES_PASSWORD_FILE: password.path },
    secrets: [password],
    volumes: [Volume.persistent('/var/lib/postgresql/data'), Volume.scratch('/var/run/postgresql')],
    healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'], { interval: Duration.seconds(1), timeout: Duration.seconds(1) }),
    placement: Placement.onNodesWithLabels({ db: 'true' }),
  });
}

/** Tags of a definition that the settings map to images. */
const TAGS: Readonly<Record<string, string>> = { 1: '1.4.2', 2: '1.5.0', bad: 'bad', crash: 'crash' };

/**
 * An address of this machine where visitors arrive as from outside: what goes to 127.0.0.1 passes a proxy of the engine's,
 * which ends for good when it runs out of descriptors. The bridge keeps its address while nothing is attached to it.
 */
export async function hostAddress(): Promise<string> {
  const { stdout } = await run('ip', ['-brief', '-4', 'address', 'show', 'docker0']);
  const [, address] = / (\d+(?:\.\d+){3})\//.exec(stdout) ?? [];
  if (address === undefined) throw new Error(`docker0 has no address: ${stdout}`);
  return address;
}

/** Copies run as a user who is nobody here. */
export function openFolder(name: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'cdk8s-ha-')), name);
  mkdirSync(folder);
  chmodSync(join(folder, '..'), 0o755);
  chmodSync(folder, 0o777);
  return folder;
}

export function selfSigned(): { certificate: string; privateKey: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-certificate-'));
  const [certificate, key] = [join(folder, 'certificate'), join(folder, 'key')];
  const { status, stderr } = spawnSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`,
    '-addext', `subjectAltName=DNS:${HOST},DNS:admin.test`, '-keyout', key, '-out', certificate,
  ], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const pair = { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}
