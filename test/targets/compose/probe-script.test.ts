import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUSYBOX, runShell, SHELLS, which, type ShellResult } from './shells';
import {
  commandProbe, composeEscape, grpcProbe, httpProbe, readinessTest, tcpProbe, type ReadinessTestOptions,
} from '../../../src/targets/compose/probe-script';
import { shellQuote } from '../../../src/util/shell';
import { Authority } from '../../loadbalancers/visitors';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-probe-'));

const applet = (name: string) => BUSYBOX !== undefined && execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).split('\n').includes(name);

/** Folders for PATH with one tool each, and the same with `timeout`. */
const TOOLS: [string, string][] = [];
function offer(name: string, file: string, program: string | undefined | false, withTimeout: string | undefined): void {
  if (!program) {
    console.log(`skipped: no ${name} on this machine`);
    return;
  }
  for (const timeout of withTimeout === undefined ? [false] : [false, true]) {
    const path = join(folder, `${name}${timeout ? ' with timeout' : ''}`.replaceAll(' ', '-'));
    mkdirSync(path);
    symlinkSync(program, join(path, file));
    if (timeout) {
      symlinkSync(withTimeout!, join(path, 'timeout'));
      symlinkSync(name.startsWith('busybox') ? BUSYBOX! : which('true')!, join(path, 'true'));
    }
    TOOLS.push([`${name}${timeout ? ' with timeout' : ''}`, path]);
  }
}
const gnu = (name: string) => {
  const path = which(name);
  return path !== undefined && spawnSync(path, ['--help'], { encoding: 'utf8' }).stdout.includes('GNU') ? path : undefined;
};
offer('GNU wget', 'wget', gnu('wget'), which('timeout'));
// The busybox of Debian 12 (1.35) crashes with -T.
const busyboxWget = applet('wget') && spawnSync(BUSYBOX!, ['wget', '-T', '1', '-O', '/dev/null', 'http://127.0.0.1:1/']).signal === null;
offer('busybox wget', 'wget', busyboxWget && BUSYBOX, applet('timeout') ? BUSYBOX : undefined);
offer('curl', 'curl', which('curl'), undefined);
offer('nc', 'nc', which('nc'), which('timeout'));
offer('busybox nc', 'nc', applet('nc') && BUSYBOX, undefined);
offer('bash as a tool', 'bash', which('bash'), which('timeout'));
const nothing = join(folder, 'nothing');
mkdirSync(nothing);

/** A shell that prefers its own applets to PATH cannot be without tools. */
const BARE_SHELLS = SHELLS.filter(([, [program, ...args]]) =>
  spawnSync(program, [...args, '-c', 'command -v wget'], { env: { PATH: nothing } }).status !== 0);

let http: Server;
let port: number;
let secure: Server;
let securePort: number;
let silent: TcpServer;
let silentPort: number;
let talkative: TcpServer;
let talkativePort: number;
let closedPort: number;
let asked: string[] = [];

const listen = async (server: TcpServer | Server) => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  http = createHttpServer((request, response) => {
    asked.push(request.url!);
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    const status = Number(/^\/status\/(\d+)/.exec(pathname)?.[1] ?? 200);
    if (pathname === '/hang') return;
    if (pathname === '/large') {
      response.end('x'.repeat(300_000));
      return;
    }
    if (searchParams.has('to')) response.setHeader('Location', searchParams.get('to')!);
    response.statusCode = status;
    response.end([204, 304].includes(status) ? undefined : 'body\n');
  });
  http.keepAliveTimeout = 1;
  secure = createHttpsServer(Authority.root('own').sign('/CN=another'), (request, response) => {
    response.writeHead(Number(/\d+$/.exec(request.url!)?.[0] ?? 200)).end();
  });
  securePort = await listen(secure);
  port = await listen(http);
  silent = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
  });
  silentPort = await listen(silent);
  talkative = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('220 2xx is what mail servers say\r\n');
  });
  talkativePort = await listen(talkative);
  const closed = createServer();
  closedPort = await listen(closed);
  await new Promise((done) => closed.close(done));
});

afterAll(() => {
  http.closeAllConnections();
  http.close();
  secure.closeAllConnections();
  secure.close();
  silent.close();
  talkative.close();
  rmSync(folder, { recursive: true });
});

const everywhere = BARE_SHELLS.flatMap(([shell, command], index) =>
  TOOLS.filter(([tool]) => index === 0 || !tool.endsWith('with timeout')).map(([tool, path]) => [shell, tool, command, path] as const));

