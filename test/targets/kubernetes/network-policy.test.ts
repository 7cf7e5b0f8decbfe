import { ApiObject, Chart } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { stringify } from 'yaml';
import { findings, Manifests } from './manifests';
import {
  Egress, ExternalService, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, KubernetesTarget, LoadBalancer, LoadBalancerBackend,
  NetworkPlugin, Port, Protocol, ScheduledJob, StatefulService, Worker, type ILoadBalancerBackend, type MonitoringOptions,
} from '../../../src';
import { kubernetesConnections } from '../../support/reachability';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
const instance = (name: string) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/instance': name } } });
const member = (network: string) => ({ podSelector: { matchLabels: { [`cdk8s-ha/network-${network}`]: 'shop' } } });
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });

/** Rules in, and rules out without those for DNS. */
function rules(manifests: Manifests, name: string): { ingress: any[]; egress: any[] } {
  const { ingress = [], egress, podSelector, policyTypes } = manifests.get('NetworkPolicy', name).spec;
  expect(podSelector.matchLabels).toEqual({ 'app.kubernetes.io/instance': name });
  expect(policyTypes).toEqual(['Egress', 'Ingress']);
  return { ingress, egress: egress.filter(({ ports }: any) => ![53, 5353].includes(ports?.[0].port)) };
}

test('a workload that nobody was told about talks to name servers alone', () => {
  const manifests = new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080 }));
  expect(rules(manifests, 'web')).toEqual({ ingress: [], egress: [] });
  expect(manifests.get('NetworkPolicy').spec.egress).toEqual([
    {
      ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }],
      // CoreDNS, the node's cache as a pod (Cilium, GKE Dataplane V2), and the node's cache.
      to: [
        { ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
        { ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'node-local-dns' } } },
        { ipBlock: { cidr: '169.254.20.10/32' } },
      ],
    },
    { ports: [{ port: 5353, protocol: 'UDP' }, { port: 5353, protocol: 'TCP' }], to: [inNamespace('openshift-dns')] },
  ]);
});

describe('name servers that the target names', () => {
  const nameServers = ['10.96.0.10/32', '169.254.10.11/32'];
  const worker = (chart: Chart) => new Worker(chart, 'w', { image: IMAGE, egress: [Egress.toHosts(['api.stripe.com'])] });

  test('may be asked beside the usual ones', () => {
    const [{ ports, to }, ...others] = new Manifests(worker, { nameServers }).get('NetworkPolicy').spec.egress;
    const [usual, ...rest] = new Manifests(worker).get('NetworkPolicy').spec.egress;
    expect(ports).toEqual(usual.ports);
    expect(to).toEqual([...usual.to, ...nameServers.map((cidr) => ({ ipBlock: { cidr } }))]);
    expect(others).toEqual(rest);
  });

  test('teach Cilium the addresses of names too', () => {
    const [, second] = new Manifests(worker, { nameServers, networkPlugin: NetworkPlugin.cilium() }).get('CiliumNetworkPolicy').spec.egress;
    expect(second).toEqual({ toCIDR: nameServers, toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }] });
  });

  test('are ranges', () => {
    expect(() => new KubernetesTarget({ nameServers: ['10.96.0.10'] })).toThrow(new Error(
      "KubernetesTarget cannot let pods ask the name server '10.96.0.10': give nameServers as address ranges, such as '10.96.0.10/32'"));
  });
});

