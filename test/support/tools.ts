import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Problem } from './problem';
import { onPath, OWN_FOLDER } from './which';

/** The real programs that read what we write. None of them needs an engine for what is asked here. */
export type Tool = 'docker compose' | 'docker stack' | 'caddy' | 'nginx' | 'nginx stream' | 'traefik' | 'haproxy' | 'helm' | 'kustomize' | 'lego' | 'pebble' | 'shellcheck';

const TOOLS: readonly Tool[] = [
  'docker compose', 'docker stack', 'caddy', 'nginx', 'nginx stream', 'traefik', 'haproxy', 'helm', 'kustomize', 'lego', 'pebble', 'shellcheck',
];
const INSTALL = 'scripts/install-test-tools.sh';

const commands = new Map<Tool, string[] | undefined>();
const told = new Set<Tool>();

/** The command line a tool is called with: one on PATH, else one of this repository's; undefined: there is none. */
export function findTool(tool: Tool): readonly string[] | undefined {
  if (!commands.has(tool)) commands.set(tool, candidates(tool).find((command) => works(command, tool)));
  return commands.get(tool);
}

export function missingTools(): Tool[] {
  return TOOLS.filter((tool) => findTool(tool) === undefined);
}

/** A test that needs a tool. Without the tool it is skipped, and said so aloud. */
export function testWith(tool: Tool, name: string, check: jest.ProvidesCallback): void {
  if (findTool(tool) === undefined) {
    // Past jest's own console, which some reporters swallow.
    if (!told.has(tool)) process.stderr.write(`SKIPPED: tests with ${tool}, which is not installed: run ${INSTALL}\n`);
    told.add(tool);
    test.skip(`${name} (${tool})`, check);
    return;
  }
  test(`${name} (${tool})`, check);
}

/** What `docker compose config` says of a file. `env` stands for `.env`: a variable without a value is a problem. */
export function composeConfig(file: string, env: Record<string, string> = {}): Problem[] {
  const { status, output } = run('docker compose', ['-f', file, 'config', '-q'], env);
  return toProblems('docker-compose', file, status, output, /level=(warning|error|fatal)|^time=/);
}

/** What `docker stack config` says of a file; every warning counts. */
export function stackConfig(file: string, env: Record<string, string> = {}): Problem[] {
  const { status, output } = run('docker stack', ['config', '-c', file], env);
  return toProblems('docker-stack', file, status, output, /level=(warning|error|fatal)|^Ignoring|^time=/);
}