describe.each(everywhere)('in %s with %s', (_, tool, shell, path) => {
  const follows = /wget|curl/.test(tool);
  // A proxy for the outside is not asked about the container itself.
  const env = { PATH: path, http_proxy: 'http://127.0.0.1:1', all_proxy: 'http://127.0.0.1:1' };
  const ask = (target: string, of = port) => runShell(shell, httpProbe({ port: of, path: target, timeoutSeconds: 1 }), env);

  test('only 2xx is success, of the last answer', async () => {
    const codes: Record<string, number> = {};
    const targets: [string, boolean][] = [
      ...[200, 201, 202, 204, 206, 299].map((status): [string, boolean] => [`/status/${status}`, true]),
      ...[300, 301, 302, 304, 400, 401, 404, 500, 503].map((status): [string, boolean] => [`/status/${status}`, false]),
      ['/status/302?to=/status/200', follows],
      ['/status/302?to=/status/503', false],
      ['/large', true],
    ];
    for (const [target] of targets) codes[target] = (await ask(target)).code === 0 ? 0 : 1;
    expect(codes).toEqual(Object.fromEntries(targets.map(([target, ok]) => [target, ok ? 0 : 1])));
  });

  test('no answer, no server, another protocol', async () => {
    const [hanging, mute, other, refused] = await Promise.all([ask('/hang'), ask('/', silentPort), ask('/', talkativePort), ask('/', closedPort)]);
    expect([hanging, mute, other].filter(({ code }) => code === 0)).toEqual([]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`http://127.0.0.1:${closedPort}/`);
  });

  test('every character of a path arrives', async () => {
    const target = '/a b\'"$HOME`id`\\{1..3}[x]<>|^~*;!#ü%20%zz&&/?q=1&r=$(id)&s=100%&t=%26';
    asked = [];
    expect((await ask(target)).code).toBe(0);
    const decoded = (text: string) => text.split('%26').map((part) => decodeURIComponent(part)).join('%26');
    expect(asked.map(decoded)).toEqual(['/a b\'"$HOME`id`\\{1..3}[x]<>|^~*;!#ü %zz&&/?q=1&r=$(id)&s=100%&t=%26']);
  });

  test('over TLS, whoever the certificate is for, where the tool can', async () => {
    const askSecure = (target: string, of = securePort) => runShell(shell, httpProbe({ port: of, path: target, timeoutSeconds: 1, tls: true }), env);
    const codes = await Promise.all([askSecure('/status/200'), askSecure('/status/503'), askSecure('/', port), askSecure('/', closedPort)]);
    expect(codes.map(({ code }) => code)).toEqual([follows ? 0 : 1, 1, 1, 1]);
    if (!follows) expect(codes[0].stderr).toContain('no wget or curl in this image: use HealthCheck.command');
    // Without the word TLS is not spoken.
    expect((await ask('/status/200', securePort)).code).toBe(1);
  });

  test('TCP', async () => {
    const connect = async (to: number) => (await runShell(shell, tcpProbe({ port: to, timeoutSeconds: 1 }), env)).code === 0;
    expect(await Promise.all([connect(port), connect(silentPort), connect(talkativePort), connect(closedPort)])).toEqual([true, true, true, false]);
  });
});

describe.each(BARE_SHELLS)('in %s', (_, shell) => {
  test('an image without any tool is told so', async () => {
    for (const probe of [httpProbe({ port, path: '/', timeoutSeconds: 1 }), tcpProbe({ port, timeoutSeconds: 1 })]) {
      const { code, stderr } = await runShell(shell, probe, { PATH: nothing });
      expect(code).toBe(1);
      expect(stderr).toContain('no wget, curl, nc or bash in this image: use HealthCheck.command');
    }
  });

  test('gRPC: the own probe of the image, else TCP', async () => {
    for (const name of ['grpc_health_probe', 'grpc-health-probe']) {
      const path = join(folder, `${name}-${shell.join('-').replaceAll('/', '-')}`);
      mkdirSync(path);
      writeFileSync(join(path, name), '#!/bin/sh\necho "$@"; exit 3\n');
      chmodSync(join(path, name), 0o755);
      expect(await runShell(shell, grpcProbe({ port: 50051, service: "a b'c", timeoutSeconds: 1.5 }), { PATH: path })).toMatchObject({
        code: 3, stdout: "-addr=127.0.0.1:50051 -connect-timeout=2s -rpc-timeout=2s -service=a b'c\n",
      });
    }
    const bash = TOOLS.find(([tool]) => tool === 'bash as a tool');
    if (bash === undefined) return;
    expect((await runShell(shell, grpcProbe({ port, timeoutSeconds: 1 }), { PATH: bash[1] })).code).toBe(0);
    expect((await runShell(shell, grpcProbe({ port: closedPort, timeoutSeconds: 1 }), { PATH: bash[1] })).code).not.toBe(0);
  });
});

