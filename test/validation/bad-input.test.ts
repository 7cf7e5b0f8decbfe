import { Chart, Duration, Size } from 'cdk8s';
import {
  Acceptance, AcmeIssuer, App, CertificateFiles, ComposeObjects, ComposeTarget, Cpu, Dns01, Egress, ExternalService, Guarantee, HAWebService,
  HealthCheck, IsolatedNetwork, KubernetesEdge, KubernetesObjects, KubernetesTarget, LetsEncrypt, LoadBalancer, LoadBalancerBackend, LoadBalancing,
  LocalCertificates, MacvlanNetwork, Placement, Port, Protocol, ScalingMetric, ScheduledJob, Secret, Security, Severity, SharedVolume,
  StatefulService, SwarmObjects, SwarmTarget, Volume, WhenGone, Worker,
} from '../../src';

/*
 * Every mistake a user can make, with the exact words that answer it: who cannot do what, the value given, the change
 * to make, the construct's path.
 */

const IMAGE = 'ghcr.io/acme/shop:1.4.2';

let app: App;
let shop: Chart;

beforeEach(() => {
  app = new App({ targets: [new KubernetesTarget()] });
  shop = new Chart(app, 'shop');
});

const web = (props: Record<string, unknown> = {}, id = 'web') => new HAWebService(shop, id, { image: IMAGE, port: 8080, ...props } as any);
const db = (props: Record<string, unknown> = {}, id = 'db') => new StatefulService(shop, id, { image: 'postgres:17.2', port: 5432, ...props } as any);

/** What synth says; the text of the one error, or of all. */
const synthError = (): string => {
  try {
    app.render();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
};

const warnings = () => app.findings().filter(({ severity }) => severity === Severity.WARNING).map(({ path, message }) => `${message} [${path}]`);

test('fails for a construct without a chart, and names what is missing', () => {
  expect(() => new (HAWebService as any)('web', { image: IMAGE })).toThrow(new Error(
    "HAWebService cannot stand in 'web': a chart comes first, then its name, new HAWebService(chart, 'web', …)"));
  expect(() => new (Secret as any)(undefined, 'password')).toThrow(new Error(
    "Secret cannot stand in undefined: a chart comes first, then its name, new Secret(chart, 'password', …)"));
});

test.each<[string, (construct: any) => unknown]>([
  ['KubernetesObjects', (construct) => KubernetesObjects.of(construct)], ['ComposeObjects', (construct) => ComposeObjects.of(construct)],
  ['SwarmObjects', (construct) => SwarmObjects.of(construct)],
])('%s fails for the name of a construct', (who, of) => {
  expect(() => of('web')).toThrow(new Error(
    `${who}.of() cannot look for 'web': give the construct itself, such as the variable that a new HAWebService(…) went into`));
});

test.each<[string, (props: any) => unknown]>([
  ['KubernetesTarget', (props) => new KubernetesTarget(props)], ['ComposeTarget', (props) => new ComposeTarget(props)], ['SwarmTarget', (props) => new SwarmTarget(props)],
])('%s fails for null in place of its props', (who, make) => {
  expect(() => make(null)).toThrow(new Error(`${who} cannot be made of null: give its props as an object [new ${who}()]`));
});

describe('an image', () => {
  test.each([
    ['', "web cannot run the image '': give a name and a tag, for example 'nginx:1.27.3' [shop/web]"],
    [' ', "web cannot run the image ' ': give a name and a tag, for example 'nginx:1.27.3' [shop/web]"],
    [undefined, "web cannot run the image undefined: give a name and a tag, for example 'nginx:1.27.3' [shop/web]"],
    ['GHCR.io/Acme/Shop:1.4', "web cannot run the image 'GHCR.io/Acme/Shop:1.4': repository names are lower case, write 'ghcr.io/acme/shop:1.4' [shop/web]"],
    ['nginx 1.27', "web cannot run the image 'nginx 1.27': give a name and a tag, for example 'nginx:1.27.3' [shop/web]"],
  ])('fails when it is %p', (image, message) => {
    expect(() => web({ image })).toThrow(new Error(message));
  });

  test.each([
    ['ghcr.io/acme/web:undefined', 'undefined'], ['web:null', 'null'], ['web:1.4-undefined', 'undefined'], ['undefined/web:1.4', 'undefined'],
    ['ghcr.io/null/web:1.4', 'null'], ['ghcr.io/undefined', 'undefined'], ['web@undefined', 'undefined'], ['web@sha256:undefined', 'undefined'],
  ])('fails with the name of nothing, which a template makes of a variable that is not set: %s', (image, unset) => {
    expect(() => web({ image })).toThrow(new Error(
      `web cannot run the image '${image}': '${unset}' stands in it, as for a variable that was not set, set it [shop/web]`));
  });

  test.each(['web:', 'ghcr.io/acme/web:', 'registry.example:5000/web:'])('fails with an empty tag: %s', (image) => {
    expect(() => web({ image })).toThrow(new Error(
      `web cannot run the image '${image}': its tag is empty, as for a variable that was not set, give one, for example '${image}1.27.3' [shop/web]`));
  });

  test.each(['nullmailer:2', 'acme/undefined-behavior:1', 'acme/shop:nullable'])('with such a word in a name of its own is fine: %s', (image) => {
    expect(() => web({ image })).not.toThrow();
  });

  test.each(['acme/shop@1.4.2', 'acme/shop:1@sha256:', `acme/shop@sha256:${'a'.repeat(63)}`, `acme/shop@sha256:${'g'.repeat(64)}`, 'acme/shop@'])('fails with a digest that is none: %s', (image) => {
    expect(() => web({ image })).toThrow(new Error(
      `web cannot run the image '${image}': what follows '@' is no digest, write '@sha256:' and its 64 digits and letters a to f, or leave it out [shop/web]`));
  });

  test.each(['acme/shop', 'acme/shop:latest', 'registry.example:5000/nginx'])('without a fixed version (%s) is a finding', (image) => {
    web({ image, healthCheck: HealthCheck.tcp() });
    expect(warnings()).toEqual([`web runs the image '${image}' without a fixed version: a restart may bring another one, add a tag or digest [shop/web]`]);
  });

  test.each(['acme/shop:1.4.2', `acme/shop@sha256:${'a'.repeat(64)}`, 'registry.example:5000/nginx:1'])('with a fixed version (%s) is fine', (image) => {
    web({ image, healthCheck: HealthCheck.tcp() });
    expect(warnings()).toEqual([]);
  });
});

describe('the image of a load balancer', () => {
  const BACKENDS = [LoadBalancerBackend.caddy, LoadBalancerBackend.haproxy, LoadBalancerBackend.nginx, LoadBalancerBackend.traefik];

  test.each<[unknown, string]>([
    ['', "'': give a name and a tag, for example 'nginx:1.27.3'"],
    [' acme/proxy:1', "' acme/proxy:1': give a name and a tag, for example 'nginx:1.27.3'"],
    [2, "2: give a name and a tag, for example 'nginx:1.27.3'"],
    ['acme/proxy:undefined', "'acme/proxy:undefined': 'undefined' stands in it, as for a variable that was not set, set it"],
    ['acme/proxy@sha256:1', "'acme/proxy@sha256:1': what follows '@' is no digest, write '@sha256:' and its 64 digits and letters a to f, or leave it out"],
  ])('fails when it is %p', (image, problem) => {
    for (const make of BACKENDS) {
      const backend = make({ image: image as any });
      expect(() => new LoadBalancer(shop, backend.name, { backend }))
        .toThrow(new Error(`${backend.name}, backend, cannot run the image ${problem} [shop/${backend.name}]`));
    }
    for (const option of ['acmeClientImage', 'localAuthorityImage']) {
      expect(() => new LoadBalancer(shop, option, { backend: LoadBalancerBackend.nginx({ [option]: image }) }))
        .toThrow(new Error(`${option}, backend, cannot run the image ${problem} [shop/${option}]`));
    }
  });

  test.each([
    ['Compose', () => new ComposeTarget()], ['Swarm', () => new SwarmTarget()], ['Kubernetes', () => new KubernetesTarget({ edge: KubernetesEdge.ownProxies() })],
  ])('without a fixed version is a finding on %s', (_, target) => {
    app = new App({ targets: [target()] });
    shop = new Chart(app, 'shop', { namespace: 'shop' });
    const [fixed, floating] = ['acme/nginx:1.30', 'acme/nginx'].map((image, i) => new LoadBalancer(shop, `edge-${i}`, { backend: LoadBalancerBackend.nginx({ image }), httpPort: 8080 + i }));
    fixed.addRoute('a.example', web());
    floating.addRoute('b.example', web({}, 'api'));
    expect(warnings().filter((line) => line.includes('without a fixed version'))).toEqual([
      expect.stringContaining("edge-1 runs the image 'acme/nginx' without a fixed version: a restart may bring another one, add a tag or digest"),
    ]);
  });

  test('that is left out is the published one', () => {
    for (const make of BACKENDS) expect(() => new LoadBalancer(shop, make().name, { backend: make({ image: undefined }) })).not.toThrow();
  });
});

describe('a port', () => {
  test.each([
    [0, 'web cannot listen on port 0: give a whole number from 1 to 65535 [shop/web]'],
    [70000, 'web cannot listen on port 70000: give a whole number from 1 to 65535 [shop/web]'],
    [80.5, 'web cannot listen on port 80.5: give a whole number from 1 to 65535 [shop/web]'],
    ['8080', "web cannot listen on port '8080': give a whole number from 1 to 65535 [shop/web]"],
    [undefined, 'web cannot listen on port undefined: give a whole number from 1 to 65535 [shop/web]'],
  ])('fails when it is %p', (port, message) => {
    expect(() => web({ port })).toThrow(new Error(message));
  });

  test('fails when it is declared twice', () => {
    expect(() => web({ additionalPorts: [Port.tcp('again', 8080)] }))
      .toThrow(new Error("web cannot have two ports '8080/TCP': give each a number and a name of its own [shop/web]"));
    expect(() => web({ additionalPorts: [Port.http('http', 9090)] }, 'other'))
      .toThrow(new Error("other cannot have two ports 'http': give each a number and a name of its own [shop/other]"));
  });

  test('fails when its name is none', () => {
    expect(() => web({ additionalPorts: [Port.tcp('much-too-long-name', 9090)] }))
      .toThrow(new Error("web cannot have a port called 'much-too-long-name': use at most 15 lower-case letters, digits and '-', with a letter among them [shop/web]"));
  });

  test.each([
    [{ protocol: 'smtp' }, "web cannot take 'smtp' for protocol: give Protocol.HTTP, Protocol.HTTPS, Protocol.GRPC, Protocol.GRPCS, Protocol.TCP or Protocol.UDP [shop/web]"],
    [{ additionalPorts: [Port.of('mail', 25, 'smtp' as any)] },
      "web cannot take 'smtp' for protocol: give Protocol.HTTP, Protocol.HTTPS, Protocol.GRPC, Protocol.GRPCS, Protocol.TCP or Protocol.UDP [shop/web]"],
    [{ additionalPorts: [9090] }, "web cannot take 9090 for additionalPorts: give ports such as Port.tcp('metrics', 9090) [shop/web]"],
    [{ additionalPorts: [undefined] }, "web cannot take null for additionalPorts: give ports such as Port.tcp('metrics', 9090) [shop/web]"],
  ])('fails for what is none: %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test('fails when one is published that is not declared', () => {
    expect(() => db({ publishedPorts: [{ port: 5433 }] }))
      .toThrow(new Error('db cannot publish port 5433: it is none of its ports (5432), declare it with additionalPorts [shop/db]'));
  });
});

test.each<[unknown, string]>([
  ['8080:80', "'8080:80' for publishedPorts: give an object such as { port: 80, hostPort: 8080 }"],
  ['127.0.0.1:8080:80', "'127.0.0.1:8080:80' for publishedPorts: give an object such as { port: 80, hostPort: 8080, address: '127.0.0.1' }"],
  ['80', "'80' for publishedPorts: give an object such as { port: 80 }"],
  [80, '80 for publishedPorts: give an object such as { port: 80 }'],
  ['web', "'web' for publishedPorts: give an object such as { port: 5432 }"],
  [undefined, 'undefined for publishedPorts: give an object such as { port: 5432 }'],
])('a published port in other words fails: %p', (published, problem) => {
  expect(() => web({ publishedPorts: [published] })).toThrow(new Error(`web cannot take ${problem} [shop/web]`));
});

test.each<[any, string]>([
  [{ metricsPort: 0 }, 'web cannot listen on port 0: give a whole number from 1 to 65535 [shop/web]'],
  [{ metricsPort: 8125, additionalPorts: [Port.udp('stats', 8125)] },
    'web cannot tell metrics on port 8125, which it has over UDP alone: metrics are asked for over HTTP, give a port of its own [shop/web]'],
])('metrics %j', (props, message) => {
  expect(() => web(props)).toThrow(new Error(message));
});

const RANGE = { minReplicas: 2, maxReplicas: 4 };

describe('the number of copies', () => {
  test.each([
    [{ replicas: 0 }, 'web cannot have replicas 0: give a whole number from 1 [shop/web]'],
    [{ replicas: 1.5 }, 'web cannot have replicas 1.5: give a whole number from 1 [shop/web]'],
    [{ replicas: '3' }, "web cannot have replicas '3': give a whole number from 1 [shop/web]"],
    [{ replicas: 2, minReplicas: 2 }, 'web cannot have both replicas and minReplicas: give replicas for a fixed count, minReplicas and maxReplicas for an autoscaled one [shop/web]'],
    [{ minReplicas: 5, maxReplicas: 3 }, 'web cannot have minReplicas 5 above maxReplicas 3: swap them or raise maxReplicas [shop/web]'],
    [{ minReplicas: 2 }, 'web cannot be autoscaled with minReplicas alone: give maxReplicas too, or replicas for a fixed count [shop/web]'],
    [{ maxReplicas: 2 }, 'web cannot be autoscaled with maxReplicas alone: give minReplicas too, or replicas for a fixed count [shop/web]'],
    [{ maxSurge: 0 }, 'web cannot have maxSurge 0 and maxUnavailable 0: an update could never begin, give one of them 1 or more [shop/web]'],
    [{ maxReplicasPerNode: 0 }, 'web cannot have maxReplicasPerNode 0: give a whole number from 1 [shop/web]'],
    [{ targetCpuPercent: 60 }, 'web cannot be scaled by targetCpuPercent without a range: give minReplicas and maxReplicas [shop/web]'],
    [{ scaleOn: [ScalingMetric.cpu(60)] }, 'web cannot be scaled by scaleOn without a range: give minReplicas and maxReplicas [shop/web]'],
    [{ ...RANGE, targetCpuPercent: 0 }, 'web cannot have targetCpuPercent 0: give a whole number from 1 [shop/web]'],
    [{ ...RANGE, scaleOn: [] }, 'web cannot be scaled on nothing: give scaleOn a metric such as ScalingMetric.cpu(70), or leave it out [shop/web]'],
    [{ ...RANGE, targetCpuPercent: 60, scaleOn: [ScalingMetric.memory(80)] }, 'web cannot have both targetCpuPercent and scaleOn: add ScalingMetric.cpu(…) to scaleOn [shop/web]'],
    [{ ...RANGE, scaleOn: [ScalingMetric.requestsPerSecond(0)] }, 'web cannot aim at 0 for http_requests_per_second: give a number above 0 [shop/web]'],
    [{ ...RANGE, scaleOn: ['cpu'] }, "web cannot take 'cpu' for scaleOn: give choices such as ScalingMetric.cpu(70) [shop/web]"],
    [{ spread: 'preferred' }, "web cannot take 'preferred' for spread: give a choice such as Spread.preferred() [shop/web]"],
    [{ priorityClassName: 'High' }, "web cannot take 'High' for priorityClassName: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.' [shop/web]"],
    [{ imagePullSecrets: [''] }, "web cannot take '' for imagePullSecrets: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.' [shop/web]"],
    [{ maxSurge: -1 }, 'web cannot have maxSurge -1: give a whole number from 0 [shop/web]'],
  ])('fails when it is %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test('of one is a finding', () => {
    web({ replicas: 1, healthCheck: HealthCheck.tcp() });
    expect(warnings()).toEqual(['web runs as one copy: it is away during each crash, update and loss of a host, give it 2 replicas or more [shop/web]']);
  });
});

