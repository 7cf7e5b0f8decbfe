import { Chart } from 'cdk8s';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend, LoadBalancing,
  LocalCertificates, NetworkMode, Port, PublishMode, StatefulService, SwarmTarget, Worker,
  type Answer, type AppModel, type ILoadBalancerBackend, type LoadBalancerAnswers, type LoadBalancerProps, type Target,
} from '../src';
import { readYaml } from './support/yaml-documents';

/*
 * Connections that a load balancer passes on as they are: what users can get wrong, and every target's answer side by side.
 */

const HOST = 'shop.acme.example';
const IMAGE = 'ghcr.io/acme/app:1.4.2';

interface Shop {
  readonly app: App;
  readonly chart: Chart;
  readonly web: HAWebService;
  readonly db: StatefulService;
  readonly edge: LoadBalancer;
}

function shopWith(targets: Target[], props: LoadBalancerProps = {}): Shop {
  const app = new App({ targets, report: false });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  return {
    app,
    chart,
    web: new HAWebService(chart, 'web', {
      image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz'), additionalPorts: [Port.https('https', 8443), Port.udp('dns', 53)],
    }),
    db: new StatefulService(chart, 'db', { image: 'postgres:17.2', port: 5432, healthCheck: HealthCheck.tcp() }),
    edge: new LoadBalancer(chart, 'edge', { backend: LoadBalancerBackend.haproxy(), certificates: new LocalCertificates(chart, 'local'), ...props }),
  };
}

