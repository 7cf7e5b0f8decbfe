import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithEngine, docker, execIn, httpFrom, IMAGES, waitUntil } from './engine';
import { expectLossless, LoadReport, loadTable, underLoad } from './load/load';

const NONE: LoadReport = {
  sent: 10_000,
  failed: 0,
  slowerThan1s: 0,
  p50: 0.84,
  p99: 12.4,
  max: 31,
  failures: [],
  kinds: {},
  versions: {},
  doneTwice: 0,
  neverDone: 0,
  retried: 0,
  plannedCloses: 0,
  seconds: 20,
  latestStart: 1,
};

describe('a load report', () => {
  test('is lossless only if every request was answered and executed once', () => {
    expectLossless(NONE);
    expect(() => expectLossless({
      ...NONE,
      failures: [{ reason: 'status 502', count: 1, examples: [{ second: 3.5, kind: 'POST new h1', id: 'a-1', message: 'status 502: gone' }] }],
      doneTwice: 1,
      doneTwiceExamples: ['a-7'],
      neverDone: 2,
    })).toThrow([
      'not lossless: of 10000 requests in 20.0 s',
      '  1 × status 502',
      '    3.500 s, POST new h1: status 502: gone',
      '  1 × done twice: a-7',
      '  2 × answered and never done',
    ].join('\n'));
  });

  test('is a line of a table', () => {
    expect(loadTable({ 'none': NONE, 'a copy killed': { ...NONE, failed: 2, slowerThan1s: 1 } })).toBe([
      '| disruption | sent | failed | done twice | > 1 s | p50 | p99 |',
      '|---|---:|---:|---:|---:|---:|---:|',
      '| none | 10000 | 0 | 0 | 0 | 0.8 ms | 12 ms |',
      '| a copy killed | 10000 | 2 | 0 | 1 | 0.8 ms | 12 ms |',
      '',
    ].join('\n'));
  });
});

// What a proof stands on: the instrument finds nothing where nothing is lost, and all that is.
describeWithEngine('a load on one copy without a load balancer', () => {
  const name = `cdk8s-ha-load-${process.pid}`;
  let executed: string;
  let address: string;

  beforeAll(async () => {
    executed = mkdtempSync(join(tmpdir(), 'cdk8s-ha-executed-'));
    // The application runs as another user.
    chmodSync(executed, 0o777);
    await docker(['network', 'create', name]);
    await docker([
      'run', '--detach', '--name', name, '--init', '--network', name, '--restart', 'always',
      '--env', 'EXECUTED_DIR=/executed', '--volume', `${executed}:/executed`, IMAGES['ghcr.io/acme/shop:1.4.2'],
    ]);
    address = (await docker(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name])).stdout.trim();
    await waitUntil(async () => (await httpFrom({ container: name }, 'http://localhost:8080/healthz')).status === 200, 20_000, 'the shop');
  }, 60_000);

  afterAll(async () => {
    await docker(['rm', '--force', '--volumes', name]);
    await docker(['network', 'rm', name]);
    rmSync(executed, { recursive: true });
  }, 60_000);

  test('with no disruption nothing is lost, of any kind of request', async () => {
    const report = await underLoad({
      url: 'http://shop.test/',
      connect: `${address}:8080`,
      protocols: ['http/1.1', 'h2c'],
      minimum: 2_500,
      slow: { count: 3, milliseconds: 2_000 },
      webSockets: { count: 2 },
      uploads: 1,
      grpc: { rate: 10 },
      executed,
    }, async () => {});
    expectLossless(report);
    expect(report.sent).toBeGreaterThanOrEqual(2_500);
    expect(Object.keys(report.kinds).sort()).toEqual([
      'GET new h1', 'GET new h2c', 'GET reused h1', 'GET reused h2c', 'POST new h1', 'POST new h2c', 'POST reused h1', 'POST reused h2c',
      'grpc', 'slow', 'upload', 'websocket',
    ]);
    expect(Object.keys(report.versions)).toEqual(['1']);
  }, 60_000);

  test('a copy that is killed is noticed, and nothing it did is done twice', async () => {
    const report = await underLoad({
      url: `http://${name}:8080/`, from: { network: name }, webSockets: { count: 2, allowPlannedClose: true }, executed,
    }, () => execIn(name, ['kill', '-9', '-1'], { mayFail: true }));
    expect(report.failed).toBeGreaterThan(10);
    expect(report.failures.map(({ reason }) => reason)).toContain('connection refused');
    expect(report.kinds.websocket.failed).toBeGreaterThan(0);
    expect([report.doneTwice, report.neverDone]).toEqual([0, 0]);
    expect(() => expectLossless(report)).toThrow(/not lossless: of \d+ requests/);
  }, 60_000);
});
