import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeCompose } from './fake-compose';
import type { FakeHost } from './fake-host';
import { FakeSwarm } from './fake-swarm';
import { shop, type Release } from './shop';

/*
 * A secret that containers get as a variable stands in .env, where whoever asks deploy.sh for it is sent.
 */

describe.each([
  ['compose', () => new FakeCompose(), 'shop'], ['swarm', () => new FakeSwarm(), 'shop.swarm'],
] as const)('on %s', (target, make, home) => {
  let host: FakeHost;

  beforeEach(async () => {
    host = make().host;
    await host.start();
  });

  afterEach(() => {
    host.stop();
    expect(host.mistakes).toEqual([]);
  });

  const file = () => join(host.home, home, '.env');
  const secrets = (release: Release, ...args: string[]) => host.run(join(shop(target, release), 'deploy.sh'), ['secrets', ...args], { input: 'Vfcwh0ziPp' });
  const stateOf = async (name: string) => new RegExp(`^${name} +(\\w+)`, 'm').exec((await secrets({})).stdout)?.[1];

  test('it is listed, with its variable', async () => {
    host.write(`${home}/.env`, 'TOKEN=first\n');
    expect((await secrets({})).stdout).toMatch(new RegExp(`^password +missing\ntoken +set +the variable TOKEN of ${file()}\n$`));
  });

  test('it is missing where there is no file', async () => {
    expect(await stateOf('token')).toBe('missing');
  });

  test.each(['', 'TOKENS=first', 'TOKEN=', "TOKEN=''", 'TOKEN=""', '# TOKEN=first', 'TOKEN=first\nTOKEN='])('it is missing in %j', async (text) => {
    host.write(`${home}/.env`, `${text}\n`);
    expect(await stateOf('token')).toBe('missing');
  });

  test.each(['TOKEN=first', "TOKEN='first'", 'TOKEN="first"', 'A=1\nTOKEN=first\nB=2', 'TOKEN=\nTOKEN=first', "TOKEN='#first'"])('it is set in %j', async (text) => {
    host.write(`${home}/.env`, `${text}\n`);
    expect(await stateOf('token')).toBe('set');
  });

  test.each(['export TOKEN=first', ' TOKEN = first', 'TOKEN: first'])('it is set in %j where the deployment takes that', async (text) => {
    host.write(`${home}/.env`, `${text}\n`);
    expect(await stateOf('token')).toBe(target === 'compose' ? 'set' : 'missing');
  });

  test("the caller's own variable counts", async () => {
    const { stdout } = await host.run(join(shop(target), 'deploy.sh'), ['secrets'], { env: { TOKEN: 'first' } });
    expect(stdout).toMatch(/^token +set /m);
  });

  test.each([[[]], [['--generate']]])('who sets it with %j is told where to write it, and nothing is changed', async (options) => {
    const { code, stderr } = await secrets({}, 'set', 'token', ...options);
    expect([code, stderr]).toEqual([1, "error: 'token' is the variable TOKEN, which deploy.sh only reads. Nothing was changed."
      + ` Write it to ${file()}, in single quotes, and deploy: TOKEN='VALUE'\n`]);
    expect(host.files(home)).toEqual([]);
  });

  test('one that somebody has as a file as well is both', async () => {
    const { code, stderr } = await secrets({ tokenFile: true }, 'set', 'token');
    expect([code, stderr]).toEqual([0, expect.stringMatching(`token is the variable TOKEN too, which stays as it is in ${file()}\n`)]);
    expect((await secrets({ tokenFile: true })).stdout).toMatch(/^password +missing\ntoken +set\ntoken +missing +the variable TOKEN of /);
  });

  test('it is among those that there are', async () => {
    expect((await secrets({}, 'set', 'tokn')).stderr).toContain("error: there is no secret 'tokn'; there are: password token");
  });

  test('a release from before there were such lines is read as ever', async () => {
    host.write(`${home}/current`, '0001\n');
    host.write(`${home}/releases/0001/deploy.plan`, `project shop\nsecret password ${target === 'compose' ? 'file=password' : 'name=shop_password'}\n`);
    host.write(`${home}/deploy.sh`, readFileSync(join(shop(target), 'deploy.sh'), 'utf8'));
    const { code, stdout } = await host.run(join(host.home, home, 'deploy.sh'), ['secrets']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^password +missing\n$/)]);
  });
});