describe('what cannot be', () => {
  const thrown = (declare: (shop: Shop) => void, props?: LoadBalancerProps) => {
    const shop = shopWith([new ComposeTarget()], props);
    let message = 'nothing';
    try {
      declare(shop);
    } catch (error) {
      ({ message } = error as Error);
    }
    return message;
  };

  test.each<[string, (shop: Shop) => void, string, LoadBalancerProps?]>([
    ['no host', ({ edge, db }) => edge.addTlsRoute('https://db', db),
      "edge cannot serve the host 'https://db': give a host name such as 'shop.example.org', without scheme, port or path [shop/edge]"],
    ['TLS of a host that is ended already', ({ edge, web }) => { edge.addRoute(HOST, web); edge.addTlsRoute(HOST, web); },
      `edge cannot pass TLS for '${HOST}' on: it ends it for a route or redirect with certificates; leave out one of the two, or give one another host [shop/edge]`],
    ['TLS of a host that is sent elsewhere', ({ edge, web }) => { edge.addRedirect('acme.example', HOST); edge.addTlsRoute('acme.example', web); },
      "edge cannot pass TLS for 'acme.example' on: it ends it for a route or redirect with certificates; leave out one of the two, or give one another host [shop/edge]"],
    ['ending TLS that is passed on', ({ edge, web }) => { edge.addTlsRoute(HOST, web); edge.addRoute(HOST, web); },
      `edge cannot end TLS for '${HOST}': addTlsRoute passes it on; leave out one of the two, or give one another host [shop/edge]`],
    ['two workloads for one host', ({ edge, web, db }) => { edge.addTlsRoute(HOST, web); edge.addTlsRoute(HOST, db); },
      `edge cannot pass ${HOST} on to both web and db: a connection goes to one workload, give one of them another port or host [shop/edge]`],
    ['two hosts that are alike', ({ edge, web }) => { edge.addTlsRoute('a.b-c', web); edge.addTlsRoute('a-b.c', web); },
      "edge cannot serve 'a-b.c' beside 'a.b-c' of edge: their objects would have one name, since only letters and digits of it count;"
      + ' change one, or serve it from another chart [shop/edge]'],
    ['one port for HTTP and HTTPS', ({ edge, db }) => edge.addTlsRoute('db.acme.example', db),
      "edge cannot pass TLS for 'db.acme.example' on: its port for HTTPS, 443, is its port for plain HTTP, give httpsPort another [shop/edge]", { httpPort: 443 }],
    ['TLS for a workload that does not speak it', ({ edge, chart }) => edge.addTlsRoute('api.acme.example', new HAWebService(chart, 'api', { image: IMAGE, port: 80 })),
      "edge cannot pass TLS for 'api.acme.example' on to api: it has no port of https or grpcs or tcp there, give it one or name another with 'port' [shop/edge]"],
    ['TLS for a port that does not speak it', ({ edge, web }) => edge.addTlsRoute('api.acme.example', web, { port: 8080 }),
      "edge cannot pass TLS for 'api.acme.example' on to web: it has no port of https or grpcs or tcp there, give it one or name another with 'port' [shop/edge]"],
    ['a port of UDP', ({ edge, web }) => edge.addTcpRoute(5353, web, { port: 53 }),
      "edge cannot pass connections to port 5353 on to web: it has no port of tcp or http or https or grpc or grpcs there, give it one or name another with 'port' [shop/edge]"],
    ['a workload without that port', ({ edge, db }) => edge.addTcpRoute(5432, db, { port: 70_000 }),
      'edge cannot pass connections to port 5432 on to port 70000 of db: its ports are 5432 [shop/edge]'],
    ['a workload without ports', ({ edge, chart }) => edge.addTcpRoute(5432, new Worker(chart, 'worker', { image: IMAGE })),
      "edge cannot pass connections to port 5432 on to worker: it has no port of tcp or http or https or grpc or grpcs there, give it one or name another with 'port' [shop/edge]"],
    ['a port out of range', ({ edge, db }) => edge.addTcpRoute(65_536, db),
      'edge cannot listen on port 65536: give a whole number from 1 to 65535 [shop/edge]'],
    ['the port for HTTP', ({ edge, db }) => edge.addTcpRoute(80, db),
      'edge cannot pass connections to port 80 on: that is its port for HTTP, take another one, or give httpPort another [shop/edge]'],
    ['the port for HTTPS', ({ edge, db }) => edge.addTcpRoute(8443, db),
      'edge cannot pass connections to port 8443 on: that is its port for HTTPS, take another one, or give httpsPort another [shop/edge]', { httpsPort: 8443 }],
    ['two workloads for one port', ({ edge, db, web }) => { edge.addTcpRoute(5432, db); edge.addTcpRoute(5432, web); },
      'edge cannot pass port 5432 on to both db and web: a connection goes to one workload, give one of them another port or host [shop/edge]'],
    ['no workload', ({ edge }) => edge.addTcpRoute(5432, 'db' as any),
      "edge cannot pass connections to port 5432 on to 'db': give a workload of this App [shop/edge]"],
    ['a workload of another App', ({ edge }) => edge.addTcpRoute(5432, shopWith([new ComposeTarget()]).db),
      'edge cannot connect to db: it belongs to another App, declare an ExternalService with its host name [shop/edge]'],
    ['an option that is misspelt', ({ edge, db }) => edge.addTcpRoute(5432, db, { ports: 5432 } as any),
      "edge, connections to port 5432, has no prop 'ports': did you mean 'port'? [shop/edge]"],
  ])('%s', (_name, declared, message, props = {}) => expect(thrown(declared, props)).toBe(message));

  test('a workload that has the network of another is told so', () => {
    expect(thrown(({ edge, chart, db }) => edge.addTcpRoute(6432, new Worker(chart, 'pool', { image: IMAGE, networkMode: NetworkMode.sharedWith(db) }))))
      .toMatch(/^edge cannot .*pool.*\[shop\/edge\]$/);
  });

  test('plain HTTP of a host whose TLS is passed on can be served: an authority asks there', () => {
    expect(thrown(({ edge, web }) => { edge.addTlsRoute(HOST, web); edge.addRoute(HOST, web); }, { certificates: undefined })).toBe('nothing');
    expect(thrown(({ edge, web }) => { edge.addRoute(HOST, web); edge.addTlsRoute(HOST, web); }, { certificates: undefined })).toBe('nothing');
  });
});

const declare = ({ edge, web, db }: Shop): void => {
  edge.addRoute(HOST, web);
  edge.addTlsRoute('secure.acme.example', web);
  edge.addTcpRoute(15432, db);
};

const errorsOf = (target: Target, props: LoadBalancerProps = {}): string[] => {
  const shop = shopWith([target], props);
  declare(shop);
  return shop.app.findings().filter(({ rule }) => /stream-route|gateway-api-version|limitation|port-taken|routing-mesh/.test(rule))
    .map(({ severity, message }) => `${severity}: ${message}`);
};

function documentOf(target: Target, file: string, props: LoadBalancerProps = {}, more: (shop: Shop) => void = declare): any {
  const shop = shopWith([target], props);
  more(shop);
  const [{ value }] = readYaml(shop.app.render().find(({ path }) => path === file)!.text).documents;
  return value;
}

