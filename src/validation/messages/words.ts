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

/**
 * At most a dozen names, in alphabetical order.
 *
 * @internal
 */
export function some(names: string[]): string {
  const sorted = [...names].sort();
  return sorted.length > 12 ? `${sorted.slice(0, 12).join(', ')} and ${sorted.length - 12} more` : sorted.join(', ');
}

/** @internal */
export function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
