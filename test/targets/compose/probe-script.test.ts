import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUSYBOX, runShell as runScript, SHELLS } from './shells';
import { bound, commandProbe, composeEscape, grpcProbe, httpGlance, httpProbe, tcpProbe } from '../../../src/targets/compose/probe-script';
import { shellQuote } from '../../../src/util/shell';
import { Authority } from '../../loadbalancers/visitors';
import { which } from '../../support/which';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-probe-'));

/** As a health check asks: with its time bounded. */
const runShell: typeof runScript = (shell, probe, env) => runScript(shell, `${bound(1)}\n${probe}`, env);

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

  test('several questions by one process: all must be answered with success', async () => {
    const glance = async (paths: string[], of = port, overTls = false) =>
      (await runShell(shell, httpGlance({ port: of, paths, tls: overTls }), env)).code;
    // Where nothing can ask twice it fails, and each is asked by itself.
    const success = follows ? 0 : 1;
    const good = [["/a b'$HOME", '/status/204'], ['/status/200'], ['/status/302?to=/status/200', '/status/200']];
    for (const paths of good) expect([paths, await glance(paths)]).toEqual([paths, success]);
    for (const bad of ['/status/503', '/status/302', '/status/302?to=/status/503', '/hang']) {
      expect([bad, await glance([bad, '/status/200']), await glance(['/status/200', bad])]).toEqual([bad, 1, 1]);
    }
    expect(await glance(['/', '/'], closedPort)).toBe(1);
    expect(await glance(['/status/200', '/status/201'], securePort, true)).toBe(success);
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
    expect((await runShell(shell, commandProbe(['sleep', '20']), env)).code).not.toBe(0);
  });
});

test('quoting', () => {
  expect(shellQuote("it's")).toBe("'it'\\''s'");
  expect(() => shellQuote('a\0b')).toThrow('contains NUL');
  expect(commandProbe(['pg_isready', '-q', '-h', '127.0.0.1'])).toBe('$t pg_isready -q -h 127.0.0.1');
  expect(commandProbe(['if', '/a b'])).toBe("$t 'if' '/a b'");
  expect(composeEscape('$a $$ ${b}')).toBe('$$a $$$$ $${b}');
});

test('probes are one line', () => {
  for (const probe of [
    httpProbe({ port: 1, path: '/a\nb', timeoutSeconds: 1 }), httpGlance({ port: 1, paths: ['/a\nb'] }),
    tcpProbe({ port: 1, timeoutSeconds: 1 }), grpcProbe({ port: 1, timeoutSeconds: 1 }),
  ]) {
    expect(probe).not.toContain('\n');
  }
});

test('what cannot be asked is refused', () => {
  expect(() => httpProbe({ port: 80, path: 'healthz', timeoutSeconds: 1 })).toThrow("must start with '/'");
  expect(() => httpProbe({ port: 0, path: '/', timeoutSeconds: 1 })).toThrow('ports are 1 to 65535');
  expect(() => tcpProbe({ port: 70000, timeoutSeconds: 1 })).toThrow('ports are 1 to 65535');
  expect(() => tcpProbe({ port: 80, timeoutSeconds: 0 })).toThrow('after 0 seconds');
  expect(() => bound(0)).toThrow('after 0 seconds');
  expect(() => httpGlance({ port: 80, paths: ['/', 'livez'] })).toThrow("must start with '/'");
  expect(() => commandProbe([])).toThrow('needs a program');
});
