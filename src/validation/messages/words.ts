/*
 * How values stand in messages.
 */

/** @internal */
export const show = (value: unknown): string => typeof value === 'string' ? `'${value}'` : String(value);

/**
 * What was given, where it may be of any kind.
 *
 * @internal
 */
export function told(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  if (typeof value === 'function') return 'a class';
  if (typeof value !== 'object') return show(value);
  const { node } = value as { node?: { id?: unknown } };
  return typeof node?.id === 'string' ? `${value.constructor.name} '${node.id}'` : 'an object';
}

/** What most workloads say, in that order. */
const COMMONEST = [
  'image', 'port', 'replicas', 'networks', 'environment', 'secrets', 'volumes', 'healthCheck', 'domainName', 'publishedPorts', 'resources', 'command',
];

/**
 * Names of props in alphabetical order; of a workload, which has many, a dozen, the commonest first.
 *
 * @internal
 */
export function some(names: string[]): string {
  const sorted = [...names].sort();
  if (sorted.length <= 12 || !names.includes('image')) return sorted.join(', ');
  const first = [...COMMONEST.filter((name) => names.includes(name)), ...sorted.filter((name) => !COMMONEST.includes(name))].slice(0, 12);
  return `${first.join(', ')} and ${sorted.length - first.length} more`;
}

/** @internal */
export function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
