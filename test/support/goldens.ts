import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Compares files with those in a folder, one by one, so that a reviewer reads YAML and configuration, not escaped text.
 * `npm run goldens` writes them anew.
 */
export function expectGoldens(folder: string, all: { path: string; text: string }[]): void {
  // The same for every project; it has tests of its own.
  const files = all.filter(({ path }) => !path.endsWith('/deploy.sh'));
  if (process.env.UPDATE_GOLDENS) {
    rmSync(folder, { recursive: true, force: true });
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const expected = existsSync(folder) ? list(folder).map((path) => relative(folder, path).split(sep).join('/')) : [];
  expect(files.map(({ path }) => path).sort()).toEqual(expected.sort());
  for (const { path, text } of files) expect(text).toBe(readFileSync(join(folder, path), 'utf8'));
}

/** All files of a folder, as goldens are compared. */
export function filesOf(folder: string): { path: string; text: string }[] {
  return list(folder).map((path) => ({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => entry.isDirectory() ? list(join(folder, entry.name)) : [join(folder, entry.name)]);
}
