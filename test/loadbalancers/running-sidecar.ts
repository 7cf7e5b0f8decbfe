import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stopAfterwards } from './live';
import type { LoadBalancerSidecar } from '../../src/model/load-balancer-backend';
import { findTool, type Tool } from '../support/tools';

/**
 * A container beside a load balancer as a process, with the real program and in a folder of the test's. Hours pass in seconds.
 *
 * @param challengeAddress where an ACME client listens
 */
export function startSidecar({ command, environment = {} }: LoadBalancerSidecar, folder: string, tool: Tool, challengeAddress = ''): { readonly log: string } {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'sleep'), '#!/bin/sh\n[ "$1" -lt 10 ] || exec /bin/sleep 2\nexec /bin/sleep "$1"\n', { mode: 0o755 });
  const own = (text: string) => text.replace(/\/(data|tmp)\//g, `${folder}/`).replace(' :8888', ` ${challengeAddress}:8888`);
  const [program, ...args] = command.map(own);
  const process_ = spawn(program, args, {
    detached: true,
    env: {
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, own(value)])),
      HOME: folder,
      PATH: `${bin}:${dirname(findTool(tool)![0])}:${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { log: '' };
  for (const stream of [process_.stdout!, process_.stderr!]) stream.on('data', (chunk) => { said.log += chunk; });
  stopAfterwards(async () => {
    if (process_.exitCode !== null) return;
    const ended = new Promise((resolve) => process_.once('exit', resolve));
    // The shell and what it started.
    process.kill(-process_.pid!, 'SIGKILL');
    await ended;
  });
  return said;
}
