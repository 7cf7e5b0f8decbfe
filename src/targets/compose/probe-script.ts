import { shellQuote } from '../../util/shell';

/*
 * Health checks of Docker containers as POSIX sh, for `test: [CMD-SHELL, …]`. They run in images we do not know: dash,
 * busybox or bash as `sh`, and any of wget (GNU or busybox), curl, nc and bash as the only tool to ask with. Each probe
 * is one line, may call `exit`, and needs nothing else from the image (`case` and `read` instead of grep and head).
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
}

/**
 * What the health check of a container does.
 *
 * @internal
 */
export interface ReadinessTestOptions {
  /** Probe whose result is the health status. */
  readonly ready: string;
  /** Probe that restarts the container when it fails for long; never restarted without it. */
  readonly live?: string;
  /**
   * Time of failing liveness after which the container is ended.
   *
   * @default 30
   */
  readonly restartAfterSeconds?: number;
  /** Time between two checks. */
  readonly intervalSeconds: number;
  /** Time between TERM and KILL. */
  readonly stopSignalGraceSeconds: number;
  /**
   * Beginning of the path of the file that remembers failures between checks.
   *
   * @default '/tmp/.cdk8s-ha-live'
   */
  readonly statePath?: string;
  /**
   * Where process information is; another folder in tests only.
   *
   * @default '/proc'
   */
  readonly procPath?: string;
}

const NO_TOOL = 'no wget, curl, nc or bash in this image: use HealthCheck.command';
const NO_TLS_TOOL = 'no wget or curl in this image: use HealthCheck.command';

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
    `p=${shellQuote(path)}; u=${tls ? 'https' : 'http'}://127.0.0.1:${port}$p`,
    boundBy(seconds),
    // The status line and not the exit code: busybox refuses 205 to 207, and both take a redirect to nowhere for success.
    // Proxies are for the outside, -t 1 is for GNU, which repeats 20 times.
    `if ${has('wget')}; then s=$(http_proxy= https_proxy= $t wget ${tls ? '--no-check-certificate ' : ''}-q -S -t 1 -T ${seconds} -O /dev/null "$u" 2>&1); s=HTTP/1.\${s##*HTTP/1.}`,
    `elif ${has('curl')}; then s=$(curl -q -sS ${tls ? '-k ' : ''}-g -L --noproxy '*' -m ${seconds} -o /dev/null -w 'HTTP/1.1 %{http_code}' "$u")`,
    ...tls ? [] : [`elif ${has('nc')}; then s=$(printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:${port}\\r\\n\\r\\n' "$p" | $t nc -w ${seconds} 127.0.0.1 ${port} | { read -r s; echo "$s"; })`,
      `elif ${has('bash')}; then s=$($t bash -c '${bash}' bash "$p")`],
    `else echo '${tls ? NO_TLS_TOOL : NO_TOOL}' >&2; exit 1; fi`,
    'case $s in HTTP/1.[0-9]" "2[0-9][0-9] | HTTP/1.[0-9]" "2[0-9][0-9][!0-9]*) ;; *) echo "$u: ${s:-no answer}" >&2; exit 1 ;; esac',
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
    boundBy(seconds),
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
  const ask = `-addr=127.0.0.1:${checkedPort(options.port)} -connect-timeout=${seconds}s -rpc-timeout=${seconds}s${service}`;
  return `if ${has('grpc_health_probe')}; then grpc_health_probe ${ask}; elif ${has('grpc-health-probe')}; then grpc-health-probe ${ask}; else ${tcpProbe(options)}; fi`;
}

/**
 * One line that runs a command, its words as they are.
 *
 * @param command program and arguments
 * @param timeoutSeconds time after which the command is ended, where the image has `timeout`; an engine that gives up
 *   on a check leaves the check's children running
 * @internal
 */
export function commandProbe(command: string[], timeoutSeconds?: number): string {
  if (command.length === 0) throw new Error('a health check by command needs a program');
  const line = command.map((word, index) => isPlainWord(word, index) ? word : shellQuote(word)).join(' ');
  return timeoutSeconds === undefined ? line : `${boundBy(wholeSeconds(timeoutSeconds))}; $t ${line}`;
}

