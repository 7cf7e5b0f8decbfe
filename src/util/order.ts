/**
 * Code point order: the same on every machine, whatever its language.
 *
 * @internal
 */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The same entries in the order of their keys.
 *
 * @internal
 */
export function sortedByKey<T>(map: { [key: string]: T }): { [key: string]: T } {
  const keys = Object.keys(map);
  return keys.length < 2 ? map : Object.fromEntries(keys.sort().map((key) => [key, map[key]]));
}
