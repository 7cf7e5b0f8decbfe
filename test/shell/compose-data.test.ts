import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCompose, type Behaviour, type Container, type Snapshot } from './fake-compose';
import { Failure } from './fake-host';
import { shop, type Release } from './shop';

/*
 * Two programs that work on the same data at once could ruin it. What prepares the data of a service, another version of it,
 * or the service that it was called before, never runs beside it.
 */

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-data-'));

let engine: FakeCompose;
let before: Snapshot;
/** What had the data of the database at once, each time that it was more than one container. */
let together: string[][];

async function newEngine(): Promise<void> {
  engine = await FakeCompose.withSecrets();
}

beforeAll(async () => {
  await newEngine();
  await deploy({ prepare: '1' });
  before = engine.save(folder);
  engine.host.stop();
});

beforeEach(async () => {
  await newEngine();
  engine.goBackTo(before);
  together = [];
  engine.moment = () => {
    const running = engine.state.containers.filter(hasData);
    if (running.length > 1) together.push(running.map(({ name }) => name));
  };
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
  expect(together).toEqual([]);
});

afterAll(() => rmSync(folder, { recursive: true }));

const hasData = ({ status, volumes }: Container): boolean => status === 'running' && volumes.includes('shop_db-0-data');
const deploy = (release: Release) => engine.host.run(join(shop('compose', release), 'deploy.sh'));
const images = (service: string) => engine.copies(service).map(({ image }) => image);
/** Services that have run to their end, from call number `from` on. */
const ran = (from: number) => engine.host.calls.slice(from).flatMap((call) => / run .* (db-0-\w+)$/.exec(call)?.[1] ?? []);

describe('what prepares data', () => {
  test('runs when the old copy is stopped, before the new one starts', async () => {
    const calls = engine.host.calls.length;
    expect((await deploy({ prepare: '2', db: '2' })).code).toBe(0);
    expect([ran(calls), images('db-0'), engine.isComplete('db-0', 1)]).toEqual([['db-0-volumes', 'db-0-prepare'], ['acme/db:2'], true]);
  });

  test('runs too when nothing else has changed, and the copy starts again', async () => {
    const [{ id }] = engine.copies('db-0');
    const calls = engine.host.calls.length;
    const { stderr } = await deploy({ prepare: '2' });
    expect(stderr).toContain('db-0: replacing, it is down meanwhile\n');
    expect([ran(calls), engine.copies('db-0')[0].id, engine.isComplete('db-0', 1)]).toEqual([['db-0-volumes', 'db-0-prepare'], id, true]);
  });

  test('that fails has the old copy come back, after what prepares the data for that', async () => {
    engine.given.exitCode = (_, image) => image === 'acme/prepare:2' ? 1 : 0;
    const calls = engine.host.calls.length;
    const { code, stderr } = await deploy({ prepare: '2', db: '2' });
    expect(stderr).toMatch(/db-0-prepare: failed with exit code 1\n[\s\S]*db-0: back to release 0001\n[\s\S]*shop: release 0002 FAILED; release 0001 keeps serving\n$/);
    expect([code, ran(calls)]).toEqual([1, ['db-0-volumes', 'db-0-prepare', 'db-0-volumes', 'db-0-prepare']]);
    expect([images('db-0'), engine.isComplete('db-0', 1)]).toEqual([['acme/db:1'], true]);
  });

  test.each<[string, Release]>([
    ['the same release', { prepare: '2', db: '2' }],
    ['the release before', { prepare: '1' }],
    ['one without it', { db: '3' }],
  ])('and still runs since the script was killed meanwhile is waited for by a deployment of %s', async (_, release) => {
    const watch = engine.moment;
    engine.moment = () => {
      watch();
      if (!engine.state.containers.some(({ service, status }) => service === 'db-0-prepare' && status === 'running')) return;
      engine.moment = watch;
      engine.host.signal('SIGKILL');
      throw new Failure('nobody hears this any more');
    };
    await deploy({ prepare: '2', db: '2' });
    const { code, stderr } = await deploy(release);
    expect([code, engine.isComplete('db-0', 1)]).toEqual([0, true]);
    expect(stderr).toContain('db-0-prepare: an earlier one still runs, waiting for its end. To give it up: docker rm -f shop-db-0-prepare-0002\n');
    expect(engine.state.containers.filter(({ service }) => service === 'db-0-prepare')).toEqual([]);
  });
});

