/** Helpers of the tests that run what was generated on a real container engine. */

import { spawn, spawnSync } from 'node:child_process';
import * as http from 'node:http';
import * as https from 'node:https';
import { CLIENT_IMAGE, ENGINE_MODE, VISITOR_PORTS, IMAGES, LOAD_IMAGE, PEBBLE_IMAGE, REACH_IMAGE, type VisitorPorts } from './settings';

export * from './settings';

// ---- is there an engine? --------------------------------------------------------------------------------

let reason: string | undefined;
let checked = false;

/** Why engine tests cannot run here; undefined if they can. Asked once in a process. */
export function whyNoEngine(): string | undefined {
  if (!checked) {
    reason = lookForEngine();
    checked = true;
  }
  return reason;
}

/** Whether an engine, Compose and the images that were built here are all there. */
export function engineAvailable(): boolean {
  return whyNoEngine() === undefined;
}

function lookForEngine(): string | undefined {
  if (ENGINE_MODE === 'off') {
    return 'CDK8S_HA_TEST_ENGINE is off';
  }
  const ask = (...args: string[]) => spawnSync('docker', args, { encoding: 'utf8', timeout: 20_000 });
  if (ask('version').status !== 0) {
    return 'docker does not answer (see test/engine/start-engine.sh)';
  }
  if (ask('compose', 'version').status !== 0) {
    return 'docker has no Compose plugin (see test/engine/start-engine.sh)';
  }
  // Images with another name can be pulled; these cannot.
  const local = [...Object.values(IMAGES), CLIENT_IMAGE, LOAD_IMAGE, REACH_IMAGE].filter(image => image.startsWith('localhost/'));
  if (local.length > 0) {
    const images = ask('image', 'inspect', '-f', '{{.Id}}', ...local);
    if (images.status !== 0) {
      return `images are missing (see test/engine/build-images.sh): ${images.stderr.trim()}`;
    }
  }
  return undefined;
}

/**
 * `describe` for tests that need an engine. Without one they are reported as skipped, with a message that
 * cannot be overlooked, or as failed where CDK8S_HA_TEST_ENGINE=required; never as passed.
 */
export function describeWithEngine(name: string, tests: () => void): void {
  describeUnless(whyNoEngine(), name, tests);
}

/** The same for what an engine alone does not give; `why` it is not there. */
export function describeUnless(why: string | undefined, name: string, tests: () => void): void {
  if (why === undefined || ENGINE_MODE !== 'required') {
    describeWhere(why, name, tests);
  } else {
    describe(name, () => {
      test('has an engine', () => {
        throw new Error(`no engine, and CDK8S_HA_TEST_ENGINE is required: ${why}`);
      });
    });
  }
}

/** The same for what no engine can give, such as a module of the kernel: `why` it is not there is no failure. */
export function describeWhere(why: string | undefined, name: string, tests: () => void): void {
  if (why === undefined) {
    describe(name, tests);
  } else {
    const line = '!'.repeat(100);
    // Not by console: a test runner may hold that back.
    process.stderr.write(`\n${line}\n!! NOT TESTED on an engine: ${name}\n!! ${why}\n${line}\n`);
    describe.skip(`${name} [NOT TESTED: ${why}]`, tests);
  }
}

// ---- commands -------------------------------------------------------------------------------------------

export interface RunOptions {
  readonly input?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds until the command is killed. @default 120000 */
  readonly timeout?: number;
  /** Return a failure instead of throwing it. @default false */
  readonly mayFail?: boolean;
}

export interface RunResult {
  /** -1 when it was killed by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await new Promise<RunResult>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeout ?? 120_000,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', chunk => stdout.push(chunk));
    child.stderr.on('data', chunk => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', code => resolve({
      code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(),
    }));
    // A program that does not read its input is no error of ours.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
  if (result.code !== 0 && !options.mayFail) {
    const end = result.code === -1 ? 'was killed or ran out of time' : `ended with ${result.code}`;
    throw new Error(`${program} ${args.join(' ')} ${end}:\n${result.stderr}${result.stdout}`);
  }
  return result;
}

export function docker(args: readonly string[], options?: RunOptions): Promise<RunResult> {
  return run('docker', args, options);
}

/** Runs a command in a container that runs. */
export function execIn(container: string, command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const stdin = options.input === undefined ? [] : ['-i'];
  return docker(['exec', ...stdin, container, ...command], options);
}

/** A file of an image, such as a certificate; no container is started. */
export async function fileFromImage(image: string, path: string): Promise<string> {
  const container = (await docker(['create', image, 'true'])).stdout.trim();
  try {
    // Copied out as an archive, which is unpacked by tar.
    return (await run('sh', ['-c', 'docker cp "$1:$2" - | tar -xOf -', 'sh', container, path])).stdout;
  } finally {
    await docker(['rm', '-f', '-v', container]);
  }
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Asks again until the answer is truthy, and returns it. An error counts as "not yet".
 * @param timeout milliseconds
 */
export async function waitUntil<T>(
  ask: () => T | Promise<T>, timeout = 30_000, what = 'waitUntil', interval = 200,
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeout;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) {
        return answer as Truthy<T>;
      }
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise(resolve => setTimeout(resolve, interval));
  } while (Date.now() < deadline);
  throw new Error(`${what}: not within ${timeout} ms; last: ${last instanceof Error ? last.message : String(last)}`);
}

