import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runShell, SHELLS } from './shells';
import { watch, type WatchOptions } from '../../../src/targets/compose/watch-script';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-watch-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHELLS)('a container that is watched by %s', (_, shell) => {
  class Watched {
    private readonly path = mkdtempSync(join(folder, 'watched-'));

    public constructor(private readonly options: Partial<WatchOptions> = {}) {
      mkdirSync(join(this.path, '1'));
      this.start(100);
    }

    public start(ticks: number): void {
      writeFileSync(join(this.path, '1', 'stat'), `1 (sh) name) S ${Array.from({ length: 18 }, () => '0').join(' ')} ${ticks} 0 0\n`);
    }

    /** Exit code of a check and how often it asked; what the answers are is given, and after the last one all are good. */
    public async check(...answers: boolean[]): Promise<[number, number]> {
      rmSync(join(this.path, 'asked'), { force: true });
      const bad = answers.flatMap((isGood, index) => isGood ? [] : [index + 1]);
      const test = `echo >> ${this.path}/asked; case $(wc -l < ${this.path}/asked) in ${[...bad, 'none'].join(' | ')}) exit 1 ;; esac`;
      const script = watch({ test, paceSeconds: 0, rounds: 4, statePath: join(this.path, 'healthy'), procPath: this.path, ...this.options });
      const { code } = await runShell(shell, script, { PATH: process.env.PATH });
      return [code, readFileSync(join(this.path, 'asked'), 'utf8').length];
    }
  }

  test('is asked once as long as it is not healthy, so that it is known at once when it is', async () => {
    const container = new Watched();
    expect([await container.check(false), await container.check(false), await container.check(true)]).toEqual([[1, 1], [1, 1], [0, 1]]);
  });

  test('is asked several times by one check when it is healthy', async () => {
    const container = new Watched();
    expect([await container.check(true), await container.check(true), await container.check(true)]).toEqual([[0, 1], [0, 5], [0, 5]]);
  });

  test('tells each failure at once, and the first success after it, so that the engine counts failures in a row', async () => {
    const container = new Watched();
    await container.check();
    expect([await container.check(true, true, false), await container.check(false), await container.check()]).toEqual([[1, 3], [1, 1], [0, 1]]);
  });

  test('is not known to be healthy when it was started again', async () => {
    const container = new Watched();
    await container.check();
    container.start(4711);
    expect(await container.check()).toEqual([0, 1]);
  });

  test('is asked once each time where nothing can be written', async () => {
    const container = new Watched({ statePath: '/proc/none' });
    expect([await container.check(), await container.check()]).toEqual([[0, 1], [0, 1]]);
  });
});
