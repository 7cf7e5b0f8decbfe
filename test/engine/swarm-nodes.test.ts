import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deployment, HOST } from './deployment';
import { Disruption, endure, Losses } from './disruptions';
import { docker, httpFromHost, waitUntil } from './engine';
import { LoadReport } from './load/load';
import { engineVersion, record } from './record';
import { HTTPS_PORT, VISITOR_PORTS } from './settings';
import { describeWithSwarm, Swarm } from './swarm-nodes';
import { ILoadBalancerBackend, LoadBalancerBackend } from '../../src';

/*
 * A stack on a swarm of three nodes, deployed by its own deploy.sh: what is lost with a node, and what comes back. Visitors
 * come to the first node; the second has the label of the database.
 */

const [VISITED, WITH_DATA, OTHER] = ['node-1', 'node-2', 'node-3'];
const RELEASE = { database: true, uploads: true, web: '2' };

/**
 * Nobody takes leave of those that talk with a copy on a lost node. WebSockets, slow requests and uploads of that copy end: all of them may be
 * its. So do POSTs that were on their way to it.
 */
const WITH_A_NODE = { post: 5, long: 8 };

/**
 * Caddy does not notice: what is sent on a connection that was kept to the copy waits for an answer that never comes, one request for each,
 * of the 64 connections that it keeps to a copy at most.
 */
const LOST = { caddy: { ...WITH_A_NODE, get: 64 }, haproxy: WITH_A_NODE };

/** A stack on three nodes that run as long as the tests around it, whose disruptions are written down under a title of the page. */
class Stack {
  public readonly deployment: Deployment;
  public swarm!: Swarm;
  private readonly reports: Record<string, LoadReport> = {};

  public constructor(title: string, disruptions: number, backend: () => ILoadBalancerBackend) {
    this.deployment = new Deployment(`proof-nodes-${backend().name}`, 'swarm', backend);
    beforeAll(async () => {
      this.swarm = await Swarm.start();
      await this.deployment.start({ database: true, uploads: true });
    }, 400_000);
    afterAll(async () => {
      await Swarm.stop();
      this.deployment.forget();
      const where = `${await engineVersion()}, each node an engine of its own on one machine, ${cpus().length} processors that all of it shares`;
      await record(title, where, this.reports, disruptions);
    }, 90_000);
  }

  public nodesOf(service: string, ...filters: string[]): Promise<string[]> {
    return this.swarm.nodesOf(`${this.deployment.name}_${service}`, ...filters);
  }

  public ready(service: string, count: number): Promise<unknown> {
    return waitUntil(async () => (await this.nodesOf(service, 'health=healthy')).length === count, 90_000, `${count} copies of ${service}`);
  }

  public visits(): Promise<number> {
    return waitUntil(async () => {
      const { status, body } = await httpFromHost(`https://${HOST}/db`, { host: this.visited, ports: VISITOR_PORTS });
      return status === 200 && Number(body);
    }, 60_000, 'the database');
  }

  /** The load comes from a container of this machine's own engine, which is no node: it gets its share of a busy machine, as they do. */
  public async measure(disruption: Disruption): Promise<void> {
    const from = { network: 'host' };
    this.reports[disruption.name] = await endure(this.deployment, disruption, { connect: `${this.visited}:${HTTPS_PORT}`, from });
  }

  public async loseNodeWithCopies(may: Losses): Promise<void> {
    await this.measure({
      name: 'a node with copies lost',
      run: async () => {
        await this.swarm.kill(OTHER);
        await this.swarm.known(OTHER, 'Down');
        await this.ready('web', 3);
      },
      may,
      replacesWeb: true,
    });
    expect(await this.nodesOf('web')).not.toContain(OTHER);
  }

  private get visited(): string {
    return this.swarm.nodes.find(({ name }) => name === VISITED)!.address;
  }
}