describe('a stateful service', () => {
  test.each([
    [{ updatePartition: 4 }, 'db cannot have updatePartition 4 with 3 copies: give the number of the first copy that gets the new version, from 0 to 3 [shop/db]'],
    [{ updatePartition: -1 }, 'db cannot have updatePartition -1 with 3 copies: give the number of the first copy that gets the new version, from 0 to 3 [shop/db]'],
    [{ volumeRetention: { whenScaled: 'Delete' } }, "db cannot take 'Delete' for volumeRetention.whenScaled: give WhenGone.RETAIN or WhenGone.DELETE [shop/db]"],
    [{ volumeRetention: { whenScale: WhenGone.DELETE } }, "db, volumeRetention, has no prop 'whenScale': did you mean 'whenScaled'? [shop/db]"],
  ])('fails when it is %j', (props, message) => {
    expect(() => db({ replicas: 3, ...props })).toThrow(new Error(message));
  });
});

describe('a copy of a stateful service', () => {
  test('has a host name that holds on every target', () => {
    const [one, three] = [db({}, 'one'), db({ replicas: 3 })];
    expect([one.copyHostname(0), three.copyHostname(0), three.copyHostname(2)]).toEqual(['one', 'db-0', 'db-2']);
  });

  test.each([[3, '3'], [-1, '-1'], [0.5, '0.5'], ['1', "'1'"]])('that is not there fails: %p', (index, shown) => {
    expect(() => db({ replicas: 3 }).copyHostname(index as number)).toThrow(new Error(`db has no copy ${shown}: it has 3, so give a whole number from 0 to 2 [shop/db]`));
  });
});

describe('a placement', () => {
  test.each<[string, () => unknown, string]>([
    ['a host without a name', () => Placement.onNode(''), "Placement.onNode cannot choose the host '': give its name as the cluster knows it, such as 'host-1'"],
    ['a host that is nothing', () => Placement.onNode(undefined as any), "Placement.onNode cannot choose the host undefined: give its name as the cluster knows it, such as 'host-1'"],
    ['no label', () => Placement.onNodesWithLabels({}),
      "Placement.onNodesWithLabels cannot choose hosts by no label, which every host has: give labels such as { disk: 'ssd' }, or leave the placement out"],
    ['a text', () => Placement.onNodesWithLabels('ssd' as any),
      "Placement.onNodesWithLabels cannot choose hosts by 'ssd': give labels such as { disk: 'ssd' }, or leave the placement out"],
    ['a list', () => Placement.onNodesWithLabels(['ssd'] as any),
      "Placement.onNodesWithLabels cannot choose hosts by a list: give labels such as { disk: 'ssd' }, or leave the placement out"],
    ['a value that is no text', () => Placement.onNodesWithLabels({ db: true } as any),
      "Placement.onNodesWithLabels cannot take boolean for the label 'db': give a text, such as { 'db': 'true' }"],
  ])('fails for %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });
});

describe('a scheduled job', () => {
  const job = (props: any) => new ScheduledJob(shop, 'report', { image: IMAGE, command: ['report'], schedule: '* * * * *', ...props });

  test.each([
    [{ overlap: 'forbid' }, "report cannot take 'forbid' for overlap: give Overlap.SKIP, Overlap.ALLOW or Overlap.REPLACE [shop/report]"],
    [{ successfulRunsKept: -1 }, 'report cannot have successfulRunsKept -1: give a whole number from 0 [shop/report]'],
    [{ failedRunsKept: 1.5 }, 'report cannot have failedRunsKept 1.5: give a whole number from 0 [shop/report]'],
  ])('fails when it is %j', (props, message) => {
    expect(() => job(props)).toThrow(new Error(message));
  });

  test('fails when it may start no later than Kubernetes looks', () => {
    expect(() => job({ startingDeadline: Duration.seconds(5) })).toThrow(new Error(
      'report cannot have startingDeadline 5 s: Kubernetes looks every 10 s, and a shorter one may miss every run; give 10 s or more [shop/report]'));
  });
});

describe('a name', () => {
  test.each(['Web', 'web_1', '1web', 'web-', 'x'.repeat(59)])('fails when it is no DNS label: %s', (id) => {
    expect(() => web({}, id)).toThrow(new Error(
      `HAWebService cannot be called '${id}': use at most 58 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [shop/${id}]`));
  });

  test('of a stateful service fails above 52 characters', () => {
    const id = 'd'.repeat(53);
    expect(() => db({}, id)).toThrow(new Error(
      `StatefulService cannot be called '${id}': use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [shop/${id}]`));
  });

  test('of a scheduled job fails above 52 characters, since its runs carry a time stamp', () => {
    const id = 'j'.repeat(53);
    expect(() => new ScheduledJob(shop, id, { image: IMAGE, schedule: '0 3 * * *', command: ['report'] })).toThrow(new Error(
      `ScheduledJob cannot be called '${id}': use at most 52 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [shop/${id}]`));
  });

  test('fails when it is used twice, in different scopes too', () => {
    web();
    const group = new IsolatedNetwork(shop, 'group');
    expect(() => new Worker(group, 'web', { image: IMAGE }))
      .toThrow(new Error("Worker cannot be called 'web': shop/web has that name in this chart, use another id [shop/group/web]"));
  });

  test('of a sidecar or init container fails when it is used twice in a workload', () => {
    const service = web();
    service.addSidecar('s', { image: IMAGE });
    for (const again of [() => service.addSidecar('s', { image: IMAGE }), () => service.addInit('s', { image: IMAGE })]) {
      expect(again).toThrow(new Error("container cannot be called 's': a sidecar or init container of 'web' has that name, use another [shop/web]"));
    }
  });

  test.each(['web-next', 'db-headless', 'db-0'])('fails when it meets one of ours: %s', (id) => {
    web();
    db();
    const owner = id.startsWith('web') ? 'shop/web' : 'shop/db';
    expect(() => new Worker(shop, id, { image: IMAGE }))
      .toThrow(new Error(`Worker cannot be called '${id}': ${owner} has that name in this chart, use another id [shop/${id}]`));
  });

  test('fails when containers of two charts meet', () => {
    app = new App({ targets: [new ComposeTarget()] });
    const a = new Chart(app, 'a');
    const ab = new Chart(app, 'a-b');
    new Worker(a, 'b-c', { image: IMAGE });
    new Worker(ab, 'c', { image: IMAGE });
    expect(synthError()).toContain("workload 'c' cannot have a container called 'a-b-c-1' on Docker: 'a/b-c' has one of that name, use another id [a-b/c]");
  });

  test('of a chart fails when it is no DNS label', () => {
    const chart = new Chart(app, 'My_Shop');
    expect(() => new Worker(chart, 'mailer', { image: IMAGE })).toThrow(new Error(
      "a chart cannot be called 'My_Shop': use at most 63 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit [My_Shop]"));
  });
});

describe('what a compiler would have said', () => {
  test('fails for a prop that nobody reads', () => {
    expect(() => web({ replica: 3 })).toThrow(new Error("web has no prop 'replica': did you mean 'replicas'? [shop/web]"));
    expect(() => web({ colourScheme: {} }, 'other')).toThrow(new Error(
      "other has no prop 'colourScheme': remove it, the props are "
      + 'image, port, replicas, networks, environment, secrets, volumes, healthCheck, domainName, publishedPorts, resources, command and 32 more [shop/other]'));
    expect(() => new SharedVolume(shop, 'uploads', { encrypted: true } as any)).toThrow(new Error(
      "uploads has no prop 'encrypted': remove it, the props are existingName, nfsPath, nfsServer, size, storageClassName [shop/uploads]"));
    expect(() => db({ minReplicas: 3 })).toThrow(/^db has no prop 'minReplicas'/);
    expect(() => web({ healthCheck: HealthCheck.http('/', { livepath: '/' } as any) }, 'third'))
      .toThrow(new Error("third, healthCheck, has no prop 'livepath': did you mean 'livePath'? [shop/third]"));
    expect(() => web({ resources: { disk: 3 } }, 'fourth')).toThrow(/^fourth, resources, has no prop 'disk': remove it/);
  });

  test.each<[string, () => unknown, string]>([
    ['a connection', () => web().connectTo(db(), { startafter: true } as any), "web, connectTo, has no prop 'startafter': did you mean 'startAfter'? [shop/web]"],
    ['a published port', () => db({ publishedPorts: [{ port: 5432, hostport: 15432 }] }), "db, publishedPorts, has no prop 'hostport': did you mean 'hostPort'? [shop/db]"],
    ['security', () => web({ security: Security.restricted({ writeableRoot: true } as any) }),
      "web, security, has no prop 'writeableRoot': did you mean 'writableRoot'? [shop/web]"],
    ['security of a sidecar', () => web().addSidecar('s', { image: IMAGE, security: Security.restricted({ writeableRoot: true } as any) }),
      "web.s, security, has no prop 'writeableRoot': did you mean 'writableRoot'? [shop/web]"],
    ['a disk', () => db({ volumes: [Volume.persistent('/data', { storageClass: 'ssd' } as any)] }),
      "db, volume '/data', has no prop 'storageClass': did you mean 'storageClassName'? [shop/db]"],
    ['scratch space', () => web({ volumes: [Volume.scratch('/cache', { inmemory: true } as any)] }), "web, volume '/cache', has no prop 'inmemory': did you mean 'inMemory'? [shop/web]"],
    ['a path of the host', () => web({ volumes: [Volume.hostPath('/log', '/var/log/shop', { readonly: true } as any)] }),
      "web, volume '/log', has no prop 'readonly': did you mean 'readOnly'? [shop/web]"],
    ['a mount', () => new SharedVolume(shop, 'uploads').mount('/uploads', { readonly: true } as any),
      "uploads.mount('/uploads'), has no prop 'readonly': did you mean 'readOnly'? [shop/uploads]"],
    ['the software of a load balancer', () => new LoadBalancer(shop, 'edge', { backend: LoadBalancerBackend.caddy({ imgae: 'acme/caddy:2' } as any) }),
      "edge, backend, has no prop 'imgae': did you mean 'image'? [shop/edge]"],
    ['another software', () => new LoadBalancer(shop, 'edge', { backend: LoadBalancerBackend.traefik({ dnsModuleInImage: true } as any) }),
      "edge, backend, has no prop 'dnsModuleInImage': remove it, the props are image [shop/edge]"],
    ...[HealthCheck.http('/', null as any), HealthCheck.tcp(null as any), HealthCheck.grpc(null as any), HealthCheck.command(['true'], null as any)]
      .map((healthCheck): [string, () => unknown, string] => [`null in place of options of a health check: ${healthCheck.kind}`, () => web({ healthCheck }),
        'web, healthCheck, cannot be made of null: give its props as an object [shop/web]']),
    ...[Volume.scratch('/x', null as any), Volume.hostPath('/x', '/y', null as any)].map((volume): [string, () => unknown, string] =>
      [`null in place of options of a volume: ${volume.kind}`, () => web({ volumes: [volume] }),
        "web, volume '/x', cannot be made of null: give its props as an object [shop/web]"]),
    ['null in place of options of a disk', () => db({ volumes: [Volume.persistent('/x', null as any)] }),
      "db, volume '/x', cannot be made of null: give its props as an object [shop/db]"],
    ['null in place of options of security', () => web({ security: Security.restricted(null as any) }),
      'web, security, cannot be made of null: give its props as an object [shop/web]'],
    ...[LoadBalancerBackend.caddy, LoadBalancerBackend.haproxy, LoadBalancerBackend.nginx, LoadBalancerBackend.traefik]
      .map((make): [string, () => unknown, string] => [`null in place of options of ${make.name}`, () => new LoadBalancer(shop, 'edge', { backend: make(null as any) }),
        'edge, backend, cannot be made of null: give its props as an object [shop/edge]']),
    ['an image in place of options', () => new LoadBalancer(shop, 'edge', { backend: LoadBalancerBackend.nginx('nginx:1.30.6' as any) }),
      'edge, backend, cannot be made of string: give its props as an object [shop/edge]'],
    ['a place of a secret', () => new Secret(shop, 'password', { externalSecret: { storeName: 'vault', remotekey: 'shop/db' } as any }),
      "password, externalSecret, has no prop 'remotekey': did you mean 'remoteKey'? [shop/password]"],
  ])('fails for an option that nobody reads: %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test.each<[string, () => unknown, string]>([
    ['a workload', () => web({ redirectHttp: 'false' }), "web cannot take 'false' for redirectHttp: give true or false [shop/web]"],
    ['a load balancer', () => new LoadBalancer(shop, 'edge', { accessLog: 0 as any }), 'edge cannot take 0 for accessLog: give true or false [shop/edge]'],
    ['a network', () => new IsolatedNetwork(shop, 'backend', { connectedOnly: 'no' as any }), "backend cannot take 'no' for connectedOnly: give true or false [shop/backend]"],
    ['a volume', () => web({ volumes: [Volume.scratch('/cache', { inMemory: 1 as any })] }), "web, volume '/cache', cannot take 1 for inMemory: give true or false [shop/web]"],
    ['a target', () => new KubernetesTarget({ createNamespace: 'false' as any }), "KubernetesTarget cannot take 'false' for createNamespace: give true or false [new KubernetesTarget()]"],
    ['an edge', () => KubernetesEdge.existingGateway({ name: 'public', listenerSet: 'yes' as any }),
      "KubernetesEdge.existingGateway() cannot take 'yes' for listenerSet: give true or false [new KubernetesTarget({ edge })]"],
  ])('fails for what is neither on nor off: %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test.each<[any, string]>([
    [{ remoteKey: 'shop/db' }, 'password, externalSecret, cannot take undefined for storeName: give the name of the store [shop/password]'],
    [{ storeName: 'vault' }, 'password, externalSecret, cannot take undefined for remoteKey: give the key of the value in the store [shop/password]'],
    [{ storeName: 'vault', remoteKey: 'shop/db', storeKind: 'Store' },
      "password, externalSecret, cannot take 'Store' for storeKind: give 'ClusterSecretStore' or 'SecretStore' [shop/password]"],
  ])('fails for a place where no secret is: %j', (externalSecret, message) => {
    expect(() => new Secret(shop, 'password', { externalSecret })).toThrow(new Error(message));
  });

  test.each([
    [{ healthCheck: { path: '/' } }, "web cannot take an object for healthCheck: give a choice such as HealthCheck.http('/healthz') [shop/web]"],
    [{ networks: ['backend'] }, "web cannot take 'backend' for networks: give networks such as new IsolatedNetwork(chart, 'backend') [shop/web]"],
    [{ egress: ['internet'] }, "web cannot take 'internet' for egress: give choices such as Egress.internet() [shop/web]"],
    [{ drainTimeout: 30 }, 'web cannot take 30 for drainTimeout: give a Duration such as Duration.seconds(30) [shop/web]'],
    [{ placement: 'node-1' }, "web cannot take 'node-1' for placement: give a choice such as Placement.onNodesWithLabels({ disk: 'ssd' }) [shop/web]"],
    [{ resources: { memory: '1Gi' } }, "web cannot take '1Gi' for resources.memory: give a Size such as Size.mebibytes(512) [shop/web]"],
    [{ volumes: ['/data'] }, "web cannot take '/data' for volumes: give choices such as Volume.scratch('/cache') [shop/web]"],
  ])('fails for %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test.each([
    ['cpu', 'Cpu.millis(250)'], ['cpuLimit', 'Cpu.millis(500)'], ['memory', 'Size.mebibytes(512)'], ['memoryLimit', 'Size.mebibytes(512)'],
  ])('fails for %s beside resources', (prop, example) => {
    expect(() => web({ [prop]: 1 })).toThrow(new Error(`web has no prop '${prop}': write resources: { ${prop}: ${example} } [shop/web]`));
    expect(() => web({}, 'other').addSidecar('s', { image: IMAGE, [prop]: 1 } as any))
      .toThrow(new Error(`other.s has no prop '${prop}': write resources: { ${prop}: ${example} } [shop/other]`));
  });

  test.each([
    [{ command: 'node x' }, "web cannot take 'node x' for command: give a list such as ['node', 'server.js'] [shop/web]"],
    [{ args: 'x' }, "web cannot take 'x' for args: give a list such as ['--verbose'] [shop/web]"],
    [{ networks: {} }, 'web cannot take an object for networks: give a list such as [backend] [shop/web]'],
    [{ volumes: Volume.scratch('/a') }, "web cannot take an object for volumes: give a list such as [Volume.scratch('/cache')] [shop/web]"],
    [{ secrets: {} }, 'web cannot take an object for secrets: give a list such as [password] [shop/web]'],
    [{ secrets: 'hunter2' }, 'web cannot take a text for secrets: give a list such as [password] [shop/web]'],
    [{ egress: Egress.internet() }, 'web cannot take an object for egress: give a list such as [Egress.internet()] [shop/web]'],
    [{ imagePullSecrets: 'ghcr' }, "web cannot take 'ghcr' for imagePullSecrets: give a list such as ['registry'] [shop/web]"],
    [{ publishedPorts: { port: 8080 } }, 'web cannot take an object for publishedPorts: give a list such as [{ port: 5432 }] [shop/web]'],
    [{ additionalPorts: Port.tcp('a', 1) }, "web cannot take an object for additionalPorts: give a list such as [Port.tcp('metrics', 9090)] [shop/web]"],
    [{ onlyOn: 'swarm' }, "web cannot take 'swarm' for onlyOn: give a list such as ['kubernetes'] [shop/web]"],
    [{ healthCheck: HealthCheck.command('pg_isready' as any) },
      "web cannot take 'pg_isready' for the command of healthCheck: give a list such as ['pg_isready'] [shop/web]"],
    [{ healthCheck: HealthCheck.command(['a'], { liveCommand: 'b' } as any) },
      "web, healthCheck, cannot take 'b' for liveCommand: give a list such as ['pg_isready'] [shop/web]"],
    [{ egress: [Egress.toHosts('x.example.com' as any)] },
      "web cannot take 'x.example.com' for the hosts of egress: give a list such as ['api.example.org'] [shop/web]"],
    [{ egress: [Egress.toRanges('10.0.0.0/8' as any)] },
      "web cannot take '10.0.0.0/8' for the ranges of egress: give a list such as ['203.0.113.0/24'] [shop/web]"],
    [{ egress: [Egress.toHosts(['x.example.com'], 443 as any)] }, 'web cannot take 443 for the ports of egress: give a list such as [443] [shop/web]'],
  ])('fails for one in place of a list: %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test.each([
    [{ command: [] }, "command: leave it out for the image's own, or give a list such as ['node', 'server.js']"],
    [{ args: [] }, "args: leave it out for the image's own, or give a list such as ['--verbose']"],
    [{ healthCheck: HealthCheck.command([]) }, "the command of healthCheck: give a list such as ['pg_isready']"],
    [{ healthCheck: HealthCheck.command(['ready'], { liveCommand: [] }) }, "healthCheck.liveCommand: leave it out, or give a list such as ['pg_isready']"],
  ])('fails for the empty list in %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(`web cannot take an empty list for ${message} [shop/web]`));
    expect(() => web({}, 'other').addSidecar('s', { image: IMAGE, ...props })).toThrow(new Error(`other.s cannot take an empty list for ${message} [shop/other]`));
  });

  test.each<[any, string]>([
    [{ healthCheck: HealthCheck.command(['CMD', 'pg_isready']) }, "web cannot take 'CMD' for the first word of its healthCheck.command: that is for Compose, leave it out [shop/web]"],
    [{ healthCheck: HealthCheck.command(['CMD-SHELL', 'pg_isready || exit 1']) },
      "web cannot take 'CMD-SHELL' for the first word of its healthCheck.command: that is for Compose, write ['sh', '-c', 'pg_isready || exit 1'] [shop/web]"],
    [{ command: ['npm run migrate && npm start'] },
      "web cannot run 'npm run migrate && npm start' as its command: no shell takes it apart, write ['sh', '-c', '…'] for a line of a shell, or each word for itself [shop/web]"],
    [{ healthCheck: HealthCheck.command(['ready'], { liveCommand: ['live --now'] }) },
      "web cannot run 'live --now' as its healthCheck.liveCommand: no shell takes it apart, write ['sh', '-c', '…'] for a line of a shell, or each word for itself [shop/web]"],
  ])('fails for a line of a shell or of Compose: %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test('fails for what is no text in the command of a health check', () => {
    expect(() => web({ healthCheck: HealthCheck.command(['ready', 5432 as any]) }))
      .toThrow(new Error("web cannot take 5432 for healthCheck.command[1]: give a text, '5432' [shop/web]"));
  });

  test('fails for one in place of a list in a sidecar and an init container', () => {
    expect(() => web().addSidecar('s', { image: IMAGE, command: 'node x' } as any))
      .toThrow(new Error("web.s cannot take 'node x' for command: give a list such as ['node', 'server.js'] [shop/web]"));
    expect(() => db().addInit('i', { image: IMAGE, args: 'x' } as any))
      .toThrow(new Error("db.i cannot take 'x' for args: give a list such as ['--verbose'] [shop/db]"));
  });

  test.each([
    [{ environment: ['A=b'] }, "web cannot take a list for environment: give an object of names and values such as { LOG_LEVEL: 'info' } [shop/web]"],
    [{ environment: 'A=b' }, "web cannot take a text for environment: give an object of names and values such as { LOG_LEVEL: 'info' } [shop/web]"],
    [{ labels: 'a' }, "web cannot take 'a' for labels: give an object of names and values such as { team: 'shop' } [shop/web]"],
  ])('fails for what has no names: %j', (props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test.each([
    [Volume.persistent('/d', { size: '10Gi' } as any), "web cannot take '10Gi' for the size of volume '/d': give a Size such as Size.gibibytes(10) [shop/web]"],
    [Volume.scratch('/s', { size: '1Gi' } as any), "web cannot take '1Gi' for the size of volume '/s': give a Size such as Size.gibibytes(10) [shop/web]"],
  ])('fails for the size of %j', (volume, message) => {
    expect(() => web({ replicas: 1, volumes: [volume] })).toThrow(new Error(message));
  });

  test('fails for the size of a shared volume', () => {
    expect(() => new SharedVolume(shop, 'uploads', { size: '5Gi' } as any))
      .toThrow(new Error("uploads cannot take '5Gi' for size: give a Size such as Size.gibibytes(5) [shop/uploads]"));
  });

  test.each(['interval', 'timeout', 'startPeriod', 'restartAfter'])('fails for a number as %s of a health check', (prop) => {
    expect(() => web({ healthCheck: HealthCheck.http('/x', { [prop]: 20 } as any) }))
      .toThrow(new Error(`web cannot take 20 for healthCheck.${prop}: give a Duration such as Duration.seconds(30) [shop/web]`));
  });

  test('fails for an id that is taken in its scope', () => {
    web();
    expect(() => web()).toThrow(new Error("HAWebService cannot be called 'web': something else in the same scope has that id, use another [shop/web]"));
  });
});

