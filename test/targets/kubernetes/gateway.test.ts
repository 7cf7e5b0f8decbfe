import { Chart, Duration, Size } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { findings, Manifests } from './manifests';
import {
  CertificateFiles, Dns01, HAWebService, HealthCheck, KubernetesEdge, LetsEncrypt, LoadBalancer, LoadBalancing, LocalCertificates, RouteAccess,
  Secret, type KubernetesTargetProps, type LoadBalancerProps,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const HOST = 'shop.acme.example';

/** A load balancer `edge` with Let's Encrypt, and a service `web` behind it. */
function balanced(
  declare: (edge: LoadBalancer, web: HAWebService, chart: Chart) => void, props: LoadBalancerProps = {}, target: KubernetesTargetProps = {},
): Manifests {
  return new Manifests((chart) => {
    const certificates = props.certificates ?? new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
    const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
    declare(new LoadBalancer(chart, 'edge', { certificates, ...props }), web, chart);
  }, target, {}, ['Gateway/*']);
}

const listeners = (manifests: Manifests) => manifests.get('Gateway').spec.listeners.map(({ name, port, hostname, tls }: any) =>
  [name, port, hostname, tls?.certificateRefs[0].name]);
const rule = (manifests: Manifests, name = 'shop-acme-example') => manifests.get('HTTPRoute', name).spec.rules[0];
const sections = (manifests: Manifests, name: string) => manifests.get('HTTPRoute', name).spec.parentRefs.map(({ sectionName }: any) => sectionName);

describe('a Gateway', () => {
  test('has a listener for plain HTTP and one for each host, each with its certificate', () => {
    const manifests = balanced((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute('*.acme.example', web, { certificates: new LocalCertificates(edge, 'local') });
    });
    expect(listeners(manifests)).toEqual([
      ['http', 80, undefined, undefined],
      ['https-wildcard-acme-example', 443, '*.acme.example', 'wildcard-acme-example-tls'],
      ['https-shop-acme-example', 443, 'shop.acme.example', 'shop-acme-example-tls'],
    ]);
    expect(manifests.get('Gateway').metadata.annotations).toBeUndefined();
  });

  test('listens where it is told', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), { httpPort: 8080, httpsPort: 8443, publishAddress: '192.0.2.7' });
    expect(listeners(manifests).map(([name, port]: any) => [name, port])).toEqual([['http', 8080], ['https-shop-acme-example', 8443]]);
    expect(manifests.get('Gateway').spec.addresses).toEqual([{ type: 'IPAddress', value: '192.0.2.7' }]);
    expect(rule(manifests, 'shop-acme-example-redirect').filters[0].requestRedirect).toEqual({ port: 8443, scheme: 'https', statusCode: 301 });
  });

  test('of another class has no objects of Envoy Gateway\'s', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), {}, { edge: KubernetesEdge.gateway({ className: 'acme' }) });
    expect(manifests.get('Gateway').spec).toMatchObject({ gatewayClassName: 'acme' });
    expect(manifests.get('Gateway').spec.infrastructure).toBeUndefined();
    expect(manifests.objects.filter(({ apiVersion }) => apiVersion.startsWith('gateway.envoyproxy.io'))).toEqual([]);
  });

  test('that exists already gets routes, and no certificates of ours', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), {}, { edge: KubernetesEdge.existingGateway({ name: 'shared', namespace: 'infra' }) });
    expect(manifests.get('HTTPRoute', 'shop-acme-example').spec.parentRefs).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'shared', namespace: 'infra', sectionName: 'https' },
    ]);
    expect(sections(manifests, 'shop-acme-example-redirect')).toEqual(['http']);
    expect(manifests.objects.map(({ kind }) => kind)).not.toEqual(expect.arrayContaining(['Gateway']));
    expect(manifests.objects.filter(({ kind }) => ['Gateway', 'Issuer', 'Certificate'].includes(kind))).toEqual([]);
  });

  test('that exists already may get listeners of ours, each with its certificate', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), {}, { edge: KubernetesEdge.existingGateway({ name: 'shared', namespace: 'infra', listenerSet: true }) });
    expect(manifests.get('ListenerSet').spec).toMatchObject({
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'shared', namespace: 'infra' },
      listeners: [{ hostname: HOST, name: 'https-shop-acme-example', port: 443, tls: { certificateRefs: [{ name: 'shop-acme-example-tls' }] } }],
    });
    expect(manifests.get('HTTPRoute', 'shop-acme-example').spec.parentRefs).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'edge', sectionName: 'https-shop-acme-example' },
    ]);
    expect(manifests.get('HTTPRoute', 'shop-acme-example-redirect').spec.parentRefs[0]).toMatchObject({ kind: 'Gateway', name: 'shared', sectionName: 'http' });
    expect(manifests.get('Certificate').spec.secretName).toBe('shop-acme-example-tls');
    expect(manifests.get('Issuer').spec.acme.solvers[0].http01.gatewayHTTPRoute.parentRefs).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'shared', namespace: 'infra', sectionName: 'http' },
    ]);
  });
});

