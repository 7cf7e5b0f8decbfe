import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** CommonJS, as a compiled cdk8s app uses it; ES modules load noticeably slower. */
export const require = createRequire(import.meta.url);

/**
 * Where a case writes: memory where Linux has it, for what a disk takes to make a thousand files (10 to 700 ms on the
 * machines tried) says nothing about either library.
 */
export const OUTPUT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Exit code for "there is nothing to measure yet". */
export const NOT_BUILT = 3;

/**
 * Runs one case in this process, which exists for nothing else, and prints what it took as one line of JSON.
 *
 * A case is called with a number of services and an output folder. What it returns replaces what was measured: the
 * floor does so, because it measures only a part of what it does.
 *
 * @param cases functions by name
 */
export function runCase(cases) {
  const [name, count] = process.argv.slice(2);
  if (!(name in cases)) throw new Error(`no case ${name}; there are: ${Object.keys(cases).join(', ')}`);
  const outdir = mkdtempSync(join(OUTPUT, 'cdk8s-ha-bench-'));
  try {
    const part = cases[name](Number(count), outdir);
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, rss: maxRSS / 1024, ...part }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** CPU milliseconds of a part. */
export function cpuOf(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
