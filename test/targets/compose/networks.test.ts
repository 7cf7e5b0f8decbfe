import { attach, chart, connection, container, documentOf, link, network, peer, workload } from './models';
import { Egress } from '../../../src/model/egress';
import { Port } from '../../../src/model/port';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';

const HTTP = Port.http('http', 8080);
const ISOLATED = {
  internal: true,
  driver_opts: { 'com.docker.network.bridge.inhibit_ipv4': 'true', 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' },
};

/** Networks of each service, and all networks there are; a twin stands where its service does. */
function networksOf(...args: Parameters<typeof documentOf>): any {
  const { services, networks } = documentOf(...args);
  return {
    ...Object.fromEntries(Object.keys(services).filter((name) => services[name].extends === undefined)
      .map((name) => [name, services[name].networks ?? services[name].network_mode])),
    networks: Object.keys(networks ?? {}),
  };
}

const compose = new ComposeTarget();

test('a workload that talks to nobody has no network at all', () => {
  expect(networksOf(compose, chart({ workloads: [workload('web')] }))).toEqual({ web: 'none', networks: [] });
});

test('members of a network meet in it, under their further names and addresses', () => {
  const backend = network('backend', ['db', 'web'], { subnet: '10.7.0.0/24' });
  const document = documentOf(compose, chart({
    networks: [backend],
    workloads: [workload('db', { attachments: [attach(backend, '10.7.0.9', ['plc'])] }), workload('web', { attachments: [attach(backend)] })],
  }));
  expect(document.services.db.networks).toEqual({ backend: { aliases: ['plc'], ipv4_address: '10.7.0.9' } });
  expect(document.services.web.networks).toEqual({ backend: {} });
  expect(document.networks.backend).toMatchObject({ ...ISOLATED, ipam: { config: [{ subnet: '10.7.0.0/24' }] } });
});

test('a connection without a common network is a link of just the two', () => {
  const call = connection(peer('web'), peer('db'), [HTTP]);
  expect(networksOf(compose, chart({
    workloads: [workload('web', { callees: [call] }), workload('db', { callers: [call] }), workload('other')],
    links: [link(call)],
  }))).toEqual({ web: { 'web-to-db': {} }, db: { 'web-to-db': {} }, other: 'none', networks: ['web-to-db'] });
});

test('a connection inside a network needs no link', () => {
  const backend = network('backend', ['db', 'web']);
  const call = connection(peer('web'), peer('db'), [HTTP]);
  expect(networksOf(compose, chart({
    networks: [backend],
    workloads: [
      workload('web', { callees: [call], attachments: [attach(backend)] }), workload('db', { callers: [call], attachments: [attach(backend)] }),
    ],
    links: [link(call, true)],
  }))).toEqual({ web: { backend: {} }, db: { backend: {} }, networks: ['backend'] });
});

test('a network of connections only is a link for each, which carries the further names', () => {
  const lan = network('lan', ['db', 'web', 'idle'], { connectedOnly: true });
  const call = connection(peer('web'), peer('db'), [HTTP]);
  expect(networksOf(compose, chart({
    networks: [lan],
    workloads: [
      workload('web', { callees: [call], attachments: [attach(lan)] }),
      workload('db', { callers: [call], attachments: [attach(lan, undefined, ['plc'])] }),
      workload('idle', { attachments: [attach(lan)] }),
    ],
    links: [link(call)],
  }))).toEqual({ web: { 'web-to-db': {} }, db: { 'web-to-db': { aliases: ['plc'] } }, idle: 'none', networks: ['web-to-db'] });
});

test('a connection to somebody of another chart who is not rendered is no network', () => {
  const call = connection(peer('web'), peer('api', PeerKind.WORKLOAD, 'other'), [HTTP]);
  expect(networksOf(compose, chart({ workloads: [workload('web', { callees: [call] })], links: [link(call)] }))).toMatchObject({ networks: [] });
});

describe('ways out', () => {
  const stateful = (more: Partial<WorkloadModel>) => workload('db', { kind: WorkloadKind.STATEFUL, replicas: 2, ...more });

  test('are a bridge of the workload alone, whose containers do not meet in it', () => {
    const { services, networks } = documentOf(compose, chart({ workloads: [workload('web', { egress: [Egress.internet()] })] }));
    expect(services.web.networks).toEqual({ 'web-outside': {} });
    expect(networks['web-outside']).toEqual({
      name: expect.stringMatching(/^\$\{COMPOSE_PROJECT_NAME\}_web-outside-[0-9a-f]{6}$/),
      driver_opts: { 'com.docker.network.bridge.enable_icc': 'false' },
    });
  });

  test.each([
    ['published ports', { ports: [HTTP], publishedPorts: [{ port: 8080 }], replicas: 1 }],
    ['a network with ways out', { attachments: [attach(network('lan', ['web'], { connectedOnly: true, egress: [Egress.internet()] }))] }],
    ['an external service', { callees: [connection(peer('web'), peer('rds', PeerKind.EXTERNAL), [HTTP])] }],
  ])('come with %s', (_, more) => {
    expect(networksOf(compose, chart({ workloads: [workload('web', more)] })).web).toEqual({ 'web-outside': {} });
  });

  test('are one for each copy of a stateful service: on a common one the names of copies would lead nowhere', () => {
    const backend = network('backend', ['db']);
    const db = stateful({ attachments: [attach(backend)], egress: [Egress.internet()] });
    expect(networksOf(compose, chart({ networks: [backend], workloads: [db] }))).toEqual({
      'db-0': { 'backend': { aliases: ['db'] }, 'db-0-outside': {} },
      'db-1': { 'backend': { aliases: ['db'] }, 'db-1-outside': {} },
      'networks': ['backend', 'db-0-outside', 'db-1-outside'],
    });
  });

  test('of a sidecar are its own', () => {
    const sidecars = [container('exporter')];
    expect(networksOf(compose, chart({ workloads: [workload('web', { sidecars, egress: [Egress.internet()] })] }))).toEqual({
      'web': { 'web-copies': {}, 'web-outside': {} },
      'web-exporter': { 'web-copies': {}, 'web-exporter-outside': {} },
      'networks': ['web-copies', 'web-exporter-outside', 'web-outside'],
    });
  });

  test('are not for an init container where only ports are published', () => {
    const published = { ports: [HTTP], publishedPorts: [{ port: 8080 }], replicas: 1, init: [container('migrate')] };
    expect(networksOf(compose, chart({ workloads: [workload('web', published)] }))).toMatchObject({ 'web': { 'web-outside': {} }, 'web-migrate': 'none' });
  });
});

test('copies of a stateful service meet in a network of their own where there is no other', () => {
  expect(networksOf(compose, chart({ workloads: [workload('db', { kind: WorkloadKind.STATEFUL, replicas: 2 })] }))).toEqual({
    'db-0': { 'db-copies': { aliases: ['db'] } }, 'db-1': { 'db-copies': { aliases: ['db'] } }, 'networks': ['db-copies'],
  });
});

test('the name of a network changes with its options, since Compose 2.26 leaves one that exists as it is', () => {
  const name = (subnet?: string) => documentOf(compose, chart({ networks: [network('backend', [], { subnet })] })).networks.backend.name;
  expect(name()).toMatch(/^\$\{COMPOSE_PROJECT_NAME\}_backend-[0-9a-f]{6}$/);
  expect(name()).toBe(name());
  expect(name('10.7.0.0/24')).not.toBe(name());
  expect(name('10.8.0.0/24')).not.toBe(name('10.7.0.0/24'));
});

describe('with an address pool', () => {
  const pooled = new ComposeTarget({ addressPool: '10.128.0.0/10' });
  const subnets = (...networks: ReturnType<typeof network>[]) =>
    Object.values(documentOf(pooled, chart({ networks })).networks).map(({ ipam }: any) => ipam.config[0].subnet);

  test('each network has its own place, whatever others there are', () => {
    const [backend] = subnets(network('backend', []));
    expect(backend).toMatch(/^10\.(12[89]|1[3-8]\d|19[01])\.\d+\.\d+\/26$/);
    expect(subnets(network('admin', []), network('backend', []))).toContain(backend);
  });

  test('a declared subnet stays', () => {
    expect(subnets(network('backend', [], { subnet: '192.168.7.0/24' }))).toEqual(['192.168.7.0/24']);
  });

  test('a network of many has a larger one', () => {
    const many = network('many', ['web']);
    const document = documentOf(pooled, chart({ networks: [many], workloads: [workload('web', { replicas: 40, attachments: [attach(many)] })] }));
    expect(document.networks.many.ipam.config[0].subnet).toMatch(/\/24$/);
  });
});
