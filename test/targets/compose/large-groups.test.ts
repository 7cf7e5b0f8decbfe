import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import { attach, chart, connection, link, network, peer, workload, Bound } from './models';
import type { ChartModel } from '../../../src/model/app-model';
import { Port } from '../../../src/model/port';
import type { ConnectionModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import type { Fragment } from '../../../src/targets/fragment';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';
import type { Target } from '../../../src/targets/target';
import { composeConfig, testWith } from '../../support/tools';

/*
 * Each member of a group may call each other one: what a target writes about that must not grow with the pairs.
 */

const HTTP = Port.http('http', 8080);
const FILE = 'compose/shop/compose.yml';

/** `service-10` to `service-N`, in one group and in further ones. */
function group(size: number, calls: ConnectionModel[] = [], further: string[] = []): ChartModel {
  const names = Array.from({ length: size }, (_, i) => `service-${i + 10}`);
  const networks = ['backend', ...further].map((name) => network(name, names));
  return chart({
    networks,
    links: calls.map((call) => link(call, true)),
    workloads: names.map((name) => workload(name, {
      ports: [HTTP],
      attachments: networks.map((one) => attach(one, undefined, name === 'service-10' ? ['plc'] : [])),
      callees: calls.filter(({ from }) => from.name === name),
      callers: calls.filter(({ to }) => to.name === name),
    })),
  });
}

const call = (from: number, to: number, more: Partial<ConnectionModel> = {}): ConnectionModel =>
  ({ ...connection(peer(`service-${from}`), peer(`service-${to}`), [HTTP]), ...more });

const bound = (model: ChartModel, target: Target = new ComposeTarget()) => new Bound(target, [model]);
const written = (model: ChartModel): any => parse(bound(model).text(FILE));
const linksOf = (size: number, but?: number): string[] =>
  Array.from({ length: size }, (_, i) => i + 10).filter((i) => i !== but)
    .flatMap((i) => [`service-${i}-proxy:service-${i}`, ...i === 10 ? [`service-${i}-proxy:plc`] : []]);

test.each([
  ['Compose', () => new ComposeTarget()],
  ['Swarm', () => new SwarmTarget()],
])('all files of %s grow by as much for each member of a group', (_, target) => {
  const lengths = (size: number) => new Map(bound(group(size), target()).files().map(({ path, text }) => [path, text.length]));
  const [small, middle, large] = [20, 30, 40].map(lengths);
  for (const [path, length] of small) expect([path, large.get(path)! - middle.get(path)!]).toEqual([path, middle.get(path)! - length]);
});

test('so do they where each member connects to the next', () => {
  const chain = (size: number) => group(size, Array.from({ length: size - 1 }, (_, i) => call(i + 10, i + 11)));
  const [small, middle, large] = [20, 30, 40].map((size) => bound(chain(size)).text(FILE).length);
  expect(large - middle).toBe(middle - small);
});

test('the names of many callees stand once, and members refer to them', () => {
  const text = bound(group(12)).text(FILE);
  expect(text).toContain('x-external-links:\n  backend: &backend\n    - service-10-proxy:service-10\n    - service-10-proxy:plc\n    - service-11-proxy:service-11\n');
  expect(text.match(/^ {4}external_links: .*$/gm)).toEqual(Array(12).fill('    external_links: *backend'));
  expect(written(group(12)).services['service-12'].external_links).toEqual(linksOf(12));
  expect(written(group(12)).services['service-12-proxy']).not.toHaveProperty('external_links');
});

test('those of a few stand where they are read, without one\'s own', () => {
  const text = bound(group(9)).text(FILE);
  expect(text).not.toContain('x-external-links');
  expect(parse(text).services['service-12'].external_links).toEqual(linksOf(9, 12));
});

test('members of the same groups share a list', () => {
  const text = bound(group(12, [], ['front'])).text(FILE);
  expect(text.match(/^.*[&*]backend.*$/gm)).toEqual(['  backend_front: &backend_front', ...Array(12).fill('    external_links: *backend_front')]);
});

test('who calls one of them directly has a list without it', () => {
  const { services } = written(group(12, [call(10, 11, { direct: true }), call(12, 11)]));
  expect(services['service-10'].external_links).toEqual(linksOf(12, 11).filter((link_) => !link_.startsWith('service-10-')));
  expect(services['service-12'].external_links).toEqual(linksOf(12));
});

test('a member that is patched has a list of its own', () => {
  const one = bound(group(12));
  const fragment = one.at('shop/service-12').node.findChild('compose-service') as Fragment;
  fragment.addJsonPatch(JsonPatch.add('/external_links/-', 'elsewhere:elsewhere'));
  const { services } = parse(one.text(FILE));
  expect([services['service-12'].external_links, services['service-13'].external_links]).toEqual([[...linksOf(12), 'elsewhere:elsewhere'], linksOf(12)]);
});

test('in a file that is patched as a whole each member has its list', () => {
  const one = bound(group(12));
  (one.at('shop').node.findChild('compose-file') as Fragment).addJsonPatch(JsonPatch.add('/x-more', 'more'));
  const text = one.text(FILE);
  expect(text).not.toContain('*backend');
  expect(parse(text).services['service-12'].external_links).toEqual(linksOf(12));
});

testWith('docker compose', 'Compose follows the references', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-group-'));
  writeFileSync(join(folder, 'compose.yml'), bound(group(40)).text(FILE));
  const problems = composeConfig(join(folder, 'compose.yml'));
  rmSync(folder, { recursive: true });
  expect(problems).toEqual([]);
});
