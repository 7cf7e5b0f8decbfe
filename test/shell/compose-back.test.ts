import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCompose, type Behaviour, type Snapshot } from './fake-compose';
import { Failure } from './fake-host';
import { shop, type Release } from './shop';

/*
 * A service without a twin is down while it is replaced. When its new version fails, the one of the release before comes
 * back, unless that could harm data.
 */

const BEFORE: Release = { dns: '1', checked: true };

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-back-'));

let engine: FakeCompose;
let before: Snapshot;

async function newEngine(): Promise<void> {
  engine = await FakeCompose.withSecrets();
}

beforeAll(async () => {
  await newEngine();
  await deploy();
  before = engine.save(folder);
  engine.host.stop();
});

beforeEach(async () => {
  await newEngine();
  engine.goBackTo(before);
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
});

afterAll(() => rmSync(folder, { recursive: true }));

const deploy = (release: Release = {}) => engine.host.run(join(shop('compose', { ...BEFORE, ...release }), 'deploy.sh'));

/** What a deployment that fails says. */
async function failure(release: Release): Promise<string> {
  const { code, stderr } = await deploy(release);
  expect(code).toBe(1);
  return stderr;
}

/** Versions of images that are no good. */
const bad = (behaviour: Behaviour, ...images: string[]): void => {
  engine.given.behaviour = ({ image }) => images.includes(image) ? behaviour : 'gets ready';
};

const images = (...services: string[]) => services.flatMap((service) => engine.copies(service).map(({ image }) => image));
const current = () => engine.host.read('shop/current')?.trim();
const isBack = () => {
  expect([images('db-0', 'dns'), engine.isComplete('db-0', 1), engine.isComplete('dns', 1), current()]).toEqual([['acme/db:1', 'acme/dns:1'], true, true, '0001']);
  expect(engine.host.files('shop')).not.toContain('restore.plan');
};

describe('a service without data', () => {
  afterEach(isBack);

  test('that never gets ready goes back, with what its health check and its log said', async () => {
    bad('never gets ready', 'acme/dns:2');
    const stderr = await failure({ dns: '2' });
    expect(stderr.replace(/^\S+ /gm, '')).toMatch(new RegExp([
      'dns: replacing, it is down meanwhile',
      'dns: 0 of 1 ready',
      'dns: not ready after \\d+ s',
      'shop-dns-1 running unhealthy exit code 0',
      ' *health check: connection refused',
      ' *log: a line of the log',
      'dns: back to release 0001',
      'dns: replacing, it is down meanwhile',
      'dns: 0 of 1 ready',
      'dns: 1 of 1 ready',
      'shop: release 0002 FAILED; release 0001 keeps serving',
    ].join('\n')));
    expect(engine.host.read('shop/history')).toMatch(/release 0002 failed\n$/);
  });

  test('that crashes goes back', async () => {
    bad('crashes', 'acme/dns:2');
    expect(await failure({ dns: '2' })).toMatch(/dns: keeps crashing[\s\S]*dns: back to release 0001\n/);
  });

  test('goes back when a later one fails', async () => {
    bad('crashes', 'acme/worker:2');
    const stderr = await failure({ dns: '2', web: '2', worker: '2' });
    expect(stderr).toMatch(/web: back to release 0001\n[\s\S]*dns: back to release 0001\n/);
    expect(images('web', 'worker')).toEqual(['acme/web:1', 'acme/web:1', 'acme/worker:1', 'acme/worker:1']);
  });

  test('has as many copies as before when a later one fails', async () => {
    bad('crashes', 'acme/worker:2');
    await failure({ copies: 1, worker: '2' });
    expect([engine.isComplete('web', 2), engine.copies('web').length]).toEqual([true, 2]);
  });

  test('stays with the version before where the new one cannot be created', async () => {
    const [{ id }] = engine.copies('dns');
    engine.host.before = (call) => {
      if (/releases\/0002\/.* up -d --no-deps dns/.test(call)) throw new Failure('no space left on device');
    };
    expect(await failure({ dns: '2' })).not.toContain('back to release');
    expect(engine.copies('dns')[0].id).toBe(id);
  });

  test('that was removed for a new one which does not start comes back', async () => {
    engine.host.before = (call) => {
      if (!/releases\/0002\/.* up -d --no-deps dns/.test(call)) return;
      engine.state.containers = engine.state.containers.filter(({ service }) => service !== 'dns');
      throw new Failure('driver failed programming external connectivity');
    };
    expect(await failure({ dns: '2' })).toMatch(/ {4}driver failed[\s\S]*dns: back to release 0001\n/);
  });
});

