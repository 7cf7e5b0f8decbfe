import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, ApiObjectProps, App, AppProps, Chart, Include, JsonPatch, Lazy, Yaml, YamlOutputType } from 'cdk8s';
import { Deployment, Ingress, IngressBackend } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { manifestFiles, RANK } from '../../../src/targets/kubernetes/manifest-files';
import { MANIFEST_HEAD } from '../../../src/util/manifest-head';
import { walk } from '../../../src/util/tree-walk';
import { randomApp } from '../../util/random';

const APPS = Number(process.env.FUZZ_APPS ?? 150);
const FUZZ_SEED = Number(process.env.FUZZ_SEED ?? 1);

const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What cdk8s writes: text by path. */
function synthesised(app: App): Record<string, string> {
  rmSync(app.outdir, { recursive: true, force: true });
  App.prototype.synth.call(app);
  const files = readdirSync(app.outdir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(app.outdir.length + 1), readFileSync(path, 'utf8')];
  }));
}

/** What we would write; as on a disk, the last of one path stays. */
function ours(app: App): Record<string, string> {
  return Object.fromEntries(manifestFiles(app, walk(app)).map(({ path, text }) => [path, text]));
}

/** Builds the app twice, as rendering by cdk8s changes it, for each output type. */
function expectSame(build: (app: App) => void, props: AppProps = {}): void {
  for (const yamlOutputType of OUTPUT_TYPES) {
    const [theirs, mine] = [0, 1].map(() => {
      const app = new App({ outdir: join(folder, 'dist'), recordConstructMetadata: true, ...props, yamlOutputType });
      build(app);
      return app;
    });
    const expected = synthesised(theirs);
    expect({ yamlOutputType, files: ours(mine) }).toEqual({ yamlOutputType, files: expected });
  }
}

const configMap = (scope: Construct, id: string, props: Record<string, unknown> = {}) =>
  new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', ...props } as ApiObjectProps);