/**
 * The whole health check of a container: its exit code is that of the ready probe; and, where a live probe is given,
 * it ends the container from inside once liveness has failed for long, so that the restart policy starts it again.
 * Several lines with a live probe. Needs `init: true`, a restart policy and a writable `/tmp` (best a tmpfs).
 *
 * How it stays right when the engine kills a check that takes too long: a check is written down before it starts
 * (`asked`), and again when it has failed (`failed`). A check that was killed has failed, and a chain of killed checks
 * is acted upon by the next one before it asks.
 *
 * Time is that since boot (`/proc/uptime`), which no clock step changes, and on top of it at least two or three checks
 * in a row must fail, so that a host that slept restarts nobody. The file's name carries the start of process 1, so
 * that nothing is inherited from an earlier life where `/tmp` survives a restart.
 *
 * @internal
 */
export function readinessTest(options: ReadinessTestOptions): string {
  if (options.live === undefined) return options.ready;
  const { ready, live, restartAfterSeconds = 30, intervalSeconds, stopSignalGraceSeconds } = options;
  const { statePath = '/tmp/.cdk8s-ha-live', procPath: proc = '/proc' } = options;
  const checks = Math.min(3, Math.max(2, Math.ceil(restartAfterSeconds / intervalSeconds)));
  return `# The ready probe alone decides the answer; the live probe alone restarts the container.
ready() (
  ${ready}
)
live() (
  ${live}
)

# What earlier checks of this container have left: one line for each, none after a success.
read -r stat < ${proc}/1/stat; set -- \${stat##*) }
state=${shellQuote(statePath)}.\${20}
read -r now rest < ${proc}/uptime; now=\${now%%.*}
seen=; asked=0; first=$now; last=; ended=
if [ -e "$state" ]; then
  seen=yes
  while read -r word at; do
    case $word in
      asked) asked=$((asked + 1)); [ $asked -gt 1 ] || first=$at ;;
      ended) ended=$at ;;
    esac
    last=$word
  done < "$state"
fi

# Ends every process but init, and with it the container, unless init is not Docker's: then nothing would restart.
end() {
  read -r init < ${proc}/1/comm
  case $init in
    docker-init | tini | podman-init | catatonit | dumb-init) ;;
    *) echo "not live, and not restarted: process 1 is $init (init: true is needed)" >&2; return ;;
  esac
  message="not live for $((now - first)) s ($asked checks): sending $1 to all processes, the restart policy starts it again"
  echo "$message" >&2
  { echo "health check: $message" > ${proc}/1/fd/2; } 2>/dev/null
  kill -"$1" -1 || echo 'may not end the processes of another user (CAP_KILL)' >&2
}
long_enough() { [ $asked -ge ${checks} ] && [ $((now - first)) -ge ${Math.ceil(restartAfterSeconds)} ]; }
restart() { echo "ended $now" >> "$state"; end TERM; exit 1; }

if [ -n "$ended" ]; then
  # A stopped process does not react to TERM.
  [ $((now - ended)) -lt ${Math.ceil(stopSignalGraceSeconds)} ] || end KILL
  exit 1
fi
# The last check was cut off by the engine; so may be this one.
if [ "$last" = asked ] && long_enough; then restart; fi

if [ -n "$seen" ]; then
  asked=$((asked + 1))
  echo "asked $now" >> "$state"
fi
ready &
readiness=$!
if live; then
  true > "$state"
elif [ -n "$seen" ]; then
  echo "failed $now" >> "$state"
  if long_enough; then restart; fi
fi
wait $readiness
`;
}

/**
 * A text for a Compose or stack file, which replace `$NAME`: each `$` doubled.
 *
 * @internal
 */
export function composeEscape(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Sets `$t` to `timeout N` where the image has it and it takes that form (busybox before 1.30 wants `-t N`). */
function boundBy(seconds: number): string {
  return `t=; timeout ${seconds} true 2>/dev/null && t='timeout ${seconds}'`;
}

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
