import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

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
 * @returns the folders that were not there before, without those in them
 * @internal
 */
export function writeFiles(folder: string, files: FileToWrite[]): string[] {
  const there = new Set<string>();
  const made: string[] = [];
  for (const { path, text, executable } of files) {
    const place = join(folder, path);
    const parent = dirname(place);
    if (!there.has(parent)) {
      const first = mkdirSync(parent, { recursive: true });
      if (first !== undefined) made.push(resolve(first));
      there.add(parent);
    }
    const beside = `${place}.new`;
    writeFileSync(beside, text);
    if (executable) chmodSync(beside, 0o755);
    renameSync(beside, place);
  }
  return made;
}

/**
 * Removes what an earlier run left in a folder that is ours alone.
 *
 * @param keep places of files of this run
 * @param made folders of this run, in which nothing can be left
 * @returns whether the folder is still there
 * @internal
 */
export function removeStale(folder: string, keep: ReadonlySet<string>, made: ReadonlySet<string>): boolean {
  if (!existsSync(folder)) return false;
  if (made.has(resolve(folder))) return true;
  let isEmpty = true;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    const stays = entry.isDirectory() ? removeStale(place, keep, made) : keep.has(place);
    if (stays) isEmpty = false;
    else if (!entry.isDirectory()) rmSync(place);
  }
  if (isEmpty) rmdirSync(folder);
  return !isEmpty;
}

/**
 * Removes files of an earlier run from a folder that others may use too: those that begin as ours do.
 *
 * @param extension how their names end
 * @internal
 */
export function removeStaleFiles(folder: string, keep: ReadonlySet<string>, extension: string, head: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(extension) && !keep.has(place) && readFileSync(place, 'utf8').startsWith(head)) rmSync(place);
  }
}