describe('files are those of cdk8s', () => {
  test('without charts', () => expectSame(() => {}));

  test('with an empty chart', () => expectSame(app => new Chart(app, 'empty')));

  test('with several charts, in the order of the tree', () => expectSame((app) => {
    for (const id of ['shop', 'My_Chart', 'admin']) {
      const chart = new Chart(app, id, { namespace: 'acme', labels: { team: 'web' } });
      configMap(chart, 'b', { data: { 'yes': 'no', 'app.conf': 'a\n  b\n', 'port': '8080', 'on': 'x: y' } });
      configMap(chart, 'a');
    }
  }));

  test('with charts in charts', () => expectSame((app) => {
    const outer = new Chart(app, 'outer');
    configMap(outer, 'a');
    configMap(new Chart(outer, 'inner'), 'b');
    configMap(new Chart(new Construct(outer, 'between'), 'innermost'), 'c');
    new Chart(app, 'other');
  }));

  test('with charts in charts, but not directly', () => expectSame((app) => {
    configMap(new Chart(new Construct(new Chart(app, 'outer'), 'between'), 'inner'), 'a');
  }));

  test('with dependencies between charts, and between objects of charts', () => expectSame((app) => {
    const [a, b, c] = ['a', 'b', 'c'].map(id => new Chart(app, id));
    const [x, y] = [configMap(a, 'x'), configMap(b, 'y')];
    configMap(c, 'z');
    a.addDependency(c);
    x.addDependency(y);
  }));

  test('with dependencies between the objects and constructs of one chart', () => expectSame((app) => {
    const chart = new Chart(app, 'shop');
    const [a, b] = ['a', 'b'].map(id => new Construct(chart, id));
    for (const scope of [a, b]) for (const id of ['z', 'x', 'y']) configMap(scope, id);
    const last = configMap(chart, 'last');
    a.node.addDependency(b);
    b.node.addDependency(last);
  }));

  test('with the objects of a file', () => {
    const url = join(folder, 'include.yaml');
    writeFileSync(url, Yaml.stringify(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'acme' }, spec: { ports: [{ port: 80 }], selector: {} } },
      { apiVersion: 'v1', kind: 'List', items: [], metadata: {} },
      { apiVersion: 'example.com/v1', kind: 'Odd:Kind', metadata: { name: 'system:odd/name' }, when: '2024-01-02', no: ['012', ' x', null] },
    ));
    expectSame(app => new Include(new Chart(app, 'third-party'), 'include', { url }));
  });

  test('with constructs of cdk8s-plus', () => expectSame((app) => {
    const chart = new Chart(app, 'plus');
    const deployment = new Deployment(chart, 'web', { replicas: 2, containers: [{ image: 'nginx:1.27', portNumber: 80 }] });
    deployment.exposeViaService();
    new Ingress(chart, 'ingress', { defaultBackend: IngressBackend.fromService(deployment.exposeViaService({ name: 'second' })) });
  }));

  test('with a chart that renders itself', () => expectSame((app) => {
    class Changed extends Chart {
      public toJson(): any[] {
        return [...super.toJson().map(json => ({ ...json, changed: true })), { kind: 'Extra', metadata: { name: 'extra' } }, undefined];
      }
    }
    const chart = new Changed(app, 'changed');
    configMap(chart, 'b').addDependency(configMap(chart, 'a'));
    configMap(new Chart(app, 'plain'), 'c');
  }));

  test('with lazy values, tokens, resolvers and patches', () => expectSame((app) => {
    const chart = new Chart(app, 'chart');
    const object = configMap(chart, 'a', {
      data: { lazy: Lazy.any({ produce: () => ({ deep: Lazy.any({ produce: () => 'b' }) }) }), token: { resolve: () => 'c' }, replaced: 'me', empty: [], none: null },
    });
    object.addJsonPatch(JsonPatch.add('/data/patched', [1, 2.5, true]), JsonPatch.replace('/metadata/name', 'renamed'));
  }, { resolvers: [{ resolve: (context) => { if (context.value === 'me') context.replaceValue('you'); } }] }));

  test('with two objects of one kind and name', () => expectSame((app) => {
    const chart = new Chart(app, 'chart');
    for (const namespace of ['one', 'two']) configMap(chart, namespace, { metadata: { name: 'same', namespace } });
  }));

  test('with CDK8S_DISABLE_SORT', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      expectSame(app => configMap(new Chart(app, 'chart'), 'a', { z: 1, data: { y: '1', x: '2' } }));
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('with another extension, without construct metadata', () => expectSame(
    app => configMap(new Chart(app, 'chart'), 'a'), { outputFileExtension: '.yaml', recordConstructMetadata: false },
  ));

  test(`with ${APPS} random trees`, () => {
    let compared = 0;
    for (let seed = FUZZ_SEED; seed < FUZZ_SEED + APPS; seed++) {
      for (const yamlOutputType of OUTPUT_TYPES) {
        const build = () => randomApp(seed, {
          size: 16,
          dependencies: seed % 5,
          props: { outdir: join(folder, 'dist'), recordConstructMetadata: seed % 2 === 0, yamlOutputType },
        });
        let expected;
        try {
          expected = synthesised(build());
        } catch (error) {
          expect(() => ours(build())).toThrow('Dependency cycle detected');
          continue;
        }
        expect({ seed, files: ours(build()) }).toEqual({ seed, files: expected });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(APPS * 2);
  }, 3_600_000);
});

describe('a chart with objects of ours', () => {
  const ranked = (scope: Construct, id: string, rank: number, name = id) =>
    Object.assign(configMap(scope, id, { metadata: { name } }), { [RANK]: rank });
  const names = (text: string) => [...text.matchAll(/^  name: (.*)$/gm)].map(([, name]) => name);

  test('has them first, by rank and name, then the others in the order of the tree', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    configMap(chart, 'z', { metadata: { name: 'foreign-z' } });
    ranked(chart, 'c', 20);
    ranked(chart, 'b', 10);
    configMap(chart, 'y', { metadata: { name: 'foreign-y' } });
    ranked(chart, 'd', 10, 'a');
    expect(names(ours(app)['shop.k8s.yaml'])).toEqual(['a', 'b', 'c', 'foreign-z', 'foreign-y']);
  });

  test('has declared dependencies before both', () => {
    const app = new App();
    const chart = new Chart(app, 'shop');
    ranked(chart, 'a', 10).addDependency(configMap(chart, 'foreign', { metadata: { name: 'foreign' } }));
    ranked(chart, 'b', 20);
    ranked(chart, 'c', 30).addDependency(ranked(chart, 'd', 40));
    expect(names(ours(app)['shop.k8s.yaml'])).toEqual(['b', 'd', 'c', 'foreign', 'a']);
  });

  test.each([
    [YamlOutputType.FILE_PER_APP, ['app.k8s.yaml'], []],
    [YamlOutputType.FILE_PER_CHART, ['ours.k8s.yaml'], ['theirs.k8s.yaml']],
    [YamlOutputType.FILE_PER_RESOURCE, ['ConfigMap.a.k8s.yaml'], ['ConfigMap.b.k8s.yaml', 'ConfigMap.c.k8s.yaml']],
    [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE, ['ours/ConfigMap.a.k8s.yaml'], ['ours/ConfigMap.b.k8s.yaml', 'theirs/ConfigMap.c.k8s.yaml']],
  ])('begins its files with the head (output type %d)', (yamlOutputType, withHead, without) => {
    const app = new App({ yamlOutputType });
    const chart = new Chart(app, 'ours');
    ranked(chart, 'a', 10);
    configMap(chart, 'b', { metadata: { name: 'b' } });
    configMap(new Chart(app, 'theirs'), 'c', { metadata: { name: 'c' } });

    const files = ours(app);
    expect(Object.keys(files).sort()).toEqual([...withHead, ...without].sort());
    for (const path of withHead) expect(files[path].slice(0, MANIFEST_HEAD.length + 11)).toBe(`${MANIFEST_HEAD}apiVersion:`);
    for (const path of without) expect(files[path].slice(0, 11)).toBe('apiVersion:');
    const other = manifestFiles(app, walk(app), { head: '# mine\n---\n' });
    expect(other.find(({ path }) => path === withHead[0])!.text.startsWith('# mine\n---\napiVersion:')).toBe(true);
  });
});

