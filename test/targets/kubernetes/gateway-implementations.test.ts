import { Duration, JsonPatch, Size, type Chart } from 'cdk8s';
import { parse } from 'yaml';
import { findings, Manifests } from './manifests';
import {
  CertificateFiles, Dns01, GatewayImplementation, HAWebService, HealthCheck, KubernetesEdge, KubernetesObjects, LetsEncrypt, LoadBalancer,
  LoadBalancing, Protocol, RouteAccess, Secret, type GatewayOptions, type LoadBalancerProps,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const HOST = 'shop.acme.example';

const declared = (props: LoadBalancerProps) => (chart: Chart) => {
  const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
  const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
  new LoadBalancer(chart, 'edge', { certificates, ...props }).addRoute(HOST, web);
};

const behind = (options: GatewayOptions, props: LoadBalancerProps = {}): Manifests =>
  new Manifests(declared(props), { edge: KubernetesEdge.gateway(options) }, { namespace: 'shop' });
const findingsOf = (options: GatewayOptions, props: LoadBalancerProps = {}): string[] =>
  findings(declared(props), { edge: KubernetesEdge.gateway(options) });

const visitors = (manifests: Manifests) => manifests.get('NetworkPolicy', 'web').spec.ingress[0].from;
const namespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

describe('where the proxies run, so that policies let them in', () => {
  const beside = [{ podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } } }];

  test.each<[string, GatewayOptions, any]>([
    ['Envoy Gateway', {}, [{
      namespaceSelector: namespace('envoy-gateway-system'),
      podSelector: {
        matchLabels: {
          'gateway.envoyproxy.io/owning-gateway-name': 'edge', 'gateway.envoyproxy.io/owning-gateway-namespace': 'shop',
        },
      },
    }]],
    ['Istio', { implementation: GatewayImplementation.istio() }, beside],
    ['NGINX Gateway Fabric', { implementation: GatewayImplementation.nginxGatewayFabric() }, beside],
    ['Traefik', { implementation: GatewayImplementation.traefik() }, [{ namespaceSelector: namespace('traefik'), podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } } }]],
    ['any other one', { className: 'acme' }, beside],
    ['as it is told', { proxyNamespace: 'proxies', proxyLabels: { app: 'envoy' } }, [{ namespaceSelector: namespace('proxies'), podSelector: { matchLabels: { app: 'envoy' } } }]],
    ['a cloud\'s balancer', { className: 'acme', proxyRanges: ['10.7.0.0/24'] }, [{ ipBlock: { cidr: '10.7.0.0/24' } }]],
  ])('%s', (_, options, peers) => {
    expect(visitors(behind(options))).toEqual(peers);
  });

  test('Cilium, by a policy of its own', () => {
    expect(behind({ className: 'cilium' }).get('CiliumNetworkPolicy', 'edge-to-web').spec).toMatchObject({ ingress: [{ fromEntities: ['ingress'] }] });
  });

  test('a class of another name', () => {
    const manifests = behind({ className: 'internal', implementation: GatewayImplementation.envoyGateway() });
    expect(manifests.get('Gateway').spec.gatewayClassName).toBe('internal');
    expect(manifests.get('EnvoyProxy').spec.provider.kubernetes.envoyDeployment.replicas).toBe(2);
  });
});

