import { ApiObject, App, Chart, JsonPatch, Testing, type IResolver } from 'cdk8s';
import { kindOf } from '../../../src/targets/kubernetes/kinds';
import { ManifestObject } from '../../../src/targets/kubernetes/manifest-object';
import { ReleaseWaves } from '../../../src/targets/kubernetes/release-waves';

const OPTIONS: any = { waves: new ReleaseWaves(), patched: new Set() };

const BODY = {
  metadata: { labels: { team: 'red' } },
  spec: { zeta: undefined, strategy: { type: 'Recreate' }, replicas: 2, paused: null, list: [{ b: 1, a: [] }], empty: {} },
};

function object(chart: Chart, body: any = BODY, id = 'web'): ManifestObject {
  return new ManifestObject(chart, id, { kind: kindOf('Deployment'), name: 'web', labels: { name: 'web' }, render: () => body, options: OPTIONS });
}

function chartOf(props: { resolvers?: IResolver[] } = {}): Chart {
  return new Chart(new App({ outdir: '/tmp', ...props }), 'shop', { namespace: 'prod', labels: { part: 'shop' } });
}

describe('rendering', () => {
  test('gives what cdk8s gives for the same object', () => {
    const ours = object(chartOf()).toJson();
    const theirs = new ApiObject(chartOf(), 'web', {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { name: 'web', team: 'red' } }, spec: BODY.spec,
    }).toJson();
    expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
  });

  test('gives the same where a custom resolver wants to see every value', () => {
    const seen: any[] = [];
    const resolver: IResolver = { resolve: (context) => { seen.push(context.value); } };
    expect(JSON.stringify(object(chartOf({ resolvers: [resolver] })).toJson())).toBe(JSON.stringify(object(chartOf()).toJson()));
    expect(seen).toContain('Recreate');
  });

  test('leaves keys in their order with CDK8S_DISABLE_SORT, as cdk8s does', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      const json = object(chartOf()).toJson();
      expect(Object.keys(json)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
      expect(Object.keys(json.spec)).toEqual(['strategy', 'replicas', 'list', 'empty']);
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('gives nothing where there is no body', () => {
    expect(new ManifestObject(chartOf(), 'web', { kind: kindOf('Service'), name: 'web', render: () => undefined, options: OPTIONS }).toJson()).toBeUndefined();
  });
});

describe('metadata', () => {
  test('has what a user adds to the object', () => {
    const web = object(chartOf());
    web.metadata.addLabel('tier', 'front');
    web.metadata.addAnnotation('note', 'mine');
    web.metadata.addFinalizers('example.org/wait');
    web.metadata.add('generateName', 'web-');
    expect(web.toJson().metadata).toEqual({
      annotations: { note: 'mine' },
      finalizers: ['example.org/wait'],
      generateName: 'web-',
      labels: { name: 'web', part: 'shop', team: 'red', tier: 'front' },
      name: 'web',
      namespace: 'prod',
    });
  });

  test('keeps a label that a user set by hand against one that comes with the body', () => {
    const web = object(chartOf());
    web.metadata.addLabel('team', 'blue');
    expect(web.toJson().metadata.labels.team).toBe('blue');
  });

  test('takes a name that depends on the content from the body', () => {
    const web = object(chartOf(), { metadata: { name: 'web-3f2a9c01' } });
    expect(web.name).toBe('web');
    expect(web.toJson().metadata.name).toBe('web-3f2a9c01');
  });
});

describe('a JSON patch', () => {
  test('is applied last, and fields that no schema knows survive', () => {
    const web = object(chartOf());
    web.addJsonPatch(JsonPatch.add('/spec/nvidia.com~1gpu', 1), JsonPatch.replace('/spec/replicas', 5));
    expect(web.patched).toBe(true);
    expect(web.toJson().spec).toMatchObject({ 'nvidia.com/gpu': 1, 'replicas': 5 });
  });

  test('changes one object alone, though objects share parts', () => {
    const shared = Object.freeze({ type: 'RollingUpdate' });
    const [one, other] = ['one', 'other'].map((id) => object(new Chart(new App({ outdir: '/tmp' }), id), { spec: { strategy: shared } }));
    one.addJsonPatch(JsonPatch.replace('/spec/strategy/type', 'Recreate'));
    expect([one.toJson().spec.strategy.type, other.toJson().spec.strategy.type]).toEqual(['Recreate', 'RollingUpdate']);
  });

  test('that does not fit says which object, and where', () => {
    const web = object(chartOf());
    web.addJsonPatch(JsonPatch.replace('/spec/template/spec/hostUsers', false));
    expect(() => web.toJson()).toThrow(/^a JSON patch does not fit Deployment 'web': .+ \[shop\/web\]$/);
  });
});

test('has every property that an ApiObject of cdk8s has', () => {
  const plain = new ApiObject(Testing.chart(), 'web', { apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(Object.keys(object(chartOf()))).toEqual(expect.arrayContaining(Object.keys(plain)));
});

test('two objects of one kind and name in one namespace are an error', () => {
  const app = new App({ outdir: '/tmp' });
  const [shop, blog] = ['shop', 'blog'].map((id) => new Chart(app, id, { namespace: 'prod' }));
  object(shop);
  expect(() => object(blog, BODY, 'again')).toThrow('Kubernetes has one Deployment called \'web\' in a namespace, and shop has it already: give one of them another id [blog]');
});
