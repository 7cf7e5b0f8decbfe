// Puts the library into a few files: loading one file takes a fraction of the time of loading 300, and `cdk8s synth` loads
// the package anew at each run. What every application needs at once is lib/index.js; each of PARTS is a file of its own
// that is read when something of it is first used. They are made of the sources, whose `import`s join modules to one scope;
// modules as jsii compiles them would stay functions that call each other. Names stay as they are, so that stack traces can
// be read. And lets the types be read where the optional peer cdk8s-plus-28 is not installed.
import { build } from 'esbuild';
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const lib = join(root, 'lib');

/** What is no part's. */
const CORE = 'index';

/** How the paths of a part's modules start; the first that fits counts. */
const PARTS = {
  kubernetes: ['targets/kubernetes/'],
  compose: ['targets/compose/'],
  swarm: ['targets/swarm/'],
  caddy: ['loadbalancers/caddy'],
  haproxy: ['loadbalancers/haproxy', 'loadbalancers/internal-proxy'],
  nginx: ['loadbalancers/nginx'],
  traefik: ['loadbalancers/traefik'],
  loadbalancers: ['loadbalancers/'],
  messages: ['validation/messages/'],
  synth: [
    'constructs/model-view', 'validation/rules', 'validation/docker-rules', 'validation/known-images/', 'targets/report/',
    'util/yaml', 'util/tree-walk', 'util/dependency-order', 'util/write-files', 'util/helm-chart',
  ],
};

/** A part reads these with itself: it uses them anyway, and reaches what it has at hand faster than what it must look for. */
const WITH_EACH_PART = [CORE, 'loadbalancers', 'synth', 'compose'];

/** These have functions alone: who imports them calls one, and need not have a class at hand. */
const OF_FUNCTIONS = ['messages'];

const partOf = (module) => Object.keys(PARTS).find((part) => PARTS[part].some((start) => module.startsWith(start))) ?? CORE;
const fileOf = (part) => `${part}.js`;
const moduleAt = (path) => relative(src, path).replaceAll(sep, '/').replace(/\.ts$/, '');

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['cdk8s', 'constructs', 'cdk8s-plus-28'],
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

/** Those first from which others take enums. */
const inOrder = [...WITH_EACH_PART, ...Object.keys(PARTS).filter((part) => !WITH_EACH_PART.includes(part))];
const load = (part) => createRequire(import.meta.url)(join(lib, fileOf(part)));

const { types, version } = JSON.parse(readFileSync(join(root, '.jsii'), 'utf8'));
const { exported, shared } = await modules();
const classes = Object.values(types).filter(({ kind }) => kind === 'class')
  .map(({ name, symbolId }) => ({ name, module: symbolId.split(':')[0].replace('src/', '') }));

for (const part of inOrder) {
  const { outputFiles: [bundle] } = await build({ ...OPTIONS, stdin: { contents: entry(part), resolveDir: src }, plugins: [otherParts(part)] });
  writeFileSync(join(lib, fileOf(part)), bundle.text);
}

// ES modules import by name: Node reads the names from the text, where re-exports of all of a module have none.
const library = createRequire(import.meta.url)(join(lib, fileOf(CORE)));
for (const name of Object.keys(library)) {
  if (library[name] === undefined) throw new Error(`${name} is nothing at run time: export it with \`export type\``);
}
appendFileSync(join(lib, fileOf(CORE)), `0 && (module.exports = { ${Object.keys(library).join(', ')} });\n`);

// The types stay where they are; the modules they describe are in the bundles now.
const files = [CORE, ...Object.keys(PARTS)].map(fileOf);
for (const file of readdirSync(lib, { recursive: true })) {
  if (file.endsWith('.js') && !files.includes(file)) rmSync(join(lib, file));
}

