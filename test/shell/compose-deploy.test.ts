import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { changes, current, deploy, deployed, eachOnNewEngine, engine, fail, failure, ids, images, isDrain, script, verb } from './compose-shop';
import { Failure } from './fake-host';
import { which } from '../support/which';

/*
 * What a deployment asks for before it begins, what it changes, and what it leaves as it is.
 */

eachOnNewEngine();

const PROXY_NETWORKS = ['reader', 'web-proxy', 'writer'].map((from) => `shop_${from}-to-web-0b6b79`);

describe('nothing is touched', () => {
  afterEach(() => expect(changes()).toEqual([]));

  test('without docker', async () => {
    engine.host.uninstall('docker');
    expect(await failure(deploy())).toContain('error: docker is not installed: see https://docs.docker.com/engine/install/');
  });

  test('when the daemon does not answer', async () => {
    fail(/^docker version/, 'Cannot connect to the Docker daemon');
    expect(await failure(deploy())).toContain('error: docker does not answer: Cannot connect to the Docker daemon');
  });

  test('without Compose', async () => {
    fail(/^docker compose version/);
    expect(await failure(deploy())).toContain('error: docker has no Compose: 2.26 or later is needed, see https://docs.docker.com/compose/install/');
  });

  test.each([['2.25.9', 1], ['v2.26.0', 0], ['2.100.1', 0], ['5.0.0', 0], ['1.29.2', 1]])('with Compose %s: exit code %i', async (version, code) => {
    engine.given.composeVersion = version;
    // Beyond the check it ends for another reason.
    engine.given.hasStack = true;
    const { stderr } = await deploy();
    expect(stderr.includes(`Compose ${version} is too old: 2.26 or later is needed`)).toBe(code === 1);
  });

  test('while a stack of the same name runs', async () => {
    engine.given.hasStack = true;
    expect(await failure(deploy())).toContain('the Swarm stack shop runs on this host, and its data must not be opened twice. Nothing was changed.');
  });

  test('while a stack of the same name waits for a host, which may be this one', async () => {
    engine.given.hasWaitingStack = true;
    expect(await failure(deploy())).toContain('the Swarm stack shop runs on this host, and its data must not be opened twice. Nothing was changed.');
  });

  test('while a secret is missing', async () => {
    expect(await failure(deploy({ passwordVersion: '2' }))).toContain(`error: values of secrets are missing, and nothing was changed. Give each:
  ${script({ passwordVersion: '2' })} secrets set password --generate   # or from standard input`);
  });

  test('when an image cannot be fetched', async () => {
    engine.given.unknownImages = ['acme/web:1'];
    expect(await failure(deploy())).toContain('error: cannot fetch acme/web:1; nothing was changed');
  });

  test('while a variable has no value', async () => {
    engine.host.write('shop/.env', '');
    expect(await failure(deploy())).toMatch(/required variable TOKEN is missing a value\nerror: Compose refuses release 0001, as it says above; nothing was changed\. Variables for it stand in \S+shop\/\.env\n$/);
  });

  test('while variables lie where nobody reads them', async () => {
    const place = join(dirname(script()), '.env');
    writeFileSync(place, 'TOKEN=a\n');
    try {
      expect(await failure(deploy())).toContain(`${place} is not read, and the next synth removes it. Nothing was changed. Move it: mv`);
    } finally {
      rmSync(place);
    }
  });

  test('when the disk is full while the release is kept', async () => {
    engine.host.fillDisk('release.new');
    expect(await failure(deploy())).toContain('error: cannot write to');
    expect(engine.host.files('shop/releases')).toEqual([]);
  });

  test('when the disk is full while files are laid', async () => {
    engine.host.fillDisk('web-7692c3ad.conf.new');
    expect(await failure(deploy())).toContain('is the disk full? Nothing was changed');
  });
});

test.each([['5.10.0-32-amd64', false], ['5.14.0-503.el9', true]])('with the kernel %s a setting that came with 5.14 is made: %s', async (kernel, made) => {
  engine.given.kernel = kernel;
  expect((await deploy()).code).toBe(0);
  const settings = engine.host.read('shop/releases/0001/.kernel.yml');
  if (made) expect(settings).toMatch(/^services:\n {2}edge:\n {4}sysctls:\n/);
  else expect(settings).toBe('services: {}\n');
});