describe('the way to the pod that answers an authority', () => {
  const SOLVERS = {
    matchExpressions: [{ key: 'acme.cert-manager.io/http-domain', operator: 'In', values: ['988808857'] }],
    matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' },
  };
  const out = (manifests: Manifests) => manifests.get('NetworkPolicy', 'edge').spec.egress.filter(({ ports }: any) => ports.some(({ port }: any) => port === 8089));

  test.each(['istio', 'nginx'])('is open at both ends where the proxies have a policy of ours: %s', (className) => {
    const manifests = behind({ className });
    expect(out(manifests)).toEqual([{ ports: [{ port: 8089, protocol: 'TCP' }], to: [{ podSelector: SOLVERS }] }]);
    const { podSelector, ingress } = manifests.get('NetworkPolicy', 'letsencrypt-http01-solver').spec;
    expect(podSelector).toEqual(SOLVERS);
    expect(ingress).toEqual([{
      from: [{ podSelector: manifests.get('NetworkPolicy', 'edge').spec.podSelector }], ports: [{ port: 8089, protocol: 'TCP' }],
    }]);
  });

  test('is closed where nobody asks over HTTP', () => {
    const dns01 = (chart: Chart) => new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example', dns01: Dns01.cloudflare(new Secret(chart, 'token')) });
    const manifests = new Manifests((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
      new LoadBalancer(chart, 'edge', { certificates: dns01(chart) }).addRoute(HOST, web);
    }, { edge: KubernetesEdge.gateway({ className: 'istio' }) }, { namespace: 'shop' });
    expect(out(manifests)).toEqual([]);
  });
});

