/** The containers of a project or stack that run, as engine and kernel have them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from '../engine';

export type DockerTarget = 'compose' | 'swarm';

export interface Copy {
  readonly id: string;
  readonly service: string;
  /** When it was started, the last time. */
  readonly started: string;
  /** Of its first process, as this machine numbers it. */
  readonly process: number;
  /** `none` without a health check. */
  readonly health: string;
}

const LABELS: Readonly<Record<DockerTarget, { readonly of: string; readonly service: string }>> = {
  compose: { of: 'com.docker.compose.project', service: 'com.docker.compose.service' },
  swarm: { of: 'com.docker.stack.namespace', service: 'com.docker.swarm.service.name' },
};

/** What belongs to a project or stack, as a filter of the engine. */
export const belongingTo = (target: DockerTarget, name: string): string => `label=${LABELS[target].of}=${name}`;

/** All of them at one moment. */
export class Copies {
  public constructor(private readonly all: readonly Copy[]) {}

  public get areHealthy(): boolean {
    return this.all.every(({ health }) => health === 'healthy' || health === 'none');
  }

  public of(construct: string): [Copy, ...Copy[]] {
    const [first, ...more] = this.among(construct);
    if (first === undefined) throw new Error(`${construct} has no container`);
    return [first, ...more];
  }

  public has(copy: Copy): boolean {
    return this.all.some(({ id, started }) => id === copy.id && started === copy.started);
  }

  /** The copy of a construct that was started since, if there are as many as before. */
  public startedSince(before: Copies, construct: string): Copy | undefined {
    const now = this.among(construct);
    return now.length === before.of(construct).length ? now.find((copy) => !before.has(copy)) : undefined;
  }

  /** On Docker each copy of a stateful service is a service of its own. */
  private among(construct: string): Copy[] {
    return this.all.filter(({ service }) => service.replace(/-\d+$/, '') === construct);
  }
}

/** @param name of the project or stack */
export async function copiesNow(target: DockerTarget, name: string): Promise<Copies> {
  const ids = (await docker(['ps', '--quiet', '--no-trunc', '--filter', belongingTo(target, name)])).stdout.split('\n').filter((id) => id !== '');
  if (ids.length === 0) return new Copies([]);
  const health = '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}';
  // With .Id, which only the engine's JSON has, a container without a health check would be an error.
  const format = `{{.ID}} {{index .Config.Labels "${LABELS[target].service}"}} {{.State.StartedAt}} {{.State.Pid}} ${health} {{.State.Running}}`;
  const { stdout, stderr } = await docker(['inspect', '--type', 'container', '-f', format, ...ids], { mayFail: true });
  // One may have ended meanwhile.
  if (/^(?!.*No such container)./m.test(stderr)) throw new Error(stderr);
  return new Copies(stdout.split('\n').map((line) => line.split(' ')).filter(([, , , , , runs]) => runs === 'true')
    .map(([id, service, started, process, state]) =>
      ({ id, service: target === 'swarm' ? service.slice(name.length + 1) : service, started, process: Number(process), health: state })));
}

/** Stops all processes of its own but the first, which is the init of the engine: health checks are the engine's too. */
export async function stop({ id, process: first }: Copy): Promise<void> {
  const { stdout } = await docker(['top', id, '-eo', 'pid,ppid']);
  const all = stdout.trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/).map(Number));
  const ofInit = new Set([first]);
  // A child may stand before its parent.
  for (let before = 0; before < ofInit.size;) {
    before = ofInit.size;
    for (const [pid, parent] of all) if (ofInit.has(parent)) ofInit.add(pid);
  }
  for (const one of ofInit) {
    if (one === first) continue;
    try {
      process.kill(one, 'SIGSTOP');
    } catch {
      // One that has ended meanwhile.
    }
  }
}

/** The whole container ends, and no one has asked the engine for it. */
export const crash = (copy: Copy): void => { process.kill(copy.process, 'SIGKILL'); };

/** A place of its file system, as this machine sees it. */
export const fileOf = (copy: Copy, path: string): string => `/proc/${copy.process}/root${path}`;

/** As the kernel has it: no root, no capability, none to be had, system calls filtered, the root file system read-only. */
export function isRestricted({ process: id }: Copy): boolean {
  const status = Object.fromEntries(readFileSync(`/proc/${id}/status`, 'utf8').split('\n').map((line) => line.split(/:\s+/)));
  const root = readFileSync(`/proc/${id}/mountinfo`, 'utf8').split('\n').map((line) => line.split(' ')).find(([, , , , place]) => place === '/')!;
  return !status.Uid.split('\t').includes('0') && /^0+$/.test(status.CapBnd) && /^0+$/.test(status.CapEff)
    && status.NoNewPrivs === '1' && status.Seccomp === '2' && root[5].split(',').includes('ro');
}

export const textBelow = (folder: string): string => readdirSync(folder, { withFileTypes: true })
  .map((entry) => entry.isDirectory() ? textBelow(join(folder, entry.name)) : readFileSync(join(folder, entry.name), 'utf8')).join('\n');
