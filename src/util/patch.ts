import { JsonPatch } from 'cdk8s';

/**
 * A copy of a value with patches applied one by one, so that the one which does not fit can be named.
 *
 * @internal
 */
export function patched(value: any, ops: readonly JsonPatch[]): any {
  return ops.reduce((document, op) => {
    try {
      return JsonPatch.apply(document, op);
    } catch {
      // The library's own words are of its insides. `_toJson` is what it applies.
      const { op: verb, path } = (op as unknown as { _toJson(): { op: string; path: string } })._toJson();
      throw new Error(`there is nothing to ${verb} at ${path}`);
    }
  }, structuredClone(value));
}