describe('a route', () => {
  test('by default: HTTPS with HSTS, and plain HTTP is sent there', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web));
    expect(sections(manifests, 'shop-acme-example')).toEqual(['https-shop-acme-example']);
    expect(rule(manifests)).toEqual({
      backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 8080, weight: 1 }],
      filters: [{
        responseHeaderModifier: { set: [{ name: 'Strict-Transport-Security', value: 'max-age=31536000' }] }, type: 'ResponseHeaderModifier',
      }],
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    });
    expect(sections(manifests, 'shop-acme-example-redirect')).toEqual(['http']);
    expect(rule(manifests, 'shop-acme-example-redirect')).toEqual({
      filters: [{ requestRedirect: { scheme: 'https', statusCode: 301 }, type: 'RequestRedirect' }], matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    });
  });

  test('without certificates is plain HTTP, and nothing is redirected', () => {
    const manifests = new Manifests((chart) => new LoadBalancer(chart, 'edge').addRoute(HOST, new HAWebService(chart, 'web', { image: IMAGE, port: 8080 })));
    expect(sections(manifests, 'shop-acme-example')).toEqual(['http']);
    expect(manifests.objects.filter(({ kind }) => kind === 'HTTPRoute')).toHaveLength(1);
  });

  test('may answer plain HTTP too; other paths of the host are still redirected', () => {
    const manifests = balanced((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute(HOST, web, { path: '/health', redirectHttp: false });
    });
    expect(sections(manifests, 'shop-acme-example-health')).toEqual(['https-shop-acme-example', 'http']);
    expect(rule(manifests, 'shop-acme-example-health').filters).toBeUndefined();
    expect(rule(manifests, 'shop-acme-example-redirect').matches).toEqual([{ path: { type: 'PathPrefix', value: '/' } }]);
  });

  test('that all answer plain HTTP leave no redirect', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), { redirectHttp: false });
    expect(manifests.objects.filter(({ kind }) => kind === 'HTTPRoute').map(({ metadata: { name } }) => name)).toEqual(['shop-acme-example']);
  });

  test('matches path, headers and methods, and limits time', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web, {
      path: '/api', match: { headers: { 'x-tenant': 'red', 'accept': 'text/html' }, methods: ['GET', 'HEAD'] }, requestTimeout: Duration.seconds(30),
    }));
    const headers = [{ name: 'accept', type: 'Exact', value: 'text/html' }, { name: 'x-tenant', type: 'Exact', value: 'red' }];
    const path = { type: 'PathPrefix', value: '/api' };
    const [route] = manifests.objects.filter(({ kind, metadata: { name } }) => kind === 'HTTPRoute' && !name.endsWith('-redirect'));
    expect(route.spec.rules[0]).toMatchObject({ matches: [{ headers, method: 'GET', path }, { headers, method: 'HEAD', path }], timeouts: { request: '30s' } });
  });

  test('shares requests by weight', () => {
    const manifests = balanced((edge, web, chart) => {
      edge.addRoute(HOST, web, { weight: 95 });
      edge.addRoute(HOST, new HAWebService(chart, 'canary', { image: IMAGE, port: 8080 }), { weight: 5 });
    });
    expect(rule(manifests).backendRefs.map(({ name, weight }: any) => [name, weight])).toEqual([['canary', 5], ['web', 95]]);
  });

  test('to another namespace has leave there', () => {
    const manifests = new Manifests((chart, app) => {
      const web = new HAWebService(new Chart(app, 'apps', { namespace: 'apps' }), 'web', { image: IMAGE, port: 8080 });
      new LoadBalancer(chart, 'edge').addRoute(HOST, web);
    }, {}, { namespace: 'edge' });
    expect(rule(manifests).backendRefs[0]).toMatchObject({ name: 'web', namespace: 'apps' });
    expect(manifests.get('ReferenceGrant')).toMatchObject({
      metadata: { name: 'web-from-edge', namespace: 'apps' },
      spec: {
        from: [
          { group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', namespace: 'edge' },
          { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'edge' },
          { group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: 'edge' },
        ],
        to: [{ group: '', kind: 'Service', name: 'web' }],
      },
    });
  });

  test('to a Service of cdk8s-plus-28', () => {
    const manifests = balanced((edge, _, chart) => {
      const blog = new plus.Deployment(chart, 'blog', { containers: [{ image: IMAGE, ports: [{ number: 8080, name: 'http' }] }] });
      edge.addRoute('blog.acme.example', blog.exposeViaService({ name: 'blog', ports: [{ port: 80, targetPort: 8080 }] }));
    });
    expect(rule(manifests, 'blog-acme-example').backendRefs).toEqual([{ group: '', kind: 'Service', name: 'blog', port: 80, weight: 1 }]);
  });

  test('to a Service of cdk8s-plus-28 in another namespace has leave there, once for all routes', () => {
    const manifests = new Manifests((chart, app) => {
      const apps = new Chart(app, 'apps', { namespace: 'apps' });
      const blog = new plus.Deployment(apps, 'blog', { containers: [{ image: IMAGE, ports: [{ number: 8080, name: 'http' }] }] });
      const service = blog.exposeViaService({ name: 'blog', ports: [{ port: 80, targetPort: 8080 }] });
      const edge = new LoadBalancer(chart, 'edge');
      edge.addRoute(HOST, service);
      edge.addRoute('blog.acme.example', service);
    }, {}, { namespace: 'edge' });
    expect(manifests.get('ReferenceGrant')).toMatchObject({
      metadata: { name: 'blog-from-edge-edge', namespace: 'apps' }, spec: { to: [{ group: '', kind: 'Service', name: 'blog' }] },
    });
  });

  test('leads to nobody where its workload is not rendered, and is not written then', () => {
    const manifests = balanced((edge, _, chart) => edge.addRoute(HOST, new HAWebService(chart, 'mail', { image: IMAGE, port: 8025, onlyOn: ['compose'] })));
    expect(manifests.objects.filter(({ kind }) => ['HTTPRoute', 'Certificate'].includes(kind))).toEqual([]);
  });
});

