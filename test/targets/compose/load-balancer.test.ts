import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bound, chart, documentOf, issuer, loadBalancer, NOTING_BACKEND, peer, route, secret, shop } from './models';
import { LoadBalancerBackend } from '../../../src/loadbalancers/load-balancer-backend';
import type { ChartModel } from '../../../src/model/app-model';
import { IssuerKind } from '../../../src/model/certificate';
import { Volume } from '../../../src/model/volume';
import { PeerKind } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';
import { findTool, testWith } from '../../support/tools';

const files = issuer('files', IssuerKind.FILES, { certificate: secret('certificate'), privateKey: secret('key') });
const letsEncrypt = issuer('letsencrypt', IssuerKind.ACME);

test('copies are named so that the name of the project may be another: compose', () => {
  expect(new Bound(new ComposeTarget(), [shop()]).text('compose/shop/config/edge/routes.conf'))
    .toBe('shop.example.org {project}-web-1 {project}-web-2 {project}-web-3 {project}-web-next-1 {project}-web-next-2 {project}-web-next-3 web\n');
  expect(documentOf(new ComposeTarget(), shop()).services.edge.environment).toEqual({ COMPOSE_PROJECT_NAME: '${COMPOSE_PROJECT_NAME}' });
});

describe('a load balancer that asks no copy for its health', () => {
  const { loadBalancers: [edge], ...rest } = shop();
  const charts = [{ ...rest, loadBalancers: [{ ...edge, backend: LoadBalancerBackend.nginx() }] }];

  test('knows a service\'s copies by a name that its twin\'s have not: compose', () => {
    const link = (of: ChartModel) => {
      const { services } = documentOf(new ComposeTarget(), of);
      return [services.web, services['web-next']].map(({ networks }) => networks['edge-to-web']);
    };
    // Each service has its own name besides.
    expect(link(charts[0])).toEqual([{ aliases: ['copies.web'] }, { aliases: ['copies.web'] }]);
    // For others copies are told apart by their health.
    expect(link(shop())).toEqual([{}, { aliases: ['web'] }]);
  });

  testWith('docker compose', 'and what a twin extends gives it no further name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aliases-'));
    try {
      writeFileSync(join(folder, 'compose.yml'), new Bound(new ComposeTarget(), charts).text('compose/shop/compose.yml'));
      const [program, ...args] = findTool('docker compose')!;
      const config = execFileSync(program, [...args, '-f', join(folder, 'compose.yml'), '--profile', 'rollout', 'config', '--format', 'json'], {
        encoding: 'utf8', env: { ...process.env, API_KEY: 'key' },
      });
      expect([...new Set(JSON.parse(config).services['web-next'].networks['edge-to-web'].aliases)]).toEqual(['copies.web']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is told when a twin stands in: compose', () => {
    const plan = new Bound(new ComposeTarget(), charts).text('compose/shop/deploy.plan').split('\n').filter((line) => /^(apart web|drain web edge) ?/.test(line));
    expect(plan).toEqual(['apart web edge']);
    const conf = new Bound(new ComposeTarget(), charts).text('compose/shop/config/edge/nginx.conf');
    expect(conf).toMatch(/if \(-f \/etc\/nginx\/stand-ins\/web-next\) \{\s+set \$stand_ins web-next:\d+;\s+\}/);
    expect(conf).toMatch(/server web:\d+ resolve max_fails=1 fail_timeout=2s;\s+server copies\.web:\d+ resolve max_fails=0 backup;/);
    expect(new Bound(new SwarmTarget(), charts).text('swarm/shop/config/edge/nginx.conf')).not.toMatch(/stand_ins|copies\.web/);
  });
});

test('copies have no names but all have one in common: swarm', () => {
  expect(new Bound(new SwarmTarget(), [shop()]).text('swarm/shop/config/edge/routes.conf')).toBe('shop.example.org tasks.web\n');
});

test('copies of a stateful service have names of their own', () => {
  const routes = [route('db.example.org', peer('db'), 2, true)];
  const charts = [chart({ loadBalancers: [loadBalancer('edge', { routes })] })];
  expect(new Bound(new ComposeTarget(), charts).text('compose/shop/config/edge/routes.conf')).toBe('db.example.org db-0 db-1 db\n');
  expect(new Bound(new SwarmTarget(), charts).text('swarm/shop/config/edge/routes.conf')).toBe('db.example.org tasks.db-0 tasks.db-1 tasks.db\n');
});

test('it has a bridge of its own and a link to each destination, so that two of them do not meet', () => {
  const routes = [route('a.example.org', peer('a'), 1), route('b.example.org', peer('b'), 1), route('c.example.org', peer('a'), 1)];
  const { services } = documentOf(new ComposeTarget(), chart({ loadBalancers: [loadBalancer('edge', { routes })] }));
  expect(Object.keys(services.edge.networks)).toEqual(['edge-outside', 'edge-to-a', 'edge-to-b']);
});

test('it listens for HTTP, HTTPS and HTTP/3 where it is told to', () => {
  const ports = (more: object) => documentOf(new ComposeTarget(), chart({ loadBalancers: [loadBalancer('edge', more)] })).services.edge.ports;
  expect(ports({})).toEqual(['80:8080', '443:8443', '443:8443/udp']);
  expect(ports({ httpPort: 8080, httpsPort: 8443, publishAddress: '10.0.0.1' })).toEqual(['10.0.0.1:8080:8080', '10.0.0.1:8443:8443', '10.0.0.1:8443:8443/udp']);
});