describe('a target', () => {
  test('fails when there is none', () => {
    expect(() => new App({ targets: [] })).toThrow(new Error(
      'the App cannot write anything: it has no targets, leave targets out for all three or give one, for example [new ComposeTarget()]'));
  });

  test.each<[string, () => unknown, string]>([
    ['Kubernetes', () => new KubernetesTarget({ createNamepsace: true } as any), "KubernetesTarget has no prop 'createNamepsace': did you mean 'createNamespace'? [new KubernetesTarget()]"],
    ['Compose', () => new ComposeTarget({ adressPool: '10.0.0.0/8' } as any), "ComposeTarget has no prop 'adressPool': did you mean 'addressPool'? [new ComposeTarget()]"],
    ['Swarm', () => new SwarmTarget({ encrypt: true } as any), "SwarmTarget has no prop 'encrypt': did you mean 'encrypted'? [new SwarmTarget()]"],
    ['an edge', () => KubernetesEdge.ownProxies({ copies: 3 } as any), 'KubernetesEdge.ownProxies() has no prop \'copies\': remove it, the props are annotations, deregistration,'
      + ' externalTrafficPolicy, loadBalancerClass, proxies, proxyDeregistration, sourceRanges [new KubernetesTarget({ edge })]'],
  ])('fails for a prop that nobody reads: %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('fails for an image of proxies that is none', () => {
    expect(() => new ComposeTarget({ proxyImage: 'acme/haproxy:undefined' })).toThrow(new Error(
      "ComposeTarget, proxyImage, cannot run the image 'acme/haproxy:undefined': 'undefined' stands in it, as for a variable that was not set, set it [new ComposeTarget()]"));
  });

  test.each([ComposeTarget, SwarmTarget])('fails for an image of its tools that is none, and no processor time: %p', (Docker) => {
    expect(() => new Docker({ toolImage: 'busybox:' }))
      .toThrow(new Error(`${Docker.name}, toolImage, cannot run the image 'busybox:': its tag is empty, as for a variable that was not set, give one, for example 'busybox:1.27.3' [new ${Docker.name}()]`));
    expect(() => new Docker({ cpuLimit: Cpu.millis(-1) }))
      .toThrow(new Error(`${Docker.name} cannot take -1 thousandths of a core for cpuLimit: give a whole number of them from 1, such as Cpu.millis(250) [new ${Docker.name}()]`));
  });

  test.each<[string, () => unknown, string]>([
    ['a target in place of a list', () => new App({ targets: new ComposeTarget() as any }), 'App cannot take an object for targets: give a list such as [new ComposeTarget()] [new App()]'],
    ['a class', () => new App({ targets: [ComposeTarget as any] }), 'the App cannot write to the class ComposeTarget: make a target of it, new ComposeTarget()'],
    ['a text', () => new App({ targets: ['compose' as any] }), "the App cannot write to 'compose': give targets such as new ComposeTarget()"],
    ['nothing', () => new App({ targets: [undefined as any] }), 'the App cannot write to undefined: give targets such as new ComposeTarget()'],
    ['a misspelt prop', () => new App({ target: [new ComposeTarget()] } as any), "App has no prop 'target': did you mean 'targets'? [new App()]"],
    ['one chart', () => new ComposeTarget({ charts: 'shop' as any }), "ComposeTarget cannot take 'shop' for charts: give a list such as ['shop'] [new ComposeTarget()]"],
    ['one acceptance', () => new SwarmTarget({ accepts: Acceptance.of(Guarantee.NODE_LOSS, 'one host') as any }),
      "SwarmTarget cannot take an object for accepts: give a list such as [Acceptance.of(Guarantee.NODE_LOSS, 'one host')] [new SwarmTarget()]"],
    ['no acceptance', () => new KubernetesTarget({ accepts: ['node-loss' as any] }),
      "KubernetesTarget cannot take 'node-loss' for accepts: give choices such as Acceptance.of(Guarantee.NODE_LOSS, 'one host') [new KubernetesTarget()]"],
  ])('fails for %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('lets pass what a newer cdk8s may know', () => {
    expect(() => new App({ strictTokens: true } as any)).not.toThrow();
  });

  test.each<[any, string]>([
    [{ publishMode: 'mesh' }, "SwarmTarget cannot take 'mesh' for publishMode: give PublishMode.HOST or PublishMode.INGRESS [new SwarmTarget()]"],
    [{ endpointMode: 'dns' }, "SwarmTarget cannot take 'dns' for endpointMode: give EndpointMode.DNSRR or EndpointMode.VIP [new SwarmTarget()]"],
    [{ edge: 'host-1' }, "SwarmTarget cannot take 'host-1' for edge: give a choice such as Placement.onNode('host-1') [new SwarmTarget()]"],
    [{ cpuLimit: 2 }, 'SwarmTarget cannot take 2 for cpuLimit: give an amount such as Cpu.millis(250) [new SwarmTarget()]'],
    [{ engineVersion: 25 }, "SwarmTarget cannot work with engineVersion 25: give a text, for example '20.10'"],
  ])('fails on Swarm for a choice that there is not: %j', (props, message) => {
    expect(() => new SwarmTarget(props)).toThrow(new Error(message));
  });

  test.each<[any, string]>([
    [{ cpuLimit: 2 }, 'ComposeTarget cannot take 2 for cpuLimit: give an amount such as Cpu.millis(250) [new ComposeTarget()]'],
    [{ engineVersion: 25 }, "ComposeTarget cannot work with engineVersion 25: give a text, for example '20.10'"],
  ])('fails on Compose for a choice that there is not: %j', (props, message) => {
    expect(() => new ComposeTarget(props)).toThrow(new Error(message));
  });

  test.each<[any, string]>([
    [{ networkPlugin: 'cilium' }, "KubernetesTarget cannot take 'cilium' for networkPlugin: give a choice such as NetworkPlugin.cilium() [new KubernetesTarget()]"],
    [{ releaseTool: 'argo-cd' }, "KubernetesTarget cannot take 'argo-cd' for releaseTool: give a choice such as ReleaseTool.argoCd() [new KubernetesTarget()]"],
    [{ releaseTool: KubernetesEdge.gateway() }, 'KubernetesTarget cannot take an object for releaseTool: give a choice such as ReleaseTool.argoCd() [new KubernetesTarget()]'],
    [{ edge: 'traefik' }, "KubernetesTarget cannot take 'traefik' for edge: give a choice such as KubernetesEdge.gateway() [new KubernetesTarget()]"],
    [{ autoscaler: 'keda' }, "KubernetesTarget cannot take 'keda' for autoscaler: give a choice such as Autoscaler.keda() [new KubernetesTarget()]"],
    [{ trafficDistribution: 'zone' }, "KubernetesTarget cannot take 'zone' for trafficDistribution:"
      + ' give TrafficDistribution.EVEN, TrafficDistribution.PREFER_SAME_ZONE or TrafficDistribution.PREFER_SAME_NODE [new KubernetesTarget()]'],
    [{ version: 1.33 }, "KubernetesTarget cannot take 1.33 for version: give a text such as '1.33' [new KubernetesTarget()]"],
  ])('fails on Kubernetes for a choice that there is not: %j', (props, message) => {
    expect(() => new KubernetesTarget(props)).toThrow(new Error(message));
  });

  test('fails for a chart that is not there', () => {
    app = new App({ targets: [new ComposeTarget({ charts: ['shpo'] }), new KubernetesTarget()] });
    new Worker(new Chart(app, 'shop'), 'mailer', { image: IMAGE });
    expect(synthError()).toBe("target 'compose' cannot render chart 'shpo': the app has 'shop'");
  });

  test('fails when two of a name render one chart', () => {
    app = new App({ targets: [new KubernetesTarget(), new KubernetesTarget()] });
    expect(() => new Worker(new Chart(app, 'shop'), 'mailer', { image: IMAGE })).toThrow(new Error(
      "chart 'shop' cannot be rendered by two targets called 'kubernetes': give each its own charts, or remove one"));
  });

  test('that accepts what nothing needs is a finding', () => {
    app = new App({ targets: [new ComposeTarget({ accepts: [Acceptance.at(Guarantee.NODE_LOSS, 'shop/wbe', 'one host')] })] });
    shop = new Chart(app, 'shop');
    web({ healthCheck: HealthCheck.tcp() });
    expect(warnings().join()).toContain("target 'compose' accepts a weaker node-loss of 'shop/wbe', and nothing needs it: correct the path or remove it");
  });
});

