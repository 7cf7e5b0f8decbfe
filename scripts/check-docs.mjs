// Keeps the documentation true: its TypeScript compiles and runs, its excerpts stand in the files that they were taken
// from, its links lead somewhere.
//
// In README.md and docs/ (decisions left out)
//   ```ts               is type-checked against lib/ with `strict`, then run in an empty folder with --run.
//                       Names that cdk8s-ha, cdk8s or constructs export need no import.
//                       A block whose first line is `// continues` shares the scope of the block before it.
//   ```ts PATH          must be the whole text of that file; other blocks of the page can import it from './NAME'.
//   ```yaml PATH        (and any other language) must stand in that file; a line with nothing but `…`, or `# …`, skips
//                       lines. Indentation may be less than in the file, the same for all lines between two such.
//   <!-- levels PATH -->  before a table: its levels must be those of that report.json.
// In all Markdown files relative links, and their anchors, must exist.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { linkPackage } from './link-package.mjs';

const HELP = `usage: node scripts/check-docs.mjs [--run]

Checks the code blocks of README.md and docs/, and the relative links of all Markdown files. Needs lib/ (npm run build:lib).

  --run     also runs each TypeScript block
  --help

Exit code: 0; 1 with an error, each as file:line; 2 usage.`;

const root = fileURLToPath(new URL('..', import.meta.url));
const options = readOptions();
const problems = [];
const report = (file, line, text) => problems.push(`${file}:${line}: ${text}`);

const pages = markdownFiles(root);
const documentation = pages.filter((file) => file === 'README.md' || (file.startsWith('docs/') && !file.startsWith('docs/decisions/')));
const blocks = documentation.flatMap(blocksOf);
const programs = programsOf(blocks.filter(({ language, path }) => language === 'ts' && path === undefined));

if (existsSync(join(root, 'lib', 'index.d.ts'))) {
  linkPackage();
  checkTypes(programs);
  if (options.run && problems.length === 0) programs.forEach(run);
} else {
  report('lib/index.d.ts', 1, 'is not there: npm run build:lib');
}
blocks.filter(({ path }) => path !== undefined).forEach(checkExcerpt);
documentation.forEach(checkLevels);
pages.forEach(checkLinks);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${pages.length} Markdown files, ${blocks.length} code blocks, ${programs.length} programs: all true`);

function readOptions() {
  try {
    const { values } = parseArgs({ options: { run: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (!values.help) return values;
    console.log(HELP);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Those of the repository, not of what others installed or generated below it. */
function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'coverage', '.git', '.tools'].includes(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

function blocksOf(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const found = [];
  let open;
  lines.forEach((text, index) => {
    if (open !== undefined && text.trimEnd() === open.fence) {
      found.push(open);
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(text);
    } else {
      const fence = /^(`{3,})(\w*)(?: (\S+))?\s*$/.exec(text);
      // The first line of the text is the one after the fence.
      if (fence !== null) open = { file, fence: fence[1], language: fence[2], path: fence[3], line: index + 2, lines: [] };
    }
  });
  if (open !== undefined) report(file, open.line - 1, 'this code block is never closed');
  return found;
}

/** Blocks that share a scope, as one program. */
function programsOf(all) {
  const found = [];
  for (const block of all) {
    const last = found[found.length - 1];
    if (!/^\/\/ continues\b/.test(block.lines[0])) found.push([block]);
    else if (last?.[0].file === block.file) last.push(block);
    else report(block.file, block.line, 'there is no block that this one could continue');
  }
  return found.map((parts, index) => ({
    // Beside the files that the page shows, so that it can import them.
    name: join(root, dirname(shownIn(parts[0].file)[0]?.path ?? '.'), `.documentation-${index}.ts`),
    lines: parts.flatMap((block) => block.lines.map((text, offset) => ({ text, file: block.file, line: block.line + offset }))),
  }));
}

