import { Chart } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import { App, Egress, ExternalService, HAWebService, HealthCheck, IsolatedNetwork, LoadBalancer, Port, Protocol, StatefulService, Worker } from '../src';
import {
  dockerMeetings, dockerNetworks, dockerWaysOut, kubernetesConnections, kubernetesResolvers, kubernetesWaysOut, proxiesOf, STRANGER,
} from './support/reachability';

/*
 * Nobody talks to anybody, inside or out, unless it is declared. What that opens is read from the files: on Kubernetes
 * connections by caller, callee and port; on Docker who meets whom, since a network knows neither ports nor directions.
 */

let app: App;
let shop: Chart;

beforeEach(() => {
  app = new App({ report: false });
  shop = new Chart(app, 'shop');
});

const image = 'nginx:1.27.3';
const healthCheck = HealthCheck.tcp();
const web = (id = 'web', props: object = {}) => new HAWebService(shop, id, { image, port: 8080, healthCheck, ...props });
const db = (id = 'db', props: object = {}) => new StatefulService(shop, id, { image: 'postgres:17.2', port: 5432, healthCheck, ...props });
const worker = (id: string, props: object = {}) => new Worker(shop, id, { image, ...props });

const files = (chart = 'shop') => {
  const text = (path: string) => app.render().find((file) => file.path === path)!.text;
  return { kubernetes: text(`${chart}.k8s.yaml`), compose: text(`compose/${chart}/compose.yml`), swarm: text(`swarm/${chart}/stack.yml`) };
};

/** All that is open between workloads on each target. */
const opened = () => {
  const { kubernetes, compose, swarm } = files();
  return { kubernetes: kubernetesConnections(kubernetes, [STRANGER, proxiesOf('edge')]), compose: dockerMeetings(compose), swarm: dockerMeetings(swarm) };
};

/** All that leads outside on each target. */
const waysOut = () => {
  const { kubernetes, compose, swarm } = files();
  return { kubernetes: kubernetesWaysOut(kubernetes), compose: dockerWaysOut(compose), swarm: dockerWaysOut(swarm) };
};

const NOTHING = { kubernetes: [], compose: [], swarm: [] };
const docker = (...lines: string[]) => ({ compose: lines, swarm: lines });

test('what is opened by hand is seen, so that the tests below see what they say', () => {
  web().connectTo(db());
  const { kubernetes, compose } = files();
  const without = (text: string, kind: string) => text.split(/^---$/m).filter((document) => !document.includes(`kind: ${kind}`)).join('---');
  expect(kubernetesConnections(without(kubernetes, 'NetworkPolicy'), [STRANGER])).toContain('stranger -> db:1');
  expect(kubernetesConnections(kubernetes.replace(/- port: 5432\n +protocol: TCP/g, '- protocol: TCP'))).toEqual(['web -> db:1']);
  expect(dockerWaysOut(compose.replace(/internal: true/g, 'internal: false'))).toEqual(['db', 'web']);
});

test('nothing is open and nobody gets out where nothing is declared', () => {
  web();
  db();
  worker('mailer');
  expect({ opened: opened(), waysOut: waysOut() }).toEqual({ opened: NOTHING, waysOut: NOTHING });
});

describe('members of a network', () => {
  test('reach each other, and their own copies, on their declared ports', () => {
    const networks = [new IsolatedNetwork(shop, 'backend')];
    web('web', { networks });
    db('db', { networks });
    worker('mailer', { networks });
    worker('stranger-to-all');
    const callers = ['db', 'mailer', 'web'];
    expect(opened()).toEqual({
      kubernetes: callers.flatMap((caller) => [`${caller} -> db:5432`, `${caller} -> web:8080`]),
      compose: ['db + mailer', 'db + web', 'db + web-proxy', 'mailer + web', 'mailer + web-proxy', 'web + web-proxy'],
      swarm: ['db + mailer', 'db + web', 'mailer + web'],
    });
  });

  test('of two networks meet nobody of the other', () => {
    const [front, back] = ['front', 'back'].map((id) => new IsolatedNetwork(shop, id));
    worker('a', { networks: [front] });
    web('b', { networks: [front, back] });
    worker('c', { networks: [back] });
    expect(opened()).toEqual({
      kubernetes: ['a -> b:8080', 'b -> b:8080', 'c -> b:8080'],
      compose: ['a + b', 'a + b-proxy', 'b + b-proxy', 'b + c', 'b-proxy + c'],
      swarm: ['a + b', 'b + c'],
    });
  });

  test('are encrypted between the hosts of a Swarm where it says so, also where it is connectedOnly', () => {
    const networks = [new IsolatedNetwork(shop, 'backend', { connectedOnly: true, encrypted: true })];
    const caller = web('web', { networks });
    caller.connectTo(web('api', { networks }));
    caller.connectTo(web('mailer'));
    const { networks: overlays } = parse(files().swarm);
    expect(overlays['web-to-api'].driver_opts).toEqual({ encrypted: 'true' });
    expect(overlays['web-to-mailer'].driver_opts).toBeUndefined();
  });

  test('reach nobody by membership alone where it is connectedOnly, and with connectTo only that', () => {
    const networks = [new IsolatedNetwork(shop, 'backend', { connectedOnly: true })];
    const [front, store] = [web('web', { networks }), db('db', { networks })];
    worker('mailer', { networks });
    expect(opened()).toEqual(NOTHING);
    front.connectTo(store);
    expect(opened()).toEqual({ kubernetes: ['web -> db:5432'], ...docker('db + web') });
  });
});

