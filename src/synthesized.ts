import { resolve } from 'node:path';
import * as messages from './validation/messages';

/*
 * What this program has synthesized so far: a second App must not undo the first, and what comes after synth() is in no file.
 */

interface Synthesized {
  readonly outdir: string;
}

const FOLDERS = new Map<string, { app: Synthesized; charts: string[]; isOutdated: () => boolean }>();

/**
 * Fails where an App would remove the charts that another one has only just written to its folder.
 *
 * @param charts what it has declared
 * @param generation rises with each declaration in the App
 * @internal
 */
export function claimFolder(app: Synthesized, charts: string[], generation: () => number): void {
  const folder = resolve(app.outdir);
  const other = FOLDERS.get(folder);
  const lost = other === undefined || other.app === app ? [] : other.charts.filter((chart) => !charts.includes(chart));
  if (lost.length > 0) throw new Error(messages.folderOfAnotherApp(app.outdir, lost));
  if (FOLDERS.size === 0) process.once('beforeExit', warnOfLateDeclarations);
  const written = generation();
  FOLDERS.set(folder, { app, charts, isOutdated: () => generation() !== written });
}

function warnOfLateDeclarations(): void {
  for (const { app, isOutdated } of FOLDERS.values()) if (isOutdated()) process.stderr.write(messages.declaredTooLate(app.outdir));
}
