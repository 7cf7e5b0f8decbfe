import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHELLS } from './shells';
import { parseCron } from '../../../src/model/cron';
import { clockProbe, clockScript, type ClockOptions } from '../../../src/targets/compose/clock-script';
import { which } from '../../support/which';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shellAt = (index: number) => SHELLS[index % SHELLS.length];

let worlds = 0;

/** A PATH whose `date` and `sleep` share a time of their own: a sleep takes no time and moves it on. */
class World {
  public readonly path = join(folder, `world-${worlds++}`);

  public constructor(now: number, private readonly end: number, realDate = which('date')!) {
    mkdirSync(this.path);
    this.now = now;
    this.tool('date', `[ "$1" != +%s ] || { read -r now < "$WORLD/now"; echo "$now"; exit; }; exec ${realDate} "$@"`);
    this.tool('sleep', 'read -r now < "$WORLD/now"; now=$((now + $1)); echo $now > "$WORLD/now"; [ $now -lt $END ] || kill -TERM $PPID');
    // Says when it was started; takes $1 seconds, but only the first $2 times; exits with $3.
    this.tool('job', `
      read -r now < "$WORLD/now"; echo "$now" >> "$WORLD/runs"
      [ "$(wc -l < "$WORLD/runs")" -gt "\${2:-0}" ] || echo $((now + $1)) > "$WORLD/now"
      exit \${3:-0}`);
  }

  public set now(seconds: number) {
    writeFileSync(join(this.path, 'now'), `${seconds}\n`);
  }

  public get runs(): number[] {
    const path = join(this.path, 'runs');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [];
  }

  public get env(): NodeJS.ProcessEnv {
    return { PATH: `${this.path}:${process.env.PATH}`, WORLD: this.path, END: String(this.end) };
  }

  private tool(name: string, body: string): void {
    writeFileSync(join(this.path, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.path, name), 0o755);
  }
}

interface Ended { code: number | null; log: string[] }

function start([program, ...args]: string[], script: string, env: NodeJS.ProcessEnv = { PATH: process.env.PATH }) {
  const child = spawn(program, [...args, '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let stdout = '';
  child.stderr.setEncoding('utf8').on('data', (text) => log += text);
  child.stdout.setEncoding('utf8').on('data', (text) => stdout += text);
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, log: log.trim().split('\n') })));
  /** Until a text has come on standard output or error. */
  const says = async (text: string) => {
    while (!`${stdout}${log}`.includes(text)) await new Promise((done) => setTimeout(done, 10));
  };
  return { child, ended, says };
}

/** The local fields of a moment, by the time zone data of Node.js. */
function localFields(timeZone: string): (seconds: number) => number[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  });
  return (seconds) => {
    const [month, day, year, hour, minute] = format.format(seconds * 1000).split(/\D+/).map(Number);
    return [year, month, day, hour, minute];
  };
}

/** All runs of a schedule, by looking at every minute. */
function expectedRuns(cron: string, timeZone: string, from: number, to: number): number[] {
  const schedule = parseCron(cron);
  const fields = localFields(timeZone);
  const runs: number[] = [];
  const before = new Set<number>();
  for (let quarter = from - 86_400; quarter < to; quarter += 900) {
    // No zone changes its clocks within a quarter of an hour.
    const [year, month, day, hour, minute] = fields(quarter);
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    const [inMonth, inWeek] = [schedule.daysOfMonth.includes(day), schedule.daysOfWeek.includes(weekday)];
    const either = schedule.dayOfMonthRestricted && schedule.dayOfWeekRestricted;
    if (!schedule.months.includes(month) || !schedule.hours.includes(hour) || !(either ? inMonth || inWeek : inMonth && inWeek)) continue;
    for (let ahead = 0; ahead < 15; ahead++) {
      const local = Date.UTC(year, month - 1, day, hour, minute + ahead);
      if (!schedule.minutes.includes(minute + ahead) || (before.has(local) && schedule.hours.length < 24)) continue;
      before.add(local);
      const at = quarter + ahead * 60;
      if (at > from && at < to) runs.push(at);
    }
  }
  return runs;
}

const utc = (text: string) => Date.parse(`${text}Z`) / 1000;