/** The whole files that a page shows. */
function shownIn(page) {
  return blocks.filter(({ file, language, path }) => file === page && language === 'ts' && path !== undefined);
}

function checkTypes(all) {
  const compilerOptions = {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: ['node'],
    module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const texts = new Map();
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  Object.assign(host, {
    getCurrentDirectory: () => root,
    fileExists: (name) => texts.has(name) || fileExists(name),
    readFile: (name) => texts.get(name) ?? readFile(name),
    getSourceFile: (name, version, ...rest) => texts.has(name)
      ? ts.createSourceFile(name, texts.get(name), version, true) : getSourceFile(name, version, ...rest),
  });

  const exported = exportedNames(host, texts, compilerOptions);
  for (const program of all) {
    program.text = [importsFor(program, exported), ...program.lines.map(({ text }) => text)].join('\n');
    texts.set(program.name, program.text);
  }
  const checked = ts.createProgram(all.map(({ name }) => name), compilerOptions, host);
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(checked)) {
    const program = all.find(({ name }) => name === file?.fileName);
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    if (program === undefined) {
      report(file?.fileName ?? 'lib', 1, text);
      continue;
    }
    const place = program.lines[file.getLineAndCharacterOfPosition(start).line - 1] ?? program.lines[0];
    report(place.file, place.line, text);
  }
}

/** What needs no import, by module; the first module wins. */
function exportedNames(host, texts, compilerOptions) {
  const name = join(root, '.documentation-exports.ts');
  const modules = ['cdk8s-ha', 'cdk8s', 'constructs'];
  texts.set(name, modules.map((module, index) => `import * as m${index} from '${module}';`).join('\n'));
  const program = ts.createProgram([name], compilerOptions, host);
  const checker = program.getTypeChecker();
  return modules.map((module, index) => {
    const { moduleSpecifier } = program.getSourceFile(name).statements[index];
    const symbol = checker.getSymbolAtLocation(moduleSpecifier);
    if (symbol === undefined) report('package.json', 1, `'${module}' cannot be imported`);
    return [module, new Set(symbol === undefined ? [] : checker.getExportsOfModule(symbol).map((one) => one.name))];
  });
}

