import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runShell, SHELLS, type ShellResult } from './shells';
import { readinessTest, type ReadinessTestOptions } from '../../../src/targets/compose/readiness-script';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-readiness-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('without liveness it is the probe alone', () => {
  expect(readinessTest({ ready: 'true', intervalSeconds: 1, stopSignalGraceSeconds: 1 })).toBe('true');
});

/** A container whose time, process 1 and signals are ours: checks by hand, in no time. */
class FakeContainer {
  private readonly path = mkdtempSync(join(folder, 'container-'));
  private now = 1000;

  public constructor(private readonly shell: string[], private readonly options: Partial<ReadinessTestOptions> = {}) {
    mkdirSync(join(this.path, '1', 'fd'), { recursive: true });
    this.start(4711);
  }

  public start(ticks: number, init = 'docker-init'): void {
    writeFileSync(join(this.path, '1', 'comm'), `${init}\n`);
    writeFileSync(join(this.path, '1', 'stat'), `1 (an (odd) name) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${ticks} 0 0\n`);
  }

  /** Whether its port 8080 is open, over IPv4 or IPv6, besides connections to it. */
  public listen(protocol?: 'tcp' | 'tcp6'): void {
    mkdirSync(join(this.path, 'net'), { recursive: true });
    const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    const any = { tcp: '00000000', tcp6: '0'.repeat(32) };
    for (const table of ['tcp', 'tcp6'] as const) {
      const line = (state: string, port: string) => `   0: ${any[table]}:${port} ${any[table]}:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 123\n`;
      writeFileSync(join(this.path, 'net', table), head + line('0A', '0050') + line('01', '1F90') + (protocol === table ? line('0A', '1F90') : ''));
    }
  }

  /** Whether a glance sees it hang. */
  public hang(hangs = true): void {
    const file = join(this.path, 'state.4711.hung');
    if (hangs) writeFileSync(file, '');
    else rmSync(file);
  }

  /** One check, `after` seconds later: its exit code and the signals sent. */
  public async check(after: number, ready: boolean, live: boolean | 'killed' | 'slow'): Promise<string> {
    this.now += after;
    writeFileSync(join(this.path, 'uptime'), `${this.now}.25 99.5\n`);
    const probe = live === 'killed' ? 'kill_check' : `${live === 'slow' ? 'sleep 0.05; ' : ''}${live ? 'true' : 'exit 1'}`;
    const script = readinessTest({
      ready: ready ? 'true' : 'exit 1',
      live: probe,
      restartAfterSeconds: 30,
      intervalSeconds: 10,
      stopSignalGraceSeconds: 15,
      statePath: join(this.path, 'state'),
      procPath: this.path,
      ...this.options,
    });
    // The engine ends a check by KILL; a subshell's $$ is the check's.
    const fakes = `kill() { echo "kill $*" >> ${this.path}/signals; }; kill_check() { command kill -KILL $$; };\n`;
    const { code } = await runShell(this.shell, fakes + script, { PATH: process.env.PATH });
    const signals = existsSync(join(this.path, 'signals')) ? readFileSync(join(this.path, 'signals'), 'utf8').trim() : '';
    rmSync(join(this.path, 'signals'), { force: true });
    return `${code} ${signals}`.trim();
  }