describe.each(SHELLS)('in %s', (_, shell) => {
  const env = { PATH: process.env.PATH };

  test('words of a command arrive', async () => {
    const words = ['a b', "it's", '$HOME', '`id`', '\\', '"', '', '*', '-n', 'a=b', '~', '!', 'line\nbreak', '#', 'ü', '{a,b}', 'if'];
    const { stdout } = await runShell(shell, commandProbe(['printf', '<%s>', ...words]), env);
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    expect((await runShell(shell, commandProbe(['sh', '-c', 'exit 7']), env)).code).toBe(7);
    expect((await runShell(shell, commandProbe(['sleep', '20'], 1), env)).code).not.toBe(0);
  });
});

test('quoting', () => {
  expect(shellQuote("it's")).toBe("'it'\\''s'");
  expect(() => shellQuote('a\0b')).toThrow('contains NUL');
  expect(commandProbe(['pg_isready', '-q', '-h', '127.0.0.1'])).toBe('pg_isready -q -h 127.0.0.1');
  expect(commandProbe(['if', '/a b'])).toBe("'if' '/a b'");
  expect(composeEscape('$a $$ ${b}')).toBe('$$a $$$$ $${b}');
});

test('probes are one line', () => {
  for (const probe of [httpProbe({ port: 1, path: '/a\nb', timeoutSeconds: 1 }), tcpProbe({ port: 1, timeoutSeconds: 1 }), grpcProbe({ port: 1, timeoutSeconds: 1 })]) {
    expect(probe).not.toContain('\n');
  }
  expect(readinessTest({ ready: 'true', intervalSeconds: 1, stopSignalGraceSeconds: 1 })).toBe('true');
});

test('what cannot be asked is refused', () => {
  expect(() => httpProbe({ port: 80, path: 'healthz', timeoutSeconds: 1 })).toThrow("must start with '/'");
  expect(() => httpProbe({ port: 0, path: '/', timeoutSeconds: 1 })).toThrow('ports are 1 to 65535');
  expect(() => tcpProbe({ port: 70000, timeoutSeconds: 1 })).toThrow('ports are 1 to 65535');
  expect(() => tcpProbe({ port: 80, timeoutSeconds: 0 })).toThrow('after 0 seconds');
  expect(() => commandProbe([])).toThrow('needs a program');
});

/** A container whose time, process 1 and signals are ours: checks by hand, in no time. */
class FakeContainer {
  private readonly path = mkdtempSync(join(folder, 'container-'));
  private now = 1000;

  public constructor(private readonly shell: string[], private readonly options: Partial<ReadinessTestOptions> = {}) {
    mkdirSync(join(this.path, '1', 'fd'), { recursive: true });
    this.start(4711);
  }

  public start(ticks: number, init = 'docker-init'): void {
    writeFileSync(join(this.path, '1', 'comm'), `${init}\n`);
    writeFileSync(join(this.path, '1', 'stat'), `1 (an (odd) name) S ${Array.from({ length: 18 }, () => 0).join(' ')} ${ticks} 0 0\n`);
  }

  /** One check, `after` seconds later: its exit code and the signals sent. */
  public async check(after: number, ready: boolean, live: boolean | 'killed' | 'slow'): Promise<string> {
    this.now += after;
    writeFileSync(join(this.path, 'uptime'), `${this.now}.25 99.5\n`);
    const probe = live === 'killed' ? 'kill_check' : `${live === 'slow' ? 'sleep 0.05; ' : ''}${live ? 'true' : 'exit 1'}`;
    const script = readinessTest({
      ready: ready ? 'true' : 'exit 1',
      live: probe,
      restartAfterSeconds: 30,
      intervalSeconds: 10,
      stopSignalGraceSeconds: 15,
      statePath: join(this.path, 'state'),
      procPath: this.path,
      ...this.options,
    });
    // The engine ends a check by KILL; a subshell's $$ is the check's.
    const fakes = `kill() { echo "kill $*" >> ${this.path}/signals; }; kill_check() { command kill -KILL $$; };\n`;
    const { code } = await runShell(this.shell, fakes + script, { PATH: process.env.PATH });
    const signals = existsSync(join(this.path, 'signals')) ? readFileSync(join(this.path, 'signals'), 'utf8').trim() : '';
    rmSync(join(this.path, 'signals'), { force: true });
    return `${code} ${signals}`.trim();
  }

