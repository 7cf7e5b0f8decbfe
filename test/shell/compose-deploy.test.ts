import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeCompose, type Snapshot } from './fake-compose';
import { Failure, which, type Result } from './fake-host';
import { shop, type Release } from './shop';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-compose-'));

let engine: FakeCompose;
let first: Snapshot;

async function newEngine(): Promise<void> {
  engine = await FakeCompose.withSecrets();
}

beforeAll(async () => {
  await newEngine();
  await deploy();
  first = engine.save(folder);
  engine.host.stop();
});

beforeEach(newEngine);

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What is there after the first deployment, without its time. */
const deployed = () => engine.goBackTo(first);

const script = (release: Release = {}) => join(shop('compose', release), 'deploy.sh');
const deploy = (release: Release = {}): Promise<Result> => engine.host.run(script(release));

/** A verb of the script that stays on the host. */
const verb = (...args: string[]): Promise<Result> => engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), args);

/** The outcome of a script that is to fail. */
async function failure(result: Promise<Result>): Promise<string> {
  const { code, stderr } = await result;
  expect(code).toBe(1);
  return stderr;
}

const images = (service: string) => engine.copies(service).map(({ image }) => image);
const ids = (service: string) => engine.copies(service).map(({ id }) => id);
const current = () => engine.host.read('shop/current')?.trim();
/** What was changed by calls from number `from` on. */
const isDrain = (call: string) => /^exec [^]* drain( |$)/.test(call);

const changes = (from = 0) => engine.host.calls.slice(from).map((call) => call.replace(/^compose .* --profile rollout( --progress quiet)?/, 'compose'))
  .filter((call) => /^(compose (up|run)|stop|rm|exec|create|network (rm|connect|disconnect)) /.test(call));

const PROXY_NETWORKS = ['reader', 'web-proxy', 'writer'].map((from) => `shop_${from}-to-web-0b6b79`);

/** Makes calls that a pattern matches fail. */
function fail(pattern: RegExp, message = 'it did not work'): void {
  engine.host.before = (call) => {
    if (pattern.test(call)) throw new Failure(message);
  };
}

/** Sends a signal to the script instead of the first call that a pattern matches. */
function signalAt(pattern: RegExp, signal: NodeJS.Signals): void {
  engine.host.before = (call) => {
    if (!pattern.test(call)) return;
    engine.host.before = () => undefined;
    engine.host.signal(signal);
    throw new Failure('nobody hears this any more');
  };
}

/** Waits for what is to come about. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

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

describe('a network that has other options', () => {
  test('is refused before anything is touched, since who is in the one before would not reach who is in it', async () => {
    deployed();
    const before = engine.view();
    const calls = engine.host.calls.length;
    expect(await failure(deploy({ addressPool: '10.128.0.0/10', web: '2' }))).toMatch(new RegExp('error: the network (shop_[a-z-]+)-[0-9a-f]{6} takes the place of'
      + ' \\1-[0-9a-f]{6}, since its options have changed, and who is in the one does not reach who is in the other. Nothing was changed.'
      + ' Stop first what uses it: deploy.sh down of shop\n$'));
    expect(changes(calls)).toEqual([]);
    expect(engine.view()).toEqual(before);
  });

  test('is made after all is stopped', async () => {
    deployed();
    await verb('down');
    expect((await deploy({ addressPool: '10.128.0.0/10' })).code).toBe(0);
  });

  test('is made where one service alone is in it, which has changed', async () => {
    await deploy({ lan: { subnet: '10.7.0.0/24' } });
    expect((await deploy({ lan: { subnet: '10.8.0.0/24' }, worker: '2' })).code).toBe(0);
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toEqual(engine.copies('worker')[0].networks);
  });
});

describe('a network whose addresses another one has', () => {
  const LAN = { subnet: '10.7.0.0/24', ipv6Subnet: 'fd00:7::/64' };
  /** A network of somebody else. */
  function given(subnet: string): void {
    engine.state.networks.push('plant');
    engine.state.ranges.plant = [{ subnet }];
  }

  test('is refused before anything is touched, where copies still use that one', async () => {
    await deploy({ lan: LAN });
    const before = engine.view();
    const calls = engine.host.calls.length;
    expect(await failure(deploy({ lan: { ...LAN, mtu: 1400 }, worker: '2' }))).toMatch(new RegExp('error: the network shop_lan-[0-9a-f]{6} cannot be made while'
      + ' shop_lan-[0-9a-f]{6} is there: its subnet 10.7.0.0/24 has addresses in common with 10.7.0.0/24. Nothing was changed.'
      + ' Give it another subnet, or the target another addressPool; or remove the other one first: deploy.sh down of shop\n$'));
    expect(changes(calls)).toEqual([]);
    expect(engine.view()).toEqual(before);
  });

  test('is made after all is stopped', async () => {
    await deploy({ lan: LAN });
    await verb('down');
    expect((await deploy({ lan: { ...LAN, mtu: 1400 } })).code).toBe(0);
  });

  test('is made where nobody uses that one, which a release has left that failed', async () => {
    deployed();
    engine.given.behaviour = ({ service }) => service === 'worker-next' ? 'crashes' : 'gets ready';
    await failure(deploy({ lan: LAN }));
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toHaveLength(1);
    engine.given.behaviour = () => 'gets ready';
    expect((await deploy({ lan: { ...LAN, mtu: 1400 } })).code).toBe(0);
    expect(engine.state.networks.filter((name) => name.startsWith('shop_lan-'))).toHaveLength(1);
  });

  test.each(['10.7.0.0/16', '10.7.0.128/25', 'fd00:7::/48', 'fd00:7:0:0:8000::/65'])('is refused where somebody else has %s', async (subnet) => {
    given(subnet);
    expect(await failure(deploy({ lan: LAN }))).toContain(`has addresses in common with ${subnet}. Nothing was changed. Give it another subnet, or`
      + ' the target another addressPool; or remove the other one first: docker network rm plant\n');
    expect(engine.state.containers).toEqual([]);
  });

  test.each(['10.7.1.0/24', '10.6.0.0/16', 'fd00:70::/64', 'fd00:7:0:1::/64'])('is no such where somebody else has %s', async (subnet) => {
    given(subnet);
    expect((await deploy({ lan: LAN })).code).toBe(0);
  });

  test.each([['10.7.0.64/26', 0], ['10.7.0.128/26', 1]])('is left to the engine where each has a part of one subnet, as where that one has %s', async (part, code) => {
    given('10.7.0.0/24');
    engine.state.ranges.plant[0].ip_range = part;
    const { stderr } = await deploy({ lan: { parent: 'eth0.20', subnet: '10.7.0.0/24', ipRange: '10.7.0.128/26' } });
    expect(stderr.includes('has addresses in common with')).toBe(code === 1);
  });

  test('stays as it is', async () => {
    await deploy({ lan: LAN });
    expect((await deploy({ lan: LAN, web: '2' })).code).toBe(0);
  });
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

