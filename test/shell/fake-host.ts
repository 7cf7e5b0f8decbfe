import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Printed } from './words';
import { which } from '../support/which';

/** All that deploy.sh needs besides docker. */
const UTILITIES = [
  'awk', 'base64', 'basename', 'cat', 'chmod', 'chown', 'cksum', 'cmp', 'cp', 'cut', 'dirname', 'find', 'grep', 'head', 'ls', 'mkdir', 'mv', 'rm', 'sed',
  'sort', 'tail', 'tr', 'wc',
];

const nothing = (): void => undefined;

/** What a program says on its standard error before it ends with an exit code. */
export class Failure extends Error {
  public constructor(text: string, public readonly code: number = 1) {
    super(text);
  }
}

export interface Result { code: number | null; stdout: string; stderr: string }

/** Where a program was called, and with which variables; those only where a stack is deployed. */
export interface Call { folder: string; variables: Record<string, string> }

export interface RunOptions {
  input?: string | Promise<string>;
  env?: NodeJS.ProcessEnv;
  /** The user who runs it; else the one who runs the tests. */
  uid?: number;
}

/** The engine that a host has. */
export interface Engine {
  /** What docker prints for some words. */
  docker(words: string[], call: Call): Printed;
}

/**
 * A host that has nothing but a fake docker, a clock that goes only while somebody sleeps, and the usual utilities.
 * Scripts are run as they are.
 */
export class FakeHost {
  /** Where releases are kept. */
  public readonly home: string;
  /** Calls of docker, one line each. */
  public readonly calls: string[] = [];
  /** What was asked of a fake that does not know it: a test is wrong then, or a script asks for something new. */
  public readonly mistakes: string[] = [];
  /** Calls of any program that go on, in the background too. */
  public readonly running = new Set<string>();
  /** Called before a program does anything; to throw a Failure is what the program does instead. */
  public before: (call: string) => void = nothing;
  /** The program and first arguments that run scripts. */
  public shell: string[] = ['sh'];

  private readonly folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-host-'));
  private readonly programs = join(this.folder, 'bin');
  private readonly clock = join(this.folder, 'clock');
  private readonly sockets = new Set<Socket>();
  private time = 0;
  private server!: Server;
  private script?: ChildProcess;

  public constructor(private readonly engine: Engine) {
    this.home = join(this.folder, 'home');
    mkdirSync(this.programs);
    for (const name of UTILITIES) symlinkSync(which(name)!, join(this.programs, name));
    for (const name of ['docker', 'sleep']) copyFileSync(join(__dirname, 'fake-program'), join(this.programs, name));
    copyFileSync(join(__dirname, 'fake-date'), join(this.programs, 'date'));
    this.install('flock');
    this.now = Date.UTC(2030, 0, 1) / 1000;
  }

  /** Seconds since 1970. */
  public get now(): number {
    return this.time;
  }

  public set now(seconds: number) {
    this.time = seconds;
    const [day, time] = new Date(seconds * 1000).toISOString().split(/[T.]/);
    // Replaced, not written over: a script in the background may read it at this moment.
    writeFileSync(`${this.clock}.new`, `${seconds} ${day} ${time} ${time.replaceAll(':', '')}\n`);
    renameSync(`${this.clock}.new`, this.clock);
  }