describe('a place in the tree', () => {
  test('fails outside a chart', () => {
    expect(() => new Worker(app, 'mailer', { image: IMAGE }))
      .toThrow(new Error("Worker cannot stand outside a chart: create it below a Chart, new Worker(chart, 'mailer', …) [mailer]"));
  });

  test('fails in a nested chart', () => {
    const inner = new Chart(shop, 'inner');
    expect(() => new Worker(inner, 'mailer', { image: IMAGE }))
      .toThrow(new Error("chart 'inner' cannot stand inside chart 'shop': one chart is one deployment, create it below the App [shop/inner]"));
  });

  test('fails on no target at all', () => {
    expect(() => web({ onlyOn: [] })).toThrow(new Error(
      "web cannot run nowhere: onlyOn is empty, name targets such as 'kubernetes' or leave it out for all [shop/web]"));
  });

  test('fails on a target that nobody knows', () => {
    expect(() => web({ onlyOn: ['nomad'] }))
      .toThrow(/^web cannot run only on 'nomad': the targets of this app are .*kubernetes.* \[shop\/web\]$/);
  });
});

describe('a mount', () => {
  test('fails when two things want one path', () => {
    expect(() => web({ volumes: [Volume.scratch('/data'), Volume.scratch('/data/')] }))
      .toThrow(new Error("web cannot mount two things at '/data/': give each a path of its own [shop/web]"));
    expect(() => web({ files: { '/etc/app.conf': 'a' }, volumes: [Volume.file('/etc/app.conf', 'README.md')] }, 'other'))
      .toThrow(new Error("other cannot mount two things at '/etc/app.conf': give each a path of its own [shop/other]"));
  });

  test('fails when it is not absolute', () => {
    expect(() => web({ volumes: [Volume.scratch('data')] }))
      .toThrow(new Error("web cannot mount a volume at 'data': give an absolute path such as '/data' [shop/web]"));
  });

  test.each(['/a:b', '/a,b', '/a\tb', '//data', '/a//b', '/./data', '/a/../b'])('fails at the path %j, which not every target takes', (mount) => {
    const message = (what: string) => new Error(`web cannot mount ${what} at '${mount}': give a path without ':', ',', white space, '//', '.' and '..' as its parts [shop/web]`);
    expect(() => web({ volumes: [Volume.scratch(mount)] })).toThrow(message('a volume'));
    shop = new Chart(new App({ targets: [new KubernetesTarget()] }), 'shop');
    expect(() => web({ files: { [mount]: 'a' } })).toThrow(message('a file'));
  });

  test('fails for a folder with a blank in its path, which a file may have', () => {
    expect(() => web({ volumes: [Volume.scratch('/a b')] })).toThrow(/^web cannot mount a volume at '\/a b': give a path without ':', ',', white space/);
    expect(() => web({ files: { '/opt/My App/app.conf': 'a' } }, 'other')).not.toThrow();
  });

  test.each<[string, string]>([
    ['/', "the image's own files"], ['/proc', 'what the system has there'], ['/sys/', 'what the system has there'], ['/dev', 'what the system has there'],
    ['/run/secrets', 'the secrets'], ['/var/run/secrets', 'the secrets'],
  ])('fails over %s', (mount, hidden) => {
    expect(() => web({ volumes: [Volume.scratch(mount)] }))
      .toThrow(new Error(`web cannot mount a volume at '${mount}': it would hide ${hidden}, choose another path [shop/web]`));
  });

  test.each(['/', '/run/secrets'])('fails over %s for that of the host, too', (folder) => {
    expect(() => web({ volumes: [Volume.hostPath(folder, folder)] })).toThrow(/^web cannot mount a volume at '.*': it would hide/);
  });

  test('may be in a folder of the system, or be the one of the host', () => {
    expect(() => web({ volumes: [Volume.scratch('/dev/shm'), Volume.hostPath('/sys', '/sys', { readOnly: true })] })).not.toThrow();
  });

  test('fails for a persistent volume of several copies', () => {
    expect(() => web({ volumes: [Volume.persistent('/data')] })).toThrow(new Error(
      "web cannot have the persistent volume '/data' with 2 copies: use a StatefulService, where each copy has its own disk, or a SharedVolume [shop/web]"));
    expect(() => web({ replicas: 1, volumes: [Volume.persistent('/data')] }, 'single')).not.toThrow();
  });

  test('fails for a disk that exists and several copies, who cannot all have it', () => {
    const volumes = [Volume.persistent('/d', { existingName: 'old' })];
    expect(() => db({ replicas: 2, volumes })).toThrow(new Error(
      "db cannot adopt the volume 'old' at '/d' with 2 copies, as it is the disk of one: give it 1 copy, or leave existingName out for new disks, one for each copy [shop/db]"));
    expect(() => web({ volumes }))
      .toThrow(new Error("web cannot adopt the volume 'old' at '/d' with 2 copies, as it is the disk of one: give it 1 copy, or a SharedVolume with that existingName [shop/web]"));
    expect(() => db({ volumes }, 'single')).not.toThrow();
  });

  test('of a container beside them as well', () => {
    const service = web({}, 'several');
    for (const add of ['addSidecar', 'addInit'] as const) {
      expect(() => service[add](add.toLowerCase(), { image: IMAGE, volumes: [Volume.persistent('/data')] })).toThrow(new Error(
        `several.${add.toLowerCase()} cannot have the persistent volume '/data' with 2 copies: use a StatefulService, where each copy has its own disk,`
        + ' or a SharedVolume [shop/several]'));
    }
    expect(() => db({ replicas: 3 }, 'each').addSidecar('backup', { image: IMAGE, volumes: [Volume.persistent('/backup')] })).not.toThrow();
  });

  test.each<[string, Volume, Volume]>([
    ['disks', Volume.persistent('/data/.wal'), Volume.persistent('/data/wal')],
    ['scratch space', Volume.scratch('/data/.wal'), Volume.scratch('/data/wal')],
    ['of two kinds', Volume.persistent('/data/.wal'), Volume.scratch('/data/wal')],
  ])('fails for two that would have one name: %s', (_, one, other) => {
    expect(() => db({ volumes: [one, other] })).toThrow(new Error(
      "db cannot mount '/data/.wal' and '/data/wal': both would be the volume 'data-wal' (a name that is not given is made of the path's letters and digits);"
      + ' choose another path, or give a persistent one another name [shop/db]'));
  });

  test('fails for one of a container beside them that would have the name of another path', () => {
    const service = web({ volumes: [Volume.scratch('/app/cache')] });
    for (const add of ['addSidecar', 'addInit'] as const) {
      expect(() => service[add](add.toLowerCase(), { image: IMAGE, volumes: [Volume.scratch('/app/.cache')] })).toThrow(new Error(
        `web.${add.toLowerCase()} cannot mount '/app/.cache' beside '/app/cache' of web: both would be the volume 'app-cache'`
        + " (its name is made of the path's letters and digits); to share it, mount it at one path, else choose another [shop/web]"));
    }
  });

  test.each<[Volume, string]>([
    [Volume.persistent('/data', { size: Size.gibibytes(20) }), 'size 20480 MiB, as db has it with 10240 MiB'],
    [Volume.persistent('/data', { storageClassName: 'fast' }), "storageClassName 'fast', as db has it with none"],
    [Volume.persistent('/from', { name: 'data', existingName: 'old' }), "existingName 'old', as db has it with none"],
  ])('fails for one that containers share and each has otherwise: %#', (volume, difference) => {
    const service = db({ volumes: [Volume.persistent('/data', { size: Size.gibibytes(10) })] });
    expect(() => service.addSidecar('backup', { image: IMAGE, volumes: [volume] })).toThrow(new Error(
      `db.backup cannot have the volume 'data' with ${difference} and they share it: leave it out here, or choose another name or path [shop/db]`));
  });

  test('fails for scratch space that containers share and each has otherwise', () => {
    const service = web({ volumes: [Volume.scratch('/cache')] });
    expect(() => service.addInit('warm', { image: IMAGE, volumes: [Volume.scratch('/cache', { size: Size.gibibytes(1) })] })).toThrow(new Error(
      "web.warm cannot have the volume 'cache' with size 1024 MiB, as web has it with 64 MiB and they share it: leave it out here, or choose another name or path [shop/web]"));
    expect(() => service.addSidecar('log', { image: IMAGE, volumes: [Volume.scratch('/cache', { size: Size.mebibytes(64), inMemory: false })] })).not.toThrow();
  });

  test('is shared by containers at one path, and at several by the name that was given', () => {
    const service = db({ volumes: [Volume.persistent('/data'), Volume.scratch('/cache')] });
    service.addSidecar('backup', { image: IMAGE, volumes: [Volume.persistent('/from', { name: 'data' }), Volume.scratch('/cache/')] });
    expect(synthError()).toBe('nothing');
  });

  test.each([['./data', "'./data'"], ['data', "'data'"], ['/srv/../etc', "'/srv/../etc'"], ['', "''"], [undefined, 'undefined']])('fails for the path %p of the host', (hostPath, shown) => {
    expect(() => web({ volumes: [Volume.hostPath('/data', hostPath as any)] })).toThrow(new Error(
      `web cannot mount the path ${shown} of the host at '/data': give an absolute path such as '/srv/data', without '..' [shop/web]`));
  });

  test('fails for a file that does not exist', () => {
    web({ volumes: [Volume.file('/etc/app.conf', 'no/such/file')] });
    expect(synthError()).toContain("web cannot mount the file 'no/such/file': it does not exist, paths are relative to the working directory of synth [shop/web]");
  });

  test('fails for a shared volume of another chart', () => {
    const other = new Chart(app, 'other');
    const uploads = new SharedVolume(other, 'uploads');
    expect(() => web({ volumes: [uploads.mount('/uploads')] })).toThrow(new Error(
      "web cannot mount the shared volume 'uploads' of chart 'other': a volume belongs to one chart, declare a SharedVolume in its own, or web in 'other' [shop/web]"));
  });
});

test.each<[string, () => unknown, string]>([
  ['time to drain', () => web({ drainTimeout: Duration.millis(1500) }), 'web cannot take 1.5 s for drainTimeout: give a Duration of whole seconds, 0 or more [shop/web]'],
  ['time for a run', () => new ScheduledJob(shop, 'j', { image: IMAGE, schedule: '* * * * *', command: ['j'], timeout: Duration.seconds(0) }),
    'j cannot take 0 s for timeout: give a Duration of whole seconds, 1 or more [shop/j]'],
  ['user', () => web({ user: 3_000_000_000 }), 'web cannot run with user 3000000000: give a number up to 2147483647 [shop/web]'],
  ['part of a percent', () => web({ minReplicas: 1, maxReplicas: 2, scaleOn: [ScalingMetric.cpu(70.5)] }), 'web cannot aim at 70.5 % of cpu: give a whole number from 1 [shop/web]'],
  ['trigger', () => web({ minReplicas: 1, maxReplicas: 2, scaleOn: [ScalingMetric.keda('', {})] }),
    "web cannot be scaled by the trigger '' of KEDA: give the name of a scaler, such as 'prometheus' [shop/web]"],
  ['number for a trigger', () => web({ minReplicas: 1, maxReplicas: 2, scaleOn: [ScalingMetric.keda('prometheus', { threshold: 50 } as any)] }),
    "web cannot take 50 for 'threshold' of the trigger 'prometheus': give a text, '50' [shop/web]"],
  ['empty volume', () => new SharedVolume(shop, 'uploads', { size: Size.mebibytes(0) }), 'uploads cannot be a volume of size 0: give a Size of 1 MiB or more [shop/uploads]'],
])('fails for a %s that Kubernetes refuses', (_, declare, message) => {
  expect(declare).toThrow(new Error(message));
});

