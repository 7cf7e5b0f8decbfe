import { join } from 'node:path';
import { FakeCompose } from './fake-compose';
import { shop, type Release } from './shop';

/*
 * A load balancer that asks no copy for its health finds a file while a twin serves in place of its service: all of the twin's
 * copies are ready then, and those of the service may be not.
 */

let engine: FakeCompose;

beforeEach(async () => {
  engine = await FakeCompose.withSecrets();
  expect((await deploy()).code).toBe(0);
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
});

const deploy = (release: Release = {}) => engine.host.run(join(shop('compose', { nginx: true, ...release }), 'deploy.sh'));
const standIns = () => engine.host.files('shop/config/edge/stand-ins');

/** New copies get ready in the twin alone. */
const onlyTwin = () => engine.given.behaviour = ({ service }) => service === 'web' ? 'never gets ready' : 'gets ready';

test('the file is there from when the twin is ready until the service is, and its addresses are known', async () => {
  const seen: string[] = [];
  engine.host.before = (call) => {
    const what = / up -d --no-deps (web(?:-next)?)$|^docker (stop)|^(sleep 2)$/.exec(call)?.slice(1).find((word) => word !== undefined);
    if (what !== undefined) seen.push([what, ...standIns()].join(' '));
  };
  expect((await deploy({ web: '2' })).code).toBe(0);
  expect(seen.slice(0, 4)).toEqual(['web-next', 'web web-next', 'sleep 2 web-next', 'stop']);
  expect(standIns()).toEqual([]);
});

test('other copies than those of a twin are not told: another count of them is no update', async () => {
  engine.host.before = () => expect(standIns()).toEqual([]);
  expect((await deploy({ copies: 3 })).code).toBe(0);
});

test('the file stays where the service does not get ready, also without any copy of it, and goes with the next run', async () => {
  onlyTwin();
  expect((await deploy({ web: '2' })).code).toBe(1);
  expect(standIns()).toEqual(['web-next']);
  engine.state.containers = engine.state.containers.filter(({ service }) => service !== 'web');
  expect((await deploy({ web: '3' })).code).toBe(1);
  expect(standIns()).toEqual(['web-next']);
  engine.given.behaviour = () => 'gets ready';
  expect((await deploy({ web: '2' })).code).toBe(0);
  expect(standIns()).toEqual([]);
});

test('nothing of it is left where the service has no twin in the next release', async () => {
  onlyTwin();
  await deploy({ web: '2' });
  expect(standIns()).toEqual(['web-next']);
  engine.given.behaviour = () => 'gets ready';
  expect((await deploy({ web: '2', published: 8080 })).code).toBe(0);
  expect([standIns(), engine.copies('web-next')]).toEqual([[], []]);
});

test('the file stays while old releases are removed', async () => {
  onlyTwin();
  await deploy({ web: '2' });
  expect((await engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), ['gc'])).code).toBe(0);
  expect(standIns()).toEqual(['web-next']);
});

test('nothing of it is left when all is stopped', async () => {
  onlyTwin();
  await deploy({ web: '2' });
  expect((await engine.host.run(join(shop('compose', { nginx: true }), 'deploy.sh'), ['down'])).code).toBe(0);
  expect(standIns()).toEqual([]);
});
