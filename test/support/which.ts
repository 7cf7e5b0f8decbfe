import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where scripts/install-test-tools.sh puts programs that a machine has not. */
export const OWN_FOLDER = join(__dirname, '..', '..', '.tools', 'bin');

/** All programs of a name, in the order of PATH. */
export function onPath(program: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean).map((folder) => join(folder, program)).filter((path) => existsSync(path));
}

/** A program on PATH, else one of this repository's; undefined: there is none. */
export function which(program: string): string | undefined {
  return [...onPath(program), join(OWN_FOLDER, program)].find((path) => existsSync(path));
}
