import { Chart } from 'cdk8s';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend, LocalCertificates, Port,
  Protocol, StatefulService, SwarmTarget, Worker,
  type ILoadBalancerBackend, type KubernetesTargetProps, type RouteMirror, type Target,
} from '../src';
import { readYaml } from './support/yaml-documents';

/*
 * Copies of requests for another workload: what users can get wrong, and every target's answer side by side.
 */

const HOST = 'shop.acme.example';
const healthCheck = HealthCheck.http('/healthz');
const service = (chart: Chart, id: string, props: object = {}) => new HAWebService(chart, id, { image: 'ghcr.io/acme/app:1.4.2', port: 8080, healthCheck, ...props });

interface Shop {
  readonly app: App;
  readonly chart: Chart;
  readonly web: HAWebService;
  readonly next: HAWebService;
  readonly edge: LoadBalancer;
}

function shopWith(target: Target, backend?: ILoadBalancerBackend): Shop {
  const app = new App({ targets: [target], report: false });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  return {
    app,
    chart,
    web: service(chart, 'web'),
    next: service(chart, 'next', { additionalPorts: [Port.http('tried', 9000), Port.tcp('raw', 7000)] }),
    edge: new LoadBalancer(chart, 'edge', { backend, certificates: new LocalCertificates(chart, 'local') }),
  };
}

describe('what cannot be', () => {
  test.each<[string, (shop: Shop) => any, string]>([
    ['a name for a workload', () => ({ workload: 'next' }),
      "edge cannot take 'next' for mirror.workload: give a workload such as new HAWebService(chart, 'next', …) [shop/edge]"],
    ['nobody', () => ({}), "edge cannot take undefined for mirror.workload: give a workload such as new HAWebService(chart, 'next', …) [shop/edge]"],
    ['a workload of another App', () => ({ workload: shopWith(new ComposeTarget()).next }),
      `edge cannot copy requests for '${HOST}/' to next: it belongs to another App, declare it in this one [shop/edge]`],
    ['the workload that answers', ({ web }) => ({ workload: web }),
      `edge cannot copy requests for '${HOST}/' to web, which gets them already: give another workload, or leave 'mirror' out [shop/edge]`],
    ['a workload without a port', ({ chart }) => ({ workload: new Worker(chart, 'worker', { image: 'ghcr.io/acme/worker:1' }) }),
      `edge cannot copy requests for '${HOST}/' to worker: it has no port that speaks HTTP, give it one or name it with 'port' [shop/edge]`],
    ['a workload that does not speak HTTP', ({ chart }) => ({ workload: new StatefulService(chart, 'db', { image: 'postgres:17.2', port: 5432 }) }),
      `edge cannot copy requests for '${HOST}/' to db: it has no port that speaks HTTP, give it one or name it with 'port' [shop/edge]`],
    ['a port that does not speak HTTP', ({ next }) => ({ workload: next, port: 7000 }),
      `edge cannot copy requests for '${HOST}/' to next: it has no port that speaks HTTP, give it one or name it with 'port' [shop/edge]`],
    ['a port that nobody declared', ({ next }) => ({ workload: next, port: 1 }),
      `edge cannot copy requests for '${HOST}/' to port 1 of next: its ports are 8080, 9000, 7000 [shop/edge]`],
    ['no requests', ({ next }) => ({ workload: next, percent: 0 }),
      `edge cannot copy 0 of a hundred requests for '${HOST}/': give a whole number from 1 to 100 [shop/edge]`],
    ['more than all', ({ next }) => ({ workload: next, percent: 101 }),
      `edge cannot copy 101 of a hundred requests for '${HOST}/': give a whole number from 1 to 100 [shop/edge]`],
    ['half a request', ({ next }) => ({ workload: next, percent: 0.5 }),
      `edge cannot copy 0.5 of a hundred requests for '${HOST}/': give a whole number from 1 to 100 [shop/edge]`],
    ['an option that is misspelt', ({ next }) => ({ workload: next, share: 10 }),
      `edge, route '${HOST}/', mirror, has no prop 'share': remove it, the props are percent, port, workload [shop/edge]`],
  ])('%s', (_name, mirror, message) => {
    const shop = shopWith(new ComposeTarget());
    expect(() => shop.edge.addRoute(HOST, shop.web, { mirror: mirror(shop) })).toThrow(new Error(message));
  });

  test('copies of streams', () => {
    const { edge, chart, next } = shopWith(new ComposeTarget());
    const prices = new HAWebService(chart, 'prices', { image: 'ghcr.io/acme/prices:1', port: 9000, protocol: Protocol.GRPC });
    expect(() => edge.addRoute(HOST, prices, { mirror: { workload: next } })).toThrow(new Error(
      `edge cannot copy requests for '${HOST}/' to next: prices speaks gRPC there, whose streams cannot be kept for a copy, leave 'mirror' out [shop/edge]`));
  });

  test('copies of one share of a route', () => {
    const { edge, chart, web, next } = shopWith(new ComposeTarget());
    const mirror: RouteMirror = { workload: next };
    edge.addRoute(HOST, web, { weight: 90 });
    expect(() => edge.addRoute(HOST, service(chart, 'canary'), { weight: 10, mirror })).toThrow(new Error(
      `edge cannot copy the share of canary in '${HOST}/' by itself: requests of a route are copied whoever answers, give 'mirror' with the first [shop/edge]`));
    edge.addRoute('b.acme.example', web, { weight: 90, mirror });
    edge.addRoute('b.acme.example', service(chart, 'blue'), { weight: 10, mirror });
    expect(() => edge.addRoute('b.acme.example', next, { weight: 10 })).toThrow(/to next, which gets them already/);
  });
});