const DOCKER: [string, (props?: object) => Target, string][] = [
  ['Compose', (props) => new ComposeTarget(props), 'compose/shop/compose.yml'], ['Swarm', (props) => new SwarmTarget(props), 'swarm/shop/stack.yml'],
];

describe('who can do it', () => {
  const NOT_PASSED = [
    "error: edge cannot pass TLS for 'secure.acme.example' on to web with the back end 'caddy', which does not know it:"
    + ' take LoadBalancerBackend.haproxy(), nginx() or traefik(), which do [shop/edge]',
    "error: edge cannot pass connections to port 15432 on to db with the back end 'caddy', which does not know it:"
    + ' take LoadBalancerBackend.haproxy(), nginx() or traefik(), which do [shop/edge]',
  ];

  test.each<[string, ILoadBalancerBackend, (docker: string) => string[]]>([
    ['caddy', LoadBalancerBackend.caddy(), () => NOT_PASSED],
    ['haproxy', LoadBalancerBackend.haproxy(), () => []],
    ['nginx', LoadBalancerBackend.nginx(), () => []],
    ['traefik', LoadBalancerBackend.traefik(), (docker) => docker === 'Swarm' ? [] : [
      'warning: edge closes a connection for web whose copy refuses it, until it has found out that the copy is down, as Traefik does not try another one:'
      + ' use LoadBalancerBackend.haproxy() or nginx(), which do',
    ]],
  ])('on Docker and by proxies of our own: %s', (name, backend, expected) => {
    const found = (target: Target) => errorsOf(target, { backend }).filter((one) => !one.includes('a certificate that Traefik signs itself'));
    for (const [docker, target] of DOCKER) expect(found(target())).toEqual(expected(docker));
    const proxies = found(new KubernetesTarget({ edge: KubernetesEdge.ownProxies() }));
    expect(proxies).toEqual(name === 'caddy' ? NOT_PASSED : []);
  });

  test('an Ingress cannot', () => {
    expect(errorsOf(new KubernetesTarget({ edge: KubernetesEdge.ingress({ className: 'traefik' }) }))).toEqual([
      "error: 'edge' cannot pass connections to port 15432 on to 'db' with an Ingress, which knows HTTP alone: use KubernetesEdge.gateway() or KubernetesEdge.ownProxies() [shop/edge]",
      "error: 'edge' cannot pass TLS for 'secure.acme.example' on to 'web' with an Ingress, which knows HTTP alone:"
      + ' use KubernetesEdge.gateway() or KubernetesEdge.ownProxies() [shop/edge]',
    ].sort((a, b) => Number(b.includes('TLS')) - Number(a.includes('TLS'))));
  });
});

/** Compose writes ports shortly: `[ADDRESS:]PUBLISHED:INSIDE[/PROTOCOL]`. */
const portsOf = (service: any): { inside: number; published: number; address?: string; protocol: string }[] => service.ports.map((port: any) => {
  if (typeof port !== 'string') return { inside: port.target, published: Number(port.published), protocol: port.protocol ?? 'tcp' };
  const [, address, published, inside, protocol = 'tcp'] = /^(?:(.+):)?(\d+):(\d+)(?:\/(\w+))?$/.exec(port)!;
  return { inside: Number(inside), published: Number(published), address, protocol };
});

describe.each(DOCKER)('on %s', (_name, target, file) => {
  test('the port is published beside those for HTTP and HTTPS', () => {
    const ports = portsOf(documentOf(target(), file).services.edge).filter(({ protocol }) => protocol === 'tcp');
    expect(ports.map(({ inside, published }) => [inside, published])).toEqual([[80, 80], [443, 443], [15432, 15432]]);
  });

  test('where there are only connections, nothing listens for HTTP', () => {
    const ports = portsOf(documentOf(target(), file, {}, ({ edge, db }) => edge.addTcpRoute(5432, db)).services.edge);
    expect(ports.map(({ published }) => published)).toEqual([5432]);
  });

  test('a port that the proxy has itself is another one inside', () => {
    const ports = portsOf(documentOf(target(), file, {}, ({ edge, db }) => edge.addTcpRoute(8080, db)).services.edge);
    expect(ports.map(({ inside, published }) => [inside, published])).toEqual([[20000, 8080]]);
  });

  test('each workload is reached over a link of its own', () => {
    expect(Object.keys(documentOf(target(), file).networks)).toEqual(expect.arrayContaining(['edge-to-db', 'edge-to-web']));
  });

  test('a port of the host is had once', () => {
    const { app, chart, edge, db } = shopWith([target()]);
    edge.addTcpRoute(5432, db);
    new StatefulService(chart, 'other', { image: 'postgres:17.2', port: 5432, publishedPorts: [{ port: 5432 }], healthCheck: HealthCheck.tcp() });
    expect(app.findings().filter(({ rule }) => rule === 'host-port-taken').map(({ message }) => message)).toEqual([
      "other cannot publish host port 5432/TCP: 'edge' [shop/edge] publishes it already, choose another hostPort, httpPort or httpsPort [shop/other]",
    ]);
  });
});