describe('the proxies of a Gateway, like copies of a workload,', () => {
  const pods: [string, () => any][] = [
    ['Envoy Gateway', () => behind({}).get('EnvoyProxy').spec.provider.kubernetes.envoyDeployment.pod],
    ['Istio', () => parse(behind({ className: 'istio' }).get('ConfigMap', 'edge-options').data.deployment).spec.template.spec],
    ['NGINX Gateway Fabric', () => behind({ className: 'nginx' }).get('NginxProxy').spec.kubernetes.deployment.pod],
  ];

  test.each(pods)('are apart by nodes and zones, an update too: %s', (_, pod) => {
    expect(pod().topologySpreadConstraints).toMatchObject([
      { matchLabelKeys: ['pod-template-hash'], topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
      { matchLabelKeys: ['pod-template-hash'], topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
  });

  test.each(pods)('leave a lost node after 30 s: %s', (_, pod) => {
    expect(pod().tolerations.map(({ key, tolerationSeconds }: any) => `${key} ${tolerationSeconds}`))
      .toEqual(['node.kubernetes.io/not-ready 30', 'node.kubernetes.io/unreachable 30']);
  });

  test('wait two seconds for a copy whose node is gone: Envoy Gateway, Istio', () => {
    expect(behind({}).get('BackendTrafficPolicy').spec.timeout.tcp).toEqual({ connectTimeout: '2s' });
    expect(behind({ className: 'istio' }).get('DestinationRule').spec.trafficPolicy.connectionPool).toEqual({ tcp: { connectTimeout: '2s' } });
  });

  // Envoy Gateway tells Envoy four fifths of the limit. Without one, bodies that are held in memory could take all that a node has.
  describe('refuse requests before they run out of memory', () => {
    const resources = (options: GatewayOptions) => behind(options).get('EnvoyProxy').spec.provider.kubernetes.envoyDeployment.container.resources;

    test('Envoy Gateway: by a limit', () => {
      expect(resources({})).toEqual({ limits: { memory: '1Gi' }, requests: { cpu: '100m', memory: '512Mi' } });
    });

    test('Envoy Gateway: by another one, below which nothing more is set aside', () => {
      expect(resources({ proxyMemoryLimit: Size.gibibytes(3) })).toEqual({ limits: { memory: '3Gi' }, requests: { cpu: '100m', memory: '512Mi' } });
      expect(resources({ proxyMemoryLimit: Size.mebibytes(256) })).toEqual({ limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '256Mi' } });
    });

    test('others have it in their installation: a finding', () => {
      const found = (className: string) => findingsOf({ className, proxyMemoryLimit: Size.gibibytes(3) }).filter((line) => line.includes('proxy-memory-limit'));
      expect(found('eg')).toEqual([]);
      expect(found('istio')).toEqual(["warning proxy-memory-limit: the proxies of 'edge' are not kept to 3072 MiB with GatewayClass 'istio', which is told nothing about it:"
        + ' leave proxyMemoryLimit out, and set it in the installation of its proxies [shop/edge]']);
    });
  });

  // The Service of these proxies is `externalTrafficPolicy: Local`: the cluster's load balancer sends to a node until it has asked it in vain.
  describe('go on for as long as the cluster\'s load balancer may still send to them', () => {
    const shutdown = (options: GatewayOptions) => behind(options, { drainTimeout: Duration.seconds(20) }).get('EnvoyProxy').spec.shutdown;

    test('Envoy Gateway, which has a field for it since 1.9: where that is said', () => {
      expect(shutdown({})).toEqual({ drainTimeout: '20s', minDrainDuration: '10s' });
      expect(shutdown({ proxyDeregistration: Duration.seconds(40) })).toEqual({ drainTimeout: '60s', healthCheckFailureDelay: '40s', minDrainDuration: '40s' });
    });

    test('NGINX Gateway Fabric: 30 s unless told otherwise, and the time to drain after them', () => {
      const pod = (options: GatewayOptions) => {
        const { container, pod: { terminationGracePeriodSeconds } } = behind({ className: 'nginx', ...options }, { drainTimeout: Duration.seconds(20) })
          .get('NginxProxy').spec.kubernetes.deployment;
        return [container.lifecycle.preStop.sleep.seconds, terminationGracePeriodSeconds];
      };
      expect([pod({}), pod({ proxyDeregistration: Duration.seconds(40) })]).toEqual([[30, 55], [40, 65]]);
    });

    test('others have no field for it: a finding', () => {
      const found = (className: string) => findingsOf({ className, proxyDeregistration: Duration.seconds(40) }).filter((line) => line.includes('proxy-deregistration'));
      expect([found('eg'), found('nginx')]).toEqual([[], []]);
      expect(found('istio')).toEqual(["warning proxy-deregistration: the proxies of 'edge' are not told to go on for 40 s with GatewayClass 'istio', which has no field for it: leave"
        + ' proxyDeregistration out, and set it in the installation of its proxies where the cluster\'s load balancer takes so long to forget one [shop/edge]']);
    });
  });

  describe('leave a copy alone that cannot be reached: after two failures in a row, for 2 s and longer each time, never more than half', () => {
    const common = { baseEjectionTime: '2s', consecutiveGatewayErrors: 0, consecutiveLocalOriginFailures: 2, interval: '1s', maxEjectionPercent: 50, splitExternalLocalOriginErrors: true };

    test('Envoy Gateway, which sends to all copies where less than half are left', () => {
      expect(behind({}).get('BackendTrafficPolicy').spec.healthCheck).toEqual({ passive: { ...common, consecutive5XxErrors: 0 } });
    });

    test('Istio, which is told that, and not to prefer copies of its own zone for it', () => {
      expect(behind({ className: 'istio' }).get('DestinationRule').spec.trafficPolicy).toMatchObject({
        loadBalancer: { localityLbSetting: { enabled: false } }, outlierDetection: { ...common, consecutive5xxErrors: 0, minHealthPercent: 50 },
      });
    });

    test('routes of a Gateway that exists already', () => {
      const manifests = new Manifests(declared({}), { edge: KubernetesEdge.existingGateway({ name: 'public', className: 'eg' }) }, { namespace: 'shop' }, ['Gateway/public']);
      expect(manifests.get('BackendTrafficPolicy').spec).toMatchObject({ healthCheck: { passive: common }, targetSelectors: [{ kind: 'GRPCRoute' }, { kind: 'HTTPRoute' }] });
    });
  });

  test('count for themselves where a Gateway of another namespace has the same name', () => {
    const keysOf = (inNamespace?: string) => new Manifests(declared({}), {}, { namespace: inNamespace })
      .get('EnvoyProxy').spec.provider.kubernetes.envoyDeployment.pod.topologySpreadConstraints
      .map(({ labelSelector, matchLabelKeys }: any) => [...Object.keys(labelSelector.matchLabels), ...matchLabelKeys].sort().join(', '));
    const both = 'gateway.envoyproxy.io/owning-gateway-name, gateway.envoyproxy.io/owning-gateway-namespace, pod-template-hash';
    expect([...keysOf('shop'), ...keysOf()]).toEqual([both, both, both, both]);
  });
});

describe('Istio', () => {
  const manifests = behind({ className: 'istio', proxies: 3 }, { drainTimeout: Duration.seconds(40) });

  test('runs as many proxies as said, on different nodes', () => {
    const { data } = manifests.get('ConfigMap', 'edge-options');
    expect(manifests.get('Gateway').spec.infrastructure).toEqual({ parametersRef: { group: '', kind: 'ConfigMap', name: 'edge-options' } });
    expect(parse(data.deployment).spec).toMatchObject({
      replicas: 3,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { spec: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } }, terminationGracePeriodSeconds: 50 } },
    });
    expect(parse(data.podDisruptionBudget)).toEqual({ spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } });
  });

  test('has a policy for the proxies, which are among our workloads', () => {
    const { ingress, egress, podSelector } = manifests.get('NetworkPolicy', 'edge').spec;
    expect(podSelector).toEqual({ matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } });
    expect(ingress).toEqual([{ ports: [80, 443, 15021].map((port) => ({ port, protocol: 'TCP' })) }]);
    expect(egress.slice(2)).toEqual([
      { ports: [{ port: 15012, protocol: 'TCP' }], to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'istiod' } } }] },
      expect.objectContaining({ ports: [{ port: 8089, protocol: 'TCP' }] }),
      { ports: [8080, 15008].map((port) => ({ port, protocol: 'TCP' })), to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'web' } } }] },
    ]);
  });

  test.each<[string, LoadBalancing | undefined, any]>([
    ['least connections, the default', undefined, { simple: 'LEAST_REQUEST' }],
    ['round robin', LoadBalancing.roundRobin(), { simple: 'ROUND_ROBIN' }],
    ['random', LoadBalancing.random(), { simple: 'RANDOM' }],
    ['hash of the address', LoadBalancing.hashClientAddress(), { consistentHash: { useSourceIp: true } }],
    ['hash of a header', LoadBalancing.hashHeader('x-tenant'), { consistentHash: { httpHeaderName: 'x-tenant' } }],
    ['hash of a cookie', LoadBalancing.hashCookie('session'), { consistentHash: { httpCookie: { name: 'session', ttl: '0s' } } }],
    ['hash of the path, which it has not', LoadBalancing.hashUri(), { simple: 'LEAST_REQUEST' }],
    ['sticky', LoadBalancing.sticky('lb'), { consistentHash: { httpCookie: { name: 'lb', ttl: '86400s' } } }],
  ])('balances by %s', (_, algorithm, expected) => {
    expect(behind({ className: 'istio' }, { algorithm }).get('DestinationRule').spec)
      .toMatchObject({ exportTo: ['.'], host: 'web.shop.svc.cluster.local', trafficPolicy: { loadBalancer: expected } });
  });
});

