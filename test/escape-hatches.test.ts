import { ApiObject, Chart, JsonPatch, Size } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import {
  App, ComposeObject, ComposeObjects, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork, KubernetesObjects, KubernetesTarget, LoadBalancer,
  Placement, StatefulService, SwarmObject, SwarmObjects, SwarmTarget, Volume, Worker, type Target,
} from '../src';

/*
 * Everything that comes out can be changed, at three depths, with one verb: each test says what that is on each target.
 */

let app: App;
let shop: Chart;
let backend: IsolatedNetwork;
let web: HAWebService;
let db: StatefulService;
let edge: LoadBalancer;

beforeEach(() => {
  app = new App();
  shop = new Chart(app, 'shop');
  backend = new IsolatedNetwork(shop, 'backend');
  db = new StatefulService(shop, 'db', {
    image: 'postgres:17.2',
    port: 5432,
    networks: [backend],
    volumes: [Volume.persistent('/data', { size: Size.gibibytes(10) })],
    placement: Placement.onNode('storage-1'),
    healthCheck: HealthCheck.tcp(),
  });
  web = new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 8080, networks: [backend], healthCheck: HealthCheck.tcp() });
  edge = new LoadBalancer(shop, 'edge');
  edge.addRoute('shop.localhost', web);
});

const file = (path: string) => app.render().find((candidate) => candidate.path === path)!.text;
const kubernetes = (kind: string, name: string) => (parseAllDocuments(file('shop.k8s.yaml')) as any[]).map((document) => document.toJS())
  .find((manifest) => manifest?.kind === kind && manifest.metadata.name === name);
const compose = () => parse(file('compose/shop/compose.yml'));
const swarm = () => parse(file('swarm/shop/stack.yml'));
const report = () => ({ markdown: file('report/report.md'), json: JSON.parse(file('report/report.json')) });

/** Every target's objects, as far as they have a name in common. */
const ALL = [['Kubernetes', KubernetesObjects], ['Compose', ComposeObjects], ['Swarm', SwarmObjects]] as const;

