import { chmodSync, mkdtempSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart } from 'cdk8s';
import { compose, describeWithEngine, execIn, substituteImages, waitUntil, type ComposeProject } from './engine';
import { App, ComposeTarget, HAWebService, HealthCheck, SharedVolume } from '../../src';

/*
 * The clock of a scheduled job, generated, in the job's own container.
 */

describeWithEngine('a scheduled job on Compose', () => {
  let project: ComposeProject;

  beforeAll(async () => {
    const app = new App({ targets: [new ComposeTarget()], report: false });
    const chart = new Chart(app, 'clock');
    const runs = new SharedVolume(chart, 'runs');
    const web = new HAWebService(chart, 'web', {
      image: 'ghcr.io/acme/shop:1.4.2', port: 8080, replicas: 1, healthCheck: HealthCheck.http('/healthz'), volumes: [runs.mount('/runs')],
    });
    web.addScheduledJob('report', { schedule: '* * * * *', command: ['sh', '-c', 'date +%s >> /runs/report; sleep 2'] });

    const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-'));
    chmodSync(folder, 0o755);
    for (const { path, text } of app.render()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), substituteImages(text));
    }
    project = compose(join(folder, 'compose', 'clock'));
    await project.down();
    await project.up();
  }, 120_000);

  afterAll(async () => { await project.down(); }, 60_000);

  test('runs once a minute, and its container is healthy', async () => {
    const { name } = await project.container('report');
    const lines = async () => (await execIn(name, ['cat', '/runs/report'], { mayFail: true })).stdout.trim().split('\n').filter((line) => line !== '').map(Number);
    const [first, second] = await waitUntil(async () => { const all = await lines(); return all.length >= 2 && all; }, 150_000, 'two runs');
    expect(second - first).toBeGreaterThanOrEqual(58);
    expect(first % 60).toBeLessThan(5);
    expect((await project.container('report')).health).toBe('healthy');
  }, 180_000);

  test('stops at once', async () => {
    const start = Date.now();
    await project.run(['stop', 'report']);
    expect(Date.now() - start).toBeLessThan(10_000);
  }, 60_000);
});
