import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CLI = join(ROOT, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');

/** Runs `cdk8s synth` for an example, as its user would, with the library as it stands in `src`. Fails with what it said. */
export function cdk8sSynth(example: string, outdir: string, ...options: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-cli-'));
  try {
    const paths = { 'cdk8s-ha': [join(ROOT, 'src', 'index.ts')] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { baseUrl: ROOT, paths } }));
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'synth', '--no-check-upgrade', '--output', outdir, ...options], {
      cwd: join(ROOT, 'examples', example), encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') },
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifests of an example, as they stand beside it. */
export function expectedManifests(example: string): string {
  return readFileSync(join(ROOT, 'examples', example, 'expected', `${example}.k8s.yaml`), 'utf8');
}
