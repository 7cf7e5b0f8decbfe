/**
 * An object for names that users gave. One with a prototype gets a shape of its own for each new name, which is dear where
 * thousands have names that no other has.
 *
 * @internal
 */
export function dictionary<T = any>(entries: Iterable<readonly [string, T]> = []): { [name: string]: T } {
  const named = Object.create(null);
  for (const [name, value] of entries) named[name] = value;
  return named;
}

/**
 * Whether it is such an object.
 *
 * @internal
 */
export const isDictionary = (value: object): boolean => Object.getPrototypeOf(value) === null;
