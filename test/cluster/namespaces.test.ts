import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ControlPlane, describeWithCluster, KUBERNETES } from './control-plane';
import { installCustomResources } from './custom-resources';
import { readManifests } from '../support/reachability';
import { CASES } from '../targets/kubernetes/pod-security-cases';

/*
 * Namespaces that we write enforce what their pods keep. Whether a pod keeps it the API server decides, so it is asked.
 */

const GOLDEN = join(__dirname, '..', 'targets', 'kubernetes', 'goldens', 'two-namespaces', 'all.yaml');

describeWithCluster(`namespaces of Kubernetes ${KUBERNETES}`, () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: false });
    await installCustomResources(plane.api);
    for (const standard of ['baseline', 'restricted']) {
      await plane.api.create('/api/v1/namespaces', { metadata: { name: standard, labels: { 'pod-security.kubernetes.io/warn': standard } } });
    }
  }, 300_000);

  afterAll(() => plane?.stop());

  /** Whether the server says that the pods of an object would be refused. */
  const isBelow = async (object: any, standard: string) => {
    const { status, warnings, body } = await plane.api.apply(object, standard);
    expect({ status: status < 300, message: status < 300 ? '' : body.message }).toEqual({ status: true, message: '' });
    return warnings.some((text) => text.includes(`would violate PodSecurity \\"${standard}:latest\\"`));
  };

  test.each(CASES)('%s', async (_, object, standard) => {
    const below = [await isBelow(object, 'baseline'), await isBelow(object, 'restricted')];
    expect(below).toEqual({ restricted: [false, false], baseline: [false, true], privileged: [true, true] }[standard]);
  });

  test('of two charts take all that is in them, and warn of what is declared to be less than restricted alone', async () => {
    const objects = readManifests(readFileSync(GOLDEN, 'utf8'));
    const said: string[] = [];
    for (const object of [...objects.filter(({ kind }) => kind === 'Namespace'), ...objects.filter(({ kind }) => kind !== 'Namespace')]) {
      const { status, warnings, body } = await plane.api.apply(object, 'default');
      const name = `${object.kind}/${object.metadata.name}`;
      expect({ name, message: status < 300 ? '' : body.message }).toEqual({ name, message: '' });
      said.push(...warnings.map((text) => `${name}: ${text.slice(0, 46)}`));
    }
    expect(said).toEqual(['StatefulSet/db: would violate PodSecurity \\"restricted:v1.33\\"']);
  });
});
