import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import {
  acmeRootCertificate, acmeServerCertificate, canConnect, compose, describeWithEngine, docker, httpFromHost, waitUntil, PEBBLE_IMAGE, VISITOR_PORTS,
  type ComposeProject, type Container,
} from './engine';
import { declaredExample, runnable, secretsHome, synthExample } from './generated';
import { testEachLine } from './report/lines';
import { Measurement } from './report/measured';

/*
 * examples/shop as generated, on a real engine: real PostgreSQL, certificates from an ACME server, `docker compose up`.
 */

const HOST = 'shop.acme.example';
const SECRETS = { 'db-password': 'correct horse battery staple' };

describeWithEngine('the shop on Compose', () => {
  let project: ComposeProject;
  let root: string;
  let measurement: Measurement;

  const get = (path: string, options = {}) => httpFromHost(`https://${HOST}${path}`, { ca: root, ...options });
  const webs = () => project.containers('web');
  const name = async (service: string) => (await project.container(service)).name;

  beforeAll(async () => {
    const folder = runnable(join(synthExample('shop'), 'compose', 'shop'), { acmeRoot: await acmeServerCertificate() });
    // What a public network gives: a directory that the load balancer reaches, and a name that leads to it.
    writeFileSync(join(folder, 'internet.yml'), `
services:
  pebble:
    image: ${PEBBLE_IMAGE}
    networks: [edge-to-web]
  edge:
    depends_on: [pebble]
    networks:
      edge-to-web: { aliases: [${HOST}, www.${HOST}] }
`);
    project = compose(folder, {
      files: ['compose.yml', 'internet.yml'],
      env: { CDK8S_HA_HOME: secretsHome('shop', SECRETS) },
    });
    await project.down();
    await project.up();
    root = await acmeRootCertificate({ container: await name('pebble') });
    await waitUntil(async () => (await get('/')).status === 200, 60_000, 'a certificate');
    measurement = new Measurement({ target: 'compose', name: 'shop', declared: declaredExample('shop'), folder, secrets: SECRETS, ports: VISITOR_PORTS });
  }, 240_000);

  afterAll(async () => { await project.down(); }, 120_000);

  test('every service is healthy, one-shot services ended well', async () => {
    const services = (await project.run(['config', '--services'])).stdout.trim().split('\n').filter((service) => service !== 'pebble');
    for (const service of services) {
      for (const { name: container, status, health, exitCode, restarts } of await project.containers(service)) {
        expect({ container, status, health, exitCode, restarts }).toEqual(service.endsWith('-volumes')
          ? { container, status: 'exited', health: 'none', exitCode: 0, restarts: 0 }
          : { container, status: 'running', health: service === 'mailer' ? 'none' : 'healthy', exitCode: 0, restarts: 0 });
      }
    }
  });

  test('requests over HTTPS reach every copy', async () => {
    const served = new Set<string>();
    // Least connections with nothing open picks any: bounded, and far more than three copies need.
    for (let i = 0; i < 200 && served.size < 3; i++) served.add((await get('/')).headers['x-served-by']);
    expect(served.size).toBe(3);
  }, 60_000);

  test('plain HTTP is sent to HTTPS, and browsers are told to remember', async () => {
    const answer = await httpFromHost(`http://${HOST}/cart?item=1`);
    expect([301, 302, 307, 308]).toContain(answer.status);
    expect(answer.headers.location).toBe(`https://${HOST}/cart?item=1`);
    expect((await get('/')).headers['strict-transport-security']).toMatch(/^max-age=31536000/);
  });

  test('the other host is sent to the first, with the path asked for', async () => {
    const answer = await waitUntil(async () => {
      const one = await httpFromHost(`https://www.${HOST}/cart?item=1`, { ca: root });
      return one.status > 0 && one;
    }, 60_000, 'a certificate for www');
    expect(answer.headers.location).toBe(`https://${HOST}/cart?item=1`);
  }, 90_000);

  test('the web reads from the database', async () => {
    const before = Number((await get('/db')).body);
    expect(before).toBeGreaterThan(0);
    expect(Number((await get('/db')).body)).toBe(before + 1);
  });

  test('copies share uploads', async () => {
    await get('/uploads/note.txt', { method: 'POST', body: 'hello' });
    const bodies = new Set<string>();
    for (let i = 0; i < 30; i++) bodies.add((await get('/uploads/note.txt')).body.trim());
    expect([...bodies]).toEqual(['hello']);
  }, 60_000);

  describe('who reaches whom', () => {
    const networksOf = async (container: string): Promise<string[]> => {
      const [{ NetworkSettings }] = JSON.parse((await docker(['inspect', container])).stdout);
      return Object.keys(NetworkSettings.Networks);
    };

    test('the web reaches the database', async () => {
      expect(await canConnect({ container: await name('web') }, 'db', 5432)).toBe(true);
    });

    test('the load balancer does not: it finds no name and shares no network', async () => {
      const edge = await name('edge');
      expect(await canConnect({ container: edge }, 'web', 8080)).toBe(true);
      for (const place of ['db', 'db-0']) expect([place, await canConnect({ container: edge }, place, 5432)]).toEqual([place, false]);
      // By address is not tried from a container with a way out: where no network leads there, packets would leave the machine.
      const shared = await networksOf(edge);
      expect((await networksOf(await name('db-0'))).filter((network) => shared.includes(network))).toEqual([]);
    }, 60_000);

    test('nobody who has no way out reaches the host, and those who have are in the report', async () => {
      const listener: Server = createServer((socket) => socket.end()).listen(0, '0.0.0.0');
      await new Promise((resolve) => listener.once('listening', resolve));
      const { port } = listener.address() as { port: number };
      try {
        const hosts = await hostAddresses();
        const reaching = new Set<string>();
        for (const service of ['db-0', 'edge', 'mailer', 'report', 'web']) {
          const container = await name(service);
          for (const host of hosts) {
            if (await canConnect({ container }, host, port, 1_000)) reaching.add(service);
          }
        }
        // A bridge with a way out has an address of the host in it; no engine option closes that.
        expect([...reaching].sort()).toEqual(['edge', 'mailer']);
      } finally {
        listener.close();
      }
    }, 240_000);
  });

  test('a database that is away for a minute restarts no copy of the web', async () => {
    const state = (containers: Container[]) => containers.map(({ id, restarts, status }) => ({ id, restarts, status }));
    const before = state(await webs());
    await project.run(['stop', 'db-0']);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    expect((await get('/db')).status).toBe(503);
    expect((await get('/')).status).toBe(200);
    expect(state(await webs())).toEqual(before);
    await project.run(['start', 'db-0']);
    await waitUntil(async () => (await get('/db')).status === 200, 30_000, 'the database is back');
    expect(state(await webs())).toEqual(before);
  }, 180_000);

  testEachLine('shop', 'compose', () => measurement);

  test('a restart of the project keeps the data', async () => {
    const before = await waitUntil(async () => { const answer = await get('/db'); return answer.status === 200 && Number(answer.body); }, 90_000, 'all is well');
    await project.run(['--profile', '*', 'down', '--timeout', '10']);
    await project.up();
    root = await acmeRootCertificate({ container: await name('pebble') });
    const after = await waitUntil(async () => {
      // The test's authority is a new one after a restart: what counts here is the answer.
      const answer = await httpFromHost(`https://${HOST}/db`);
      return answer.status === 200 && Number(answer.body);
    }, 90_000, 'the shop is back');
    expect(after).toBe(before + 1);
    expect((await httpFromHost(`https://${HOST}/uploads/note.txt`)).body.trim()).toBe('hello');
  }, 240_000);

  async function hostAddresses(): Promise<string[]> {
    const { networkInterfaces } = await import('node:os');
    return Object.values(networkInterfaces()).flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  }
});