describe('an amount', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ memory: Size.mebibytes(0) }, 'web cannot run with resources.memory 0 MiB: give 6 MiB or more, the least that Docker takes [shop/web]'],
    [{ memoryLimit: Size.kibibytes(900) }, 'web cannot run with resources.memoryLimit 0 MiB: give 6 MiB or more, the least that Docker takes [shop/web]'],
    [{ memoryLimit: Size.mebibytes(128) }, 'web cannot have resources.memoryLimit 128 MiB below the 256 MiB that a copy sets aside: raise it, or lower resources.memory [shop/web]'],
    [{ cpu: Cpu.cores(1), cpuLimit: Cpu.millis(500) }, 'web cannot have resources.cpuLimit 500m below the 1000m that a copy sets aside: raise it, or lower resources.cpu [shop/web]'],
    [{ cpu: Cpu.millis(0.5) }, 'web cannot take 0.5 thousandths of a core for resources.cpu: give a whole number of them from 0, such as Cpu.millis(250) [shop/web]'],
    [{ cpuLimit: Cpu.millis(0) }, 'web cannot take 0 thousandths of a core for resources.cpuLimit: give a whole number of them from 1, such as Cpu.millis(250) [shop/web]'],
  ])('fails for %j', (resources, message) => {
    expect(() => web({ resources })).toThrow(new Error(message));
  });

  test('below the usual request lowers that', () => {
    expect(web({ resources: { cpuLimit: Cpu.millis(50) } })).toBeDefined();
    expect(app.render()[0].text).toMatch(/limits:\n\s+cpu: 50m/);
    expect(app.render()[0].text).toMatch(/requests:\n\s+cpu: 50m/);
  });
});

describe('a size', () => {
  test.each<[string, () => unknown, string]>([
    ['of memory', () => web({ resources: { memory: Size.kibibytes(100_000) } }),
      'web cannot take 97.65625 MiB for resources.memory: give whole mebibytes, such as Size.mebibytes(512) [shop/web]'],
    ['that is no number', () => web({ resources: { memory: Size.mebibytes(NaN) } }),
      'web cannot take NaN MiB for resources.memory: give whole mebibytes, such as Size.mebibytes(512) [shop/web]'],
    ['of scratch space', () => web({ volumes: [Volume.scratch('/cache', { size: Size.kibibytes(1536) })] }),
      "web cannot take 1.5 MiB for the size of volume '/cache': give whole mebibytes, such as Size.mebibytes(512) [shop/web]"],
    ['of a disk', () => db({ volumes: [Volume.persistent('/data', { size: Size.gibibytes(NaN) })] }),
      "db cannot take NaN MiB for the size of volume '/data': give whole mebibytes, such as Size.mebibytes(512) [shop/db]"],
    ['of a shared volume', () => new SharedVolume(shop, 'uploads', { size: Size.kibibytes(1536) }),
      'uploads cannot take 1.5 MiB for size: give whole mebibytes, such as Size.mebibytes(512) [shop/uploads]'],
  ])('fails when it is no whole number of mebibytes: %s', (_, declare, message) => {
    expect(declare).toThrow(new Error(message));
  });

  test('may be given in larger units', () => {
    expect(() => web({ resources: { memory: Size.gibibytes(1.5) } })).not.toThrow();
  });
});

