import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder `shell` of the package, seen from the bundle in `lib`, or from where this file is. */
const FOLDER = [join(__dirname, '..', 'shell'), join(__dirname, '..', '..', 'shell')].find(existsSync)!;

const TEXTS = new Map<string, string>();

/**
 * A shell script that generated projects contain. A line `#include NAME` stands for the text of another one.
 *
 * @param name its path in the folder `shell` of the package
 * @internal
 */
export function shellFile(name: string): string {
  let text = TEXTS.get(name);
  if (text === undefined) {
    text = readFileSync(join(FOLDER, name), 'utf8').replace(/^#include (.+)\n\n?/gm, (_, included: string) => `${shellFile(included)}\n`);
    TEXTS.set(name, text);
  }
  return text;
}
