/** Writes what was lost into the documentation. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './engine';
import { LoadReport, loadTable } from './load/load';

/** Whether everything is to be measured and written down. */
export const WHOLE = process.env.CDK8S_HA_PROOF === 'whole';

/**
 * A section of docs/no-request-lost.md, when everything was measured.
 *
 * @param where it was measured
 * @param reports by disruption
 * @param disruptions how many there are
 */
export async function record(title: string, where: string, reports: Readonly<Record<string, LoadReport>>, disruptions: number): Promise<void> {
  const table = loadTable(reports);
  process.stdout.write(`\n${title}\n\n${table}`);
  if (!WHOLE || Object.keys(reports).length < disruptions) return;
  const page = join(__dirname, '..', '..', 'docs', 'no-request-lost.md');
  writeFileSync(page, readFileSync(page, 'utf8').replace(new RegExp(`(## ${title}\\n)[^#]*`), `$1\n${where}.\n\n${table}\n`));
}

/** The engine, for tables. */
export async function engineVersion(): Promise<string> {
  return (await run('docker', ['version', '--format', 'Engine {{.Server.Version}}'])).stdout.trim();
}