describeWithSwarm('Swarm of three nodes', () => {
  const stack = new Stack('Swarm of three nodes', 3, () => LoadBalancerBackend.caddy());
  const { deployment } = stack;

  test('copies are spread over nodes, the load balancer is on each, and data where its label is', async () => {
    expect(await stack.nodesOf('web')).toEqual([VISITED, WITH_DATA, OTHER]);
    expect(new Set(await stack.nodesOf('api')).size).toBe(2);
    expect(await stack.nodesOf('edge')).toEqual([VISITED, WITH_DATA, OTHER]);
    expect(await stack.nodesOf('db-0')).toEqual([WITH_DATA]);
  }, 30_000);

  test('copies write into their volumes, on each node', async () => {
    await Promise.all(stack.swarm.nodes.map(async ({ socket }) => {
      const { stdout } = await docker(['-H', socket, 'ps', '-q', '--filter', `label=com.docker.swarm.service.name=${deployment.name}_web`]);
      await docker(['-H', socket, 'exec', stdout.trim(), 'touch', '/uploads/written']);
    }));
  }, 30_000);

  test('a new image loses nothing', async () => {
    await stack.measure({ name: 'deploy a new image', run: () => deployment.deploy(RELEASE), may: { post: 2 }, replacesWeb: true });
  }, 240_000);

  describe('a node with copies is lost', () => {
    test('others answer, and its copies are started elsewhere', () => stack.loseNodeWithCopies(LOST.caddy), 240_000);

    test('a release is deployed meanwhile', async () => {
      await deployment.deploy({ ...RELEASE, api: '2' });
    }, 240_000);

    test('its load balancer is back when it is', async () => {
      await stack.swarm.startAgain();
      await stack.swarm.known(OTHER, 'Ready');
      await stack.ready('edge', 3);
    }, 120_000);
  });

  test('while the node of the database is lost, none is started elsewhere, and it has its data when it is back', async () => {
    const before = await stack.visits();
    await stack.measure({
      name: 'the node of the database lost, and back',
      run: async () => {
        await stack.swarm.kill(WITH_DATA);
        await stack.swarm.known(WITH_DATA, 'Down');
        // As long as it took for copies of web to be started elsewhere.
        await sleep(10_000);
        expect(await stack.nodesOf('db-0')).toEqual([]);
        for (const node of [VISITED, OTHER]) expect(await stack.swarm.volumes(node)).not.toContainEqual(expect.stringContaining('_db-'));
        await stack.swarm.startAgain();
        expect(await stack.visits()).toBe(before + 1);
      },
      may: LOST.caddy,
      replacesWeb: true,
    });
    expect(await stack.nodesOf('db-0')).toEqual([WITH_DATA]);
  }, 240_000);

  test('the report says so', () => {
    const { answers } = JSON.parse(readFileSync(join(deployment.synth(RELEASE), '..', '..', '..', 'report', 'report.json'), 'utf8'));
    const said = (construct: string, guarantee: string) => answers
      .filter(({ constructs }: any) => constructs.some(({ path }: any) => path === `${deployment.name}/${construct}`))
      .flatMap(({ guarantees }: any) => guarantees).find((one: any) => one.guarantee === guarantee);
    expect(said('web', 'node-loss')).toMatchObject({ level: 'native', reason: 'Swarm spreads copies over hosts by itself, and starts lost ones elsewhere' });
    expect(said('web', 'zone-loss')).toMatchObject({ level: 'native', reason: 'copies are spread over zones' });
    expect(said('edge', 'node-loss')).toMatchObject({ level: 'native', condition: expect.stringContaining('visitors are led to those that live') });
    expect(said('db', 'node-loss')).toMatchObject({ level: 'degraded', reason: expect.stringContaining('down until that host is back') });
    expect(said('db', 'storage-survives-node-loss')).toMatchObject({ level: 'dropped', reason: expect.stringContaining('its volumes are on one host') });
  });
});

describeWithSwarm('Swarm of three nodes with HAProxy', () => {
  const stack = new Stack('Swarm of three nodes with HAProxy', 1, () => LoadBalancerBackend.haproxy());

  test('no GET is lost with a node', () => stack.loseNodeWithCopies(LOST.haproxy), 240_000);
});
