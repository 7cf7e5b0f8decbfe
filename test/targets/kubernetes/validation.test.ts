import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { findings } from './manifests';
import {
  HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, LoadBalancer, LocalCertificates, Protocol, RouteAccess, SharedVolume, StatefulService, Worker,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const healthCheck = HealthCheck.http('/healthz');
const web = (chart: Chart, id = 'web') => new HAWebService(chart, id, { image: IMAGE, port: 8080, healthCheck });
const acme = { edge: KubernetesEdge.gateway({ className: 'acme' }) };

/** Findings of Kubernetes alone. */
const found = (...args: Parameters<typeof findings>) => findings(...args).filter((line) => !/ (plain-http|single-copy|no-health-check): /.test(line));

test('an address of the host cannot be chosen', () => {
  expect(found((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, publishedPorts: [{ port: 5432, address: '10.0.0.1' }] }))).toEqual([
    'warning published-address: \'db\' cannot listen on address \'10.0.0.1\' with port 5432 on Kubernetes: there a Service of type LoadBalancer gets its address from'
    + ' the cluster; remove \'address\', or patch the Service for your cluster [shop/db]',
  ]);
});

test('neither can a copy\'s address or its further names', () => {
  expect(found((chart) => {
    const lan = new IsolatedNetwork(chart, 'lan', { subnet: '10.7.0.0/24' });
    new Worker(chart, 'plc', { image: IMAGE, replicas: 1, networks: [lan.attach({ address: '10.7.0.9', aliases: ['controller', 'plant'] })] });
  })).toEqual([
    'warning static-address: \'plc\' cannot have address \'10.7.0.9\' in network \'lan\' on Kubernetes, which gives a copy a new one at each start: call it by its name [shop/plc]',
    'warning network-alias: \'plc\' is not called \'controller\', \'plant\' in network \'lan\' on Kubernetes: call it by its name,'
    + ' or add a Service of type ExternalName [shop/plc]',
  ]);
});

test('a node has no most of copies', () => {
  expect(found((chart) => new Worker(chart, 'mailer', { image: IMAGE, replicas: 3, maxReplicasPerNode: 1 }))).toEqual([
    'warning max-replicas-per-node: \'mailer\' may have more than 1 on a node on Kubernetes, where there are too few nodes: its copies are spread evenly,'
    + ' and no number ends that [shop/mailer]',
  ]);
});

describe('pods of cdk8s-plus-28 in a network', () => {
  const joined = (connectedOnly: boolean) => (chart: Chart) => {
    const backend = new IsolatedNetwork(chart, 'backend', { connectedOnly });
    const legacy = new kplus.Deployment(chart, 'legacy', { containers: [{ image: 'ghcr.io/acme/legacy:0.9.0', portNumber: 8000 }] });
    backend.addMember(legacy);
  };

  test('are cut off where membership opens nothing', () => {
    expect(found(joined(true))).toEqual([
      'warning pods-cut-off: \'legacy\' and the members of network \'backend\' do not reach each other on Kubernetes: the network has connectedOnly,'
      + ' and pods of another library cannot be connected; let them join a network without it [shop/legacy]',
    ]);
  });

  test('are reached where it opens their ports', () => {
    expect(found(joined(false))).toEqual([]);
  });
});

test('a claim does not say on which NFS server it is', () => {
  expect(found((chart) => new SharedVolume(chart, 'uploads', { nfsServer: 'nas.acme.example', nfsPath: '/uploads' }))).toEqual([
    'warning nfs-server: \'uploads\' does not use its NFS server \'nas.acme.example\' on Kubernetes: it is a claim of the default storage class;'
    + ' make a PersistentVolume for that server and a claim that is bound to it, and give the claim\'s name by existingName,'
    + ' or give a storageClassName that serves it [shop/uploads]',
  ]);
});

test('files over a mebibyte do not fit a ConfigMap', () => {
  expect(found((chart) => new Worker(chart, 'w', { image: IMAGE, files: { '/big': 'x'.repeat(1024 * 1024) } }))).toEqual([
    'error files-too-large: \'w\' cannot have files of 1048579 bytes together on Kubernetes: a ConfigMap holds 1048576; put large ones into the image or on a volume [shop/w]',
  ]);
});

