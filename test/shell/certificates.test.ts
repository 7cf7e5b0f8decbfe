import { join } from 'node:path';
import { FakeCompose } from './fake-compose';
import type { FakeHost, Result } from './fake-host';
import { FakeSwarm } from './fake-swarm';
import { shop, type Release } from './shop';
import { Authority, type KeyPair } from '../loadbalancers/visitors';

/*
 * A certificate of the user's own, as it is given to deploy.sh: one that no browser or load balancer would take is refused before
 * anything is touched.
 */

const authority = Authority.root('certificates');
const certificateFor = (...dns: string[]) => authority.sign('/CN=shop', { dns });
const RIGHT = certificateFor('shop.example');
const BOTH = certificateFor('shop.example', 'admin.example');
const OTHER = certificateFor('shop.example');
const FOREIGN = certificateFor('else.example', 'www.else.example');
const ENDED = authority.sign('/CN=shop', { dns: ['shop.example'], days: -1 });

describe.each([
  ['compose', () => new FakeCompose(), 'shop'], ['swarm', () => new FakeSwarm(), 'shop.swarm'],
] as const)('on %s', (target, make, home) => {
  let host: FakeHost;
  let engine: FakeCompose | FakeSwarm;

  beforeEach(async () => {
    engine = make();
    host = engine.host;
    await host.start();
    host.install('openssl');
    host.write(`${home}/.env`, 'TOKEN=first\n');
  });

  afterEach(() => {
    host.stop();
    expect(host.mistakes).toEqual([]);
  });

  const script = (release: Release = {}) => join(shop(target, { certificates: true, ...release }), 'deploy.sh');
  const set = (name: string, input: string, release?: Release): Promise<Result> => host.run(script(release), ['secrets', 'set', name], { input });
  const deploy = (release?: Release): Promise<Result> => host.run(script(release));
  const secrets = async () => (await host.run(script(), ['secrets'])).stdout;

  async function given(pair: KeyPair, other: KeyPair, release?: Release): Promise<void> {
    const password = release?.certificateVersion === undefined ? [['password', 's3cret']] : [];
    for (const [name, value] of [...password, ['certificate', pair.cert], ['private-key', other.key]]) {
      const { code, stderr } = await set(name, value, release);
      expect([code, stderr]).toEqual([0, expect.stringContaining(`${name} is set`)]);
    }
  }

  test('one that fits is deployed', async () => {
    await given(RIGHT, RIGHT);
    expect((await deploy()).code).toBe(0);
    const keys = host.files(`${home}/certificates`).filter((path) => path.includes('private-key')).map((path) => host.read(`${home}/certificates/${path}`));
    expect(keys).toEqual([expect.stringMatching(/^-----BEGIN PUBLIC KEY-----/)]);
  });

  test.each([
    ['certificate', RIGHT.key, 'is no certificate: give a PEM file with it first, then its chain. Nothing was changed'],
    ['certificate', 'certificate.pem', 'is no certificate: give a PEM file with it first, then its chain. Nothing was changed'],
    ['private-key', RIGHT.cert, 'is no private key: give a PEM file with it, without a password. Nothing was changed'],
  ])('%s that is none is refused when it is set', async (name, value, message) => {
    const { code, stderr } = await set(name, value);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`error: the value of '${name}' ${message}`)]);
    expect(await secrets()).toMatch(new RegExp(`${name} +missing`));
  });

  test('one for other hosts is refused when it is set', async () => {
    const { code, stderr } = await set('certificate', FOREIGN.cert);
    expect([code, stderr]).toEqual([1, expect.stringContaining(
      `error: the certificate 'certificate' is not for shop.example, but for else.example, www.else.example. Nothing was changed. Give one that is: ${script()} secrets set certificate`)]);
    expect(await secrets()).toMatch(/certificate +missing/);
  });

  test('a pair that does not belong together is refused before anything is touched', async () => {
    await given(RIGHT, OTHER);
    const { code, stderr } = await deploy();
    expect([code, stderr]).toEqual([1, expect.stringContaining(
      `error: the certificate 'certificate' and the key 'private-key' do not belong together. Nothing was changed. Set the one that is wrong: ${script()} secrets set private-key`)]);
    expect(host.calls.filter((call) => / up -d | create --name |stack deploy/.test(call))).toEqual([]);
  });

  test('a host that the certificate is not for is refused, also when it comes later', async () => {
    await given(RIGHT, RIGHT);
    expect((await deploy()).code).toBe(0);
    const { code, stderr } = await deploy({ admin: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: the certificate 'certificate' is not for admin.example, but for shop.example.")]);
  });

  test('a rollback is checked by the values that the release had', async () => {
    await given(BOTH, BOTH);
    expect((await deploy({ admin: true })).code).toBe(0);
    await given(RIGHT, RIGHT, { certificateVersion: '2' });
    expect((await deploy({ certificateVersion: '2' })).code).toBe(0);
    expect(await host.run(join(host.home, home, 'deploy.sh'), ['rollback'])).toMatchObject({ code: 0 });
  });

  test('one that has ended is said', async () => {
    const { code, stderr } = await set('certificate', ENDED.cert);
    expect([code, stderr]).toEqual([0, expect.stringContaining("the certificate 'certificate' has ended: browsers refuse it")]);
  });

  test('without openssl the load balancer alone tells', async () => {
    host.uninstall('openssl');
    await given(FOREIGN, OTHER);
    expect((await deploy()).code).toBe(0);
  });
});
