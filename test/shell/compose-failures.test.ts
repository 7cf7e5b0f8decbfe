import { current, deploy, deployed, eachOnNewEngine, engine, fail, failure, ids, images, signalAt, verb } from './compose-shop';
import { Failure } from './fake-host';

/*
 * What a release does once, and what keeps serving when it fails.
 */

eachOnNewEngine();

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
