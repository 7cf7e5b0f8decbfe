import { describeWithEngine, VISITOR_PORTS } from './engine';
import { Deployed } from './report/deployed';
import { testEachLine } from './report/lines';

/*
 * The examples hello and platform, deployed by their scripts: what their reports say is what the engine does. The shop, which has
 * tests of its own, is measured there in the same way.
 *
 * Most of the time is spent waiting for health checks, so all of it happens at once.
 */

const portsOf = (nth: number) => ({ http: VISITOR_PORTS.http + nth, https: VISITOR_PORTS.https + nth });

const ALL = [
  new Deployed('hello', 'compose', { ports: portsOf(0) }),
  new Deployed('hello', 'swarm', { ports: portsOf(1) }),
  new Deployed('platform', 'compose', { ports: portsOf(2) }),
  new Deployed('platform', 'swarm', { ports: portsOf(3) }),
];

describeWithEngine('the reports of the examples', () => {
  // What fails is what the tests of that example fail with.
  beforeAll(async () => { await Promise.allSettled(ALL.map(measure)); }, 900_000);

  afterAll(async () => { for (const deployed of ALL) await deployed.remove(); }, 300_000);

  for (const deployed of ALL) {
    describe(`${deployed.example} on ${deployed.target}`, () => testEachLine(deployed.example, deployed.target, () => deployed.measurement));
  }
});

async function measure(deployed: Deployed): Promise<void> {
  try {
    await (await deployed.measurement).measure();
  } finally {
    await deployed.remove();
  }
}