// ---- Compose --------------------------------------------------------------------------------------------

export interface ComposeOptions {
  /** @default - the name in the file */
  readonly project?: string;
  /** @default - what Compose finds in the folder */
  readonly files?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead';
  /** `none` without a health check. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode: number;
  readonly restarts: number;
}

export class ComposeProject {
  public constructor(private readonly directory: string, private readonly options: ComposeOptions = {}) {}

  /** `docker compose` with these arguments. */
  public run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const project = this.options.project ? ['--project-name', this.options.project] : [];
    const files = (this.options.files ?? []).flatMap(file => ['--file', file]);
    return docker(['compose', ...project, ...files, ...args], {
      ...options, cwd: this.directory, env: { ...this.options.env, ...options.env },
    });
  }

  /** Starts all, or the services named, and waits until they are healthy. */
  public up(...services: string[]): Promise<RunResult> {
    return this.run(['up', '--detach', '--wait', ...services]);
  }

  /** Removes all of it, data too. */
  public async down(): Promise<void> {
    await this.run(['--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5']);
  }

  /** Containers of a service, also those that have ended, in the order of their names. */
  public async containers(service: string): Promise<Container[]> {
    const ids = (await this.run(['ps', '--all', '--quiet', service])).stdout.split('\n').filter(id => id !== '');
    return inspect(ids);
  }

  /** The only, or the first, container of a service. */
  public async container(service: string): Promise<Container> {
    const [first] = await this.containers(service);
    if (!first) {
      throw new Error(`${service} has no container`);
    }
    return first;
  }
}

export function compose(directory: string, options?: ComposeOptions): ComposeProject {
  return new ComposeProject(directory, options);
}