/** What `caddy validate` says of a Caddyfile, or of a `.json` configuration; it is not started. */
export function caddyValidate(file: string, env: Record<string, string> = {}): Problem[] {
  const adapter = file.endsWith('.json') ? [] : ['--adapter', 'caddyfile'];
  // Validation opens the storage of certificates: never the user's own.
  const home = mkdtempSync(join(tmpdir(), 'caddy-'));
  try {
    const { status, output } = run('caddy', ['validate', '--config', file, ...adapter], { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, ...env });
    return toProblems('caddy', file, status, output, /^Error:|"level":"(error|fatal)"|not formatted/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What `nginx -t` says of a configuration: every warning counts. It is not started, but its folders are made. */
export function nginxTest(file: string): Problem[] {
  const { status, output } = run(findTool('nginx stream') === undefined ? 'nginx' : 'nginx stream', ['-e', 'stderr', '-q', '-t', '-c', file], {});
  return toProblems('nginx', file, status, output, /\[(warn|error|crit|alert|emerg)\]/);
}

/** What `haproxy -c` says of a configuration; warnings count. */
export function haproxyCheck(file: string): Problem[] {
  const { status, output } = run('haproxy', ['-c', '-f', file], {});
  return toProblems('haproxy', file, status, output, /^\[(WARNING|ALERT)\]/);
}

/** What shellcheck says of a script: warnings and worse. */
export function shellcheck(file: string): Problem[] {
  const { status, stdout, output } = run('shellcheck', ['--severity=warning', '--format=gcc', file], {});
  return toProblems('shellcheck', file, status, stdout + output, / (warning|error): /);
}

/** What `helm lint --strict` says of a chart. */
export function helmLint(chart: string): Problem[] {
  const { status, stdout, output } = run('helm', ['lint', '--strict', '--quiet', chart], {});
  return toProblems('helm', chart, status, stdout + output, /^\[(WARNING|ERROR)\]/);
}

/** What Helm does with a chart: `template`, `package`. Fails with its message. */
export function helm(...args: string[]): string {
  return succeed('helm', args);
}

/** What `kustomize build`, or kubectl's own, makes of a folder. Fails with its message. */
export function kustomizeBuild(folder: string): string {
  return succeed('kustomize', [folder]);
}

function succeed(tool: Tool, args: string[]): string {
  const { status, stdout, output } = run(tool, args, {});
  if (status !== 0) throw new Error(output.trim());
  return stdout;
}

function candidates(tool: Tool): string[][] {
  const docker = onPath('docker');
  switch (tool) {
    case 'docker compose': return [...docker.map((path) => [path, 'compose']), [join(OWN_FOLDER, 'docker-compose')]];
    case 'docker stack': return [...docker, join(OWN_FOLDER, 'docker')].map((path) => [path, 'stack']);
    case 'kustomize': return [
      ...[...onPath(tool), join(OWN_FOLDER, tool)].map((path) => [path, 'build']), ...onPath('kubectl').map((path) => [path, 'kustomize']),
    ];
    case 'nginx stream': return candidates('nginx');
    case 'caddy':
    case 'nginx':
    case 'traefik':
    case 'helm':
    case 'lego':
    case 'pebble':
    case 'shellcheck':
    case 'haproxy': return [...onPath(tool), join(OWN_FOLDER, tool)].map((path) => [path]);
  }
}

/** Whether a program is there and has what is asked of it: an old docker has no `stack config`, an old nginx no `sticky`, an old HAProxy no `pause`. */
function works(command: string[], tool: Tool): boolean {
  const [program, ...prefix] = command;
  if (!existsSync(program)) return false;
  const says = (args: string[], expected: RegExp) => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    return status === 0 && expected.test(stdout + stderr);
  };
  switch (basename(program)) {
    case 'nginx': return says(['-v'], /nginx\/1\.(29\.([7-9]|\d\d)|[3-9]\d\.)/) && (tool === 'nginx' || takesStreams(program));
    case 'haproxy': return says(['-v'], /version (3\.[2-9]|3\.\d\d|[4-9]\.)/);
    case 'lego':
    case 'shellcheck': return says(['--version'], /^/);
    case 'pebble': return says(['-version'], /^/);
    case 'kustomize': return says(['version'], /^/);
    case 'kubectl': return says(['kustomize', '--help'], /^/);
    default: return prefix[0] === 'stack' ? says(['stack', 'config', '--help'], /stack config/) : says([...prefix, 'version'], /^/);
  }
}

/** Some builds have the module for connections apart. */
function takesStreams(nginx: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  try {
    writeFileSync(join(folder, 'nginx.conf'), `pid ${folder}/nginx.pid;\nevents {\n}\nstream {\n}\n`);
    return spawnSync(nginx, ['-e', 'stderr', '-q', '-t', '-c', join(folder, 'nginx.conf')]).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(tool: Tool, args: readonly string[], env: Record<string, string>): { status: number | null; stdout: string; output: string } {
  const command = findTool(tool);
  if (command === undefined) throw new Error(`${tool} is not installed: run ${INSTALL}`);
  const [program, ...prefix] = command;
  // Nothing of the caller's environment: a variable set there by chance would hide that a file does not declare it.
  const { status, stdout, stderr, error } = spawnSync(program, [...prefix, ...args], {
    encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env }, timeout: 60_000,
  });
  return { status, stdout: stdout ?? '', output: `${stderr ?? ''}${error ? `\n${error.message}` : ''}` };
}

/** After a failure all of the output counts, else only the lines that `relevant` knows. */
function toProblems(rule: string, file: string, status: number | null, output: string, relevant: RegExp): Problem[] {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const counted = lines.filter((line) => relevant.test(line));
  const chosen = status === 0 || counted.length > 0 ? counted : lines;
  if (status !== 0 && chosen.length === 0) chosen.push(`ended with ${status}`);
  return chosen.map((line) => ({ rule, object: basename(file), path: '', message: line }));
}