describe('monitoring', () => {
  const prometheus = { ...inNamespace('monitoring'), podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } };
  const ports = ({ spec }: any) => spec.template.spec.containers[0].ports?.map(({ name, containerPort }: any) => `${name}:${containerPort}`);

  test('of another namespace may ask the metrics port of each workload that has one, and nothing else', () => {
    const manifests = new Manifests((chart) => {
      new HAWebService(chart, 'web', { image: IMAGE, port: 8080, metricsPort: 8080 });
      new StatefulService(chart, 'db', { image: IMAGE, port: 5432, metricsPort: 9187 });
      new Worker(chart, 'mailer', { image: IMAGE, metricsPort: 9090 });
      new Worker(chart, 'silent', { image: IMAGE });
    });
    expect(rules(manifests, 'web').ingress).toEqual([{ from: [prometheus], ports: tcp(8080) }]);
    expect(rules(manifests, 'db').ingress).toEqual([{ from: [prometheus], ports: tcp(9187) }]);
    expect(rules(manifests, 'mailer').ingress).toEqual([{ from: [prometheus], ports: tcp(9090) }]);
    expect(rules(manifests, 'silent').ingress).toEqual([]);
    // For who finds it by name; the Service does not have it, for nobody else is to ask.
    expect(ports(manifests.get('Deployment', 'web'))).toEqual(['http:8080']);
    expect(ports(manifests.get('StatefulSet', 'db'))).toEqual(['tcp:5432', 'metrics:9187']);
    expect(ports(manifests.get('Deployment', 'mailer'))).toEqual(['metrics:9090']);
    expect(manifests.get('Service', 'db').spec.ports.map(({ port }: any) => port)).toEqual([5432]);
  });

  test('is found where the target says', () => {
    const worker = (chart: Chart) => new Worker(chart, 'w', { image: IMAGE, metricsPort: 9090 });
    const from = (monitoring: MonitoringOptions, namespace?: string) =>
      new Manifests(worker, { monitoring }, { namespace }).get('NetworkPolicy').spec.ingress.map((rule: any) => rule.from);
    expect(from({ namespace: 'openshift-user-workload-monitoring' })).toEqual([[{ ...prometheus, ...inNamespace('openshift-user-workload-monitoring') }]]);
    expect(from({ namespace: 'observability', labels: { app: 'vmagent' } })).toEqual([[{ ...inNamespace('observability'), podSelector: { matchLabels: { app: 'vmagent' } } }]]);
    expect(from({ namespace: 'observability', labels: {} })).toEqual([[{ ...inNamespace('observability'), podSelector: { matchLabels: {} } }]]);
    expect(from({}, 'monitoring')).toEqual([[{ podSelector: prometheus.podSelector }]]);
    expect(() => new KubernetesTarget({ monitoring: { namespace: 'Prod_1' } })).toThrow(new Error("KubernetesTarget cannot find monitoring in the namespace 'Prod_1':"
      + " use at most 63 lower-case letters, digits and '-', with a letter or digit first and last"));
  });

  describe('of the proxies of a load balancer', () => {
    const define = (backend: ILoadBalancerBackend) => (chart: Chart) =>
      new LoadBalancer(chart, 'edge', { backend }).addRoute('a.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.tcp() }));
    const opened = (monitoring: MonitoringOptions | undefined, edge: KubernetesEdge, backend: ILoadBalancerBackend = LoadBalancerBackend.caddy()) =>
      new Manifests(define(backend), { edge, monitoring }, { namespace: 'shop' }).get('NetworkPolicy', 'edge').spec.ingress.filter(({ from }: any) => from !== undefined);

    test.each<[string, KubernetesEdge, ILoadBalancerBackend, number]>([
      ['Caddy', KubernetesEdge.ownProxies(), LoadBalancerBackend.caddy(), 8080],
      ['HAProxy', KubernetesEdge.ownProxies(), LoadBalancerBackend.haproxy(), 8405],
      ['Traefik', KubernetesEdge.ownProxies(), LoadBalancerBackend.traefik(), 8080],
      ['Istio', KubernetesEdge.gateway({ className: 'istio' }), LoadBalancerBackend.caddy(), 15020],
      ['NGINX Gateway Fabric', KubernetesEdge.gateway({ className: 'nginx' }), LoadBalancerBackend.caddy(), 9113],
    ])('asks %s where the target names it', (_, edge, backend, port) => {
      expect(opened({}, edge, backend)).toEqual([{ from: [prometheus], ports: tcp(port) }]);
      expect(opened(undefined, edge, backend)).toEqual([]);
    });

    test('asks HAProxy at the address of its pod, and else nobody can', () => {
      const edge = KubernetesEdge.ownProxies();
      const bind = (monitoring?: MonitoringOptions) => Object.values<string>(new Manifests(define(LoadBalancerBackend.haproxy()), { edge, monitoring }, { namespace: 'shop' })
        .get('ConfigMap').data).join().match(/bind (.*):8405/)?.[1];
      expect([bind({}), bind()]).toEqual(['0.0.0.0', '127.0.0.1']);
    });

    test('cannot ask nginx, which counts for itself alone: a finding', () => {
      expect(opened({}, KubernetesEdge.ownProxies(), LoadBalancerBackend.nginx())).toEqual([]);
      const said = (monitoring?: MonitoringOptions) => findings(define(LoadBalancerBackend.nginx()), { edge: KubernetesEdge.ownProxies(), monitoring }, { namespace: 'shop' })
        .filter((line) => line.includes('metrics'));
      expect(said({})).toEqual(["warning no-metrics: 'edge' tells no metrics on Kubernetes, as its back end nginx has none that are asked for over the network:"
        + ' take LoadBalancerBackend.caddy(), which has [shop/edge]']);
      expect(said()).toEqual([]);
    });
  });
});

