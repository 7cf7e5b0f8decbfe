/*
 * How values stand in messages.
 */

/** @internal */
export const show = (value: unknown): string => typeof value === 'string' ? `'${value}'` : String(value);

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
