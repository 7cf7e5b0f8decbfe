import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';
import { validateStack } from '../../support/compose-schema';
import { expectGoldens } from '../../support/goldens';
import { stackConfig, testWith } from '../../support/tools';
import { Bound, chart, documentOf, shop, workload } from '../compose/models';

const GOLDENS = join(__dirname, 'goldens', 'shop');

test('a shop with one of everything', () => {
  expectGoldens(GOLDENS, new Bound(new SwarmTarget(), [shop()]).files());
});

test('nothing stands there that docker stack deploy refuses or leaves out in silence', () => {
  expect(validateStack(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/stack.yml'))).toEqual([]);
});

describe('what is written', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-swarm-'));
    for (const { path, text } of new Bound(new SwarmTarget(), [shop()]).files()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  testWith('docker stack', 'is understood by docker stack', () => {
    expect(stackConfig(join(folder, 'swarm/shop/stack.yml'), { API_KEY: 'secret' })).toEqual([]);
  });
});

test('is the same to the byte in whatever order things were declared', () => {
  const one = shop();
  const other = { ...one, workloads: [...one.workloads].reverse(), links: [...one.links].reverse() };
  expect(new Bound(new SwarmTarget(), [other]).text('swarm/shop/stack.yml')).toBe(new Bound(new SwarmTarget(), [one]).text('swarm/shop/stack.yml'));
});

test('the first line says how it is deployed', () => {
  expect(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/stack.yml').split('\n')[0])
    .toBe('# Made by cdk8s-ha; deploy with deploy.sh, or: docker stack deploy -c stack.yml shop');
});

test('the version is the newest that the command line of 20.10 knows, and left out where a newer key is used', () => {
  const one = chart({ workloads: [workload('web')] });
  expect(documentOf(new SwarmTarget(), one).version).toBe('3.9');
  expect(documentOf(new SwarmTarget({ engineVersion: '25' }), one).version).toBeUndefined();
});

test('fails for an engine that is too old', () => {
  expect(() => new SwarmTarget({ engineVersion: '19.03' })).toThrow("SwarmTarget cannot work with engineVersion '19.03': the oldest is '20.10'");
});
