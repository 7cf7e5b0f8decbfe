import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeCompose } from './fake-compose';
import type { Result } from './fake-host';
import { shop } from './shop';

/*
 * A home has the secrets and the releases of a project. Another user of the host, or one who names another folder, would
 * start from nothing, and replace what runs.
 */

/** Root may write anywhere. */
const SOMEBODY = process.getuid!() === 0 ? 65534 : undefined;

let engine: FakeCompose;
let folder: string;

beforeEach(async () => {
  engine = await FakeCompose.withSecrets();
  folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-other-'));
  chmodSync(folder, 0o755);
  chmodSync(dirname(engine.host.home), 0o755);
});

afterEach(() => {
  engine.host.stop();
  rmSync(folder, { recursive: true });
  expect(engine.host.mistakes).toEqual([]);
});

describe('a user who may not write to the folder of all projects', () => {
  let root: string;
  let own: string;

  beforeEach(() => {
    [root, own] = ['root', 'own'].map((name) => join(folder, name));
    mkdirSync(root, { mode: 0o555 });
    mkdirSync(own);
    chmodSync(own, 0o777);
  });

  /** The script that has its folder where a test may make it. */
  const secrets = (): Promise<Result> => {
    const dist = join(folder, 'dist');
    cpSync(shop('compose'), dist, { recursive: true });
    const script = join(dist, 'deploy.sh');
    writeFileSync(script, readFileSync(script, 'utf8').replaceAll('/var/lib/cdk8s-ha', root));
    return engine.host.run(script, ['secrets'], { uid: SOMEBODY, env: { HOME: own, CDK8S_HA_HOME: '' } });
  };

  test('has one of their own', async () => {
    expect(await secrets()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(own, '.local/share/cdk8s-ha/shop'))).toBe(true);
  });

  test('has the one that was made for them', async () => {
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'shop'));
    if (SOMEBODY !== undefined) chownSync(join(root, 'shop'), SOMEBODY, SOMEBODY);
    chmodSync(root, 0o555);
    expect(await secrets()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(root, 'shop/secrets'))).toBe(true);
    expect(existsSync(join(own, '.local/share/cdk8s-ha/shop'))).toBe(false);
  });

  test('has one of their own also where somebody else has only asked', async () => {
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'shop'), { mode: 0o711 });
    chmodSync(root, 0o555);
    expect(await secrets()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(own, '.local/share/cdk8s-ha/shop'))).toBe(true);
  });

  test('gets no second home of a project that somebody else has deployed', async () => {
    chmodSync(root, 0o755);
    mkdirSync(join(root, 'shop'), { mode: 0o711 });
    writeFileSync(join(root, 'shop/current'), '0001\n');
    chmodSync(root, 0o555);
    expect(await secrets()).toMatchObject({
      code: 1, stderr: `error: shop was deployed from ${root} by another user: run this as that user, or with sudo\n`,
    });
    expect(existsSync(join(own, '.local'))).toBe(false);
  });
});

describe('what runs from one home', () => {
  let second: string;

  beforeEach(async () => {
    second = join(folder, 'second');
    expect((await deploy(engine.host.home)).code).toBe(0);
  });

  const deploy = (home: string) => engine.host.run(join(shop('compose', { web: '2' }), 'deploy.sh'), [], { env: { CDK8S_HA_HOME: home } });

  test('is not deployed from another one', async () => {
    const { code, stderr } = await deploy(second);
    expect([code, stderr]).toEqual([1, expect.stringContaining(
      `error: shop runs from ${engine.host.home}/shop, and its secrets and releases are not in ${second}/shop. Nothing was changed. `
      + `Run this as the user who deployed it, with CDK8S_HA_HOME=${engine.host.home}, or stop it first: ${engine.host.home}/shop/deploy.sh down\n`,
    )]);
  });

  test('is deployed from it by another path as well', async () => {
    symlinkSync(engine.host.home, second);
    expect((await deploy(second)).code).toBe(0);
  });

  test('is deployed from where that home was moved', async () => {
    renameSync(engine.host.home, second);
    expect((await deploy(second)).code).toBe(0);
  });

  test('is no matter where plain Compose has started it, from the folder of its file', async () => {
    for (const { labels } of engine.state.containers) Object.assign(labels, { files: join(folder, 'compose.yml'), folder: '../dist' });
    mkdirSync(join(dirname(engine.host.home), 'dist'));
    expect((await deploy(engine.host.home)).code).toBe(0);
  });
});
