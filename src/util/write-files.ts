import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A file to write.
 *
 * @internal
 */
export interface FileToWrite {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

/**
 * Writes files below a folder, each beside its place and then renamed, so that nobody ever reads half a file.
 *
 * @internal
 */
export function writeFiles(folder: string, files: FileToWrite[]): void {
  const made = new Set<string>();
  for (const { path, text, executable } of files) {
    const place = join(folder, path);
    const parent = dirname(place);
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    const beside = `${place}.new`;
    writeFileSync(beside, text);
    if (executable) chmodSync(beside, 0o755);
    renameSync(beside, place);
  }
}

/**
 * Removes what an earlier run left in a folder that is ours alone.
 *
 * @internal
 */
export function removeStale(folder: string, keep: ReadonlySet<string>): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) removeStale(place, keep);
    else if (!keep.has(place)) rmSync(place);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

