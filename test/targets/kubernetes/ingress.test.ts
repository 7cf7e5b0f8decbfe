import { Chart, Duration, Size } from 'cdk8s';
import { findings, Manifests } from './manifests';
import {
  CertificateFiles, HAWebService, HealthCheck, KubernetesEdge, LetsEncrypt, LoadBalancer, Protocol, RouteAccess, Secret,
  type IngressOptions, type LoadBalancerProps,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const HOST = 'shop.acme.example';

type Declare = (edge: LoadBalancer, web: HAWebService, chart: Chart) => void;

const declared = (declare: Declare, props: LoadBalancerProps = {}) => (chart: Chart) => {
  const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
  const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
  declare(new LoadBalancer(chart, 'edge', { certificates, ...props }), web, chart);
};

const behind = (declare: Declare, options: Partial<IngressOptions> = {}): Manifests =>
  new Manifests(declared(declare), { edge: KubernetesEdge.ingress({ className: 'traefik', ...options }) });
const findingsOf = (declare: Declare, props: LoadBalancerProps = {}, options: Partial<IngressOptions> = {}): string[] =>
  findings(declared(declare, props), { edge: KubernetesEdge.ingress({ className: 'traefik', ...options }) });

const routed: Declare = (edge, web) => edge.addRoute(HOST, web);

describe('an Ingress', () => {
  test('is one for each host, with its paths and its certificate', () => {
    const manifests = behind((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute(HOST, web, { path: '/api' });
      edge.addRoute('www.acme.example', web);
    });
    const backend = { service: { name: 'web', port: { number: 8080 } } };
    expect(manifests.get('Ingress', 'shop-acme-example').spec).toEqual({
      ingressClassName: 'traefik',
      rules: [{ host: HOST, http: { paths: [{ backend, path: '/api', pathType: 'Prefix' }, { backend, path: '/', pathType: 'Prefix' }] } }],
      tls: [{ hosts: [HOST], secretName: 'shop-acme-example-tls' }],
    });
    expect(manifests.get('Ingress', 'www-acme-example').spec.rules).toHaveLength(1);
    expect(manifests.get('Certificate', 'shop-acme-example').spec.secretName).toBe('shop-acme-example-tls');
  });

  test('has no annotation but the user\'s', () => {
    expect(behind(routed).get('Ingress').metadata.annotations).toBeUndefined();
    expect(behind(routed, { annotations: { 'haproxy.org/load-balance': 'leastconn' } }).get('Ingress').metadata.annotations).toEqual({ 'haproxy.org/load-balance': 'leastconn' });
  });

  test('of the same class answers an authority', () => {
    expect(behind(routed).get('Issuer').spec.acme.solvers).toEqual([{ http01: { ingress: { ingressClassName: 'traefik', serviceType: 'ClusterIP' } } }]);
  });

  test('has a certificate of one\'s own', () => {
    const manifests = behind((edge, web, chart) => edge.addRoute(HOST, web, {
      certificates: new CertificateFiles(chart, 'acme-tls', { certificate: new Secret(chart, 'crt'), privateKey: new Secret(chart, 'key') }),
    }));
    expect(manifests.get('Ingress').spec.tls).toEqual([{ hosts: [HOST], secretName: 'acme-tls' }]);
  });

  test('is not there for a host that leads nowhere', () => {
    const manifests = behind((edge, _, chart) => edge.addRoute(HOST, new HAWebService(chart, 'mail', { image: IMAGE, port: 80, onlyOn: ['compose'] })));
    expect(manifests.objects.filter(({ kind }) => ['Certificate', 'Ingress'].includes(kind))).toEqual([]);
  });
});

test.each([
  ['nginx', 'ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx' }],
  ['traefik', 'traefik', { 'app.kubernetes.io/name': 'traefik' }],
  ['haproxy', 'haproxy-controller', { 'app.kubernetes.io/name': 'kubernetes-ingress' }],
  ['contour', 'projectcontour', { app: 'envoy' }],
])('the controller of class %s is let in', (className, namespace, labels) => {
  const manifests = behind(routed, { className });
  const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: { matchLabels: labels } }];
  expect(manifests.get('NetworkPolicy', 'web').spec.ingress[0].from).toEqual(from);
  expect(manifests.get('NetworkPolicy', 'letsencrypt-http01-solver').spec.ingress[0].from).toEqual(from);
});

test('the controller of any class is let in from where it is said to run', () => {
  const from = (options: Partial<IngressOptions>) => behind(routed, { className: 'acme', ...options }).get('NetworkPolicy', 'web').spec.ingress[0].from;
  expect(from({ proxyRanges: ['10.7.0.0/24'] })).toEqual([{ ipBlock: { cidr: '10.7.0.0/24' } }]);
  expect(from({ proxyNamespace: 'edge', proxyLabels: { app: 'proxy' } }))
    .toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } }, podSelector: { matchLabels: { app: 'proxy' } } }]);
  expect(behind(routed, { className: 'cilium' }).get('CiliumNetworkPolicy', 'edge-to-web').spec.ingress[0].fromEntities).toEqual(['ingress']);
});