const said = (target: Target, backend?: ILoadBalancerBackend, mirror: object = {}): string[] => {
  const { app, edge, web, next } = shopWith(target, backend);
  edge.addRoute(HOST, web, { mirror: { workload: next, ...mirror } });
  return app.findings().filter(({ rule }) => rule === 'route-mirror').map(({ severity, message }) => `${severity}: ${message}`);
};

const filesOf = (target: Target, backend?: ILoadBalancerBackend, mirror: object = {}): { [path: string]: string } => {
  const { app, edge, web, next } = shopWith(target, backend);
  edge.addRoute(HOST, web, { mirror: { workload: next, ...mirror } });
  return Object.fromEntries(app.render().map(({ path, text }) => [path, text]));
};

describe('on Compose and Swarm', () => {
  const targets = () => [new ComposeTarget(), new SwarmTarget()];

  test('nginx and Traefik send copies; with others nothing is copied, which is said', () => {
    for (const target of targets()) {
      expect(said(target, LoadBalancerBackend.nginx())).toEqual([]);
      expect(said(target, LoadBalancerBackend.traefik(), { percent: 5 })).toEqual([]);
    }
    for (const [name, backend] of [['caddy', LoadBalancerBackend.caddy()], ['haproxy', LoadBalancerBackend.haproxy()]] as const) {
      for (const target of targets()) {
        expect(said(target, backend)).toEqual([`warning: edge does not copy requests for '${HOST}/' to next with the back end '${name}', which does not know it:`
          + ' take LoadBalancerBackend.nginx() or LoadBalancerBackend.traefik(), which do']);
      }
    }
  });

  test('the other workload is reached over a link of its own', () => {
    for (const [target, file] of [[new ComposeTarget(), 'compose/shop/compose.yml'], [new SwarmTarget(), 'swarm/shop/stack.yml']] as const) {
      const [{ value }] = readYaml(filesOf(target, LoadBalancerBackend.nginx())[file]).documents as any[];
      expect(Object.keys(value.networks)).toEqual(expect.arrayContaining(['edge-to-next', 'edge-to-web']));
    }
  });

  test('visitors do not hang on its health', () => {
    for (const backend of [LoadBalancerBackend.nginx(), LoadBalancerBackend.traefik()]) {
      const lower = jest.spyOn(backend, 'lower');
      const { app, edge, web, chart } = shopWith(new ComposeTarget(), backend);
      edge.addRoute(HOST, web, { mirror: { workload: service(chart, 'unchecked', { healthCheck: undefined }) } });
      app.render();
      expect(lower.mock.results[0].value.notAsked).not.toContain('unchecked');
    }
  });
});

