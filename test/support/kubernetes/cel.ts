import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { JsonSchema } from './json-schema';

/** What became of the validation rules (CEL) so far: a test prints it, so that nothing is skipped in silence. */
export interface CelReport {
  /** Whether `@bufbuild/cel` could be loaded. */
  readonly available: boolean;
  readonly rulesRun: number;

  /** How often a transition rule was met: it compares with the object before (`oldSelf`), and a file has none. */
  readonly transitionRules: number;

  /** Rules that the evaluator cannot run, with its reason. */
  readonly rulesNotRun: ReadonlyMap<string, string>;
}

type Evaluate = (bindings: { self: unknown }) => unknown;
interface CelModule {
  readonly CelScalar: { readonly STRING: unknown; readonly BOOL: unknown };
  celEnv(options: { funcs: unknown[] }): unknown;
  celFunc(name: string, args: unknown[], result: unknown, implementation: (...args: any[]) => unknown): unknown;
  parse(rule: string): unknown;
  plan(environment: unknown, expression: unknown): Evaluate;
}

// Words that CEL keeps for itself. In a rule Kubernetes writes `self.__namespace__` for the field `namespace`.
const RESERVED = new Set(('true false null in as break const continue else for function if import let loop package '
  + 'namespace return var void while').split(' '));

const plans = new Map<string, Evaluate | undefined>();
const notRun = new Map<string, string>();
let run = 0;
let transitions = 0;
let loaded: { cel: CelModule; environment: unknown } | null | undefined;

export function celReport(): CelReport {
  return { available: load() !== null, rulesRun: run, transitionRules: transitions, rulesNotRun: notRun };
}

/** Runs the rules of a CRD's schema over an object; without the evaluator nothing happens, see `celReport`. */
export function checkCel(schema: JsonSchema, value: unknown, report: (path: string, message: string) => void): void {
  // The API server fills in defaults before it runs the rules.
  if (load() !== null) walk(schema, withDefaults(schema, value), '', report);
}

function load() {
  if (loaded === undefined) {
    const optional = createRequire(__filename);
    try {
      const cel = optional('@bufbuild/cel') as CelModule;
      const { strings } = optional('@bufbuild/cel/ext') as { strings: unknown[] };
      const ofKubernetes = [cel.celFunc('isIP', [cel.CelScalar.STRING], cel.CelScalar.BOOL, (text: string) => isIP(text) !== 0)];
      loaded = { cel, environment: cel.celEnv({ funcs: [...strings, ...ofKubernetes] }) };
    } catch {
      loaded = null;
    }
  }
  return loaded;
}

function planOf(rule: string): Evaluate | undefined {
  if (!plans.has(rule)) {
    const { cel, environment } = load()!;
    try {
      plans.set(rule, cel.plan(environment, cel.parse(rule)));
    } catch (error) {
      notRun.set(rule, String(error));
      plans.set(rule, undefined);
    }
  }
  return plans.get(rule);
}

function walk(schema: JsonSchema | undefined, value: unknown, path: string, report: (path: string, message: string) => void): void {
  if (schema === undefined || value === undefined || value === null) return;
  for (const { rule, message } of schema['x-kubernetes-validations'] ?? []) {
    if (/\boldSelf\b/.test(rule)) {
      transitions += 1;
      continue;
    }
    const result = evaluate(rule, schema, value);
    if (result === false) report(path, message ?? rule);
  }
  if (Array.isArray(value)) {
    value.forEach((item, i) => walk(schema.items, item, `${path}/${i}`, report));
  } else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) walk(propertySchema(schema, key), item, `${path}/${key}`, report);
  }
}

function evaluate(rule: string, schema: JsonSchema, value: unknown): boolean | undefined {
  const plan = planOf(rule);
  if (plan === undefined) return undefined;
  let result: unknown;
  try {
    result = plan({ self: toCel(schema, value) });
  } catch (error) {
    result = error;
  }
  if (typeof result !== 'boolean') {
    notRun.set(rule, String((result as Error | undefined)?.message ?? result));
    return undefined;
  }
  run += 1;
  return result;
}

function toCel(schema: JsonSchema | undefined, value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => toCel(schema?.items, item));
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) =>
    [schema?.properties?.[key] ? escapeField(key) : key, toCel(propertySchema(schema, key), item)]));
}

function escapeField(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__/g, '__underscores__').replace(/\./g, '__dot__').replace(/-/g, '__dash__').replace(/\//g, '__slash__');
}

function withDefaults(schema: JsonSchema | undefined, value: unknown): unknown {
  if (schema === undefined || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => withDefaults(schema.items, item));
  if (typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (filled[key] === undefined && property.default !== undefined) filled[key] = property.default;
  }
  for (const [key, item] of Object.entries(filled)) filled[key] = withDefaults(propertySchema(schema, key), item);
  return filled;
}

function propertySchema(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const others = schema?.additionalProperties;
  return schema?.properties?.[key] ?? (typeof others === 'object' ? others : undefined);
}
