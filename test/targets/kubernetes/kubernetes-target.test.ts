import { App as Cdk8sApp, Chart, JsonPatch, Size, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { findings, Manifests } from './manifests';
import {
  App, Cpu, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, KubernetesObjects, KubernetesTarget, LetsEncrypt, LoadBalancer,
  ScheduledJob, Security, StatefulService, Volume, Worker, type KubernetesTargetProps,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';

test('a version that is not known is refused', () => {
  expect(() => new KubernetesTarget({ version: '1.29' })).toThrow('KubernetesTarget cannot write for version \'1.29\': it is one of 1.33, 1.34, 1.35, 1.36');
});

describe('a namespace', () => {
  const file = (define: (chart: Chart) => void) => new Manifests(define, { createNamespace: true }, { namespace: 'prod' });

  test('is written when asked for, in a file of its own, and nothing prunes it', () => {
    const manifests = file((chart) => new Worker(chart, 'w', { image: IMAGE }));
    expect(manifests.files.map(({ path }) => path)).toEqual(['shop.k8s.yaml', 'shop-namespace.k8s.yaml']);
    expect(manifests.get('Namespace').metadata).toEqual({
      annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'helm.sh/resource-policy': 'keep', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
      labels: {
        'app.kubernetes.io/managed-by': 'cdk8s-ha',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'v1.33',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'v1.33',
      },
      name: 'prod',
    });
    expect(manifests.get('Deployment').metadata.namespace).toBe('prod');
  });

  test('has a quota by choice, and numbers for pods of others that have none', () => {
    const namespaceQuota = { cpu: Cpu.cores(2), memory: Size.gibibytes(4), pods: 20 };
    const manifests = new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE }), { createNamespace: true, namespaceQuota }, { namespace: 'prod' });
    expect(manifests.names().slice(-4)).toEqual(['Namespace/prod', 'ResourceQuota/prod', 'LimitRange/prod', 'NetworkPolicy/default-deny']);
    expect(manifests.get('ResourceQuota')).toMatchObject({
      metadata: { namespace: 'prod' }, spec: { hard: { 'limits.memory': '4Gi', 'pods': '20', 'requests.cpu': '2', 'requests.memory': '4Gi' } },
    });
    expect(manifests.get('LimitRange').spec.limits).toEqual([{ default: { memory: '256Mi' }, defaultRequest: { cpu: '100m', memory: '256Mi' }, type: 'Container' }]);
  });

  test('enforces the strictest standard that its workloads keep', () => {
    const enforced = (define: (chart: Chart) => void) => file(define).get('Namespace').metadata.labels['pod-security.kubernetes.io/enforce'];
    expect(enforced((chart) => new Worker(chart, 'w', { image: IMAGE, security: Security.startsAsRoot() }))).toBe('baseline');
    expect(enforced((chart) => new Worker(chart, 'w', { image: IMAGE, volumes: [Volume.hostPath('/data', '/mnt')] }))).toBe('privileged');
  });

  describe('enforces nothing that would refuse the pods in it', () => {
    const define = (others: (chart: Chart, worker: Worker) => void) => (chart: Chart) => others(chart, new Worker(chart, 'w', { image: IMAGE }));
    const legacy = define((chart) => new kplus.Deployment(chart, 'legacy', { containers: [{ image: 'ghcr.io/acme/legacy:0.9.0', portNumber: 8000 }] }));
    const debugged = define((_, worker) => KubernetesObjects.of(worker).deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/shareProcessNamespace', true),
      JsonPatch.add('/spec/template/spec/hostPID', true)));
    const unknown = define((chart) => {
      const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
      new LoadBalancer(chart, 'edge', { certificates: new LetsEncrypt(chart, 'le', { email: 'ops@acme.example' }) }).addRoute('a.acme.example', web);
    });

    test.each<[string, (chart: Chart) => void, KubernetesTargetProps, string, string]>([
      ['of another library', legacy, {}, 'baseline', "Deployment 'shop-legacy-c889ed9d' at shop/legacy/Resource"],
      ['that somebody patched', debugged, {}, 'privileged', "Deployment 'w' at shop/w/kubernetes-deployment"],
      ['of a Gateway whose software is not known', unknown, { edge: KubernetesEdge.gateway({ className: 'acme' }) }, 'baseline', "Gateway 'edge' at shop/edge/kubernetes-gateway"],
    ])('%s', (_, definition, props, standard, object) => {
      const target = { createNamespace: true, ...props };
      expect(new Manifests(definition, target, { namespace: 'prod' }).get('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(standard);
      const [of, path] = object.split(' at ');
      expect(findings(definition, target, { namespace: 'prod' }).filter((line) => line.includes('namespace-standard'))).toEqual([
        `warning namespace-standard: namespace 'prod' cannot enforce more than Pod Security Standard ${standard} on Kubernetes, or it could refuse the pods of ${of}:`
        + ` give them the securityContext that restricted asks for, or a namespace of their own [${path}]`,
      ]);
    });

    test('all that is ours by default keeps restricted, proxies too', () => {
      for (const edge of [KubernetesEdge.gateway(), KubernetesEdge.ownProxies()]) {
        expect(new Manifests(unknown, { createNamespace: true, edge }, { namespace: 'prod' }).get('Namespace').metadata.labels).toMatchObject({
          'pod-security.kubernetes.io/enforce': 'restricted',
        });
        expect(findings(unknown, { createNamespace: true, edge }, { namespace: 'prod' }).filter((line) => line.includes('namespace-standard'))).toEqual([]);
      }
    });
  });

  test('is one for charts that share it', () => {
    const manifests = new Manifests((chart, app) => {
      new Worker(chart, 'w', { image: IMAGE });
      new Worker(new Chart(app, 'more', { namespace: 'prod' }), 'x', { image: IMAGE });
    }, { createNamespace: true }, { namespace: 'prod' });
    expect(manifests.files.map(({ path }) => path)).toEqual(['shop.k8s.yaml', 'shop-namespace.k8s.yaml', 'more.k8s.yaml']);
  });

  test('without a name is an error', () => {
    expect(() => new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE }), { createNamespace: true })).toThrow(
      'KubernetesTarget cannot create a namespace for chart \'shop\', which names none: new Chart(app, \'shop\', { namespace: \'shop\' }) [shop]',
    );
  });

  test('is not written by default', () => {
    expect(new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE }), {}, { namespace: 'prod' }).names()).not.toContain('Namespace/prod');
  });
});

