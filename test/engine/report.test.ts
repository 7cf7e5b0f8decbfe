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

const HELLO = { compose: new Deployed('hello', 'compose', portsOf(0)), swarm: new Deployed('hello', 'swarm', portsOf(1)) };
const PLATFORM = { compose: new Deployed('platform', 'compose', portsOf(2)), swarm: new Deployed('platform', 'swarm', portsOf(3)) };
const ALL = [HELLO.compose, HELLO.swarm, PLATFORM.compose, PLATFORM.swarm];

describeWithEngine('the reports of the examples', () => {
  beforeAll(async () => {
    // The pools of addresses of an engine hold the networks of platform and no more: hello is gone before its last ones are made.
    await Promise.allSettled([HELLO.compose.measurement]);
    // What fails is what the tests of that example fail with.
    await Promise.allSettled(ALL.map(measure));
  }, 900_000);

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
