import { spawn } from 'node:child_process';
import { which } from '../../support/which';

/*
 * The shells that containers have, as far as this machine has them.
 */

/** Another busybox than the one on PATH can be tried with it. */
export const BUSYBOX = process.env.CDK8S_HA_TEST_BUSYBOX ?? which('busybox');

/** Each with its program and arguments. */
export const SHELLS: [string, string[]][] = [];
for (const [name, program, ...args] of [['dash', which('dash')], ['bash', which('bash'), '--posix'], ['busybox sh', BUSYBOX, 'sh']]) {
  if (program === undefined) console.log(`skipped: no ${name} on this machine`);
  else SHELLS.push([name!, [program, ...args as string[]]]);
}

export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runShell([program, ...args]: string[], script: string, env: NodeJS.ProcessEnv): Promise<ShellResult> {
  return new Promise((done) => {
    // No socket as standard input: bash would think of rshd and read its start-up files.
    const child = spawn(program, [...args, '-c', script], { env, timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => stdout += text);
    child.stderr.setEncoding('utf8').on('data', (text) => stderr += text);
    child.on('close', (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}