describe('one object', () => {
  test('is changed, whatever schema knows of the field', () => {
    KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/hostUsers', false), JsonPatch.add('/spec/fieldOfTomorrow', { a: [1] }));
    ComposeObjects.of(web).service.addJsonPatch(JsonPatch.add('/shm_size', '128m'), JsonPatch.add('/field_of_tomorrow', { a: [1] }));
    SwarmObjects.of(web).service.addJsonPatch(JsonPatch.add('/deploy/labels', { team: 'shop' }), JsonPatch.add('/field_of_tomorrow', { a: [1] }));
    expect(kubernetes('Deployment', 'web').spec).toMatchObject({ template: { spec: { hostUsers: false } }, fieldOfTomorrow: { a: [1] } });
    expect(compose().services.web).toMatchObject({ shm_size: '128m', field_of_tomorrow: { a: [1] } });
    expect(swarm().services.web).toMatchObject({ deploy: { labels: { team: 'shop' } }, field_of_tomorrow: { a: [1] } });
  });

  test('can be any: of a network, a database, a load balancer', () => {
    KubernetesObjects.of(db).statefulSet.addJsonPatch(JsonPatch.replace('/spec/podManagementPolicy', 'Parallel'));
    KubernetesObjects.of(edge).object('BackendTrafficPolicy').addJsonPatch(JsonPatch.add('/spec/circuitBreaker', { maxConnections: 2048 }));
    ComposeObjects.of(db).volume('data').addJsonPatch(JsonPatch.add('/labels', { backup: 'nightly' }));
    ComposeObjects.of(backend).network.addJsonPatch(JsonPatch.add('/enable_ipv6', true));
    ComposeObjects.of(edge).service.addJsonPatch(JsonPatch.replace('/image', 'caddy:2.11.4-alpine'));
    SwarmObjects.of(db).volume('data').addJsonPatch(JsonPatch.add('/labels', { backup: 'nightly' }));
    SwarmObjects.of(backend).network.addJsonPatch(JsonPatch.replace('/attachable', false));
    SwarmObjects.of(edge).service.addJsonPatch(JsonPatch.replace('/image', 'caddy:2.11.4-alpine'));
    expect(kubernetes('StatefulSet', 'db').spec.podManagementPolicy).toBe('Parallel');
    expect(kubernetes('BackendTrafficPolicy', 'edge').spec.circuitBreaker).toEqual({ maxConnections: 2048 });
    const labelled = { 'db-0-data': { labels: { backup: 'nightly' } } };
    expect(compose()).toMatchObject({ volumes: labelled, networks: { backend: { enable_ipv6: true } }, services: { edge: { image: 'caddy:2.11.4-alpine' } } });
    expect(swarm()).toMatchObject({ volumes: labelled, networks: { backend: { attachable: false } }, services: { edge: { image: 'caddy:2.11.4-alpine' } } });
  });

  test('is a full ApiObject on Kubernetes, so that metadata and dependencies work too', () => {
    KubernetesObjects.of(db).statefulSet.metadata.addAnnotation('team', 'shop');
    expect(kubernetes('StatefulSet', 'db').metadata.annotations).toEqual({ team: 'shop' });
  });

  test('changes nothing but itself', () => {
    const before = app.render();
    KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/hostUsers', false));
    const other = (files: typeof before) => files.filter(({ path }) => !path.startsWith('report/') && path !== 'shop.k8s.yaml');
    expect(other(app.render())).toEqual(other(before));
  });

  test('is changed at last, so that later declarations are in it', () => {
    KubernetesObjects.of(web).networkPolicy.addJsonPatch(JsonPatch.add('/metadata/annotations', { team: 'shop' }));
    ComposeObjects.of(web).service.addJsonPatch(JsonPatch.replace('/networks/web-to-late', { priority: 7 }));
    SwarmObjects.of(web).service.addJsonPatch(JsonPatch.replace('/networks/web-to-late', { aliases: ['front'] }));
    web.connectTo(new HAWebService(shop, 'late', { image: 'nginx:1.27.3', port: 9999, healthCheck: HealthCheck.tcp() }));
    const policy = kubernetes('NetworkPolicy', 'web');
    expect(policy.metadata.annotations).toEqual({ team: 'shop' });
    expect(JSON.stringify(policy.spec.egress)).toContain('9999');
    expect(compose().services.web.networks['web-to-late']).toEqual({ priority: 7 });
    expect(swarm().services.web.networks['web-to-late']).toEqual({ aliases: ['front'] });
  });
});

describe('a whole file', () => {
  test('is changed by its own paths; a manifest by /Kind/name', () => {
    KubernetesObjects.of(shop).file.addJsonPatch(JsonPatch.replace('/Deployment/web/spec/revisionHistoryLimit', 7), JsonPatch.remove('/Service/web'));
    ComposeObjects.of(shop).file.addJsonPatch(JsonPatch.add('/x-team', 'shop'), JsonPatch.replace('/services/web/image', 'other:1'));
    SwarmObjects.of(shop).file.addJsonPatch(JsonPatch.add('/x-team', 'shop'), JsonPatch.replace('/services/web/image', 'other:1'));
    expect(kubernetes('Deployment', 'web').spec.revisionHistoryLimit).toBe(7);
    expect(kubernetes('Service', 'web')).toBeUndefined();
    const changed = { 'x-team': 'shop', 'services': { web: { image: 'other:1' } } };
    expect(compose()).toMatchObject(changed);
    expect(swarm()).toMatchObject(changed);
  });

  test('is changed after its objects', () => {
    KubernetesObjects.of(shop).file.addJsonPatch(JsonPatch.test('/Deployment/web/spec/replicas', 7), JsonPatch.replace('/Deployment/web/spec/replicas', 9));
    KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.replace('/spec/replicas', 7));
    for (const Objects of [ComposeObjects, SwarmObjects]) {
      Objects.of(shop).file.addJsonPatch(JsonPatch.test('/services/web/image', 'other:1'), JsonPatch.replace('/services/web/image', 'other:2'));
      Objects.of(web).service.addJsonPatch(JsonPatch.replace('/image', 'other:1'));
    }
    expect(kubernetes('Deployment', 'web').spec.replicas).toBe(9);
    expect(compose().services.web.image).toBe('other:2');
    expect(swarm().services.web.image).toBe('other:2');
  });

  test('holds what is declared after the patch', () => {
    ALL.forEach(([name, Objects]) => Objects.of(shop).file.addJsonPatch(
      JsonPatch.add(name === 'Kubernetes' ? '/Deployment/late/metadata/annotations' : '/services/late/x-team', name === 'Kubernetes' ? { team: 'shop' } : 'shop')));
    new Worker(shop, 'late', { image: 'nginx:1.27.3' });
    expect(kubernetes('Deployment', 'late').metadata.annotations).toEqual({ team: 'shop' });
    expect(compose().services.late['x-team']).toBe('shop');
    expect(swarm().services.late['x-team']).toBe('shop');
  });
});