  public log(): string {
    const path = join(this.path, '1', 'fd', '2');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}

describe.each(SHELLS)('readiness and restart in %s', (_, shell) => {
  test('the ready probe alone decides the answer', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, false, true)).toBe('1');
    expect(await container.check(10, true, true)).toBe('0');
    expect(await container.check(10, true, false)).toBe('0');
    expect(await container.check(10, true, 'slow')).toBe('0');
  });

  test('readiness restarts nobody, however long', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 12; check++) expect(await container.check(10, false, true)).toBe('1');
  });

  test('nothing happens before the first success', async () => {
    const container = new FakeContainer(shell);
    for (let check = 0; check < 8; check++) expect(await container.check(10, false, false)).toBe('1');
  });

  test('failing for restartAfter: TERM, and KILL after the grace', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
    expect(container.log()).toBe('health check: not live for 30 s (4 checks): sending TERM to all processes, the restart policy starts it again\n');
    // It is past praying for, and gets no traffic, even if it answers.
    expect(await container.check(10, true, true)).toBe('1');
    expect(await container.check(10, true, true)).toBe('1 kill -KILL -1');
    expect(await container.check(10, false, false)).toBe('1 kill -KILL -1');
    // The next life knows nothing of this one, even where /tmp survives.
    container.start(9000);
    expect(await container.check(1, false, false)).toBe('1');
    expect(await container.check(60, false, false)).toBe('1');
    expect(await container.check(1, true, true)).toBe('0');
  });

  test('a success in between starts anew', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let round = 0; round < 3; round++) {
      for (let check = 0; check < 3; check++) expect(await container.check(10, false, false)).toBe('1');
      expect(await container.check(10, true, true)).toBe('0');
    }
  });

  test('checks killed by the engine count, and the restart does not wait for one that ends', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 3; check++) expect(await container.check(10, false, 'killed')).toBe('-1');
    expect(await container.check(10, false, 'killed')).toBe('1 kill -TERM -1');
    expect(await container.check(15, false, 'killed')).toBe('1 kill -KILL -1');
  });

  test('restartAfter shorter than the interval: two failing checks', async () => {
    const container = new FakeContainer(shell, { restartAfterSeconds: 3 });
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1 kill -TERM -1');
  });

  test('a host that slept restarts nobody who answers or has failed once', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(86_400, true, true)).toBe('0');
    expect(await container.check(10, false, false)).toBe('1');
    expect(await container.check(86_400, false, false)).toBe('1');
  });

  test('quick checks during start-up do not count as long ones', async () => {
    const container = new FakeContainer(shell);
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 20; check++) expect(await container.check(1, false, false)).toBe('1');
  });

  test('nothing is ended where process 1 is not an init of Docker', async () => {
    const container = new FakeContainer(shell);
    container.start(4711, 'systemd');
    expect(await container.check(0, true, true)).toBe('0');
    for (let check = 0; check < 10; check++) expect(await container.check(20, false, false)).toBe('1');
  });
});

const namespaces = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0;
if (!namespaces) console.log('skipped: no pid namespace without root');

(namespaces ? describe : describe.skip).each(SHELLS)('in a pid namespace, with %s', (_, shell) => {
  /** Process 1 starts the program, waits for it as docker-init does, and the program's checks run beside it. */
  async function live(program: string, checks: number): Promise<ShellResult> {
    const path = mkdtempSync(join(folder, 'namespace-'));
    const check = readinessTest({
      ready: `[ -e ${path}/up ]`,
      live: `[ ! -e ${path}/hung ]`,
      restartAfterSeconds: 1,
      intervalSeconds: 1,
      stopSignalGraceSeconds: 1,
      statePath: join(path, 'state'),
    });
    writeFileSync(join(path, 'check'), check);
    writeFileSync(join(path, 'docker-init'), `#!/bin/sh
${program} &
child=$!
touch ${path}/up
# Not a child of the program: what stands for the engine is outside of the namespace in truth, so it starts anew each time.
( trap '' TERM; i=0; while [ $i -lt ${checks} ]; do ${shell.join(' ')} ${path}/check; echo "check $?" >> ${path}/log; touch ${path}/hung; sleep 1; i=$((i + 1)); done ) 2>>${path}/log &
wait $child
echo "ended with $?" >> ${path}/log
`);
    chmodSync(join(path, 'docker-init'), 0o755);
    await runShell(['unshare', '-pf', '--mount-proc', 'sh'], `exec ${path}/docker-init`, { PATH: process.env.PATH });
    const log = readFileSync(join(path, 'log'), 'utf8');
    return { code: 0, stdout: log, stderr: '' };
  }

  test('a program that hangs is ended by TERM', async () => {
    const { stdout } = await live('sleep 60', 20);
    expect(stdout).toContain('check 0\n');
    expect(stdout).toContain('sending TERM');
    // The check that sent TERM may write its line after this one.
    expect(stdout).toMatch(/^ended with 143$/m);
  });

  test('a stopped one by KILL', async () => {
    const { stdout } = await live("sh -c 'kill -STOP $$'", 20);
    expect(stdout).toContain('sending KILL');
    expect(stdout).toMatch(/^ended with 137$/m);
  });
});