describe('recommendations of what to set aside', () => {
  const define = (chart: Chart) => {
    new HAWebService(chart, 'web', { image: IMAGE, port: 8080, minReplicas: 2, maxReplicas: 4, healthCheck: HealthCheck.http('/healthz') });
    new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
    new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '0 3 * * *', command: ['report'] });
  };

  test('are asked for by choice, and nothing is changed by itself', () => {
    const manifests = new Manifests(define, { resourceRecommendations: true });
    expect(manifests.objects.filter(({ kind }) => kind === 'VerticalPodAutoscaler').map(({ spec }) => spec)).toEqual([
      { targetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }, updatePolicy: { updateMode: 'Off' } },
      { targetRef: { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report' }, updatePolicy: { updateMode: 'Off' } },
      { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, updatePolicy: { updateMode: 'Off' } },
    ]);
    // For kubectl, which reads YAML 1.1, a bare Off is false.
    expect(manifests.files[0].text).toContain('updateMode: "Off"');
    expect(new Manifests(define).names().filter((name) => name.startsWith('Vertical'))).toEqual([]);
  });

  test('are read as the report says', () => {
    const app = new App({ targets: [new KubernetesTarget({ resourceRecommendations: true })] });
    define(new Chart(app, 'shop'));
    expect(app.render().find(({ path }) => path === 'report/report.md')!.text).toContain('kubectl describe verticalpodautoscaler NAME');
  });
});

