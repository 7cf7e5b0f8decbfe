import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST, hostAddress } from './deployment';
import { describeWithEngine, docker, execIn, inspect, waitUntil } from './engine';
import { affordableRate } from './load/affordable';
import { expectLossless, underLoad } from './load/load';
import { HTTPS_PORT } from './settings';
import { LoadBalancerBackend } from '../../src';

/*
 * A database that is away takes those that need it out of traffic, and restarts none of them.
 */

describeWithEngine('a database that is away for a minute, on Compose', () => {
  const deployment = new Deployment('proof-database', 'compose', () => LoadBalancerBackend.caddy());
  const visitors = async () => ({ url: `https://${HOST}/`, connect: `${await hostAddress()}:${HTTPS_PORT}`, executed: deployment.executed });
  const state = async () => (await inspect(await deployment.copies('web'))).map(({ id, restarts, status }) => ({ id, restarts, status }));

  beforeAll(() => deployment.start({ database: true }), 300_000);
  afterAll(() => deployment.remove(), 120_000);

  test('restarts no copy under load, and all is right two seconds after its return', async () => {
    const before = await state();
    const [db] = await deployment.copies('db-0');
    const rate = await affordableRate(deployment, await visitors());
    const away = await underLoad({ ...await visitors(), rate, settle: 0 }, async () => {
      await docker(['stop', db]);
      await sleep(60_000);
      expect(await state()).toEqual(before);
      await docker(['start', db]);
      await waitUntil(async () => (await execIn(db, ['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'], { mayFail: true })).code === 0, 30_000, 'the database');
    });
    expect([away.doneTwice, away.neverDone]).toEqual([0, 0]);
    await sleep(2_000);
    expectLossless(await underLoad({ ...await visitors(), rate, warmUp: 0, minimum: 5 * rate }, async () => {}));
    expect(await state()).toEqual(before);
  }, 240_000);
});