describe('manifestFiles', () => {
  test('keeps the documents of concatenated files apart', () => {
    const app = new App();
    for (const id of ['a', 'b']) Object.assign(configMap(new Chart(app, id), id, { data: { text: 'last\n\n' } }), { [RANK]: 1 });
    const path = join(folder, 'all.yaml');
    writeFileSync(path, Object.values(ours(app)).join(''));
    expect(Yaml.load(path)).toHaveLength(2);
  });

  test('leaves out charts that are not asked for, and keeps the names of the others', () => {
    const app = new App();
    const [a, b] = ['a', 'b'].map(id => new Chart(app, id));
    a.addDependency(b);
    expect(manifestFiles(app, walk(app), { renders: chart => chart === a }).map(({ path }) => path)).toEqual(['0001-a.k8s.yaml']);
  });

  test('renders each object once, and leaves the tree as it is', () => {
    const app = new App({ recordConstructMetadata: true });
    let rendered = 0;
    const [a, b] = ['a', 'b'].map(id => configMap(new Chart(app, id), id, { data: Lazy.any({ produce: () => `${rendered++}` }) }));
    a.addDependency(b);
    manifestFiles(app, walk(app));
    expect(rendered).toBe(2);
    expect(app.node.findAll().flatMap(({ node }) => node.dependencies)).toEqual([b]);
  });
});
