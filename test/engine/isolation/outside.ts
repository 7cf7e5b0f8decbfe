/** A stand-in for the outside: a network namespace of this machine, behind a veth. Needs root and iproute2. */

import { spawn, type ChildProcess } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { docker, REACH, run } from '../engine';

/** Addresses that nothing else has: a range that the examples name as the database's, public ones, private ones. */
export const OUTSIDE = { 'declared range': '198.51.100.1', 'public': '203.0.113.10', 'private': '10.254.254.10' };
export const OUTSIDE_PORTS = ['tcp:443', 'tcp:5432', 'tcp:7777', 'udp:7777'];
/** Where a process of this machine itself listens. */
export const HOST_PORTS = ['tcp:17777', 'udp:17777'];

const NAMESPACE = 'cdk8s-ha-outside';
const [NEAR, FAR] = ['cdk8s-ha-near', 'cdk8s-ha-far'];
const NEAR_ADDRESS = '203.0.113.9';

export class Outside {
  private readonly listeners: ChildProcess[] = [];
  private readonly closed: string[] = [];

  public async start(): Promise<void> {
    await this.stop();
    const ip = (...args: string[]) => run('ip', args);
    await ip('netns', 'add', NAMESPACE);
    await ip('link', 'add', NEAR, 'type', 'veth', 'peer', 'name', FAR, 'netns', NAMESPACE);
    await ip('address', 'add', `${NEAR_ADDRESS}/29`, 'dev', NEAR);
    await ip('link', 'set', NEAR, 'up');
    const far = (...args: string[]) => ip('-n', NAMESPACE, ...args);
    await far('link', 'set', 'lo', 'up');
    await far('address', 'add', `${OUTSIDE.public}/29`, 'dev', FAR);
    await far('link', 'set', FAR, 'up');
    // What it does not know it sends here: as a neighbour of the host that knows its containers' addresses would.
    await far('route', 'add', 'default', 'via', NEAR_ADDRESS);
    for (const address of [OUTSIDE['declared range'], OUTSIDE.private]) {
      await far('address', 'add', `${address}/32`, 'dev', 'lo');
      await ip('route', 'add', `${address}/32`, 'via', OUTSIDE.public, 'dev', NEAR);
    }
    await this.listen('ip', ['netns', 'exec', NAMESPACE, REACH, 'listen', ...OUTSIDE_PORTS]);
    await this.listen(REACH, ['listen', ...HOST_PORTS]);
  }

  /** Nothing that looks for an address of these networks may leave this machine. */
  public async closeRoutes(subnets: readonly string[]): Promise<void> {
    for (const subnet of subnets) {
      if ((await run('ip', ['route', 'add', 'unreachable', subnet], { mayFail: true })).code === 0) this.closed.push(subnet);
    }
  }

  /** Those of these that answer there; `tcp:10.0.0.2:8080`. */
  public async probe(addresses: readonly string[]): Promise<Set<string>> {
    return answered(await run('ip', ['netns', 'exec', NAMESPACE, REACH, 'probe'], { input: addresses.join('\n') }));
  }

  public async stop(): Promise<void> {
    for (const listener of this.listeners.splice(0)) listener.kill();
    for (const subnet of this.closed.splice(0)) await run('ip', ['route', 'delete', 'unreachable', subnet], { mayFail: true });
    await run('ip', ['netns', 'delete', NAMESPACE], { mayFail: true });
    await run('ip', ['link', 'delete', NEAR], { mayFail: true });
  }

  private async listen(program: string, args: string[]): Promise<void> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.listeners.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.once('data', () => resolve());
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`${program} ${args.join(' ')} ended with ${code}`)));
    });
  }
}

/** Addresses that the host has in the engine's bridges. */
export function hostAddresses(): string[] {
  return Object.entries(networkInterfaces()).filter(([name]) => /^(docker|br-)/.test(name))
    .flatMap(([, list]) => list ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

export function fromHost(addresses: readonly string[]): Promise<Set<string>> {
  return run(REACH, ['probe'], { input: addresses.join('\n') }).then(answered);
}

export function fromContainer(container: string, addresses: readonly string[]): Promise<Set<string>> {
  return docker(['exec', '-i', container, 'reach', 'probe'], { input: addresses.join('\n') }).then(answered);
}

export const answered = ({ stdout }: { stdout: string }): Set<string> => new Set(stdout.split('\n').filter((line) => line !== ''));