describe('the proxy of a service', () => {
  const callers = ['reader'];
  const web = (release: Release = {}) => deploy({ ...release, callers });
  /** What the proxy was told, and what became of copies meanwhile, from call number `from` on. */
  const told = (from: number) => changes(from).flatMap((call) => {
    const [, addresses] = /^exec \S+ perl -e [^]* @changes( .*|$)/.exec(call) ?? [];
    if (addresses !== undefined) return [addresses === '' ? 'all' : `none to${addresses}`];
    return /^(compose up .*|stop .*)/.exec(call)?.slice(1).filter((what) => /web(-next)?$|stop/.test(what)).map((what) => what.replace(/-d .* /, '')) ?? [];
  });
  /** Copies as load balancers may know them. */
  const named = (id: string) => `${engine.state.containers.find((one) => one.id === id)!.name} 10.0.0.${id.slice(1)}`;
  const copies = (service: string) => ids(service).map(named).join(' ');

  test('sends copies nothing any more before they stop, and to all when others are there', async () => {
    await web();
    const before = copies('web');
    const calls = engine.host.calls.length;
    let next = '';
    let nextIds: string[] = [];
    engine.moment = () => { if (ids('web-next').length === 2) [next, nextIds] = [copies('web-next'), ids('web-next')]; };
    await web({ web: '2' });
    expect(told(calls)).toEqual([
      'all',
      'compose up web-next',
      `none to ${before}`,
      'compose up web',
      'all',
      `none to ${next}`,
      `stop ${nextIds.join(' ')}`,
      'all',
    ]);
  });

  test('sends nothing any more to copies that are too many', async () => {
    await web({ copies: 4 });
    const [, , third, fourth] = ids('web').map(named);
    const calls = engine.host.calls.length;
    await web({ copies: 2 });
    expect(told(calls)).toEqual(['all', `none to ${third} ${fourth}`, 'compose up web', 'all']);
  });

  test('sends to all what is left when new copies do not get ready a second time', async () => {
    await web();
    engine.given.behaviour = ({ service, image }) => service === 'web' && image === 'acme/web:2' ? 'never gets ready' : 'gets ready';
    const calls = engine.host.calls.length;
    await web({ web: '2' });
    const said = told(calls);
    expect(said.slice(said.indexOf('compose up web')).filter((what) => !what.startsWith('compose'))[0]).toBe('all');
  });

  test('that cannot be told so is no failure, and is said', async () => {
    await web();
    fail(/^docker exec \S+ perl/, 'exec: "perl": executable file not found');
    const { code, stderr } = await web({ web: '2' });
    expect([code, stderr.includes('web-proxy: cannot keep requests from copies that stop; a few may be lost')]).toEqual([0, true]);
  });
});