describe('what is unchanged stays', () => {
  test('nothing is recreated, run or loaded by the same release again', async () => {
    deployed();
    const before = engine.view();
    const calls = engine.host.calls.length;
    await deploy();
    expect(engine.view()).toEqual(before);
    expect(changes(calls).filter((call) => !isDrain(call))).toEqual([
      'compose up -d --no-deps db-0',
      'rm -f shop-web-migrate-0001',
      'compose up -d --no-deps --no-recreate web',
      'compose up -d --no-deps --no-recreate worker',
    ]);
    expect(engine.host.files('shop/releases').filter((path) => path.endsWith('compose.yml'))).toEqual(['0001/compose.yml']);
  });

  test('what new copies need beside the old ones is said before they start', async () => {
    deployed();
    const { stderr } = await deploy({ web: '2' });
    expect(stderr).toMatch(/web: 2 new copies beside the old ones until they have replaced them, with \d+ MiB more, and more connections to what it calls\n/);
    expect(stderr.indexOf('MiB more')).toBeLessThan(stderr.indexOf('replacing the old copies'));
  });

  test('another image of one service leaves the others alone', async () => {
    deployed();
    const before = ['db-0', 'worker', 'edge'].map(ids);
    await deploy({ web: '2' });
    expect(['db-0', 'worker', 'edge'].map(ids)).toEqual(before);
    expect(images('web')).toEqual(['acme/web:2', 'acme/web:2']);
    expect(images('web-next')).toEqual([]);
  });

  test('an image that means something else today is a change', async () => {
    deployed();
    const before = ids('web');
    engine.state.images['acme/web:1'] = 'sha256:rebuilt';
    await deploy();
    expect(engine.copies('web').map(({ imageId }) => imageId)).toEqual(['sha256:rebuilt', 'sha256:rebuilt']);
    expect(ids('web')).not.toEqual(before);
  });

  test('a database is down only when it changed, and said so', async () => {
    deployed();
    const { stderr } = await deploy({ db: '2' });
    expect(stderr).toContain('db-0: replacing, it is down meanwhile');
    expect(images('db-0')).toEqual(['acme/db:2']);
  });
});

