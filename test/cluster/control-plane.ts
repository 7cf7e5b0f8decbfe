import { ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api';

export const KUBERNETES = process.env.CDK8S_HA_TEST_KUBERNETES ?? '1.36.3';
const ETCD = process.env.CDK8S_HA_TEST_ETCD ?? '3.6.16';
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cdk8s-ha', 'cluster');
const PROGRAMS = { etcd: join(CACHE, `etcd-${ETCD}`, 'bin'), kubernetes: join(CACHE, `kubernetes-${KUBERNETES}`, 'bin') };

const BUILD = 'test/cluster/build-control-plane.sh';
const START_SECONDS = 120;

/** `describe` for tests that need a control plane. */
export function describeWithCluster(name: string, tests: () => void): void {
  const isBuilt = Object.values(PROGRAMS).every((folder) => existsSync(folder));
  describeUnless(isBuilt ? undefined : `there is no Kubernetes ${KUBERNETES} in ${CACHE}: run ${BUILD}`, name, tests);
}

/** `describe` for tests that need something: where it is `missing` they are skipped aloud, or fail where a cluster is required. */
export function describeUnless(missing: string | undefined, name: string, tests: () => void): void {
  if (missing === undefined) {
    describe(name, tests);
  } else if (process.env.CDK8S_HA_TEST_CLUSTER === 'required') {
    test(name, () => { throw new Error(missing); });
  } else {
    process.stderr.write(`\nSKIPPED: ${name}: ${missing}\n\n`);
    describe.skip(name, tests);
  }
}

export interface ControlPlaneOptions {
  /** Whether there are the controller manager and the scheduler too. */
  readonly controllers: boolean;
  /** Where the API server listens. @default '127.0.0.1' */
  readonly address?: string;
  /** Seconds without a word of a node until it counts as lost. @default 8 */
  readonly nodeGraceSeconds?: number;
}

/** A real control plane on free ports, with certificates and tokens that nobody else has. */
export class ControlPlane {
  /** Waits until the API server is ready. */
  public static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const plane = new ControlPlane(options);
    try {
      await plane.startApiServer();
      if (options.controllers) await plane.startControllers();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  public api!: Api;
  private readonly folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-cluster-'));
  private readonly processes: ChildProcess[] = [];
  private readonly token = randomBytes(16).toString('hex');

  private constructor(private readonly options: ControlPlaneOptions) {}

  public async stop(): Promise<void> {
    this.api?.close();
    // etcd last: the others complain where it is gone.
    for (const child of this.processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file by which other programs find the API server. */
  public kubeconfig(): string {
    return this.file('kubeconfig', JSON.stringify({
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'test', cluster: { 'server': this.api.url, 'certificate-authority': join(this.folder, 'certificates', 'apiserver.crt') } }],
      'users': [{ name: 'admin', user: { token: this.token } }],
      'contexts': [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      'current-context': 'test',
    }));
  }

  private async startApiServer(): Promise<void> {
    const { address = '127.0.0.1' } = this.options;
    const [client, peer, port] = await freePorts(3);
    const key = this.file('service-accounts.key', generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
    const tokens = this.file('tokens.csv', `${this.token},admin,admin,system:masters\n`);
    const etcd = `http://127.0.0.1:${client}`;
    this.run(join(PROGRAMS.etcd, 'etcd'), [
      '--data-dir', join(this.folder, 'etcd'), '--unsafe-no-fsync', '--log-level=error',
      `--listen-client-urls=${etcd}`, `--advertise-client-urls=${etcd}`, `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`, `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]);
    const certificates = join(this.folder, 'certificates');
    mkdirSync(certificates);
    this.run(join(PROGRAMS.kubernetes, 'kube-apiserver'), [
      `--etcd-servers=${etcd}`, `--bind-address=${address}`, `--secure-port=${port}`, `--cert-dir=${certificates}`,
      `--token-auth-file=${tokens}`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.0.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`,
    ]);
    const certificate = join(certificates, 'apiserver.crt');
    await eventually('the certificate of the API server', () => existsSync(certificate));
    this.api = new Api(`https://${address}:${port}`, this.token, readFileSync(certificate, 'utf8'));
    await eventually('the API server', async () => (await this.api.ask('GET', '/readyz').catch(() => undefined))?.status === 200);
  }

  private async startControllers(): Promise<void> {
    const [manager, scheduler] = await freePorts(2);
    const common = [`--kubeconfig=${this.kubeconfig()}`, '--leader-elect=false', '--bind-address=127.0.0.1', `--cert-dir=${this.folder}`];
    this.run(join(PROGRAMS.kubernetes, 'kube-controller-manager'), [
      ...common, `--secure-port=${manager}`, `--service-account-private-key-file=${join(this.folder, 'service-accounts.key')}`,
      `--root-ca-file=${join(this.folder, 'certificates', 'apiserver.crt')}`, '--node-monitor-period=1s', `--node-monitor-grace-period=${this.options.nodeGraceSeconds ?? 8}s`,
      '--kube-api-qps=200', '--kube-api-burst=400',
    ]);
    this.run(join(PROGRAMS.kubernetes, 'kube-scheduler'), [...common, `--secure-port=${scheduler}`, '--kube-api-qps=200', '--kube-api-burst=400']);
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await eventually('the controller manager', async () => (await this.api.ask('GET', account)).status === 200);
  }

  private run(program: string, args: string[]): void {
    const log = openSync(join(this.folder, `${program.split('/').pop()}.log`), 'w');
    this.processes.push(spawn(program, args, { cwd: this.folder, stdio: ['ignore', log, log] }));
  }

  private file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

/** Asks until the answer is true, and says what was waited for where it never is. */
export async function eventually(what: string | (() => string), isTrue: () => boolean | Promise<boolean>, seconds = START_SECONDS): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!await isTrue()) {
    if (Date.now() > end) throw new Error(`${typeof what === 'string' ? what : what()}: not after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** All are held until all are known, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
