import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, RunResult } from '../../engine/engine';
import { CACHE, ControlPlane, eventually, KUBERNETES } from '../control-plane';
import { containerdConfiguration, kubeletConfiguration, kubeProxyConfiguration, networkConfiguration } from './configuration';
import { addressOf, GATEWAY, Lan, podsOf } from './lan';

const COREDNS = process.env.CDK8S_HA_TEST_COREDNS ?? '1.15.0';
const KUBE_ROUTER = process.env.CDK8S_HA_TEST_KUBE_ROUTER ?? '2.1.0';
const SUITE = process.env.CDK8S_HA_TEST_NODE_SUITE ?? 'forky';
const PROGRAMS = {
  node: join(CACHE, `node-${KUBERNETES}`, 'bin'),
  containerd: join(CACHE, `containerd-${SUITE}`),
  router: join(CACHE, `kube-router-${KUBE_ROUTER}`, 'bin'),
  ipset: join(CACHE, 'ipset'),
};
export const COREDNS_IMAGE = `localhost/cdk8s-ha/coredns:${COREDNS}`;
const IMAGES = [join(CACHE, 'images', 'pause-1.tar'), join(CACHE, 'images', `coredns-${COREDNS}.tar`)];

/** What is missing for a real node on this machine. */
export function missingForNode(): string | undefined {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return 'it was tried with version 1 of control groups only';
  const missing = [...Object.values(PROGRAMS), ...IMAGES].filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `no ${missing.join(', ')}: run test/cluster/build-node.sh`;
}

/** The versions of what a node is made of, for tables. */
export function versionsOf(): string {
  const [, , containerd] = execFileSync(join(PROGRAMS.containerd, 'usr', 'bin', 'containerd'), ['--version'], { encoding: 'utf8' }).split(' ');
  return `containerd ${containerd.split('+')[0]}, CoreDNS ${COREDNS}, kube-router ${KUBE_ROUTER} for NetworkPolicies`;
}

/**
 * kubelet, kube-proxy and containerd, in namespaces of their own: with the first process everything on the node ends, as if
 * its power were cut.
 */
export class RealNode {
  /** @param archives images that it has from the start */
  public static async start(plane: ControlPlane, lan: Lan, number: number, archives: readonly string[]): Promise<RealNode> {
    const node = new RealNode(number);
    try {
      await node.boot(plane, lan, archives);
    } catch (error) {
      await node.stop();
      throw error;
    }
    return node;
  }

  public readonly name: string;
  public readonly folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-node-'));
  private process!: ChildProcess;
  /** Of the first process, as this machine counts. */
  private pid!: number;

  private constructor(public readonly number: number) {
    this.name = `node-${number}`;
  }

  /** Runs a program on the node. */
  public run(program: string, args: string[], options: { mayFail?: boolean } = {}): Promise<RunResult> {
    const inside = ['--target', String(this.pid), '--net', '--mount', '--pid', '--ipc', '--uts'];
    return run('nsenter', [...inside, '--', 'env', `PATH=${PROGRAMS.containerd}/usr/bin:${process.env.PATH}`, program, ...args], options);
  }

  /** Runs a shell script in the network of a container. */
  public async inNetworkOf(containerId: string, script: string): Promise<RunResult> {
    const { stdout } = await this.run('ctr', ['--namespace', 'k8s.io', 'tasks', 'list']);
    const pid = new RegExp(`^${containerId}\\s+(\\d+)`, 'm').exec(stdout)![1];
    return this.run('nsenter', ['--target', pid, '--net', '--', 'bash', '-c', script]);
  }

  /** Gives an image a further name. */
  public async tag(image: string, name: string): Promise<void> {
    await this.run('ctr', ['--namespace', 'k8s.io', 'images', 'tag', '--force', image, name]);
  }

  public async stop(): Promise<void> {
    if (this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
      // With the first process of a namespace all others in it end, which takes a moment.
      await eventually(`the end of ${this.name}`, () => !existsSync(`/proc/${this.pid}`), 30);
    }
    await this.forgetGroups();
    if (process.env.CDK8S_HA_TEST_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private async boot(plane: ControlPlane, lan: Lan, archives: readonly string[]): Promise<void> {
    this.configure(plane, archives);
    const log = openSync(join(this.folder, 'node.log'), 'w');
    const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc'];
    this.process = spawn('unshare', [...namespaces, join(__dirname, 'run-node.sh'), this.folder], { stdio: ['pipe', log, log] });
    await eventually(`the first process of ${this.name}`, () => {
      this.pid = Number(childOf(this.process.pid!));
      return this.pid > 0;
    }, 10);
    await lan.plugIn(this.number, this.pid);
    this.process.stdin!.write('connected\n');
    await eventually(() => `${this.name} to be ready:\n${this.log()}`, async () => {
      if (this.process.exitCode !== null) throw new Error(`${this.name} ended:\n${this.log()}`);
      const { body } = await plane.api.ask('GET', `/api/v1/nodes/${this.name}`);
      return (body.status?.conditions ?? []).some(({ type, status }: any) => type === 'Ready' && status === 'True');
    });
  }

  private configure(plane: ControlPlane, archives: readonly string[]): void {
    chmodSync(this.folder, 0o755);
    const write = (name: string, text: string) => writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    const settings = { name: this.name, address: addressOf(this.number), gateway: GATEWAY, ...PROGRAMS };
    write('settings', Object.entries(settings).map(([key, value]) => `${key}='${value}'\n`).join(''));
    copyFileSync(plane.kubeconfig(), join(this.folder, 'kubeconfig'));
    write('kubelet.json', JSON.stringify(kubeletConfiguration(this.name, this.folder)));
    write('kube-proxy.json', JSON.stringify(kubeProxyConfiguration(this.name, this.folder)));
    write('containerd.toml', containerdConfiguration(this.folder, join(PROGRAMS.containerd, 'usr', 'lib', 'cni')));
    mkdirSync(join(this.folder, 'network'));
    write('network/10-bridge.conflist', JSON.stringify(networkConfiguration(podsOf(this.number), this.folder)));
    mkdirSync(join(this.folder, 'images'));
    [...IMAGES, ...archives].forEach((path, i) => execFileSync('ln', ['-s', path, join(this.folder, 'images', `${i}.tar`)]));
    write('resolv.conf', '');
  }

  private log(): string {
    const logs = join(this.folder, 'logs');
    const files = [join(this.folder, 'node.log'), ...existsSync(logs) ? readdirSync(logs).map((name) => join(logs, name)) : []];
    return files.map((path) => `${path}:\n${readFileSync(path, 'utf8').split('\n').slice(-8).join('\n')}`).join('\n');
  }

  /** Control groups outlive their processes. */
  private async forgetGroups(): Promise<void> {
    for (const hierarchy of readdirSync('/sys/fs/cgroup')) {
      const group = join('/sys/fs/cgroup', hierarchy, this.name);
      if (existsSync(group)) await run('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], { mayFail: true });
    }
  }
}

function childOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0];
  } catch {
    return '';
  }
}