test('a host that is sent to another one has a certificate of its own', () => {
  const manifests = balanced((edge, web) => {
    edge.addRoute('www.acme.example', web);
    edge.addRedirect('acme.example', 'www.acme.example');
  });
  expect(sections(manifests, 'acme-example-redirect')).toEqual(['http', 'https-acme-example']);
  expect(rule(manifests, 'acme-example-redirect').filters[0].requestRedirect).toEqual({ hostname: 'www.acme.example', scheme: 'https', statusCode: 301 });
  expect(manifests.get('Certificate', 'acme-example').spec.dnsNames).toEqual(['acme.example']);
});

describe('Envoy Gateway', () => {
  const policy = (algorithm?: LoadBalancing) => balanced((edge, web) => edge.addRoute(HOST, web), { algorithm }).get('BackendTrafficPolicy').spec.loadBalancer;

  test.each<[string, LoadBalancing | undefined, any]>([
    ['least connections, the default', undefined, { type: 'LeastRequest' }],
    ['round robin', LoadBalancing.roundRobin(), { type: 'RoundRobin' }],
    ['random', LoadBalancing.random(), { type: 'Random' }],
    ['power of two choices', LoadBalancing.powerOfTwoChoices(), { type: 'LeastRequest' }],
    ['hash of the address', LoadBalancing.hashClientAddress(), { consistentHash: { type: 'SourceIP' }, type: 'ConsistentHash' }],
    ['hash of a header', LoadBalancing.hashHeader('x-tenant'), { consistentHash: { headers: [{ name: 'x-tenant' }], type: 'Headers' }, type: 'ConsistentHash' }],
    ['hash of a cookie', LoadBalancing.hashCookie('session'), { consistentHash: { cookie: { name: 'session' }, type: 'Cookie' }, type: 'ConsistentHash' }],
    ['sticky', LoadBalancing.sticky('lb'), { consistentHash: { cookie: { name: 'lb', ttl: '24h' }, type: 'Cookie' }, type: 'ConsistentHash' }],
  ])('balances by %s', (_, algorithm, expected) => {
    expect(policy(algorithm)).toEqual(expected);
  });

  test('runs two proxies on different nodes, which drain and go one at a time', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), { drainTimeout: Duration.seconds(60) });
    expect(manifests.get('EnvoyProxy').spec).toMatchObject({
      provider: {
        kubernetes: {
          envoyDeployment: { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
          envoyPDB: { maxUnavailable: 1, patch: { value: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } } } },
        },
      },
      shutdown: { drainTimeout: '60s', minDrainDuration: '10s' },
    });
    expect(manifests.get('Gateway').spec.infrastructure.parametersRef).toEqual({ group: 'gateway.envoyproxy.io', kind: 'EnvoyProxy', name: 'edge' });
  });

  test('repeats only what never reached a copy', () => {
    expect(balanced((edge, web) => edge.addRoute(HOST, web)).get('BackendTrafficPolicy').spec.retry).toEqual({
      numRetries: 2, retryOn: { triggers: ['connect-failure', 'refused-stream', 'reset-before-request'] },
    });
  });

  test('limits no answer but those of routes that say so', () => {
    const manifests = balanced((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute(HOST, web, { path: '/api', requestTimeout: Duration.seconds(30) });
    });
    expect(manifests.get('BackendTrafficPolicy').spec.timeout.http).toEqual({ requestTimeout: '0s' });
    expect(rule(manifests, 'shop-acme-example').timeouts).toBeUndefined();
    expect(rule(manifests, 'shop-acme-example-api').timeouts).toEqual({ request: '30s' });
  });

  test('refuses TLS below 1.2, and believes proxies in front', () => {
    expect(balanced((edge, web) => edge.addRoute(HOST, web), { trustedProxies: ['10.0.0.0/8'] }).get('ClientTrafficPolicy').spec).toMatchObject({
      clientIPDetection: { xForwardedFor: { trustedCIDRs: ['10.0.0.0/8'] } }, tls: { minVersion: '1.2' },
    });
  });

  test('limits who comes in and how much they send, on one route alone', () => {
    const manifests = balanced((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute('admin.acme.example', web, { access: RouteAccess.sourceRanges(['10.0.0.0/8']), maxRequestBody: Size.mebibytes(5) });
    });
    const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'admin-acme-example' }];
    expect(manifests.get('SecurityPolicy').spec).toEqual({
      authorization: { defaultAction: 'Deny', rules: [{ action: 'Allow', name: 'source-ranges', principal: { clientCIDRs: ['10.0.0.0/8'] } }] }, targetRefs,
    });
    expect(manifests.get('BackendTrafficPolicy', 'admin-acme-example').spec).toEqual({ mergeType: 'StrategicMerge', requestBuffer: { limit: '5Mi' }, targetRefs });
  });

  test('asks a workload of another namespace who may come in', () => {
    const manifests = new Manifests((chart, app) => {
      const [web, gate] = ['web', 'gate'].map((id) => new HAWebService(id === 'web' ? chart : new Chart(app, 'login', { namespace: 'login' }), id, { image: IMAGE, port: 8080 }));
      const access = RouteAccess.allOf([RouteAccess.sourceRanges(['10.0.0.0/8']), RouteAccess.forwardAuth(gate, { copyHeaders: ['X-User'] })]);
      new LoadBalancer(chart, 'edge').addRoute(HOST, web, { access });
    }, {}, { namespace: 'edge' });
    expect(manifests.get('SecurityPolicy').spec).toMatchObject({
      authorization: { rules: [{ principal: { clientCIDRs: ['10.0.0.0/8'] } }] },
      extAuth: { failOpen: false, http: { backendRefs: [{ group: '', kind: 'Service', name: 'gate', namespace: 'login', port: 8080 }], headersToBackend: ['X-User'] } },
    });
    expect(manifests.get('ReferenceGrant').spec).toEqual({
      from: [
        { group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', namespace: 'edge' },
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'edge' },
        { group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: 'edge' },
      ],
      to: [{ group: '', kind: 'Service', name: 'gate' }],
    });
  });

  test('balances the routes of a Gateway that exists already', () => {
    const manifests = balanced((edge, web) => edge.addRoute(HOST, web), {}, { edge: KubernetesEdge.existingGateway({ name: 'shared', className: 'eg' }) });
    expect(manifests.get('BackendTrafficPolicy').spec.targetSelectors).toEqual([
      { group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', matchLabels: { 'app.kubernetes.io/instance': 'edge' } },
      { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', matchLabels: { 'app.kubernetes.io/instance': 'edge' } },
    ]);
  });

  // Of two policies for one route Envoy Gateway takes the older and leaves the other one out.
  test('has one policy for each route of a Gateway that exists already, one that limits bodies too', () => {
    const manifests = balanced((edge, web) => {
      edge.addRoute(HOST, web);
      edge.addRoute(HOST, web, { path: '/up', maxRequestBody: Size.mebibytes(5) });
    }, {}, { edge: KubernetesEdge.existingGateway({ name: 'shared', className: 'eg' }) });
    const marked = ['shop-acme-example', 'shop-acme-example-up'].map((name) => manifests.get('HTTPRoute', name).metadata.labels['cdk8s-ha/traffic-policy']);
    expect(marked).toEqual([undefined, 'own']);
    const { targetSelectors, ...common } = manifests.get('BackendTrafficPolicy', 'edge').spec;
    expect(targetSelectors).toEqual(['GRPCRoute', 'HTTPRoute'].map((kind) => ({
      group: 'gateway.networking.k8s.io',
      kind,
      matchExpressions: [{ key: 'cdk8s-ha/traffic-policy', operator: 'DoesNotExist' }],
      matchLabels: { 'app.kubernetes.io/instance': 'edge' },
    })));
    expect(manifests.get('BackendTrafficPolicy', 'shop-acme-example-up').spec).toEqual({
      ...common, requestBuffer: { limit: '5Mi' }, targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'shop-acme-example-up' }],
    });
  });
});