describe('a network', () => {
  test('lets members reach each other on declared ports', () => {
    const manifests = new Manifests((chart) => {
      const networks = [new IsolatedNetwork(chart, 'backend')];
      new HAWebService(chart, 'web', { image: IMAGE, port: 8080, networks, additionalPorts: [Port.udp('stats', 8125)] });
      new StatefulService(chart, 'db', { image: IMAGE, port: 5432, networks });
      new Worker(chart, 'mailer', { image: IMAGE, networks });
    });
    const all = [...tcp(5432, 8080), { port: 8125, protocol: 'UDP' }];
    expect(rules(manifests, 'web')).toEqual({
      ingress: [{ from: [member('backend')], ports: [...tcp(8080), { port: 8125, protocol: 'UDP' }] }], egress: [{ ports: all, to: [member('backend')] }],
    });
    expect(rules(manifests, 'db').ingress).toEqual([{ from: [member('backend')], ports: tcp(5432) }]);
    expect(rules(manifests, 'mailer')).toEqual({ ingress: [], egress: [{ ports: all, to: [member('backend')] }] });
  });

  test('has said already what a connection between two members opens, and what copies of one of them do', () => {
    const connected = (connect: boolean) => new Manifests((chart) => {
      const networks = [new IsolatedNetwork(chart, 'backend'), new IsolatedNetwork(chart, 'strict', { connectedOnly: true })];
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, networks });
      const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432, replicas: 3, networks: [networks[0]], additionalPorts: [Port.http('admin', 8081)] });
      const hidden = new HAWebService(chart, 'hidden', { image: IMAGE, port: 9000, networks: [networks[1]] });
      web.connectTo(hidden);
      if (connect) web.connectTo(db, { ports: [5432] });
    });
    const [declared, without] = [connected(true), connected(false)];
    const reached = ({ objects }: Manifests) => kubernetesConnections(objects.map((object) => stringify(object)).join('---\n'));
    expect(reached(declared)).toEqual(reached(without));
    expect(reached(declared)).toEqual([
      'db -> db:5432', 'db -> db:8081', 'db -> web:8080', 'web -> db:5432', 'web -> db:8081', 'web -> hidden:9000', 'web -> web:8080',
    ]);
    expect(rules(declared, 'web').egress).toEqual([{ ports: tcp(5432, 8080, 8081), to: [member('backend')] }, { ports: tcp(9000), to: [instance('hidden')] }]);
    expect(rules(declared, 'db')).toEqual({
      ingress: [{ from: [member('backend')], ports: tcp(5432, 8081) }], egress: [{ ports: tcp(5432, 8080, 8081), to: [member('backend')] }],
    });
  });

  test('opens nothing by itself with connectedOnly', () => {
    const manifests = new Manifests((chart) => {
      const networks = [new IsolatedNetwork(chart, 'backend', { connectedOnly: true })];
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, networks });
      const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432, networks });
      new Worker(chart, 'mailer', { image: IMAGE, networks });
      web.connectTo(db);
    });
    expect(rules(manifests, 'web')).toEqual({ ingress: [], egress: [{ ports: tcp(5432), to: [instance('db')] }] });
    expect(rules(manifests, 'db')).toEqual({ ingress: [{ from: [instance('web')], ports: tcp(5432) }], egress: [] });
    expect(rules(manifests, 'mailer')).toEqual({ ingress: [], egress: [] });
  });

  test('has ways out for each member', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', {
      image: IMAGE, networks: [new IsolatedNetwork(chart, 'out', { egress: [Egress.toRanges(['203.0.113.0/24'], [443])] })],
    }));
    expect(rules(manifests, 'w').egress).toEqual([{ ports: tcp(443), to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }]);
  });

  test('is not that of another chart that calls one of its own the same', () => {
    const define = (chart: Chart, name: string) => new HAWebService(chart, name, { image: IMAGE, port: 8080, networks: [new IsolatedNetwork(chart, 'backend')] });
    const manifests = new Manifests((chart, app) => {
      define(chart, 'web');
      define(new Chart(app, 'blog'), 'articles');
    });
    const backendOf = (chart: string) => ({ podSelector: { matchLabels: { 'cdk8s-ha/network-backend': chart } } });
    expect(rules(manifests, 'web')).toMatchObject({ ingress: [{ from: [backendOf('shop')] }], egress: [{ to: [backendOf('shop')] }] });
    expect(rules(manifests, 'articles')).toMatchObject({ ingress: [{ from: [backendOf('blog')] }], egress: [{ to: [backendOf('blog')] }] });
    const labelsOf = (name: string) => manifests.get('Deployment', name).spec.template.metadata.labels['cdk8s-ha/network-backend'];
    expect(['web', 'articles'].map(labelsOf)).toEqual(['shop', 'blog']);
  });

  test('is joined by pods of cdk8s-plus-28', () => {
    const manifests = new Manifests((chart) => {
      const backend = new IsolatedNetwork(chart, 'backend');
      new HAWebService(chart, 'web', { image: IMAGE, port: 8080, networks: [backend] });
      const cache = new plus.Deployment(chart, 'Cache', { containers: [{ image: 'valkey:8', ports: [{ number: 6379, name: 'redis' }] }] });
      backend.addMember(cache);
    });
    const policy = manifests.get('NetworkPolicy', 'backend-cache');
    const [owner] = manifests.objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name !== 'web');
    expect(policy.spec.podSelector.matchLabels).toEqual(owner.spec.selector.matchLabels);
    expect(owner.spec.template.metadata.labels).toMatchObject({ 'cdk8s-ha/network-backend': 'shop' });
    expect(policy.spec.ingress).toEqual([{ from: [member('backend')], ports: tcp(6379) }]);
    expect(rules(manifests, 'web').egress).toEqual([{ ports: tcp(6379, 8080), to: [member('backend')] }]);
  });
});