describe('connectTo', () => {
  test('opens the ports of the callee to the caller, over a network of just these two', () => {
    web().connectTo(db());
    worker('mailer');
    expect(opened()).toEqual({ kubernetes: ['web -> db:5432'], ...docker('db + web') });
    expect(dockerNetworks(files().compose)['web-to-db']).toEqual(['db-0', 'web']);
    expect(dockerNetworks(files().swarm)['web-to-db']).toEqual(['db-0', 'web']);
  });

  test('opens no more than the ports it names, where the target knows ports', () => {
    const broker = db('broker', { additionalPorts: [Port.http('admin', 15672), Port.udp('gossip', 4369)] });
    web().connectTo(broker, { ports: [15672] });
    worker('mailer').connectTo(broker, { ports: [4369] });
    expect(opened()).toEqual({ kubernetes: ['mailer -> broker:4369/UDP', 'web -> broker:15672'], ...docker('broker + mailer', 'broker + web') });
  });

  test('makes no network for two that share one already', () => {
    const networks = [new IsolatedNetwork(shop, 'backend')];
    web('web', { networks }).connectTo(db('db', { networks }));
    for (const file of [files().compose, files().swarm]) expect(Object.keys(dockerNetworks(file))).toEqual(['backend']);
  });

  test('with startAfter orders starts where the target can', () => {
    web().connectTo(db(), { startAfter: true });
    const { kubernetes, compose, swarm } = files();
    const names = (parseAllDocuments(kubernetes) as any[]).map((document) => document.toJS()).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.indexOf('StatefulSet/db')).toBeLessThan(names.indexOf('Deployment/web'));
    expect(parse(compose).services.web.depends_on).toEqual({ 'db-0': expect.objectContaining({ condition: 'service_healthy' }) });
    expect(parse(swarm).services.web.depends_on).toBeUndefined();
  });
});

test('a route opens that port to the load balancer, and two workloads behind one do not meet', () => {
  const edge = new LoadBalancer(shop, 'edge');
  edge.addRoute('shop.localhost', web('web', { additionalPorts: [Port.tcp('debug', 9229)] }));
  edge.addRoute('api.localhost', web('api'));
  expect(opened()).toEqual({ kubernetes: ['edge -> api:8080', 'edge -> web:8080'], ...docker('api + edge', 'edge + web') });
  expect(waysOut()).toEqual({ kubernetes: [], ...docker('edge') });
});

test('copies of one stateful service reach each other on its ports, those of others do not', () => {
  db('db', { replicas: 3 });
  web('web', { replicas: 3 });
  expect(opened()).toEqual({ kubernetes: ['db -> db:5432'], ...docker() });
  for (const file of [files().compose, files().swarm]) {
    expect(Object.values(dockerNetworks(file)).filter((members) => members.length > 1)).toEqual([['db-0', 'db-1', 'db-2']]);
  }
});

describe('a way out', () => {
  test.each([
    ['ranges', [Egress.toRanges(['198.51.100.0/28'], [443])], ['web -> 198.51.100.0/28:443']],
    ['the internet', [Egress.internet()], ['web -> 0.0.0.0/0:*', 'web -> ::/0:*']],
  ])('to %s is for the workload that declares it', (_, egress, kubernetes) => {
    web('web', { egress }).connectTo(db());
    expect(waysOut()).toEqual({ kubernetes, ...docker('web') });
    expect(opened()).toEqual({ kubernetes: ['web -> db:5432'], ...docker('db + web') });
  });

  test('of a network is for each member, and brings none of them together', () => {
    const networks = [new IsolatedNetwork(shop, 'backend', { egress: [Egress.toRanges(['198.51.100.0/28'], [443])], connectedOnly: true })];
    web('web', { networks });
    worker('mailer', { networks });
    db();
    expect(waysOut()).toEqual({ kubernetes: ['mailer -> 198.51.100.0/28:443', 'web -> 198.51.100.0/28:443'], ...docker('mailer', 'web') });
    expect(opened()).toEqual(NOTHING);
  });

  test('to an external service is exactly that', () => {
    web().connectTo(new ExternalService(shop, 'rds', { hostname: 'rds.acme.example', port: 5432, ranges: ['198.51.100.0/28'] }));
    expect(waysOut()).toEqual({ kubernetes: ['web -> 198.51.100.0/28:5432'], ...docker('web') });
  });

  test('is not needed for names: DNS always works', () => {
    web();
    worker('mailer');
    expect(kubernetesResolvers(files().kubernetes)).toEqual(['mailer', 'web']);
  });
});