test('a certificate of one\'s own is a Secret called like its construct', () => {
  const manifests = new Manifests((chart) => {
    const certificates = new CertificateFiles(chart, 'acme-tls', { certificate: new Secret(chart, 'crt'), privateKey: new Secret(chart, 'key') });
    new Secret(chart, 'made', { secretName: 'acme-tls', externalSecret: { storeName: 'vault', remoteKey: 'tls' } });
    new LoadBalancer(chart, 'edge', { certificates }).addRoute(HOST, new HAWebService(chart, 'web', { image: IMAGE, port: 8080 }));
  }, {}, {}, ['Secret/*']);
  expect(listeners(manifests)[1][3]).toBe('acme-tls');
  expect(manifests.objects.filter(({ kind }) => ['Issuer', 'Certificate'].includes(kind))).toEqual([]);
});

describe('a certificate of another namespace', () => {
  const shared = (chart: Chart) => new CertificateFiles(chart, 'wildcard-acme-example-tls', {
    certificate: new Secret(chart, 'crt'), privateKey: new Secret(chart, 'key'), namespace: 'platform',
  });
  const shop = (chart: Chart) =>
    new LoadBalancer(chart, 'edge', { certificates: shared(chart) }).addRoute(HOST, new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }));
  const healthCheck = HealthCheck.http('/healthz');
  const errors = (props: KubernetesTargetProps, namespace?: string) => findings(shop, props, { namespace }).filter((line) => line.startsWith('error'));

  test('is shown by leave of that namespace, where somebody issues it', () => {
    const manifests = new Manifests((chart, app) => {
      shop(chart);
      const platform = new Chart(app, 'platform', { namespace: 'platform' });
      const certificates = new LetsEncrypt(platform, 'le', { email: 'ops@acme.example', dns01: Dns01.cloudflare(new Secret(platform, 'token')) });
      new LoadBalancer(platform, 'edge', { certificates }).addRoute('*.acme.example', new HAWebService(platform, 'home', { image: IMAGE, port: 8080 }));
    }, {}, { namespace: 'shop' });
    const [gateway] = manifests.objects.filter(({ kind, metadata }) => kind === 'Gateway' && metadata.namespace === 'shop');
    expect(gateway.spec.listeners[1].tls.certificateRefs).toEqual([{ group: '', kind: 'Secret', name: 'wildcard-acme-example-tls', namespace: 'platform' }]);
    expect(manifests.get('Certificate')).toMatchObject({ metadata: { namespace: 'platform' }, spec: { secretName: 'wildcard-acme-example-tls' } });
    expect(manifests.get('ReferenceGrant')).toMatchObject({
      metadata: { name: 'wildcard-acme-example-tls-for-shop', namespace: 'platform' },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'shop' }],
        to: [{ group: '', kind: 'Secret', name: 'wildcard-acme-example-tls' }],
      },
    });
  });

  test('is shown by listeners that are added to a Gateway', () => {
    const edge = KubernetesEdge.existingGateway({ name: 'public', namespace: 'gateways', listenerSet: true });
    const manifests = new Manifests((chart) => {
      shop(chart);
      new Secret(chart, 'made', { secretName: 'made', externalSecret: { storeName: 'vault', remoteKey: 'tls' } });
    }, { edge }, { namespace: 'shop' }, ['Gateway/*', 'Secret/*']);
    expect(manifests.get('ReferenceGrant').spec.from).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'ListenerSet', namespace: 'shop' }]);
    expect(manifests.get('ListenerSet').spec.listeners[0].tls.certificateRefs[0].namespace).toBe('platform');
  });

  test('needs none in its own', () => {
    const manifests = new Manifests(shop, {}, { namespace: 'platform' }, ['Secret/*']);
    expect(manifests.objects.filter(({ kind }) => kind === 'ReferenceGrant')).toEqual([]);
    expect(manifests.get('Gateway').spec.listeners[1].tls.certificateRefs).toEqual([{ group: '', kind: 'Secret', name: 'wildcard-acme-example-tls' }]);
  });

  test('needs a namespace that leave can be given to', () => {
    expect(errors({})).toEqual(["error certificate-namespace: 'edge' cannot show the certificate 'wildcard-acme-example-tls' of namespace 'platform' on Kubernetes:"
      + " leave to do so names the namespace of the Gateway, and its chart has none: new Chart(app, 'shop', { namespace: 'shop' }) [shop/edge]"]);
  });

  test.each([
    ['Ingress', KubernetesEdge.ingress({ className: 'traefik' }), 'an Ingress reads Secrets'],
    ['our own proxies', KubernetesEdge.ownProxies(), 'proxies of our own mount Secrets'],
  ])('is an error with %s', (_, edge, who) => {
    expect(errors({ edge }, 'shop')).toEqual(["error certificate-namespace: 'edge' cannot show the certificate 'wildcard-acme-example-tls' of namespace 'platform' on Kubernetes:"
      + ` ${who} of the chart's namespace alone; have the Secret copied there and leave 'namespace' out, or use KubernetesEdge.gateway() [shop/edge]`]);
  });

  test('is no affair of ours where the Gateway is somebody else\'s', () => {
    expect(errors({ edge: KubernetesEdge.existingGateway({ name: 'public', namespace: 'gateways' }) }, 'shop')).toEqual([]);
  });
});