test('an object of the user stands in the file as given', () => {
  new ApiObject(shop, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'shop' }, spec: { hard: { pods: '50' } } });
  new ComposeObject(shop, 'mailcatcher', { section: 'services', body: { image: 'mailhog/mailhog:v1.0.1', field_of_tomorrow: true } });
  new SwarmObject(shop, 'agent', { section: 'services', body: { image: 'ghcr.io/acme/agent:1.0.0', deploy: { mode: 'global' } } });
  expect(kubernetes('ResourceQuota', 'shop').spec).toEqual({ hard: { pods: '50' } });
  expect(compose().services.mailcatcher).toEqual({ image: 'mailhog/mailhog:v1.0.1', field_of_tomorrow: true });
  expect(swarm().services.agent).toEqual({ image: 'ghcr.io/acme/agent:1.0.0', deploy: { mode: 'global' } });
  expect([compose().services.agent, swarm().services.mailcatcher]).toEqual([undefined, undefined]);
});

describe('a patch that does not fit', () => {
  test.each([
    ['Kubernetes', () => KubernetesObjects.of(web).deployment, /^a JSON patch does not fit Deployment 'web': .+ \[shop\/web\/kubernetes-deployment\]$/],
    ['Compose', () => ComposeObjects.of(web).service, /^a JSON patch does not fit 'web' in services of compose\/shop: .+ \[shop\/web\/compose-service\]$/],
    ['Swarm', () => SwarmObjects.of(web).service, /^a JSON patch does not fit 'web' in services of swarm\/shop: .+ \[shop\/web\/swarm-service\]$/],
    ['what is beside a service', () => ComposeObjects.of(web).companions, /^a JSON patch does not fit the services beside 'web' in compose\/shop: .+ \[shop\/web\/compose-companions\]$/],
    ['the whole manifest', () => KubernetesObjects.of(shop).file, /^a JSON patch does not fit the manifest: .+; objects are addressed as \/Kind\/name\/… \[shop\]$/],
    ['the whole Compose file', () => ComposeObjects.of(shop).file, /^a JSON patch does not fit compose\/shop: .+ \[shop\/compose-file\]$/],
    ['the whole stack', () => SwarmObjects.of(shop).file, /^a JSON patch does not fit swarm\/shop: .+ \[shop\/swarm-file\]$/],
  ])('fails with the object and its path (%s)', (_, object, message) => {
    object().addJsonPatch(JsonPatch.replace('/not/there', 1));
    expect(() => app.render()).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }));
  });
});

// The messages carry a TypeError of the library (Cannot read properties of undefined), where one wants the operation.
test.each(ALL)('a patch that does not fit is named, with its pointer (%s)', (_, Objects) => {
  Objects.of(shop).file.addJsonPatch(JsonPatch.replace('/not/there', 1));
  expect(() => app.render()).toThrow('/not/there');
});

