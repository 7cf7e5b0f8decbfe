// Puts the compiled modules into one file, lib/index.js: loading one file takes half the time of loading 150, and
// `cdk8s synth` loads the package anew at each run. Names stay as they are, so that stack traces can be read.
// And lets the types be read where the optional peer cdk8s-plus-28 is not installed.
import { build } from 'esbuild';
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lib = fileURLToPath(new URL('../lib', import.meta.url));

const { outputFiles: [bundle] } = await build({
  entryPoints: [join(lib, 'index.js')],
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['cdk8s', 'constructs', 'cdk8s-plus-28'],
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
});

// ES modules import by name: Node reads the names from the text, where re-exports of all of a module have none.
const place = join(lib, 'index.js');
writeFileSync(place, bundle.contents);
const names = Object.keys(createRequire(import.meta.url)(place));
appendFileSync(place, `0 && (module.exports = { ${names.join(', ')} });\n`);

// The types stay where they are; the modules they describe are in the bundle now.
for (const file of readdirSync(lib, { recursive: true })) {
  if (file.endsWith('.js') && file !== 'index.js') rmSync(join(lib, file));
}

for (const file of readdirSync(lib, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const declarations = join(lib, file);
  const types = readFileSync(declarations, 'utf8');
  const free = types.replace(/^import .* from 'cdk8s-plus-28';$/gm, '// @ts-ignore: an optional peer\n$&');
  if (free !== types) writeFileSync(declarations, free);
}
