import { Document, parseAllDocuments, ParsedNode } from 'yaml';
import { Problem } from './problem';

export interface YamlDocument {
  readonly value: unknown;
  readonly index: number;
}

/**
 * The documents of a text as YAML 1.2 reads them. A scalar that YAML 1.1 reads differently (`on`, `0440`,
 * `12:30`, `y`) is a problem: kubectl and docker are written in Go and read a mixture of both.
 */
export function readYaml(text: string): { documents: YamlDocument[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const documents: YamlDocument[] = [];
  const older = parseDocuments(text, '1.1');
  parseDocuments(text, '1.2').forEach((document, index) => {
    const object = `document ${index + 1}`;
    if (document.errors.length > 0) {
      problems.push({ rule: 'yaml', object, path: '', message: document.errors[0].message });
      return;
    }
    const value: unknown = document.toJS({ mapAsMap: false });
    if (value === null || value === undefined) return;
    const difference = firstDifference(value, toValue(older[index]), '');
    if (difference !== undefined) {
      problems.push({ rule: 'yaml-1.1', object, path: difference, message: 'YAML 1.1 reads this differently: quote it' });
    }
    documents.push({ value, index });
  });
  return { documents, problems };
}

function parseDocuments(text: string, version: '1.1' | '1.2'): Document.Parsed<ParsedNode>[] {
  const parsed = parseAllDocuments(text, { version, uniqueKeys: true, strict: true });
  return Array.isArray(parsed) ? parsed as Document.Parsed<ParsedNode>[] : [];
}

function toValue(document: Document.Parsed<ParsedNode> | undefined): unknown {
  return document === undefined || document.errors.length > 0 ? undefined : document.toJS();
}

function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return path || '/';
    return firstOf(a.keys(), (i) => firstDifference(a[i], b[i], `${path}/${i}`));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    if (keys.join('\n') !== Object.keys(b).join('\n')) return path || '/';
    return firstOf(keys, (key) => firstDifference(a[key], b[key], `${path}/${key}`));
  }
  return Object.is(a, b) ? undefined : path || '/';
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
