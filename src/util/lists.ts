/**
 * Several lists as one: `[...a, ...b]`, which the engine makes a loop of for each list, and those are dear where every
 * service has some.
 *
 * @internal
 */
export const joined = <T>(...lists: (readonly T[])[]): T[] => ([] as T[]).concat(...lists);
