import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from './api';
import { eventually } from './control-plane';
import { readJson, SCHEMAS } from '../support/kubernetes/schema-store';

interface CustomResource {
  readonly api: string;
  readonly kind: string;
  readonly scope: string;
  readonly schema: any;
}

/** Defines every kind of `test/schemas/crds`, with its validation rules, and waits until the API server has them. */
export async function installCustomResources(api: Api): Promise<number> {
  const definitions = definitionsOf(readdirSync(join(SCHEMAS, 'crds')).map((file) => readJson<CustomResource>('crds', file)));
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const definition of definitions) await api.create(path, definition);
  for (const { metadata: { name } } of definitions) {
    await eventually(`the CustomResourceDefinition ${name}`, async () => {
      const { status } = await api.get(`${path}/${name}`);
      return (status?.conditions ?? []).some(({ type, status: is }: any) => type === 'Established' && is === 'True');
    });
  }
  return definitions.length;
}

/** One definition for a kind, whatever the number of its versions; the newest is stored. */
function definitionsOf(all: CustomResource[]): any[] {
  const kinds = new Map<string, CustomResource[]>();
  for (const one of all) {
    const name = `${one.api.split('/')[0]}/${one.kind}`;
    kinds.set(name, [...kinds.get(name) ?? [], one]);
  }
  return [...kinds.values()].map((versions) => {
    const [{ api, kind, scope }] = versions;
    const group = api.split('/')[0];
    const plural = pluralOf(kind);
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.${group}`,
        // Groups below k8s.io are approved by the project: these are its own.
        annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api' },
      },
      spec: {
        group,
        scope,
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: versions.map((version, i) => ({
          name: version.api.split('/')[1],
          served: true,
          storage: i === 0,
          schema: { openAPIV3Schema: structural(version.schema, true) },
          // What a controller says of an object, which nobody else writes.
          ...version.schema.properties.status === undefined ? {} : { subresources: { status: {} } },
        })),
      },
    };
  });
}

function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  return name.endsWith('y') && !name.endsWith('ay') ? `${name.slice(0, -1)}ies` : name.endsWith('s') ? `${name}es` : `${name}s`;
}

/** The schema as the API server wants it: closed by itself, open only where it is said. */
function structural(schema: any, isRoot = false): any {
  const { additionalProperties, const: _, properties, items, ...rest } = schema;
  const own = { ...rest };
  if (isRoot) {
    own.properties = {
      ...fields(properties), apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' },
    };
    own.required = (rest.required ?? []).filter((name: string) => !['apiVersion', 'kind', 'metadata'].includes(name));
    if (own.required.length === 0) delete own.required;
    return own;
  }
  if (isIntOrString(schema)) return { 'anyOf': rest.anyOf, 'x-kubernetes-int-or-string': true, ...pick(rest, ['maxLength', 'pattern', 'x-kubernetes-validations', 'default']) };
  if (properties !== undefined) own.properties = fields(properties);
  if (items !== undefined) own.items = structural(items);
  if (typeof additionalProperties === 'object') own.additionalProperties = structural(additionalProperties);
  // The schemas that were written by hand leave out what an enumeration says already.
  if (rest.type === undefined && rest.enum !== undefined) own.type = typeof rest.enum[0];
  const isOpen = own.type === undefined || (own.type === 'object' && additionalProperties === undefined);
  if (isOpen) own['x-kubernetes-preserve-unknown-fields'] = true;
  return own;
}

function fields(properties: Record<string, any> = {}): Record<string, any> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, structural(schema)]));
}

function isIntOrString({ type, anyOf }: any): boolean {
  return type === undefined && anyOf?.length === 2 && anyOf[0].type === 'integer' && anyOf[1].type === 'string';
}

function pick(object: any, keys: string[]): any {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}
