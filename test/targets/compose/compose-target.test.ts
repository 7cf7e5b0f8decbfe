import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Bound, chart, container, documentOf, shop, workload } from './models';
import { Cpu } from '../../../src/model/resources';
import { WorkloadKind } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import { validateCompose } from '../../support/compose-schema';
import { expectGoldens } from '../../support/goldens';
import { composeConfig, testWith } from '../../support/tools';

const GOLDENS = join(__dirname, 'goldens', 'shop');

test('a shop with one of everything', () => {
  expectGoldens(GOLDENS, new Bound(new ComposeTarget(), [shop()]).files());
});

describe('what is written', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-compose-'));
    for (const { path, text } of new Bound(new ComposeTarget(), [shop()]).files()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps the specification, and every file it mounts is there', () => {
    const text = new Bound(new ComposeTarget(), [shop()]).text('compose/shop/compose.yml');
    expect(validateCompose(text, { folder: join(folder, 'compose/shop') })).toEqual([]);
  });

  testWith('docker compose', 'is understood by Compose', () => {
    expect(composeConfig(join(folder, 'compose/shop/compose.yml'), { API_KEY: 'secret' })).toEqual([]);
  });

  testWith('docker compose', 'fails without the value of a secret', () => {
    const problems = composeConfig(join(folder, 'compose/shop/compose.yml'));
    expect(problems.map(({ message }) => message).join()).toMatch(/API_KEY is missing a value: give it the value of that secret/);
  });
});

test('is the same to the byte in whatever order things were declared', () => {
  const one = shop();
  const other = {
    ...one,
    workloads: [...one.workloads].reverse(),
    links: [...one.links].reverse(),
    secrets: [...one.secrets].reverse(),
  };
  expect(new Bound(new ComposeTarget(), [other]).text('compose/shop/compose.yml')).toBe(new Bound(new ComposeTarget(), [one]).text('compose/shop/compose.yml'));
});

test('one project for each chart', () => {
  const files = new Bound(new ComposeTarget(), [chart({ workloads: [workload('web')] }), chart({ name: 'blog', path: 'blog' })]).files();
  expect(files.map(({ path }) => path)).toEqual([
    ...['compose.yml', 'deploy.sh', 'deploy.plan', '.env.example'].map((file) => `compose/shop/${file}`),
    ...['compose.yml', 'deploy.sh', 'deploy.plan', '.env.example'].map((file) => `compose/blog/${file}`),
  ]);
});

test('the example of variables says where deploy.sh finds the folder of the releases, which it needs before it reads any', () => {
  expect(new Bound(new ComposeTarget(), [shop()]).text('compose/shop/.env.example'))
    .toContain('# Where releases and secrets live on the host, for `docker compose` alone; for deploy.sh: CDK8S_HA_HOME=/data/ha ./deploy.sh\n# CDK8S_HA_HOME=/var/lib/cdk8s-ha\n');
});

test.each([
  ['a worker', WorkloadKind.WORKER, 'web-log'],
  ['a stateful service', WorkloadKind.STATEFUL, 'web-0-log'],
  ['a scheduled job', WorkloadKind.JOB, 'web-log'],
])('deploy.sh starts the sidecar of %s', (_, kind, service) => {
  const web = workload('web', { kind, replicas: 1, sidecars: [container('log')] });
  expect(new Bound(new ComposeTarget(), [chart({ workloads: [web] })]).text('compose/shop/deploy.plan')).toContain(`\nsingle ${service} copies=1 `);
});

test('no processor limit unless it is asked for', () => {
  const limits = (target: ComposeTarget) => serviceOf(target).deploy.resources.limits;
  expect(limits(new ComposeTarget())).toEqual({ memory: '256M', pids: 4096 });
  expect(limits(new ComposeTarget({ cpuLimit: Cpu.millis(1500) }))).toEqual({ cpus: '1.5', memory: '256M', pids: 4096 });
});

test.each([
  [{ version: '2.25' }, "ComposeTarget cannot work with version '2.25': the oldest is '2.26'"],
  [{ version: 'v2' }, "ComposeTarget cannot work with version 'v2': give numbers and dots, for example '2.26'"],
  [{ engineVersion: '19.03' }, "ComposeTarget cannot work with engineVersion '19.03': the oldest is '20.10'"],
  [{ addressPool: '10.0.0.0' }, "ComposeTarget cannot take addresses from '10.0.0.0': give an IPv4 range such as '10.128.0.0/10'"],
])('fails for %j', (props, message) => {
  expect(() => new ComposeTarget(props)).toThrow(message);
});

const serviceOf = (target: ComposeTarget): any => documentOf(target, chart({ workloads: [workload('web')] })).services.web;