describe('what an Ingress has no field for', () => {
  const OTHERS = 'use KubernetesEdge.gateway() or KubernetesEdge.ownProxies() [shop/edge]';

  test.each<[string, Declare, string]>([
    ['addresses', (edge, web) => edge.addRoute(HOST, web, { access: RouteAccess.sourceRanges(['10.0.0.0/8']) }),
      `error route-access: 'edge' cannot keep to 10.0.0.0/8 'shop.acme.example/' with an Ingress, which has no field for it: ${OTHERS}`],
    ['passwords', (edge, web, chart) => edge.addRoute(HOST, web, { access: RouteAccess.basicAuth(new Secret(chart, 'users')) }),
      `error route-access: 'edge' cannot ask for a password at 'shop.acme.example/' with an Ingress, which has no field for it: ${OTHERS}`],
    ['the word of a workload', (edge, web, chart) => edge.addRoute(HOST, web, { access: RouteAccess.forwardAuth(new HAWebService(chart, 'gate', { image: IMAGE, port: 80, healthCheck: HealthCheck.tcp() })) }),
      `error route-access: 'edge' cannot ask a workload about 'shop.acme.example/' with an Ingress, which has no field for it: ${OTHERS}`],
    ['headers', (edge, web) => edge.addRoute(HOST, web, { match: { headers: { 'x-tenant': 'red' }, methods: ['GET'] } }),
      `error ingress-match: 'edge' cannot match headers and methods for 'shop.acme.example/' with an Ingress, which knows hosts and paths alone: ${OTHERS}`],
    ['a time limit', (edge, web) => edge.addRoute(HOST, web, { requestTimeout: Duration.seconds(30) }),
      "warning request-timeout: 'edge' does not end requests of 'shop.acme.example/' after 30 s with an Ingress, which has no field for it: end them in the application [shop/edge]"],
    ['the size of a body', (edge, web) => edge.addRoute(HOST, web, { maxRequestBody: Size.mebibytes(1) }),
      "warning request-body-limit: 'edge' does not limit request bodies of 'shop.acme.example/' to 1048576 bytes with an Ingress, which has no field for it: limit them in the application [shop/edge]"],
    ['another host', (edge) => edge.addRedirect('acme.example', HOST),
      "warning redirect-host: 'edge' does not send visitors of 'acme.example' to 'shop.acme.example' with IngressClass 'traefik', as an Ingress has no field for it: they get no answer;"
      + ' use KubernetesEdge.gateway() or .ownProxies(), or a route to a workload that sends them [shop/edge]'],
  ])('%s', (_, declare, message) => {
    expect(findingsOf(declare).filter((one) => !one.includes('no-health-check'))).toEqual([message]);
  });

  test('weights: all requests go where most would', () => {
    const declare: Declare = (edge, web, chart) => {
      edge.addRoute(HOST, web, { weight: 95 });
      edge.addRoute(HOST, new HAWebService(chart, 'canary', { image: IMAGE, port: 8080, healthCheck: HealthCheck.tcp() }), { weight: 5 });
    };
    expect(behind(declare).get('Ingress').spec.rules[0].http.paths[0].backend.service.name).toBe('web');
    expect(findingsOf(declare)).toEqual(["warning ingress-weights: 'edge' sends all requests of 'shop.acme.example/' to 'web' with an Ingress, which has no field for weights: canary gets none [shop/edge]"]);
  });

  test('another namespace', () => {
    expect(findings((chart) => {
      const web = new HAWebService(new Chart(chart.node.root, 'apps', { namespace: 'apps' }), 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.tcp() });
      new LoadBalancer(chart, 'edge').addRoute(HOST, web);
    }, { edge: KubernetesEdge.ingress({ className: 'traefik' }) }, { namespace: 'edge' }).filter((one) => one.startsWith('error')))
      .toEqual([`error ingress-namespace: 'edge' cannot route 'shop.acme.example/' to 'web' of namespace 'apps' with an Ingress, which leads to Services of its own namespace alone: ${OTHERS}`]);
  });

  test('where it listens, whom it believes, what it logs and repeats', () => {
    expect(findingsOf(routed, { httpPort: 8080, publishAddress: '192.0.2.7', trustedProxies: ['10.0.0.0/8'], accessLog: false, retryIdempotent: true }).map((one) => one.split(':')[0]))
      .toEqual(['warning published-address', 'warning published-address', 'warning trusted-proxies', 'warning retry-idempotent', 'warning access-log']);
  });

  test('gRPC: whether the controller speaks it', () => {
    expect(findingsOf((edge, _, chart) => edge.addRoute(HOST, new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc() }))))
      .toEqual([expect.stringContaining("warning ingress-grpc: 'edge' leads 'shop.acme.example/' to a port that speaks gRPC")]);
  });

  test('a class whose controller is not known', () => {
    expect(findingsOf(routed, {}, { className: 'alb' })).toEqual(["error unknown-controller: 'edge' cannot let the proxies of IngressClass 'alb' in, as it is not known where they run:"
      + ' give KubernetesEdge.ingress() proxyNamespace and proxyLabels, or proxyRanges where they are outside the cluster [shop/edge]']);
  });
});
