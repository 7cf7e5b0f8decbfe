/*
 * What a renderer returns becomes plain JSON as cdk8s would write it: keys in order, nothing undefined.
 */

const CONSTANTS = new WeakSet<object>();

/**
 * A part that is the same in every object, given once: frozen, and not looked at again when objects are made plain.
 *
 * @internal
 */
export function constant<T extends object>(value: T): T {
  const plain = plainJson(value) as T;
  freeze(plain);
  CONSTANTS.add(plain);
  return plain;
}

/**
 * The value with the keys of every object sorted and without what is undefined or null. Parts that are so already, as
 * nearly all of ours are, stay the same objects.
 *
 * @param value plain objects, arrays, strings, numbers, booleans
 * @param sorted false leaves keys in the order they have
 * @internal
 */
export function plainJson(value: any, sorted = true): any {
  if (typeof value !== 'object' || value === null || CONSTANTS.has(value)) return value;
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

function plainObject(object: any, sorted: boolean): any {
  let isPlain = true;
  let previous = '';
  for (const key in object) {
    const value = object[key];
    if (value === undefined || value === null || (sorted && key < previous) || plainJson(value, sorted) !== value) {
      isPlain = false;
      break;
    }
    previous = key;
  }
  if (isPlain) return object;
  const keys = sorted ? Object.keys(object).sort() : Object.keys(object);
  const result: any = {};
  for (const key of keys) {
    const value = plainJson(object[key], sorted);
    if (value !== undefined && value !== null) result[key] = value;
  }
  return result;
}

function freeze(value: any): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}