function importsFor({ lines }, exported) {
  const source = ts.createSourceFile('block.ts', lines.map(({ text }) => text).join('\n'), ts.ScriptTarget.ES2022, true);
  const used = new Set();
  const declared = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const declares = (ts.isImportSpecifier(parent) || ts.isVariableDeclaration(parent) || ts.isFunctionDeclaration(parent) || ts.isClassDeclaration(parent)
        || ts.isInterfaceDeclaration(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) && parent.name === node;
      if (declares) declared.add(node.text);
      else used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const taken = new Set(declared);
  return exported.flatMap(([module, names]) => {
    const wanted = [...used].filter((name) => names.has(name) && !taken.has(name)).sort();
    wanted.forEach((name) => taken.add(name));
    return wanted.length === 0 ? [] : [`import { ${wanted.join(', ')} } from '${module}';`];
  }).join(' ');
}

/** In a folder of its own, so that what it writes goes away; an app that is never asked for its output is asked here. */
function run(program) {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-docs-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const javaScript = (text) => ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } }).outputText;
    for (const { path, lines } of shownIn(program.lines[0].file)) writeFileSync(join(folder, basename(path).replace(/\.ts$/, '.js')), javaScript(lines.join('\n')));
    const ask = /^(?:export )?const app = /m.test(program.text) && !/\bapp\.(synth|render|findings)\(/.test(program.text) ? '\napp.render();\n' : '';
    writeFileSync(join(folder, 'main.js'), javaScript(program.text) + ask);
    execFileSync(process.execPath, ['main.js'], { cwd: folder, env: { ...process.env, CDK8S_OUTDIR: 'dist' }, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const place = program.lines[0];
    report(place.file, place.line, `does not run: ${String(error.stderr ?? error.message).split('\n').filter((line) => !/^\s+at |^$|^Node\.js/.test(line)).slice(0, 12).join('\n    ')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkExcerpt({ file, path, language, line, lines }) {
  const source = join(root, path);
  if (!existsSync(source)) return report(file, line - 1, `the file ${path} does not exist`);
  const text = readFileSync(source, 'utf8');
  if (language === 'ts') {
    if (text.trimEnd() !== lines.join('\n').trimEnd()) report(file, line, `is not the text of ${path} any more`);
    return;
  }
  const all = text.split('\n');
  let from = 0;
  let part = [];
  const settle = (next) => {
    if (part.length > 0) {
      const at = findPart(all, part.map(({ text: one }) => one), from);
      if (at === undefined) report(file, part[0].line, `does not stand in ${path}: ${part[0].text.trim()}`);
      else from = at + part.length;
    }
    part = next;
  };
  lines.forEach((one, index) => (/^\s*(#\s*)?…$/.test(one) ? settle([]) : part.push({ text: one, line: line + index })));
  settle([]);
}

/** Where a run of lines stands, whatever they are indented by together. */
function findPart(all, part, from) {
  for (let at = from; at + part.length <= all.length; at++) {
    const indent = all[at].length - part[0].length;
    if (indent < 0) continue;
    const prefix = ' '.repeat(indent);
    if (part.every((one, index) => all[at + index].trimEnd() === (one === '' ? '' : prefix + one).trimEnd())) return at;
  }
  return undefined;
}

/** A table with the columns guarantee, of, and one for each target. */
function checkLevels(page) {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  lines.forEach((text, index) => {
    const path = /^<!-- levels (\S+) -->$/.exec(text)?.[1];
    if (path === undefined) return;
    if (!existsSync(join(root, path))) return report(page, index + 1, `the file ${path} does not exist`);
    const answers = JSON.parse(readFileSync(join(root, path), 'utf8')).answers
      .flatMap(({ constructs, guarantees }) => constructs.flatMap((construct) => guarantees.map((one) => ({ ...one, of: construct.path }))));
    const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replace(/`/g, ''));
    const [, , ...targets] = cells(lines[index + 1]);
    for (let row = index + 3; lines[row]?.startsWith('|'); row++) {
      const [guarantee, of, ...levels] = cells(lines[row]);
      targets.forEach((target, column) => {
        const name = guarantee.toLowerCase().replace(/ /g, '-');
        const level = answers.find((one) => one.target === target && one.of === of && one.guarantee === name)?.level ?? 'never answered';
        if (levels[column] !== level.replace(/-/g, ' ')) report(page, row + 1, `${guarantee} of ${of} on ${target} is ${level}, not ${levels[column]}`);
      });
    }
  });
}

function checkLinks(page) {
  const lines = withoutCode(readFileSync(join(root, page), 'utf8').split('\n'));
  lines.forEach((text, index) => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const file = path === '' ? join(root, page) : resolve(root, dirname(page), decodeURI(path));
      if (!existsSync(file)) report(page, index + 1, `the link ${target} leads nowhere`);
      else if (anchor && file.endsWith('.md') && !anchorsOf(file).has(anchor)) report(page, index + 1, `${path || page} has no heading #${anchor}`);
    }
  });
}

function withoutCode(lines) {
  let inside = false;
  return lines.map((text) => {
    if (/^`{3,}/.test(text)) inside = !inside;
    return inside ? '' : text.replace(/`[^`]*`/g, '');
  });
}

/** As GitHub makes them of headings. */
function anchorsOf(file) {
  let inside = false;
  const anchors = readFileSync(file, 'utf8').split('\n').flatMap((text) => {
    if (/^`{3,}/.test(text)) inside = !inside;
    const heading = inside ? null : /^#{1,6} (.*)$/.exec(text);
    if (heading === null) return [];
    return [heading[1].toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-')];
  });
  return new Set(anchors);
}
