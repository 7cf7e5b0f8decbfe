import { join } from 'node:path';
import { describeWithEngine, docker, httpFromHost, VISITOR_PORTS, waitUntil } from './engine';
import { declaredExample, runnable, synthExample } from './generated';
import { testEachLine } from './report/lines';
import { Measurement } from './report/measured';
import { removeAll } from './report/remove';

/*
 * examples/shop as generated, on a Swarm of one node.
 */

const STACK = 'shop';
const HOST = 'shop.acme.example';
const SECRETS = { 'db-password': 'correct horse battery staple' };

describeWithEngine('the shop on a one-node Swarm', () => {
  let measurement: Measurement;

  const get = (path: string) => httpFromHost(`https://${HOST}${path}`);
  const tasks = async (service: string) => (await docker([
    'ps', '--quiet', '--no-trunc', '--filter', `label=com.docker.swarm.service.name=${STACK}_${service}`,
  ])).stdout.split('\n').filter((id) => id !== '');

  beforeAll(async () => {
    if ((await docker(['info', '-f', '{{.Swarm.LocalNodeState}}'])).stdout.trim() !== 'active') {
      await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    }
    await removeAll('swarm', STACK);
    const node = (await docker(['info', '-f', '{{.Swarm.NodeID}}'])).stdout.trim();
    await docker(['node', 'update', '--label-add', 'db=true', node]);
    await docker(['secret', 'create', `${STACK}_db-password`, '-'], { input: SECRETS['db-password'] });
    const folder = runnable(join(synthExample('shop'), 'swarm', 'shop'));
    await docker(['stack', 'deploy', '--resolve-image', 'never', '-c', join(folder, 'stack.yml'), STACK]);
    await waitUntil(async () => (await get('/db')).status === 200, 120_000, 'the stack serves');
    measurement = new Measurement({ target: 'swarm', name: STACK, declared: declaredExample('shop'), folder, secrets: SECRETS, ports: VISITOR_PORTS });
  }, 240_000);

  afterAll(() => removeAll('swarm', STACK), 300_000);

  test('every service runs as many tasks as declared', async () => {
    await waitUntil(async () => {
      const services = (await docker(['stack', 'services', '--format', '{{.Name}} {{.Replicas}}', STACK])).stdout.trim().split('\n').sort();
      const long = services.filter((line) => !line.includes('-volumes '));
      return long.every((line) => { const [, have, want] = /(\d+)\/(\d+)/.exec(line)!; return have === want; }) && long.length >= 5;
    }, 120_000, 'all tasks run');
  }, 150_000);

  test('requests over HTTPS reach every copy', async () => {
    const served = new Set<string>();
    for (let i = 0; i < 300 && served.size < 3; i++) served.add((await get('/')).headers['x-served-by']);
    expect(served.size).toBe(3);
  }, 60_000);

  test('the web reads from the database', async () => {
    const before = Number((await get('/db')).body);
    expect(Number((await get('/db')).body)).toBe(before + 1);
  });

  test('the database keeps its data over a new task', async () => {
    const task = async () => (await tasks('db-0')).join();
    const [old, before] = [await task(), Number((await get('/db')).body)];
    await docker(['service', 'update', '--detach', '--force', `${STACK}_db-0`]);
    await waitUntil(async () => { const now = await task(); return now !== '' && now !== old; }, 120_000, 'a new task');
    const after = await waitUntil(async () => { const answer = await get('/db'); return answer.status === 200 && Number(answer.body); }, 120_000, 'the database is back');
    expect(after).toBe(before + 1);
  }, 150_000);

  testEachLine('shop', 'swarm', () => measurement);
});
