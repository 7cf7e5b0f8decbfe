import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { celReport, celSkipped, KUBERNETES_VERSIONS, validateManifests, validateSchemas } from '../support/kubernetes-schemas';
import { expectNoProblems } from '../support/problem';

/*
 * Every file of manifests in this repository against every version of Kubernetes that there are schemas of. A folder
 * named for a version, `goldens/1.36/`, says that its files are for that one and later ones.
 */

const ROOT = join(__dirname, '..', '..');
const FILES = ['examples', 'test'].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  .map((path) => join(folder, path).split(sep).join('/')))
  .filter((path) => /\.k8s\.yaml$|^test\/targets\/kubernetes\/goldens\/.*\.yaml$/.test(path) && !/node_modules|\/dist\//.test(path))
  .sort();

const NEWEST = KUBERNETES_VERSIONS[KUBERNETES_VERSIONS.length - 1];

const isSince = (version: string, since: string) => Number(version.split('.')[1]) >= Number(since.split('.')[1]);

const CASES = FILES.flatMap((path) => {
  const since = /\/(1\.\d+)\//.exec(path)?.[1] ?? '1.30';
  return KUBERNETES_VERSIONS.filter((version) => isSince(version, since)).map((version) => ({ path, version }));
});

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

afterAll(() => {
  const { rulesRun, transitionRules } = celReport();
  process.stderr.write(`${FILES.length} files x ${KUBERNETES_VERSIONS.join(', ')}: ${rulesRun} CEL rules ran, ${transitionRules} compare with the `
    + `object before and were left out\n${celSkipped() ?? ''}`);
});

test('the versions follow each other without a gap', () => {
  const minors = KUBERNETES_VERSIONS.map((version) => Number(version.split('.')[1]));
  expect(minors).toEqual(minors.map((_, i) => 30 + i));
});

test.each(CASES)('$path is taken by Kubernetes $version', ({ path, version }) => {
  expectNoProblems(validateManifests(read(path), version));
});

test('every rule of every CRD could be run', () => {
  const { available, rulesRun, rulesNotRun } = celReport();
  expect({ available, rulesNotRun: [...rulesNotRun] }).toEqual({ available: true, rulesNotRun: [] });
  expect(rulesRun).toBeGreaterThan(0);
});

describe('a broken shop is refused:', () => {
  const shop = read('examples/shop/expected/shop.k8s.yaml');

  test.each([
    ['an unknown field', 'maxUnavailable: 0', 'maxUnavailabel: 0', "schema: unknown field 'maxUnavailabel'"],
    ['an unknown field of a CRD', 'protocol: HTTPS', 'protokol: HTTPS', "schema: unknown field 'protokol'"],
    ['a wrong type', 'minReadySeconds: 10', 'minReadySeconds: ten', 'schema: must be integer'],
    ['a wrong type in a CRD', 'statusCode: 301', 'statusCode: moved', 'schema: must be integer'],
    ['a CEL rule', 'scheme: https', 'scheme: https\n            path: { type: ReplaceFullPath, replacePrefixMatch: / }',
      "cel: replaceFullPath must be specified when type is set to 'ReplaceFullPath'"],
  ])('%s', (_, from, to, problem) => {
    expect(shop).toContain(from);
    expect(validateSchemas(shop.replace(from, to), NEWEST).map(({ rule, message }) => `${rule}: ${message}`)).toContain(problem);
  });
});