describe('on Kubernetes', () => {
  const on = (props: KubernetesTargetProps = {}) => new KubernetesTarget(props);
  const objectsOf = (target: Target, mirror: object = {}) => readYaml(filesOf(target, undefined, mirror)['shop.k8s.yaml']).documents.map(({ value }) => value as any);
  const filtersOf = (props: KubernetesTargetProps = {}, mirror: object = {}) =>
    objectsOf(on(props), mirror).find(({ kind, metadata }) => kind === 'HTTPRoute' && metadata.name === 'shop-acme-example').spec.rules[0].filters;

  test('a Gateway is told by a filter of the route', () => {
    expect(filtersOf()).toEqual([{ requestMirror: { backendRef: { group: '', kind: 'Service', name: 'next', port: 8080 } }, type: 'RequestMirror' }]);
    expect(filtersOf({}, { percent: 10, port: 9000 })).toEqual([
      { requestMirror: { backendRef: { group: '', kind: 'Service', name: 'next', port: 9000 }, percent: 10 }, type: 'RequestMirror' },
    ]);
    for (const className of ['eg', 'istio', 'nginx', 'cilium']) expect(said(on({ edge: KubernetesEdge.gateway({ className }) }))).toEqual([]);
  });

  test('the other workload lets its proxies in, and nobody else', () => {
    const policy = objectsOf(on()).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'next');
    expect(policy.spec.ingress).toHaveLength(1);
    expect(policy.spec.ingress[0].ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    const istio = objectsOf(on({ edge: KubernetesEdge.gateway({ className: 'istio' }) })).find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'edge');
    expect(istio.spec.egress.filter(({ to }: any) => to?.[0]?.podSelector?.matchLabels?.['app.kubernetes.io/instance'] === 'next')).toHaveLength(1);
  });

  test('a part of the requests needs Gateway API 1.3: before, none is copied rather than all', () => {
    expect(filtersOf({ gatewayApiVersion: '1.2' }, { percent: 10 })).toBeUndefined();
    expect(said(on({ gatewayApiVersion: '1.2' }), undefined, { percent: 10 })).toEqual([
      `warning: 'edge' does not copy 10 of a hundred requests for '${HOST}/' to 'next' with Gateway API 1.2, which has no word for a part of them: use 1.3 or newer,`
      + ' and give its version by gatewayApiVersion, or leave percent out [shop/edge]',
    ]);
    expect(said(on({ gatewayApiVersion: '1.2' }))).toEqual([]);
  });

  test('a class that is not known may or may not', () => {
    const edge = KubernetesEdge.gateway({ className: 'acme' });
    expect(said(on({ edge }))).toEqual([`warning: 'edge' copies requests for '${HOST}/' to 'next' only if the implementation of GatewayClass 'acme' knows RequestMirror,`
      + ' and one that does not may refuse the route: look it up, or use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]']);
    expect(said(on({ edge }), undefined, { percent: 5 })[0]).toContain('knows RequestMirror with a percentage, and one');
  });

  test('Traefik, an Ingress and a back end that cannot copy nothing, which is said', () => {
    const traefik = KubernetesEdge.gateway({ className: 'traefik' });
    expect(filtersOf({ edge: traefik })).toBeUndefined();
    expect(said(on({ edge: traefik }))).toEqual([`warning: 'edge' does not copy requests for '${HOST}/' to 'next' with GatewayClass 'traefik', whose implementation does not know`
      + ' RequestMirror: use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]']);
    expect(said(on({ edge: KubernetesEdge.ingress({ className: 'traefik' }) }))).toEqual([
      `warning: 'edge' does not copy requests for '${HOST}/' to 'next' with an Ingress, which has no field for it: use KubernetesEdge.gateway() [shop/edge]`,
    ]);
    const edge = KubernetesEdge.ownProxies();
    expect(said(on({ edge }))).toEqual([`warning: edge does not copy requests for '${HOST}/' to next with the back end 'caddy', which does not know it:`
      + ' take LoadBalancerBackend.nginx() or LoadBalancerBackend.traefik(), which do [shop/edge]']);
    expect(said(on({ edge }), LoadBalancerBackend.nginx())).toEqual([]);
    expect(JSON.stringify(filesOf(on({ edge }), LoadBalancerBackend.nginx()))).toContain('server next-copies.shop.svc.cluster.local:8080');
  });

  test('a target that does not render the other workload copies nothing, which is said', () => {
    const app = new App({ targets: [new KubernetesTarget(), new ComposeTarget()], report: false });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const edge = new LoadBalancer(chart, 'edge', { backend: LoadBalancerBackend.nginx(), certificates: new LocalCertificates(chart, 'local') });
    edge.addRoute(HOST, service(chart, 'web'), { mirror: { workload: service(chart, 'next', { onlyOn: ['kubernetes'] }) } });
    expect(app.findings().filter(({ rule }) => rule === 'callee-not-rendered').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^edge does not reach next of chart 'shop' on compose, which does not render it/),
    ]);
    const files = Object.fromEntries(app.render().map(({ path, text }) => [path, text]));
    expect(files['compose/shop/config/edge/nginx.conf']).not.toContain('mirror');
    expect(files['shop.k8s.yaml']).toContain('RequestMirror');
  });
});
