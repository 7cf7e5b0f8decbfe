/**
 * Whether a version that was asked for has at least this major number; nothing asked for: the floor, which is below.
 *
 * @internal
 */
export const isAtLeast = (version: string | undefined, major: number): boolean => version !== undefined && Number(version.split('.')[0]) >= major;

/**
 * Refuses what is no version, or below the floor.
 *
 * @internal
 */
export function checkVersion(target: string, prop: string, version: unknown, floor: [number, number]): void {
  if (version === undefined) return;
  if (typeof version !== 'string') throw new Error(`${target} cannot work with ${prop} ${String(version)}: give a text, for example '${floor.join('.')}'`);
  if (!/^\d+(\.\d+)*$/.test(version)) throw new Error(`${target} cannot work with ${prop} '${version}': give numbers and dots, for example '${floor.join('.')}'`);
  const [major, minor = 0] = version.split('.').map(Number);
  if (major < floor[0] || (major === floor[0] && minor < floor[1])) {
    throw new Error(`${target} cannot work with ${prop} '${version}': the oldest is '${floor.join('.')}'`);
  }
}