describe('a connection', () => {
  test('opens the named ports at both ends, in one direction', () => {
    const manifests = new Manifests((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
      const broker = new StatefulService(chart, 'broker', { image: IMAGE, port: 5672, additionalPorts: [Port.http('admin', 15672)] });
      web.connectTo(broker, { ports: [5672] });
    });
    expect(rules(manifests, 'web')).toEqual({ ingress: [], egress: [{ ports: tcp(5672), to: [instance('broker')] }] });
    expect(rules(manifests, 'broker')).toEqual({ ingress: [{ from: [instance('web')], ports: tcp(5672) }], egress: [] });
  });

  test('between namespaces names the other one, and the callee keeps its name', () => {
    const manifests = new Manifests((chart, app) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
      const mailer = new Worker(chart, 'mailer', { image: IMAGE });
      const db = new StatefulService(new Chart(app, 'data', { namespace: 'data' }), 'db', { image: IMAGE, port: 5432 });
      web.connectTo(db);
      mailer.connectTo(db);
    }, {}, { namespace: 'shop' });
    expect(rules(manifests, 'web').egress).toEqual([{ ports: tcp(5432), to: [{ ...inNamespace('data'), ...instance('db') }] }]);
    expect(rules(manifests, 'db').ingress).toContainEqual({ from: [{ ...inNamespace('shop'), ...instance('web') }], ports: tcp(5432) });
    const names = manifests.objects.filter(({ spec }) => spec?.type === 'ExternalName');
    expect(names.map(({ metadata: { name, namespace }, spec }) => [name, namespace, spec.externalName])).toEqual([['db', 'shop', 'db.data.svc.cluster.local']]);
  });

  test('between namespaces gives each copy of a stateful service its name too', () => {
    const manifests = new Manifests((chart, app) => {
      const broker = new StatefulService(new Chart(app, 'data', { namespace: 'data' }), 'broker', { image: IMAGE, port: 9092, replicas: 2 });
      const environment = { BROKERS: `${broker.copyHostname(0)}:9092,${broker.copyHostname(1)}:9092` };
      for (const name of ['mailer', 'importer']) new Worker(chart, name, { image: IMAGE, environment }).connectTo(broker);
    }, {}, { namespace: 'shop' });
    const names = manifests.objects.filter(({ spec }) => spec?.type === 'ExternalName');
    expect(names.map(({ metadata: { name, namespace }, spec }) => [name, namespace, spec.externalName])).toEqual([
      ['broker', 'shop', 'broker.data.svc.cluster.local'],
      ['broker-0', 'shop', 'broker-0.data.svc.cluster.local'],
      ['broker-1', 'shop', 'broker-1.data.svc.cluster.local'],
    ]);
  });

  test('to a service outside opens its ranges, or every public address on its port', () => {
    const manifests = new Manifests((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
      web.connectTo(new ExternalService(chart, 'rds', { hostname: 'db.example.org', port: 5432, ranges: ['198.51.100.7/32', '2001:db8::/32'] }));
      web.connectTo(new ExternalService(chart, 'mail', { hostname: 'smtp.example.org', port: 587 }));
    });
    expect(rules(manifests, 'web').egress).toEqual([
      { ports: tcp(587), to: PUBLIC },
      { ports: tcp(5432), to: [{ ipBlock: { cidr: '198.51.100.7/32' } }, { ipBlock: { cidr: '2001:db8::/32' } }] },
    ]);
  });
});

