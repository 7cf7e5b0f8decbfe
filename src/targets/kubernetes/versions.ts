/*
 * Which fields a version of Kubernetes has. A field goes out once it is generally available; ones that older servers
 * ignore without harm (preStop `sleep`, `matchLabelKeys`) go out from the floor on.
 */

const KNOWN = ['1.33', '1.34', '1.35', '1.36'];

/** @internal Throws for a version that we do not write for. */
export function checkVersion(version: string): string {
  if (KNOWN.includes(version)) return version;
  throw new Error(`KubernetesTarget cannot write for version '${version}': it is one of ${KNOWN.join(', ')}`);
}

/** @internal Whether a version has what came with `since`. */
export function hasVersion(version: string, since: string): boolean {
  return KNOWN.indexOf(version) >= KNOWN.indexOf(since);
}
