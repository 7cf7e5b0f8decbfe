import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { canConnect, describeWhere, describeWithEngine, docker, execIn, REACH, run } from './engine';
import { runnable } from './generated';
import { App, ComposeTarget, HealthCheck, IpvlanMode, IpvlanNetwork, MacvlanNetwork, Security, StatefulService, type INetworkAttachment } from '../../src';

/*
 * Networks outside, on an interface of this machine that leads to another one: a network namespace behind a veth.
 */

const [PARENT, FAR, NAMESPACE] = ['cdk8s-ha-lan', 'cdk8s-ha-plc', 'cdk8s-ha-plc'];
const SUBNET = '100.127.77.0/24';
const [PANEL, GATEWAY, MACHINE] = ['100.127.77.9', '100.127.77.10', '100.127.77.200'];

const ip = (...args: string[]) => run('ip', args);

/** Why this kernel has no such interfaces; undefined if it has. */
function whyNot(...type: string[]): string | undefined {
  const add = (...args: string[]) => spawnSync('ip', ['link', 'add', ...args], { encoding: 'utf8' });
  add('cdk8s-ha-try', 'type', 'veth', 'peer', 'name', 'cdk8s-ha-yrt');
  const { status, stderr } = add('link', 'cdk8s-ha-try', 'name', 'cdk8s-ha-two', 'type', ...type);
  spawnSync('ip', ['link', 'delete', 'cdk8s-ha-try']);
  return status === 0 ? undefined : `no ${type[0]} here, which needs root and the kernel: ${stderr.trim()}`;
}

const DRIVERS: [string, string | undefined, (chart: Chart) => { attach(props: { address: string }): INetworkAttachment }][] = [
  ['macvlan', whyNot('macvlan', 'mode', 'bridge'), (chart) => new MacvlanNetwork(chart, 'plant', { parent: PARENT, subnet: SUBNET })],
  ['ipvlan', whyNot('ipvlan', 'mode', 'l2'), (chart) => new IpvlanNetwork(chart, 'plant', { parent: PARENT, subnet: SUBNET, mode: IpvlanMode.L2 })],
];

describe.each(DRIVERS)('a network outside by %s', (driver, why, declare) => {
  describeWhere(why, `${driver} of this machine`, () => describeWithEngine(`containers on a network outside by ${driver}`, () => {
    const outdir = mkdtempSync(join(tmpdir(), 'cdk8s-ha-'));
    let machine: ChildProcess;
    let folder: string;

    const containers = { panel: 'layer2-panel-0-1', gateway: 'layer2-gateway-0-1' };
    const compose = (...args: string[]) => docker(['compose', '-f', join(folder, 'compose.yml'), '--project-name', 'layer2', ...args], { mayFail: args[0] === 'down' });
    const far = (...args: string[]) => ip('-n', NAMESPACE, ...args);

    beforeAll(async () => {
      await clean();
      await ip('netns', 'add', NAMESPACE);
      await ip('link', 'add', PARENT, 'type', 'veth', 'peer', 'name', FAR, 'netns', NAMESPACE);
      await ip('link', 'set', PARENT, 'up');
      await far('link', 'set', FAR, 'up');
      await far('address', 'add', `${MACHINE}/24`, 'dev', FAR);
      machine = spawn('ip', ['netns', 'exec', NAMESPACE, REACH, 'listen', 'tcp:502', 'udp:502'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => machine.stdout!.once('data', resolve));

      const app = new App({ outdir, targets: [new ComposeTarget()] });
      const chart = new Chart(app, 'layer2');
      const plant = declare(chart);
      const service = (id: string, address: string) => new StatefulService(chart, id, {
        image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz'), security: Security.restricted(), networks: [plant.attach({ address })],
      });
      service('panel', PANEL);
      service('gateway', GATEWAY);
      app.synth();
      folder = runnable(join(outdir, 'compose', 'layer2'));
      await compose('up', '--detach', '--wait');
    }, 120_000);

    afterAll(async () => {
      await compose('down', '--volumes', '--timeout', '2');
      machine?.kill();
      await clean();
      rmSync(outdir, { recursive: true, force: true });
    }, 60_000);

    test('have their addresses, and no other network', async () => {
      for (const [container, address] of [[containers.panel, PANEL], [containers.gateway, GATEWAY]]) {
        expect((await docker(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', container])).stdout.trim()).toBe(address);
      }
      const { stdout } = await docker(['network', 'inspect', '-f', '{{.Driver}} {{.Options.parent}}', ...await networks()]);
      expect(stdout.trim()).toBe(`${driver} ${PARENT}`);
    });

    test('reach each other, by name and address', async () => {
      for (const host of [GATEWAY, 'gateway-0']) expect(await canConnect({ container: containers.panel }, host, 8080)).toBe(true);
    });

    test('reach what is there besides, and are reached by it on all ports', async () => {
      expect(await canConnect({ container: containers.panel }, MACHINE, 502)).toBe(true);
      for (const address of [PANEL, GATEWAY]) {
        const asked = `require('net').connect(8080, '${address}').on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
        expect((await run('ip', ['netns', 'exec', NAMESPACE, process.execPath, '-e', asked], { timeout: 10_000, mayFail: true })).code).toBe(0);
      }
    });

    test('are machines of their own there, or share the hardware address of the host', async () => {
      const address = async (container: string) => (await execIn(container, ['cat', '/sys/class/net/eth0/address'])).stdout.trim();
      // Not from /sys, which shows another network where the engine has one of its own.
      const hosts = JSON.parse((await run('ip', ['-json', 'link', 'show', PARENT])).stdout)[0].address as string;
      const [panel, gateway] = [await address(containers.panel), await address(containers.gateway)];
      expect([panel === hosts, gateway === hosts]).toEqual(driver === 'ipvlan' ? [true, true] : [false, false]);
    });
  }));
});

const networks = async () => (await docker(['network', 'ls', '-q', '--filter', 'label=com.docker.compose.project=layer2'])).stdout.trim().split('\n');

async function clean(): Promise<void> {
  await run('ip', ['link', 'delete', PARENT], { mayFail: true });
  await run('ip', ['netns', 'delete', NAMESPACE], { mayFail: true });
}