describe('counts and services', () => {
  test('more copies stand beside those that are there', async () => {
    deployed();
    const before = ids('worker');
    await deploy({ copies: 3 });
    expect(engine.isComplete('web', 3)).toBe(true);
    expect(ids('worker')).toEqual(before);
  });

  test.each(['1b2c_shop-web-2', 'shop-web-7'])('a copy that a killed Compose left as %s is made anew, under a name that load balancers know', async (name) => {
    deployed();
    engine.state.containers.find((one) => one.name === 'shop-web-2')!.name = name;
    await deploy();
    const names = engine.state.containers.filter(({ service }) => service === 'web').map((one) => one.name).sort();
    expect(names.slice(0, 2)).toEqual(['shop-web-1', 'shop-web-2']);
    expect(names).not.toContain(name);
  });

  test('fewer copies', async () => {
    await deploy({ copies: 3 });
    await deploy({ copies: 1 });
    expect(ids('web')).toHaveLength(1);
  });

  test('fewer copies: the load balancer is told to use all places again once it knows of the fewer', async () => {
    await deploy({ copies: 3 });
    const calls = engine.host.calls.length;
    await deploy({ copies: 1 });
    const since = engine.host.calls.slice(calls);
    const drained = since.findIndex((call) => / drain shop-web-/.test(call));
    const loaded = since.findIndex((call) => /^exec /.test(call) && !isDrain(call));
    const again = since.findIndex((call, at) => at > drained && / drain$/.test(call));
    expect(drained).toBeGreaterThan(-1);
    expect(loaded).toBeGreaterThan(drained);
    expect(again).toBeGreaterThan(loaded);
  });

  test.each([['rolls', '2'], ['is as it was', '1']])('fewer copies: the load balancer does not use their places again while another service %s', async (_, wiki) => {
    await deploy({ copies: 3, wiki: '1' });
    const calls = engine.host.calls.length;
    await deploy({ copies: 1, wiki });
    const since = engine.host.calls.slice(calls);
    const drains = since.slice(0, since.findIndex((call) => /^exec /.test(call) && !isDrain(call))).filter(isDrain);
    const told = drains.slice(drains.findIndex((call) => call.includes('shop-web-3')));
    expect(told.length).toBeGreaterThan(1);
    expect(told.filter((call) => !/ shop-web-2 .*shop-web-3( |$)/.test(call))).toEqual([]);
  });

  test('fewer copies: their places are used again where that release fails', async () => {
    await deploy({ copies: 3, wiki: '1' });
    engine.given.behaviour = ({ image }) => image === 'acme/wiki:2' ? 'crashes' : 'gets ready';
    await failure(deploy({ copies: 1, wiki: '2' }));
    expect(engine.isComplete('web', 3)).toBe(true);
    expect(engine.host.calls.filter(isDrain).at(-1)).toMatch(/ drain$/);
  });

  test('the running load balancer joins the network of a new service', async () => {
    deployed();
    const [edge] = ids('edge');
    await deploy({ admin: true });
    expect(engine.copies('edge')).toMatchObject([{ id: edge, networks: ['shop_edge-outside-8222f0', 'shop_edge-to-admin-0b6b79', 'shop_edge-to-web-0b6b79'] }]);
    expect(engine.state.loaded).toContain('admin.example');
  });

  test('the running proxy of a service joins the network of a new caller, which comes later, under the name of the service', async () => {
    await deploy({ callers: ['reader'] });
    const [proxy] = ids('web-proxy');
    const calls = engine.host.calls.length;
    await deploy({ callers: ['reader', 'writer'] });
    const changed = changes(calls);
    const joins = changed.indexOf(`network connect --alias web-proxy --alias web shop_writer-to-web-0b6b79 ${proxy}`);
    expect(changed[joins - 1]).toBe('compose up -d --no-deps --no-recreate web-proxy');
    expect(changed.findIndex((call) => call.endsWith(' writer'))).toBeGreaterThan(joins);
    expect(engine.copies('web-proxy')).toMatchObject([{ id: proxy, networks: PROXY_NETWORKS }]);
  });

  test('the running proxy of a service leaves the network of a caller that is declared no more, and a network that is there is not made', async () => {
    await deploy({ callers: ['reader', 'writer'] });
    const [proxy] = ids('web-proxy');
    const calls = engine.host.calls.length;
    await deploy({ callers: ['reader'] });
    expect(changes(calls).filter((call) => call.endsWith('web-proxy'))).toEqual([]);
    expect(engine.copies('web-proxy')).toMatchObject([{ id: proxy, networks: PROXY_NETWORKS.filter((name) => !name.includes('writer')) }]);
    expect(engine.state.networks).not.toContain('shop_writer-to-web-0b6b79');
  });

  test('a network of a new caller that cannot be made is a failure', async () => {
    await deploy({ callers: ['reader'] });
    fail(/ up -d --no-deps --no-recreate web-proxy/, 'all predefined address pools have been fully subnetted');
    expect(await failure(deploy({ callers: ['reader', 'writer'] }))).toContain('web-proxy: cannot join shop_writer-to-web-0b6b79');
  });

  test('a service that is declared no more goes, and the network that the load balancer had with it', async () => {
    await deploy({ admin: true });
    const [edge] = ids('edge');
    const { stderr } = await deploy();
    expect(stderr).toContain('admin: removed');
    expect(ids('admin')).toEqual([]);
    expect(engine.copies('edge')).toMatchObject([{ id: edge, networks: ['shop_edge-outside-8222f0', 'shop_edge-to-web-0b6b79'] }]);
    expect(engine.state.networks).not.toContain('shop_edge-to-admin-0b6b79');
  });

  test('nothing is left of an interrupted update of a service that is declared no more', async () => {
    await deploy({ admin: true });
    engine.host.write('shop/rolling/admin', '');
    await deploy();
    expect(engine.host.files('shop/rolling')).toEqual([]);
    expect((await verb('status')).stdout).not.toContain('interrupted');
  });

  test('a load balancer that has another name gets the ports of the one before, which goes first', async () => {
    deployed();
    const { code, stderr } = await deploy({ balancer: 'gateway' });
    expect([code, engine.isComplete('gateway', 1), engine.copies('edge')]).toEqual([0, true, []]);
    expect(stderr).toContain('edge: removed, since its port 80 is wanted\n');
  });

  test('a port that somebody else has costs no service', async () => {
    deployed();
    fail(/releases\/0002\/.* up -d --no-deps gateway$/, 'Bind for 0.0.0.0:8443 failed: port is already allocated');
    const [edge] = ids('edge');
    expect(await failure(deploy({ balancer: 'gateway' }))).toContain('8443 failed: port is already allocated');
    expect(ids('edge')).toEqual([edge]);
  });

  test('and gives them back where that release fails', async () => {
    deployed();
    engine.host.before = (call) => {
      if (/releases\/0002\/.* up -d --no-deps gateway$/.test(call) && engine.copies('edge').length === 0) throw new Failure('no space left on device');
    };
    expect(await failure(deploy({ balancer: 'gateway' }))).toContain('shop: release 0002 FAILED; release 0001 keeps serving\n');
    expect([engine.isComplete('edge', 1), engine.copies('gateway')]).toEqual([true, []]);
  });

  test('a network that cannot be joined is a failure', async () => {
    deployed();
    fail(/^docker network connect/, 'all predefined address pools have been fully subnetted');
    expect(await failure(deploy({ admin: true }))).toContain('edge: cannot join shop_edge-to-admin-0b6b79');
    expect(current()).toBe('0001');
  });

  test('all volumes are held by a container that never starts', async () => {
    deployed();
    expect(engine.state.containers.find(({ name }) => name === 'shop-volumes-guard')).toMatchObject({
      status: 'created', volumes: ['shop_db-0-data', 'shop_edge-config', 'shop_edge-data'],
    });
  });
});

