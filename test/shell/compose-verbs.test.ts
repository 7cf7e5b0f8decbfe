import { statSync } from 'node:fs';
import { join } from 'node:path';
import { current, deploy, deployed, eachOnNewEngine, engine, eventually, fail, failure, ids, images, script, signalAt, verb } from './compose-shop';
import type { Result } from './fake-host';
import { which } from '../support/which';

/*
 * What one asks of the script besides a deployment, and what it keeps on the host.
 */

eachOnNewEngine();

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
    expect((await engine.host.run(script(), ['secrets'])).stdout).toMatch(/^password +set\n/);
    expect((await engine.host.run(script({ passwordVersion: '2' }), ['secrets'])).stdout).toMatch(/^password +missing\n/);
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
