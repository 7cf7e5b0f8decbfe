import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST } from './deployment';
import { Disruption, endure } from './disruptions';
import { docker, httpFromHost, waitUntil } from './engine';
import { LoadReport, loadTable } from './load/load';
import { HTTPS_PORT } from './settings';
import { describeWithSwarm, Swarm } from './swarm-nodes';
import { LoadBalancerBackend } from '../../src';

const B = process.env.BACKEND === 'haproxy' ? () => LoadBalancerBackend.haproxy() : () => LoadBalancerBackend.caddy();
describeWithSwarm('Swarm of three nodes', () => {
  const deployment = new Deployment('proof-nodes', 'swarm', B);
  const reports: Record<string, LoadReport> = {};
  let swarm: Swarm;
  const t00 = Date.now();
  const log = (...a: any[]) => process.stdout.write(`${((Date.now() - t00) / 1000).toFixed(1)} ${a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ')}\n`);

  const copies = (service: string) => swarm.copies(`${deployment.name}_${service}`);
  const nodesOf = async (service: string) => (await copies(service)).map(({ node }) => node).sort();
  const get = (path: string) => httpFromHost(`https://${HOST}${path}`, { host: swarm.nodes[0].address, ports: { http: 18080, https: HTTPS_PORT } } as any);

  beforeAll(async () => {
    swarm = await Swarm.start();
    log('started');
    await deployment.start({ database: true });
    log('deployed');
  }, 400_000);

  afterAll(async () => {
    process.stdout.write(loadTable(reports));
    await Swarm.stop();
  }, 100_000);

  test('spread', async () => {
    for (const s of ['web', 'api', 'edge', 'db-0', 'mailer']) log(s, await nodesOf(s));
  });

  const go = async (name: string, d: Omit<Disruption, 'name'>) => {
    log('begin', name);
    reports[name] = await endure(deployment, { name, ...d }, { connect: `${swarm.nodes[0].address}:${HTTPS_PORT}`, webSockets: { count: 0 } });
    const { failures, kinds: _k, ...r } = reports[name];
    log(name, r, failures);
  };
  const ever = { perTenThousand: 10000 };

  test('deploy', async () => {
    await go('deploy a new image', { run: (one) => one.deploy({ database: true, web: '2' }), may: ever });
  }, 200_000);

  test('kill node 3', async () => {
    await go('node-3', { run: async () => {
      await swarm.kill('node-3');
      log('killed');
      await swarm.known('node-3', 'Down');
      log('down');
      await waitUntil(async () => (await nodesOf('web')).length === 3, 60_000);
      log('copies back', await nodesOf('web'));
      await sleep(6000);
    }, may: ever });
    await swarm.startAgain();
    log('node-3 is back', await nodesOf('web'), await nodesOf('edge'));
  }, 300_000);

  test('kill node 2', async () => {
    log((await get('/db')));
    await go('node-2', { run: async () => {
      await swarm.kill('node-2');
      log('killed');
      await swarm.known('node-2', 'Down');
      log('down');
      await sleep(12000);
      log('db', await nodesOf('db-0'), (await docker(['service', 'ps', 'proof-nodes_db-0', '--format', '{{.CurrentState}} {{.Error}} {{.Node}}'])).stdout, await swarm.volumes('node-1'), await swarm.volumes('node-3'));
      log('web', (await docker(['service', 'ps', 'proof-nodes_web', '--format', '{{.CurrentState}} {{.Error}} {{.Node}}'])).stdout, await get('/db'));
      await swarm.startAgain();
      log('db', await nodesOf('db-0'));
      log(await waitUntil(async () => { const a = await get('/db'); return a.status === 200 && a; }, 60_000));
      await sleep(2000);
    }, may: ever });
    log((await docker(['service', 'ls'])).stdout);
  }, 300_000);
});