test('Istio\'s proxies of a Gateway elsewhere are told how to pick a copy there', () => {
  const exportTo = (inNamespace?: string) => new Manifests(declared({}), {
    edge: KubernetesEdge.existingGateway({ name: 'public', namespace: inNamespace, className: 'istio' }),
  }, { namespace: 'shop' }, ['Gateway/public']).get('DestinationRule').spec.exportTo;
  expect([exportTo(), exportTo('shop'), exportTo('infra')]).toEqual([['.'], ['.'], ['infra']]);
});

describe('NGINX Gateway Fabric', () => {
  test('runs as many proxies as said, on different nodes, which go one at a time', () => {
    const manifests = behind({ className: 'nginx' }, { trustedProxies: ['10.0.0.0/8'] });
    expect(manifests.get('Gateway').spec.infrastructure).toEqual({ parametersRef: { group: 'gateway.nginx.org', kind: 'NginxProxy', name: 'edge' } });
    expect(manifests.get('NginxProxy').spec).toMatchObject({
      // It stops listening when it is told to stop, so that it is told after visitors are sent to others; then it has 30 s to drain.
      kubernetes: {
        deployment: { container: { lifecycle: { preStop: { sleep: { seconds: 30 } } } }, pod: { terminationGracePeriodSeconds: 65 }, replicas: 2 },
      },
      rewriteClientIP: { mode: 'XForwardedFor', setIPRecursively: true, trustedAddresses: [{ type: 'CIDR', value: '10.0.0.0/8' }] },
    });
    expect(manifests.get('PodDisruptionBudget', 'edge').spec.selector).toEqual({ matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } });
    expect(manifests.get('NetworkPolicy', 'edge').spec.ingress).toEqual([{ ports: [80, 443].map((port) => ({ port, protocol: 'TCP' })) }]);
  });

  test.each<[string, LoadBalancing | undefined, any]>([
    ['least connections, the default', undefined, { loadBalancingMethod: 'least_conn' }],
    ['round robin', LoadBalancing.roundRobin(), { loadBalancingMethod: 'round_robin' }],
    ['random', LoadBalancing.random(), { loadBalancingMethod: 'random' }],
    ['power of two choices', LoadBalancing.powerOfTwoChoices(), { loadBalancingMethod: 'random two least_conn' }],
    ['hash of the address', LoadBalancing.hashClientAddress(), { hashMethodKey: '$remote_addr', loadBalancingMethod: 'hash consistent' }],
    ['hash of the path', LoadBalancing.hashUri(), { hashMethodKey: '$request_uri', loadBalancingMethod: 'hash consistent' }],
    ['hash of a header', LoadBalancing.hashHeader('X-Tenant'), { hashMethodKey: '$http_x_tenant', loadBalancingMethod: 'hash consistent' }],
    ['hash of a cookie', LoadBalancing.hashCookie('session'), { hashMethodKey: '$cookie_session', loadBalancingMethod: 'hash consistent' }],
    ['hash of a cookie whose name it has no word for', LoadBalancing.hashCookie('S1'), { loadBalancingMethod: 'least_conn' }],
    ['sticky, which it has not', LoadBalancing.sticky('lb'), { loadBalancingMethod: 'least_conn' }],
  ])('balances by %s', (_, algorithm, expected) => {
    expect(behind({ className: 'nginx' }, { algorithm }).get('UpstreamSettingsPolicy').spec).toEqual({ ...expected, targetRefs: [{ group: 'core', kind: 'Service', name: 'web' }] });
  });
});

