/** A swarm of several engines on this machine, as start-swarm.sh makes it. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeUnless, docker, run, waitUntil, whyNoEngine } from './engine';

const SCRIPT = join(__dirname, 'start-swarm.sh');

/** `describe` for tests that need such a swarm; see `describeWithEngine`. */
export function describeWithSwarm(name: string, tests: () => void): void {
  describeUnless(whyNoEngine() ?? whyNoSwarm(), name, tests);
}

function whyNoSwarm(): string | undefined {
  const { status, stderr } = spawnSync(SCRIPT, ['--check'], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim().split('\n').pop();
}

export interface Node {
  readonly name: string;
  /** Of its engine. */
  readonly socket: string;
  /** Where visitors reach it. */
  readonly address: string;
}

/** What is done to nodes, and what runs on them. */
export class Swarm {
  /** Starts it; commands for `docker` go to its first node until it is stopped. */
  public static async start(): Promise<Swarm> {
    const swarm = new Swarm(await boot());
    process.env.DOCKER_HOST = swarm.nodes[0].socket;
    return swarm;
  }

  /** Whatever was started, also when the start failed. */
  public static async stop(): Promise<void> {
    delete process.env.DOCKER_HOST;
    await run(SCRIPT, ['--stop'], { timeout: 60_000 });
  }

  private constructor(public readonly nodes: readonly Node[]) {}

  /** As one that loses its power. */
  public async kill(node: string): Promise<void> {
    await run(SCRIPT, ['--kill', node]);
  }

  /** Those that were killed, with their data. */
  public async startAgain(): Promise<void> {
    await boot();
  }

  /**
   * The nodes of a service's containers, in order; of those that live.
   * @param filters for example `health=healthy`
   */
  public async nodesOf(service: string, ...filters: string[]): Promise<string[]> {
    const all = await Promise.all(this.nodes.map(async ({ name, socket }) => {
      const args = [`label=com.docker.swarm.service.name=${service}`, ...filters].flatMap((filter) => ['--filter', filter]);
      const { stdout } = await docker(['-H', socket, 'ps', '-q', ...args], { mayFail: true });
      return stdout.split('\n').filter((id) => id !== '').map(() => name);
    }));
    return all.flat();
  }

  /** Named volumes of a node. */
  public async volumes(node: string): Promise<string[]> {
    const { socket } = this.nodes.find(({ name }) => name === node)!;
    return (await docker(['-H', socket, 'volume', 'ls', '-q'])).stdout.split('\n').filter((name) => name !== '');
  }

  /** Waits until the swarm knows what became of a node. */
  public async known(node: string, state: 'Ready' | 'Down'): Promise<void> {
    await waitUntil(async () => (await docker(['node', 'ls', '--filter', `name=${node}`, '--format', '{{.Status}}'])).stdout.trim() === state, 60_000, `${node} is ${state}`);
  }
}

/** The machine's own engine gives the images. */
const OWN_ENGINE = { DOCKER_HOST: process.env.DOCKER_HOST ?? '' };

async function boot(): Promise<Node[]> {
  const { stdout } = await run(SCRIPT, [], { timeout: 300_000, env: OWN_ENGINE });
  return [...stdout.matchAll(/^(node-\d) (unix:\S+) (\S+)$/gm)].map(([, name, socket, address]) => ({ name, socket, address }));
}