describe('what runs once', () => {
  test('a disk that cannot be handed over ends the deployment', async () => {
    engine.given.exitCode = (service) => service === 'db-0-volumes' ? 1 : 0;
    expect(await failure(deploy())).toMatch(/db-0-volumes: failed with exit code 1\n {4}log: a line of the log\n[\s\S]*shop: release 0001 FAILED; see '\S+deploy\.sh status'\n$/);
    expect(ids('db-0')).toEqual([]);
  });

  test('a step that fails ends the deployment before the first new copy', async () => {
    deployed();
    engine.given.exitCode = (service) => service === 'web-migrate' ? 3 : 0;
    expect(await failure(deploy({ web: '2' }))).toMatch(/web-migrate: failed with exit code 3\n {4}log: a line of the log\n[\s\S]*shop: release 0002 FAILED; release 0001 keeps serving\n$/);
    expect(images('web')).toEqual(['acme/web:1', 'acme/web:1']);
  });

  test('the release that is deployed already and fails is not said to keep serving', async () => {
    deployed();
    engine.state.images['acme/worker:1'] = 'sha256:rebuilt';
    engine.given.behaviour = ({ imageId }) => imageId === 'sha256:rebuilt' ? 'crashes' : 'gets ready';
    expect(await failure(deploy())).toMatch(/shop: release 0001 FAILED; see '\S+deploy\.sh status'\n$/);
  });

  test('a step goes on while the engine that runs it is started anew', async () => {
    let answers = 0;
    engine.host.before = (call) => {
      if (/^docker wait/.test(call) && answers++ < 2) throw new Failure('error during connect: EOF');
    };
    expect((await deploy()).code).toBe(0);
    expect(engine.state.steps).toEqual(['shop-web-migrate-0001']);
  });

  test('a step that somebody removes has failed', async () => {
    engine.host.before = (call) => {
      if (!/^docker wait/.test(call)) return;
      engine.state.containers = engine.state.containers.filter(({ service }) => service !== 'web-migrate');
    };
    expect(await failure(deploy())).toContain('web-migrate: failed with exit code unknown: somebody has removed it\n');
  });

  test('a step that failed runs again', async () => {
    engine.given.exitCode = (service) => service === 'web-migrate' ? 3 : 0;
    await deploy();
    engine.given.exitCode = () => 0;
    expect((await deploy()).code).toBe(0);
    expect(engine.state.steps).toEqual(['shop-web-migrate-0001', 'shop-web-migrate-0001']);
  });

  test('a step runs once a release, however often one goes back to it', async () => {
    deployed();
    await deploy({ web: '2' });
    await verb('rollback');
    await verb('rollback', '2');
    expect(engine.state.steps).toEqual(['shop-web-migrate-0001', 'shop-web-migrate-0002']);
  });

  test('a step that was started before the script was killed is waited for', async () => {
    signalAt(/^docker wait shop-web-migrate-/, 'SIGKILL');
    await deploy();
    const { code, stderr } = await deploy();
    expect(code).toBe(0);
    expect(stderr).toContain('web-migrate: it was started before, waiting for its end');
    expect(engine.state.steps).toEqual(['shop-web-migrate-0001']);
  });

  test('a step of a release before that still runs is waited for: two never run at once', async () => {
    signalAt(/^docker wait shop-web-migrate-/, 'SIGKILL');
    await deploy();
    const { code, stderr } = await deploy({ web: '2' });
    expect(code).toBe(0);
    expect(stderr).toContain('web-migrate: an earlier one still runs, waiting for its end');
    expect(engine.state.steps).toEqual(['shop-web-migrate-0001', 'shop-web-migrate-0002']);
    expect(engine.state.containers.filter(({ name }) => name.includes('migrate'))).toEqual([]);
  });

  test('a step of a release before is waited for while the engine that runs it is started anew', async () => {
    signalAt(/^docker wait shop-web-migrate-/, 'SIGKILL');
    await deploy();
    let answers = 0;
    let cut = false;
    engine.host.before = (call) => {
      if (/^docker wait/.test(call) && answers++ < 2) throw new Failure('error during connect: EOF');
      cut ||= /^docker rm -f/.test(call) && engine.state.containers.some(({ id, name, status }) => name.includes('migrate') && call.includes(id) && status === 'running');
    };
    expect([(await deploy({ web: '2' })).code, cut]).toEqual([0, false]);
  });

  test('a step that failed while nobody waited has failed', async () => {
    signalAt(/^docker wait shop-web-migrate-/, 'SIGKILL');
    await deploy();
    engine.given.exitCode = (service) => service === 'web-migrate' ? 1 : 0;
    expect(await failure(deploy())).toContain('web-migrate: failed with exit code 1');
  });
});

describe('the old copies keep serving', () => {
  beforeEach(deployed);

  afterEach(() => {
    expect(images('web')).toEqual(['acme/web:1', 'acme/web:1']);
    expect(engine.isComplete('web', 2)).toBe(true);
    expect(images('web-next')).toEqual([]);
    expect(current()).toBe('0001');
  });

  test('when new ones never get ready', async () => {
    engine.given.behaviour = ({ image }) => image === 'acme/web:2' ? 'never gets ready' : 'gets ready';
    const stderr = await failure(deploy({ web: '2' }));
    expect(stderr).toMatch(/web-next: not ready after \d+ s/);
    expect(stderr).toContain('    health check: connection refused');
    expect(stderr).toContain('web: the new version did not get ready; the old copies keep serving');
  });

  test('when new ones crash, long before their time is up', async () => {
    engine.given.behaviour = ({ image }) => image === 'acme/web:2' ? 'crashes' : 'gets ready';
    expect(await failure(deploy({ web: '2' }))).toContain('web-next: keeps crashing');
  });

  test('when new ones of a service without a health check run for a moment and crash', async () => {
    engine.given.behaviour = ({ image }) => image === 'acme/worker:2' ? 'crashes' : 'gets ready';
    expect(await failure(deploy({ worker: '2' }))).toContain('worker-next: does not stay up');
    expect(images('worker')).toEqual(['acme/worker:1', 'acme/worker:1']);
  });

  test('when new ones cannot be created', async () => {
    fail(/ up -d --no-deps web-next/, 'no space left on device');
    expect(await failure(deploy({ web: '2' }))).toContain('    no space left on device');
  });

  test('when the first phase is interrupted', async () => {
    signalAt(/ up -d --no-deps web-next/, 'SIGINT');
    const { code, stderr } = await deploy({ web: '2' });
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted: what served before keeps serving. Run it again to go on');
  });

  test('when it is interrupted while new ones get ready', async () => {
    engine.given.behaviour = ({ image }) => image === 'acme/web:2' ? 'never gets ready' : 'gets ready';
    signalAt(/^sleep/, 'SIGINT');
    expect((await deploy({ web: '2' })).code).toBe(130);
  });

  test('when a later service fails: those that were updated go back', async () => {
    engine.given.behaviour = ({ image }) => image === 'acme/worker:2' ? 'crashes' : 'gets ready';
    expect(await failure(deploy({ web: '2', worker: '2' }))).toContain('web: back to release 0001');
    expect(images('worker')).toEqual(['acme/worker:1', 'acme/worker:1']);
  });
});