describe('a request that takes longer than its route allows', () => {
  const limited = (requestTimeout: Duration) => (chart: Chart) =>
    new LoadBalancer(chart, 'edge').addRoute(HOST, new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') }), { requestTimeout });
  const rendered = (options: GatewayOptions, seconds = 30) => new Manifests(limited(Duration.seconds(seconds)), { edge: KubernetesEdge.gateway(options) }, { namespace: 'shop' });
  const timeouts = (options: GatewayOptions) => rendered(options).get('HTTPRoute').spec.rules[0].timeouts;
  const found = (options: GatewayOptions) => findings(limited(Duration.seconds(30)), { edge: KubernetesEdge.gateway(options) }).filter((one) => one.includes('request-timeout'));

  test.each(['eg', 'istio', 'cilium'])('is ended by what knows the timeouts of an HTTPRoute: %s', (className) => {
    expect([timeouts({ className }), found({ className })]).toEqual([{ request: '30s' }, []]);
  });

  test.each([[99_999, '99999s'], [108_000, '30h'], [100_061, '27h47m41s']])('is told to it in five digits: %d s are %s', (seconds, written) => {
    expect(rendered({}, seconds).get('HTTPRoute').spec.rules[0].timeouts).toEqual({ request: written });
  });

  test('is ended where it pauses, by the policy of the NGINX fabric, and that is said', () => {
    expect(timeouts({ className: 'nginx' })).toBeUndefined();
    expect(rendered({ className: 'nginx' }).get('ProxySettingsPolicy').spec)
      .toEqual({ targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'shop-acme-example' }], timeout: { read: '30s' } });
    expect(found({ className: 'nginx' })).toEqual(["warning request-timeout: 'edge' ends an answer of 'shop.acme.example/' that pauses for 30 s with GatewayClass 'nginx', not one that takes so"
      + ' long in all, which nginx cannot limit: let the application do that; where kubectl knows no ProxySettingsPolicy with a timeout, install a newer NGINX Gateway Fabric [shop/edge]']);
  });

  test.each([[9999, '9999s'], [10800, '180m'], [10801, '181m'], [1_000_000, '278h']])('is told to the fabric in four digits: %d s are %s', (seconds, read) => {
    expect(rendered({ className: 'nginx' }, seconds).get('ProxySettingsPolicy').spec.timeout).toEqual({ read });
  });

  test('is not ended by Traefik, which is said', () => {
    expect(timeouts({ className: 'traefik' })).toBeUndefined();
    expect(found({ className: 'traefik' })).toEqual(["warning request-timeout: 'edge' does not end requests of 'shop.acme.example/' after 30 s with GatewayClass 'traefik', whose implementation"
      + ' does not know the timeouts of an HTTPRoute: end them in the application, or use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]']);
  });

  test('is ended by any other one if it knows how, which is said', () => {
    expect(timeouts({ className: 'acme' })).toEqual({ request: '30s' });
    expect(found({ className: 'acme' })).toEqual(["warning request-timeout: 'edge' ends requests of 'shop.acme.example/' after 30 s only if the implementation of GatewayClass 'acme' knows the"
      + ' timeouts of an HTTPRoute: look for HTTPRouteRequestTimeout in its conformance report, or use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]']);
  });
});