for (const file of readdirSync(lib, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const declarations = join(lib, file);
  const types = readFileSync(declarations, 'utf8');
  const free = types.replace(/^import .* from 'cdk8s-plus-28';$/gm, '// @ts-ignore: an optional peer\n$&');
  if (free !== types) writeFileSync(declarations, free);
}

/** The names that each module exports, and the modules that another part imports. */
async function modules() {
  const entryPoints = readdirSync(src, { recursive: true }).filter((file) => file.endsWith('.ts'));
  const { metafile } = await build({ ...OPTIONS, entryPoints, absWorkingDir: src, format: 'esm', splitting: true, outdir: lib, metafile: true });
  const entries = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  const imports = Object.entries(metafile.inputs).flatMap(([path, { imports }]) => imports.filter(({ external }) => !external)
    .map((to) => ({ from: moduleAt(join(src, path)), to: moduleAt(join(src, to.path)) })));
  return {
    // A type that is exported anew looks like a value.
    exported: new Map(entries.map(({ entryPoint, exports }) => [
      moduleAt(join(src, entryPoint)), exports.filter((name) => types[`cdk8s-ha.${name}`]?.kind !== 'interface'),
    ])),
    shared: [...new Set(imports.filter(({ from, to }) => partOf(from) !== partOf(to)).map(({ to }) => to))].sort(),
  };
}

/** A part's own source: what it has for other parts, by module, and of the core all that is public. */
function entry(part) {
  const own = shared.filter((module) => partOf(module) === part);
  const names = (module, between) => exported.get(module).map((name) => `${name}${between}${name}_${own.indexOf(module)}`).join(', ');
  const marked = classes.filter(({ module }) => partOf(module) === part);
  return `
    ${part === CORE ? "export * from './index';" : ''}
    ${own.map((module) => `import { ${names(module, ' as ')} } from './${module}';`).join('\n')}
    ${marked.map(({ name, module }) => `import { ${name} } from './${module}';`).join('\n')}
    Object.defineProperty(module.exports, 'modules', { value: {
      ${own.map((module) => `get '${module}'() { return { ${names(module, ': ')} }; },`).join('\n')}
    } });
    // What jsii adds to compiled classes: how other languages know them. And a class keeps its name, which messages ask for,
    // where its bundle has another class of that name.
    for (const [name, type] of Object.entries({ ${marked.map(({ name }) => name).join(', ')} })) {
      type[Symbol.for('jsii.rtti')] = { fqn: 'cdk8s-ha.' + name, version: '${version}' };
      Object.defineProperty(type, 'name', { value: name });
    }`;
}

/** Takes what a part imports from other parts out of their files, so that no module is there twice. */
function otherParts(part) {
  const namespace = 'other-part';
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/, namespace }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const named = moduleAt(join(resolveDir, path));
        const module = exported.has(named) ? named : `${named}/index`;
        return partOf(module) === part ? undefined : { path: module, namespace };
      });
      onLoad({ filter: /.*/, namespace }, ({ path: module }) => {
        const other = partOf(module);
        const atOnce = part !== CORE && WITH_EACH_PART.includes(other);
        const stub = atOnce ? constants : OF_FUNCTIONS.includes(other) ? calls : getters;
        return { contents: stub(`require('./${fileOf(other)}').modules['${module}']`, exported.get(module), module), loader: 'ts', resolveDir: src };
      });
    },
  };
}

/** Names of a module of another file, each a constant; those that are not used vanish. */
function constants(file, names, module) {
  const values = load(partOf(module)).modules[module];
  return `
    const module = ${file};
    const of = (name: string) => module[name];
    ${names.map((name) => isEnum(values[name]) ? enumText(name, values[name]) : `export const ${name} = /* @__PURE__ */ of('${name}');`).join('\n')}`;
}

/** Of enums nothing is looked up at run time: their values stand where they are used, as within one file. */
function enumText(name, members) {
  return `export enum ${name} { ${Object.entries(members).map(([member, value]) => `${member} = ${JSON.stringify(value)}`).join(', ')} }`;
}

function isEnum(value) {
  const members = Object.entries(value?.constructor === Object ? value : {});
  return members.length > 0 && members.every(([member, text]) => /^[A-Z][A-Z0-9_]*$/.test(member) && typeof text === 'string');
}

/** Functions of a module of another file, which is read when one of them is first called. */
function calls(file, names) {
  return `
    let read: any;
    const from = () => read ??= ${file};
    ${names.map((name) => `export function ${name}(...given) { return from().${name}(...given); }`).join('\n')}`;
}

/** Names of a module of another file, which is read when one of them is first used. */
function getters(file, names) {
  return `
    let read: any;
    const from = () => read ??= ${file};
    module.exports = { ${names.map((name) => `get ${name}() { return from().${name}; }`).join(', ')} };`;
}
