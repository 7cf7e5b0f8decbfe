import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS, hasField, type VersionedField } from '../../../src/targets/kubernetes/versions';
import { schemaStore } from '../../support/kubernetes/schema-store';

/*
 * The table of docs/kubernetes-versions.md is that of the code, and the code's is that of the API. `npm run goldens`
 * writes the page anew.
 */

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'kubernetes-versions.md');
const BETWEEN = /(?<=<!-- fields -->\n)[^]*(?=<!-- \/fields -->)/;
const ALL = Object.entries<VersionedField>(FIELDS);

test('the page says what the code knows', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = page.replace(BETWEEN, () => table());
  if (process.env.UPDATE_GOLDENS) writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});

test.each(ALL)('%s is written where it works, and nowhere before', (name, { worksSince, stableSince, writtenSince }) => {
  const minor = (version: string) => Number(version.split('.')[1]);
  expect(minor(writtenSince)).toBeGreaterThanOrEqual(minor(worksSince));
  expect(minor(stableSince ?? '1.99')).toBeGreaterThanOrEqual(minor(worksSince));
  expect(hasField(writtenSince, name as keyof typeof FIELDS)).toBe(true);
  if (writtenSince !== '1.33') expect(hasField(`1.${minor(writtenSince) - 1}`, name as keyof typeof FIELDS)).toBe(false);
});

test.each(ALL)('%s is a field of the API in the version that it is written for', (_, { path, writtenSince }) => {
  const [kind, ...fields] = path.split('.');
  const { kinds, definitions } = schemaStore(writtenSince);
  const found = [...kinds.entries()].find(([name]) => name.split('/').pop()!.toLowerCase() === kind);
  const resolve = (schema: any): any => schema?.$ref !== undefined ? resolve(definitions[schema.$ref.replace('#/definitions/', '')])
    : schema?.allOf?.length === 1 ? resolve(schema.allOf[0]) : schema?.items !== undefined ? resolve(schema.items) : schema;
  expect(fields.reduce((schema, field) => resolve(schema?.properties?.[field]), resolve(found?.[1].schema))).toBeDefined();
});

function table(): string {
  const rows = ALL.map(([, { path, worksSince, stableSince, writtenSince, purpose, otherwise, proposal }]) => [
    `\`${path}\``, `${writtenSince}${writtenSince === '1.33' ? ', the floor' : ''}`, worksSince, stableSince ?? 'not yet', purpose, otherwise ?? '',
    `[${proposal}](https://www.kubernetes.dev/resources/keps/${proposal}/)`,
  ]);
  const head = ['field', 'written for', 'works since', 'stable since', 'what for', 'with an older version', 'proposal'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`.replace(/ {2,}/g, ' ')).join('');
}