test('the report says whose metrics who may ask for', () => {
  const app = new App({ targets: [new KubernetesTarget()] });
  const chart = new Chart(app, 'shop');
  new Worker(chart, 'w', { image: IMAGE, metricsPort: 9090 });
  expect(app.render().find(({ path }) => path === 'report/report.md')!.text)
    .toContain('metrics of w:9090 may be asked for by pods with app.kubernetes.io/name=prometheus of namespace monitoring');
});

test('a target renders the charts it is told to', () => {
  const manifests = new Manifests((chart, app) => {
    new Worker(chart, 'w', { image: IMAGE });
    new Worker(new Chart(app, 'other'), 'w', { image: IMAGE });
  }, { charts: ['other'] });
  expect(manifests.files.map(({ path }) => path)).toEqual(['other.k8s.yaml']);
});

describe('what starts first', () => {
  test('stands first in the file, for Kubernetes cannot order starts', () => {
    const manifests = new Manifests((chart) => {
      const api = new HAWebService(chart, 'a-api', { image: IMAGE, port: 8080 });
      const cache = new HAWebService(chart, 'cache', { image: IMAGE, port: 6379 });
      api.connectTo(cache, { startAfter: true });
    });
    expect(manifests.names().filter((name) => name.startsWith('Deployment'))).toEqual(['Deployment/cache', 'Deployment/a-api']);
  });

  test('is one dependency between two objects', () => {
    const app = new App({ report: false, targets: [new KubernetesTarget()] });
    const chart = new Chart(app, 'shop');
    const db = new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
    const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
    web.connectTo(db, { startAfter: true });
    expect(app.node.findAll().flatMap(({ node }) => node.dependencies.map((to) => `${node.path} after ${to.node.path}`))).toEqual([
      'shop/web/kubernetes-deployment after shop/db/kubernetes-stateful-set',
    ]);
  });
});

test('the file is the same to the byte in whatever order things were declared', () => {
  const declare: ((chart: Chart) => void)[] = [
    (chart) => new Worker(chart, 'mailer', { image: IMAGE }),
    (chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, environment: { B: '1', A: '2' } }),
    (chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432 }),
  ];
  const text = (order: typeof declare) => new Manifests((chart) => order.forEach((one) => one(chart))).files[0].text;
  expect(text([...declare].reverse())).toBe(text(declare));
});

test('under cdk8s\' own App the same objects come out', () => {
  const define = (chart: Chart) => {
    const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck: HealthCheck.http('/healthz') });
    web.addSidecar('proxy', { image: IMAGE, files: { '/etc/proxy.conf': 'x' } });
    new LoadBalancer(chart, 'edge', { certificates: new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' }) }).addRoute('shop.acme.example', web);
  };
  const plain = new Chart(new Cdk8sApp({ outdir: '/tmp' }), 'shop');
  define(plain);
  const sorted = (objects: any[]) => objects.map((object) => JSON.stringify(object)).sort();
  expect(sorted(Testing.synth(plain))).toEqual(sorted(new Manifests(define).objects));
});

test('a thousand services take little time', () => {
  const app = new App({ report: false, targets: [new KubernetesTarget()] });
  const chart = new Chart(app, 'shop');
  const start = process.cpuUsage();
  const networks = [new IsolatedNetwork(chart, 'backend')];
  const edge = new LoadBalancer(chart, 'edge');
  for (let i = 0; i < 1000; i++) {
    edge.addRoute('shop.acme.example', new HAWebService(chart, `web-${i}`, { image: IMAGE, port: 8080, minReplicas: 2, maxReplicas: 4, networks }), { path: `/s${i}` });
  }
  app.render();
  const { user, system } = process.cpuUsage(start);
  // A hundredfold of what would be a scandal; `npm run bench` has the real figure.
  expect((user + system) / 1e6).toBeLessThan(10);
});
