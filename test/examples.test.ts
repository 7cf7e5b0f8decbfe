import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { validateCompose, validateStack } from './support/compose-schema';
import { expectGoldens, filesOf } from './support/goldens';
import { expectNoProblems } from './support/problem';
import { composeConfig, stackConfig, caddyValidate, testWith } from './support/tools';

/*
 * Every example is run as its user runs it, and its output is compared with the files beside it and given to the
 * programs that will read it. What Kubernetes says of them is asked in test/schemas.
 */

const EXAMPLES = join(__dirname, '..', 'examples');

describe.each(readdirSync(EXAMPLES))('the example %s', (name) => {
  const outputs: string[] = [];

  /** Runs main.ts with an output folder of its own. */
  const synth = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-'));
    outputs.push(folder);
    const before = process.env.CDK8S_OUTDIR;
    process.env.CDK8S_OUTDIR = folder;
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- a registry of modules knows no import
      jest.isolateModules(() => { require(join(EXAMPLES, name, 'main.ts')); });
    } finally {
      if (before === undefined) delete process.env.CDK8S_OUTDIR;
      else process.env.CDK8S_OUTDIR = before;
    }
    return folder;
  };

  let output: string;
  beforeAll(() => { output = synth(); });
  afterAll(() => outputs.forEach((folder) => rmSync(folder, { recursive: true })));

  const read = (path: string) => filesOf(output).find((file) => file.path === path)!.text;

  test('gives the files beside it', () => {
    expectGoldens(join(EXAMPLES, name, 'expected'), filesOf(output));
  });

  test('gives the same bytes a second time', () => {
    expect(filesOf(synth())).toEqual(filesOf(output));
  });

  test('leaves nothing but manifests where kubectl and the cdk8s command line look', () => {
    // kubectl apply -f dist/ reads these at the top level; cdk8s synth takes every *.yaml at any depth for a manifest.
    const forKubectl = filesOf(output).filter(({ path }) => !path.includes('/') && /\.(ya?ml|json)$/.test(path));
    const forCdk8s = filesOf(output).filter(({ path }) => path.endsWith('.yaml'));
    expect(forKubectl.map(({ path }) => path)).toEqual([`${name}.k8s.yaml`]);
    expect(forCdk8s).toEqual(forKubectl);
  });

  test('has a Compose file by the specification', () => {
    expectNoProblems(validateCompose(read(`compose/${name}/compose.yml`), { folder: join(output, 'compose', name) }));
  });

  test('has a stack without anything that Swarm ignores', () => {
    expectNoProblems(validateStack(read(`swarm/${name}/stack.yml`), { folder: join(output, 'swarm', name) }));
  });

  testWith('docker compose', 'has a Compose file that docker compose takes', () => {
    expectNoProblems(composeConfig(join(output, 'compose', name, 'compose.yml'), {}));
  });

  testWith('docker stack', 'has a stack that docker stack takes', () => {
    expectNoProblems(stackConfig(join(output, 'swarm', name, 'stack.yml'), {}));
  });

  testWith('caddy', 'has Caddyfiles that Caddy takes', () => {
    const caddyfiles = filesOf(output).filter(({ path }) => /Caddyfile/.test(path));
    expect(caddyfiles.length).toBeGreaterThanOrEqual(2);
    for (const { path } of caddyfiles) expectNoProblems(caddyValidate(join(output, path), { COMPOSE_PROJECT_NAME: name }));
  });

  test('is waited for until every service can have been asked for its health', () => {
    const { services } = parse(read(`compose/${name}/compose.yml`), { merge: true });
    const waits = [...read(`compose/${name}/deploy.plan`).matchAll(/^[a-z]+ (\S+) .*\bwait=(\d+)/gm)];
    expect(waits.length).toBeGreaterThan(0);
    const tooShort = waits.map(([, service, wait]) => ({ service, wait: Number(wait), interval: parseInt(services[service].healthcheck?.interval ?? '0s', 10) }))
      .filter(({ wait, interval }) => wait < interval + 15);
    expect(tooShort).toEqual([]);
  });

  test('publishes nothing but its load balancer', () => {
    const { services } = parse(read(`compose/${name}/compose.yml`));
    expect(Object.keys(services).filter((service) => services[service].ports !== undefined)).toEqual(['edge']);
  });
});
