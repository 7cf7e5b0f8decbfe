// Puts the library into one file, lib/index.js: loading one file takes a fraction of the time of loading 250, and
// `cdk8s synth` loads the package anew at each run. It is made of the sources, whose `import`s join modules to one scope;
// modules as jsii compiles them would stay functions that call each other. Names stay as they are, so that stack traces
// can be read. And lets the types be read where the optional peer cdk8s-plus-28 is not installed.
import { build } from 'esbuild';
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lib = join(root, 'lib');

const { outputFiles: [bundle] } = await build({
  entryPoints: [join(root, 'src', 'index.ts')],
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

// What jsii adds to compiled classes: how other languages know them. And a class keeps its name, which messages ask for,
// where the bundle has another class of that name.
const { types, version } = JSON.parse(readFileSync(join(root, '.jsii'), 'utf8'));
const classes = Object.values(types).filter(({ kind }) => kind === 'class').map(({ name, fqn }) => `${name}: '${fqn}'`);
const marks = `for (const [name, fqn] of Object.entries({ ${classes.join(', ')} })) {
  module.exports[name][Symbol.for('jsii.rtti')] = { fqn, version: '${version}' };
  Object.defineProperty(module.exports[name], 'name', { value: name });
}
`;

// ES modules import by name: Node reads the names from the text, where re-exports of all of a module have none.
const place = join(lib, 'index.js');
writeFileSync(place, `${bundle.text}${marks}`);
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