test.each([
  ['images are fetched', /^docker pull/],
  ['a step runs', /^docker wait/],
  ['the twin gets ready', /^docker inspect .*RestartCount/],
  ['callers see the twin', /^sleep 3/],
  ['a service is replaced', / up -d --no-deps web$/],
  ['the twin goes', /^docker stop/],
  ['the load balancer joins a network', /^docker network connect/],
  ['copies get no more requests', /^docker exec [^]* drain shop/],
  ['the load balancer loads its configuration', /^docker exec (?![^]* drain)/],
])('interrupted while %s, the next run goes on', async (_, call) => {
  deployed();
  let gaps = 0;
  engine.moment = () => gaps += engine.isComplete('web', 2) || engine.isComplete('web-next', 2) ? 0 : 1;
  signalAt(call, 'SIGINT');
  const { code, stderr } = await deploy({ web: '2', admin: true });
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted: what served before keeps serving. Run it again to go on');
  expect((await deploy({ web: '2', admin: true })).code).toBe(0);
  expect({ gaps, images: images('web'), twins: ids('web-next') }).toEqual({ gaps: 0, images: ['acme/web:2', 'acme/web:2'], twins: [] });
});

test('load balancers get places of copies that went back only once they have forgotten them', async () => {
  deployed();
  const calls: string[] = [];
  engine.host.before = (call) => { calls.push(call); };
  await deploy({ web: '2' });
  const gone = calls.lastIndexOf(calls.filter((call) => /^docker stop/.test(call)).at(-1)!);
  const again = calls.findIndex((call, at) => at > gone && / drain$/.test(call));
  expect(calls.slice(gone, again)).toContain('sleep 2');
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

describe('when the second phase fails', () => {
  /** New copies get ready in the twin alone, and old ones are not to be had any more. */
  const onlyTwin = () => engine.given.behaviour = ({ service }) => service === 'web' ? 'never gets ready' : 'gets ready';

  beforeEach(() => {
    deployed();
    onlyTwin();
  });

  test('the twin keeps serving, and status says so', async () => {
    const stderr = await failure(deploy({ web: '2' }));
    expect(stderr).toContain('web: the new copies did not get ready a second time; web-next keeps serving');
    expect(stderr).toContain("not all of it: run '");
    expect(engine.isComplete('web-next', 2)).toBe(true);
    expect((await verb('status')).stdout).toContain('web: an update was interrupted. Run ');
  });

  test('the next run goes on from the twin', async () => {
    await deploy({ web: '2' });
    const twins = ids('web-next');
    engine.given.behaviour = () => 'gets ready';
    let served = true;
    engine.moment = () => served &&= engine.isComplete('web', 2) || twins.every((id) => ids('web-next').includes(id));
    const { stderr } = await deploy({ web: '2' });
    expect(stderr).toContain('web: an update was interrupted, web-next serves: going on');
    expect(served).toBe(true);
    expect(images('web')).toEqual(['acme/web:2', 'acme/web:2']);
    expect(engine.host.files('shop/rolling')).toEqual([]);
  });

  test('a twin that is no longer well does not serve in place of old copies that are', async () => {
    engine.given.behaviour = () => 'gets ready';
    signalAt(/^docker exec [^]* shop-web-1 /, 'SIGKILL');
    await deploy({ web: '2' });
    expect([images('web'), engine.host.files('shop/rolling')]).toEqual([['acme/web:1', 'acme/web:1'], ['web']]);
    engine.given.behaviour = ({ image }) => image === 'acme/web:2' ? 'never gets ready' : 'gets ready';
    let served = true;
    engine.moment = () => served &&= engine.isComplete('web', 2) || engine.isComplete('web-next', 2);
    expect((await deploy({ web: '3' })).code).toBe(0);
    expect([served, images('web')]).toEqual([true, ['acme/web:3', 'acme/web:3']]);
  });

  test('an interruption leaves the twin serving', async () => {
    signalAt(/ up -d --no-deps web$/, 'SIGINT');
    expect((await deploy({ web: '2' })).code).toBe(130);
    expect(engine.isComplete('web-next', 2)).toBe(true);
    expect(engine.host.files('shop/rolling')).toEqual(['web']);
  });
});

describe('the load balancer', () => {
  test('is not asked to load what it has', async () => {
    deployed();
    const calls = engine.host.calls.length;
    await deploy({ web: '2' });
    expect(changes(calls).filter((call) => call.startsWith('exec') && !isDrain(call))).toEqual([]);
  });

  test('loads a new configuration while it runs', async () => {
    deployed();
    const before = ids('edge');
    expect((await deploy({ copies: 3 })).stderr).toContain('edge: configuration loaded');
    expect(ids('edge')).toEqual(before);
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('gets its old configuration back when it refuses the new one', async () => {
    deployed();
    engine.given.refuses = (configuration) => configuration.includes('admin.example');
    expect(await failure(deploy({ admin: true }))).toContain('edge: refused its new configuration:\n    Error: unknown directive');
    expect(engine.host.read('shop/config/edge/Caddyfile')).toBe(engine.host.read('shop/releases/0001/config/edge/Caddyfile'));
    expect(engine.state.loaded).not.toContain('admin.example');
    expect(current()).toBe('0001');
  });

  test('that refuses the old one too is told', async () => {
    deployed();
    engine.given.refuses = () => true;
    expect(await failure(deploy({ admin: true }))).toMatch(/not all of it: run '[\s\S]*shop: release 0002 FAILED; see '\S+deploy\.sh status'\n$/);
  });

  test('keeps its configuration when the disk is full', async () => {
    deployed();
    engine.host.fillDisk('edge/./Caddyfile.new');
    expect(await failure(deploy({ admin: true }))).toContain('is the disk full? edge still has its configuration');
    expect(engine.host.read('shop/config/edge/Caddyfile')).toBe(engine.host.read('shop/releases/0001/config/edge/Caddyfile'));
  });

  test('that nobody knows the configuration of loads it: its first deployment was interrupted while it was waited for', async () => {
    engine.given.behaviour = ({ service }) => service === 'edge' ? 'never gets ready' : 'gets ready';
    engine.host.before = (call) => {
      if (!/^sleep/.test(call) || ids('edge').length === 0) return;
      engine.host.before = () => undefined;
      engine.host.signal('SIGINT');
    };
    expect((await deploy()).code).toBe(130);
    engine.given.behaviour = () => 'gets ready';
    const before = ids('edge');
    const { code, stderr } = await deploy({ copies: 3 });
    expect([code, ids('edge')]).toEqual([0, before]);
    expect(stderr).not.toContain('edge: created anew');
    expect(stderr).toContain('edge: configuration loaded');
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('that somebody has created anew by hand loads what is new', async () => {
    deployed();
    const [edge] = engine.copies('edge');
    edge.id = 'c999';
    await deploy({ copies: 3 });
    expect(engine.state.loaded).toBe(engine.host.read('shop/releases/0002/config/edge/Caddyfile'));
  });

  test('that is created anew is said to be, and not asked to load what it has read', async () => {
    deployed();
    const [edge] = engine.copies('edge');
    edge.hash = 'another';
    engine.host.write('shop/balancers/edge', 'c999 other loaded\n');
    const calls = engine.host.calls.length;
    const { stderr } = await deploy();
    expect(ids('edge')).not.toEqual([edge.id]);
    expect(stderr).toContain('edge: created anew, requests are lost for a moment');
    expect(changes(calls).filter((call) => call.startsWith('exec') && !isDrain(call))).toEqual([]);
  });

  test('is created anew where a variable of its body has another value, and then only', async () => {
    const variables = (tuning: string) => engine.host.write('shop/.env', `TOKEN=first\nTUNING=${tuning}\n`);
    variables('1');
    await deploy({ tuned: true });
    variables('2');
    const { stderr } = await deploy({ tuned: true });
    expect(stderr).toContain('edge: created anew, requests are lost for a moment');
    const [edge] = ids('edge');
    await deploy({ tuned: true, admin: true });
    expect(ids('edge')).toEqual([edge]);
  });

  test('is created anew where its image means something else today', async () => {
    deployed();
    const [{ id, image }] = engine.copies('edge');
    engine.state.images[image] = 'sha256:rebuilt';
    expect((await deploy()).stderr).toContain('edge: created anew, requests are lost for a moment');
    expect(engine.copies('edge')).toMatchObject([{ imageId: 'sha256:rebuilt' }]);
    expect(ids('edge')).not.toEqual([id]);
  });

  test('that was stopped by hand starts again', async () => {
    deployed();
    engine.copies('edge')[0].status = 'exited';
    await deploy();
    expect(engine.isComplete('edge', 1)).toBe(true);
  });

  test('that cannot start again is a failure', async () => {
    deployed();
    engine.copies('edge')[0].status = 'exited';
    fail(/ up -d --no-deps --no-recreate edge/, 'port is already allocated');
    expect(await failure(deploy())).toContain('    port is already allocated');
  });
});

describe('rollback', () => {
  test('goes to the release that was deployed before: images, files, routes', async () => {
    deployed();
    await deploy({ web: '2', settings: 'two', admin: true });
    expect((await verb('rollback')).code).toBe(0);
    expect(current()).toBe('0001');
    expect(images('web')).toEqual(['acme/web:1', 'acme/web:1']);
    expect(engine.state.loaded).not.toContain('admin.example');
    expect(ids('admin')).toEqual([]);
  });

  test('passes over releases that failed', async () => {
    deployed();
    engine.given.exitCode = (service) => service === 'web-migrate' ? 1 : 0;
    await deploy({ web: 'bad' });
    engine.given.exitCode = () => 0;
    await deploy({ web: '3' });
    await verb('rollback');
    expect(current()).toBe('0001');
  });

  test('finds the one before, however many have failed since', async () => {
    deployed();
    engine.given.exitCode = (service) => service === 'web-migrate' ? 1 : 0;
    for (const web of ['2', '3', '4', '5', '6', '7']) await deploy({ web });
    engine.given.exitCode = () => 0;
    await deploy({ web: '8' });
    await verb('gc');
    expect((await verb('rollback')).code).toBe(0);
    expect(current()).toBe('0001');
  });

  test.each(['1', '0001'])('to release %s', async (number) => {
    deployed();
    await deploy({ web: '2' });
    await deploy({ web: '3' });
    await verb('rollback', number);
    expect(images('web')).toEqual(['acme/web:1', 'acme/web:1']);
  });

  test('only to a release that is kept', async () => {
    deployed();
    expect(await failure(verb('rollback', '7'))).toMatch(/error: release 0007 is not kept: '.* history' lists them/);
    expect(await failure(verb('rollback', 'last'))).toContain("error: 'last' is no release");
    expect(await failure(verb('rollback'))).toContain('error: no release before 0001 is kept');
  });

  test('not before the first deployment is done', async () => {
    engine.given.exitCode = () => 1;
    await deploy();
    expect(await failure(engine.host.run(script(), ['rollback']))).toBe('error: shop was never deployed\n');
  });
});

describe('secrets', () => {
  const set = (input: string, ...args: string[]) => engine.host.run(script({ passwordVersion: '2' }), ['secrets', 'set', ...args], { input });
  const file = 'shop/secrets/password.2';

  test('are taken from standard input to the byte', async () => {
    const value = ' a\\n$HOME "\' ü\t\n\n';
    expect(await set(value, 'password')).toMatchObject({ code: 0, stdout: '' });
    expect(engine.host.read(file)).toBe(value);
  });

  test('a line break at the end is said, and kept', async () => {
    expect((await set('value\n', 'password')).stderr).toContain('the value ends with a line break');
    expect(engine.host.read(file)).toBe('value\n');
  });

  test('are made up, each time another', async () => {
    await set('', 'password', '--generate');
    const value = engine.host.read(file)!;
    expect(value).toMatch(/^[A-Za-z0-9+/]{43}$/);
    expect((await set('', 'password', '--generate')).stderr).toContain('copies that run keep the old value until they start anew');
    expect(engine.host.read(file)).not.toBe(value);
  });

  test('that are set at the same time do not mix', async () => {
    const both = script({ certificates: true });
    let later = (_: string): void => undefined;
    const slow = engine.host.run(both, ['secrets', 'set', 'certificate'], { input: new Promise<string>((resolve) => { later = resolve; }) });
    while (!engine.host.files('shop/secrets').some((name) => name.startsWith('.new'))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await engine.host.run(both, ['secrets', 'set', 'private-key'], { input: 'key' })).code).toBe(0);
    later('certificate');
    expect((await slow).code).toBe(0);
    expect(['private-key', 'certificate'].map((name) => engine.host.read(`shop/secrets/${name}`))).toEqual(['key', 'certificate']);
  });

  test('stay as they are when the disk is full', async () => {
    const before = engine.host.read('shop/secrets/password');
    engine.host.refuseInput();
    const { code, stderr } = await engine.host.run(script(), ['secrets', 'set', 'password'], { input: 'another' });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/error: cannot write to .*: is the disk full\? 'password' is as it was/)]);
    expect(engine.host.read('shop/secrets/password')).toBe(before);
  });

  test('cannot be empty', async () => {
    expect(await failure(set('', 'password'))).toContain("error: the value of 'password' is empty: nothing was changed");
    expect(engine.host.files('shop/secrets')).toEqual(['password']);
  });

  test.each(['pasword', 'a/b', '', '.*'])("there is none of the name '%s'", async (name) => {
    expect(await failure(set('x', name))).toContain(`error: there is no secret '${name}'; there are: password`);
  });

  test('that are interrupted leave nothing', async () => {
    const ended = engine.host.run(script(), ['secrets', 'set', 'password'], { input: new Promise<string>(() => undefined) });
    while (!engine.host.files('shop/secrets').some((name) => name.startsWith('.new'))) await new Promise((resolve) => setTimeout(resolve, 20));
    engine.host.signal('SIGINT');
    expect((await ended).code).toBe(130);
    expect(engine.host.files('shop/secrets')).toEqual(['password']);
  });

  test('an option that there is not is said', async () => {
    expect(await failure(set('x', 'password', '--generat'))).toContain("error: secrets set has no '--generat'");
    expect(engine.host.files('shop/secrets')).toEqual(['password']);
  });

  test('are closed to others, and stand nowhere else', async () => {
    await set('Vfcwh0ziPp', 'password');
    await deploy({ passwordVersion: '2' });
    const { host } = engine;
    const mode = (path: string) => statSync(join(host.home, path)).mode.toString(8);
    expect(mode(file)).toMatch(/4(00|44)$/);
    expect(mode('shop/secrets')).toMatch(/700$/);
    expect(host.files().filter((path) => host.read(path)!.includes('Vfcwh0ziPp'))).toEqual([file]);
    expect(host.calls.filter((call) => call.includes('Vfcwh0ziPp'))).toEqual([]);
  });

  test('are listed', async () => {
    expect((await engine.host.run(script(), ['secrets'])).stdout).toMatch(/^password +set\n$/);
    expect((await engine.host.run(script({ passwordVersion: '2' }), ['secrets'])).stdout).toMatch(/^password +missing\n$/);
  });
});

describe('verbs', () => {
  test('help is the header of the script', async () => {
    const { code, stdout } = await engine.host.run(script(), ['help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Deploys this project with Docker Compose\.[\s\S]*\n {2}deploy\.sh help +this text\n[\s\S]*this script is the same for all\.\n$/);
  });

  test('another verb is refused, with those that there are', async () => {
    expect(await failure(engine.host.run(script(), ['deplyo']))).toContain("error: there is no 'deplyo': it is deploy, rollback, ");
  });

  test('status of a project whose first deployment was refused tells that nothing runs', async () => {
    engine.host.write('shop/secrets/password', '');
    await engine.host.run(script({ passwordVersion: '2' }));
    const { code, stderr } = await engine.host.run(script({ passwordVersion: '2' }), ['status']);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('status tells what runs', async () => {
    deployed();
    const { stdout } = await verb('status');
    expect(stdout).toMatch(/^shop: release 0001\n\nSERVICE +READY +RUNNING +IMAGE\n/);
    expect(stdout).toMatch(/^web +2 +2 +acme\/web:1 *$/m);
    expect(stdout).not.toContain('web-next');
  });

  test('what copies said until they went is kept with the release', async () => {
    deployed();
    await deploy({ web: '2' });
    const logs = engine.host.files('shop/releases/0002/logs').map((path) => path.replace(/\.\d+\.log$/, ''));
    expect(new Set(logs)).toEqual(new Set(['shop-web-1', 'shop-web-2', 'shop-web-migrate-0002', 'shop-web-next-1', 'shop-web-next-2']));
  });

  test('history tells what came of each release', async () => {
    deployed();
    engine.given.exitCode = () => 1;
    await deploy({ web: '2' });
    expect((await verb('history')).stdout).toMatch(/^2030-01-01 \S+ release 0001 deployed\n2030-01-01 \S+ release 0002 failed\n$/);
  });

  test('5 releases are kept, with their files', async () => {
    for (const settings of ['1', '2', '3', '4', '5', '6']) await deploy({ settings });
    expect(new Set(engine.host.files('shop/releases').map((path) => path.split('/')[0]))).toEqual(new Set(['0002', '0003', '0004', '0005', '0006']));
    expect(engine.host.files('shop/config/web')).toHaveLength(5);
  });

  test('the current release is never removed', async () => {
    deployed();
    engine.given.exitCode = (service) => service === 'web-migrate' ? 1 : 0;
    for (const settings of ['1', '2', '3', '4', '5', '6']) await deploy({ settings });
    await verb('gc');
    expect(engine.host.files('shop/releases')).toContain('0001/compose.yml');
    expect(engine.host.files('shop/config/web')).toHaveLength(6);
  });

  test('gc before the first deployment says that there is nothing to remove', async () => {
    const { code, stderr } = await engine.host.run(script(), ['gc']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('shop was never deployed: there is nothing to remove\n')]);
  });

  test('down leaves volumes and secrets', async () => {
    deployed();
    const { volumes } = engine.state;
    await verb('down');
    expect(engine.state.containers.map(({ name }) => name)).toEqual(['shop-volumes-guard']);
    expect(engine.state.volumes).toEqual(volumes);
    expect(engine.host.read('shop/secrets/password')).toBe('s3cret');
    expect((await deploy()).code).toBe(0);
  });
});

describe('the container that holds the volumes', () => {
  const GUARD = 'shop-volumes-guard';
  const guard = () => engine.state.containers.find(({ name }) => name === GUARD);
  /** As `docker container prune` does. */
  const prune = () => engine.state.containers = engine.state.containers.filter(({ status }) => status === 'running');
  const command = (stdout: string) => /^ {2}docker (create .*)$/m.exec(stdout)?.[1];

  test('is there again before down removes any other', async () => {
    deployed();
    const before = guard();
    prune();
    let held = true;
    engine.moment = () => held &&= engine.isComplete('web', 2) || guard() !== undefined;
    expect((await verb('down')).code).toBe(0);
    expect([held, guard()?.volumes]).toEqual([true, before!.volumes]);
  });

  test('that cannot be made is no reason not to stop, and is said', async () => {
    deployed();
    prune();
    fail(/^docker create/, 'no space left on device');
    const { code, stderr } = await verb('down');
    expect([code, engine.copies('web')]).toEqual([0, []]);
    expect(stderr).toMatch(/no space left on device\n[\s\S]*cannot make shop-volumes-guard, which holds the volumes: take care that nothing removes them\n/);
  });

  test('that cannot be made is no reason for a release not to be deployed, and is said', async () => {
    deployed();
    prune();
    fail(/^docker create/, 'no space left on device');
    const { code, stderr } = await deploy({ web: '2' });
    expect([code, current()]).toEqual([0, '0002']);
    expect(stderr).toContain('cannot make shop-volumes-guard, which holds the volumes: take care that nothing removes them\n');
  });

  test('holds those of a service that is declared no more, which a rollback wants', async () => {
    await deploy({ index: '1' });
    await deploy();
    expect(guard()!.volumes).toEqual(['shop_db-0-data', 'shop_edge-config', 'shop_edge-data', 'shop_index-0-data']);
  });

  test('holds one that another service has now a single time', async () => {
    deployed();
    await deploy({ renamed: 'pg' });
    expect(guard()!.volumes).toEqual(['shop_db-0-data', 'shop_edge-config', 'shop_edge-data']);
  });

  test('is missed by status, which says how to make it again', async () => {
    deployed();
    const before = guard();
    expect((await verb('status')).stdout).not.toContain('volumes');
    prune();
    const { stdout } = await verb('status');
    expect(stdout).toContain('\nNothing holds the volumes of shop: docker compose down -v would delete their data. To hold them:\n  docker create ');
    await engine.docker(command(stdout)!.split(' '));
    expect(guard()).toMatchObject({ volumes: before!.volumes, labels: before!.labels });
    expect((await verb('status')).stdout).not.toContain('volumes');
  });

  test('is not missed where there are no volumes', async () => {
    deployed();
    prune();
    engine.state.volumes = [];
    expect((await verb('status')).stdout).not.toContain('volumes');
    await verb('down');
    expect(guard()).toBeUndefined();
  });
});

describe('logs of copies that go', () => {
  const FOLLOWED = /^docker logs --follow --timestamps .* /;
  const followed = () => [...engine.host.running].filter((call) => FOLLOWED.test(call)).map((call) => call.replace(FOLLOWED, ''));
  const nobodyFollows = () => eventually(() => followed().length === 0);

  test('are followed of those alone that are too many', async () => {
    await deploy({ copies: 4 });
    const [, , third, fourth] = ids('web');
    const calls = engine.host.calls.length;
    await deploy({ copies: 2 });
    expect(engine.host.calls.slice(calls).map((call) => `docker ${call}`).filter((call) => FOLLOWED.test(call)).map((call) => call.replace(FOLLOWED, '')))
      .toEqual([third, fourth]);
  });

  test('are kept to the last line, though that comes after the end of the script', async () => {
    deployed();
    let write = (): void => undefined;
    engine.lastLine = new Promise((resolve) => { write = resolve; });
    expect((await deploy({ web: '2' })).code).toBe(0);
    expect(followed()).not.toEqual([]);
    write();
    await nobodyFollows();
    const logs = engine.host.files('shop/releases/0002/logs');
    await eventually(() => logs.every((path) => engine.host.read(`shop/releases/0002/logs/${path}`) !== ''));
  });

  test.each([['with flock', true], ['without flock', false]])('are followed no more when a copy stays, since the new one cannot be created, %s', async (_, flock) => {
    if (!flock) engine.host.uninstall('flock');
    deployed();
    fail(/releases\/0002\/.* up -d --no-deps db-0/, 'no space left on device');
    await failure(deploy({ db: '2' }));
    await nobodyFollows();
    expect(engine.host.files('shop').filter((path) => /^(followers|lock\.d)/.test(path))).toEqual([]);
  });

  test('are followed no more when a copy stays, since the script is interrupted', async () => {
    deployed();
    signalAt(/ up -d --no-deps db-0/, 'SIGINT');
    expect((await deploy({ db: '2' })).code).toBe(130);
    await nobodyFollows();
  });
});

describe('one at a time', () => {
  test.each([['flock'], [undefined]])('a second run waits or is refused (%s)', async (flock) => {
    if (flock === undefined) engine.host.uninstall('flock');
    else if (which('flock') === undefined) return;
    let second: Promise<Result> | undefined;
    engine.moment = () => {
      if (engine.host.calls.at(-1)!.endsWith('up -d --no-deps web')) second ??= engine.host.run(script({ web: '2' }));
    };
    expect((await deploy()).code).toBe(0);
    const { code, stderr } = await second!;
    if (flock === undefined) expect(stderr).toMatch(/^error: another deployment of shop is at work \(process \d+\)\n$/);
    else expect(stderr).toContain('another deployment of shop is at work: waiting for it');
    expect(code).toBe(flock === undefined ? 1 : 0);
    expect(current()).toBe(flock === undefined ? '0001' : '0002');
  });

  test('one that has only just taken the lock has it, without flock too', async () => {
    engine.host.uninstall('flock');
    engine.host.write('shop/lock.d/pid', '');
    // It says who it is a moment later.
    engine.host.before = (call) => {
      if (/^sleep 1$/.test(call)) engine.host.write('shop/lock.d/pid', `${process.pid}\n`);
    };
    expect(await failure(deploy())).toContain(`error: another deployment of shop is at work (process ${process.pid})`);
    expect(engine.state.containers).toEqual([]);
  });

  test('a killed run holds no lock, without flock either', async () => {
    engine.host.uninstall('flock');
    signalAt(/ up -d --no-deps web/, 'SIGKILL');
    await deploy();
    expect((await deploy()).code).toBe(0);
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