describe('a database that is called otherwise and keeps its volume', () => {
  const renamed: Release = { renamed: 'pg', checked: true };
  const bad = (behaviour: Behaviour, ...bads: string[]) => engine.given.behaviour = ({ service }) => bads.includes(service) ? behaviour : 'gets ready';
  const databases = () => [...images('db-0'), ...images('pg-0').map((image) => `renamed ${image}`)];

  test('starts when the one before is gone', async () => {
    const { code, stderr } = await deploy({ ...renamed, prepare: '2' });
    expect([code, databases(), engine.isComplete('pg-0', 1)]).toEqual([0, ['renamed acme/db:1'], true]);
    expect(stderr).toContain('db-0: removed, since pg-0 has its data now\n');
  });

  test('goes back to the name before', async () => {
    await deploy(renamed);
    await engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), ['rollback']);
    expect([databases(), engine.isComplete('db-0', 1)]).toEqual([['acme/db:1'], true]);
  });

  test('goes back when it crashes', async () => {
    bad('crashes', 'pg-0');
    const { code, stderr } = await deploy(renamed);
    expect([code, databases(), engine.isComplete('db-0', 1)]).toEqual([1, ['acme/db:1'], true]);
    expect(stderr).toMatch(/db-0: back to release 0001\n[\s\S]*pg-0: removed, since db-0 has its data now\n[\s\S]*shop: release 0002 FAILED; release 0001 keeps serving\n$/);
  });

  test('is left alone while it runs, which may be at work on the data', async () => {
    bad('never gets ready', 'pg-0');
    const { stderr } = await deploy(renamed);
    expect(databases()).toEqual(['renamed acme/db:1']);
    expect(stderr).toMatch(/db-0: does not come back, since pg-0 of release 0002 still runs and may be at work on its data\. To go back all the same: \S+deploy\.sh rollback 0001\n/);
  });

  test('stays when it is ready and a later service fails', async () => {
    bad('crashes', 'worker-next');
    const { stderr } = await deploy({ ...renamed, worker: '2' });
    expect([databases(), engine.isComplete('pg-0', 1)]).toEqual([['renamed acme/db:1'], true]);
    expect(stderr).toMatch(/db-0: does not come back, since pg-0 of release 0002 is ready and has its data\n[\s\S]*shop: release 0002 FAILED; see '/);
  });

  test('does not start beside one that cannot be removed', async () => {
    engine.host.before = (call) => {
      if (/^docker (stop|rm -f) c/.test(call)) throw new Failure('tried to kill container, but did not receive an exit event');
    };
    expect((await deploy(renamed)).stderr).toContain('db-0: cannot be removed, and its data must not be opened twice\n');
    expect(databases()).toEqual(['acme/db:1']);
  });
});

describe('a volume that another container has open', () => {
  const foreign = (container: Partial<Container>) => {
    engine.moment = () => undefined;
    for (const one of engine.copies('db-0')) one.status = 'exited';
    return engine.runForeign({ name: 'shop-db-1', volumes: ['shop_db-0-data'], ...container });
  };

  test.each([
    ['of nobody', {}],
    ['of another project', { service: 'db-0', labels: { project: 'old-shop' } }],
    ['of this project before it was one of ours', { service: 'db', labels: { project: 'shop', folder: 'elsewhere', files: 'compose.yml' } }],
  ])('is not opened a second time, where it is %s', async (_, container) => {
    foreign(container);
    const calls = engine.host.calls.length;
    const { code, stderr } = await deploy({ db: '2' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('error: the container shop-db-1 has shop_db-0-data open, and db-0 would open it too: two of them could ruin'
      + ' what is on it. Nothing was changed. Stop it first: docker stop shop-db-1\n')]);
    expect(engine.host.calls.slice(calls).filter((call) => / up | run |^stop|^rm/.test(call))).toEqual([]);
  });

  test('is opened beside one that reads it alone, such as a backup', async () => {
    foreign({ name: 'backup', readOnly: ['shop_db-0-data'] });
    expect((await deploy({ db: '2' })).code).toBe(0);
  });
});
