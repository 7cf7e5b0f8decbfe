/** Writes what was measured into the documentation. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './engine';

/** Whether everything is to be measured and written down. */
export const WHOLE = process.env.CDK8S_HA_PROOF === 'whole';

/**
 * A section of docs/no-request-lost.md, when everything was measured.
 *
 * @param on what it was measured on
 */
export async function record(title: string, on: string, table: string): Promise<void> {
  process.stdout.write(`\n${title}\n\n${table}`);
  if (!WHOLE) return;
  const page = join(__dirname, '..', '..', 'docs', 'no-request-lost.md');
  const { stdout } = await run('docker', ['version', '--format', 'Engine {{.Server.Version}}']);
  const text = readFileSync(page, 'utf8').replace(new RegExp(`(## ${title}\\n)[^#]*`), `$1\n${stdout.trim()}, ${on}.\n\n${table}\n`);
  writeFileSync(page, text);
}
