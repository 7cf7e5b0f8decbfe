import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { parse } from 'yaml';
import { App, HAWebService, HealthCheck, LoadBalancer, LocalCertificates, StatefulService, Volume, type OutputFile } from '../src';
import { findTool, testWith } from './support/tools';

/*
 * What every container has on both Docker targets, whoever made it: the user, a load balancer, a one-shot service.
 */

let files: OutputFile[];

beforeAll(() => {
  const app = new App({ report: false });
  const shop = new Chart(app, 'shop');
  const image = 'ghcr.io/acme/shop:1.4.2';
  const db = new StatefulService(shop, 'db', { image, port: 5432, healthCheck: HealthCheck.tcp(), volumes: [Volume.persistent('/data')], onlyOn: ['compose'] });
  const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck: HealthCheck.http('/healthz'), stopSignal: 'SIGQUIT', drainTimeout: Duration.seconds(50) });
  web.connectTo(db);
  web.addSidecar('log', { image, stopSignal: 'SIGHUP' });
  web.addInit('prepare', { image });
  web.addReleaseStep('migrate', { command: ['shop', 'migrate'] });
  web.addScheduledJob('report', { schedule: '15 3 * * *', command: ['shop', 'report'] });
  new LoadBalancer(shop, 'edge', { certificates: new LocalCertificates(shop, 'local') }).addRoute('shop.acme.example', web);
  files = app.render();
});

const services = (path: string): [string, any][] => Object.entries(parse(files.find((file) => file.path === path)!.text).services);

describe.each(['compose/shop/compose.yml', 'swarm/shop/stack.yml', 'swarm/shop/before.yml'])('%s', (path) => {
  test('each log is rotated, else it fills the host', () => {
    for (const [name, service] of services(path)) {
      // A twin is the service itself under another name.
      if (service.extends === undefined) expect({ name, ...service.logging }).toEqual({ name, driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } });
    }
  });

  test("nobody has the engine's socket", () => {
    expect(services(path).filter(([, { volumes = [] }]) => JSON.stringify(volumes).includes('docker.sock'))).toEqual([]);
  });
});

describe.each(['compose/shop/compose.yml', 'swarm/shop/stack.yml'])('%s', (path) => {
  test('a clock is stopped by the signal it knows, whatever the image has', () => {
    const all = Object.fromEntries(services(path));
    expect(Object.fromEntries(['web', 'web-log', 'report', 'edge'].map((name) => [name, all[name].stop_signal])))
      .toEqual({ 'web': 'SIGQUIT', 'web-log': 'SIGHUP', 'report': 'SIGTERM', 'edge': undefined });
  });

  test('the time to drain is the same with another signal', () => {
    expect(Object.fromEntries(services(path)).web.stop_grace_period).toBe('55s');
  });
});

testWith('docker compose', 'a twin is stopped as its service is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-hardening-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const [program, ...args] = findTool('docker compose')!;
    const file = join(folder, 'compose/shop/compose.yml');
    const { stdout } = spawnSync(program, [...args, '-f', file, '--profile', 'rollout', 'config', '--format', 'json'], { encoding: 'utf8' });
    const { web, 'web-next': twin } = JSON.parse(stdout).services;
    for (const field of ['stop_signal', 'stop_grace_period', 'init', 'logging']) expect({ [field]: twin[field] }).toEqual({ [field]: web[field] });
    expect(twin.stop_signal).toBe('SIGQUIT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