describe('a host whose routes all lead to gRPC', () => {
  type Declare = (edge: LoadBalancer, prices: HAWebService, chart: Chart) => void;
  const balanced = (declare: Declare, options: GatewayOptions = {}) => new Manifests((chart) => {
    const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC });
    declare(new LoadBalancer(chart, 'edge'), prices, chart);
  }, { edge: KubernetesEdge.gateway(options) });
  const kinds = ({ objects }: Manifests) => objects.filter(({ kind }) => kind.endsWith('Route')).map(({ kind, metadata: { name } }) => `${kind}/${name}`);

  test('has GRPCRoutes, of a service or a method where a path says so', () => {
    const manifests = balanced((edge, prices) => {
      edge.addRoute(HOST, prices);
      edge.addRoute(HOST, prices, { path: '/acme.Prices', match: { headers: { 'x-tenant': 'red' } } });
      edge.addRoute(HOST, prices, { path: '/acme.Prices/Get' });
    });
    expect(kinds(manifests)).toEqual(['GRPCRoute/shop-acme-example', 'GRPCRoute/shop-acme-example-acme-prices-get', expect.stringMatching(/^GRPCRoute\/shop-acme-example-acme-prices/)]);
    const matches = manifests.objects.filter(({ kind }) => kind === 'GRPCRoute').map(({ spec }) => spec.rules[0].matches);
    expect(matches).toEqual([
      undefined,
      [{ method: { method: 'Get', service: 'acme.Prices', type: 'Exact' } }],
      [{ headers: [{ name: 'x-tenant', type: 'Exact', value: 'red' }], method: { service: 'acme.Prices', type: 'Exact' } }],
    ]);
  });

  test('has HTTPRoutes where one leads elsewhere: a listener takes a host from one kind alone', () => {
    expect(kinds(balanced((edge, prices, chart) => {
      edge.addRoute(HOST, prices);
      edge.addRoute(HOST, new HAWebService(chart, 'web', { image: IMAGE, port: 8080 }), { path: '/web' });
    }))).toEqual(['HTTPRoute/shop-acme-example', 'HTTPRoute/shop-acme-example-web']);
  });

  test('has HTTPRoutes where a GRPCRoute has no field for it', () => {
    expect(kinds(balanced((edge, prices) => edge.addRoute(HOST, prices, { requestTimeout: Duration.seconds(5) })))).toEqual(['HTTPRoute/shop-acme-example']);
    expect(kinds(balanced((edge, prices) => edge.addRoute(HOST, prices, { path: '/a/b/c' })))).toEqual([expect.stringMatching(/^HTTPRoute/)]);
  });

  test('has HTTPRoutes with Traefik, which serves no GRPCRoute that sets a header of answers', () => {
    expect(kinds(balanced((edge, prices) => edge.addRoute(HOST, prices), { className: 'traefik' }))).toEqual(['HTTPRoute/shop-acme-example']);
  });

  test('keeps an HTTPRoute that was changed by hand', () => {
    const manifests = balanced((edge, prices) => {
      edge.addRoute(HOST, prices);
      KubernetesObjects.of(edge).httpRoute().addJsonPatch(JsonPatch.add('/metadata/annotations', { reviewed: 'yes' }));
    });
    expect(kinds(manifests)).toEqual(['HTTPRoute/shop-acme-example']);
  });

  test('is limited by policies of its own kind', () => {
    const manifests = balanced((edge, prices) => edge.addRoute(HOST, prices, { access: RouteAccess.sourceRanges(['10.0.0.0/8']) }));
    expect(manifests.get('SecurityPolicy').spec.targetRefs).toEqual([{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', name: 'shop-acme-example' }]);
  });
});

describe('hosts whose certificates are good for each other', () => {
  type Hosts = (chart: Chart, edge: LoadBalancer, web: HAWebService, prices: HAWebService) => void;
  const define = (declare: Hosts) => (chart: Chart) => {
    const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
    const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc() });
    declare(chart, new LoadBalancer(chart, 'edge'), web, prices);
  };
  const oneFile: Hosts = (chart, edge, web, prices) => {
    const certificates = new CertificateFiles(chart, 'files', { certificate: new Secret(chart, 'crt'), privateKey: new Secret(chart, 'key') });
    edge.addRoute('www.acme.example', web, { certificates });
    edge.addRoute('prices.acme.example', prices, { certificates });
  };
  const wildcard: Hosts = (chart, edge, web, prices) => {
    const dns01 = Dns01.cloudflare(new Secret(chart, 'cloudflare'));
    const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example', dns01 });
    edge.addRoute('*.acme.example', web, { certificates });
    edge.addRoute('prices.acme.example', prices, { certificates });
  };
  const apart: Hosts = (chart, edge, web, prices) => {
    const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example', dns01: Dns01.cloudflare(new Secret(chart, 'cloudflare')) });
    edge.addRoute('*.acme.example', web, { certificates });
    edge.addRoute('prices.eu.acme.example', prices, { certificates });
    edge.addRoute('acme.example', web, { certificates });
  };
  const behindClass = (className: string, hosts: Hosts) => new Manifests(define(hosts), { edge: KubernetesEdge.gateway({ className }) });
  const said = (edge: KubernetesEdge, hosts: Hosts) => findings(define(hosts), { edge }).filter((one) => one.includes('shared-certificate'));

  test.each<[string, Hosts]>([['one file', oneFile], ['a wildcard', wildcard]])('have HTTP/2 for gRPC with Envoy Gateway, which would leave it out: %s', (_, hosts) => {
    const policies = behindClass('eg', hosts).objects.filter(({ kind }) => kind === 'ClientTrafficPolicy');
    expect(policies.map(({ metadata: { name }, spec }) => [name, spec.targetRefs[0].sectionName, spec.tls])).toEqual([
      ['edge', undefined, { minVersion: '1.2' }],
      ['prices-acme-example-visitors', 'https-prices-acme-example', { alpnProtocols: ['h2', 'http/1.1'], minVersion: '1.2' }],
    ]);
    expect(said(KubernetesEdge.gateway(), hosts)).toEqual([]);
  });

  test('are no others: a wildcard is good for one label more', () => {
    expect(behindClass('eg', apart).objects.filter(({ kind }) => kind === 'ClientTrafficPolicy')).toHaveLength(1);
    expect(said(KubernetesEdge.gateway({ className: 'istio' }), apart)).toEqual([]);
  });

  test('may get each other\'s requests, which others than Envoy Gateway answer with 404: a finding', () => {
    expect(said(KubernetesEdge.gateway({ className: 'istio' }), wildcard)).toEqual([
      "warning shared-certificate: 'edge' serves '*.acme.example', 'prices.acme.example' with certificates that are good for another of them too, so that browsers use one connection"
      + " over HTTP/2 for both, and GatewayClass 'istio' may know there the routes of one alone: visitors of the other get 404; give each a certificate that is good for it"
      + ' alone, a wildcard a load balancer of its own, or use Envoy Gateway (KubernetesEdge.gateway()) [shop/edge]',
    ]);
    expect(said(KubernetesEdge.gateway({ className: 'acme' }), oneFile)).toHaveLength(1);
    for (const className of ['nginx', 'cilium', 'traefik']) expect(said(KubernetesEdge.gateway({ className }), oneFile)).toEqual([]);
  });

  test('have no HTTP/2 for gRPC with an Envoy Gateway of somebody else: a finding', () => {
    const edge = KubernetesEdge.existingGateway({ name: 'public', className: 'eg', listenerSet: true });
    expect(said(edge, oneFile)).toEqual([
      "warning shared-certificate: calls over gRPC to 'prices.acme.example' may fail on Kubernetes: its certificate and that of another host of 'edge' are good for each other, where Envoy Gateway"
      + ' offers HTTP/1.1 alone; give the host a certificate that is good for it alone, or have a ClientTrafficPolicy of its Gateway say alpnProtocols: [h2, http/1.1] [shop/edge]',
    ]);
    expect(said(KubernetesEdge.existingGateway({ name: 'public', className: 'eg' }), oneFile)).toEqual([]);
  });
});