async function follow(shell: string[], cron: string, timeZone: string, from: string, to: string, realDate?: string): Promise<void> {
  const [begin, end] = [utc(from), utc(to)];
  const world = new World(begin, end, realDate);
  const script = clockScript({ schedule: parseCron(cron), timeZone, command: ['job'], napSeconds: 10_000_000 });
  const { log } = await start(shell, script, world.env).ended;
  expect(log.filter((line) => !line.endsWith('ended well') && line !== '')).toEqual([]);
  const names = (runs: number[]) => runs.map((run) => new Date(run * 1000).toISOString());
  expect(names(world.runs)).toEqual(names(expectedRuns(cron, timeZone, begin, end)));
}

const busyboxDate = which('busybox') && `${which('busybox')} date`;

describe('a year', () => {
  test.each([
    ['30 2 * * *', 'Europe/Berlin'],
    ['30 1 * * 1-5', 'America/New_York'],
    ['15 1-3 * * 7', 'America/New_York'],
    ['0 4 13 * FRI', 'Europe/Berlin'],
    ['59 23 31 */2 *', 'Asia/Kathmandu'],
    ['0 0 29 2 *', 'UTC'],
    ['@monthly', 'Australia/Lord_Howe'],
    ['0 12 */10 * 1', 'America/St_Johns'],
  ].map(([cron, timeZone], index) => [cron, timeZone, ...shellAt(index), index] as const))('%s in %s, by %s', async (cron, timeZone, _, shell, index) => {
    await follow(shell, cron, timeZone, '2024-01-01T00:00', '2025-01-01T00:00', index % 2 === 0 ? undefined : busyboxDate);
  });
});

describe('when the clocks change', () => {
  const CHANGES: [string, string][] = [
    ['Europe/Berlin', '2025-03-30'], ['Europe/Berlin', '2025-10-26'],
    ['America/New_York', '2025-03-09'], ['America/New_York', '2025-11-02'],
    // Half an hour; two hours; at midnight; a day that was left out.
    ['Australia/Lord_Howe', '2025-10-05'], ['Australia/Lord_Howe', '2025-04-06'],
    ['Antarctica/Troll', '2025-03-30'], ['Antarctica/Troll', '2025-10-26'],
    ['Africa/Cairo', '2025-04-25'], ['Africa/Cairo', '2025-10-31'],
    ['Pacific/Apia', '2011-12-30'],
  ];
  const cases = CHANGES.map(([timeZone, day], index) => [timeZone, day, ...shellAt(index), index] as const);
  test.each(cases)('%s on %s, by %s', async (timeZone, day, _, shell, index) => {
    const noon = utc(`${day}T12:00`);
    const [from, to] = [-1, 1].map((days) => new Date((noon + days * 86_400) * 1000).toISOString().slice(0, 16));
    for (const cron of ['*/20 * * * *', '*/30 0-5 * * *', '45 0,1,2,23 * * *']) {
      await follow(shell, cron, timeZone, from, to, index % 2 === 0 ? undefined : busyboxDate);
    }
  });

  test('skipped and repeated minutes, spelled out', () => {
    const times = (cron: string, timeZone: string, from: string, to: string) =>
      expectedRuns(cron, timeZone, utc(from), utc(to)).map((run) => new Date(run * 1000).toISOString().slice(5, 16));
    expect(times('30 2 * * *', 'Europe/Berlin', '2025-03-29T00:00', '2025-04-01T00:00')).toEqual(['03-29T01:30', '03-31T00:30']);
    expect(times('30 2 * * *', 'Europe/Berlin', '2025-10-25T00:00', '2025-10-28T00:00')).toEqual(['10-25T00:30', '10-26T00:30', '10-27T01:30']);
    expect(times('30 1 * * *', 'America/New_York', '2025-11-02T00:00', '2025-11-03T00:00')).toEqual(['11-02T05:30']);
    expect(times('30 * * * *', 'America/New_York', '2025-11-02T04:00', '2025-11-02T08:00')).toEqual(['11-02T04:30', '11-02T05:30', '11-02T06:30', '11-02T07:30']);
  });
});

const clock = (cron: string, command: string[], options: Partial<ClockOptions> = {}) =>
  clockScript({ schedule: parseCron(cron), command, ...options });

