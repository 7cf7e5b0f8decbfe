import { ValidateFunction } from 'ajv';
import { ComposeFile, ComposePredicate } from './compose/compose-file';
import * as compose from './compose/compose-predicates';
import * as stack from './compose/stack-predicates';
import { newAjv, readJson, schemaMessage } from './kubernetes/schema-store';
import { Problem } from './problem';
import { readYaml } from './yaml-documents';

export interface ComposeOptions {
  /** The file's folder: when given, the files it mounts must be there. */
  readonly folder?: string;
}

/** What both kinds of file must keep. */
const SHARED: readonly ComposePredicate[] = [
  compose.resourcesAreDeclared, compose.hostPortsAreTakenOnce, compose.configsAreFiles,
];
const COMPOSE: readonly ComposePredicate[] = [
  ...SHARED, compose.dependenciesExist, compose.copiesDoNotCollide, compose.publishedPortsHaveAWayIn, compose.hasNoVersion,
];
const STACK: readonly ComposePredicate[] = [...SHARED, ...Object.values(stack)];

let compiled: ValidateFunction | undefined;

/** Everything that is wrong with a Compose file: the specification's schema, and what it leaves to the engine. */
export function validateCompose(text: string, options: ComposeOptions = {}): Problem[] {
  return validate(text, COMPOSE, options);
}

/** Everything that is wrong with a Swarm stack: what `docker stack deploy` refuses, and what it ignores in silence. */
export function validateStack(text: string, options: ComposeOptions = {}): Problem[] {
  return validate(text, STACK, options);
}

function validate(text: string, predicates: readonly ComposePredicate[], options: ComposeOptions): Problem[] {
  const { documents, problems } = readYaml(text);
  if (documents.length !== 1) return [...problems, { rule: 'yaml', object: 'compose', path: '', message: `${documents.length} documents instead of one` }];
  const file = documents[0].value as ComposeFile;
  // The schema names a draft that ajv knows by another address.
  compiled ??= newAjv().compile({ ...readJson<object>('compose', 'compose-spec.json'), $schema: undefined });
  if (!compiled(file)) {
    problems.push(...(compiled.errors ?? []).map((error) => ({ rule: 'schema', object: 'compose', path: error.instancePath, message: schemaMessage(error) })));
    // Predicates may rely on the shape only where the schema holds.
    return problems;
  }
  const files = options.folder === undefined ? [] : [compose.filesExist(options.folder)];
  return [...problems, ...[...predicates, ...files].flatMap((predicate) => predicate(file))];
}