const PUBLIC = [
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      // 168.63.129.16 is public, and gives away on Azure what 169.254.169.254 does elsewhere.
      except: [
        '10.0.0.0/8', '100.64.0.0/10', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '240.0.0.0/4',
      ],
    },
  },
  {
    ipBlock: {
      cidr: '::/0',
      // The private addresses of IPv4 once more, as a translator has them.
      except: [
        '64:ff9b:1::/48', '64:ff9b::6440:0/106', '64:ff9b::a00:0/104', '64:ff9b::a9fe:0/112', '64:ff9b::ac10:0/108', '64:ff9b::c0a8:0/112', 'fc00::/7', 'fe80::/10',
      ],
    },
  },
];

test.each<[string, Egress, any]>([
  ['to the internet', Egress.internet(), { to: PUBLIC }],
  ['to ranges', Egress.toRanges(['10.1.2.3/32', '10.2.0.0/16'], [22, 443]), { ports: tcp(22, 443), to: [{ ipBlock: { cidr: '10.1.2.3/32' } }, { ipBlock: { cidr: '10.2.0.0/16' } }] }],
  ['to ranges on every port', Egress.toRanges(['10.2.0.0/16']), { to: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }],
  ['to hosts: public addresses on these ports', Egress.toHosts(['api.stripe.com']), { ports: tcp(443), to: PUBLIC }],
  ['to a namespace', Egress.toNamespace('monitoring', [4317]), { ports: tcp(4317), to: [inNamespace('monitoring')] }],
])('a way out %s', (_, egress, rule) => {
  expect(rules(new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, egress: [egress] })), 'w').egress).toEqual([rule]);
});

test('Cilium opens host names alone', () => {
  const manifests = new Manifests((chart) => {
    const worker = new Worker(chart, 'w', { image: IMAGE, egress: [Egress.toHosts(['api.stripe.com', '*.acme.example'])] });
    worker.connectTo(new ExternalService(chart, 'mail', { hostname: 'smtp.example.org', port: 587 }));
    new Worker(chart, 'other', { image: IMAGE, egress: [Egress.internet()] });
  }, { networkPlugin: NetworkPlugin.cilium() });
  expect(rules(manifests, 'w').egress).toEqual([]);
  expect(manifests.get('CiliumNetworkPolicy').spec).toEqual({
    egress: [
      {
        toEndpoints: ['kube-dns', 'node-local-dns'].map((app) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': app } })),
        toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }],
      },
      { toFQDNs: [{ matchName: 'smtp.example.org' }], toPorts: [{ ports: [{ port: '587', protocol: 'TCP' }] }] },
      { toFQDNs: [{ matchName: 'api.stripe.com' }, { matchPattern: '*.acme.example' }], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] },
    ],
    endpointSelector: { matchLabels: { 'app.kubernetes.io/instance': 'w' } },
  });
});