describe.each(SHELLS)('in %s', (_, shell) => {
  const MIDNIGHT = utc('2025-06-01T00:00');

  test('runs that were due during a run are skipped and said, and no time is lost', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    const { log, code } = await start(shell, clock('*/10 * * * *', ['job', '1330', '1']), world.env).ended;
    expect(world.runs.map((run) => (run - MIDNIGHT) / 60)).toEqual([10, 40, 50]);
    expect(log).toEqual([
      'clock: run of 2025-06-01 00:10 ended well',
      'clock: SKIPPED 2 due from 2025-06-01 00:20 to 2025-06-01 00:30: the run before still went on',
      'clock: run of 2025-06-01 00:40 ended well',
      'clock: run of 2025-06-01 00:50 ended well',
    ]);
    expect(code).toBe(0);
  });

  test('many missed ones are not counted one by one', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 10 * 86_400);
    const { log } = await start(shell, clock('0-30 * * * *', ['job', String(9.99 * 86_400), '1']), world.env).ended;
    expect(log[1]).toBe('clock: SKIPPED 100 or more due from 2025-06-01 00:02 to 2025-06-10 23:46: the run before still went on');
    expect(world.runs.length).toBeLessThan(20);
  });

  test('a failed run is said and repeated, and the clock goes on', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    const { log } = await start(shell, clock('*/30 * * * *', ['job', '0', '0', '3'], { retries: 2 }), world.env).ended;
    expect(log).toEqual([
      'clock: run of 2025-06-01 00:30 FAILED with exit code 3: again in 10 s (2 left)',
      'clock: run of 2025-06-01 00:30 FAILED with exit code 3: again in 20 s (1 left)',
      'clock: run of 2025-06-01 00:30 FAILED with exit code 3',
    ]);
    expect(world.runs.map((run) => run - MIDNIGHT)).toEqual([1800, 1810, 1830]);
  });

  test('a program that does not exist is a failed run', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    const { log } = await start(shell, clock('30 * * * *', ['/no/such program']), world.env).ended;
    expect(log.at(-1)).toBe('clock: run of 2025-06-01 00:30 FAILED with exit code 127');
  });

  test('words of the command arrive', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    const words = ['a b', "it's", '$HOME', '`id`', '', '*', '\\'];
    const { ended, says } = start(shell, clock('30 * * * *', ['printf', '<%s>', ...words]), world.env);
    await says(words.map((word) => `<${word}>`).join(''));
    await ended;
  });

  test('a zone without data is refused', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    const { log, code } = await start(shell, clock('* * * * *', ['job'], { timeZone: 'Europe/Berlin' }), { ...world.env, TZDIR: world.path }).ended;
    expect(code).toBe(78);
    expect(log).toEqual(['clock: REFUSED: this image does not know the time zone Europe/Berlin. Add its package tzdata, or leave out timeZone for UTC']);
    for (const timeZone of ['UTC', 'Etc/UTC', 'GMT']) {
      const other = new World(MIDNIGHT, MIDNIGHT + 150);
      expect((await start(shell, clock('* * * * *', ['job'], { timeZone }), { ...other.env, TZDIR: other.path }).ended).code).toBe(0);
      expect(other.runs.length).toBe(2);
    }
  });

  test('an image without a date that can do it is refused', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600, 'false');
    expect(await start(shell, clock('* * * * *', ['job']), world.env).ended).toEqual({
      code: 78, log: ['clock: REFUSED: this image has no date that understands -d @SECONDS'],
    });
  });

  test('a clock that was set back starts anew', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 20 * 86_400);
    // The first sleep ends ten days earlier than it began.
    const script = clock('0 12 * * *', ['job'], { napSeconds: 7200 }).replace('nap() {', `nap() {
      [ -e "$WORLD/set" ] || { echo ${MIDNIGHT - 10 * 86_400} > "$WORLD/now"; echo > "$WORLD/set"; return; };`);
    const { log } = await start(shell, script, { ...world.env, END: String(MIDNIGHT - 8 * 86_400) }).ended;
    expect(log).toEqual(['clock: the clock of the host was set back: starting anew', 'clock: run of 2025-05-22 12:00 ended well', 'clock: run of 2025-05-23 12:00 ended well']);
  });

  /** A world whose next minute is due at once, and whose sleeps are real. */
  function dueNow(): NodeJS.ProcessEnv {
    const world = new World(MIDNIGHT + 59, MIDNIGHT + 86_400);
    rmSync(join(world.path, 'sleep'));
    writeFileSync(join(world.path, 'date'), `#!/bin/sh
if [ "$1" = +%s ]; then read -r now < "$WORLD/now"; echo $now; echo $((now + 1)) > "$WORLD/now"; else exec ${which('date')} "$@"; fi\n`);
    return world.env;
  }

  test('TERM ends the clock at once', async () => {
    const world = new World(MIDNIGHT, MIDNIGHT + 3600);
    rmSync(join(world.path, 'sleep'));
    const { child, ended, says } = start(shell, clock('@yearly', ['job']).replace('nap() {', 'nap() { say napping;'), world.env);
    await says('napping');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, log: ['clock: napping'] });
  });

  const ENDED = 'clock: run of 2025-06-01 00:01 ENDED: the container was told to stop. It is not repeated';

  test('TERM is passed on to the run, and waited for', async () => {
    const { child, ended, says } = start(shell, clock('* * * * *', ['sh', '-c', "trap 'echo cleaned up >&2; exit 5' TERM; echo started; while :; do sleep 0.05; done"]), dueNow());
    await says('started');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, log: [ENDED, 'cleaned up'] });
  });

  test('a run that would be repeated is said to be ended too', async () => {
    const script = clock('* * * * *', ['false'], { retries: 5 }).replace('nap() {', 'nap() { say napping;');
    const { child, ended, says } = start(shell, script, dueNow());
    await says('again in 10 s');
    await says('napping');
    child.kill('SIGTERM');
    expect((await ended).log.at(-1)).toBe(ENDED);
  });

  test('a run over its deadline ends the clock', async () => {
    const { ended } = start(shell, clock('* * * * *', ['sh', '-c', "trap 'echo cleaned up >&2; exit 5' TERM; while :; do sleep 0.05; done"], { deadlineSeconds: 1, retries: 5 }), dueNow());
    expect(await ended).toEqual({
      code: 1,
      log: ['clock: run of 2025-06-01 00:01 ENDED: it is over its 1 s. The container restarts, so that nothing of it stays behind', 'cleaned up'],
    });
  });

  test('a run within its deadline leaves nothing behind', async () => {
    // A number that no other run of this test on the machine has.
    const deadlineSeconds = 1_000_000 + Math.floor(Math.random() * 8_000_000);
    const script = clock('* * * * *', ['echo', 'hello'], { deadlineSeconds }).replace(/^(\s*)(watchdog=)$/m, '$1$2; say done');
    const { child, ended, says } = start(shell, script, dueNow());
    await says('ended well');
    await says('done');
    // The clock alone; what it starts to look at its watch is gone in a moment.
    while (spawnSync('pgrep', ['-fc', `rest=${deadlineSeconds}`], { encoding: 'utf8' }).stdout !== '1\n') await new Promise((done) => setTimeout(done, 10));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('the health check', async () => {
    const heartbeat = join(folder, 'heartbeat');
    const moved = (script: string) => script.replaceAll('/tmp/.cdk8s-ha-clock', heartbeat);
    const healthy = () => spawnSync(shell[0], [...shell.slice(1), '-c', moved(clockProbe())], { stdio: 'ignore' }).status === 0;
    rmSync(heartbeat, { force: true });
    expect(healthy()).toBe(false);
    const { child, ended, says } = start(shell, moved(clock('* * * * *', ['sh', '-c', 'echo started; exec sleep 20'])), dueNow());
    await says('started');
    expect(readFileSync(heartbeat, 'utf8')).toBe(`${child.pid} busy\n`);
    expect(healthy()).toBe(true);
    const uptime = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
    writeFileSync(heartbeat, `${child.pid} ${uptime + 60}\n`);
    expect(healthy()).toBe(true);
    writeFileSync(heartbeat, `${child.pid} ${uptime - 1}\n`);
    expect(healthy()).toBe(false);
    child.kill('SIGTERM');
    await ended;
    writeFileSync(heartbeat, `${child.pid} busy\n`);
    expect(healthy()).toBe(false);
  });
});

test('a clock needs a command and a zone that exists', () => {
  expect(() => clock('* * * * *', [])).toThrow('needs a command');
  expect(() => clock('* * * * *', ['true'], { timeZone: 'Europe/Nowhere' })).toThrow('Europe/Nowhere');
});