test.each(ALL)('a patch of a field that is not there fails, as one of an object that is not there does (%s)', (_, Objects) => {
  Objects.of(shop).file.addJsonPatch(JsonPatch.replace('/nothing', 1));
  expect(() => app.render()).toThrow('there is nothing to replace at /nothing');
});

test.each(ALL)('a patch takes away only what is there (%s)', (_, Objects) => {
  Objects.of(shop).file.addJsonPatch(JsonPatch.remove('/nothing'));
  expect(() => app.render()).toThrow('there is nothing to remove at /nothing');
});

describe('an object that is not there', () => {
  test.each([
    ['Kubernetes', () => KubernetesObjects.of(web).statefulSet, 'web has no StatefulSet on Kubernetes: it is a HAWebService; it has: Deployment, '
      + 'NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount [shop/web]'],
    ['Compose', () => ComposeObjects.of(web).volume('data'), "web has no volume 'data' in Compose: it has service, companions [shop/web]"],
    ['Swarm', () => SwarmObjects.of(web).volume('data'), "web has no volume 'data' in Swarm: it has service, companions [shop/web]"],
  ])('fails with those that are, and the path (%s)', (_, object, message) => {
    expect(object).toThrow(new Error(message));
  });
});

describe('an object of a target that the app has not', () => {
  const on = (target: Target) => {
    const chart = new Chart(new App({ targets: [target] }), 'shop');
    return { chart, worker: new Worker(chart, 'mailer', { image: 'nginx:1.27.3' }) };
  };

  test.each([
    ['Kubernetes', () => KubernetesObjects.of(on(new ComposeTarget()).worker).deployment, 'mailer has no Deployment on Kubernetes: no KubernetesTarget'],
    ['Compose', () => ComposeObjects.of(on(new SwarmTarget()).worker).service, 'mailer has no service in Compose: no ComposeTarget'],
    ['Swarm', () => SwarmObjects.of(on(new KubernetesTarget()).worker).service, 'mailer has no service in Swarm: no SwarmTarget'],
  ])('fails with the target that is missing (%s)', (_, object, message) => {
    expect(object).toThrow(new Error(`${message} renders chart 'shop', so patch it only where one does [shop/mailer]`));
  });

  test.each([
    ['Kubernetes', () => KubernetesObjects.of(on(new ComposeTarget()).chart).file, 'shop has no manifest of ours: no KubernetesTarget'],
    ['Compose', () => ComposeObjects.of(on(new SwarmTarget()).chart).file, 'shop has no file in Compose: no ComposeTarget'],
    ['Swarm', () => SwarmObjects.of(on(new KubernetesTarget()).chart).file, 'shop has no file in Swarm: no SwarmTarget'],
  ])('fails so for the whole file too (%s)', (_, object, message) => {
    expect(object).toThrow(new Error(`${message} renders it, or it has no construct of ours [shop]`));
  });
});

test('the report marks what was changed, at each depth and on each target', () => {
  const paths = ['shop/compose-file', 'shop/kubernetes-file', 'shop/swarm-file',
    'shop/web/compose-service', 'shop/web/kubernetes-deployment', 'shop/web/swarm-service'];
  expect(report().json.patched).toEqual([]);
  KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.add('/x', 1));
  KubernetesObjects.of(shop).file.addJsonPatch(JsonPatch.add('/Deployment/web/y', 1));
  for (const Objects of [ComposeObjects, SwarmObjects]) {
    Objects.of(web).service.addJsonPatch(JsonPatch.add('/x-a', 1));
    Objects.of(shop).file.addJsonPatch(JsonPatch.add('/x-a', 1));
  }
  const { json, markdown } = report();
  expect(json.patched).toEqual(paths);
  for (const path of paths) expect(markdown).toContain(`- \`${path}\` patched: not covered`);
});
