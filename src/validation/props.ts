import * as messages from './messages';

/*
 * What a compiler would have said. Many users run TypeScript without one (tsx, swc) or write JavaScript, and a prop
 * that is misspelt would be ignored in silence.
 */

/**
 * The names of all props of a struct, complete by type: a prop that is added and not listed does not compile.
 *
 * @internal
 */
export type PropNames<T> = { readonly [K in keyof Required<T>]: true };

/**
 * Fails for a prop that nobody reads.
 *
 * @internal
 */
export function checkProps<T>(path: string, name: string, props: T, known: PropNames<T>): void {
  if (typeof props !== 'object' || props === null) throw new Error(messages.noProps(path, name, props));
  for (const prop in props) {
    if (!(prop in known)) throw new Error(messages.unknownProp(path, name, prop, nearest(prop, Object.keys(known))));
  }
}

/**
 * Fails for a value that is not made by a class of ours or of cdk8s.
 *
 * @internal
 */
export function checkInstance(path: string, name: string, prop: string, value: unknown, made: MadeBy, how: string): void {
  if (value === undefined) return;
  // By name as well: two copies of a package have two classes.
  if (value instanceof (made as any) || (value as object | null)?.constructor?.name === made.name) return;
  throw new Error(messages.wrongKind(path, name, prop, value, how));
}

/** A class, with or without a public constructor. */
interface MadeBy {
  readonly name: string;
  readonly prototype: object;
}

/** The known name that differs least, where one is near enough to be meant. */
function nearest(prop: string, known: string[]): string | undefined {
  const near = known.map((name) => ({ name, distance: distance(prop.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))[0];
  return near !== undefined && near.distance <= Math.max(2, prop.length / 3) ? near.name : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}