test('64 hosts with certificates are one too many for a Gateway', () => {
  expect(found((chart) => {
    const edge = new LoadBalancer(chart, 'edge', { certificates: new LocalCertificates(chart, 'local') });
    for (let i = 0; i < 64; i++) edge.addRoute(`h${i}.acme.example`, web(chart, `web-${i}`));
  })).toEqual([
    'error too-many-listeners: \'edge\' cannot serve 64 hosts with certificates on Kubernetes: a Gateway has at most 64 listeners, one of them for plain HTTP;'
    + ' split the hosts between two load balancers [shop/edge]',
  ]);
});

test('17 headers are one too many for an HTTPRoute', () => {
  const headers = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`x-${i}`, '1']));
  expect(found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart), { match: { headers } }))).toEqual([
    'error too-many-matches: \'edge\' cannot match 17 headers for \'a.acme.example/\' on Kubernetes: an HTTPRoute matches at most 16 [shop/edge]',
  ]);
});

describe('what the plain Gateway API cannot do', () => {
  test('keeping a route to some addresses is an error, since it would be open to all', () => {
    const access = RouteAccess.sourceRanges(['10.0.0.0/8']);
    expect(found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart), { access }), acme)).toEqual([
      'error route-access: \'edge\' cannot keep \'a.acme.example/\' to 10.0.0.0/8 with GatewayClass \'acme\': the Gateway API has no field for it; use Envoy Gateway'
      + ' (KubernetesEdge.gateway()), or give this workload a load balancer of its own inside [shop/edge]',
    ]);
  });

  test('limiting bodies is a warning', () => {
    expect(found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart), { maxRequestBody: Size.mebibytes(1) }), acme)).toEqual([
      'warning request-body-limit: \'edge\' does not limit request bodies of \'a.acme.example/\' to 1048576 bytes with GatewayClass \'acme\': the Gateway API has no field'
      + ' for it; use Envoy Gateway, or limit it in the application [shop/edge]',
    ]);
  });
});

test('Envoy Gateway limits bodies by taking them in whole', () => {
  expect(found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart), { path: '/up', maxRequestBody: Size.mebibytes(1) }))).toEqual([
    'warning request-buffering: \'edge\' takes each request to \'a.acme.example/up\' in whole before a copy gets it, which is how Envoy Gateway limits bodies:'
    + ' WebSockets and streams do not pass there; give those a route of their own without \'maxRequestBody\' [shop/edge]',
  ]);
});

test('certificates of a Gateway that exists already are its owner\'s', () => {
  const edge = KubernetesEdge.existingGateway({ name: 'shared' });
  expect(found((chart) => new LoadBalancer(chart, 'edge', { certificates: new LocalCertificates(chart, 'local') }).addRoute('a.acme.example', web(chart)), { edge })).toEqual([
    'warning certificates-of-existing-gateway: the certificates of \'edge\' are not made on Kubernetes: the Gateway \'shared\' belongs to somebody else, who must have'
    + ' \'a.acme.example\' on its listener \'https\' [shop/edge]',
  ]);
});

test('a connection to a chart whose namespace is not known', () => {
  expect(found((chart, app) => web(chart).connectTo(web(new Chart(app, 'data', { namespace: 'data' }), 'db')))).toEqual([
    'error unknown-namespace: \'web\' cannot connect to \'db\' of chart \'data\' on Kubernetes: its own chart has no namespace and the other has one;'
    + ' give both charts a namespace, or neither [shop/web]',
  ]);
});

test('one name in two charts that may end in one namespace', () => {
  expect(found((chart, app) => { web(chart); web(new Chart(app, 'blog')); })).toEqual([
    'warning name-in-two-charts: \'web\' of chart \'shop\' and of chart \'blog\' overwrite each other where both are applied to one namespace:'
    + ' give the charts namespaces of their own [shop/web]',
  ]);
});

describe('calls over gRPC, which share one connection', () => {
  const calling = (callee: any) => findings((chart) => {
    const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc(), ...callee });
    new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') }).connectTo(prices);
  }).filter((one) => one.includes('grpc'));

  test('reach one copy alone', () => {
    expect(calling({})).toEqual(["warning grpc-one-copy: 'web' reaches one copy alone of 'prices' on Kubernetes: calls over gRPC share one connection, for which a Service picks a copy"
      + ' once; let the client pick (a headless Service and round_robin), end connections after minutes (MAX_CONNECTION_AGE of the server), or use a service mesh [shop/web]']);
  });

  test('are as well off with the only copy, and over HTTP/1.1', () => {
    expect(calling({ replicas: 1 })).toEqual([]);
    expect(calling({ protocol: Protocol.HTTP, healthCheck: HealthCheck.tcp() })).toEqual([]);
  });
});