  public log(): string {
    const path = join(this.path, '1', 'fd', '2');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}

describe.each(SHELLS)('readiness and restart in %s', (_, shell) => {
  test('the ready probe alone decides the answer', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, false, true)).toBe('1');
    expect(await container.check(10, true, true)).toBe('0');
    expect(await container.check(10, true, false)).toBe('0');
    expect(await container.check(10, true, 'slow')).toBe('0');
  });

  test('readiness restarts nobody, however long', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 12; check++) expect(await container.check(10, false, true)).toBe('1');
  });

  test('nothing happens before the first success', async () => {
    const container = new FakeContainer(shell);
    for (let check = 0; check < 8; check++) expect(await container.check(10, false, false)).toBe('1');
  });

  test('failing for restartAfter: TERM, and KILL after the grace', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
    expect(container.log()).toBe('health check: not live for 30 s (4 checks): sending TERM to all processes, the restart policy starts it again\n');
    // It is past praying for, and gets no traffic, even if it answers.
    expect(await container.check(10, true, true)).toBe('1');
    expect(await container.check(10, true, true)).toBe('1 kill -KILL -1');
    expect(await container.check(10, false, false)).toBe('1 kill -KILL -1');
    // The next life knows nothing of this one, even where /tmp survives.
    container.start(9000);
    expect(await container.check(1, false, false)).toBe('1');
    expect(await container.check(60, false, false)).toBe('1');
    expect(await container.check(1, true, true)).toBe('0');
  });

  describe('a copy with a port', () => {
    const draining = { port: 8080, stopGraceSeconds: 65 };

    test.each(['tcp', 'tcp6'] as const)('hangs if it is not live and its port is open (%s)', async (protocol) => {
      const container = new FakeContainer(shell, draining);
      container.listen(protocol);
      expect(await container.check(0, true, true)).toBe('0');
      for (let count = 0; count < 3; count++) expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
      expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, false, false)).toBe('1 kill -KILL -1');
    });

    test('that has closed it ends what it has, for as long as it may take to stop', async () => {
      const container = new FakeContainer(shell, draining);
      container.listen('tcp');
      expect(await container.check(0, true, true)).toBe('0');
      container.listen();
      for (let seconds = 10; seconds <= 70; seconds += 10) expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
    });

    test('is given its time also where nothing can be known of ports', async () => {
      const container = new FakeContainer(shell, draining);
      expect(await container.check(0, true, true)).toBe('0');
      for (let seconds = 10; seconds <= 70; seconds += 10) expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
    });
  });

  test('a success in between starts anew', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let round = 0; round < 3; round++) {
      for (let check = 0; check < 3; check++) expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, true, true)).toBe('0');
    }
  });

  test('checks killed by the engine count, and the restart does not wait for one that ends', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 3; check++) expect(await container.check(10, false, 'killed')).toBe('-1');
    expect(await container.check(10, false, 'killed')).toBe('1 kill -TERM -1');
    expect(await container.check(15, false, 'killed')).toBe('1 kill -KILL -1');
  });

  test('restartAfter shorter than the interval: two failing checks', async () => {
    const container = new FakeContainer(shell, { restartAfterSeconds: 3 });
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
  });

  test('a host that slept restarts nobody who answers or has failed once', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(86_400, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(86_400, false, false)).toBe('1');
  });

  test('a glance stands for both probes as long as all is well', async () => {
    const container = new FakeContainer(shell, { glance: 'true' });
    // Until it was live nothing is known that would not be told by the probes.
    expect(await container.check(0, false, false)).toBe('1');
    expect(await container.check(10, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('0');
  });

  test('a glance that fails says nothing: the probes are asked, and what they say is counted', async () => {
    const container = new FakeContainer(shell, { glance: 'false' });
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, true, true)).toBe('0');
    expect(await container.check(10, false, true)).toBe('1');
    for (let check = 0; check < 3; check++) expect(await container.check(10, true, false)).toBe('0');
    expect(await container.check(10, true, false)).toBe('1 kill -TERM -1');
  });

  test('after a failure the probes are asked until it is live again', async () => {
    const container = new FakeContainer(shell, { glance: '[ ! -e "$state.hung" ]' });
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('0');
    container.hang();
    expect(await container.check(10, true, false)).toBe('0');
    container.hang(false);
    expect(await container.check(10, false, true)).toBe('1');
    expect(await container.check(10, false, false)).toBe('0');
  });

  test('quick checks during start-up do not count as long ones', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 20; check++) expect(await container.check(1, false, false)).toBe('1');
  });

  test('nothing is ended where process 1 is not an init of Docker', async () => {
    const container = new FakeContainer(shell);
    container.start(4711, 'systemd');
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 10; check++) expect(await container.check(20, false, false)).toBe('1');
  });
});

const namespaces = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0;
if (!namespaces) console.log('skipped: no pid namespace without root');

(namespaces ? describe : describe.skip).each(SHELLS)('in a pid namespace, with %s', (_, shell) => {
  /** Process 1 starts the program, waits for it as docker-init does, and the program's checks run beside it. */
  async function live(program: string, checks: number): Promise<ShellResult> {
    const path = mkdtempSync(join(folder, 'namespace-'));
    const check = readinessTest({
      ready: `[ -e ${path}/up ]`,
      live: `[ ! -e ${path}/hung ]`,
      restartAfterSeconds: 1,
      intervalSeconds: 1,
      stopSignalGraceSeconds: 1,
      statePath: join(path, 'state'),
    });
    writeFileSync(join(path, 'check'), check);
    writeFileSync(join(path, 'docker-init'), `#!/bin/sh
${program} &
child=$!
touch ${path}/up
# Not a child of the program: what stands for the engine is outside of the namespace in truth, so it starts anew each time.
( trap '' TERM; i=0; while [ $i -lt ${checks} ]; do ${shell.join(' ')} ${path}/check; echo "check $?" >> ${path}/log; touch ${path}/hung; sleep 1; i=$((i + 1)); done ) 2>>${path}/log &
wait $child
echo "ended with $?" >> ${path}/log
`);
    chmodSync(join(path, 'docker-init'), 0o755);
    await runShell(['unshare', '-pf', '--mount-proc', 'sh'], `exec ${path}/docker-init`, { PATH: process.env.PATH });
    const log = readFileSync(join(path, 'log'), 'utf8');
    return { code: 0, stdout: log, stderr: '' };
  }

  test('a program that hangs is ended by TERM', async () => {
    const { stdout } = await live('sleep 60', 20);
    expect(stdout).toContain('check 0\n');
    expect(stdout).toContain('sending TERM');
    // The check that sent TERM may write its line after this one.
    expect(stdout).toMatch(/^ended with 143$/m);
  });

  test('a stopped one by KILL', async () => {
    const { stdout } = await live("sh -c 'kill -STOP $$'", 20);
    expect(stdout).toContain('sending KILL');
    expect(stdout).toMatch(/^ended with 137$/m);
  });
});