test('its configuration is a folder and in no label: a new one needs a reload and no new container', () => {
  const { services } = documentOf(new ComposeTarget(), shop());
  expect(services.edge.volumes[0]).toEqual({
    type: 'bind', source: './config/edge', target: '/etc/noting', read_only: true, bind: { create_host_path: false },
  });
  expect(services.edge.labels).toBeUndefined();
});

test('certificates of the user\'s own are secrets of its', () => {
  const hosts = [{ name: 'a.example.org', issuer: files }, { name: 'b.example.org', issuer: files }];
  const one = chart({ loadBalancers: [loadBalancer('edge', { hosts })], secrets: [secret('certificate'), secret('key')] });
  expect(documentOf(new ComposeTarget(), one).services.edge.secrets).toEqual(['certificate', 'key']);
  expect(documentOf(new SwarmTarget(), one).services.edge.secrets).toEqual([
    { source: 'certificate', target: 'certificate', uid: '1000', gid: '1000', mode: 0o400 },
    { source: 'key', target: 'key', uid: '1000', gid: '1000', mode: 0o400 },
  ]);
});

test('containers beside it meet it, share its disk, and have their secrets to themselves', () => {
  const token = secret('token');
  const wild = issuer('wild', IssuerKind.ACME, { dns01: { provider: 'cloudflare', settings: {}, credentials: { apiToken: token } } });
  const client = {
    name: 'acme', image: 'goacme/lego:v4.35.2', command: ['sh', '-c', 'lego'], user: 1000, secrets: [token], volumes: [Volume.persistent('/data')],
  };
  const balancer = (egress: boolean) => loadBalancer('edge', {
    backend: { ...NOTING_BACKEND, lower: (...given) => ({ ...NOTING_BACKEND.lower(...given), sidecars: [{ ...client, egress }] }) },
    hosts: [{ name: 'a.example.org', issuer: wild }],
    routes: [route('a.example.org', peer('web'), 1)],
  });
  const rendered = (egress: boolean) => documentOf(new ComposeTarget(), chart({ loadBalancers: [balancer(egress)], secrets: [token] })).services;
  const { 'edge': edge, 'edge-acme': beside } = rendered(true);
  expect(beside).toMatchObject({
    image: client.image,
    entrypoint: client.command,
    user: '1000:1000',
    read_only: true,
    cap_drop: ['ALL'],
    secrets: ['token'],
    volumes: [{ source: 'edge-data', target: '/data' }],
  });
  expect(edge.secrets).toBeUndefined();
  expect([Object.keys(edge.networks), Object.keys(beside.networks)]).toEqual([['edge-outside', 'edge-to-web'], ['edge-acme-outside', 'edge-to-web']]);
  expect(Object.keys(rendered(false)['edge-acme'].networks)).toEqual(['edge-to-web']);
  expect(documentOf(new SwarmTarget(), chart({ loadBalancers: [balancer(true)], secrets: [token] })).services['edge-acme'].image).toBe(client.image);
});

test('copies of another chart are named by its project, which may have another name, and shared names by the chart', () => {
  const [a, db] = ['a', 'db'].map((name) => peer(name, PeerKind.WORKLOAD, 'other'));
  const charts = [chart({ loadBalancers: [loadBalancer('edge', { routes: [route('a.example.org', a, 1), route('db.example.org', db, 1, true)] })] })];
  expect(new Bound(new ComposeTarget(), charts).text('compose/shop/config/edge/routes.conf'))
    .toBe('a.example.org {project:other}-a-1 {project:other}-a-next-1 other_a\ndb.example.org other_db-0 other_db\n');
  expect(new Bound(new SwarmTarget(), charts).text('swarm/shop/config/edge/routes.conf'))
    .toBe('a.example.org tasks.other_a\ndb.example.org tasks.other_db-0 tasks.other_db\n');
  expect(documentOf(new ComposeTarget(), charts[0]).services.edge.environment)
    .toEqual({ COMPOSE_PROJECT_NAME: '${COMPOSE_PROJECT_NAME}', COMPOSE_PROJECT_NAME_OTHER: '${COMPOSE_PROJECT_NAME_OTHER:-other}' });
});

describe('on a Swarm', () => {
  const deploy = (more: object) => documentOf(new SwarmTarget(), chart({ loadBalancers: [loadBalancer('edge', more)] })).services.edge.deploy;

  test('it runs on every host, one after the other is replaced, since a host has a port once', () => {
    expect(deploy({})).toMatchObject({ mode: 'global', update_config: { order: 'stop-first', parallelism: 1 } });
    expect(deploy({})).not.toHaveProperty('replicas');
    expect(deploy({ hosts: [{ name: 'a.example.org', issuer: files }] })).toMatchObject({ mode: 'global' });
  });

  test('it runs once when it gets its certificates by itself', () => {
    expect(deploy({ hosts: [{ name: 'a.example.org', issuer: letsEncrypt }] })).toMatchObject({ mode: 'replicated', replicas: 1 });
  });

  test('its configuration is named by its content', () => {
    const { services, configs } = documentOf(new SwarmTarget(), shop());
    expect(configs['edge-routes.conf']).toEqual({ name: expect.stringMatching(/^shop-edge-routes\.conf-[0-9a-f]{8}$/), file: './config/edge/routes.conf' });
    expect(services.edge.configs).toContainEqual({ source: 'edge-routes.conf', target: '/etc/noting/routes.conf' });
  });
});
