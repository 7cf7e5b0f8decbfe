import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chart } from 'cdk8s';
import { defineShop, HOST, hostAddress, openFolder, selfSigned } from './deployment';
import { describeWithEngine, docker, httpFromHost, run, waitUntil } from './engine';
import { LoadReport, loadTable, underLoad } from './load/load';
import { engineVersion, WHOLE } from './record';
import { HTTPS_PORT, substituteImages } from './settings';
import { App, ComposeTarget, LoadBalancerBackend, SwarmTarget } from '../../src';

/*
 * The walk of docs/from-compose-to-swarm.md on one host, by the commands that stand there: what it costs, and whether two
 * databases ever open one disk.
 */

const PAGE = join(__dirname, '..', '..', 'docs', 'from-compose-to-swarm.md');
const VOLUME = 'shop_db-0-var-lib-postgresql-data';

describeWithEngine('the walk from Compose to Swarm', () => {
  const work = mkdtempSync(join(tmpdir(), 'cdk8s-ha-walk-'));
  const [home, executed] = [openFolder('home'), openFolder('executed')];
  const { certificate, privateKey } = selfSigned();
  const secrets: Record<string, string> = { 'token': 'first', 'db-password': 'correct horse battery staple', certificate, 'private-key': privateKey };
  const environment = { CDK8S_HA_HOME: home, CDK8S_HA_STACK_OPTIONS: '--resolve-image never' };

  const script = (target: string, args: string[] = [], more: { input?: string; mayFail?: boolean } = {}) =>
    run(join(work, 'dist', target, 'shop', 'deploy.sh'), args, { cwd: work, env: environment, timeout: 300_000, ...more });

  /** Does what stands in a section of the page, on this host. */
  async function walk(section: string): Promise<void> {
    const host = (await docker(['info', '-f', '{{.Name}}'])).stdout.trim();
    const text = readFileSync(PAGE, 'utf8').split(/^## /m).find((one) => one.startsWith(`${section}\n`))!;
    const [, commands] = /```sh\n(.*?)```/s.exec(text)!;
    // This host is in a swarm already.
    const here = commands.replaceAll('/var/lib/cdk8s-ha', home).replaceAll('host-1', host).replace(/^docker swarm init.*$/m, '');
    await run('sh', ['-ec', here], { cwd: work, env: environment, timeout: 300_000 });
  }

  const linesOf = async (...words: string[]) => (await docker(words, { mayFail: true })).stdout.split('\n').filter((line) => line !== '');
  /** Databases that have it; what hands a disk over to its user may stand beside one. */
  const openDisks = async () => (await linesOf('ps', '--format', '{{.Names}}', '--filter', `volume=${VOLUME}`)).filter((name) => !name.includes('-volumes')).length;
  const madeAt = async () => (await docker(['volume', 'inspect', '-f', '{{.CreatedAt}}', VOLUME])).stdout;
  const visits = () => waitUntil(async () => {
    const { status, body } = await httpFromHost(`https://${HOST}/db`);
    return status === 200 && Number(body);
  }, 60_000, 'the database answers');

  beforeAll(async () => {
    if ((await docker(['info', '-f', '{{.Swarm.LocalNodeState}}'])).stdout.trim() !== 'active') {
      await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    }
    const app = new App({ outdir: join(work, 'dist'), targets: [new ComposeTarget(), new SwarmTarget()] });
    defineShop(new Chart(app, 'shop'), { database: true }, { executed, backend: LoadBalancerBackend.caddy() });
    app.synth();
    for (const folder of ['compose', 'swarm'].map((target) => join(work, 'dist', target, 'shop'))) {
      for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name))) {
        writeFileSync(file, substituteImages(readFileSync(file, 'utf8')));
      }
    }
    for (const [name, input] of Object.entries(secrets)) await script('compose', ['secrets', 'set', name], { input });
    await script('compose');
  }, 300_000);

  afterAll(async () => {
    for (const target of ['swarm', 'compose']) await script(target, ['down'], { mayFail: true });
    await docker(['rm', '--force', 'shop-volumes-guard'], { mayFail: true });
    for (const kind of ['volume', 'secret', 'config']) {
      for (const id of await linesOf(kind, 'ls', '--quiet', '--filter', 'name=shop_')) await docker([kind, 'rm', id], { mayFail: true });
    }
    for (const folder of [work, home, executed]) rmSync(folder, { recursive: true, force: true });
  }, 300_000);

  const reports: Record<string, LoadReport> = {};
  const seconds: number[] = [];

  /** Walks under load, and looks all the while at who has the disk of the database. */
  async function measured(section: string): Promise<void> {
    const [before, made] = [await visits(), await madeAt()];
    let most = 0;
    let walking = true;
    const watch = (async () => {
      for (; walking; await sleep(100)) most = Math.max(most, await openDisks());
    })();
    const report = await underLoad({ url: `https://${HOST}`, connect: `${await hostAddress()}:${HTTPS_PORT}`, rate: 100, executed }, () => walk(section))
      .finally(() => { walking = false; });
    await watch;
    reports[section] = report;
    seconds.push(Math.round((report.failed + report.slowerThan1s) * report.seconds / report.sent));
    expect(most).toBe(1);
    expect([await visits(), await madeAt()]).toEqual([before + 1, made]);
    expect([report.doneTwice, report.neverDone]).toEqual([0, 0]);
  }

  test('is prepared beside visitors, and the stack cannot be deployed beside the project', async () => {
    await walk('Before');
    expect((await script('swarm', ['secrets'])).stdout).not.toContain('missing');
    const { code, stderr } = await script('swarm', [], { mayFail: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('the Compose project shop runs on this host, and its data must not be opened twice')]);
    expect(await openDisks()).toBe(1);
  }, 120_000);

  test('costs a while on the same host, and no data', () => measured('On the same host'), 400_000);

  test('ends where the project cannot be deployed beside the stack', async () => {
    const { code, stderr } = await script('compose', [], { mayFail: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('the Swarm stack shop runs on this host, and its data must not be opened twice')]);
    expect(await openDisks()).toBe(1);
  }, 120_000);

  test('costs about the same back', () => measured('Back'), 400_000);

  afterAll(async () => {
    process.stdout.write(`\nseconds without an answer: ${seconds.join(' there, ')} back\n\n${loadTable(reports)}\n`);
    if (!WHOLE || seconds.length < 2) return;
    const said = `measured: ${seconds[0]} s there and ${seconds[1]} s back (${await engineVersion()}`;
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(/measured: \d+ s there and \d+ s back \([^,)]*/, said));
  });
});