test('a published port is open to everybody, and its workload in a network of its own that leads outside', () => {
  db('db', { publishedPorts: [{ port: 5432 }], additionalPorts: [Port.tcp('admin', 9000)] });
  expect(opened()).toEqual({ kubernetes: ['edge -> db:5432', 'stranger -> db:5432'], ...docker() });
  expect(waysOut()).toEqual({ kubernetes: [], ...docker('db') });
});

describe('the graph of examples/platform', () => {
  const ROUTED = ['admin', 'api', 'storefront', 'storefront-canary'];
  const CALLS: [caller: string, callee: string, port: number][] = [
    ...['storefront', 'storefront-canary', 'api'].flatMap((caller): [string, string, number][] =>
      [[caller, 'catalog', 9090], [caller, 'pricing', 9090], [caller, 'cache', 6379]]),
    ['api', 'orders', 9090], ['orders', 'stock', 9090], ['orders', 'payments', 9090], ['orders', 'broker', 5672], ['notifier', 'broker', 5672],
    ['admin', 'orders', 9090], ['admin', 'broker', 15672],
  ];

  beforeEach(() => {
    const networks = [new IsolatedNetwork(shop, 'services', { connectedOnly: true })];
    const grpc = (id: string, props = {}) => web(id, { port: 9090, protocol: Protocol.GRPC, networks, ...props });
    const all: { [id: string]: HAWebService | StatefulService | Worker } = {
      broker: db('broker', { port: 5672, additionalPorts: [Port.http('management', 15672)], networks }),
      cache: db('cache', { port: 6379, networks }),
      payments: grpc('payments', { egress: [Egress.toHosts(['api.payments.example'])] }),
      notifier: worker('notifier', { networks, egress: [Egress.toHosts(['smtp.acme.example'], [587])] }),
    };
    for (const id of ['catalog', 'pricing', 'stock', 'orders']) all[id] = grpc(id);
    for (const id of ROUTED) all[id] = web(id, { networks });
    for (const [caller, callee, port] of CALLS) all[caller].connectTo(all[callee], { ports: [port] });
    all.orders.connectTo(new ExternalService(shop, 'orders-db', { hostname: 'orders.acme.example', port: 5432, ranges: ['198.51.100.0/28'] }));
    const edge = new LoadBalancer(shop, 'edge');
    for (const id of ROUTED) edge.addRoute(`${id}.acme.example`, all[id]);
  });

  /** On Compose a proxy stands between callers and a service that is not stateful. */
  const met = (callee: string, target: string) => target === 'compose' && !['broker', 'cache'].includes(callee) ? `${callee}-proxy` : callee;
  const pairs = (target: string) => {
    const calls = CALLS.map(([caller, callee]) => [caller, met(callee, target)]);
    const proxies = CALLS.map(([, callee]) => [callee, met(callee, target)]).filter(([callee, proxy]) => callee !== proxy);
    return [...new Set([...calls, ...proxies, ...ROUTED.map((id) => [id, 'edge'])].map((pair) => pair.sort().join(' + ')))].sort();
  };

  test('is all that Kubernetes opens', () => {
    const calls = CALLS.map(([caller, callee, port]) => `${caller} -> ${callee}:${port}`);
    expect(opened().kubernetes).toEqual([...calls, ...ROUTED.map((id) => `edge -> ${id}:8080`)].sort());
  });

  test.each(['compose', 'swarm'] as const)('is all that meets on Docker, each pair in a network of its own (%s)', (target) => {
    expect(dockerMeetings(files()[target])).toEqual(pairs(target));
    const shared = Object.values(dockerNetworks(files()[target])).filter((members) => members.length > 1);
    expect(shared.map((members) => [...new Set(members.map((name) => name.replace(/-\d+$/, '')))].sort().join(' + ')).sort()).toEqual(pairs(target));
  });

  test('lets out only those with a way out, and the load balancer', () => {
    const { kubernetes, ...onDocker } = waysOut();
    expect([...new Set(kubernetes.map((line) => line.split(' ')[0]))]).toEqual(['notifier', 'orders', 'payments']);
    expect(onDocker).toEqual(docker('edge', 'notifier', 'orders', 'payments'));
    const { networks } = parse(files().compose);
    const bridges = Object.keys(networks).filter((network) => networks[network].internal !== true);
    expect(bridges.map((network) => dockerNetworks(files().compose)[network])).toEqual(['edge', 'notifier', 'orders', 'payments'].map((name) => [name]));
    for (const bridge of bridges) expect(networks[bridge].driver_opts).toMatchObject({ 'com.docker.network.bridge.enable_icc': 'false' });
  });
});