describe('a service with data', () => {
  test('goes back when its new version has ended by itself, which leaves the data as it is', async () => {
    bad('crashes', 'acme/db:2');
    expect(await failure({ db: '2' })).toMatch(/log: a line of the log\n[\s\S]*db-0: back to release 0001\n/);
    isBack();
  });

  test('is left alone while its new version runs, which may be at work on the data, until somebody says otherwise', async () => {
    bad('never gets ready', 'acme/db:2');
    const stderr = await failure({ db: '2' });
    expect(stderr).toMatch(/db-0: left with release 0002, which still runs and may be at work on its data\. To go back all the same: \S+deploy\.sh rollback 0001\n/);
    expect(stderr).toMatch(/not all of it: run '\S+ rollback 0001', or deploy again\n.*shop: release 0002 FAILED; see '\S+deploy\.sh status'\n$/);
    expect(images('db-0', 'dns')).toEqual(['acme/db:2', 'acme/dns:1']);
    expect((await engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), ['rollback', '0001'])).code).toBe(0);
    isBack();
  });

  test('goes on where it was left, when it is ready after all', async () => {
    bad('never gets ready', 'acme/db:2');
    await failure({ db: '2' });
    const [{ id }] = engine.copies('db-0');
    bad('crashes');
    expect((await deploy({ db: '2' })).code).toBe(0);
    expect([engine.copies('db-0')[0].id, current()]).toEqual([id, '0002']);
  });

  test('stays with its new version when a later service fails, since it may have written', async () => {
    bad('crashes', 'acme/dns:2');
    const stderr = await failure({ db: '2', dns: '2' });
    expect(stderr).toContain('db-0: stays with release 0002, since it is ready and keeps data\n');
    expect(stderr).toMatch(/shop: release 0002 FAILED; see '\S+deploy\.sh status'\n$/);
    expect(images('db-0', 'dns')).toEqual(['acme/db:2', 'acme/dns:1']);
  });

  test('stays with its new version also where that had to be started again before it was ready', async () => {
    bad('crashes', 'acme/dns:2');
    engine.given.hasCrashed = ({ image }) => image === 'acme/db:2';
    expect(await failure({ db: '2', dns: '2' })).toContain('db-0: stays with release 0002, since it is ready and keeps data\n');
    expect(images('db-0', 'dns')).toEqual(['acme/db:2', 'acme/dns:1']);
  });

  test('whose version before refuses the data is down, which is said', async () => {
    bad('crashes', 'acme/db:1', 'acme/db:2');
    const stderr = await failure({ db: '2' });
    expect(stderr).toMatch(/db-0: back to release 0001\n[\s\S]*log: a line of the log\n[\s\S]*db-0: does not get ready with release 0001 either\n/);
    expect(stderr).toContain("not all of it: run '");
  });
});

describe('volumes of a release that changes their user', () => {
  const owner = (volume: string) => engine.state.owners[`shop_${volume}`];

  test('are handed back with the service that comes back', async () => {
    await deploy({ user: 1001 });
    bad('crashes', 'acme/db:2');
    await failure({ user: 1002, db: '2' });
    expect([images('db-0'), owner('db-0-data'), engine.isComplete('db-0', 1)]).toEqual([['acme/db:1'], '1001:1001', true]);
  });

  test('are handed back before the service starts', async () => {
    await deploy({ user: 1001 });
    bad('crashes', 'acme/db:2');
    let wrong = 0;
    engine.moment = () => wrong += engine.copies('db-0').filter(({ image, status }) => image === 'acme/db:1' && status === 'running' && owner('db-0-data') !== '1001:1001').length;
    await failure({ user: 1002, db: '2' });
    expect(wrong).toBe(0);
  });

  test('are handed back to copies that have gone on', async () => {
    await deploy({ cacheUser: 1001 });
    bad('crashes', 'acme/web:2');
    await failure({ cacheUser: 1002, web: '2' });
    expect([images('web'), owner('web-cache')]).toEqual([['acme/web:1', 'acme/web:1'], '1001:1001']);
  });

  test('are handed back too where the script was killed, and the release before is deployed again', async () => {
    await deploy({ cacheUser: 1001 });
    engine.host.before = (call) => {
      if (!/ up -d --no-deps web-next/.test(call)) return;
      engine.host.before = () => undefined;
      engine.host.signal('SIGKILL');
      throw new Failure('nobody hears this any more');
    };
    await deploy({ cacheUser: 1002, web: '2' });
    expect(owner('web-cache')).toBe('1002:1002');
    expect((await deploy({ cacheUser: 1001 })).code).toBe(0);
    expect([images('web'), owner('web-cache')]).toEqual([['acme/web:1', 'acme/web:1'], '1001:1001']);
  });

  test('stay with a service that stays', async () => {
    await deploy({ user: 1001 });
    bad('crashes', 'acme/dns:2');
    expect(await failure({ user: 1002, db: '2', dns: '2' })).toContain('db-0: stays with release 0003');
    expect([images('db-0'), owner('db-0-data')]).toEqual([['acme/db:2'], '1002:1002']);
  });

  test('are handed back by a rollback', async () => {
    await deploy({ user: 1001 });
    await deploy({ user: 1002, db: '2' });
    await engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), ['rollback']);
    expect([images('db-0'), owner('db-0-data')]).toEqual([['acme/db:1'], '1001:1001']);
  });
});

