import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST } from './deployment';
import { describeWithEngine, docker, RATE, run, waitUntil } from './engine';
import { deployServices, engineSeconds, memoryOf } from './figures/project';
import { REFERENCES } from './figures/references';
import { underLoad } from './load/load';
import { engineVersion, WHOLE } from './record';
import { ILoadBalancerBackend, LoadBalancerBackend } from '../../src';

/*
 * What the generated configuration costs, beside one written by hand for the same program; what a project costs that does
 * nothing; what a rollout takes. `npm run bench:engine` alone measures: here it takes minutes, and only a quiet machine tells.
 */

const RUNS = 5;
const whole = WHOLE ? describeWithEngine : describe.skip;
const BACKENDS: { readonly [name: string]: () => ILoadBalancerBackend } = {
  caddy: () => LoadBalancerBackend.caddy(),
  haproxy: () => LoadBalancerBackend.haproxy(),
  nginx: () => LoadBalancerBackend.nginx(),
  traefik: () => LoadBalancerBackend.traefik(),
};

const throughput: string[] = [];
const project: string[] = [];

whole('throughput and latency beside a configuration written by hand', () => {
  test.each(Object.keys(BACKENDS))('%s', async (name) => {
    const deployment = new Deployment('figures', 'compose', BACKENDS[name]);
    try {
      await deployment.start();
      const logged = await besides(deployment, name, true);
      await deployment.deploy({ accessLog: false });
      const quiet = await besides(deployment, name, false);
      const cells = [logged, quiet].flatMap(({ generated, reference }) => [
        generated.rate.toFixed(0), reference.rate.toFixed(0), (generated.rate / reference.rate).toFixed(2),
        `${generated.p99.toFixed(1)} ms`, `${reference.p99.toFixed(1)} ms`,
      ]);
      throughput.push(`| ${[name, ...cells].join(' | ')} |`);
      process.stdout.write(`\n${throughput.at(-1)}\n`);
    } finally {
      await deployment.remove();
    }
  }, 600_000);

  afterAll(record);
});

