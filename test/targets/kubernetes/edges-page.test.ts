import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Duration, Size } from 'cdk8s';
import {
  App, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LetsEncrypt, LoadBalancer, LoadBalancerBackend, LoadBalancing,
  LocalCertificates, Protocol, RouteAccess, Secret, StatefulService,
  type AppModel, type LoadBalancerAnswers, type LoadBalancerProps,
} from '../../../src';

/*
 * The tables of docs/kubernetes-edges.md are what the target answers and finds. `npm run goldens` writes them anew.
 */

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'kubernetes-edges.md');

const EDGES: [title: string, edge: KubernetesEdge][] = [
  ['Envoy Gateway', KubernetesEdge.gateway()],
  ['Istio', KubernetesEdge.gateway({ className: 'istio' })],
  ['NGINX Gateway Fabric', KubernetesEdge.gateway({ className: 'nginx' })],
  ['Cilium', KubernetesEdge.gateway({ className: 'cilium' })],
  ['any other Gateway', KubernetesEdge.gateway({ className: 'acme' })],
  ['Ingress', KubernetesEdge.ingress({ className: 'traefik' })],
  ['own proxies', KubernetesEdge.ownProxies()],
];

test('the page says what the target answers and finds', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = [['answers', answersTable()], ['routes', routesTable()]].reduce((text, [name, rows]) =>
    text.replace(new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`), () => rows), page);
  if (process.env.UPDATE_GOLDENS) writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});

type Declare = (edge: LoadBalancer, web: HAWebService, chart: Chart) => void;

const HOST = 'shop.acme.example';
const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const service = (chart: Chart, id: string) => new HAWebService(chart, id, { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });

const database = (chart: Chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, healthCheck: HealthCheck.tcp() });

interface Said {
  readonly answers: LoadBalancerAnswers;
  readonly findings: string[];
}

/** What an edge says about a load balancer. */
function ask(edge: KubernetesEdge, declare: Declare, props: LoadBalancerProps = {}, issued = false): Said {
  let model: AppModel | undefined;
  class Listener extends KubernetesTarget {
    public validate(app: AppModel) {
      model = app;
      return super.validate(app);
    }
  }
  const target = new Listener({ edge, gatewayApiVersion: '1.6' });
  const app = new App({ report: false, targets: [target] });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const certificates = issued ? new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' }) : new LocalCertificates(chart, 'local');
  declare(new LoadBalancer(chart, 'edge', { certificates, ...props }), service(chart, 'web'), chart);
  const findings = app.findings().map(({ rule, severity }) => `${severity} ${rule}`);
  const [one] = model!.charts.filter(({ name }) => name === 'shop');
  return { answers: target.answerLoadBalancer(one.loadBalancers[0], one), findings };
}

const PLAIN: Declare = (edge, web) => edge.addRoute(HOST, web);

const GUARANTEES: [guarantee: keyof LoadBalancerAnswers, title: string][] = [
  ['copyCrash', 'a proxy crashes'],
  ['nodeLoss', 'a node is lost'],
  ['plannedDisruption', 'a node is drained'],
  ['rollingUpdate', 'proxies are updated'],
  ['healthGatedIngress', 'visitors reach ready copies only'],
  ['balancingAlgorithm', 'least connections'],
  ['encryptionAtEdge', 'TLS'],
  ['certificateRenewal', 'certificates are renewed'],
  ['redirectAndHsts', 'HTTP is sent to HTTPS'],
];

const levelOf = (edge: KubernetesEdge, algorithm: LoadBalancing): string => ask(edge, PLAIN, { algorithm }).answers.balancingAlgorithm.level;

function answersTable(): string {
  const answers = EDGES.map(([, edge]) => ask(edge, PLAIN, {}, true).answers);
  const algorithms: [string, LoadBalancing][] = [
    ['a hash of the address', LoadBalancing.hashClientAddress()], ['a hash of the path', LoadBalancing.hashUri()], ['a sticky cookie', LoadBalancing.sticky('lb')],
  ];
  return table([
    ...GUARANTEES.map(([guarantee, title]) => [title, ...answers.map((all) => all[guarantee].level as string)]),
    ...algorithms.map(([title, algorithm]) => [title, ...EDGES.map(([, edge]) => levelOf(edge, algorithm))]),
  ]);
}

const FEATURES: [title: string, declare: Declare, props?: LoadBalancerProps][] = [
  ['headers and methods', (edge, web) => edge.addRoute(HOST, web, { match: { headers: { 'x-tenant': 'red' }, methods: ['GET'] } })],
  ['weights', (edge, web, chart) => {
    edge.addRoute(HOST, web, { weight: 95 });
    edge.addRoute(HOST, service(chart, 'canary'), { weight: 5 });
  }],
  ['`requestTimeout`', (edge, web) => edge.addRoute(HOST, web, { requestTimeout: Duration.seconds(30) })],
  ['`maxRequestBody`', (edge, web) => edge.addRoute(HOST, web, { maxRequestBody: Size.mebibytes(1) })],
  ['`sourceRanges`', (edge, web) => edge.addRoute(HOST, web, { access: RouteAccess.sourceRanges(['10.0.0.0/8']) })],
  ['`basicAuth`', (edge, web, chart) => edge.addRoute(HOST, web, { access: RouteAccess.basicAuth(new Secret(chart, 'users')) })],
  ['`forwardAuth`', (edge, web, chart) => edge.addRoute(HOST, web, { access: RouteAccess.forwardAuth(service(chart, 'gate')) })],
  ['`mirror`', (edge, web, chart) => edge.addRoute(HOST, web, { mirror: { workload: service(chart, 'next') } })],
  ['`addTlsRoute`', (edge, _, chart) => edge.addTlsRoute('db.acme.example', database(chart)), { backend: LoadBalancerBackend.haproxy() }],
  ['`addTcpRoute`, Gateway API 1.6', (edge, _, chart) => edge.addTcpRoute(5432, database(chart)), { backend: LoadBalancerBackend.haproxy() }],
  ['`addRedirect`', (edge, web) => {
    edge.addRoute(HOST, web);
    edge.addRedirect('acme.example', HOST);
  }],
  ['a workload of another namespace', (edge, _, chart) => edge.addRoute(HOST, service(new Chart(chart.node.root, 'apps', { namespace: 'apps' }), 'api'))],
  ['gRPC', (edge, _, chart) => edge.addRoute(HOST, new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc() }))],
  ['`trustedProxies`', PLAIN, { trustedProxies: ['10.0.0.0/8'] }],
  ['`retryIdempotent`', PLAIN, { retryIdempotent: true }],
  ['`accessLog: false`', PLAIN, { accessLog: false }],
];

function routesTable(): string {
  const before = EDGES.map(([, edge]) => ask(edge, PLAIN).findings);
  return table(FEATURES.map(([title, declare, props]) => [title, ...EDGES.map(([, edge], index) => {
    const found = ask(edge, declare, props).findings.filter((one) => !before[index].includes(one));
    if (found.some((one) => one.startsWith('error'))) return 'error';
    return found.length > 0 ? 'finding' : 'yes';
  })]));
}

function table(rows: string[][]): string {
  const head = ['', ...EDGES.map(([title]) => title)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`.replace(/ {2,}/g, ' ')).join('');
}
