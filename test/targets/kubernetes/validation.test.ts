import { ApiObject, Chart, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { findings } from './manifests';
import {
  Autoscaler, Cpu, Dns01, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, KubernetesObjects, KubernetesTarget, LetsEncrypt, LoadBalancer,
  LocalCertificates, NetworkMode, Overlap, Placement, Port, Protocol, RouteAccess, ScalingMetric, ScheduledJob, Secret, SharedVolume, StatefulService,
  Volume, Worker, type KubernetesTargetProps, type SharedVolumeProps,
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

test('ports of TCP and of UDP share a Service, which not every cluster\'s load balancer takes', () => {
  const publishedBy = (options: KubernetesTargetProps, ...ports: number[]) => found((chart) => new HAWebService(chart, 'dns', {
    image: IMAGE, port: 853, additionalPorts: [Port.tcp('dns-tcp', 5353), Port.udp('dns', 53)], publishedPorts: ports.map((port) => ({ port })),
  }), options).filter((one) => one.includes('mixed-protocols'));
  const published = (...ports: number[]) => publishedBy({}, ...ports);
  expect(published(853, 5353)).toEqual([]);
  expect(published(53)).toEqual([]);
  expect(publishedBy({ publishedServices: { loadBalancerClass: 'acme.example/both' } }, 853, 53)).toEqual([]);
  expect(published(853, 53)).toEqual([
    'warning mixed-protocols: \'dns\' opens ports of TCP and of UDP in one Service of type LoadBalancer on Kubernetes, which the load balancers of some clouds refuse:'
    + ' it gets no address then, and its events say so; choose one that takes both (loadBalancerClass of publishedServices),'
    + ' or take the ports of one protocol out of it (KubernetesObjects.of(workload).publishedService) and give them a Service of your own [shop/dns]',
  ]);
});

test('who starts after another does not wait until that is ready', () => {
  expect(found((chart) => {
    new HAWebService(chart, 'web', { image: IMAGE, port: 8080 }).connectTo(new HAWebService(chart, 'api', { image: IMAGE, port: 8080 }), { startAfter: true });
  })).toEqual([
    'warning start-order: \'web\' does not wait until \'api\' is ready on Kubernetes, where only its objects come first: it must try again until \'api\' answers [shop/web]',
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

test('a folder of the node takes its namespace out of every Pod Security Standard', () => {
  const TAKE = 'its namespace must allow Pod Security Standard privileged, and so lets any pod in that asks for the node; take Volume.persistent or a SharedVolume if that is enough';
  expect(found((chart) => new Worker(chart, 'w', { image: IMAGE, volumes: [Volume.hostPath('/data', '/mnt'), Volume.hostPath('/logs', '/var/log', { readOnly: true })] }))).toEqual([
    `warning host-path: 'w' reads and writes /mnt of its node on Kubernetes: ${TAKE} [shop/w]`,
    `warning host-path: 'w' reads /var/log of its node on Kubernetes: ${TAKE} [shop/w]`,
  ]);
});

describe('most copies on a node', () => {
  const mailer = (props: any, nodes?: number) => found((chart) => new Worker(chart, 'mailer', { image: IMAGE, replicas: 3, maxReplicasPerNode: 1, ...props }), { nodes });
  const MAY = (most: number) => `warning max-replicas-per-node: 'mailer' may have more than ${most} on a node on Kubernetes, where there are too few nodes: its copies are spread evenly,`
    + ' and no number ends that;';

  test('cannot be kept where an update could wait for ever', () => {
    expect(mailer({})).toEqual([`${MAY(1)} give 'maxSurge: 0, maxUnavailable: 1', or new KubernetesTarget({ nodes }) with room for those of an update and a node to spare [shop/mailer]`]);
    expect(mailer({}, 4)).toHaveLength(1);
    expect(mailer({ maxReplicasPerNode: 2 })).toEqual([`${MAY(2)} only 1 can be kept [shop/mailer]`]);
  });

  test('is kept where there is room, or copies go before others come', () => {
    expect(mailer({}, 5)).toEqual([]);
    expect(mailer({ maxSurge: 0, maxUnavailable: 1 })).toEqual([]);
  });

  test('is an error for more copies than nodes', () => {
    expect(mailer({}, 2)).toEqual([
      "error max-replicas-per-node: 'mailer' cannot have 3 copies on 2 nodes of Kubernetes with maxReplicasPerNode 1: some would wait for ever; run fewer copies,"
      + ' or leave maxReplicasPerNode out [shop/mailer]',
    ]);
    expect(() => new KubernetesTarget({ nodes: 0 })).toThrow(new Error(
      'KubernetesTarget cannot have nodes 0: give the number of hosts that may run copies, a whole number from 1'));
  });
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

test('a volume of several nodes is none that the default class of most clusters has', () => {
  const said = (props: SharedVolumeProps) => found((chart) => new SharedVolume(chart, 'uploads', props));
  expect(said({})).toEqual([
    "warning shared-volume-class: 'uploads' is for several copies (ReadWriteMany) and asks for the default storage class on Kubernetes, which is disks of one node at a time in most"
    + ' clusters: its claim, and every copy that mounts it, would wait for ever; give storageClassName: one of file shares, such as NFS, CephFS, EFS, Filestore or Azure Files'
    + ' [shop/uploads]',
  ]);
  expect([said({ storageClassName: 'nfs' }), said({ existingName: 'uploads' })]).toEqual([[], []]);
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

test.each([['a Gateway', KubernetesEdge.gateway()], ['proxies of our own', KubernetesEdge.ownProxies()]])('one port for HTTP and HTTPS of %s', (_, edge) => {
  const ports = (secure: boolean) => found((chart) => {
    const certificates = secure ? new LocalCertificates(chart, 'local') : undefined;
    new LoadBalancer(chart, 'edge', { httpPort: 8443, httpsPort: 8443, certificates }).addRoute('shop.acme.example', web(chart));
  }, { edge }, { namespace: 'shop' });
  expect(ports(true)).toEqual([
    "error one-port-for-both: 'edge' cannot listen on port 8443 for both HTTP and HTTPS on Kubernetes: give httpPort and httpsPort different numbers [shop/edge]",
  ]);
  expect(ports(false)).toEqual([]);
});

test('a method that the Gateway API does not know', () => {
  const routed = (edge: KubernetesEdge) => found((chart) => {
    new LoadBalancer(chart, 'edge').addRoute('files.acme.example', web(chart), { match: { methods: ['GET', 'PROPFIND'] } });
  }, { edge }, { namespace: 'shop' });
  expect(routed(KubernetesEdge.gateway())).toEqual([
    "error unknown-method: 'edge' cannot tell requests for 'files.acme.example/' apart by the method PROPFIND on Kubernetes: the Gateway API knows GET, HEAD, POST, PUT, DELETE, CONNECT,"
    + ' OPTIONS, TRACE, PATCH; leave methods out, or use KubernetesEdge.ownProxies() [shop/edge]',
  ]);
  expect(routed(KubernetesEdge.ownProxies())).toEqual([]);
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

describe('Envoy Gateway limits bodies by taking them in whole', () => {
  const limited = (maxRequestBody: Size, options: any = {}) => found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart), { path: '/up', maxRequestBody }), options);
  const whole = 'warning request-buffering: \'edge\' takes each request to \'a.acme.example/up\' in whole before a copy gets it, which is how Envoy Gateway limits bodies:'
    + ' each takes up to \'maxRequestBody\' of a proxy\'s memory, and WebSockets and streams do not pass there; give those a route of their own without \'maxRequestBody\' [shop/edge]';

  test('which is a warning', () => {
    expect(limited(Size.mebibytes(1))).toEqual([whole]);
  });

  test('and another one where a single one may take all the memory of a proxy', () => {
    expect(limited(Size.gibibytes(2))).toEqual([whole,
      'warning request-memory: a request to \'a.acme.example/up\' may be larger than the memory that Envoy may fill, four fifths of the 1024 MiB of a proxy of \'edge\', so that the kernel'
      + ' ends the proxy: lower \'maxRequestBody\', or raise proxyMemoryLimit of KubernetesEdge.gateway() to several times 2048 MiB [shop/edge]']);
    expect(limited(Size.gibibytes(2), { edge: KubernetesEdge.gateway({ proxyMemoryLimit: Size.gibibytes(4) }) })).toEqual([whole]);
    expect(limited(Size.gibibytes(2), { edge: KubernetesEdge.existingGateway({ name: 'shared', className: 'eg' }) })).toEqual([whole]);
  });
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

test('a route to a chart whose namespace is not known, so that nobody could give leave', () => {
  expect(found((chart, app) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(new Chart(app, 'data', { namespace: 'data' }), 'api')))).toEqual([
    "error unknown-namespace: 'edge' cannot route to 'api' of chart 'data' on Kubernetes: one of the two charts has no namespace and the other has one;"
    + ' give both charts a namespace, or neither [shop/edge]',
  ]);
});

test('one name in two charts that may end in one namespace', () => {
  expect(found((chart, app) => { web(chart); web(new Chart(app, 'blog')); })).toEqual([
    'warning name-in-two-charts: \'web\' of chart \'shop\' and of chart \'blog\' overwrite each other where both are applied to one namespace:'
    + ' give the charts namespaces of their own [shop/web]',
  ]);
});

describe('what a pod does not take', () => {
  const worker = (props: any) => found((chart) => new Worker(chart, 'w', { image: IMAGE, ...props }));
  const KEYS = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last, and before it, if need be, a domain and '/'";

  test.each([['-team'], ['te am'], ['a/b/c'], ['Acme.Example/team'], [`x${'y'.repeat(63)}`]])('the label %s', (key) => {
    expect(worker({ labels: { [key]: 'red' } })).toEqual([`error label: 'w' cannot have the label '${key}' on Kubernetes: ${KEYS} [shop/w]`]);
  });

  test.each([['red team'], ['-red'], ['x'.repeat(64)], ['ärger']])('the label value %s', (value) => {
    expect(worker({ labels: { 'acme.example/team': value } })).toEqual([
      `error label: 'w' cannot give the label 'acme.example/team' the value '${value}' on Kubernetes: use at most 63 letters, digits, '-', '_' and '.', with a letter or digit`
      + ' first and last; other texts can stand in annotations [shop/w]',
    ]);
  });

  test.each([[''], ['1.4.2'], ['a_b'], ['x'.repeat(63)]])('but the label value \'%s\'', (value) => {
    expect(worker({ labels: { team: value } })).toEqual([]);
  });

  test('labels of its chart', () => {
    const of = (labels: { [key: string]: string }) => found((chart) => new Worker(chart, 'w', { image: IMAGE }), {}, { labels });
    expect(of({ 'team': 'red team', 'a b': 'c' })).toEqual([
      expect.stringMatching(/^error label: chart 'shop' cannot give the label 'team' the value 'red team' on Kubernetes: .*; other texts can stand in annotations \[shop\]$/),
      expect.stringMatching(/^error label: chart 'shop' cannot have the label 'a b' on Kubernetes: use at most 63 letters, .* \[shop\]$/),
    ]);
    expect(of({ 'acme.example/team': 'red' })).toEqual([]);
  });

  test('an annotation key, and too many bytes of annotations', () => {
    expect(worker({ annotations: { 'a b': '', 'Acme.example/x': '' } })).toEqual([`error annotation: 'w' cannot have the annotation 'a b' on Kubernetes: ${KEYS} [shop/w]`]);
    expect(worker({ annotations: { a: 'x'.repeat(256 * 1024) } })).toEqual([
      "error annotation: 'w' cannot have annotations of 262145 bytes together on Kubernetes, which takes 262144: put long texts into files [shop/w]",
    ]);
  });

  test('scratch space in memory as large as the memory', () => {
    expect(worker({ volumes: [Volume.scratch('/keys', { size: Size.mebibytes(256), inMemory: true })] })).toEqual([
      "error scratch-in-memory: 'w' cannot have 256 MiB of scratch space in memory with a memory limit of 256 MiB on Kubernetes, where it counts as memory:"
      + ' raise resources.memory, or give the scratch space a smaller size [shop/w]',
    ]);
  });

  test('a port of one node for two copies', () => {
    expect(found((chart) => new HAWebService(chart, 'w', {
      image: IMAGE, port: 8080, healthCheck, networkMode: NetworkMode.host(), placement: Placement.onNode('node-7'),
    })).filter((line) => line.startsWith('error'))).toEqual([
      "error host-port-of-several: 'w' cannot listen on port 8080 of node 'node-7' with 2 copies on Kubernetes: a node has a port once;"
      + ' run one copy, or leave networkMode out [shop/w]',
    ]);
  });
});

describe('an autoscaler', () => {
  const scaled = (scaleOn: ScalingMetric[], props: any = {}, autoscaler?: Autoscaler) =>
    found((chart) => new Worker(chart, 'w', { image: IMAGE, minReplicas: 2, maxReplicas: 4, scaleOn, ...props }), { autoscaler });

  test('does not read what is the other\'s', () => {
    expect(scaled([ScalingMetric.keda('cron', {})])).toEqual([
      "error scaling-metric: 'w' cannot be scaled on 'cron' on Kubernetes, which is a trigger of KEDA: give new KubernetesTarget({ autoscaler: Autoscaler.keda() }) [shop/w]",
    ]);
    expect(scaled([ScalingMetric.requestsPerSecond(50)], {}, Autoscaler.keda())).toEqual([
      "error scaling-metric: 'w' cannot be scaled on 'http_requests_per_second' on Kubernetes, which KEDA does not read: give ScalingMetric.keda('prometheus', …),"
      + ' or Autoscaler.horizontal() [shop/w]',
    ]);
  });

  test('cannot ask for a metric by labels that are none', () => {
    const of = (labels: { [key: string]: string }) => found((chart) => new Worker(chart, 'w', {
      image: IMAGE, minReplicas: 1, maxReplicas: 2, scaleOn: [ScalingMetric.external('queue_length', 30, labels)],
    }));
    expect(of({ queue: 'mail out' })).toEqual([
      expect.stringMatching(/^error scaling-metric: metrics of 'w' cannot give the label 'queue' the value 'mail out' on Kubernetes: .* \[shop\/w\]$/),
    ]);
    expect(of({ queue: 'mail-out' })).toEqual([]);
  });

  test('has no number without a request', () => {
    expect(scaled([ScalingMetric.cpu(70)], { resources: { cpu: Cpu.millis(0) } })).toEqual([
      "error scaling-metric: 'w' cannot be scaled on its use of processor time on Kubernetes with resources.cpu 0: use is measured against what a copy sets aside [shop/w]",
    ]);
  });
});

describe('a disk, which is attached to one node,', () => {
  test('cannot be for runs that overlap', () => {
    const job = (overlap: Overlap) => found((chart) => new ScheduledJob(chart, 'report', {
      image: IMAGE, schedule: '* * * * *', command: ['report'], overlap, volumes: [Volume.persistent('/data')],
    }));
    expect(job(Overlap.ALLOW)).toEqual([
      "error disk-of-several: 'report' cannot have the persistent volume '/data' with Overlap.ALLOW on Kubernetes, where a disk is attached to one node and a second run may be on another:"
      + ' use a SharedVolume, or leave overlap out [shop/report]',
    ]);
    expect(job(Overlap.REPLACE)).toEqual([]);
  });

  test('of two workloads is a finding, unless it is said to be shared', () => {
    const both = (volume: (chart: Chart) => Volume) => found((chart) => {
      const data = volume(chart);
      for (const id of ['reader', 'writer']) new Worker(chart, id, { image: IMAGE, replicas: 1, volumes: [data] });
    });
    expect(both(() => Volume.persistent('/data', { existingName: 'files' }))).toEqual([
      "warning claim-of-several: 'writer' and 'reader' mount one claim 'files' on Kubernetes: unless it is for many (ReadWriteMany), one of them waits where the other is on another node;"
      + " if it is, say so by new SharedVolume(chart, '…', { existingName: 'files' }) [shop/writer]",
    ]);
    expect(both((chart) => new SharedVolume(chart, 'files', { existingName: 'files' }).mount('/data'))).toEqual([]);
  });
});

describe('a claim of a copy', () => {
  const db = (chart: Chart, id: string, ...names: string[]) => new StatefulService(chart, id, {
    image: IMAGE, port: 5432, replicas: 2, healthCheck, volumes: names.map((name) => Volume.persistent(`/${name}`, { name })),
  });

  test.each<[string, (chart: Chart) => unknown, string]>([
    ['of another stateful service', (chart) => [db(chart, 'eu-db', 'data'), db(chart, 'db', 'data-eu')],
      "'eu-db' cannot have the claim 'data-eu-db-0' on Kubernetes: 'shop/db' has one of that name"],
    ['of a worker', (chart) => [db(chart, 'db', 'files'), new Worker(chart, 'files', { image: IMAGE, replicas: 1, volumes: [Volume.persistent('/x', { name: 'db-1' })] })],
      "'files' cannot have the claim 'files-db-1' on Kubernetes: 'shop/db' has one of that name"],
    ['that is a shared volume', (chart) => [new SharedVolume(chart, 'data-db-0', { storageClassName: 'nfs' }), db(chart, 'db', 'data')],
      "'db' cannot have the claim 'data-db-0' on Kubernetes: 'shop/data-db-0' has one of that name"],
  ])('is not that %s', (_, declare, problem) => {
    expect(found(declare).filter((line) => line.includes('claim-taken'))).toEqual([
      expect.stringContaining(`error claim-taken: ${problem}, and both would write one disk; give one of them another id, or a volume of its another name [shop/`),
    ]);
  });

  test('may be called like one of another namespace', () => {
    const beside = (namespace: string) => found((chart, other) => [db(chart, 'eu-db', 'data'), db(new Chart(other, 'other', { namespace }), 'db', 'data-eu')],
      {}, { namespace: 'prod' }).filter((line) => line.includes('claim-taken'));
    expect(beside('test')).toEqual([]);
    expect(beside('prod')).toHaveLength(1);
  });
});

describe('a patch that takes a promise away', () => {
  const patched = (kind: string, path: string, value: any, props: any = {}) => found((chart) => {
    const service = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, ...props });
    KubernetesObjects.of(service).object(kind).addJsonPatch(JsonPatch.add(path, value));
  });
  const scaled = { minReplicas: 2, maxReplicas: 4 };

  test.each<[string, string, any, any, string]>([
    ['Deployment', '/spec/template/spec/terminationGracePeriodSeconds', 30, {},
      'terminationGracePeriodSeconds 30 is shorter than preStop (10 s) and drainTimeout (30 s) together, so that requests would be cut off; give 40 or more'],
    ['Deployment', '/spec/strategy/rollingUpdate/maxSurge', 0, {}, 'with maxSurge 0 and maxUnavailable 0 an update could never begin'],
    ['Deployment', '/spec/progressDeadlineSeconds', 10, {}, 'progressDeadlineSeconds 10 must be more than minReadySeconds 10'],
    ['Deployment', '/spec/template/spec/containers/0/resources', {}, scaled, 'an autoscaler measures against requests, and container has none for cpu'],
    ['Deployment', '/spec/template/spec/containers/0/resources', { requests: { cpu: '1' } }, { ...scaled, scaleOn: [ScalingMetric.cpu(70), ScalingMetric.memory(80)] },
      'an autoscaler measures against requests, and container has none for memory'],
    ['PodDisruptionBudget', '/spec/maxUnavailable', 0, {}, 'maxUnavailable 0 blocks every drain; give 1'],
    ['PodDisruptionBudget', '/spec', { minAvailable: 2 }, {}, 'minAvailable 2 of 2 copies blocks every drain; give maxUnavailable 1'],
    ['HorizontalPodAutoscaler', '/spec/minReplicas', 5, scaled, 'minReplicas 5 is above maxReplicas 4'],
  ])('%s %s %j', (kind, path, value, props, problem) => {
    expect(patched(kind, path, value, props)).toEqual([expect.stringContaining(`error patched-object: ${kind} 'web' cannot be patched so: ${problem} [shop/web/`)]);
  });

  test('of a job, of proxies of our own', () => {
    expect(found((chart) => {
      const job = new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '* * * * *', command: ['report'] });
      KubernetesObjects.of(job).cronJob.addJsonPatch(JsonPatch.add('/spec/jobTemplate/spec/template/spec/terminationGracePeriodSeconds', 5));
    })).toEqual([expect.stringContaining("CronJob 'report' cannot be patched so: terminationGracePeriodSeconds 5 is shorter than preStop (0 s) and drainTimeout (30 s) together")]);
    const proxies = (minAvailable: number) => found((chart) => {
      const edge = new LoadBalancer(chart, 'edge');
      edge.addRoute('shop.acme.example', web(chart));
      KubernetesObjects.of(edge).podDisruptionBudget.addJsonPatch(JsonPatch.add('/spec', { minAvailable }));
    }, { edge: KubernetesEdge.ownProxies() }, { namespace: 'shop' });
    expect(proxies(2)).toEqual([expect.stringContaining("PodDisruptionBudget 'edge' cannot be patched so: minAvailable 2 of 2 copies blocks every drain; give maxUnavailable 1")]);
    expect(proxies(1)).toEqual([]);
  });

  test('of copies that must not share a node, where there are fewer', () => {
    const apart = (nodes: number | undefined, topologyKey: string, name = 'web') => found((chart) => {
      KubernetesObjects.of(web(chart)).deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/affinity', {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { 'app.kubernetes.io/name': name } }, topologyKey }] },
      }));
    }, { nodes });
    expect(apart(2, 'kubernetes.io/hostname')).toEqual([expect.stringContaining("Deployment 'web' cannot be patched so: a required podAntiAffinity keeps 2 copies and 1 more of an update on nodes"
      + ' of their own, and there are 2: some would wait for ever; give preferredDuringSchedulingIgnoredDuringExecution')]);
    expect([apart(3, 'kubernetes.io/hostname'), apart(undefined, 'kubernetes.io/hostname'), apart(2, 'topology.kubernetes.io/zone'), apart(2, 'kubernetes.io/hostname', 'db')])
      .toEqual([[], [], [], []]);
  });

  test('any other is the user\'s own affair', () => {
    expect(patched('Deployment', '/spec/template/spec/terminationGracePeriodSeconds', 90)).toEqual([]);
    expect(patched('PodDisruptionBudget', '/spec/maxUnavailable', 2)).toEqual([]);
    expect(patched('Deployment', '/spec/template/spec/containers/0/resources', { limits: { cpu: '1' } }, scaled)).toEqual([]);
    expect(patched('Deployment', '/spec/template/spec/containers/0/resources', { requests: { memory: '1Gi' } }, { ...scaled, scaleOn: [ScalingMetric.memory(80)] })).toEqual([]);
  });
});

describe('the name of an object that is none', () => {
  test.each(['Prod', 'prod_1', '-prod', 'x'.repeat(64)])('a namespace: %s', (namespace) => {
    expect(found((chart) => new Worker(chart, 'w', { image: IMAGE }), {}, { namespace })).toEqual([
      `error namespace: chart 'shop' cannot have the namespace '${namespace}' on Kubernetes: use at most 63 lower-case letters, digits and '-',`
      + ' with a letter or digit first and last [shop]',
    ]);
  });

  test('a namespace may begin with a digit', () => {
    expect(found((chart) => new Worker(chart, 'w', { image: IMAGE }), {}, { namespace: '4711-prod' })).toEqual([]);
  });

  test('a Secret, a claim, a storage class', () => {
    const how = "use at most 253 lower-case letters, digits, '-' and '.'";
    expect(found((chart) => new Worker(chart, 'w', {
      image: IMAGE, replicas: 1, secrets: [new Secret(chart, 's', { secretName: 'My_Secret' })], volumes: [Volume.persistent('/data', { storageClassName: 'Fast SSD' })],
    }))).toEqual([
      `error object-name: 's' cannot take 'My_Secret' for secretName on Kubernetes: ${how} [shop/s]`,
      `error object-name: 'w' cannot take 'Fast SSD' for storageClassName on Kubernetes: ${how} [shop/w]`,
    ]);
  });

  test('a store, a key, a node', () => {
    expect(found((chart) => {
      new Secret(chart, 's', { key: 'a/b', externalSecret: { storeName: 'My Vault', remoteKey: 'shop' } });
      new Worker(chart, 'w', { image: IMAGE, placement: Placement.onNode('node 7') });
    })).toEqual([
      "error secret-key: 's' cannot stand under the key 'a/b' of a Secret on Kubernetes: use at most 253 letters, digits, '-', '_' and '.' [shop/s]",
      "error placement: 'w' cannot run on a node called 'node 7' on Kubernetes: give its label kubernetes.io/hostname, see kubectl get nodes --show-labels [shop/w]",
      "error object-name: 's' cannot take 'My Vault' for externalSecret.storeName on Kubernetes: use at most 253 lower-case letters, digits, '-' and '.' [shop/s]",
    ]);
  });
});

describe('a namespace with claims in it', () => {
  const inNamespace = (annotations: any, define?: (chart: Chart) => void) => found((chart, app) => {
    new ApiObject(new Chart(app, 'platform'), 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', annotations } });
    if (define !== undefined) return define(chart);
    new StatefulService(chart, 'db', { image: IMAGE, port: 5432, volumes: [Volume.persistent('/data')] });
    new SharedVolume(chart, 'uploads', { storageClassName: 'nfs' });
  }, {}, { namespace: 'prod' });
  const LOST = "warning namespace-not-kept: namespace 'prod' takes the claims of 'db', 'uploads' with it on Kubernetes when a tool prunes it or removes the application, and nothing keeps one from doing so:"
    + ' give it the annotation of your tool (argocd.argoproj.io/sync-options: Prune=false,Delete=false, helm.sh/resource-policy: keep, kustomize.toolkit.fluxcd.io/prune: disabled),'
    + ' or leave it to createNamespace: true';

  test('that nothing keeps from being pruned is a finding', () => {
    expect(inNamespace(undefined)).toEqual([`${LOST} [platform/namespace]`]);
  });

  test.each([['argocd.argoproj.io/sync-options', 'Prune=false,Delete=false'], ['helm.sh/resource-policy', 'keep'], ['kustomize.toolkit.fluxcd.io/prune', 'disabled']])(
    'is kept by %s: %s', (key, value) => {
      expect(inNamespace({ [key]: value })).toEqual([]);
    });

  test('that Argo CD does not prune goes with its application all the same', () => {
    expect(inNamespace({ 'argocd.argoproj.io/sync-options': 'Prune=false' })).toEqual([`${LOST} [platform/namespace]`]);
  });

  test('needs no keeping without claims, or with those of somebody else', () => {
    expect(inNamespace(undefined, (chart) => web(chart))).toEqual([]);
    expect(inNamespace(undefined, (chart) => new SharedVolume(chart, 'uploads', { existingName: 'uploads' }))).toEqual([]);
  });

  test('of ours is kept, unless somebody patches that away', () => {
    const ours = (patch: boolean) => found((chart, app) => {
      new StatefulService(chart, 'db', { image: IMAGE, port: 5432, volumes: [Volume.persistent('/data')] });
      if (!patch) return;
      const [namespace] = app.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one) && one.kind === 'Namespace');
      namespace.addJsonPatch(JsonPatch.remove('/metadata/annotations'));
    }, { createNamespace: true }, { namespace: 'prod' });
    expect(ours(false)).toEqual([]);
    expect(ours(true)).toEqual([`${LOST.replace(", 'uploads'", '')} [shop-namespace/kubernetes-namespace]`]);
  });
});

describe('a quota of the namespace', () => {
  const quota = (namespaceQuota: any) => found((chart) => web(chart), { createNamespace: true, namespaceQuota }, { namespace: 'prod' });

  test('that has no room for an update is an error', () => {
    expect(quota({ pods: 2, memory: Size.mebibytes(600), cpu: Cpu.cores(1) })).toEqual([
      "error namespace-quota: namespace 'prod' cannot do with a quota of 600Mi for memory on Kubernetes: its workloads need 768Mi where all of them are updated at once;"
      + ' raise namespaceQuota.memory [shop]',
      "error namespace-quota: namespace 'prod' cannot do with a quota of 2 for pods on Kubernetes: its workloads need 3 where all of them are updated at once;"
      + ' raise namespaceQuota.pods [shop]',
    ]);
    expect(quota({ pods: 3, memory: Size.gibibytes(1) })).toEqual([]);
  });

  test('is for proxies of our own too', () => {
    const withProxies = (pods: number) => found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart)), {
      createNamespace: true, edge: KubernetesEdge.ownProxies(), namespaceQuota: { pods },
    }, { namespace: 'prod' }).filter((line) => line.includes('namespace-quota'));
    expect([withProxies(5).length, withProxies(6).length]).toEqual([1, 0]);
  });

  test.each([['istio', [1, 0]], ['nginx', [1, 0]], ['eg', [0, 0]]])('counts the proxies of a Gateway that run beside it: %s', (className, errors) => {
    const withGateway = (pods: number) => found((chart) => new LoadBalancer(chart, 'edge').addRoute('a.acme.example', web(chart)), {
      createNamespace: true, edge: KubernetesEdge.gateway({ className }), namespaceQuota: { pods },
    }, { namespace: 'prod' }).filter((line) => line.includes('namespace-quota'));
    expect([withGateway(5).length, withGateway(6).length]).toEqual(errors);
  });

  test('counts the pods that answer for certificates, one for each host', () => {
    const withCertificates = (namespaceQuota: any, byDns = false) => found((chart) => {
      const certificates = new LetsEncrypt(chart, 'le', {
        email: 'ops@acme.example', dns01: byDns ? Dns01.cloudflare(new Secret(chart, 'token')) : undefined,
      });
      const edge = new LoadBalancer(chart, 'edge', { certificates });
      edge.addRoute('a.acme.example', web(chart));
      edge.addRedirect('b.acme.example', 'a.acme.example');
    }, { createNamespace: true, namespaceQuota }, { namespace: 'prod' }).filter((line) => line.includes('namespace-quota'));
    expect(withCertificates({ memory: Size.mebibytes(768 + 127) })).toEqual([
      "error namespace-quota: namespace 'prod' cannot do with a quota of 895Mi for memory on Kubernetes: its workloads need 896Mi where all of them are updated at once"
      + ' and all certificates renewed; raise namespaceQuota.memory [shop]',
    ]);
    expect([withCertificates({ pods: 4 }).length, withCertificates({ pods: 5, memory: Size.mebibytes(896) }).length]).toEqual([1, 0]);
    expect(withCertificates({ pods: 3 }, true)).toEqual([]);
  });

  test('needs a namespace of ours', () => {
    expect(() => new KubernetesTarget({ namespaceQuota: { pods: 10 } })).toThrow(new Error(
      'KubernetesTarget cannot have a namespaceQuota for namespaces that it does not create: give createNamespace: true, or leave the quota to their owner'));
  });
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

  test('of members of a network too, any of whom may call', () => {
    const members = (connectedOnly: boolean, connects = false) => findings((chart) => {
      const backend = new IsolatedNetwork(chart, 'backend', { connectedOnly });
      const prices = new HAWebService(chart, 'prices', { image: IMAGE, port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc(), networks: [backend] });
      const shop = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, networks: [backend] });
      if (connects) shop.connectTo(prices);
    }).filter((one) => one.includes('grpc'));
    expect(members(false)).toEqual([expect.stringMatching(/^warning grpc-one-copy: a member of 'backend' that calls reaches one copy alone of 'prices' on Kubernetes: .* \[shop\/backend\]$/)]);
    expect(members(false, true)).toEqual([expect.stringMatching(/'web' reaches one copy alone of 'prices'/)]);
    expect(members(true)).toEqual([]);
  });

  test('are as well off with the only copy, and over HTTP/1.1', () => {
    expect(calling({ replicas: 1 })).toEqual([]);
    expect(calling({ protocol: Protocol.HTTP, healthCheck: HealthCheck.tcp() })).toEqual([]);
  });
});
