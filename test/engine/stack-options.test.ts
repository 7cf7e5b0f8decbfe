import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart } from 'cdk8s';
import { describeWithEngine, docker, httpFrom, substituteImages, waitUntil } from './engine';
import { App, HAWebService, HealthCheck, IsolatedNetwork, PublishMode, SwarmTarget, Worker } from '../../src';

/*
 * What the engine makes of a stack's options: ports by the routing mesh, so many copies on a host, a stop signal, an encrypted network.
 * Nobody is asked over the mesh, which needs IPVS in the kernel; between hosts encryption needs ESP in it.
 */

const STACK = 'options';
const IMAGE = 'ghcr.io/acme/shop:1.4.2';

describeWithEngine('a stack on a one-node Swarm', () => {
  const deploy = async (release: string) => {
    const app = new App({ targets: [new SwarmTarget({ publishMode: PublishMode.INGRESS })], report: false });
    const chart = new Chart(app, STACK);
    const networks = [new IsolatedNetwork(chart, 'backend', { encrypted: true })];
    const common = { image: IMAGE, networks, healthCheck: HealthCheck.http('/healthz', { port: 8080 }), environment: { RELEASE: release } };
    new HAWebService(chart, 'web', { ...common, port: 8080, replicas: 1, publishedPorts: [{ port: 8080, hostPort: 18099 }], stopSignal: 'SIGINT' });
    new Worker(chart, 'mailer', { ...common, replicas: 1, maxReplicasPerNode: 1, maxSurge: 0, maxUnavailable: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-'));
    chmodSync(folder, 0o755);
    for (const { path, text } of app.render()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), substituteImages(text));
    }
    await docker(['stack', 'deploy', '--resolve-image', 'never', '-c', join(folder, 'swarm', STACK, 'stack.yml'), STACK]);
  };
  const inspected = async (service: string) => JSON.parse((await docker(['service', 'inspect', `${STACK}_${service}`])).stdout)[0];
  const running = async (service: string) => (await docker(['ps', '--quiet', '--filter', `label=com.docker.swarm.service.name=${STACK}_${service}`, '--filter', 'health=healthy']))
    .stdout.trim().split('\n').filter((id) => id !== '');

  beforeAll(async () => {
    if ((await docker(['info', '-f', '{{.Swarm.LocalNodeState}}'])).stdout.trim() !== 'active') {
      await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    }
    await remove();
    await deploy('1');
    await waitUntil(async () => (await running('web')).length === 1 && (await running('mailer')).length === 1, 90_000, 'both run');
  }, 120_000);

  afterAll(remove, 90_000);

  test('has a port by the mesh, with the virtual address that the mesh leads to', async () => {
    const { Spec: { EndpointSpec: spec } } = await inspected('web');
    expect(spec).toEqual({ Mode: 'vip', Ports: [{ Protocol: 'tcp', TargetPort: 8080, PublishedPort: 18099, PublishMode: 'ingress' }] });
  });

  test('knows the stop signal', async () => {
    const [id] = await running('web');
    expect((await docker(['inspect', '-f', '{{.Config.StopSignal}}', id])).stdout.trim()).toBe('SIGINT');
  });

  test('has an encrypted network, whose members meet', async () => {
    const name = (await docker(['network', 'ls', '-q', '--filter', `name=${STACK}_backend`])).stdout.trim();
    const { Driver, Options } = JSON.parse((await docker(['network', 'inspect', name])).stdout)[0];
    expect([Driver, Options.encrypted]).toEqual(['overlay', 'true']);
    const [[web], [mailer]] = [await running('web'), await running('mailer')];
    // The name of the other one leads to its virtual address, which needs IPVS in the kernel.
    expect((await httpFrom({ container: web }, 'http://mailer:8080/')).body).toContain((await docker(['inspect', '-f', '{{.Config.Hostname}}', mailer])).stdout.trim());
  });

  test('rotates its logs', async () => {
    const [id] = await running('web');
    expect(JSON.parse((await docker(['inspect', '-f', '{{json .HostConfig.LogConfig}}', id])).stdout))
      .toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
  });

  test('updates what may have one copy on a host, also where that host is full', async () => {
    const [old] = await running('mailer');
    await deploy('2');
    await waitUntil(async () => {
      const now = await running('mailer');
      return now.length === 1 && now[0] !== old && (await inspected('mailer')).UpdateStatus?.State === 'completed';
    }, 90_000, 'the new copy runs');
    expect((await inspected('mailer')).Spec.TaskTemplate.Placement.MaxReplicas).toBe(1);
  }, 120_000);
});

async function remove(): Promise<void> {
  await docker(['stack', 'rm', STACK], { mayFail: true });
  await waitUntil(async () => (await docker(['ps', '--all', '--quiet', '--filter', `label=com.docker.stack.namespace=${STACK}`])).stdout.trim() === '', 60_000, 'the stack is gone');
  await waitUntil(async () => (await docker(['network', 'ls', '--quiet', '--filter', `label=com.docker.stack.namespace=${STACK}`])).stdout.trim() === '', 60_000, 'its networks are gone');
}
