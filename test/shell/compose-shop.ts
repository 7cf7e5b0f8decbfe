import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCompose, type Snapshot } from './fake-compose';
import { Failure, type Result } from './fake-host';
import { shop, type Release } from './shop';

/*
 * The shop on a host with Compose, as tests deploy it: an engine that is new for each test, what they do with it, and what they look at.
 */

export let engine: FakeCompose;

let first: Snapshot;

async function newEngine(): Promise<void> {
  engine = await FakeCompose.withSecrets();
}

/** Has each test of a file begin with an engine on which nothing was deployed. */
export function eachOnNewEngine(): void {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-compose-'));

  beforeAll(async () => {
    await newEngine();
    await deploy();
    first = engine.save(folder);
    engine.host.stop();
  });

  beforeEach(newEngine);

  afterEach(() => {
    engine.host.stop();
    expect(engine.host.mistakes).toEqual([]);
  });

  afterAll(() => rmSync(folder, { recursive: true }));
}

/** What is there after the first deployment, without its time. */
export const deployed = () => engine.goBackTo(first);

export const script = (release: Release = {}) => join(shop('compose', release), 'deploy.sh');
export const deploy = (release: Release = {}): Promise<Result> => engine.host.run(script(release));

/** A verb of the script that stays on the host. */
export const verb = (...args: string[]): Promise<Result> => engine.host.run(join(engine.host.home, 'shop', 'deploy.sh'), args);

/** The outcome of a script that is to fail. */
export async function failure(result: Promise<Result>): Promise<string> {
  const { code, stderr } = await result;
  expect(code).toBe(1);
  return stderr;
}

export const images = (service: string) => engine.copies(service).map(({ image }) => image);
export const ids = (service: string) => engine.copies(service).map(({ id }) => id);
export const current = () => engine.host.read('shop/current')?.trim();
export const isDrain = (call: string) => /^exec [^]* drain( |$)/.test(call);

/** What was changed by calls from number `from` on. */
export const changes = (from = 0) => engine.host.calls.slice(from).map((call) => call.replace(/^compose .* --profile rollout( --progress quiet)?/, 'compose'))
  .filter((call) => /^(compose (up|run)|stop|rm|exec|create|network (rm|connect|disconnect)) /.test(call));

/** Makes calls that a pattern matches fail. */
export function fail(pattern: RegExp, message = 'it did not work'): void {
  engine.host.before = (call) => {
    if (pattern.test(call)) throw new Failure(message);
  };
}

/** Sends a signal to the script instead of the first call that a pattern matches. */
export function signalAt(pattern: RegExp, signal: NodeJS.Signals): void {
  engine.host.before = (call) => {
    if (!pattern.test(call)) return;
    engine.host.before = () => undefined;
    engine.host.signal(signal);
    throw new Failure('nobody hears this any more');
  };
}

/** Waits for what is to come about. */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
