import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { FakeCompose } from './fake-compose';
import { Failure } from './fake-host';
import { App, ComposeTarget, HAWebService, HealthCheck, LoadBalancer, SwarmTarget } from '../../src';

/*
 * Two projects of one app, and a platform whose load balancer lets visitors in to both.
 */

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-across-'));
const LINK = 'shop.web.to.billing.api-0b6b79';

let engine: FakeCompose;

beforeAll(() => {
  synth('linked', true);
  synth('parted', false);
  synth('pooled', true, '10.128.0.0/10');
});

beforeEach(async () => {
  engine = new FakeCompose();
  await engine.host.start();
  for (const image of ['web', 'api', 'edge']) engine.state.images[`acme/${image}:1`] = `sha256:${image}`;
});

afterEach(() => {
  engine.host.stop();
  expect(engine.host.mistakes).toEqual([]);
});

afterAll(() => rmSync(folder, { recursive: true }));

function synth(name: string, linked: boolean, addressPool?: string): void {
  const app = new App({ outdir: join(folder, name), targets: [new ComposeTarget({ addressPool }), new SwarmTarget()] });
  const [shop, billing, platform] = ['shop', 'billing', 'platform'].map((id) => new Chart(app, id));
  const healthCheck = HealthCheck.http('/healthz');
  const web = new HAWebService(shop, 'web', { image: 'acme/web:1', port: 8080, healthCheck });
  const api = new HAWebService(billing, 'api', { image: 'acme/api:1', port: 8080, healthCheck });
  if (linked) web.connectTo(api);
  const edge = new LoadBalancer(platform, 'edge');
  edge.addRoute('shop.example', web);
  if (linked) edge.addRoute('billing.example', api);
  app.synth();
}

const deploy = async (chart: string, name = 'linked', env = {}): Promise<void> => {
  const { code, stderr } = await engine.host.run(join(folder, name, 'compose', chart, 'deploy.sh'), [], { env });
  expect({ code, stderr }).toMatchObject({ code: 0 });
};
const down = (project: string) => engine.host.run(join(engine.host.home, project, 'deploy.sh'), ['down']);
const shared = () => engine.state.networks.filter((name) => name.includes('.to.')).sort();

test.each([[['shop', 'billing']], [['billing', 'shop']]])('who comes first makes the network, and the other one joins it: %s', async ([first, second]) => {
  await deploy(first);
  expect(shared()).toContain(LINK);
  await deploy(second);
  expect(engine.host.calls.filter((call) => call.startsWith('network create') && call.endsWith(LINK))).toEqual([
    'network create --label cdk8s-ha.link --internal --opt com.docker.network.bridge.inhibit_ipv4=true'
    + ` --opt com.docker.network.bridge.gateway_mode_ipv4=isolated ${LINK}`,
  ]);
  expect(engine.copies('web').concat(engine.copies('api')).every(({ networks }) => networks.includes(LINK))).toBe(true);
});

test('who leaves last removes it', async () => {
  await deploy('shop');
  await deploy('billing');
  await down('shop');
  expect(shared()).toContain(LINK);
  await down('billing');
  expect(shared()).toEqual([]);
});

test('a release without the connection leaves it, and the last one removes it', async () => {
  for (const chart of ['shop', 'billing']) await deploy(chart);
  await deploy('shop', 'parted');
  expect(shared()).toContain(LINK);
  await deploy('billing', 'parted');
  expect(shared()).not.toContain(LINK);
});

test('another deployment that makes it at the same moment is no failure', async () => {
  engine.host.before = (call) => {
    if (!call.startsWith('docker network create') || !call.endsWith(LINK)) return;
    engine.state.networks.push(LINK);
    throw new Failure(`network with name ${LINK} already exists`);
  };
  await deploy('shop');
  expect(shared().filter((name) => name === LINK)).toHaveLength(1);
});

test('a network that cannot be made ends the deployment before anything is touched', async () => {
  engine.host.before = (call) => {
    if (call.startsWith('docker network create')) throw new Failure('all predefined address pools have been fully subnetted');
  };
  const { code, stderr } = await engine.host.run(join(folder, 'linked/compose/shop/deploy.sh'));
  expect(code).toBe(1);
  expect(stderr).toContain('which this project shares: all predefined address pools have been fully subnetted. Nothing was changed');
  expect(engine.state.containers).toEqual([]);
});

test('a network whose addresses another one has is refused before anything is touched', async () => {
  await deploy('shop', 'pooled');
  const name = shared().find((one) => one.startsWith('shop.web.to.billing.api-'))!;
  engine.state.ranges.plant = engine.state.ranges[name];
  await down('shop');
  engine.state.networks.push('plant');
  const { code, stderr } = await engine.host.run(join(folder, 'pooled/compose/shop/deploy.sh'));
  expect([code, stderr]).toEqual([1, expect.stringContaining(`error: the network ${name} cannot be made while plant is there: its subnet 10.`)]);
  expect(engine.state.containers).toEqual([]);
});

test('a second deployment of a chart, under another name, has links of its own', async () => {
  await deploy('shop');
  await deploy('billing', 'linked', { COMPOSE_PROJECT_NAME: 'billing-staging' });
  expect(engine.copies('api').flatMap(({ networks }) => networks)).not.toContain(LINK);
  engine.host.write('shop-staging/.env', 'COMPOSE_PROJECT_NAME_BILLING=billing-staging\n');
  await deploy('shop', 'linked', { COMPOSE_PROJECT_NAME: 'shop-staging' });
  expect(engine.copies('web').flatMap(({ networks }) => networks)).toContain('shop-staging.web.to.billing-staging.api-0b6b79');
});

test('a running load balancer joins the network of a route into another chart', async () => {
  await deploy('platform', 'parted');
  const [{ id }] = engine.copies('edge');
  await deploy('platform');
  expect(engine.copies('edge')).toMatchObject([{ id, networks: expect.arrayContaining(['platform.edge.to.billing.api-0b6b79', 'platform.edge.to.shop.web-0b6b79']) }]);
});
