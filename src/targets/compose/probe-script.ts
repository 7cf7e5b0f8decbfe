import { shellQuote } from '../../util/shell';

/*
 * Health checks of Docker containers as POSIX sh, for `test: [CMD-SHELL, …]`. They run in images we do not know: dash,
 * busybox or bash as `sh`, and any of wget (GNU or busybox), curl, nc and bash as the only tool to ask with. Each probe
 * is one line, may call `exit`, and needs nothing else from the image (`case` and `read` instead of grep and head).
 * Before all probes of a check stands what bounds their time: to look for it takes as long as to ask.
 */

/**
 * An HTTP request to the container itself.
 *
 * @internal
 */
export interface HttpProbeOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Path and query, starting with `/`. */
  readonly path: string;
  /** Time after which there is no answer. */
  readonly timeoutSeconds: number;
  /**
   * Whether it is asked over TLS, whoever the certificate is for: it asks for its own address.
   *
   * @default false
   */
  readonly tls?: boolean;
}

/**
 * Several HTTP requests to the container itself.
 *
 * @internal
 */
export interface HttpGlanceOptions extends Pick<HttpProbeOptions, 'port' | 'tls'> {
  /** Paths and queries, each starting with `/`. */
  readonly paths: string[];
}

/**
 * A TCP connection to the container itself.
 *
 * @internal
 */
export interface TcpProbeOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Time after which there is no connection. */
  readonly timeoutSeconds: number;
}

/**
 * A request to the gRPC health service.
 *
 * @internal
 */
export interface GrpcProbeOptions extends TcpProbeOptions {
  /** Name of the service asked for; the whole server without it. */
  readonly service?: string;
  /** Whether the port speaks TLS; whose certificate it is is not asked. */
  readonly tls?: boolean;
}

const NO_TOOL = 'no wget, curl, nc or bash in this image: use HealthCheck.command';
const NO_TLS_TOOL = 'no wget or curl in this image: use HealthCheck.command';

/** Begins an answer that is success, as a pattern of the shell. */
const SUCCESS = 'HTTP/1.[0-9]" "2[0-9][0-9]';

/** Seconds for which a container that is well is never silent when asked; one that is, is asked as it was declared. */
const GLANCE = 1;

/**
 * The line before all probes of a check: sets `$t` to `timeout N` where the image has it and it takes that form (busybox before 1.30
 * wants `-t N`).
 *
 * @internal
 */
export function bound(timeoutSeconds: number): string {
  const seconds = wholeSeconds(timeoutSeconds);
  return `t=; timeout ${seconds} true 2>/dev/null && t='timeout ${seconds}'`;
}

/**
 * One line that succeeds when an HTTP GET on 127.0.0.1 is answered with 2xx. wget and curl follow redirects, and the
 * last answer counts; nc and bash read the first status line only, so that a redirect fails, and speak no TLS.
 *
 * @internal
 */
export function httpProbe(options: HttpProbeOptions): string {
  const { tls = false } = options;
  const port = checkedPort(options.port);
  const path = requestTarget(options.path);
  const seconds = wholeSeconds(options.timeoutSeconds);
  const bash = `exec 3<>/dev/tcp/127.0.0.1/${port} && printf "GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:${port}\\r\\n\\r\\n" "$1" >&3 && read -r -t ${seconds} s <&3 && echo "$s"`;
  return [
    `p=${shellQuote(path)}; u=${serverUrl(port, tls)}$p`,
    // The status line and not the exit code: busybox refuses 205 to 207, and both take a redirect to nowhere for success.
    `if ${has('wget')}; then s=$(http_proxy= https_proxy= $t ${wget(seconds, tls)} "$u" 2>&1); s=HTTP/1.\${s##*HTTP/1.}`,
    `elif ${has('curl')}; then s=$(${curl(seconds, tls)} -o /dev/null "$u")`,
    ...tls ? [] : [`elif ${has('nc')}; then s=$(printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:${port}\\r\\n\\r\\n' "$p" | $t nc -w ${seconds} 127.0.0.1 ${port} | { read -r s; echo "$s"; })`,
      `elif ${has('bash')}; then s=$($t bash -c '${bash}' bash "$p")`],
    `else echo '${tls ? NO_TLS_TOOL : NO_TOOL}' >&2; exit 1; fi`,
    `case $s in ${SUCCESS} | ${SUCCESS}[!0-9]*) ;; *) echo "$u: \${s:-no answer}" >&2; exit 1 ;; esac`,
  ].join('; ');
}

/**
 * One line that succeeds when all of several HTTP GETs on 127.0.0.1 are answered with 2xx, by one process: each takes longer
 * to begin than to ask. It is for containers that are most likely well; where it fails nothing is known, and it never exits.
 * So `timeout`, which is one process more, is not needed: who is silent for a second has failed. Without wget and curl it fails.
 *
 * @internal
 */