test('copies of a stateful service reach each other', () => {
  const manifests = new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, replicas: 3 }));
  expect(rules(manifests, 'db')).toEqual({ ingress: [{ from: [instance('db')], ports: tcp(5432) }], egress: [{ ports: tcp(5432), to: [instance('db')] }] });
});

test('published ports are open to everybody, and no others', () => {
  const manifests = new Manifests((chart) => new HAWebService(chart, 'mqtt', {
    image: IMAGE, port: 1883, protocol: Protocol.TCP, additionalPorts: [Port.http('admin', 8081)], publishedPorts: [{ port: 1883, hostPort: 8883 }],
  }));
  expect(rules(manifests, 'mqtt').ingress).toEqual([{ ports: tcp(1883) }]);
});

test('a scheduled job has a policy too', () => {
  const manifests = new Manifests((chart) => new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '0 3 * * *', command: ['r'], egress: [Egress.toRanges(['203.0.113.9/32'], [22])] }));
  expect(rules(manifests, 'report')).toEqual({ ingress: [], egress: [{ ports: tcp(22), to: [{ ipBlock: { cidr: '203.0.113.9/32' } }] }] });
});

describe('a route lets the proxies in', () => {
  const from = (edge: KubernetesEdge | undefined, namespace?: string) => {
    const manifests = new Manifests((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, additionalPorts: [Port.http('admin', 8081)] });
      new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', web);
    }, { edge }, { namespace }, ['Gateway/*']);
    expect(rules(manifests, 'web').ingress[0].ports).toEqual(tcp(8080));
    return rules(manifests, 'web').ingress[0].from;
  };
  const owned = (namespace?: string) => ({
    podSelector: { matchLabels: { 'gateway.envoyproxy.io/owning-gateway-name': 'edge', ...namespace && { 'gateway.envoyproxy.io/owning-gateway-namespace': namespace } } },
  });

  test('of Envoy Gateway, which run in its namespace', () => {
    expect(from(undefined, 'shop')).toEqual([{ ...inNamespace('envoy-gateway-system'), ...owned('shop') }]);
    expect(from(undefined)).toEqual([{ ...inNamespace('envoy-gateway-system'), ...owned() }]);
  });

  test('of other classes, which run beside the Gateway', () => {
    expect(from(KubernetesEdge.gateway({ className: 'istio' }), 'shop')).toEqual([{ podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } } }]);
  });

  test('where the user says', () => {
    const edge = KubernetesEdge.existingGateway({ name: 'shared', namespace: 'infra', proxyNamespace: 'proxies', proxyLabels: { app: 'proxy' } });
    expect(from(edge, 'shop')).toEqual([{ ...inNamespace('proxies'), podSelector: { matchLabels: { app: 'proxy' } } }]);
  });

  test('of a Gateway that exists already, in its namespace', () => {
    expect(from(KubernetesEdge.existingGateway({ name: 'shared', namespace: 'infra' }), 'shop')).toEqual([
      { ...inNamespace('infra'), podSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'shared' } } },
    ]);
  });

  test('of Cilium, by a policy of its own kind', () => {
    const manifests = new Manifests((chart) => {
      new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080 }));
    }, { edge: KubernetesEdge.gateway({ className: 'cilium' }) });
    expect(manifests.get('CiliumNetworkPolicy').spec).toEqual({
      endpointSelector: { matchLabels: { 'app.kubernetes.io/instance': 'web' } },
      ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }],
    });
  });
});

test('objects of a user\'s own stand beside ours', () => {
  const manifests = new Manifests((chart) => {
    new Worker(chart, 'w', { image: IMAGE });
    new ApiObject(chart, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard: { pods: '10' } } });
  });
  expect(manifests.names().slice(-1)).toEqual(['ResourceQuota/quota']);
});
