import { readdirSync, readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';
import { join } from 'node:path';
import Ajv, { ErrorObject, ValidateFunction } from 'ajv';
import { JsonSchema } from './json-schema';

export const SCHEMAS = join(__dirname, '..', '..', 'schemas');
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The Kubernetes versions there are schemas for, oldest first. */
export const KUBERNETES_VERSIONS: readonly string[] = readdirSync(join(SCHEMAS, 'kubernetes'))
  .map((file) => file.replace(/\.json$/, ''))
  .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]));

interface KubernetesFile {
  readonly basedOn?: string;
  readonly definitions: Record<string, JsonSchema | null>;
  readonly kinds: Record<string, string | null>;
}

interface CustomResource {
  readonly api: string;
  readonly kind: string;
  readonly deprecated: boolean;
  readonly schema: JsonSchema;
}

export interface KindSchema {
  readonly schema: JsonSchema;
  readonly custom: boolean;
  readonly deprecated: boolean;
  readonly validate: () => ValidateFunction;
}

export interface SchemaStore {
  readonly definitions: Readonly<Record<string, JsonSchema | null>>;

  /** By `apps/v1/Deployment`. */
  readonly kinds: ReadonlyMap<string, KindSchema>;
}

const stores = new Map<string, SchemaStore>();

/** With `experimental`, kinds of the Gateway API are those of its experimental channel. */
export function schemaStore(version: string, experimental = false): SchemaStore {
  const key = `${version} ${experimental}`;
  if (!stores.has(key)) stores.set(key, load(version, experimental));
  return stores.get(key)!;
}

function load(version: string, experimental: boolean): SchemaStore {
  if (!KUBERNETES_VERSIONS.includes(version)) {
    throw new Error(`no schemas for Kubernetes ${version}: there are ${KUBERNETES_VERSIONS.join(', ')}`);
  }
  const { definitions, kinds: builtIn } = readKubernetes(version);
  const ajv = newAjv();
  ajv.addSchema({ $id: 'kubernetes', definitions });
  ajv.addSchema({ $id: 'meta', $ref: `kubernetes#/definitions/${OBJECT_META}` });
  const kinds = new Map<string, KindSchema>();
  const add = (name: string, schema: JsonSchema, source: object, custom: boolean, deprecated: boolean) => {
    let compiled: ValidateFunction | undefined;
    kinds.set(name, { schema, custom, deprecated, validate: () => compiled ??= ajv.compile(source) });
  };
  for (const [name, definition] of Object.entries(builtIn)) {
    if (definition) add(name, definitions[definition]!, { $ref: `kubernetes#/definitions/${definition}` }, false, false);
  }
  for (const folder of ['crds', ...experimental ? ['experimental'] : []]) {
    for (const file of readdirSync(join(SCHEMAS, folder))) {
      const custom = readJson<CustomResource>(folder, file);
      add(`${custom.api}/${custom.kind}`, custom.schema, custom.schema, true, custom.deprecated);
    }
  }
  return { definitions, kinds };
}

/** An older version holds only what differs from the one it is based on. */
function readKubernetes(version: string): KubernetesFile {
  const file = readJson<KubernetesFile>('kubernetes', `${version}.json`);
  if (file.basedOn === undefined) return file;
  const base = readKubernetes(file.basedOn);
  const definitions = { ...base.definitions, ...file.definitions };
  for (const [name, schema] of Object.entries(definitions)) {
    if (schema === null) delete definitions[name];
  }
  return { definitions, kinds: { ...base.kinds, ...file.kinds } };
}

export function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(SCHEMAS, ...path), 'utf8')) as T;
}

/** Knows the formats of Kubernetes and of the Compose specification; `strict` would refuse their own keywords. */
export function newAjv(): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });
  ajv.addFormat('int32', { type: 'number', validate: (n: number) => Number.isInteger(n) && Math.abs(n) <= 2 ** 31 });
  ajv.addFormat('int64', { type: 'number', validate: (n: number) => Number.isInteger(n) });
  ajv.addFormat('double', { type: 'number', validate: () => true });
  ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
  ajv.addFormat('byte', /^[A-Za-z0-9+/\s]*={0,2}\s*$/);
  ajv.addFormat('ipv4', (text: string) => isIPv4(text));
  ajv.addFormat('ipv6', (text: string) => isIPv6(text));
  for (const open of ['duration', 'uri', 'uri-reference', 'hostname', 'ports', 'expose', 'subnet_ip_address']) ajv.addFormat(open, true);
  return ajv;
}

/** ajv's message, with the name or the choice that it leaves out. */
export function schemaMessage(error: ErrorObject): string {
  const params = error.params as { additionalProperty?: string; allowedValues?: unknown[] };
  switch (error.keyword) {
    case 'additionalProperties': return `unknown field '${params.additionalProperty}'`;
    case 'enum': return `must be one of ${JSON.stringify(params.allowedValues)}`;
    default: return error.message ?? error.keyword;
  }
}
