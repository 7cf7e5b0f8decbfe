/*
 * Which fields a version of cert-manager has: https://cert-manager.io/docs/releases/
 */

const FIRST = 12;

/** @internal Throws for a version that we do not write for. */
export function checkCertManager(version: string): string {
  const [, minor] = /^1\.(\d+)$/.exec(version) ?? [];
  if (minor === undefined || Number(minor) < FIRST) {
    throw new Error(`KubernetesTarget cannot write for cert-manager '${version}': give certManagerVersion as 1.${FIRST} or newer, such as '1.18'`);
  }
  return version;
}

const isSince = (since: number) => (version: string): boolean => Number(version.slice(2)) >= since;

/** @internal Whether a Certificate says after which share of its life it is renewed. */
export const knowsShares = isSince(16);

/** @internal Whether an Issuer says which profile of an authority it wants. */
export const knowsProfiles = isSince(18);