whole('a project', () => {
  test('of 30 containers costs little while nothing happens', async () => {
    // A swarm costs its engine something too.
    const without = await shareOfProcessor(30);
    // Each service has two copies and a proxy before them.
    const services = await deployServices('figures-idle', 10);
    try {
      await services.deploy('1.4.2');
      await sleep(20_000);
      const all = await shareOfProcessor(60);
      const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
      project.push(`| 30 containers, idle, all health checks | ${percent(all - without)} of a processor, beside ${percent(without)} of the engine without them |`);
      process.stdout.write(`\n${project.at(-1)}\n`);
    } finally {
      await services.remove();
    }
  }, 600_000);

  test('of 12 services rolls out a new image', async () => {
    const services = await deployServices('figures-rollout', 12);
    try {
      await services.deploy('1.4.2');
      const quiet = await memoryOf('figures-rollout');
      let most = quiet;
      const begin = Date.now();
      let ended = false;
      const sampling = (async () => { while (!ended) { most = Math.max(most, await memoryOf('figures-rollout')); await sleep(500); } })();
      try {
        await services.deploy('1.5.0');
      } finally {
        ended = true;
        await sampling;
      }
      const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MiB`;
      project.push(`| rollout of 12 services of 2 copies | ${((Date.now() - begin) / 1000).toFixed(0)} s; memory ${mebibytes(quiet)} before, ${mebibytes(most)} at most |`);
      process.stdout.write(`\n${project.at(-1)}\n`);
    } finally {
      await services.remove();
    }
  }, 500_000);

  afterAll(record);
});

/** How much of a processor the engine and all containers use. */
async function shareOfProcessor(seconds: number): Promise<number> {
  const before = await engineSeconds();
  await sleep(seconds * 1_000);
  return (await engineSeconds() - before) / seconds;
}

/** The generated load balancer and the one by hand, both with an access log or both without. */
async function besides(deployment: Deployment, name: string, accessLog: boolean): Promise<Sides<Measured>> {
  const reference = await startReference(deployment, name, accessLog);
  try {
    const [edge] = await deployment.copies('edge');
    const addresses = { generated: await addressOf(edge), reference: await addressOf(reference) };
    for (const address of Object.values(addresses)) await waitUntil(async () => (await rate(address, '300ms')) > 0, 20_000, `${name} at ${address}`);
    return await compare(addresses);
  } finally {
    await docker(['rm', '--force', reference]);
  }
}

/** Of the same image as the generated load balancer, in the same networks. */
async function startReference(deployment: Deployment, name: string, accessLog: boolean): Promise<string> {
  const [edge] = await deployment.copies('edge');
  const copies = (await docker(['inspect', '-f', '{{.Name}}', ...await deployment.copies('web')])).stdout.trim().split('\n').map((one) => one.slice(1)).sort();
  const { image, command, files } = REFERENCES[name](copies, accessLog);
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-reference-'));
  const { certificate, privateKey } = deployment.certificate;
  const all = { ...files, 'certificate.pem': certificate, 'key.pem': privateKey, 'both.pem': certificate + privateKey };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text);
  chmodSync(folder, 0o755);
  const networks = Object.keys(JSON.parse((await docker(['inspect', '-f', '{{json .NetworkSettings.Networks}}', edge])).stdout));
  const outside = networks.find((network) => /outside/.test(network))!;
  const { stdout } = await docker(['create', '--network', outside, '--user', '0', '--entrypoint', command[0], '--volume', `${folder}:/reference:ro`, image, ...command.slice(1)]);
  const id = stdout.trim();
  for (const network of networks.filter((one) => one !== outside)) await docker(['network', 'connect', network, id]);
  await docker(['start', id]);
  await sleep(1_000);
  const { stdout: status } = await docker(['inspect', '-f', '{{.State.Status}}', id]);
  if (status.trim() !== 'running') throw new Error(`the reference of ${name} ended:\n${(await docker(['logs', id])).stderr}`);
  return id;
}

interface Measured {
  readonly rate: number;
  readonly p99: number;
}

interface Sides<T> {
  readonly generated: T;
  readonly reference: T;
}

/** One after the other, several times: the machine is not the same at each moment. */
async function compare(addresses: Sides<string>): Promise<Sides<Measured>> {
  const found = { generated: { rates: [] as number[], p99s: [] as number[] }, reference: { rates: [] as number[], p99s: [] as number[] } };
  for (let i = 0; i < RUNS; i++) {
    for (const side of ['generated', 'reference'] as const) {
      found[side].rates.push(await rate(addresses[side], '4s'));
      const { p99 } = await underLoad({ url: `https://${HOST}/`, connect: `${addresses[side]}:443`, warmUp: 2_000, settle: 2_000 }, async () => {});
      found[side].p99s.push(p99);
    }
  }
  const measured = ({ rates, p99s }: { rates: number[]; p99s: number[] }) => ({ rate: median(rates), p99: median(p99s) });
  return { generated: measured(found.generated), reference: measured(found.reference) };
}

async function addressOf(container: string): Promise<string> {
  const networks = JSON.parse((await docker(['inspect', '-f', '{{json .NetworkSettings.Networks}}', container])).stdout);
  return (Object.entries(networks).find(([network]) => /outside/.test(network))![1] as { IPAddress: string }).IPAddress;
}

/** Answers a second; of failed requests none is allowed. */
async function rate(address: string, duration: string): Promise<number> {
  const { stdout } = await run(RATE, [`https://${HOST}/`, `${address}:443`, '32', duration]);
  const [answered, failed] = stdout.trim().split(' ').map(Number);
  if (failed > 0) throw new Error(`${failed} requests failed at ${address}`);
  return answered;
}

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function record(): Promise<void> {
  const page = join(__dirname, '..', '..', 'docs', 'figures.md');
  const where = `${await engineVersion()}, ${cpus().length} processors (${cpus()[0].model}) that load, load balancer and copies share.`;
  const text = readFileSync(page, 'utf8');
  const tables: { [title: string]: string[] } = { 'Load balancers': throughput, 'A project': project };
  writeFileSync(page, Object.entries(tables).reduce((all, [title, rows]) => rows.length === 0 ? all
    : all.replace(new RegExp(`(## ${title}\\n)[^#]*?(\\|[^#]*?\\n\\|[-:| ]+\\|\\n)([^#]*)`), (_, head, columns, before) =>
      `${head}\n${where}\n\n${columns}${withNew(before.split('\n').filter((row: string) => row !== ''), rows).join('\n')}\n\n`), text));
}

/** Rows of a table, in their order; one that was not measured this time stays. */
function withNew(before: string[], rows: string[]): string[] {
  const what = (row: string) => row.split(' | ')[0];
  const unknown = rows.filter((row) => !before.some((old) => what(old) === what(row)));
  return [...before.map((old) => rows.find((row) => what(row) === what(old)) ?? old), ...unknown];
}
