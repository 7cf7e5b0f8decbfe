import { join } from 'node:path';
import { FakeCompose } from './fake-compose';
import type { Result } from './fake-host';
import { shop, type Release } from './shop';

let engine: FakeCompose;

beforeEach(async () => {
  engine = new FakeCompose();
  await engine.host.start();
  engine.host.write('shop/secrets/password', 's3cret');
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
});

const run = (release: Release = {}, ...args: string[]): Promise<Result> => engine.host.run(join(shop('compose', release), 'deploy.sh'), args);

test('a service is replaced while its twin serves, and the twin goes', async () => {
  await run();
  await run({ web: '2' });
  expect(engine.copies('web').map(({ image }) => image)).toEqual(['acme/web:2', 'acme/web:2']);
  expect(engine.copies('web-next')).toEqual([]);
});