export function httpGlance({ port, paths, tls = false }: HttpGlanceOptions): string {
  const urls = paths.map((path) => shellQuote(serverUrl(checkedPort(port), tls) + requestTarget(path)));
  return [
    `if ${has('wget')}; then s=$(http_proxy= https_proxy= ${wget(GLANCE, tls)} ${urls.join(' ')} 2>&1)`,
    `elif ${has('curl')}; then s=$(${curl(GLANCE, tls)} ${urls.map((url) => `-o /dev/null ${url}`).join(' ')})`,
    'else s=; fi',
    // Each has one answer of success at most: what it was led to, last.
    `case $s in ${`*${SUCCESS}`.repeat(urls.length)}*) ;; *) false ;; esac`,
  ].join('; ');
}

/**
 * One line that succeeds when a TCP connection to 127.0.0.1 is accepted. nc and bash come first here, since they send
 * nothing that a server would log as garbage.
 *
 * @internal
 */
export function tcpProbe(options: TcpProbeOptions): string {
  const port = checkedPort(options.port);
  const seconds = wholeSeconds(options.timeoutSeconds);
  return [
    // Not every nc knows -z.
    `if ${has('nc')}; then $t nc -z -w ${seconds} 127.0.0.1 ${port} 2>/dev/null || $t nc -w ${seconds} 127.0.0.1 ${port} </dev/null >/dev/null`,
    `elif ${has('bash')}; then $t bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}'`,
    // curl exits with 7 when it is refused; another server than an HTTP one makes it fail with other numbers.
    `elif ${has('curl')}; then curl -q -s --noproxy '*' -m ${seconds} -o /dev/null http://127.0.0.1:${port}/; [ $? -ne 7 ]`,
    `elif ${has('wget')}; then case $(http_proxy= LC_ALL=C $t wget -t 1 -T ${seconds} -O /dev/null http://127.0.0.1:${port}/ 2>&1) in *refused*) false ;; esac`,
    `else echo '${NO_TOOL}' >&2; exit 1; fi`,
  ].join('; ');
}

/**
 * One line that asks the gRPC health service with the image's own `grpc_health_probe`, else connects by TCP.
 *
 * @internal
 */
export function grpcProbe(options: GrpcProbeOptions): string {
  const seconds = wholeSeconds(options.timeoutSeconds);
  const service = options.service === undefined ? '' : ` ${shellQuote(`-service=${options.service}`)}`;
  const tls = options.tls ? ' -tls -tls-no-verify' : '';
  const ask = `-addr=127.0.0.1:${checkedPort(options.port)}${tls} -connect-timeout=${seconds}s -rpc-timeout=${seconds}s${service}`;
  return `if ${has('grpc_health_probe')}; then grpc_health_probe ${ask}; elif ${has('grpc-health-probe')}; then grpc-health-probe ${ask}; else ${tcpProbe(options)}; fi`;
}

/**
 * One line that runs a command, its words as they are. Where the image has `timeout` it is ended in time: an engine that gives
 * up on a check leaves the check's children running.
 *
 * @param command program and arguments
 * @internal
 */
export function commandProbe(command: string[]): string {
  if (command.length === 0) throw new Error('a health check by command needs a program');
  const line = command.map((word, index) => isPlainWord(word, index) ? word : shellQuote(word)).join(' ');
  return `$t ${line}`;
}

/**
 * A text for a Compose or stack file, which replace `$NAME`: each `$` doubled.
 *
 * @internal
 */
export function composeEscape(text: string): string {
  return text.replaceAll('$', '$$$$');
}

const serverUrl = (port: number, tls: boolean): string => `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;

/** Proxies are for the outside, `-t 1` is for GNU, which repeats 20 times. */
const wget = (seconds: number, tls: boolean): string => `wget ${tls ? '--no-check-certificate ' : ''}-q -S -t 1 -T ${seconds} -O /dev/null`;

const curl = (seconds: number, tls: boolean): string =>
  `curl -q -sS ${tls ? '-k ' : ''}-g -L --noproxy '*' -m ${seconds} -w 'HTTP/1.1 %{http_code}'`;

function has(tool: string): string {
  return `command -v ${tool} >/dev/null 2>&1`;
}

/** wget and nc take whole seconds only. */
function wholeSeconds(seconds: number): number {
  if (!(seconds > 0)) throw new Error(`a health check cannot end after ${seconds} seconds`);
  return Math.ceil(seconds);
}

function checkedPort(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`a health check cannot ask port ${port}: ports are 1 to 65535`);
  return port;
}

/** What HTTP does not allow in a request line is encoded; an encoded character stays as it is. */
function requestTarget(path: string): string {
  if (!path.startsWith('/')) throw new Error(`a health check cannot ask the path ${JSON.stringify(path)}: it must start with '/'`);
  return path.replace(/%(?![0-9A-Fa-f]{2})|[^!$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/gu, (character) => encodeURIComponent(character));
}

const RESERVED = new Set(['case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'function', 'if', 'in', 'select', 'then', 'time', 'until', 'while']);

function isPlainWord(word: string, index: number): boolean {
  return /^[A-Za-z0-9_@%+:,./-]+$/.test(word) && !(index === 0 && RESERVED.has(word));
}
