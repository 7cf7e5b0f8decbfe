import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App as Cdk8sApp, Chart, JsonPatch, Testing, YamlOutputType } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { App, HAWebService, HealthCheck, IsolatedNetwork, KubernetesObjects, KubernetesTarget, StatefulService, Worker } from '../src';
import { filesOf } from './support/goldens';
import { validateManifests } from './support/kubernetes-schemas';
import { expectNoProblems } from './support/problem';

/*
 * Our constructs under cdk8s' own App: Kubernetes, the same objects as under ours, and errors as cdk8s reports them.
 */

const healthCheck = HealthCheck.tcp();

const outdir = mkdtempSync(join(tmpdir(), 'cdk8s-ha-plain-'));
afterAll(() => rmSync(outdir, { recursive: true }));

let warn: jest.SpyInstance;
beforeEach(() => { warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined); });
afterEach(() => { warn.mockRestore(); });

const declareShop = (app: Cdk8sApp) => {
  const shop = new Chart(app, 'shop');
  const backend = new IsolatedNetwork(shop, 'backend');
  const db = new StatefulService(shop, 'db', { image: 'postgres:17.2', port: 5432, healthCheck, networks: [backend] });
  const web = new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 8080, healthCheck, networks: [backend] });
  new Worker(shop, 'mailer', { image: 'nginx:1.27.3' }).connectTo(db);
  return { shop, web };
};

const named = (manifest: any) => `${manifest.kind}/${manifest.metadata.name}`;
const byName = (manifests: any[]) => [...manifests].sort((a, b) => named(a) < named(b) ? -1 : 1);
const documents = (text: string): any[] => (parseAllDocuments(text) as any[]).map((document) => document.toJS()).filter((value) => value !== null);

/** The same declarations under our App. */
const ours = () => {
  const app = new App({ targets: [new KubernetesTarget()], report: false });
  declareShop(app);
  return byName(documents(app.render()[0].text));
};

describe('under a plain cdk8s App', () => {
  test('Testing.synth gives the objects that our App writes', () => {
    expect(byName(Testing.synth(declareShop(Testing.app()).shop))).toEqual(ours());
  });

  test('synth writes manifests that Kubernetes takes, and nothing else', () => {
    const app = new Cdk8sApp({ outdir });
    declareShop(app);
    app.synth();
    const files = filesOf(outdir);
    expect(files.map(({ path }) => path)).toEqual(['shop.k8s.yaml']);
    expectNoProblems(validateManifests(files[0].text));
    expect(byName(documents(files[0].text))).toEqual(ours());
  });

  test('synthYaml gives the same bytes each time', () => {
    const app = new Cdk8sApp({ yamlOutputType: YamlOutputType.FILE_PER_APP });
    declareShop(app);
    const first = app.synthYaml();
    expect(app.synthYaml()).toBe(first);
    expect(byName(documents(first))).toEqual(ours());
  });

  test('patches hold', () => {
    const { shop, web } = declareShop(Testing.app());
    KubernetesObjects.of(web).deployment.addJsonPatch(JsonPatch.replace('/spec/replicas', 7));
    expect(Testing.synth(shop).find((manifest) => named(manifest) === 'Deployment/web').spec.replicas).toBe(7);
  });

  test('what is declared after a first synth counts in the next', () => {
    const { shop } = declareShop(Testing.app());
    Testing.synth(shop);
    new Worker(shop, 'late', { image: 'nginx:1.27.3' });
    expect(Testing.synth(shop).map(named)).toContain('Deployment/late');
  });

  test('a process warning says once how to get the rest', () => {
    const app = Testing.app();
    declareShop(app);
    new Worker(new Chart(app, 'tools'), 'runner', { image: 'nginx:1.27.3' });
    app.synthYaml();
    expect(warn.mock.calls.filter(([, options]) => options?.type === 'cdk8s-ha')).toEqual([[
      "this is cdk8s' own App, so Kubernetes manifests are all that is written; for Compose, Swarm and the report: import { App } from 'cdk8s-ha'",
      { type: 'cdk8s-ha' },
    ]]);
  });

  test('nothing warns under our App, nor where there is none of our constructs', () => {
    ours();
    new Chart(Testing.app(), 'empty');
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('an error under a plain cdk8s App', () => {
  /** Two workloads that start after each other; only synth can know it. */
  const declareBad = () => {
    const app = new Cdk8sApp({ outdir: join(outdir, 'bad') });
    const shop = new Chart(app, 'shop');
    const web = new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 8080, healthCheck });
    const db = new StatefulService(shop, 'db', { image: 'postgres:17.2', port: 5432, healthCheck });
    web.connectTo(db, { startAfter: true });
    db.connectTo(web, { startAfter: true });
    return app;
  };

  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing';
  };

  test('comes as a validation error of the tree, in the words of our App', () => {
    const app = declareBad();
    const words = 'db cannot start after itself: db → web → db, remove startAfter from one of these connections [shop/db]';
    expect(app.node.validate()).toEqual([words]);
    expect(message(() => app.synth())).toContain(words);
  });

  test('keeps anything from being written', () => {
    message(() => declareBad().synth());
    expect(filesOf(outdir).filter(({ path }) => path.startsWith('bad/'))).toEqual([]);
  });

  test('of a single call is thrown by the call', () => {
    expect(() => new HAWebService(new Chart(Testing.app(), 'shop'), 'web', { image: '', port: 80 })).toThrow('web cannot run the image');
  });
});
