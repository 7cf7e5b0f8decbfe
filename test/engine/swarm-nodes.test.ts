import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST } from './deployment';
import { Disruption, endure } from './disruptions';
import { httpFromHost, waitUntil } from './engine';
import { LoadReport } from './load/load';
import { engineVersion, record } from './record';
import { HTTPS_PORT, VISITOR_PORTS } from './settings';
import { describeWithSwarm, Swarm } from './swarm-nodes';
import { LoadBalancerBackend } from '../../src';

/*
 * A stack on a swarm of three nodes, deployed by its own deploy.sh: what is lost with a node, and what comes back. Visitors
 * come to the first node; the second has the label of the database.
 */

const [VISITED, WITH_DATA, OTHER] = ['node-1', 'node-2', 'node-3'];
const RELEASE = { database: true, web: '2' };

/**
 * Nobody takes leave of those that talk with a copy on a lost node. What is sent on a connection that was kept to it waits for an
 * answer that never comes: one request for each, of the 64 connections that Caddy keeps to a copy at most. WebSockets, slow requests and
 * uploads of that copy end too: all of them may be its.
 */
const LOST_WITH_NODE = { get: 64, post: 5, long: 8 };

describeWithSwarm('Swarm of three nodes', () => {
  const deployment = new Deployment('proof-nodes', 'swarm', () => LoadBalancerBackend.caddy());
  const reports: Record<string, LoadReport> = {};
  let swarm: Swarm;

  const nodesOf = (service: string, ...filters: string[]) => swarm.nodesOf(`${deployment.name}_${service}`, ...filters);
  const visited = () => swarm.nodes.find(({ name }) => name === VISITED)!.address;
  const get = (path: string) => httpFromHost(`https://${HOST}${path}`, { host: visited(), ports: VISITOR_PORTS });
  const visits = () => waitUntil(async () => { const { status, body } = await get('/db'); return status === 200 && Number(body); }, 60_000, 'the database');
  const ready = (service: string, count: number) =>
    waitUntil(async () => (await nodesOf(service, 'health=healthy')).length === count, 90_000, `${count} copies of ${service}`);

  /** The load comes from a container of this machine's own engine, which is no node: it gets its share of a busy machine, as they do. */
  const measure = async (disruption: Disruption) => {
    const from = { network: 'host' };
    reports[disruption.name] = await endure(deployment, disruption, { connect: `${visited()}:${HTTPS_PORT}`, from });
  };

  beforeAll(async () => {
    swarm = await Swarm.start();
    await deployment.start({ database: true });
  }, 400_000);

  afterAll(async () => {
    await Swarm.stop();
    deployment.forget();
    const where = `${await engineVersion()}, each node an engine of its own on one machine, ${cpus().length} processors that all of it shares`;
    await record('Swarm of three nodes', where, reports, 3);
  }, 90_000);

  test('copies are spread over nodes, the load balancer is on each, and data where its label is', async () => {
    expect(await nodesOf('web')).toEqual([VISITED, WITH_DATA, OTHER]);
    expect(new Set(await nodesOf('api')).size).toBe(2);
    expect(await nodesOf('edge')).toEqual([VISITED, WITH_DATA, OTHER]);
    expect(await nodesOf('db-0')).toEqual([WITH_DATA]);
  }, 30_000);

  test('a new image loses nothing', async () => {
    await measure({ name: 'deploy a new image', run: () => deployment.deploy(RELEASE), may: { post: 2 }, replacesWeb: true });
  }, 240_000);

  describe('a node with copies is lost', () => {
    test('others answer, and its copies are started elsewhere', async () => {
      await measure({
        name: 'a node with copies lost',
        run: async () => {
          await swarm.kill(OTHER);
          await swarm.known(OTHER, 'Down');
          await ready('web', 3);
        },
        may: LOST_WITH_NODE,
        replacesWeb: true,
      });
      expect(await nodesOf('web')).not.toContain(OTHER);
    }, 240_000);

    test('a release is deployed meanwhile', async () => {
      await deployment.deploy({ ...RELEASE, api: '2' });
    }, 240_000);

    test('its load balancer is back when it is', async () => {
      await swarm.startAgain();
      await swarm.known(OTHER, 'Ready');
      await ready('edge', 3);
    }, 120_000);
  });

  test('while the node of the database is lost, none is started elsewhere, and it has its data when it is back', async () => {
    const before = await visits();
    await measure({
      name: 'the node of the database lost, and back',
      run: async () => {
        await swarm.kill(WITH_DATA);
        await swarm.known(WITH_DATA, 'Down');
        // As long as it took for copies of web to be started elsewhere.
        await sleep(10_000);
        expect(await nodesOf('db-0')).toEqual([]);
        for (const node of [VISITED, OTHER]) expect(await swarm.volumes(node)).not.toContainEqual(expect.stringContaining('_db-'));
        await swarm.startAgain();
        expect(await visits()).toBe(before + 1);
      },
      may: LOST_WITH_NODE,
      replacesWeb: true,
    });
    expect(await nodesOf('db-0')).toEqual([WITH_DATA]);
  }, 240_000);

  test('the report says so', () => {
    const { answers } = JSON.parse(readFileSync(join(deployment.synth(RELEASE), '..', '..', '..', 'report', 'report.json'), 'utf8'));
    const said = (construct: string, guarantee: string) => answers
      .filter(({ constructs }: any) => constructs.some(({ path }: any) => path === `${deployment.name}/${construct}`))
      .flatMap(({ guarantees }: any) => guarantees).find((one: any) => one.guarantee === guarantee);
    expect(said('web', 'node-loss')).toMatchObject({ level: 'native', reason: 'copies are spread over hosts, and lost ones are started elsewhere' });
    expect(said('web', 'zone-loss')).toMatchObject({ level: 'native', reason: 'copies are spread over zones' });
    expect(said('edge', 'node-loss')).toMatchObject({ level: 'native', condition: expect.stringContaining('visitors are led to those that live') });
    expect(said('db', 'node-loss')).toMatchObject({ level: 'degraded', reason: expect.stringContaining('down until that host is back') });
    expect(said('db', 'storage-survives-node-loss')).toMatchObject({ level: 'dropped', reason: expect.stringContaining('its volumes are on one host') });
  });
});