  public async start(): Promise<this> {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      this.answer(socket);
    });
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  public stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Puts a program of this machine on PATH, if there is one. */
  public install(name: string): void {
    const found = which(name);
    if (found !== undefined) symlinkSync(found, join(this.programs, name));
  }

  public uninstall(name: string): void {
    rmSync(join(this.programs, name), { force: true });
  }

  /** From now on a file whose path has this in it cannot be written, since the disk is full. */
  public fillDisk(path: string): void {
    this.uninstall('cp');
    const full = `case $* in *'${path}'*) echo "cp: error writing: No space left on device" >&2; exit 1 ;; esac`;
    writeFileSync(join(this.programs, 'cp'), `#!/bin/sh\n${full}\nexec ${which('cp')} "$@"\n`, { mode: 0o755 });
  }

  public freeDisk(): void {
    this.uninstall('cp');
    this.install('cp');
  }

  /** From now on what comes by standard input cannot be kept, since the disk is full. */
  public refuseInput(): void {
    this.uninstall('cat');
    const full = '[ $# -gt 0 ] || { echo "cat: write error: No space left on device" >&2; exit 1; }';
    writeFileSync(join(this.programs, 'cat'), `#!/bin/sh\n${full}\nexec ${which('cat')} "$@"\n`, { mode: 0o755 });
  }

  /** Runs a script to its end. */
  public run(script: string, args: string[] = [], { input = '', env = {}, uid }: RunOptions = {}): Promise<Result> {
    const [program, ...before] = this.shell;
    return new Promise((done) => {
      const child = spawn(which(program)!, [...before, script, ...args], {
        uid,
        env: { PATH: this.programs, HOME: this.folder, CDK8S_HA_HOME: this.home, FAKE_CLOCK: this.clock, FAKE_PORT: `${(this.server.address() as AddressInfo).port}`, ...env },
        // A group of its own, so that a signal reaches what the script has started too, as from a terminal.
        detached: true,
      });
      this.script = child;
      const result = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text) => result.stdout += text);
      child.stderr.setEncoding('utf8').on('data', (text) => result.stderr += text);
      child.stdin.on('error', () => undefined);
      void Promise.resolve(input).then((text) => child.stdin.end(text));
      child.on('close', (code) => done({ code, ...result }));
    });
  }

  /** Sends a signal to the script that runs and to all that it has started. */
  public signal(name: NodeJS.Signals): void {
    process.kill(-this.script!.pid!, name);
  }

  public read(path: string): string | undefined {
    return existsSync(join(this.home, path)) ? readFileSync(join(this.home, path), 'utf8') : undefined;
  }

  public write(path: string, text: string): void {
    mkdirSync(join(this.home, path, '..'), { recursive: true });
    writeFileSync(join(this.home, path), text);
  }

  /** Paths of all files below a folder of the home. */
  public files(folder: string = ''): string[] {
    const root = join(this.home, folder);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
      .map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
  }

  private answer(socket: Socket): void {
    let received = '';
    socket.setEncoding('utf8').on('error', () => undefined).on('data', (text) => {
      received += text;
      const [count, ...words] = received.split('\0');
      if (words.length <= Number(count)) return;
      const call = words.slice(2, -1).join(' ');
      socket.on('close', () => this.running.delete(call));
      this.running.add(call);
      void this.call(words.slice(0, -1)).then(({ code, descriptor, output }) => {
        this.running.delete(call);
        socket.end(`${code} ${descriptor}\n${output}`);
      });
    });
  }

  private async call([folder, exported, program, ...words]: string[]): Promise<{ code: number; descriptor: number; output: string }> {
    try {
      if (program === 'docker') this.calls.push(words.join(' '));
      this.before([program, ...words].join(' '));
      return { code: 0, descriptor: 1, output: await this.output(program, words, { folder, variables: variablesOf(exported) }) };
    } catch (error) {
      if (!(error instanceof Failure)) this.mistakes.push(`${error}`);
      const { message, code = 125 } = error as Failure;
      return { code, descriptor: 2, output: `${message}\n` };
    }
  }

  private output(program: string, words: string[], call: Call): Printed {
    if (program === 'docker') return this.engine.docker(words, call);
    this.now += Number(words[0]);
    return '';
  }
}

/** What `export -p` of bash says. */
function variablesOf(exported: string): Record<string, string> {
  return Object.fromEntries([...exported.matchAll(/^declare -x (\w+)="(.*)"$/gm)].map(([, name, value]) => [name, value.replace(/\\([$`"\\])/g, '$1')]));
}
