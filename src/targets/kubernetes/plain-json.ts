import { freezeAll, isConstant, SharedParts } from '../../util/constants';

/*
 * What a renderer returns becomes plain JSON as cdk8s would write it: keys in order, nothing undefined.
 */

/**
 * A part that is the same in every object, given once: frozen, and not looked at again when objects are made plain.
 *
 * @internal
 */
export function constant<T extends object>(value: T): T {
  return freezeAll(plainJson(value));
}

/**
 * A part that many objects have in common, made once for each key: a constant like the ones above.
 *
 * @internal
 */
export function shared<T extends object | undefined>(key: string, make: () => T): T {
  return PARTS.get(key, make);
}

const PARTS = new SharedParts((part) => plainJson(part));

/**
 * The value with the keys of every object sorted and without what is undefined or null. Parts that are so already, as
 * nearly all of ours are, stay the same objects.
 *
 * @param value plain objects, arrays, strings, numbers, booleans
 * @param sorted false leaves keys in the order they have
 * @internal
 */
export function plainJson(value: any, sorted = true): any {
  if (typeof value !== 'object' || value === null || isConstant(value)) return value;
  return Array.isArray(value) ? plainArray(value, sorted) : plainObject(value, sorted);
}

function plainArray(items: any[], sorted: boolean): any[] {
  let result = items;
  for (let i = 0; i < items.length; i++) {
    const item = plainJson(items[i], sorted);
    if (item === items[i]) continue;
    if (result === items) result = items.slice();
    result[i] = item;
  }
  return result;
}

/** One pass: a copy is made only from the first key on that asks for one. */
function plainObject(object: any, sorted: boolean): any {
  let copy: any;
  let inOrder = true;
  let previous = '';
  for (const key in object) {
    const value = object[key];
    const plain = plainJson(value, sorted);
    if (key < previous) inOrder = false;
    previous = key;
    if (copy === undefined) {
      if (plain === value && value !== undefined && value !== null) continue;
      copy = keysBefore(key, object);
    }
    if (plain !== undefined && plain !== null) copy[key] = plain;
  }
  const plain = copy ?? object;
  return inOrder || !sorted ? plain : sortedByKey(plain);
}

function keysBefore(end: string, object: any): any {
  const copy: any = {};
  for (const key in object) {
    if (key === end) break;
    copy[key] = object[key];
  }
  return copy;
}

function sortedByKey(object: any): any {
  const sorted: any = {};
  for (const key of Object.keys(object).sort()) sorted[key] = object[key];
  return sorted;
}