describe('a name of a volume', () => {
  test.each<[Volume, string]>([
    [Volume.persistent('/data', { name: 'My Data' }), "'My Data' at '/data': give it a name of lower-case letters, digits and '-', Volume.persistent('/data', { name: 'data' })"],
    [Volume.persistent('/data', { name: '' }), "'' at '/data': give it a name of lower-case letters, digits and '-', Volume.persistent('/data', { name: 'data' })"],
    [Volume.persistent('/data', { name: 5 as any }), "5 at '/data': give it a name of lower-case letters, digits and '-', Volume.persistent('/data', { name: 'data' })"],
    [Volume.persistent('/данные'), "'' at '/данные': give it a name of lower-case letters, digits and '-', Volume.persistent('/данные', { name: 'data' })"],
  ])('fails when it is none: %#', (volume, problem) => {
    expect(() => db({ volumes: [volume] })).toThrow(new Error(`db cannot have a volume called ${problem} [shop/db]`));
  });

  test.each(['', 'old data', 5])('fails when none can exist that is called so: %p', (existingName) => {
    const message = (id: string) => new Error(`${id} cannot adopt the volume ${typeof existingName === 'string' ? `'${existingName}'` : existingName} (existingName):`
      + ` give the name of one that exists, of letters, digits, '_', '.' and '-', or leave it out for a new one [shop/${id}]`);
    expect(() => db({ volumes: [Volume.persistent('/data', { existingName: existingName as any })] })).toThrow(message('db'));
    expect(() => new SharedVolume(shop, 'uploads', { existingName: existingName as any })).toThrow(message('uploads'));
  });

  test.each<[any, string]>([
    [{ nfsPath: '/export' }, "uploads cannot be the path '/export' of no NFS server: give nfsServer too, or leave nfsPath out [shop/uploads]"],
    [{ nfsServer: '' }, "uploads cannot be on the NFS server '': give a host name or an address, such as 'nas.acme.example' [shop/uploads]"],
    [{ nfsServer: 'nas,rw' }, "uploads cannot be on the NFS server 'nas,rw': give a host name or an address, such as 'nas.acme.example' [shop/uploads]"],
    [{ nfsServer: 'nfs://nas' }, "uploads cannot be on the NFS server 'nfs://nas': give a host name or an address, such as 'nas.acme.example' [shop/uploads]"],
    [{ nfsServer: 5 }, "uploads cannot be on the NFS server 5: give a host name or an address, such as 'nas.acme.example' [shop/uploads]"],
    [{ nfsServer: 'nas', nfsPath: 'export' }, "uploads cannot be the path 'export' of an NFS server: give an absolute one, such as '/export/uploads' [shop/uploads]"],
  ])('fails for a place on the network that is none: %j', (props, message) => {
    expect(() => new SharedVolume(shop, 'uploads', props)).toThrow(new Error(message));
  });

  test.each(['nas', 'NAS.acme.example', '10.0.0.5', 'fd00::5'])('may be on the NFS server %s', (nfsServer) => {
    expect(() => new SharedVolume(shop, 'uploads', { nfsServer, nfsPath: '/export/uploads' })).not.toThrow();
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ['volumes', { volumes: [undefined] }, "web cannot take null for volumes: give choices such as Volume.scratch('/cache') [shop/web]"],
  ['egress', { egress: [undefined] }, 'web cannot take null for egress: give choices such as Egress.internet() [shop/web]'],
  ['scaleOn', { minReplicas: 2, maxReplicas: 4, scaleOn: [undefined] }, 'web cannot take null for scaleOn: give choices such as ScalingMetric.cpu(70) [shop/web]'],
])('fails for an empty place in %s', (_, props, message) => {
  expect(() => web(props)).toThrow(new Error(message));
});

test.each<[ScalingMetric, string]>([
  [ScalingMetric.external('', 5), "web cannot be scaled on the metric '': give its name, without '/', '%' and blanks, such as 'http_requests_per_second' [shop/web]"],
  [ScalingMetric.perCopy(undefined as any, 5), "web cannot be scaled on the metric undefined: give its name, without '/', '%' and blanks, such as 'http_requests_per_second' [shop/web]"],
  [ScalingMetric.perCopy('my metric', 5), "web cannot be scaled on the metric 'my metric': give its name, without '/', '%' and blanks, such as 'http_requests_per_second' [shop/web]"],
  [ScalingMetric.perCopy('jobs', '5' as any), "web cannot aim at '5' for jobs: give a number above 0 [shop/web]"],
  [ScalingMetric.perCopy('jobs', Infinity), 'web cannot aim at Infinity for jobs: give a number above 0 [shop/web]'],
  [ScalingMetric.external('jobs', 5, { queue: 1 } as any), "web cannot take 1 for 'queue' of the metric 'jobs': give a text, '1' [shop/web]"],
  [ScalingMetric.external('jobs', 5, 'queue=1' as any),
    "web cannot take 'queue=1' for what belongs to the metric 'jobs': give an object of names and values such as { queue: 'orders' } [shop/web]"],
  [ScalingMetric.keda('prometheus', null as any),
    "web cannot take null for what belongs to the trigger 'prometheus': give an object of names and values such as { queue: 'orders' } [shop/web]"],
])('fails to be scaled on what is no metric: %#', (metric, message) => {
  expect(() => web({ minReplicas: 2, maxReplicas: 4, scaleOn: [metric] })).toThrow(new Error(message));
});

describe('what a factory is given', () => {
  const token = () => new Secret(shop, 'token');

  test.each<[string, () => unknown, string]>([
    ['an option of Cloud DNS', () => Dns01.cloudDns({ project: 'acme', serviceAccount: token() } as any),
      "Dns01.cloudDns has no prop 'serviceAccount': did you mean 'serviceAccountKey'? [Dns01.cloudDns]"],
    ['nothing', () => (Dns01.cloudDns as any)(), 'Dns01.cloudDns cannot be made of undefined: give its props as an object [Dns01.cloudDns]'],
    ['an option of Azure', () => Dns01.azureDns({ subscriptionId: 's', resourceGroup: 'g', zones: 'acme.example' } as any), "Dns01.azureDns has no prop 'zones': did you mean 'zone'? [Dns01.azureDns]"],
    ['an algorithm', () => Dns01.rfc2136({ nameserver: '192.0.2.53', keyName: 'k', key: token(), algorithm: 'md5' as any }),
      "Dns01.rfc2136 cannot take 'md5' for algorithm: give TsigAlgorithm.HMAC_SHA256 or TsigAlgorithm.HMAC_SHA512 [Dns01.rfc2136]"],
    ['an option of a webhook', () => Dns01.webhook({ groupName: 'g', solverName: 's', configuration: {} } as any), "Dns01.webhook has no prop 'configuration': remove it, the props are config, groupName, solverName [Dns01.webhook]"],
    ['a kind of key', () => new LetsEncrypt(shop, 'le', { email: 'ops@acme.example', keyType: 'rsa' as any }), "'le' cannot take 'rsa' for keyType: give KeyType.ECDSA_P256 or KeyType.RSA_2048 [shop/le]"],
    ['no reason', () => (Security.unrestricted as any)(),
      "Security.unrestricted cannot do without a reason: say why, which the report repeats, such as Security.unrestricted('needs raw sockets')"],
    ['no reason to accept', () => new ComposeTarget({ accepts: [Acceptance.of(Guarantee.NODE_LOSS, ' ')] }),
      "ComposeTarget cannot accept a weaker node-loss without a reason: say why, which the report repeats, such as 'one host, agreed' [new ComposeTarget()]"],
    ['an option of a membership', () => web({ networks: [new IsolatedNetwork(shop, 'lan').attach({ alias: ['plc'] } as any)] }), "web, attach to 'lan', has no prop 'alias': did you mean 'aliases'? [shop/web]"],
    ['one alias', () => web({ networks: [new IsolatedNetwork(shop, 'lan').attach({ aliases: 'plc' as any })] }), "web, attach to 'lan', cannot take 'plc' for aliases: give a list such as ['plc'] [shop/web]"],
    ['an alias', () => web({ networks: [new IsolatedNetwork(shop, 'lan').attach({ aliases: ['my plc'] })] }),
      "web cannot be called 'my plc' in network 'lan': give a host name such as 'plc', of letters, digits, '-', '_' and '.' [shop/web]"],
    ['a relative folder', () => web({ workingDirectory: 'app' }), "web cannot start in 'app' (workingDirectory): give an absolute path such as '/app' [shop/web]"],
  ])('fails when it could not be: %s', (_, declare, message) => {
    expect(declare).toThrow(new Error(message));
  });

  test('fails for a guarantee that there is not', () => {
    expect(() => new ComposeTarget({ accepts: [Acceptance.of('nodeloss' as any, 'one host')] }))
      .toThrow(/^ComposeTarget, accepts, cannot take 'nodeloss' for the guarantee: give Guarantee\./);
  });
});

describe('a text', () => {
  const NASTY = [
    'yes', 'null', '~', '0777', '1e3', '12:30', '- a', '{a: b}', '[x', '# no comment', 'a: b', '"', "'", '`id`', '$(id)', '$HOME', '${HOME}', '$$', '%s',
    '{$SECRET}', '{env.SECRET}', '\\', 'a\nb', 'trailing \n', '\ttab', 'ünï¢ödé 🙂', '\u0007bell', '\u001b[31mred', ' lead', '*', '&a', '!tag', '|', '>', '---', '...', '',
  ];

  test('arrives on Kubernetes as written, whatever it holds', () => {
    web({ environment: Object.fromEntries(NASTY.map((text, i) => [`V${i}`, text])), args: NASTY, files: { '/etc/nasty': NASTY.join('\n') } });
    const [{ text }] = app.render().filter(({ path }) => path === 'shop.k8s.yaml');
    const { parseAllDocuments } = jest.requireActual<typeof import('yaml')>('yaml');
    const objects = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
    const [container] = objects.find(({ kind }) => kind === 'Deployment').spec.template.spec.containers;
    // Kubernetes reads $(NAME) as a variable and $$ as $.
    const arrives = (value: string) => value.replace(/\$\$/g, '$');
    expect(container.args.map(arrives)).toEqual(NASTY);
    expect(container.env.map(({ name, value }: { name: string; value: string }) => [name, arrives(value)]).sort())
      .toEqual(NASTY.map((value, i) => [`V${i}`, value]).sort());
    expect(JSON.stringify(container).replace(/\$\$/g, '')).not.toContain('$(');
    expect(Object.values(objects.find(({ kind }) => kind === 'ConfigMap').data)).toEqual([NASTY.join('\n')]);
  });

  test('arrives on Compose as written, whatever it holds', () => {
    app = new App({ targets: [new ComposeTarget()] });
    shop = new Chart(app, 'shop');
    web({ environment: Object.fromEntries(NASTY.map((text, i) => [`V${i}`, text])), args: NASTY });
    const [{ text }] = app.render().filter(({ path }) => path === 'compose/shop/compose.yml');
    const { parse } = jest.requireActual<typeof import('yaml')>('yaml');
    const service = parse(text).services.web;
    const undouble = (value: string) => value.replace(/\$\$/g, '$');
    expect(service.command.map(undouble)).toEqual(NASTY);
    expect(NASTY.map((_, i) => undouble(service.environment[`V${i}`]))).toEqual(NASTY);
    expect(JSON.stringify(service.command).replace(/\$\$/g, '')).not.toContain('$');
  });

  test('fails with a NUL character', () => {
    expect(() => web({ environment: { A: 'a\0b' } }))
      .toThrow(new Error('web cannot take a NUL character in environment.A: no operating system passes one on, remove it [shop/web]'));
  });

  test('fails when it is none in a label or an annotation', () => {
    expect(() => web({ labels: { version: 2 } })).toThrow(new Error("web cannot take 2 for labels['version']: give a text, '2' [shop/web]"));
    expect(() => web({ annotations: { 'acme.example/fast': true } }, 'other')).toThrow(new Error("other cannot take true for annotations['acme.example/fast']: give a text, 'true' [shop/other]"));
  });

  test('fails when it is none', () => {
    expect(() => web({ environment: { PORT: 8080 } })).toThrow(new Error("web cannot take 8080 for environment.PORT: give a text, '8080' [shop/web]"));
    expect(() => web({ environment: { DEBUG: false } }, 'b')).toThrow(new Error("b cannot take false for environment.DEBUG: give a text, 'false' [shop/b]"));
    expect(() => web({ environment: { TAG: undefined } }, 'c')).toThrow(new Error('c cannot take undefined for environment.TAG: give a text [shop/c]'));
    expect(() => web({ environment: { HOSTS: ['a'] } }, 'd')).toThrow(new Error('d cannot take a list for environment.HOSTS: give a text [shop/d]'));
    expect(() => web({ environment: { DB: db() } }, 'e')).toThrow(new Error("e cannot take StatefulService 'db' for environment.DB: give a text [shop/e]"));
  });

  test('fails when it is a secret', () => {
    expect(() => web({ environment: { DB_PASSWORD: new Secret(shop, 'db-password') } })).toThrow(new Error(
      "web cannot take the secret 'db-password' for environment.DB_PASSWORD: give its path to a program that reads a file, or take it into secretEnvironment [shop/web]"));
  });

  test('fails without repeating what should not stand in a log', () => {
    expect(() => web({ environment: { DB_PASSWORD: 12345 } })).toThrow(new Error('web cannot take number for environment.DB_PASSWORD: give a text [shop/web]'));
  });

  test('fails as the name of a variable', () => {
    expect(() => web({ environment: { 'A-B': '' } }))
      .toThrow(new Error("web cannot have an environment variable called 'A-B': use letters, digits and '_', not starting with a digit [shop/web]"));
  });
});

describe('a secret', () => {
  test('fails as plain text, without repeating it', () => {
    expect(() => web({ secrets: ['hunter2'] }))
      .toThrow(new Error("web cannot take plain text for secrets: a value never stands in the code, declare new Secret(chart, 'name') and give that [shop/web]"));
    expect(() => web({ secretEnvironment: { PASSWORD: 'hunter2' } }, 'other')).toThrow(new Error(
      "other cannot take plain text for secretEnvironment.PASSWORD: a value never stands in the code, declare new Secret(chart, 'name') and give that [shop/other]"));
    expect(() => new CertificateFiles(shop, 'own', { certificate: '---BEGIN', privateKey: '---BEGIN' } as any)).toThrow(new Error(
      "'own' cannot take plain text for certificate: a value never stands in the code, declare new Secret(chart, 'name') and give that [shop/own]"));
  });

  test.each<[string, (props: any) => unknown, string, string]>([
    ['workload', (props) => web(props), 'web', 'web'],
    ['sidecar', (props) => web().addSidecar('proxy', { image: IMAGE, ...props }), 'web.proxy', 'web'],
    ['init container', (props) => web().addInit('setup', { image: IMAGE, ...props }), 'web.setup', 'web'],
    ['scheduled job', (props) => new ScheduledJob(shop, 'job', { image: IMAGE, schedule: '* * * * *', command: ['job'], ...props }), 'job', 'job'],
  ])('fails in a %s of another chart', (_, declare, who, id) => {
    const theirs = new Secret(new Chart(app, 'other'), 'theirs');
    const message = `${who} cannot read the secret 'theirs' of chart 'other': declare a Secret in its own chart [shop/${id}]`;
    expect(() => declare({ secrets: [theirs] })).toThrow(new Error(message));
    shop = new Chart(new App({ targets: [new KubernetesTarget()] }), 'shop');
    expect(() => declare({ secretEnvironment: { TOKEN: theirs } })).toThrow(new Error(message));
  });

  test('fails in a chart of that name in another App', () => {
    const theirs = new Secret(new Chart(new App({ targets: [new KubernetesTarget()] }), 'shop'), 'theirs');
    expect(() => web({ secrets: [theirs] })).toThrow(/^web cannot read the secret 'theirs' of chart 'shop'/);
  });

  test('fails for certificates of another chart', () => {
    const [ours, theirs] = [new Secret(shop, 'ours'), new Secret(new Chart(app, 'other'), 'theirs')];
    const message = (id: string) => new Error(`'${id}' cannot read the secret 'theirs' of chart 'other': declare a Secret in its own chart [shop/${id}]`);
    expect(() => new CertificateFiles(shop, 'files', { certificate: ours, privateKey: theirs })).toThrow(message('files'));
    expect(() => new LetsEncrypt(shop, 'le', { email: 'ops@acme.example', dns01: Dns01.cloudflare(theirs) })).toThrow(message('le'));
  });

  test('fails when it is given twice', () => {
    const password = new Secret(shop, 'password');
    expect(() => web({ secrets: [password, password] })).toThrow(new Error("web cannot take the secret 'password' twice: remove one from secrets [shop/web]"));
  });

  test.each<[string, any]>([
    ['file', { files: { '/run/secrets/password': 'hunter2' } }], ['volume', { volumes: [Volume.scratch('/run/secrets/password')] }],
  ])('fails beside a %s at its path', (_, props) => {
    expect(() => web({ secrets: [new Secret(shop, 'password')], ...props }))
      .toThrow(new Error("web cannot mount two things at '/run/secrets/password': give each a path of its own [shop/web]"));
  });

  test('fails in a namespace that is none', () => {
    const [certificate, privateKey] = [new Secret(shop, 'crt'), new Secret(shop, 'key')];
    expect(() => new CertificateFiles(shop, 'own', { certificate, privateKey, namespace: 'Platform' })).toThrow(new Error(
      "own cannot be in the namespace 'Platform': use at most 63 lower-case letters, digits and '-', with a letter or digit first and last [shop/own]"));
  });

  test('in plain text that looks like one is a finding, without repeating it', () => {
    web({ environment: { DB_PASSWORD: 'hunter2', DB_PASSWORD_FILE: '/run/secrets/db' }, healthCheck: HealthCheck.tcp() });
    expect(warnings()).toEqual(['web has the plain-text variable DB_PASSWORD, which looks like a secret: declare a Secret and give its path, or use secretEnvironment [shop/web]']);
  });

  test('in a variable is a finding', () => {
    web({ secretEnvironment: { TOKEN: new Secret(shop, 'token') }, healthCheck: HealthCheck.tcp() });
    expect(warnings()).toEqual([
      "web takes secret 'token' into the variable TOKEN: variables show in crash dumps, child processes and 'docker inspect', prefer the file `secret.path` [shop/web]",
    ]);
  });
});

describe('a health check', () => {
  test.each([
    ['healthz', "web cannot ask its health at 'healthz': give a path that starts with '/', such as '/healthz' [shop/web]"],
    [undefined, "web cannot ask its health at undefined: give a path that starts with '/', such as '/healthz' [shop/web]"],
    [5, "web cannot ask its health at 5: give a path that starts with '/', such as '/healthz' [shop/web]"],
    ['/health z', "web cannot ask its health at '/health z': give a path that starts with '/', such as '/healthz' [shop/web]"],
  ])('fails for the path %p', (path, message) => {
    expect(() => web({ healthCheck: HealthCheck.http(path as any) })).toThrow(new Error(message));
    expect(() => web({ healthCheck: HealthCheck.http('/', { livePath: path ?? null as any }) }, 'other')).toThrow(/^other cannot ask its health at /);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a number in place of options', { healthCheck: HealthCheck.tcp(8080 as any) }, 'web, healthCheck, cannot be made of number: give its props as an object [shop/web]'],
    ['a port of UDP', { additionalPorts: [Port.udp('dns', 5353)], healthCheck: HealthCheck.http('/', { port: 5353 }) },
      "web cannot be asked for its health on port 5353, which it has over UDP alone: give the check a port that takes TCP ('port'), or use HealthCheck.command [shop/web]"],
    ['its only port, of UDP', { protocol: Protocol.UDP, healthCheck: HealthCheck.tcp() },
      "web cannot be asked for its health on port 8080, which it has over UDP alone: give the check a port that takes TCP ('port'), or use HealthCheck.command [shop/web]"],
    ['a time to a restart that never comes', { healthCheck: HealthCheck.http('/', { restartAfter: Duration.seconds(9) }) },
      'web cannot be restarted 9 s after it hangs (restartAfter), as nothing says that it does: give livePath too, or leave restartAfter out [shop/web]'],
    ['the same of a command', { healthCheck: HealthCheck.command(['ready'], { restartAfter: Duration.seconds(9) }) },
      'web cannot be restarted 9 s after it hangs (restartAfter), as nothing says that it does: give liveCommand too, or leave restartAfter out [shop/web]'],
    ['no program', { healthCheck: HealthCheck.command(['']) }, "web cannot run '' (healthCheck.command[0]): begin the list with a program, such as ['pg_isready'] [shop/web]"],
    ['no program of the container', { command: [''] }, "web cannot run '' (command[0]): begin the list with a program, such as ['pg_isready'] [shop/web]"],
  ])('fails for %s', (_, props, message) => {
    expect(() => web(props)).toThrow(new Error(message));
  });

  test('may ask a port over which something comes by UDP too', () => {
    expect(() => web({ additionalPorts: [Port.udp('quic', 8080)], healthCheck: HealthCheck.http('/') })).not.toThrow();
  });

  test.each<[HealthCheck, string]>([
    [HealthCheck.http('/', { interval: Duration.millis(500) }), 'web cannot take 0.5 s for interval of healthCheck: give a Duration of whole seconds, 1 or more [shop/web]'],
    [HealthCheck.http('/', { timeout: Duration.seconds(0) }), 'web cannot take 0 s for timeout of healthCheck: give a Duration of whole seconds, 1 or more [shop/web]'],
    [HealthCheck.http('/', { livePath: '/l', restartAfter: Duration.seconds(0) }), 'web cannot take 0 s for restartAfter of healthCheck: give a Duration of whole seconds, 1 or more [shop/web]'],
    [HealthCheck.tcp({ retries: 0 }), 'web cannot have retries of healthCheck 0: give a whole number from 1 [shop/web]'],
    [HealthCheck.grpc({ port: 99999 }), 'web, healthCheck, cannot listen on port 99999: give a whole number from 1 to 65535 [shop/web]'],
  ])('fails for a number that no target takes: %#', (healthCheck, message) => {
    expect(() => web({ healthCheck })).toThrow(new Error(message));
  });

  test('fails over the network for what has no port', () => {
    expect(() => new Worker(shop, 'mailer', { image: IMAGE, healthCheck: HealthCheck.tcp() }))
      .toThrow(new Error("mailer cannot have a health check by tcp: it has no port, give the check one ('port') or use HealthCheck.command [shop/mailer]"));
  });

  test('fails with a timeout above the interval', () => {
    expect(() => web({ healthCheck: HealthCheck.tcp({ timeout: Duration.seconds(9) }) })).toThrow(new Error(
      'web cannot have a health check with timeout 9 s above its interval 5 s: raise the interval or lower the timeout [shop/web]'));
  });

  test('that is missing is a finding', () => {
    web();
    expect(warnings()).toEqual(['web has no health check: a copy gets traffic before it is ready and keeps it when it is ill, add healthCheck [shop/web]']);
  });
});

describe('a network', () => {
  test('fails with a subnet that is none', () => {
    expect(() => new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0' }))
      .toThrow(new Error("network 'lan' cannot have the subnet '10.7.0.0': give an IPv4 range such as '10.7.0.0/24' [shop/lan]"));
  });

  test.each([
    ['subnet', '10.0.0.5/24', '10.0.0.0/24'],
    ['subnet', '10.7.200.1/18', '10.7.192.0/18'],
    ['ipv6Subnet', 'fd00:7::1/64', 'fd00:7::/64'],
    ['ipv6Subnet', 'FD00:7:0:1:ffff::/65', 'fd00:7:0:1:8000::/65'],
  ])('fails with an address in place of its %s: %s', (prop, value, range) => {
    const message = (id: string) => new Error(`network '${id}' cannot have the ${prop} '${value}': that is an address in it, which Docker refuses, write '${range}' [shop/${id}]`);
    expect(() => new IsolatedNetwork(shop, 'lan', { [prop]: value })).toThrow(message('lan'));
    expect(() => new MacvlanNetwork(shop, 'plant', { parent: 'eth0', subnet: '10.8.0.0/24', [prop]: value })).toThrow(message('plant'));
    expect(() => new IsolatedNetwork(shop, 'whole', { [prop]: range })).not.toThrow();
  });

  test('fails with an address in place of the range for copies', () => {
    expect(() => new MacvlanNetwork(shop, 'plant', { parent: 'eth0', subnet: '10.8.0.0/24', ipRange: '10.8.0.130/25' })).toThrow(new Error(
      "network 'plant' cannot have the ipRange '10.8.0.130/25': that is an address in it, which Docker refuses, write '10.8.0.128/25' [shop/plant]"));
  });

  test('fails when subnets overlap', () => {
    new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/16' });
    new IsolatedNetwork(shop, 'wan', { subnet: '10.7.9.0/24' });
    expect(synthError()).toBe("network 'wan' cannot have the subnet 10.7.9.0/24: it overlaps 10.7.0.0/16 of 'lan', choose another range [shop/wan]");
  });

  test('fails when it is too small for the copies', () => {
    const lan = new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/29' });
    web({ replicas: 6, networks: [lan] });
    expect(synthError()).toBe("network 'lan' cannot hold 6 copies in 10.7.0.0/29, which has room for 5: widen the subnet [shop/lan]");
  });

  test.each([
    ['10.8.0.9', "db cannot have the address 10.8.0.9 in network 'lan': its subnet is 10.7.0.0/24, choose an address inside [shop/db]"],
    ['10.7.0.0', "db cannot have the address 10.7.0.0 in network 'lan': its subnet is 10.7.0.0/24, choose an address inside [shop/db]"],
    ['10.7.0', "db cannot have the address '10.7.0': give an IPv4 address such as '10.7.0.9' [shop/db]"],
  ])('fails for the static address %s', (address, message) => {
    const lan = new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/24' });
    expect(() => db({ networks: [lan.attach({ address })] })).toThrow(new Error(message));
  });

  test('fails for a static address of several copies', () => {
    const lan = new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/24' });
    expect(() => web({ networks: [lan.attach({ address: '10.7.0.9' })] })).toThrow(new Error(
      'web cannot have the address 10.7.0.9 with 2 copies: an address belongs to one, remove it or give the workload one copy [shop/web]'));
  });

  test('fails for a static address without a subnet', () => {
    const lan = new IsolatedNetwork(shop, 'lan');
    expect(() => db({ networks: [lan.attach({ address: '10.7.0.9' })] }))
      .toThrow(new Error("db cannot have the address 10.7.0.9 in network 'lan': the network has no subnet, give it one [shop/db]"));
  });

  test('fails for a static address that two want', () => {
    const lan = new IsolatedNetwork(shop, 'lan', { subnet: '10.7.0.0/24' });
    db({ networks: [lan.attach({ address: '10.7.0.9' })] });
    db({ networks: [lan.attach({ address: '10.7.0.9' })] }, 'other');
    expect(synthError()).toBe("other cannot have the address 10.7.0.9 in network 'lan': db has it, choose another [shop/other]");
  });

  test('fails when it is joined twice, or from another chart', () => {
    const lan = new IsolatedNetwork(shop, 'lan');
    expect(() => web({ networks: [lan, lan.attach({ aliases: ['plc'] })] }))
      .toThrow(new Error("web cannot join network 'lan' twice: name it once, with all aliases in one attach() [shop/web]"));
    expect(() => new Worker(new Chart(app, 'other'), 'mailer', { image: IMAGE, networks: [lan] }))
      .toThrow(new Error("mailer cannot join network 'lan' of chart 'shop': a network belongs to one chart, use connectTo across charts [other/mailer]"));
  });

  test('fails with a way out that is no range', () => {
    expect(() => web({ egress: [Egress.toRanges(['203.0.113.0'])] }))
      .toThrow(new Error("web cannot open the range '203.0.113.0': give an IPv4 or IPv6 range such as '203.0.113.0/24' [shop/web]"));
  });
});

test.each<[string, Egress, string]>([
  ['no host', Egress.toHosts([]), "web cannot open a way out to nobody: Egress.toHosts([]) has no host, give one such as 'api.example.org' or leave it out [shop/web]"],
  ['no range', Egress.toRanges([], [22]), "web cannot open a way out to nobody: Egress.toRanges([]) has no range, give one such as '203.0.113.0/24' or leave it out [shop/web]"],
  ['no port of hosts', Egress.toHosts(['api.example.org'], []), 'web cannot open a way out on no port: give ports such as [443], or leave them out for 443 [shop/web]'],
  ['no port of ranges', Egress.toRanges(['203.0.113.0/24'], []), 'web cannot open a way out on no port: give ports such as [443], or leave them out for all [shop/web]'],
  ['no port of a namespace', Egress.toNamespace('monitoring', []), 'web cannot open a way out on no port: give ports such as [443], or leave them out for all [shop/web]'],
])('a way out to %s fails, since nothing would be taken for everything', (_, egress, message) => {
  expect(() => web({ egress: [egress] })).toThrow(new Error(message));
});

test('a way out to a namespace that is none fails', () => {
  expect(() => web({ egress: [Egress.toNamespace('Data_1')] })).toThrow(new Error(
    "web cannot open the namespace 'Data_1': use at most 63 lower-case letters, digits and '-', with a letter or digit first and last [shop/web]"));
});

describe('a connection', () => {
  test('fails to what has no port', () => {
    const mailer = new Worker(shop, 'mailer', { image: IMAGE });
    expect(() => web().connectTo(mailer))
      .toThrow(new Error('web cannot connect to mailer: mailer has no port, give it one or connect the other way round [shop/web]'));
  });

  test('fails to another app', () => {
    const elsewhere = new HAWebService(new Chart(new App(), 'else'), 'api', { image: IMAGE, port: 80 });
    expect(() => web().connectTo(elsewhere))
      .toThrow(new Error('web cannot connect to api: it belongs to another App, declare an ExternalService with its host name [shop/web]'));
  });

  test('fails to itself and to an undeclared port', () => {
    const one = web();
    expect(() => one.connectTo(one)).toThrow(/^web cannot connect to itself/);
    expect(() => one.connectTo(db(), { ports: [5433] })).toThrow(new Error('web cannot connect to port 5433 of db: its ports are 5432 [shop/web]'));
  });

  test.each<[string, () => any, string]>([
    ['a name', () => 'db', "'db'"], ['nothing', () => undefined, 'undefined'], ['a class', () => StatefulService, 'a class'], ['a list', () => [db()], 'a list'],
    ['a network', () => new IsolatedNetwork(shop, 'backend'), "IsolatedNetwork 'backend'"],
  ])('fails to what is no workload: %s', (_, callee, shown) => {
    expect(() => web().connectTo(callee())).toThrow(new Error(`web cannot connect to ${shown}: give a workload of this App or an ExternalService [shop/web]`));
  });

  test('fails to no port, which would be taken for all', () => {
    expect(() => web().connectTo(db(), { ports: [] })).toThrow(new Error(
      "web cannot connect to no port of db: name some of its ports (5432), or leave 'ports' out for all [shop/web]"));
  });

  test('fails to a port in place of a list', () => {
    expect(() => web().connectTo(db(), { ports: 5432 as any })).toThrow(new Error('web, connectTo, cannot take 5432 for ports: give a list such as [5432] [shop/web]'));
  });

  test('fails when startAfter comes with a later call', () => {
    const one = web();
    const two = db();
    one.connectTo(two);
    expect(() => one.connectTo(two, { startAfter: true })).toThrow(new Error(
      'web cannot start after db any more: it connects to it already, give startAfter with the first connectTo [shop/web]'));
  });

  test('fails in a cycle of starts, named whole', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => web({}, id));
    a.connectTo(b, { startAfter: true });
    b.connectTo(c, { startAfter: true });
    c.connectTo(a, { startAfter: true });
    expect(synthError()).toBe('a cannot start after itself: a → b → c → a, remove startAfter from one of these connections [shop/a]');
  });

  test('fails to an external service without a proper host, port or range', () => {
    expect(() => new ExternalService(shop, 'rds', { hostname: 'https://rds', port: 5432 }))
      .toThrow(/^rds cannot serve the host 'https:\/\/rds'/);
    expect(() => new ExternalService(shop, 'rds2', { hostname: 'rds.example', port: 0 }))
      .toThrow(new Error('rds2 cannot listen on port 0: give a whole number from 1 to 65535 [shop/rds2]'));
    expect(() => new ExternalService(shop, 'rds3', { hostname: 'rds.example', port: 5432, ranges: [] }))
      .toThrow(new Error("rds3 cannot be behind no address: ranges is empty, give one such as '203.0.113.0/24' or leave it out [shop/rds3]"));
  });
});

describe('a load balancer', () => {
  const edge = (props = {}) => new LoadBalancer(shop, 'edge', props);

  test.each(['', 'https://shop.example', 'shop.example:8080', 'shop.example/path', 'Shop.example', 'shop..example', '-shop.example', '192.0.2.1', '*.'])(
    'fails for the host %p', (host) => {
      expect(() => edge().addRoute(host, web())).toThrow(new Error(
        `edge cannot serve the host '${host}': give a host name such as 'shop.example.org', without scheme, port or path [shop/edge]`));
    });

  test('fails when two services want the same host and path', () => {
    const balancer = edge();
    balancer.addRoute('shop.example', web());
    expect(() => balancer.addRoute('shop.example', web({}, 'api')))
      .toThrow(new Error('edge cannot send shop.example/ to both web and api: give each a path, a match or a weight of its own [shop/edge]'));
    expect(() => balancer.addRoute('shop.example', web({}, 'other'), { path: '/api' })).not.toThrow();
  });

  test('fails for a route of a host whose visitors are sent to another one, whichever is declared first', () => {
    const message = "edge cannot serve 'old.example' and send its visitors to 'shop.example': leave out addRoute or addRedirect for it [shop/edge]";
    const balancer = edge();
    balancer.addRedirect('old.example', 'shop.example');
    expect(() => balancer.addRoute('old.example', web(), { path: '/api' })).toThrow(new Error(message));
    balancer.addRoute('served.example', web({}, 'other'));
    expect(() => balancer.addRedirect('served.example', 'shop.example')).toThrow(new Error(message.replace('old', 'served')));
  });

  test('fails when visitors of a host are sent to two others', () => {
    const balancer = edge();
    balancer.addRedirect('old.example', 'shop.example');
    expect(() => balancer.addRedirect('old.example', 'www.example')).toThrow(new Error(
      "edge cannot send visitors of 'old.example' to both 'shop.example' and 'www.example': choose one [shop/edge]"));
  });

  test('fails when visitors would be sent round for ever', () => {
    const balancer = edge();
    const message = (way: string) => new Error(`edge cannot send visitors of ${way}: they would never arrive; give a host that has a route [shop/edge]`);
    expect(() => balancer.addRedirect('a.example', 'a.example')).toThrow(message("'a.example' to 'a.example' itself"));
    balancer.addRedirect('a.example', 'b.example');
    balancer.addRedirect('b.example', 'c.example');
    expect(() => balancer.addRedirect('c.example', 'a.example')).toThrow(message("'c.example' to 'a.example', 'b.example' and back to 'c.example'"));
  });

  test.each(['api', '/a?b', '/a b', '/*'])('fails for the path %p', (path) => {
    expect(() => edge().addRoute('shop.example', web(), { path })).toThrow(new Error(
      `edge cannot route the path '${path}': give a prefix that starts with '/', without '?', '#' or '*' [shop/edge]`));
  });

  test.each([0, -1, 0.5, 1_000_001])('fails for the weight %p', (weight) => {
    expect(() => edge().addRoute('shop.example', web(), { weight }))
      .toThrow(new Error(`edge cannot give a route the weight ${weight}: give a whole number from 1 to 1000000 [shop/edge]`));
  });

  test.each<[Record<string, unknown>, string]>([
    [{ requestTimeout: Duration.seconds(0) }, 'edge cannot take 0 s for requestTimeout: give a Duration of whole seconds, 1 or more [shop/edge]'],
    [{ requestTimeout: Duration.millis(1500) }, 'edge cannot take 1.5 s for requestTimeout: give a Duration of whole seconds, 1 or more [shop/edge]'],
    [{ maxRequestBody: Size.kibibytes(0) }, "edge cannot take 0 for maxRequestBody: give a Size of 1 KiB or more, or keep requests with a body away by match: { methods: ['GET', 'HEAD'] } [shop/edge]"],
    [{ match: { headers: { 'x tenant': 'red' } } }, "edge cannot tell requests apart by the header 'x tenant': give the name of a header of requests, such as 'x-tenant' [shop/edge]"],
    [{ match: { methods: ['get'] } }, "edge cannot tell requests apart by the method 'get': write it in capitals, such as 'GET' [shop/edge]"],
  ])('fails for the route %j', (options, message) => {
    expect(() => edge().addRoute('shop.example', web(), options)).toThrow(new Error(message));
  });

  test.each<[any, string]>([
    [{ header: { 'x-tenant': 'red' } }, "edge, route 'shop.example/', match, has no prop 'header': did you mean 'headers'? [shop/edge]"],
    ['GET', "edge, route 'shop.example/', match, cannot be made of string: give its props as an object [shop/edge]"],
    [null, "edge, route 'shop.example/', match, cannot be made of null: give its props as an object [shop/edge]"],
    [{ methods: 'GET' }, "edge, route 'shop.example/', match, cannot take 'GET' for methods: give a list such as ['GET', 'HEAD'] [shop/edge]"],
    [{ methods: [] }, "edge cannot take an empty list for match.methods: leave it out for all, or give a list such as ['GET', 'HEAD'] [shop/edge]"],
    [{ headers: ['x-tenant'] }, "edge, route 'shop.example/', match, cannot take a list for headers: give an object of names and values such as { 'x-tenant': 'red' } [shop/edge]"],
    [{ headers: { 'x-tenant': 5 } }, "edge, route 'shop.example/', match, cannot take 5 for headers['x-tenant']: give a text, '5' [shop/edge]"],
    [{ headers: { 'x-tenant': undefined } }, "edge, route 'shop.example/', match, cannot take undefined for headers['x-tenant']: give a text [shop/edge]"],
    [{ headers: { 'x-tenant': '' } }, "edge cannot tell requests apart by the value \"\" of the header 'x-tenant': give one that is not empty, without line breaks, and without blanks at its ends [shop/edge]"],
    [{ headers: { 'x-tenant': 'a\nb' } }, "edge cannot tell requests apart by the value \"a\\nb\" of the header 'x-tenant': give one that is not empty, without line breaks, and without blanks at its ends [shop/edge]"],
  ])('fails for a match that would be overlooked, so that the route is for all: %j', (match, message) => {
    expect(() => edge().addRoute('shop.example', web(), { match })).toThrow(new Error(message));
  });

  test.each<[LoadBalancing, string]>([
    [LoadBalancing.sticky(''), "cookie ''"], [LoadBalancing.hashCookie('a; b'), "cookie 'a; b'"],
    [LoadBalancing.hashHeader(undefined as any), 'header undefined'], [LoadBalancing.hashHeader('x tenant'), "header 'x tenant'"],
  ])('fails for a name that HTTP does not allow: %j', (algorithm, what) => {
    expect(() => new LoadBalancer(shop, 'edge', { algorithm })).toThrow(new Error(
      `edge cannot balance by the ${what}: give a name of letters, digits and !#$%&'*+.^_\`|~-, as HTTP allows it [shop/edge]`));
  });

  test('fails to route to what is no workload', () => {
    const balancer = edge();
    expect(() => balancer.addRoute('shop.example', 'web' as any))
      .toThrow(new Error("edge cannot route to 'web': give a workload of this App, or a Service of cdk8s-plus (deployment.exposeViaService()) [shop/edge]"));
  });

  test('fails to route to what speaks no HTTP', () => {
    expect(() => edge().addRoute('shop.example', web({ protocol: Protocol.TCP })))
      .toThrow(new Error("edge cannot route to web: it has no port that speaks HTTP, HTTPS or gRPC, give it one or name it with 'port' [shop/edge]"));
  });

  test('fails to route to a port that is not declared', () => {
    expect(() => edge().addRoute('shop.example', web(), { port: 9999 }))
      .toThrow(new Error('edge cannot route to port 9999 of web: its ports are 8080 [shop/edge]'));
  });

  test('fails for domainName when there are several', () => {
    new LoadBalancer(shop, 'outer');
    new LoadBalancer(shop, 'inner');
    expect(() => web({ domainName: 'shop.example' })).toThrow(new Error(
      "web cannot choose a load balancer for 'shop.example': the chart has 'inner' and 'outer', call addRoute('shop.example', …) on one of them [shop/web]"));
  });

  test('fails when it is declared after domainName made one', () => {
    web({ domainName: 'shop.example' });
    expect(() => new LoadBalancer(shop, 'outer'))
      .toThrow(new Error("load balancer 'outer' cannot be declared now: web uses domainName and already made 'edge', declare the load balancer before it [shop/outer]"));
  });

  test('fails for domainName when something else is called edge, as the one that is made for it would be', () => {
    const message = (id: string, taken: string) => new Error(
      `${id} cannot take domainName 'shop.example': the chart declares no load balancer, the one that is made for it is called 'edge', and ${taken} has that name;`
      + ` choose another id for that, or declare new LoadBalancer(chart, 'balancer') before ${id} [shop/${id}]`);
    expect(() => web({ domainName: 'shop.example' }, 'edge')).toThrow(message('edge', 'shop/edge'));
    app = new App({ targets: [new KubernetesTarget()] });
    shop = new Chart(app, 'shop');
    const certificates = new LocalCertificates(shop, 'edge');
    expect(() => web({ domainName: 'shop.example', certificates })).toThrow(message('web', 'shop/edge'));
  });

  test('fails for domainName when edge is the name of what stands deeper in the chart', () => {
    new Worker(new IsolatedNetwork(shop, 'backend'), 'edge', { image: IMAGE });
    expect(() => web({ domainName: 'shop.example' })).toThrow(/ the one that is made for it is called 'edge', and shop\/backend\/edge has that name;/);
  });

  test('fails for the one of the chart when something else is called edge', () => {
    web({}, 'edge');
    expect(() => LoadBalancer.of(shop)).toThrow(new Error(
      "LoadBalancer.of cannot make a load balancer: the one that is made where the chart declares none is called 'edge', and shop/edge has that name;"
      + " choose another id for that, or declare new LoadBalancer(chart, 'balancer') before [shop]"));
  });

  test('fails for certificates without a domain', () => {
    expect(() => web({ certificates: new LocalCertificates(shop, 'local') }))
      .toThrow(new Error('web cannot have certificates without domainName: give the domain, or call addRoute on a load balancer [shop/web]'));
  });

  test('fails when two charts publish one host port', () => {
    app = new App({ targets: [new ComposeTarget()] });
    for (const id of ['a', 'b']) {
      const chart = new Chart(app, id);
      new LoadBalancer(chart, 'edge').addRoute(`${id}.example`, new HAWebService(chart, 'web', { image: IMAGE, port: 80 }));
    }
    expect(synthError()).toBe("edge cannot publish host port 80/TCP: 'edge' [a/edge] publishes it already, choose another hostPort, httpPort or httpsPort [b/edge]");
  });

  test.each([['fastest', "'fastest'"], [{ algorithm: 'fastest' }, 'an object']])('fails for an algorithm that nobody offers: %j', (algorithm, shown) => {
    expect(() => edge({ algorithm })).toThrow(new Error(
      `edge cannot take ${shown} for algorithm: give a choice such as LoadBalancing.leastConnections() [shop/edge]`));
  });

  test.each([['nginx', "'nginx'"], [{}, 'an object'], [LoadBalancerBackend, 'a class']])('fails for a back end that is none: %p', (backend, shown) => {
    expect(() => edge({ backend })).toThrow(new Error(`edge cannot take ${shown} for backend: give a choice such as LoadBalancerBackend.nginx() [shop/edge]`));
  });

  test('whose back end has another algorithm altogether is a finding, which names one that has it', () => {
    app = new App({ targets: [new ComposeTarget(), new SwarmTarget()] });
    shop = new Chart(app, 'shop');
    edge({ backend: LoadBalancerBackend.traefik(), algorithm: LoadBalancing.hashHeader('X-Tenant') }).addRoute('shop.example', web());
    expect(app.findings().filter(({ rule }) => rule === 'balancing-algorithm').map(({ message }) => message)).toEqual([
      "edge does not balance by consistent-hash: Traefik has no hash of a header: the less busy of two copies is picked ('p2c'); caddy can",
      'edge does not balance by consistent-hash: Traefik: on swarm the copies of web have one name, which is resolved for each request, so that any copy is picked; caddy can do better',
    ]);
  });

  test('fails for a host that another one of the chart serves, in whichever way', () => {
    edge().addRoute('shop.example', web());
    const other = new LoadBalancer(shop, 'other', { httpPort: 81, httpsPort: 444 });
    const message = "other cannot serve 'shop.example': load balancer 'edge' of this chart does already, and the name leads visitors to one of them;"
      + ' route it from one, or give each a name of its own [shop/other]';
    expect(() => other.addRoute('shop.example', web({}, 'api'), { path: '/api' })).toThrow(new Error(message));
    expect(() => other.addRedirect('shop.example', 'www.example')).toThrow(new Error(message));
    expect(() => other.addRoute('api.example', web({}, 'more'))).not.toThrow();
  });

  test('fails for TLS of a host that another one of the chart passes on', () => {
    const tls = db({ port: 8443, protocol: Protocol.TCP });
    edge({ backend: LoadBalancerBackend.haproxy() }).addTlsRoute('db.example', tls);
    const other = new LoadBalancer(shop, 'other', { httpPort: 81, httpsPort: 444, backend: LoadBalancerBackend.haproxy() });
    expect(() => other.addTlsRoute('db.example', tls)).toThrow(new Error(
      "other cannot serve 'db.example': load balancer 'edge' of this chart does already, and the name leads visitors to one of them;"
      + ' route it from one, or give each a name of its own [shop/other]'));
  });

  test.each([['Compose', ComposeTarget], ['Swarm', SwarmTarget]])('for a host that one of another chart serves is a finding on %s', (_, Target) => {
    app = new App({ targets: [new Target()] });
    ['a', 'b'].forEach((id, number) => {
      const chart = new Chart(app, id);
      new LoadBalancer(chart, 'edge', { httpPort: 80 + number, httpsPort: 443 + number }).addRoute('shop.example', new HAWebService(chart, 'web', { image: IMAGE, port: 80 }));
    });
    expect(app.findings().filter(({ rule }) => rule === 'host-served-twice').map(({ message, path }) => `${message} [${path}]`)).toEqual([
      "edge serves 'shop.example' and so does 'edge' of chart 'a': the name leads visitors, and whoever issues certificates, to one of them;"
      + ' route it from one to the workloads of both charts, unless the name means another address inside than outside [b/edge]',
    ]);
  });

  test('that gives requests more time than copies have to end them is a finding', () => {
    const slow = web({ drainTimeout: Duration.seconds(20) });
    edge().addRoute('shop.example', slow, { path: '/report', requestTimeout: Duration.minutes(2) });
    expect(app.findings().filter(({ rule }) => rule === 'request-outlives-copy').map(({ message }) => message)).toEqual([
      "edge gives requests for 'shop.example/report' 120 s, and a copy of web that is replaced gives them 20 s to end: longer ones are cut off at each update;"
      + ' raise drainTimeout of web to 120 s, or lower requestTimeout',
    ]);
  });

  test('that gives requests as much time as copies have is fine', () => {
    edge().addRoute('shop.example', web(), { requestTimeout: Duration.seconds(30) });
    expect(app.findings().map(({ rule }) => rule)).not.toContain('request-outlives-copy');
  });

  test('over plain HTTP is a finding', () => {
    edge().addRoute('shop.example', web({ healthCheck: HealthCheck.tcp() }));
    expect(warnings()).toContain("edge serves 'shop.example' over plain HTTP: give it certificates, for example new LetsEncrypt(chart, 'letsencrypt', { email }) [shop/edge]");
  });
});

describe('a certificate', () => {
  test.each(['ops', 'ops@', '@acme.example', 'ops@acme', 'ops acme@acme.example', '', undefined])('fails for the e-mail %p', (email) => {
    expect(() => new LetsEncrypt(shop, 'letsencrypt', { email } as any)).toThrow(new Error(
      `'letsencrypt' cannot register with the e-mail ${email === undefined ? email : `'${email}'`}: give an address such as 'ops@example.org' [shop/letsencrypt]`));
  });

  test('fails for a wildcard without DNS-01', () => {
    const edge = new LoadBalancer(shop, 'edge', { certificates: new LetsEncrypt(shop, 'letsencrypt', { email: 'ops@acme.example' }) });
    expect(() => edge.addRoute('*.acme.example', web())).toThrow(new Error(
      "'letsencrypt' cannot issue a certificate for '*.acme.example': a wildcard is proven by a DNS record only, give the issuer dns01 [*.acme.example]".replace('[*.acme.example]', '[shop/edge]')));
  });

  test('fails for a ClusterIssuer that is no name', () => {
    expect(() => new LetsEncrypt(shop, 'le', { email: 'ops@acme.example', clusterIssuer: 'Lets Encrypt' })).toThrow(new Error(
      "'le' cannot take 'Lets Encrypt' for clusterIssuer: give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.' [shop/le]"));
  });

  test.each(['certificate', 'privateKey'])('fails without its %s', (field) => {
    const [one, other] = [new Secret(shop, 'one'), new Secret(shop, 'other')];
    expect(() => new CertificateFiles(shop, 'own', { certificate: one, privateKey: other, [field]: undefined } as any)).toThrow(new Error(
      `'own' cannot do without ${field}: declare new Secret(chart, 'name') and give that [shop/own]`));
  });

  test('fails for one secret as certificate and key', () => {
    const pem = new Secret(shop, 'pem');
    expect(() => new CertificateFiles(shop, 'own', { certificate: pem, privateKey: pem }))
      .toThrow(new Error("'own' cannot take the secret 'pem' for both certificate and privateKey: declare one for each [shop/own]"));
  });

  test.each<[string, unknown, string]>([
    ['true', true, 'true'], ['a text', 'cloudflare', "'cloudflare'"], ['an object', {}, 'an object'],
  ])('fails for DNS-01 by %s, which is no provider', (_, dns01, shown) => {
    expect(() => new LetsEncrypt(shop, 'letsencrypt', { email: 'ops@acme.example', dns01: dns01 as any }))
      .toThrow(new Error(`'letsencrypt' cannot take ${shown} for dns01: give a choice such as Dns01.cloudflare(token) [shop/letsencrypt]`));
  });

  test.each<[string, (key: Secret) => unknown, string]>([
    ['a token', () => Dns01.cloudflare(undefined as any), "Dns01.cloudflare cannot do without apiToken: declare new Secret(chart, 'name') and give that [Dns01.cloudflare]"],
    ['a region', () => Dns01.route53(undefined as any), "Dns01.route53 cannot take undefined for region: give the zone's region, such as 'eu-central-1'"],
    ['a project', () => Dns01.cloudDns({} as any), "Dns01.cloudDns cannot take undefined for project: give the id of the project with the zone, such as 'acme-dns'"],
    ['a subscription', () => Dns01.azureDns({ resourceGroup: 'dns' } as any), 'Dns01.azureDns cannot take undefined for subscriptionId: give the id of the subscription'],
    ['a group', () => Dns01.azureDns({ subscriptionId: '1', resourceGroup: '' }), "Dns01.azureDns cannot take '' for resourceGroup: give the resource group with the zone"],
    ['a name server', (key) => Dns01.rfc2136({ key, keyName: 'acme' } as any), "Dns01.rfc2136 cannot take undefined for nameserver: give the zone's primary name server, such as '192.0.2.53'"],
    ['a key name', (key) => Dns01.rfc2136({ key, nameserver: '192.0.2.53' } as any), "Dns01.rfc2136 cannot take undefined for keyName: give the name of the key, such as 'acme-update'"],
    ['a webhook', () => Dns01.webhook({ solverName: 'acme' } as any), "Dns01.webhook cannot take undefined for groupName: give the API group of the webhook, such as 'acme.example.org'"],
  ])('fails for a provider of DNS-01 without %s', (_, make, message) => {
    const key = new Secret(shop, 'key');
    expect(() => make(key)).toThrow(new Error(message));
  });

  test('fails for one host from two issuers', () => {
    const a = new LocalCertificates(shop, 'a');
    const b = new LocalCertificates(shop, 'b');
    const edge = new LoadBalancer(shop, 'edge', { certificates: a });
    edge.addRoute('shop.example', web());
    expect(() => edge.addRoute('shop.example', web({}, 'api'), { path: '/api', certificates: b }))
      .toThrow(new Error("host 'shop.example' cannot have certificates from both 'a' and 'b': give all its routes the same issuer [shop/edge]"));
  });

  test('fails for a directory that is no https URL', () => {
    expect(() => new AcmeIssuer(shop, 'acme', { email: 'ops@acme.example', directory: 'http://ca.acme.example' }))
      .toThrow(new Error("'acme' cannot use the ACME directory 'http://ca.acme.example': give an https URL [shop/acme]"));
  });
});

describe('a scheduled job', () => {
  const job = (props: Record<string, unknown>) => new ScheduledJob(shop, 'report', { image: IMAGE, command: ['report'], schedule: '0 3 * * *', ...props } as any);

  test.each(['every day', '61 * * * *', '* * * *', '* * * * * *', '0 25 * * *', ''])('fails for the schedule %p', (schedule) => {
    expect(() => job({ schedule })).toThrow(/^report cannot run by the clock: '.*' is no schedule: .*, write five fields such as '15 3 \* \* \*' \[shop\/report\]$/);
  });

  test.each([
    [undefined, 'it has no schedule'],
    [5, '5 is no text'],
  ])('fails for %p in place of a schedule', (schedule, reason) => {
    expect(() => job({ schedule })).toThrow(new Error(`report cannot run by the clock: ${reason}, write five fields such as '15 3 * * *' [shop/report]`));
  });

  test('fails for a time zone that is none', () => {
    expect(() => job({ timeZone: 'Mars/Olympus' }))
      .toThrow(new Error("report cannot run in the time zone 'Mars/Olympus': give an IANA name such as 'Europe/Berlin' [shop/report]"));
  });

  test.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['EUROPE/BERLIN', 'Europe/Berlin'],
    ['utc', 'UTC'],
  ])('fails for the time zone %p, which is %p on a host', (timeZone, known) => {
    expect(() => job({ timeZone }))
      .toThrow(new Error(`report cannot run in the time zone '${timeZone}', which no host knows by that name: write '${known}' [shop/report]`));
  });

  // Versions of Node.js have different names for what it is on a host.
  test.each(['us/eastern', 'ASIA/KOLKATA', 'ETC/UTC', 'gb', 'CUBA', 'PST'])('fails for the time zone %p', (timeZone) => {
    expect(() => job({ timeZone })).toThrow(`report cannot run in the time zone '${timeZone}'`);
  });

  // What Node.js calls some of them is another name of the same zone.
  test.each(['Europe/Berlin', 'Asia/Calcutta', 'Asia/Kolkata', 'US/Eastern', 'America/Port-au-Prince', 'Etc/GMT+5', 'Etc/UTC', 'UTC', 'EST5EDT', 'CET', 'GB'])(
    'runs in the time zone %p', (timeZone) => expect(() => job({ timeZone })).not.toThrow(),
  );

  test('fails without a command', () => {
    expect(() => job({ command: undefined })).toThrow(new Error(
      "report cannot run by the clock without a command: give 'command', since on Docker the clock starts it in the job's own container [shop/report]"));
  });
});

test('several errors are told at once, and nothing is written', () => {
  new IsolatedNetwork(shop, 'a', { subnet: '10.7.0.0/24' });
  new IsolatedNetwork(shop, 'b', { subnet: '10.7.0.0/24' });
  new IsolatedNetwork(shop, 'c', { subnet: '10.7.0.0/24' });
  expect(synthError()).toBe([
    '2 errors, nothing was written:',
    "  network 'b' cannot have the subnet 10.7.0.0/24: it overlaps 10.7.0.0/24 of 'a', choose another range [shop/b]",
    "  network 'c' cannot have the subnet 10.7.0.0/24: it overlaps 10.7.0.0/24 of 'a', choose another range [shop/c]",
  ].join('\n'));
});