describe('what an implementation is not told is said', () => {
  test('of whom visitors\' addresses are believed', () => {
    expect(findingsOf({ className: 'istio' }, { trustedProxies: ['10.0.0.0/8'] })).toEqual(["warning trusted-proxies: 'edge' does not tell its proxies to believe 10.0.0.0/8 with"
      + " GatewayClass 'istio', which has no field for it: visitors have the address of the proxy in front, unless the software is told by its owner [shop/edge]"]);
    expect(findingsOf({ className: 'nginx' }, { trustedProxies: ['10.0.0.0/8'] })).toEqual([]);
  });

  test('which requests are repeated', () => {
    expect(findingsOf({}, { retryIdempotent: true })).toEqual([expect.stringContaining("warning retry-idempotent: 'edge' does not repeat PUT and DELETE on Kubernetes")]);
  });

  test('that Cilium speaks HTTP/2, without which there is no gRPC', () => {
    const grpc = (className: string) => findings((chart) => {
      const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
      const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc() });
      new LoadBalancer(chart, 'edge', { certificates }).addRoute(HOST, prices);
    }, { edge: KubernetesEdge.gateway({ className }) });
    expect(grpc('cilium')).toEqual(["warning cilium-grpc: 'edge' leads 'shop.acme.example/' to a port that speaks gRPC, which goes over HTTP/2, and Cilium speaks that only where it is told to:"
      + ' install it with gatewayAPI.enableAlpn: true, or else calls fail [shop/edge]']);
    expect(grpc('istio')).toEqual([]);
    expect(findingsOf({ className: 'cilium' })).toEqual([]);
  });

  test('the ports of Traefik\'s entry points', () => {
    expect(findingsOf({ className: 'traefik' })).toEqual([expect.stringContaining("warning traefik-entry-points: the listeners of 'edge' have ports 80 and 443, which Traefik takes only")]);
  });
});
