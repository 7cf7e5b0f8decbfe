/** An example, deployed by the script that is generated for it, measured, and gone again. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerTarget } from './copies';
import { Measurement } from './measured';
import { removeAll } from './remove';
import { docker, run, VISITOR_PORTS } from '../engine';
import { declaredExample, runnable, synthExample, type Runnable } from '../generated';

export class Deployed {
  private readonly name: string;
  private deployed?: Promise<Measurement>;
  private readonly folders: string[] = [];
  private readonly labels: string[] = [];

  /** @param here what is its own while several examples run at once */
  public constructor(public readonly example: string, public readonly target: DockerTarget, private readonly here: Runnable) {
    // A project and a stack of one name would have one another's volumes, which the scripts refuse.
    this.name = target === 'compose' ? `compose-${example}` : example;
  }

  /** Of what is deployed when it is first asked for. */
  public get measurement(): Promise<Measurement> {
    this.deployed ??= this.deploy();
    return this.deployed;
  }

  public async remove(): Promise<void> {
    if (this.folders.length === 0) return;
    await removeAll(this.target, this.name);
    for (const label of this.labels.splice(0)) await docker(['node', 'update', '--label-rm', label, await thisNode()]);
    for (const folder of this.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  private async deploy(): Promise<Measurement> {
    await removeAll(this.target, this.name);
    const declared = declaredExample(this.example);
    const secrets = Object.fromEntries(declared.model(this.target).charts.flatMap((chart) => chart.secrets).map(({ name }) => [name, `value of ${name}`]));
    const output = synthExample(this.example);
    const folder = runnable(join(output, this.target, this.example), this.here);
    const home = mkdtempSync(join(tmpdir(), 'cdk8s-ha-home-'));
    this.folders.push(output, folder, home);
    const env = {
      CDK8S_HA_HOME: home,
      ...this.target === 'compose' ? { COMPOSE_PROJECT_NAME: this.name } : { CDK8S_HA_STACK_OPTIONS: '--resolve-image never' },
    };
    const script = (args: string[], input?: string) => run('sh', [join(folder, 'deploy.sh'), ...args], { env, input, timeout: 420_000 });

    for (const [name, value] of Object.entries(secrets)) await script(['secrets', 'set', name], value);
    if (this.target === 'swarm') await this.label(readFileSync(join(folder, 'deploy.plan'), 'utf8'));
    await script([]);
    return new Measurement({ target: this.target, name: this.name, declared, folder, secrets, ports: this.here.ports ?? VISITOR_PORTS });
  }

  /** Where a stack may run; a label that this node has already stays. */
  private async label(plan: string): Promise<void> {
    if ((await docker(['info', '-f', '{{.Swarm.LocalNodeState}}'])).stdout.trim() !== 'active') await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    const labels = JSON.parse((await docker(['node', 'inspect', '-f', '{{json .Spec.Labels}}', await thisNode()])).stdout) as Record<string, string> ?? {};
    for (const [, name, value] of plan.matchAll(/^label \S+ (?:one|any) ([^=]+)=(.*)$/gm)) {
      if (labels[name] !== undefined) continue;
      await docker(['node', 'update', '--label-add', `${name}=${value}`, await thisNode()]);
      this.labels.push(name);
    }
  }
}

const thisNode = async (): Promise<string> => (await docker(['info', '-f', '{{.Swarm.NodeID}}'])).stdout.trim();
