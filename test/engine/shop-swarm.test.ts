import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acmeServerCertificate, describeWithEngine, docker, httpFromHost, run, waitUntil } from './engine';
import { runnable, synthExample } from './generated';
import { Measurement, saidBy } from './report/measured';

/*
 * examples/shop as generated, on a Swarm of one node.
 */

const STACK = 'shop';
const HOST = 'shop.acme.example';
const SECRETS = { 'db-password': 'correct horse battery staple' };
const REPORT = readFileSync(join(__dirname, '..', '..', 'examples', 'shop', 'expected', 'report', 'report.json'), 'utf8');

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
    await remove();
    const node = (await docker(['info', '-f', '{{.Swarm.NodeID}}'])).stdout.trim();
    await docker(['node', 'update', '--label-add', 'db=true', node]);
    await docker(['secret', 'create', `${STACK}_db-password`, '-'], { input: SECRETS['db-password'] });
    const folder = runnable(join(synthExample('shop'), 'swarm', 'shop'), await acmeServerCertificate());
    // No public network here, so the load balancer is its own authority.
    const caddyfile = join(folder, 'config', 'edge', 'Caddyfile');
    writeFileSync(caddyfile, withLocalAuthority(readFileSync(caddyfile, 'utf8')));
    await docker(['stack', 'deploy', '--resolve-image', 'never', '-c', join(folder, 'stack.yml'), STACK]);
    await waitUntil(async () => (await get('/db')).status === 200, 120_000, 'the stack serves');
    measurement = new Measurement({ host: HOST, folder, secrets: SECRETS, containers: tasks });
  }, 240_000);

  afterAll(remove, 120_000);

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

  describe('what the report says is what the engine does', () => {
    test.each(saidBy(REPORT, 'swarm'))('$guarantee of $construct is $level: $reason', async (said) => {
      expect(await measurement.holds(said)).toBe(['native', 'emulated'].includes(said.level));
    }, 300_000);
  });

  async function remove(): Promise<void> {
    await docker(['stack', 'rm', STACK], { mayFail: true });
    const left = async (...kind: string[]) => (await docker([...kind, '-q', '--filter', `label=com.docker.stack.namespace=${STACK}`])).stdout.trim();
    await waitUntil(async () => await left('container', 'ls', '--all') === '' && await left('network', 'ls') === '', 90_000, 'the stack is gone');
    await docker(['secret', 'rm', `${STACK}_db-password`], { mayFail: true });
    await run('sh', ['-c', `docker volume ls -q --filter label=com.docker.stack.namespace=${STACK} | xargs -r docker volume rm -f`]);
  }
});

function withLocalAuthority(caddyfile: string): string {
  return caddyfile.replace(/issuer acme \{[^}]*\}/g, 'issuer internal');
}
