import { connect } from 'node:http2';
import { Chart, Duration } from 'cdk8s';
import { Backends, type Got } from './backends';
import { ControlPlane, describeUnless, describeWithCluster, eventually, freePorts } from './control-plane';
import { installCustomResources } from './custom-resources';
import { RunningGateway, TRAEFIK_CLASS } from './running-gateway';
import {
  App, GatewayImplementation, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LetsEncrypt, LoadBalancer, Protocol,
} from '../../src';
import { sendTo, type Sent } from '../loadbalancers/requests';
import { Authority } from '../loadbalancers/visitors';
import { readManifests } from '../support/reachability';
import { findTool } from '../support/tools';

/*
 * What an implementation of the Gateway API makes of what we write: the real Traefik reads it from a real API server, says of
 * each Gateway and route whether it takes it, and leads visitors.
 */

const NAMESPACE = 'shop';
const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const HOST = 'shop.acme.example';

function define(chart: Chart, httpPort: number, httpsPort: number): void {
  const service = (name: string) => new HAWebService(chart, name, { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
  const [web, next, orders, search] = ['web', 'next', 'orders', 'search'].map(service);
  const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc() });

  const raw = new HAWebService(chart, 'raw', { image: IMAGE, port: 8443, protocol: Protocol.TCP });

  const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
  const edge = new LoadBalancer(chart, 'edge', { certificates, httpPort, httpsPort });
  edge.addRoute(HOST, web);
  edge.addRoute(HOST, next, { match: { headers: { 'x-beta': 'yes' } } });
  edge.addRoute(HOST, orders, { path: '/orders', match: { methods: ['POST'] } });
  edge.addRoute(HOST, search, { path: '/search', requestTimeout: Duration.minutes(2) });
  edge.addRoute('half.acme.example', web, { weight: 1 });
  edge.addRoute('half.acme.example', next, { weight: 1 });
  edge.addRoute('prices.acme.example', prices);
  edge.addTlsRoute('raw.acme.example', raw);
  edge.addRedirect('www.acme.example', HOST);
}

