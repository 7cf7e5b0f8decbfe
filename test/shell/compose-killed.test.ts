import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCompose, type Snapshot } from './fake-compose';
import { shop, type Release } from './shop';

/*
 * A script that is killed leaves what there is: containers, and files of the home. So a deployment is looked at before
 * each call and in the midst of those that do several things, and each different state is deployed from again. That
 * stands for a KILL at each of these moments, without the part before it being repeated.
 */

/** Copies of `web` and of `worker`. */
const COPIES = 2;

/** Deployments that run beside each other. */
const AT_ONCE = 4;

/** A state, and the call before which or in whose midst it was. */
interface Moment extends Snapshot { call: string }

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-killed-'));
const engines: FakeCompose[] = [];

afterAll(() => {
  for (const { host } of engines) host.stop();
  rmSync(folder, { recursive: true });
});

async function newEngine(): Promise<FakeCompose> {
  const engine = await FakeCompose.withSecrets();
  engines.push(engine);
  return engine;
}

const deploy = (engine: FakeCompose, release: Release) => engine.host.run(join(shop('compose', release), 'deploy.sh'));

/** What a deployment leaves to the next one: no logs, no identities of containers, and of the history what happened at all. */
function outcome(engine: FakeCompose): unknown {
  const { host } = engine;
  const files = host.files('shop').filter((path) => !/^(lock|compose\.log|history|followers)$|\/logs\//.test(path));
  return {
    engine: engine.view(),
    files: files.map((path) => [path, host.read(`shop/${path}`)!.replace(/^c\d+ /, '')]),
    history: new Set(host.read('shop/history')?.match(/release .*/g)),
  };
}

/** Deploys, and keeps each state that there is meanwhile. */
async function deployWatched(engine: FakeCompose, release: Release): Promise<Moment[]> {
  const snapshots = new Map<string, Moment>();
  const take = () => {
    const key = JSON.stringify([outcome(engine), engine.host.read('shop/history')]);
    if (!snapshots.has(key)) snapshots.set(key, { call: engine.host.calls.at(-1)!, ...engine.save(folder) });
  };
  engine.moment = engine.host.before = take;
  await deploy(engine, release);
  engine.moment = engine.host.before = () => undefined;
  return [...snapshots.values()];
}

/** The outcome of a deployment from there on, and the moments at which neither a service nor its twin was complete. */
async function deployFrom(snapshot: Moment, release: Release): Promise<unknown> {
  const engine = await newEngine();
  const gaps: string[] = [];
  engine.goBackTo(snapshot);
  const isServed = (service: string) => [service, `${service}-next`].some((one) => engine.isComplete(one, COPIES));
  const served = ['web', 'worker'].filter(isServed);
  engine.moment = () => gaps.push(...served.filter((service) => !isServed(service)).map((service) => `${service}: ${engine.host.calls.at(-1)}`));
  await deploy(engine, release);
  return { killed: snapshot.call, outcome: outcome(engine), gaps };
}

test.each<[string, Release | undefined, Release]>([
  ['the first deployment', undefined, {}],
  ['an update', {}, { web: '2', settings: 'two', admin: true }],
])('%s, killed at any moment and run again, ends as if undisturbed, and what was complete stays so', async (_, before, release) => {
  const undisturbed = await newEngine();
  if (before !== undefined) await deploy(undisturbed, before);
  const snapshots = await deployWatched(undisturbed, release);
  const expected = outcome(undisturbed);
  const outcomes: unknown[] = [];
  for (let at = 0; at < snapshots.length; at += AT_ONCE) {
    outcomes.push(...await Promise.all(snapshots.slice(at, at + AT_ONCE).map((snapshot) => deployFrom(snapshot, release))));
  }
  expect(outcomes).toEqual(snapshots.map(({ call }) => ({ killed: call, outcome: expected, gaps: [] })));
});