describe('what a release that fails has added', () => {
  test('goes', async () => {
    bad('crashes', 'acme/worker:2');
    const stderr = await failure({ callers: ['mailer'], admin: true, worker: '2' });
    expect(stderr).toMatch(/admin: removed\n[\s\S]*mailer: removed\n[\s\S]*release 0001 keeps serving\n$/);
    expect(images('admin', 'mailer')).toEqual([]);
    isBack();
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('goes when the script is run again that %s has ended meanwhile', async (signal) => {
    bad('crashes', 'acme/worker:2');
    const release: Release = { callers: ['mailer'], admin: true, worker: '2' };
    engine.host.before = (call) => {
      if (!call.startsWith('docker stop') || !engine.copies('mailer').some(({ id }) => call.includes(id))) return;
      engine.host.before = () => undefined;
      engine.host.signal(signal);
      throw new Failure('nobody hears this any more');
    };
    await deploy(release);
    expect(engine.host.read('shop/history')).not.toContain('release 0002 failed');
    await failure(release);
    expect(images('admin', 'mailer')).toEqual([]);
    isBack();
  });

  test('goes when it has data and has ended by itself', async () => {
    bad('crashes', 'acme/index:1');
    expect(await failure({ index: '1' })).toContain('index-0: removed\n');
    expect(images('index-0')).toEqual([]);
  });

  test('stays when it has data that it may be at work on', async () => {
    bad('never gets ready', 'acme/index:1');
    expect(await failure({ callers: ['mailer'], index: '1' })).toContain('index-0: left as it is, since it may be at work on its data\n');
    expect(images('index-0')).toEqual(['acme/index:1']);
  });

  test('stays while something with data stays with that release, which may call it', async () => {
    bad('crashes', 'acme/worker:2');
    const stderr = await failure({ db: '2', callers: ['mailer'], worker: '2' });
    expect(stderr).toContain('mailer: stays with release 0002 too, since db-0 may call it\n');
    expect(images('db-0', 'mailer')).toEqual(['acme/db:2', 'acme/mailer:1', 'acme/mailer:1']);
  });
});

test('a service with the network of another one comes after that one, though nothing else of it changed', async () => {
  await deploy({ probe: '1' });
  for (const [probe, image] of [['1', 'acme/dns:2'], ['2', 'acme/probe:2']]) {
    const calls = engine.host.calls.length;
    bad('crashes', image);
    await failure({ dns: '2', probe });
    const started = engine.host.calls.slice(calls).flatMap((call) => /releases\/0002\/.* up -d --no-deps (dns|probe)$/.exec(call)?.[1] ?? []);
    expect(started.slice(-2)).toEqual(['dns', 'probe']);
    expect(images('dns', 'probe')).toEqual(['acme/dns:1', 'acme/probe:1']);
  }
});

test('without a release before nothing goes back, which is said', async () => {
  engine.host.stop();
  await newEngine();
  bad('crashes', 'acme/db:1');
  const { code, stderr } = await deploy();
  expect([code, images('db-0')]).toEqual([1, ['acme/db:1']]);
  expect(stderr).toContain('there is no release before, to which anything could go back: what was started stays as it is\n');
});

describe.each([
  ['the new version starts', /releases\/0002\/.* up -d --no-deps dns/],
  ['the new version is waited for', /^sleep/],
  ['the version before starts', /releases\/0001\/.* up -d --no-deps dns/],
])('killed while %s', (_, call) => {
  test.each(['SIGKILL', 'SIGINT'] as const)('by %s, and run again, the version before comes back', async (signal) => {
    bad('never gets ready', 'acme/dns:2');
    engine.host.before = (one) => {
      if (!call.test(one)) return;
      engine.host.before = () => undefined;
      engine.host.signal(signal);
      throw new Failure('nobody hears this any more');
    };
    const { stderr } = await deploy({ dns: '2' });
    if (signal === 'SIGINT') expect(stderr).toMatch(/dns: it was being replaced, and may be down\n[\s\S]*interrupted: /);
    expect(await failure({ dns: '2' })).toContain('dns: back to release 0001');
    isBack();
  });
});
