import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expectedManifests } from './support/cdk8s-cli';
import { byName } from './support/reachability';
import { kustomizeBuild, testWith } from './support/tools';

/*
 * Kustomize over what was written: a base beside the output folder, since each synth empties the folder itself, and an
 * overlay that changes what an overlay may change.
 */

const EXAMPLES = readdirSync(join(__dirname, '..', 'examples'));

const folders: string[] = [];
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })));

/** Folders with a base over an example's manifests, and overlays. */
function kustomizations(example: string, overlays: { [name: string]: string } = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'cdk8s-ha-kustomize-'));
  folders.push(root);
  const files = {
    [`deploy/dist/${example}.k8s.yaml`]: expectedManifests(example),
    'deploy/kustomization.yaml': `resources: [dist/${example}.k8s.yaml]\n`,
    ...Object.fromEntries(Object.entries(overlays).map(([name, text]) => [`overlays/${name}/kustomization.yaml`, text])),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe.each(EXAMPLES)('the example %s', (example) => {
  testWith('kustomize', 'is a base that changes nothing', () => {
    expect(byName(kustomizeBuild(join(kustomizations(example), 'deploy')))).toEqual(byName(expectedManifests(example)));
  });

  testWith('kustomize', 'takes a namespace, without a change of who may talk to whom', () => {
    const root = kustomizations(example, { staging: 'namespace: staging\nresources: [../../deploy]\n' });
    const before = byName(expectedManifests(example));
    const after = byName(kustomizeBuild(join(root, 'overlays', 'staging')));
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, object] of Object.entries(after)) {
      expect(object.metadata.namespace).toBe('staging');
      expect({ name, spec: object.spec, data: object.data }).toEqual({ name, spec: before[name].spec, data: before[name].data });
    }
  });
});

describe('an overlay of the shop', () => {
  const overlay = (text: string) => byName(kustomizeBuild(join(kustomizations('shop', { staging: `resources: [../../deploy]\n${text}` }), 'overlays', 'staging')));
  const before = byName(expectedManifests('shop'));

  testWith('kustomize', 'changes an image wherever it runs', () => {
    const after = overlay('images: [{ name: ghcr.io/acme/shop, newTag: 1.5.0-rc.1 }]\n');
    const pods = Object.values(after).map(({ spec }) => spec?.template ?? spec?.jobTemplate?.spec.template).filter((pod) => pod !== undefined);
    expect(pods.flatMap((pod) => pod.spec.containers.map(({ image }: any) => image)).sort()).toEqual([...Array(3).fill('ghcr.io/acme/shop:1.5.0-rc.1'), 'postgres:17.2']);
  });

  testWith('kustomize', 'adds labels without touching a selector', () => {
    const after = overlay('labels: [{ pairs: { acme.example/stage: staging }, includeTemplates: true }]\n');
    for (const name of ['Deployment/web', 'Deployment/mailer', 'StatefulSet/db']) {
      expect(after[name].spec.selector).toEqual(before[name].spec.selector);
      expect(after[name].spec.template.metadata.labels['acme.example/stage']).toBe('staging');
    }
    expect(after['NetworkPolicy/web'].spec).toEqual(before['NetworkPolicy/web'].spec);
  });

  testWith('kustomize', 'changes a field with a patch', () => {
    const after = overlay('patches: [{ patch: "apiVersion: apps/v1\\nkind: Deployment\\nmetadata: { name: web }\\nspec: { replicas: 5 }" }]\n');
    expect(after['Deployment/web'].spec).toEqual({ ...before['Deployment/web'].spec, replicas: 5 });
  });

  testWith('kustomize', 'breaks with a prefix to names, which environments and the Gateway API do not follow', () => {
    const after = overlay('namePrefix: staging-\n');
    expect(after['HTTPRoute/staging-shop-acme-example'].spec.rules[0].backendRefs[0].name).toBe('web');
    expect(after['Service/staging-web']).toBeDefined();
    expect(after['Service/web']).toBeUndefined();
  });
});
