import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { attach, chart, connection, container, documentOf, link, loadBalancer, network, peer, route, workload, Bound } from './models';
import { Level } from '../../../src/model/guarantee';
import { HealthCheck } from '../../../src/model/health-check';
import { Layer2Driver } from '../../../src/model/network';
import { Port } from '../../../src/model/port';
import { PeerKind, WorkloadKind, type ConnectionModel, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import { haproxyCheck, testWith } from '../../support/tools';

const HTTP = Port.http('http', 8080);
const PORTS = [HTTP, Port.grpc('grpc', 9000), Port.tcp('raw', 9001)];
const OUTSIDE = network('lan', ['api', 'web'], { subnet: '10.7.0.0/24', layer2: { driver: Layer2Driver.MACVLAN, parent: 'eth0' } });
const compose = new ComposeTarget();

const call = (from = 'web', more: Partial<ConnectionModel> = {}): ConnectionModel => ({ ...connection(peer(from), peer('api'), [HTTP]), ...more });
const api = (more: Partial<WorkloadModel> = {}) => workload('api', {
  ports: [HTTP],
  container: container('api', { ports: [HTTP], healthCheck: HealthCheck.http('/healthz') }),
  ...more,
});
const linked = (one: ConnectionModel, more: Partial<WorkloadModel> = {}) =>
  chart({ workloads: [workload('web', { callees: [one] }), api({ callers: [one], ...more })], links: [link(one)] });

test('in a link the proxy stands where the copies would, and meets them in another', () => {
  const { services } = documentOf(compose, linked(call()));
  expect([services.web.networks, services['api-proxy'].networks, services.api.networks]).toEqual([
    { 'web-to-api': {} },
    { 'api-proxy-to-api': {}, 'web-to-api': { aliases: ['api'] } },
    { 'api-proxy-to-api': { aliases: ['copies.api'] } },
  ]);
  expect(services['api-proxy']).toMatchObject({ user: '99:99', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  expect(services['api-proxy']).not.toHaveProperty('ports');
});

test('proxies run another image where one is named', () => {
  const image = 'registry.acme.example/haproxy:3.2.25';
  const images = (target: ComposeTarget) => documentOf(target, linked(call())).services['api-proxy'].image;
  expect([images(compose), images(new ComposeTarget({ proxyImage: image }))]).toEqual(['haproxy:3.2.25', image]);
});

test('two callers of one callee do not meet', () => {
  const calls = [call('one'), call('two')];
  const { services } = documentOf(compose, chart({
    workloads: [workload('one', { callees: [calls[0]] }), workload('two', { callees: [calls[1]] }), api({ callers: calls })], links: calls.map((one) => link(one)),
  }));
  expect([services.one.networks, services.two.networks]).toEqual([{ 'one-to-api': {} }, { 'two-to-api': {} }]);
});

test('what proxies have in common is made once, and each keeps what is its own', () => {
  const health = Port.http('http', 8081);
  const callees = [
    api({ drainSeconds: 30 }),
    workload('slow', { ports: [HTTP], drainSeconds: 90 }),
    workload('other', { ports: [HTTP, health], drainSeconds: 30 }),
    workload('like', { ports: [HTTP], drainSeconds: 30 }),
  ];
  const calls = callees.map(({ name, ports }) => connection(peer('web'), peer(name), ports));
  const { services } = documentOf(compose, chart({
    workloads: [workload('web', { callees: calls }), ...callees.map((callee, i) => ({ ...callee, callers: [calls[i]] }))], links: calls.map((one) => link(one)),
  }));
  const proxies = callees.map(({ name }) => services[`${name}-proxy`]);
  expect(proxies.map(({ stop_grace_period }) => stop_grace_period)).toEqual(['35s', '95s', '35s', '35s']);
  expect(proxies.map(({ volumes }) => volumes[0].source)).toEqual(callees.map(({ name }) => `./config/${name}-proxy`));
  expect(proxies.map(({ networks }) => Object.keys(networks)))
    .toEqual(callees.map(({ name }) => [`${name}-proxy-to-${name}`, `web-to-${name}`].sort()));
  // Its own health is asked on a port that is none of its callee's.
  const asked = proxies.map(({ configs }) => configs[0].source);
  expect([asked[3] === asked[0], asked[2] === asked[0]]).toEqual([true, false]);
});

test('in a group the name is the proxy\'s for those who call, by a link of Docker\'s', () => {
  const backend = network('backend', ['api', 'web']);
  const one = call();
  const { services } = documentOf(compose, chart({
    networks: [backend],
    links: [link(one, true)],
    workloads: [workload('web', { callees: [one], attachments: [attach(backend)] }), api({ callers: [one], attachments: [attach(backend, undefined, ['plc'])] })],
  }));
  expect(services.web.external_links).toEqual(['api-proxy:api', 'api-proxy:plc']);
  expect(services['api-proxy'].networks).toEqual({ backend: {} });
  expect(services.api.networks).toEqual({ backend: { aliases: ['plc', 'copies.api'] } });
});

test.each<[string, ConnectionModel, Partial<WorkloadModel>]>([
  ['who says so', call('web', { direct: true }), {}],
  ['who needs UDP', call('web', { ports: [HTTP, Port.udp('dns', 53)] }), {}],
  ['who calls a stateful service', call(), { kind: WorkloadKind.STATEFUL }],
  ['who calls a service with a published port', call(), { publishedPorts: [{ port: 8080 }], replicas: 1 }],
  ['who calls a service with an address of its own', call(), { attachments: [attach(network('lan', ['api']), '10.7.0.9')], replicas: 1 }],
  ['who calls a service on a network outside', call(), { attachments: [attach(OUTSIDE)] }],
])('%s meets the copies', (_, one, more) => {
  const { services } = documentOf(compose, linked(one, more));
  expect(services).not.toHaveProperty('api-proxy');
  expect(services.web.networks).toEqual({ 'web-to-api': {} });
});

test('who calls from another chart meets the copies, and others the proxy', () => {
  const mine = call();
  const its = connection(peer('till', PeerKind.WORKLOAD, 'branch'), peer('api'), [HTTP]);
  const till = workload('till', { chart: 'branch', path: 'branch/till', callees: [its] });
  const charts = [
    chart({ workloads: [workload('web', { callees: [mine] }), api({ callers: [mine, its] })], links: [link(mine)] }),
    chart({ path: 'branch', name: 'branch', workloads: [till], links: [link(its)] }),
  ];
  const bound = new Bound(compose, charts);
  const [shop, branch] = ['shop', 'branch'].map((name) => parse(bound.text(`compose/${name}/compose.yml`)).services);
  expect([shop.web.networks, shop.api.networks, shop['api-proxy'].networks, branch.till.networks]).toEqual([
    { 'web-to-api': {} },
    { 'api-proxy-to-api': { aliases: ['copies.api'] }, 'branch.till.to.shop.api': {} },
    { 'api-proxy-to-api': {}, 'web-to-api': { aliases: ['api'] } },
    { 'branch.till.to.shop.api': {} },
  ]);
  expect(compose.answerWorkload(till, charts[1]).healthGatedCalls.reason)
    .toBe('the names of api of chart \'shop\' resolve to every running copy, healthy or not: repeat a failed call');
});

test('copies that call and are called through proxies meet their own other copies', () => {
  const one = call();
  const [web, callee] = [workload('web', { callees: [one], replicas: 2 }), api({ callers: [one], replicas: 2 })];
  const model = chart({ workloads: [web, callee], links: [link(one)] });
  compose.validate({ charts: [model] });
  expect([web, callee].map((workload_) => compose.answerWorkload(workload_, model).declaredPortsOnly.reason)).toEqual(['web', 'api'].map((name) =>
    `inside a network Docker has no rules for ports; who meets on all of them, declared or not: ${name} with its other copies`
    + `; through proxies, which carry declared ports alone: ${name} with api-proxy`));
});

test('who meets a proxy is said, and keeps ports and direction all the same', () => {
  const one = call();
  const [web, callee] = [workload('web', { callees: [one], replicas: 1 }), api({ callers: [one], replicas: 1 })];
  const model = chart({ workloads: [web, callee], links: [link(one)] });
  compose.validate({ charts: [model] });
  for (const member of [web, callee]) {
    expect(compose.answerWorkload(member, model)).toMatchObject({
      declaredPortsOnly: { level: Level.NATIVE, reason: `it meets others through proxies, which carry declared ports alone: ${member.name} with api-proxy` },
      direction: { level: Level.NATIVE, reason: `it meets others through proxies, which open no connection to a caller: ${member.name} with api-proxy` },
    });
  }
});

test('a proxy that carries more ports than a caller declared is said', () => {
  const calls = [call('web'), call('other', { ports: PORTS })];
  const web = workload('web', { callees: [calls[0]], replicas: 1 });
  const model = chart({ workloads: [web, workload('other', { callees: [calls[1]] }), api({ ports: PORTS, callers: calls })], links: calls.map((one) => link(one)) });
  compose.validate({ charts: [model] });
  expect(compose.answerWorkload(web, model).declaredPortsOnly).toMatchObject({
    level: Level.DEGRADED,
    reason: 'it meets others through proxies, which carry declared ports alone: web with api-proxy; the proxies of api carry the ports that others call too',
  });
});

test('a member of a group that calls a service elsewhere meets its proxy there, and the group\'s proxies in the group', () => {
  const backend = network('backend', ['api', 'web']);
  const one = connection(peer('web'), peer('search'), [HTTP]);
  const web = workload('web', { callees: [one], attachments: [attach(backend)], replicas: 1 });
  const search = workload('search', { ports: [HTTP], callers: [one] });
  const model = chart({ networks: [backend], links: [link(one)], workloads: [web, search, api({ attachments: [attach(backend)] })] });
  compose.validate({ charts: [model] });
  const { declaredPortsOnly, direction } = compose.answerWorkload(web, model);
  expect([declaredPortsOnly.reason, direction.reason]).toEqual([
    'inside a network Docker has no rules for ports; who meets on all of them, declared or not: web with api'
    + '; through proxies, which carry declared ports alone: web with api-proxy and web with search-proxy',
    'members of one network may call each other; through proxies, which open no connection to a caller: web with search-proxy',
  ]);
  expect(compose.answerNetwork(backend, model).declaredPortsOnly.reason)
    .toBe('inside a network Docker has no rules for ports: api, api-proxy and web reach each other on all ports');
});

test('where connections alone open a network, its answer knows of proxies', () => {
  const data = network('data', ['api', 'web'], { connectedOnly: true });
  const one = call();
  const attachments = [attach(data)];
  const model = chart({ networks: [data], links: [link(one)], workloads: [workload('web', { callees: [one], attachments }), api({ callers: [one], attachments })] });
  compose.validate({ charts: [model] });
  expect(compose.answerNetwork(data, model).declaredPortsOnly.reason)
    .toBe('inside a network Docker has no rules for ports: api and web reach each other on all ports where a connection was declared that no proxy carries');
});

test('on a network outside, nothing that proxies keep is worth saying', () => {
  const one = call();
  const other = call('other', { ports: [HTTP, Port.tcp('raw', 9001)] });
  const web = workload('web', { callees: [one], attachments: [attach(OUTSIDE)] });
  const model = chart({
    workloads: [web, workload('other', { callees: [other] }), api({ ports: PORTS, callers: [one, other] })], networks: [OUTSIDE], links: [link(one), link(other)],
  });
  expect(documentOf(compose, model).services).toHaveProperty('api-proxy');
  expect(compose.answerWorkload(web, model).declaredPortsOnly).toMatchObject({ level: Level.DROPPED });
});

test('the load balancer goes to the copies', () => {
  const edgeToApi = connection(peer('edge', PeerKind.LOAD_BALANCER), peer('api'), [HTTP]);
  const { services } = documentOf(compose, chart({
    workloads: [api({ callers: [edgeToApi] })], links: [link(edgeToApi)], loadBalancers: [loadBalancer('edge', { routes: [route('shop.test', peer('api'), 2)] })],
  }));
  expect(services).not.toHaveProperty('api-proxy');
});

test('who starts after the callee starts after its proxy too', () => {
  const { services } = documentOf(compose, linked(call('web', { startAfter: true })));
  expect(services.web.depends_on).toEqual({ 'api': { condition: 'service_healthy' }, 'api-proxy': { condition: 'service_healthy' } });
});

test('the proxy is fed after its copies, and joins links under the name that it carries', () => {
  const plan = new Bound(compose, [linked(call())]).text('compose/shop/deploy.plan').split('\n').map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(plan.slice(4, 8)).toEqual(['rolling api', 'drain api', 'balancer api-proxy', 'reload api-proxy']);
  expect(new Bound(compose, [linked(call())]).text('compose/shop/deploy.plan'))
    .toMatch(/^balancer api-proxy .* networks=api-proxy-to-api-[0-9a-f]{6}:?[^,]*,web-to-api-[0-9a-f]{6}:api$/m);
});

test('HTTP, gRPC and TCP each have a port of the proxy\'s, and are asked at the port of the health check', () => {
  const text = new Bound(compose, [linked(call('web', { ports: PORTS }), { ports: PORTS })]).text('compose/shop/config/api-proxy/haproxy.cfg');
  expect(text.match(/^(backend|\tdefault-server).*?(from \w+| port 8080)$|^\tserver-template .*$/gm)).toEqual([
    'backend shop.api:8080 from copies', '\tserver-template api- 8 copies.api:8080',
    'backend shop.api:9000 from copies', '\tserver-template api- 8 copies.api:9000',
    'backend shop.api:9001 from connections', '\tserver-template api- 8 copies.api:9001',
  ]);
  expect(text.match(/ port 8080( |$)/gm)).toHaveLength(2);
});

testWith('haproxy', 'HAProxy takes the configuration, and one for callers over IPv6', () => {
  const dual = network('backend', ['api', 'web'], { ipv6Subnet: 'fd00:1::/64' });
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-proxy-'));
  const problems = [[], [attach(dual)]].map((attachments, index) => {
    writeFileSync(join(folder, `${index}.cfg`), new Bound(compose, [linked(call('web', { ports: PORTS }), { ports: PORTS, attachments })])
      .text('compose/shop/config/api-proxy/haproxy.cfg'));
    return haproxyCheck(join(folder, `${index}.cfg`));
  });
  rmSync(folder, { recursive: true });
  expect(problems).toEqual([[], []]);
});

testWith('haproxy', 'HAProxy takes the configuration for what is spoken over TLS, which it only passes on', () => {
  const ports = [Port.https('https', 8443), Port.grpcs('grpcs', 9443)];
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-proxy-'));
  const problems = ports.map((port) => {
    const file = join(folder, `${port.name}.cfg`);
    const over = { ports, container: container('api', { ports, healthCheck: HealthCheck.grpc(), healthCheckPort: port.number, healthCheckTls: true }) };
    writeFileSync(file, new Bound(compose, [linked(call('web', { ports }), over)]).text('compose/shop/config/api-proxy/haproxy.cfg'));
    return haproxyCheck(file);
  });
  rmSync(folder, { recursive: true });
  expect(problems).toEqual([[], []]);
});

test('it listens on IPv6 where a group has that', () => {
  const listens = (ipv6Subnet?: string) => {
    const attachments = [attach(network('backend', ['api', 'web'], { ipv6Subnet }))];
    return new Bound(compose, [linked(call(), { attachments })]).text('compose/shop/config/api-proxy/haproxy.cfg').match(/bind .*8080.*/g);
  };
  expect([listens(), listens('fd00:1::/64')]).toEqual([['bind :8080'], ['bind [::]:8080 v4v6']]);
});

test('a name that is taken is an error', () => {
  const one = call();
  const model = chart({ workloads: [workload('web', { callees: [one] }), api({ callers: [one] }), workload('api-proxy')], links: [link(one)] });
  expect(compose.validate({ charts: [model] }).map(({ message }) => message)).toContain(
    'api cannot have its proxy \'api-proxy\' on Compose: something else has that name, rename it or call api with \'direct: true\' [shop/api]');
});