const tests = () => {
  let plane: ControlPlane;
  let gateway: RunningGateway;
  let ports: { httpPort: number; httpsPort: number };
  let backends: Backends;
  let objects: any[];

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: false });
    const { api } = plane;
    await installCustomResources(api);
    await api.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    await api.apply(TRAEFIK_CLASS, NAMESPACE);

    const [httpPort, httpsPort] = await freePorts(2);
    const edge = KubernetesEdge.gateway({ implementation: GatewayImplementation.traefik() });
    const app = new App({ report: false, targets: [new KubernetesTarget({ edge })] });
    define(new Chart(app, 'shop', { namespace: NAMESPACE }), httpPort, httpsPort);
    objects = app.render().flatMap(({ text }) => readManifests(text));
    for (const object of objects) expect(await api.apply(object, NAMESPACE)).toMatchObject({ warnings: [], body: { kind: object.kind } });

    // What cert-manager makes, and nodes.
    const authority = Authority.root('Acme');
    for (const { spec: { secretName, dnsNames } } of objects.filter(({ kind }) => kind === 'Certificate')) {
      const { cert, key } = authority.sign('/O=Acme', { dns: dnsNames });
      await api.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, {
        metadata: { name: secretName }, type: 'kubernetes.io/tls', stringData: { 'tls.crt': cert, 'tls.key': key },
      });
    }
    backends = new Backends(api, NAMESPACE, authority.sign('/CN=raw', { dns: ['raw.acme.example'] }));
    for (const object of objects.filter(({ kind, spec }) => kind === 'Service' && spec.selector !== undefined)) await backends.serve(object);

    ports = { httpPort, httpsPort };
    gateway = new RunningGateway(plane, { address: '127.0.0.1', ...ports });
    await gateway.programmed();
    // It says so a moment before its routes count.
    await eventually('visitors to be let in', async () => (await ask({}).catch(() => undefined))?.status === 200, 60);
  }, 300_000);

  afterAll(async () => {
    await gateway?.stop();
    backends?.stop();
    await plane?.stop();
  });

  const ask = (sent: Sent) => sendTo(ports, { secure: true, host: HOST, ...sent });
  const at = async (sent: Sent): Promise<string> => {
    const { status, body } = await ask(sent);
    return status === 200 ? (JSON.parse(body) as Got).at : String(status);
  };

  /** The object as the API server has it now, with what its controller says of it. */
  const live = async (object: any) => plane.api.get(await plane.api.pathOf(object, NAMESPACE));
  const refused = (name: string, conditions: any[]) => conditions
    .filter(({ type, status }) => type === 'Conflicted' ? status === 'True' : status !== 'True')
    .map(({ type, reason, message }) => `${name}: not ${type}: ${reason}: ${message}`);

  test('it takes the Gateway, and each of its listeners', async () => {
    for (const object of objects.filter(({ kind }) => kind === 'Gateway')) {
      const { spec: { listeners }, status } = await live(object);
      expect(status.listeners.map(({ name }: any) => name).sort()).toEqual(listeners.map(({ name }: any) => name).sort());
      expect([...refused('the Gateway', status.conditions), ...status.listeners.flatMap((listener: any) => refused(listener.name, listener.conditions))]).toEqual([]);
    }
  });

  test('it takes each route, and finds what each refers to', async () => {
    const routes = objects.filter(({ kind }) => /Route$/.test(kind));
    expect(routes.length).toBeGreaterThan(4);
    for (const route of routes) {
      const { status, spec } = await live(route);
      const name = `${route.kind}/${route.metadata.name}`;
      expect({ name, parents: status?.parents?.length }).toEqual({ name, parents: spec.parentRefs.length });
      expect(status.parents.flatMap(({ conditions }: any) => refused(name, conditions))).toEqual([]);
    }
  });

  test.each<[string, Sent, string]>([
    ['a host', {}, 'web:http'],
    ['a header', { headers: { 'x-beta': 'yes' } }, 'next:http'],
    ['a path', { path: '/search/shoes' }, 'search:http'],
    ['a path and a method', { path: '/orders', method: 'POST', body: '{}' }, 'orders:http'],
    ['the same path by another method', { path: '/orders' }, 'web:http'],
    ['a path that only begins like another', { path: '/searching' }, 'web:http'],
    ['the host of TLS that it passes on', { host: 'raw.acme.example' }, 'raw:tcp'],
    ['a host that nobody serves', { host: 'other.acme.example', servername: HOST }, '404'],
  ])('it leads by %s', async (_, sent, expected) => {
    expect(await at(sent)).toBe(expected);
  });

  test('it divides visitors by weights', async () => {
    const seen = new Map<string, number>();
    for (let i = 0; i < 20; i++) {
      const to = await at({ host: 'half.acme.example' });
      seen.set(to, (seen.get(to) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['next:http', 'web:http']);
    expect(seen.get('web:http')).toBe(10);
  });

  test('it sends plain HTTP to HTTPS', async () => {
    const { status, headers: { location } } = await ask({ secure: false, path: '/cart?id=1' });
    expect({ status, location }).toEqual({ status: 301, location: `https://${HOST}:${ports.httpsPort}/cart?id=1` });
  });

  test('it sends a host to another', async () => {
    const { status, headers: { location } } = await ask({ host: 'www.acme.example', path: '/cart?id=1' });
    expect({ status, location }).toEqual({ status: 301, location: `https://${HOST}:${ports.httpsPort}/cart?id=1` });
  });

  test('it tells browsers to use HTTPS, and copies who came how', async () => {
    const { headers, body } = await ask({});
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect((JSON.parse(body) as Got).headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' });
  });

  test('it speaks HTTP/2 without TLS with copies that speak gRPC', async () => {
    const visitor = connect(`https://127.0.0.1:${ports.httpsPort}`, { servername: 'prices.acme.example', rejectUnauthorized: false });
    try {
      const stream = visitor.request({
        ':method': 'POST', ':path': '/prices.Prices/Get', ':authority': 'prices.acme.example', 'content-type': 'application/grpc', 'te': 'trailers',
      });
      const body = await new Promise<string>((resolve, reject) => {
        let text = '';
        stream.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text)).on('error', reject).end();
      });
      expect(JSON.parse(body)).toMatchObject({ at: 'prices:grpc', path: '/prices.Prices/Get' });
    } finally {
      visitor.destroy();
    }
  });
};

const TITLE = 'Traefik as an implementation of the Gateway API';
if (findTool('traefik') === undefined) describeUnless('there is no Traefik: run scripts/install-test-tools.sh', TITLE, tests);
else describeWithCluster(TITLE, tests);
