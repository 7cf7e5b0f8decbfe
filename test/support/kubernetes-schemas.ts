import { celReport, checkCel } from './kubernetes/cel';
import { JsonSchema } from './kubernetes/json-schema';
import { KubernetesObject, KubernetesObjects, nameOf } from './kubernetes/objects';
import { PREDICATES } from './kubernetes/predicates';
import { KUBERNETES_VERSIONS, schemaMessage, schemaStore, SchemaStore } from './kubernetes/schema-store';
import { Problem } from './problem';
import { readYaml } from './yaml-documents';

export { type CelReport, celReport } from './kubernetes/cel';
export { KUBERNETES_VERSIONS } from './kubernetes/schema-store';

type Report = (path: string, message: string) => void;

export interface ValidateOptions {
  /**
   * What the manifests refer to without declaring it: `ConfigMap/ca`, `Gateway/*`. Secrets are always
   * allowed to come from elsewhere.
   */
  readonly external?: readonly string[];
  /** Whether the Gateway API is that of its experimental channel. */
  readonly experimental?: boolean;
}

const NEWEST = KUBERNETES_VERSIONS[KUBERNETES_VERSIONS.length - 1];

/** The defaults of keys that may be left out where two entries of a list are compared. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/**
 * Everything that is wrong with a file of manifests, as far as it can be known without a cluster: schemas,
 * the rules of CRDs (when `@bufbuild/cel` is installed, see `celReport`), and our own predicates.
 */
export function validateManifests(text: string, version: string = NEWEST, options: ValidateOptions = {}): Problem[] {
  return [
    ...validateSchemas(text, version, options),
    ...validatePredicates(text, options),
  ];
}

/** Only the schemas: no object is looked at together with another one. */
export function validateSchemas(text: string, version: string, { experimental }: ValidateOptions = {}): Problem[] {
  const store = schemaStore(version, experimental);
  const { documents, problems } = readYaml(text);
  const seen = new Set<string>();
  for (const { value, index } of documents) {
    const manifest = value as KubernetesObject;
    if (typeof manifest !== 'object' || !manifest.kind || !manifest.metadata?.name) {
      problems.push({ rule: 'no-name', object: `document ${index + 1}`, path: '', message: 'no kind or no metadata.name' });
      continue;
    }
    const identity = [manifest.apiVersion.replace(/\/.*$/, ''), manifest.kind, manifest.metadata.namespace, manifest.metadata.name].join('/');
    if (seen.has(identity)) {
      problems.push({ rule: 'duplicate-object', object: nameOf(manifest), path: '', message: 'declared twice' });
    }
    seen.add(identity);
    problems.push(...validateObject(manifest, store));
  }
  return problems;
}

/** Only what no schema knows: references between objects, arithmetic, the syntax of names. */
export function validatePredicates(text: string, options: ValidateOptions = {}): Problem[] {
  const manifests = readYaml(text).documents.map((document) => document.value as KubernetesObject)
    .filter((manifest) => manifest?.kind && manifest.metadata?.name);
  const objects = new KubernetesObjects(manifests, options.external ?? []);
  return PREDICATES.flatMap((predicate) => predicate(objects));
}

/** To be printed by a test: what was not checked. Undefined when everything was. */
export function celSkipped(): string | undefined {
  const { available, rulesNotRun } = celReport();
  if (!available) return 'SKIPPED: the validation rules (CEL) of CRDs, because @bufbuild/cel is not installed';
  return rulesNotRun.size > 0 ? `SKIPPED: ${rulesNotRun.size} CEL rule(s):\n${[...rulesNotRun].map((r) => r.join(' => ')).join('\n')}` : undefined;
}

function validateObject(manifest: KubernetesObject, store: SchemaStore): Problem[] {
  const problems: Problem[] = [];
  const object = nameOf(manifest);
  const kind = store.kinds.get(`${manifest.apiVersion}/${manifest.kind}`);
  if (kind === undefined) {
    return [{ rule: 'no-schema', object, path: '', message: `no schema for ${manifest.apiVersion} ${manifest.kind}` }];
  }
  if (kind.deprecated) problems.push({ rule: 'deprecated-version', object, path: '/apiVersion', message: `${manifest.apiVersion} is deprecated` });
  const validate = kind.validate();
  const valid = validate(manifest);
  if (!valid) {
    for (const error of validate.errors ?? []) problems.push({ rule: 'schema', object, path: error.instancePath, message: schemaMessage(error) });
  }
  checkListKeys(kind.schema, manifest, '', store, (path, message) => problems.push({ rule: 'duplicate-list-key', object, path, message }));
  // As the API server does: rules may count on what the schema says.
  if (kind.custom && valid) checkCel(kind.schema, manifest, (path, message) => problems.push({ rule: 'cel', object, path, message }));
  return problems;
}

/** Two entries of a list with the same keys are refused by the API server, or one of them is lost. */
function checkListKeys(schema: JsonSchema | undefined, value: unknown, path: string, store: SchemaStore, report: Report): void {
  const resolved = resolve(schema, store);
  if (resolved === undefined || typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) {
      const others = typeof resolved.additionalProperties === 'object' ? resolved.additionalProperties : undefined;
      checkListKeys(resolved.properties?.[key] ?? others, item, `${path}/${key}`, store, report);
    }
    return;
  }
  const keys = resolved['x-kubernetes-list-map-keys'];
  const seen = new Set<string>();
  value.forEach((item: unknown, i) => {
    if (keys) {
      const entry = (item ?? {}) as Record<string, unknown>;
      const itemSchema = resolve(resolved.items, store);
      const id = JSON.stringify(keys.map((key) => entry[key] ?? itemSchema?.properties?.[key]?.default ?? KEY_DEFAULTS[key] ?? null));
      if (seen.has(id)) report(`${path}/${i}`, `repeats the ${keys.join(' and ')} of another entry`);
      seen.add(id);
    }
    checkListKeys(resolved.items, item, `${path}/${i}`, store, report);
  });
}

function resolve(schema: JsonSchema | undefined, store: SchemaStore): JsonSchema | undefined {
  const reference = schema?.$ref ?? (schema?.allOf?.length === 1 ? schema.allOf[0].$ref : undefined);
  if (reference === undefined) return schema;
  return store.definitions[reference.replace('#/definitions/', '')] ?? undefined;
}
