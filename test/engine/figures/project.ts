/** Projects of many services, and what they cost the engine. */

import { mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { App, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork } from '../../../src';
import { docker, run, substituteImages } from '../engine';

export interface Services {
  readonly deploy: (tag: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** So many services of two copies each in one network, deployed by their own script. */
export async function deployServices(name: string, count: number): Promise<Services> {
  const home = mkdtempSync(join(tmpdir(), 'cdk8s-ha-home-'));
  const call = (tag: string, args: string[] = []) => run(synth(name, count, tag), args, { env: { CDK8S_HA_HOME: home }, timeout: 400_000 });
  return {
    deploy: async (tag) => { await call(tag); },
    remove: async () => { await call('1.4.2', ['down']); },
  };
}

function synth(name: string, count: number, tag: string): string {
  const outdir = mkdtempSync(join(tmpdir(), `cdk8s-ha-${name}-`));
  const app = new App({ outdir, targets: [new ComposeTarget()] });
  const chart = new Chart(app, name);
  const network = new IsolatedNetwork(chart, 'all');
  for (let i = 0; i < count; i++) {
    new HAWebService(chart, `web-${String.fromCharCode(97 + i)}`, {
      image: `ghcr.io/acme/shop:${tag}`,
      port: 8080,
      networks: [network],
      healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }),
      drainTimeout: Duration.seconds(5),
    });
  }
  app.synth();
  const folder = join(outdir, 'compose', name);
  const file = join(folder, 'compose.yml');
  writeFileSync(file, substituteImages(readFileSync(file, 'utf8')));
  return join(folder, 'deploy.sh');
}

/** Processor seconds that the engine, its helpers and all containers have used: of no other program on the machine. */
export async function engineSeconds(): Promise<number> {
  const ticks = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(ticksOf).reduce((sum, one) => sum + one, 0);
  return ticks / 100;
}

function ticksOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = /\((.*)\)/.exec(stat)![1];
    const inContainer = /docker/.test(readFileSync(`/proc/${pid}/cgroup`, 'utf8').replace(/docker\.service|docker\.socket/g, ''));
    // A node of a cluster, which another test starts, has a namespace of its own.
    const isEngine = /^(dockerd|containerd)/.test(name) && readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
    if (!inContainer && !isEngine) return 0;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    // Own time, and that of children that have ended: health checks are.
    return fields[11] + fields[12] + fields[13] + fields[14];
  } catch {
    return 0;
  }
}

/** Bytes that the containers of a project use. */
export async function memoryOf(project: string): Promise<number> {
  const ids = (await docker(['ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${project}`])).stdout.split('\n').filter((id) => id !== '');
  return ids.map((id) => {
    for (const file of [`/sys/fs/cgroup/memory/docker/${id}/memory.usage_in_bytes`, `/sys/fs/cgroup/docker/${id}/memory.current`,
      `/sys/fs/cgroup/system.slice/docker-${id}.scope/memory.current`]) {
      try {
        return Number(readFileSync(file, 'utf8'));
      } catch {
        // The other version of cgroups, or gone.
      }
    }
    return 0;
  }).reduce((sum, one) => sum + one, 0);
}