test('Compose: an address of the host holds for all ports', () => {
  const ports = portsOf(documentOf(new ComposeTarget(), 'compose/shop/compose.yml', { publishAddress: '127.0.0.1' }).services.edge);
  expect(new Set(ports.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
});

test('Swarm: ports of its own host, or of the routing mesh', () => {
  const modes = (publishMode: PublishMode) => documentOf(new SwarmTarget({ publishMode }), 'swarm/shop/stack.yml').services.edge.ports.map(({ mode }: any) => mode);
  expect([...new Set(modes(PublishMode.HOST)), ...new Set(modes(PublishMode.INGRESS))]).toEqual(['host', 'ingress']);
});

describe('the answers', () => {
  type AnyTarget = new (props?: any) => Target;
  const answersOf = (Base: AnyTarget, props: object = {}, balancer: LoadBalancerProps = {}, more = declare): LoadBalancerAnswers => {
    let model: AppModel | undefined;
    const target = new Base(props);
    const validate = target.validate.bind(target);
    target.validate = (app) => {
      model = app;
      return validate(app);
    };
    const shop = shopWith([target], balancer);
    more(shop);
    shop.app.findings();
    const [chart] = model!.charts;
    return target.answerLoadBalancer(chart.loadBalancers[0], chart);
  };
  const said = ({ level, reason }: Answer) => `${level}: ${reason}`;
  const OPEN = '; what comes to port 15432 is passed on to db as it is, encrypted only if its clients and db do it';
  const PASSED = '; TLS for secure.acme.example is passed on to web, which ends it';
  const ALL: [string, AnyTarget, object?][] = [
    ['Compose', ComposeTarget], ['Swarm', SwarmTarget], ['a Gateway', KubernetesTarget, { gatewayApiVersion: '1.6' }],
    ['proxies of our own', KubernetesTarget, { edge: KubernetesEdge.ownProxies() }],
  ];

  test.each(ALL)('%s: who encrypts what is passed on', (_name, Base, props = {}) => {
    expect(answersOf(Base, props).encryptionAtEdge.reason.endsWith(PASSED + OPEN)).toBe(true);
  });

  test.each(ALL)('%s: copies of connections count where copies are asked', (_name, Base, props = {}) => {
    const unchecked = answersOf(Base, props, {}, ({ edge, chart }) =>
      edge.addTcpRoute(6379, new StatefulService(chart, 'cache', { image: 'redis:7.4.1', port: 6379 })));
    expect(unchecked.healthGatedIngress.level).toBe('degraded');
    expect(unchecked.healthGatedIngress.reason).toContain('cache');
    expect(unchecked.balancingAlgorithm.level).not.toBe('not-needed');
  });

  test.each(ALL)('%s: no cookie keeps a connection at a copy', (_name, Base, props = {}) => {
    expect(answersOf(Base, props, { algorithm: LoadBalancing.sticky() }).balancingAlgorithm.reason)
      .toContain('; a connection that is passed on has no cookie, header or path to go by: ');
    expect(answersOf(Base, props, { algorithm: LoadBalancing.roundRobin() }).balancingAlgorithm.reason).not.toContain('passed on');
  });

  test('Traefik has one way', () => {
    const backend = LoadBalancerBackend.traefik();
    expect(said(answersOf(ComposeTarget, {}, { backend, algorithm: LoadBalancing.roundRobin() }).balancingAlgorithm)).toBe("native: Traefik: 'strategy: wrr'");
    expect(said(answersOf(ComposeTarget, {}, { backend }).balancingAlgorithm)).toBe('degraded: Traefik has no least connections: the less busy of two copies picked at'
      + " random is taken ('p2c'); caddy can; for connections that are passed on Traefik has one way, by turns; haproxy can do better");
  });
});
