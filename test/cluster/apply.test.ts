import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ControlPlane, describeWithCluster, KUBERNETES } from './control-plane';
import { installCustomResources } from './custom-resources';
import { readManifests } from '../support/reachability';

/*
 * What a real API server says of every example and of the goldens, one application with every edge and for two versions:
 * it knows what no schema knows, from enumerations to the rules of admission.
 */

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const GOLDENS = join(__dirname, '..', 'targets', 'kubernetes', 'goldens');

const FILES: [name: string, path: string][] = [
  ...readdirSync(EXAMPLES).map((example): [string, string] => [`the example ${example}`, join(EXAMPLES, example, 'expected', `${example}.k8s.yaml`)]),
  // That of two namespaces brings its own: namespaces.test.ts.
  ...readdirSync(GOLDENS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml') && !path.startsWith('two-namespaces')).sort()
    .map((path): [string, string] => [path.split(sep).join('/').replace('.yaml', ''), join(GOLDENS, path)]),
];

/**
 * The server writes the bytes of these anew once after they were made, whoever made them, with no change in them: of a claim, and
 * of what has a status by default.
 */
const isWrittenTwice = ({ apiVersion, kind }: any): boolean => kind === 'PersistentVolumeClaim' || apiVersion.startsWith('gateway.networking.k8s.io/');

describeWithCluster(`the API server of Kubernetes ${KUBERNETES}`, () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: false });
    const kinds = await installCustomResources(plane.api);
    process.stderr.write(`Kubernetes ${KUBERNETES} with ${kinds} CustomResourceDefinitions\n`);
  }, 300_000);

  afterAll(() => plane?.stop());

  /** Makes a namespace in which Pod Security Standards are enforced, as hard as there is. */
  const namespace = async (name: string) => {
    await plane.api.create('/api/v1/namespaces', {
      metadata: {
        name,
        labels: Object.fromEntries(['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'])),
      },
    });
    return name;
  };

  describe.each(FILES)('takes %s', (title, path) => {
    const own = title.replace(/[^a-z0-9]+/g, '-');
    // Each in a namespace of its own, since several declare the same names.
    const objects = readManifests(readFileSync(path, 'utf8')).map(({ metadata: { namespace: _, ...metadata }, ...object }) => ({ ...object, metadata }));
    const first = new Map<string, any>();
    // A word that newer servers have a better one for, and the old server no other.
    const unexpected = (warning: string) => !(title.startsWith('versions/1.33') && warning.includes('PreferClose'));

    test('without an error or a warning', async () => {
      await namespace(own);
      for (const object of objects) {
        const { status, warnings, body } = await plane.api.apply(object, own);
        const name = `${object.kind}/${object.metadata.name}`;
        expect({ name, message: status < 300 ? '' : body.message, warnings: warnings.filter(unexpected) }).toEqual({ name, message: '', warnings: [] });
        first.set(name, body);
      }
    });

    test('and changes nothing the second time', async () => {
      for (const object of objects) {
        const { warnings, body } = await plane.api.apply(object, own);
        const name = `${object.kind}/${object.metadata.name}`;
        if (isWrittenTwice(object)) body.metadata.resourceVersion = first.get(name).metadata.resourceVersion;
        expect({ name, warnings: warnings.filter(unexpected), body }).toEqual({ name, warnings: [], body: first.get(name) });
      }
    });
  });

  describe('refuses', () => {
    const shop = () => readManifests(readFileSync(join(EXAMPLES, 'shop', 'expected', 'shop.k8s.yaml'), 'utf8'));
    const find = (kind: string) => shop().find((object) => object.kind === kind);

    beforeAll(() => namespace('broken'));

    test.each<[string, string, (object: any) => void, string]>([
      ['an unknown field', 'Deployment', ({ spec }) => { spec.strategi = {}; }, 'field not declared in schema'],
      ['a field of the wrong type', 'Deployment', ({ spec }) => { spec.minReadySeconds = 'ten'; }, 'expected numeric'],
      ['what only the server checks', 'Deployment', ({ spec }) => { spec.strategy.rollingUpdate.maxSurge = 0; }, 'may not be 0 when `maxSurge` is 0'],
      ['a field that a CRD does not have', 'HTTPRoute', ({ spec }) => { spec.hostname = 'a.example'; }, 'field not declared in schema'],
      ['what breaks a rule of a CRD', 'HTTPRoute', ({ spec }) => {
        spec.rules[0].filters = [{ type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replacePrefixMatch: '/' } } }];
      }, 'must be specified when type is set to'],
    ])('%s', async (_, kind, breakIt, message) => {
      const object = find(kind);
      breakIt(object);
      const answer = await plane.api.apply(object, 'broken');
      expect(answer.body.message ?? '').toContain(message);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    });

    test('nothing in silence: a pod that is not restricted is warned of', async () => {
      const object = find('Deployment');
      object.spec.template.spec.hostNetwork = true;
      expect((await plane.api.apply(object, 'broken')).warnings.join()).toContain('would violate PodSecurity \\"restricted:latest\\"');
    });
  });
});
