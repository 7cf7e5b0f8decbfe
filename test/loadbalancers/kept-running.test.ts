import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from './running-caddy';
import { keptRunning } from '../../src/loadbalancers/kept-running';

/*
 * A load balancer is started again in its container.
 */

const folder = mkdtempSync(join(tmpdir(), 'kept-running-'));
const log = join(folder, 'log');
const program = join(folder, 'program');
let shell: ChildProcess;
let ended: Promise<number | null>;

afterAll(() => rmSync(folder, { recursive: true }));

/** The script in a shell, around a program of these lines, which writes `started PID` first. */
async function start(interpreter: string[], lines: string, { before, endsAt = 0 }: { before?: string[]; endsAt?: number } = {}): Promise<void> {
  writeFileSync(log, '');
  writeFileSync(program, `#!/bin/sh\necho "started $$" >> ${log}\n${lines}\n`, { mode: 0o755 });
  const script = keptRunning([program], { before, endSignals: ['TERM', 'USR1'], passedSignals: ['HUP'], orphanSignal: 'USR2' })
    // As if it had run for long.
    .replace('began=$(date +%s)', 'began=$(($(date +%s) - ${AGE:-0}))')
    // As if it were told to end in the instant of a start.
    .replace('program=$!', () => `[ $((starts += 1)) -ne ${endsAt} ] || kill -TERM $$; program=$!`);
  shell = spawn(interpreter[0], [...interpreter.slice(1), '-c', script], { env: { ...process.env, AGE: before === undefined ? '9' : '0' }, stdio: 'ignore' });
  ended = new Promise((resolve) => shell.on('exit', resolve));
  await until(() => said().length > 0);
}

const said = () => readFileSync(log, 'utf8').split('\n').filter((line) => line !== '');
const started = () => said().filter((line) => line.startsWith('started')).map((line) => Number(line.split(' ')[1]));

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; !condition(); attempt++) {
    if (attempt > 200) throw new Error(`it did not come to that: ${said()}`);
    await pause(50);
  }
}

const SERVES = `trap 'echo read again >> ${log}' HUP\ntrap 'echo finishing >> ${log}; sleep 1; echo finished >> ${log}; exit 3' TERM USR1\nwhile :; do sleep 0.1; done`;

describe.each([['dash', ['dash']], ['busybox', ['busybox', 'sh']], ['bash', ['bash', '--posix']]] as const)('in %s, a program', (_, words) => {
  const interpreter = [...words];
  const check = spawnSync(words[0], [...words.slice(1), '-c', 'true']).error === undefined ? test : test.skip;

  check('that is killed is started again', async () => {
    await start(interpreter, SERVES);
    process.kill(started()[0], 'SIGKILL');
    await until(() => started().length === 2);
    shell.kill('SIGTERM');
    expect(await ended).toBe(3);
  });

  check('that is killed, and leaves a process behind, is started again once that was told to end', async () => {
    const orphan = `(trap 'echo orphan ends >> ${log}; exit' USR2; while :; do sleep 0.1; done) &`;
    await start(interpreter, `[ $(grep -c started ${log}) -gt 1 ] || { ${orphan} }\n${SERVES}`);
    process.kill(started()[0], 'SIGKILL');
    await until(() => started().length === 2 && said().includes('orphan ends'));
    await pause(300);
    shell.kill('SIGTERM');
    expect(await ended).toBe(3);
  });

  check('that dies soon after its start is not: the container ends', async () => {
    await start(interpreter, 'exit 7', { before: ['true'] });
    expect(await ended).toBe(7);
    expect(started()).toHaveLength(1);
  });

  for (const signal of ['SIGTERM', 'SIGUSR1'] as const) {
    check(`ends what it has at ${signal}, and the container with it`, async () => {
      await start(interpreter, SERVES);
      await pause(300);
      shell.kill(signal);
      expect(await ended).toBe(3);
      expect(said().slice(1)).toEqual(['finishing', 'finished']);
      expect(started()).toHaveLength(1);
    });
  }

  check('ends where the signal comes in the instant of its start', async () => {
    await start(interpreter, SERVES, { endsAt: 1 });
    expect(await ended).not.toBe(0);
  });

  check('ends where the signal comes in the instant of its next start', async () => {
    await start(interpreter, SERVES, { endsAt: 2 });
    process.kill(started()[0], 'SIGKILL');
    expect(await ended).not.toBe(0);
  });

  check('gets other signals, and goes on', async () => {
    await start(interpreter, SERVES);
    await pause(300);
    shell.kill('SIGHUP');
    await until(() => said().includes('read again'));
    shell.kill('SIGTERM');
    expect(await ended).toBe(3);
    expect(started()).toHaveLength(1);
  });

  check('is not started without what comes before', async () => {
    writeFileSync(log, '');
    shell = spawn(interpreter[0], [...interpreter.slice(1), '-c', keptRunning([program], { before: ['false'], endSignals: ['TERM'] })], { stdio: 'ignore' });
    expect(await new Promise((resolve) => shell.on('exit', resolve))).toBe(1);
    expect(said()).toEqual([]);
  });
});
