import { JsonPatch } from 'cdk8s';

/**
 * A copy of a value with patches applied one by one, so that the one which does not fit can be named.
 *
 * @internal
 */
export function patched(value: any, ops: readonly JsonPatch[]): any {
  return ops.reduce((document, patch) => {
    // `_toJson` is what the library applies.
    const { op, path } = (patch as unknown as { _toJson(): { op: string; path: string } })._toJson();
    // The library leaves out the first part of such a path.
    if (!path.startsWith('/') && path !== '') throw new Error(`the path ${path} does not begin with '/': write /${path}`);
    const misfit = `there is nothing to ${op} at ${path}`;
    if (MUST_EXIST.includes(op) && at(document, path) === undefined) throw new Error(misfit);
    try {
      return JsonPatch.apply(document, patch);
    } catch {
      // The library's own words are of its insides.
      throw new Error(misfit);
    }
  }, structuredClone(value));
}

/** The library makes a field that it is to replace: a misspelt one would stand beside the right one. */
const MUST_EXIST = ['replace', 'remove'];

/** What a JSON pointer leads to. */
const at = (document: any, path: string): unknown => path.split('/').slice(1)
  .reduce((value, key) => value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
