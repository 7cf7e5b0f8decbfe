import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { ControlPlane, describeWithCluster, eventually, KUBERNETES } from './control-plane';
import { Copies } from './copies';
import { installCustomResources } from './custom-resources';
import { SimulatedNodes } from './nodes';
import { App, HAWebService, KubernetesTarget } from '../../src';
import { readManifests } from '../support/reachability';

/*
 * What the real controllers and the real scheduler do with what was generated, when versions change and nodes go. Every
 * change of every pod is counted.
 */

const ZONES: Record<string, string[]> = { a: ['a1', 'a2'], b: ['b1', 'b2'], c: ['c1', 'c2'] };
const NODES = Object.entries(ZONES).flatMap(([zone, names]) => names.map((name) => ({ name, zone, labels: name === 'a1' ? { broker: 'true' } : {} })));
const PLATFORM = join(__dirname, '..', '..', 'examples', 'platform', 'expected', 'platform.k8s.yaml');

const figures: string[] = [];

describeWithCluster(`with the controllers of Kubernetes ${KUBERNETES}`, () => {
  let plane: ControlPlane;
  let nodes: SimulatedNodes;

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true });
    await installCustomResources(plane.api);
    nodes = await SimulatedNodes.start(plane.api, NODES);
  }, 300_000);

  afterAll(async () => {
    process.stderr.write(`\n${figures.join('\n')}\n`);
    nodes?.stop();
    await plane?.stop();
  });

  const apply = async (objects: any[], namespace: string) => {
    for (const object of objects) {
      const { status, body } = await plane.api.apply(object, namespace);
      if (status >= 300) throw new Error(`${object.kind}/${object.metadata.name}: ${body.message}`);
    }
  };

  /** Makes a namespace and every Secret that its pods mount, which are the user's to make. */
  const prepare = async (namespace: string, objects: any[]) => {
    await plane.api.create('/api/v1/namespaces', { metadata: { name: namespace } });
    const volumes = objects.flatMap(({ spec }) => spec?.template?.spec.volumes ?? []);
    const sources = volumes.flatMap((volume: any) => [volume, ...volume.projected?.sources ?? []]).filter(({ secret }) => secret !== undefined);
    const secrets = new Set<string>(sources.map(({ secret }) => secret.secretName ?? secret.name));
    for (const name of secrets) await plane.api.create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name } });
  };

  describe('a service with a configuration', () => {
    const NAMESPACE = 'site';
    const site = (tag: string, greeting: string) => {
      const app = new App({ report: false, targets: [new KubernetesTarget()] });
      new HAWebService(new Chart(app, NAMESPACE), 'web', {
        image: `ghcr.io/acme/web:${tag}`, port: 8080, replicas: 4, files: { '/etc/web/greeting': greeting },
      });
      return app.render().flatMap(({ text }) => readManifests(text));
    };
    const wanted = new Map([['web', 4]]);
    const has = (tag: string) => ({ spec }: any) => spec.containers[0].image.endsWith(`:${tag}`);
    let copies: Copies;

    /** What a pod reads: by the name of its ConfigMap, which says it all where it is immutable. */
    const greetingOf = async ({ spec, metadata: { namespace } }: any) => {
      const { configMap } = spec.volumes.find((volume: any) => volume.configMap !== undefined);
      return Object.values((await plane.api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`)).data)[0];
    };

    beforeAll(async () => {
      await prepare(NAMESPACE, []);
      copies = await Copies.watch(plane.api, NAMESPACE);
      await apply(site('1.0.0', 'good morning'), NAMESPACE);
      await copies.settle(wanted);
    }, 120_000);

    test('is updated without a copy less, and old copies that start anew keep their old configuration', async () => {
      copies.startCounting();
      await apply(site('2.0.0', 'good evening'), NAMESPACE);
      await copies.settle(wanted, has('2.0.0'));
      expect(copies.leastOf('web')).toBe(4);
      figures.push(`rolling update of web: never fewer than ${copies.leastOf('web')} of 4 ready`);
      expect(await Promise.all(copies.ready().get('web')!.map(greetingOf))).toEqual(Array(4).fill('good evening'));
    }, 240_000);

    test('stays up where the new version never becomes ready, and old copies start anew with their old configuration', async () => {
      copies.startCounting();
      const next = site('3.0.0', 'good night');
      // Its Secret was never made: no copy of it can start.
      next.find(({ kind }) => kind === 'Deployment').spec.template.spec.volumes.push({ name: 'missing', secret: { secretName: 'never-made' } });
      await apply(next, NAMESPACE);
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      expect(copies.leastOf('web')).toBe(4);

      const [victim] = copies.ready().get('web')!;
      await plane.api.ask('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${victim.metadata.name}`);
      await copies.settle(wanted, (pod) => has('2.0.0')(pod) && pod.metadata.uid !== victim.metadata.uid);
      expect(await Promise.all(copies.ready().get('web')!.map(greetingOf))).toEqual(Array(4).fill('good evening'));
    }, 240_000);

    test('is rolled back by the manifests of before, configuration included', async () => {
      // What has been ready for less than minReadySeconds is not available, and is the first to go.
      const deployment = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/web`;
      await eventually('four available copies', async () => (await plane.api.get(deployment)).status.availableReplicas === 4);
      copies.startCounting();
      await apply(site('1.0.0', 'good morning'), NAMESPACE);
      await copies.settle(wanted, has('1.0.0'));
      expect(copies.leastOf('web')).toBe(4);
      expect(await Promise.all(copies.ready().get('web')!.map(greetingOf))).toEqual(Array(4).fill('good morning'));
      expect([...nodes.stuck].filter((line) => line.includes('configmaps'))).toEqual([]);
      figures.push(`rollback of web: never fewer than ${copies.leastOf('web')} of 4 ready, all with the old configuration`);
    }, 240_000);

    afterAll(async () => {
      await plane.api.ask('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
      await copies.settle(new Map(), undefined, 60);
    });
  });

  describe('the platform', () => {
    const NAMESPACE = 'platform';
    const objects = readManifests(readFileSync(PLATFORM, 'utf8'));
    const minimum = (name: string) => objects.find(({ kind, spec }) => kind === 'HorizontalPodAutoscaler' && spec.scaleTargetRef.name === name)?.spec.minReplicas;
    const declared = new Map<string, number>(objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))
      .map(({ metadata: { name }, spec }) => [name, spec.replicas ?? minimum(name)]));
    const several = [...declared].filter(([, count]) => count > 1);
    let copies: Copies;

    const nodesOf = (pods: any[]) => pods.map(({ spec }) => spec.nodeName);
    const zoneOf = (node: string) => node[0];

    beforeAll(async () => {
      await prepare(NAMESPACE, objects);
      copies = await Copies.watch(plane.api, NAMESPACE);
      await apply(objects, NAMESPACE);
      await copies.settle(declared);
    }, 240_000);

    test('has the copies of each workload on nodes and in zones of their own', () => {
      for (const [workload, pods] of copies.ready()) {
        expect({ workload, nodes: new Set(nodesOf(pods)).size }).toEqual({ workload, nodes: pods.length });
        expect({ workload, zones: new Set(nodesOf(pods).map(zoneOf)).size }).toEqual({ workload, zones: Math.min(pods.length, 3) });
      }
      figures.push(`platform: ${copies.ready().size} workloads, ${[...copies.ready().values()].flat().length} copies, no two of one workload on a node`);
    });

    test('is updated, all at once, without a copy less', async () => {
      copies.startCounting();
      const next = JSON.parse(JSON.stringify(objects).replace(/:3\.2\.0"/g, ':3.2.1"'));
      await apply(next, NAMESPACE);
      await copies.settle(declared, ({ spec }) => !spec.containers[0].image.endsWith(':3.2.0'), 300);
      const short = several.filter(([workload, count]) => copies.leastOf(workload) < count);
      figures.push(`rolling update of the platform: ${several.length} workloads of several copies, ${short.length} ever had fewer ready than declared`);
      expect(short).toEqual([]);
    }, 400_000);

    test('lets every node be drained in turn, with one copy less at most', async () => {
      let refused = 0;
      copies.startCounting();
      for (const { name } of NODES) {
        refused += await copies.drain(name);
        await copies.uncordon(name);
        await copies.settle(declared);
      }
      const short = several.filter(([workload, count]) => copies.leastOf(workload) < count - 1);
      figures.push(`drain of ${NODES.length} nodes: all ended, ${refused} evictions had to wait, ${short.length} workloads lost more than one copy`);
      expect(short).toEqual([]);
    }, 600_000);

    const lose = async (names: string[], zone: string) => {
      // The single copy of a database stays where its node may come back: a StatefulSet never has two of one identity.
      const free = new Map(several);
      await copies.settle(free);
      copies.startCounting();
      const start = Date.now();
      nodes.lose(...names);
      // Until the loss is noticed, everything looks as before.
      await eventually('a lost copy', () => several.some(([workload, count]) => (copies.ready().get(workload)?.length ?? 0) < count), 60);
      await copies.settle(free, ({ spec }) => !names.includes(spec.nodeName), 240);
      const none = several.filter(([workload]) => copies.leastOf(workload) === 0).map(([workload]) => workload);
      figures.push(`loss of ${zone}: all copies were back after ${Math.round((Date.now() - start) / 1000)} s, ${none.length} workloads of several copies ever had none`);
      expect(none).toEqual([]);
    };

    test('replaces what a lost node ran, and no workload is ever without a copy', () => lose(['c1'], 'a node'), 400_000);
    test('replaces what a lost zone ran, and no workload is ever without a copy', () => lose(['b1', 'b2'], 'a zone'), 400_000);
  });
});
