import { ApiObject, App as Cdk8sApp, Chart, JsonPatch, Testing, YamlOutputType } from 'cdk8s';
import {
  App, HAWebService, IsolatedNetwork, KubernetesObjects, KubernetesTarget, LetsEncrypt, LoadBalancer, ScheduledJob, SharedVolume,
  StatefulService, Volume, Worker,
} from '../../../src';
import { readYaml } from '../../support/yaml-documents';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';

function newChart(props: { yamlOutputType?: YamlOutputType } = {}): { app: App; chart: Chart } {
  const app = new App({ report: false, targets: [new KubernetesTarget()], ...props });
  return { app, chart: new Chart(app, 'shop') };
}

const objectsOf = (app: App) => app.render().flatMap(({ text }) => readYaml(text).documents.map(({ value }) => value as any));

test('each object of a construct can be patched before synth', () => {
  const { app, chart } = newChart();
  const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, minReplicas: 2, maxReplicas: 4, files: { '/a': 'b' }, publishedPorts: [{ port: 8080 }] });
  const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
  const job = new ScheduledJob(chart, 'job', { image: IMAGE, schedule: '0 0 * * *', command: ['x'] });
  const one = new Worker(chart, 'one', { image: IMAGE, replicas: 1, volumes: [Volume.persistent('/data')] });
  const letsencrypt = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
  const edge = new LoadBalancer(chart, 'edge', { certificates: letsencrypt });
  edge.addRoute('shop.acme.example', web);
  const [webObjects, dbObjects, edgeObjects] = [web, db, edge].map((construct) => KubernetesObjects.of(construct));

  const all: ApiObject[] = [
    webObjects.deployment, webObjects.service, webObjects.publishedService, webObjects.serviceAccount, webObjects.podDisruptionBudget,
    webObjects.horizontalPodAutoscaler, webObjects.configMap, webObjects.networkPolicy, dbObjects.statefulSet, dbObjects.headlessService,
    KubernetesObjects.of(job).cronJob, KubernetesObjects.of(one).persistentVolumeClaim('data'), KubernetesObjects.of(one).persistentVolumeClaim(),
    KubernetesObjects.of(new SharedVolume(chart, 'uploads')).persistentVolumeClaim(), edgeObjects.gateway, edgeObjects.httpRoute(),
    edgeObjects.httpRoute('shop-acme-example-redirect'), edgeObjects.certificate(), edgeObjects.certificate('shop.acme.example'),
    KubernetesObjects.of(letsencrypt).issuer, edgeObjects.object('EnvoyProxy'),
  ];
  for (const object of all) object.addJsonPatch(JsonPatch.add('/metadata/annotations', { patched: 'yes' }));
  expect(objectsOf(app).filter(({ metadata }) => metadata.annotations?.patched)).toHaveLength(new Set(all).size);
  expect(all.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'Deployment web', 'Service web', 'Service web-published', 'ServiceAccount web', 'PodDisruptionBudget web', 'HorizontalPodAutoscaler web',
    'ConfigMap web-config', 'NetworkPolicy web', 'StatefulSet db', 'Service db-headless', 'CronJob job', 'PersistentVolumeClaim one-data',
    'PersistentVolumeClaim one-data', 'PersistentVolumeClaim uploads', 'Gateway edge', 'HTTPRoute shop-acme-example', 'HTTPRoute shop-acme-example-redirect',
    'Certificate shop-acme-example', 'Certificate shop-acme-example', 'Issuer letsencrypt', 'EnvoyProxy edge',
  ]);
});

test('ApiObject.of gives the main object, as for constructs of cdk8s-plus-28', () => {
  const { chart } = newChart();
  expect(ApiObject.of(new HAWebService(chart, 'web', { image: IMAGE, port: 8080 })).kind).toBe('Deployment');
  expect(ApiObject.of(new StatefulService(chart, 'db', { image: IMAGE, port: 5432 })).kind).toBe('StatefulSet');
});

describe('an object that is not there', () => {
  test('says what is', () => {
    const { chart } = newChart();
    const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
    expect(() => KubernetesObjects.of(db).deployment).toThrow('db has no Deployment on Kubernetes: it is a StatefulService; it has:'
      + ' NetworkPolicy, Service, Service \'db-headless\', ServiceAccount, StatefulSet [shop/db]');
  });

  test('of a construct without objects', () => {
    const { chart } = newChart();
    expect(() => KubernetesObjects.of(new IsolatedNetwork(chart, 'backend')).networkPolicy)
      .toThrow('backend has no NetworkPolicy on Kubernetes: it is a IsolatedNetwork; it has: nothing there [shop/backend]');
  });

  test('among several asks for a name', () => {
    const { chart } = newChart();
    const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
    expect(() => KubernetesObjects.of(db).object('Service'))
      .toThrow('db has several objects of kind Service on Kubernetes: name one of \'db\', \'db-headless\' [shop/db]');
  });
});

describe('the whole file', () => {
  const define = (chart: Chart) => {
    new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
    new ApiObject(chart, 'quota', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota' }, spec: { hard: { pods: '10' } } });
    KubernetesObjects.of(chart).file.addJsonPatch(
      JsonPatch.replace('/Deployment/web/spec/replicas', 7),
      JsonPatch.replace('/ResourceQuota/quota/spec/hard/pods', '20'),
      JsonPatch.remove('/PodDisruptionBudget/web'),
    );
  };

  test('is patched by kind and name, objects of other libraries too', () => {
    const { app, chart } = newChart();
    define(chart);
    const objects = objectsOf(app);
    expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'NetworkPolicy', 'Service', 'Deployment', 'ResourceQuota']);
    expect(objects[3].spec.replicas).toBe(7);
    expect(objects[4].spec.hard.pods).toBe('20');
  });

  test('is patched under cdk8s\' own App too', () => {
    const chart = new Chart(new Cdk8sApp({ outdir: '/tmp' }), 'shop');
    define(chart);
    expect(Testing.synth(chart).find(({ kind }) => kind === 'Deployment').spec.replicas).toBe(7);
  });

  test('says how it is addressed when a patch does not fit', () => {
    const { app, chart } = newChart();
    new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
    KubernetesObjects.of(chart).file.addJsonPatch(JsonPatch.replace('/web/spec/replicas', 7));
    expect(() => app.render()).toThrow(/^a JSON patch does not fit the manifest: .+; objects are addressed as \/Kind\/name\/… \[shop\]$/);
  });

  test('is a chart\'s with a construct of ours', () => {
    const { chart } = newChart();
    expect(() => KubernetesObjects.of(chart).file).toThrow('shop has no manifest of ours: no KubernetesTarget renders it, or it has no construct of ours [shop]');
  });
});
