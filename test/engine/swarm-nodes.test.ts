import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST, Release } from './deployment';
import { Disruption, endure } from './disruptions';
import { docker, httpFromHost, waitUntil } from './engine';
import { LoadOptions, LoadReport, loadTable } from './load/load';
import { HTTPS_PORT } from './settings';
import { Copy, describeWithSwarm, Swarm } from './swarm-nodes';
import { LoadBalancerBackend } from '../../src';

describeWithSwarm('Swarm of three nodes', () => {
  const deployment = new Deployment('proof-nodes', 'swarm', () => LoadBalancerBackend.caddy());
  const reports: Record<string, LoadReport> = {};
  let swarm: Swarm;

  const copies = (service: string) => swarm.copies(`${deployment.name}_${service}`);
  const nodesOf = async (service: string) => (await copies(service)).map(({ node }) => node).sort();

  beforeAll(async () => {
    swarm = await Swarm.start();
    await deployment.start({ database: true });
  }, 400_000);

  afterAll(async () => {
    process.stdout.write(loadTable(reports));
  }, 100_000);

  test('spread', async () => {
    for (const s of ['web', 'api', 'edge', 'db-0', 'mailer']) console.log(s, await nodesOf(s));
  });

  const go = async (name: string, d: Omit<Disruption, 'name'>) => {
    reports[name] = await endure(deployment, { name, ...d }, { connect: `${swarm.nodes[0].address}:${HTTPS_PORT}`, webSockets: { count: 0 } });
    console.log(name, JSON.stringify(reports[name], undefined, 1));
  };

  test('deploy', async () => {
    await go('deploy a new image', { run: (one) => one.deploy({ database: true, web: '2' }), may: { perTenThousand: 10000 } });
  }, 300_000);

  test('kill node 3', async () => {
    await go('node-3', { run: async () => {
      await swarm.kill('node-3');
      const t = Date.now();
      await swarm.known('node-3', 'Down');
      console.log('down after', Date.now() - t);
      await waitUntil(async () => (await nodesOf('web')).length === 3, 60_000);
      console.log('copies after', Date.now() - t);
      await sleep(10000);
    }, may: { perTenThousand: 10000 } });
  }, 300_000);

});