describe('an engine that does not answer', () => {
  beforeEach(deployed);

  test('for a moment is asked again: nobody believes that there are no copies', async () => {
    let asked = 0;
    let served = true;
    engine.moment = () => served &&= engine.isComplete('web', 2) || engine.isComplete('web-next', 2);
    engine.host.before = (call) => {
      if (/^docker ps -aq/.test(call) && asked++ % 3 < 2) throw new Failure('Cannot connect to the Docker daemon');
    };
    const { code, stderr } = await deploy({ web: '2' });
    expect([code, served, stderr.includes('first start'), images('web')]).toEqual([0, true, false, ['acme/web:2', 'acme/web:2']]);
  });

  test('for minutes ends the deployment, which touches nothing any more', async () => {
    let isAway = false;
    engine.host.before = (call) => {
      isAway ||= / up -d --no-deps web-next$/.test(call);
      if (isAway && call.startsWith('docker')) throw new Failure('Cannot connect to the Docker daemon');
    };
    const { code, stderr } = await deploy({ web: '2' });
    expect([code, stderr.includes('docker does not answer any more\n'), engine.isComplete('web', 2)]).toEqual([130, true, true]);
  });
});

describe('variables', () => {
  test('come from the .env of the project, and are kept with the release', async () => {
    deployed();
    const [{ hash }] = engine.copies('web');
    engine.host.write('shop/.env', 'TOKEN=second\n');
    await deploy();
    expect(engine.copies('web')[0].hash).not.toBe(hash);
    await verb('rollback');
    expect(engine.copies('web')[0].hash).toBe(hash);
  });

  test('COMPOSE_PROJECT_NAME deploys under another name', async () => {
    engine.host.write('other/secrets/password', 's3cret');
    engine.host.write('other/.env', 'TOKEN=first\n');
    await engine.host.run(script(), [], { env: { COMPOSE_PROJECT_NAME: 'other' } });
    expect(engine.copies('web').map(({ name }) => name)).toEqual(['other-web-1', 'other-web-2']);
    expect(engine.host.read('other/current')).toBe('0001\n');
    expect(engine.host.read('shop/current')).toBeUndefined();
  });
});

const SHELLS = [['dash', ['dash']], ['busybox sh', ['busybox', 'sh']], ['bash', ['bash', '--posix']]].filter(([, [program]]) => which(program) !== undefined);

test.each(SHELLS as [string, string[]][])('in %s', async (_, shell) => {
  engine.host.shell = shell;
  expect((await deploy()).code).toBe(0);
  expect((await deploy({ web: '2', admin: true })).code).toBe(0);
  expect((await verb('rollback')).code).toBe(0);
  expect(images('web')).toEqual(['acme/web:1', 'acme/web:1']);
});
