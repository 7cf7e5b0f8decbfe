import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayApiChannel, KubernetesTarget } from '../../../src';
import { GATEWAY_API_FIELDS, hasGatewayField, type GatewayApiField } from '../../../src/targets/kubernetes/gateway-api-version';
import { FIELDS, hasField, type VersionedField } from '../../../src/targets/kubernetes/versions';
import { schemaStore } from '../../support/kubernetes/schema-store';

/*
 * The table of docs/kubernetes-versions.md is that of the code, and the code's is that of the API. `npm run goldens`
 * writes the page anew.
 */

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'kubernetes-versions.md');
const ALL = Object.entries<VersionedField>(FIELDS);
const GATEWAY_API = Object.entries<GatewayApiField>(GATEWAY_API_FIELDS);

test('the page says what the code knows', () => {
  const page = readFileSync(PAGE, 'utf8');
  const written = [['fields', table()], ['gateway-api', gatewayApiTable()]].reduce((text, [name, rows]) =>
    text.replace(new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`), () => rows), page);
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

describe('the Gateway API', () => {
  const KNOWN = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];
  const has = (name: string, version: string, channel: GatewayApiChannel) =>
    hasGatewayField({ version, channel }, name as keyof typeof GATEWAY_API_FIELDS);
  const isSince = (version: string, since: string) => Number(version.split('.')[1]) >= Number(since.split('.')[1]);

  test.each(GATEWAY_API)('has %s in each channel from a version on', (name, { standardSince, experimentalSince = standardSince }) => {
    for (const version of KNOWN) {
      expect([version, has(name, version, GatewayApiChannel.STANDARD)]).toEqual([version, isSince(version, standardSince)]);
      expect([version, has(name, version, GatewayApiChannel.EXPERIMENTAL)]).toEqual([version, isSince(version, experimentalSince)]);
    }
  });

  test.each(GATEWAY_API)('has %s in the schemas, of 1.6', (name, { path, standardSince }) => {
    const [kind, ...fields] = path.split('.');
    const find = (experimental: boolean) => {
      const kinds = [...schemaStore('1.36', experimental).kinds].filter(([key]) => key.startsWith('gateway.networking.k8s.io/v1/'));
      const [, found] = kinds.find(([key]) => key.split('/').pop()!.toLowerCase() === kind) ?? [];
      return fields.reduce((schema: any, field) => schema?.properties?.[field] ?? schema?.items?.properties?.[field], found?.schema);
    };
    expect(find(false) !== undefined).toBe(isSince('1.6', standardSince));
    expect(find(true) !== undefined).toBe(has(name, '1.6', GatewayApiChannel.EXPERIMENTAL));
  });

  test.each(['1.1', '1.8', '1', 'v1.4', '1.4.0', 'latest', ''])('cannot be %p', (gatewayApiVersion) => {
    expect(() => new KubernetesTarget({ gatewayApiVersion })).toThrow(new Error(
      `KubernetesTarget cannot write for Gateway API '${gatewayApiVersion}': give gatewayApiVersion as one of 1.2, 1.3, 1.4, 1.5, 1.6, 1.7`));
  });

  test('has two channels', () => {
    expect(() => new KubernetesTarget({ gatewayApiChannel: 'nightly' as GatewayApiChannel })).toThrow(new Error(
      "KubernetesTarget cannot write for the channel 'nightly' of the Gateway API: give gatewayApiChannel as GatewayApiChannel.STANDARD or .EXPERIMENTAL"));
  });
});

function table(): string {
  const rows = ALL.map(([, { path, value, worksSince, stableSince, writtenSince, purpose, otherwise, proposal }]) => [
    `\`${path}${value === undefined ? '' : `: ${value}`}\``, `${writtenSince}${writtenSince === '1.33' ? ', the floor' : ''}`, worksSince, stableSince ?? 'not yet', purpose, otherwise ?? '',
    `[${proposal}](https://www.kubernetes.dev/resources/keps/${proposal}/)`,
  ]);
  return rowsOf(['field', 'written for', 'works since', 'stable since', 'what for', 'with an older version', 'proposal'], rows);
}

function gatewayApiTable(): string {
  const rows = GATEWAY_API.map(([, { path, standardSince, experimentalSince, purpose, otherwise }]) => [
    `\`${path}\``, standardSince, experimentalSince ?? '', purpose, otherwise ?? '',
  ]);
  return rowsOf(['field or kind', 'standard since', 'experimental since', 'what for', 'without it'], rows);
}

function rowsOf(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`.replace(/ {2,}/g, ' ')).join('');
}
