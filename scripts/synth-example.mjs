// Synthesizes an example with the cdk8s command line, as its user would, and shows what came out.
//   node scripts/synth-example.mjs [name]      shop when left out
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkPackage } from './link-package.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = process.argv[2] ?? 'shop';
const folder = join(root, 'examples', name);
if (!existsSync(join(folder, 'main.ts'))) {
  const known = readdirSync(join(root, 'examples'));
  console.error(`there is no example '${name}'; there are: ${known.join(', ')}`);
  process.exit(2);
}

linkPackage();
execFileSync(process.execPath, [join(root, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s'), 'synth', '--no-check-upgrade'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });

const dist = join(folder, 'dist');
console.log(`\n${relative(root, dist)}/`);
for (const file of files(dist)) console.log(`  ${relative(dist, file).padEnd(58)} ${String(statSync(file).size).padStart(7)} bytes`);

console.log(`
Kubernetes   kubectl apply -f ${relative(root, dist)}/     after what docs/getting-started-kubernetes.md asks of the cluster, and secrets
Compose      ${steps(`${relative(root, dist)}/compose/${name}`)}
Swarm        ${steps(`${relative(root, dist)}/swarm/${name}`)}
What each target keeps of the promise: ${relative(root, dist)}/report/report.md, which begins:
`);
console.log(readFileSync(join(dist, 'report', 'report.md'), 'utf8').split('\n').slice(0, 24).map((line) => `  ${line}`).join('\n'));

/** Secrets come first. */
function steps(folder) {
  const secrets = [...readFileSync(join(root, folder, 'deploy.plan'), 'utf8').matchAll(/^secret (\S+)/gm)].map(([, secret]) => secret);
  return [...secrets.map((secret) => `${folder}/deploy.sh secrets set ${secret} --generate`), `${folder}/deploy.sh`].join(`\n${' '.repeat(13)}`);
}

function files(at) {
  return readdirSync(at, { withFileTypes: true }).sort((a, b) => Number(a.isDirectory()) - Number(b.isDirectory()) || (a.name < b.name ? -1 : 1))
    .flatMap((entry) => entry.isDirectory() ? files(join(at, entry.name)) : [join(at, entry.name)]);
}