/** State of containers, in the order of their names. */
export async function inspect(containers: readonly string[]): Promise<Container[]> {
  if (containers.length === 0) {
    return [];
  }
  const found = JSON.parse((await docker(['inspect', '--type', 'container', ...containers])).stdout) as any[];
  return found
    .map((one): Container => ({
      id: one.Id,
      name: one.Name.slice(1),
      status: one.State.Status,
      health: one.State.Health?.Status ?? 'none',
      exitCode: one.State.ExitCode,
      restarts: one.RestartCount,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

// ---- requests -------------------------------------------------------------------------------------------

/** Where a request comes from: a guest of a network, or a container itself, with its addresses and rules. */
export type Place = { readonly network: string } | { readonly container: string };

export interface HttpOptions {
  /** @default - GET, POST with a body */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for all of it. @default 5000 */
  readonly timeout?: number;
  /** PEM of the authority to trust. @default - certificates are not verified */
  readonly ca?: string;
  /** From outside: address where visitors arrive. @default 127.0.0.1 */
  readonly host?: string;
  /** From outside: where visitors arrive on this host. @default VISITOR_PORTS */
  readonly ports?: VisitorPorts;
}

export interface HttpAnswer {
  /** 0 if there was no answer. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why there was no answer. */
  readonly error?: string;
}

/** Asks from inside: `curl` in a container of its own that stands at this place. Does not throw. */
export async function httpFrom(place: Place, url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const timeout = options.timeout ?? 5_000;
  const args = ['--silent', '--show-error', '--include', '--max-time', String(timeout / 1000)];
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    args.push('--header', `${name}: ${value}`);
  }
  if (options.method !== undefined) {
    args.push(...options.method === 'HEAD' ? ['--head'] : ['--request', options.method]);
  }
  let input: string | undefined;
  if (options.ca !== undefined) {
    if (options.body !== undefined) {
      throw new Error('httpFrom: a body or a ca, not both: there is one standard input');
    }
    args.push('--cacert', '/dev/stdin');
    input = options.ca;
  } else {
    args.push('--insecure');
  }
  if (options.body !== undefined) {
    args.push('--data-binary', '@-');
    input = options.body;
  }
  const result = await curlAt(place, [...args, url], timeout, input);
  return result.code === 0 ? parseAnswer(result.stdout) : { status: 0, headers: {}, body: '', error: result.stderr.trim() };
}

/** Whether a TCP connection can be made; what is said over it does not matter. */
export async function canConnect(place: Place, host: string, port: number, timeout = 2_000): Promise<boolean> {
  const seconds = String(timeout / 1000);
  const { stdout } = await curlAt(place, [
    '--silent', '--connect-timeout', seconds, '--max-time', seconds, '--write-out', '%{time_connect}', `telnet://${host}:${port}`,
  ], timeout);
  return Number(/[\d.]+$/.exec(stdout)?.[0] ?? 0) > 0;
}

const curlAt = (place: Place, args: string[], timeout: number, input?: string): Promise<RunResult> => clientAt(place, 'curl', args, timeout, input);

/** Runs a program of the client image at this place. */
export async function clientAt(place: Place, program: string, args: readonly string[], timeout: number, input?: string): Promise<RunResult> {
  const network = 'network' in place ? place.network : `container:${place.container}`;
  const result = await docker(
    ['run', '--rm', '-i', '--network', network, '--entrypoint', program, CLIENT_IMAGE, ...args],
    { input, timeout: timeout + 30_000, mayFail: true },
  );
  if (result.code === 125 || result.code === -1) {
    // The engine's failure, not the program's: no such network, for example. Never to be taken for "cannot reach".
    throw new Error(`docker run at ${network} failed: ${result.stderr}`);
  }
  return result;
}

function parseAnswer(text: string): HttpAnswer {
  let rest = text;
  let head = '';
  // 100 Continue has a head of its own before the real one.
  do {
    const end = rest.indexOf('\r\n\r\n');
    head = rest.slice(0, end);
    rest = rest.slice(end + 4);
  } while (/^HTTP\/[\d.]+ 1\d\d/.test(head));
  const [first, ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(first.split(' ')[1]), headers, body: rest };
}

/**
 * Asks from outside: connects to the published port on this host and names the host of the URL, as if a
 * DNS entry led here. Does not throw.
 */
export function httpFromHost(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { protocol, hostname, host, pathname, search } = new URL(url);
  const secure = protocol === 'https:';
  const ports = options.ports ?? VISITOR_PORTS;
  return new Promise(resolve => {
    const failed = (error: Error) => resolve({ status: 0, headers: {}, body: '', error: error.message });
    const request = (secure ? https : http).request({
      host: options.host ?? '127.0.0.1',
      port: secure ? ports.https : ports.http,
      path: pathname + search,
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      headers: { host, ...options.headers },
      agent: false,
      servername: hostname,
      ca: options.ca,
      rejectUnauthorized: options.ca !== undefined,
      signal: AbortSignal.timeout(options.timeout ?? 5_000),
    }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => resolve({
        status: response.statusCode!,
        headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')])),
        body: Buffer.concat(chunks).toString(),
      }));
    });
    request.on('error', failed);
    request.end(options.body);
  });
}

// ---- certificates ---------------------------------------------------------------------------------------

/** PEM of the authority that signed the HTTPS certificate of the ACME test server itself. */
export function acmeServerCertificate(): Promise<string> {
  return fileFromImage(PEBBLE_IMAGE, '/etc/pebble/cert.pem');
}

/** PEM of the root that signs what a running ACME test server issues; a new one at each of its starts. */
export async function acmeRootCertificate(pebble: Place): Promise<string> {
  const host = 'container' in pebble ? 'localhost' : 'pebble';
  const answer = await httpFrom(pebble, `https://${host}:15000/roots/0`);
  if (answer.status !== 200) {
    throw new Error(`the ACME test server has no root: ${answer.error ?? answer.status}`);
  }
  return answer.body;
}

/**
 * Starts the ACME test server in a network, as `pebble`. It asks the name of a certificate in that network:
 * the load balancer needs it as an alias there.
 * @returns its container, to be removed by the caller
 */
export async function startAcmeServer(network: string): Promise<string> {
  const started = await docker(['run', '--detach', '--network', network, '--network-alias', 'pebble', PEBBLE_IMAGE]);
  const container = started.stdout.trim();
  await waitUntil(async () => (await httpFrom({ container }, 'https://localhost:14000/dir')).status === 200, 20_000, 'pebble');
  return container;
}
