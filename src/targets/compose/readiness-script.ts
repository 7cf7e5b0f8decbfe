import { shellQuote } from '../../util/shell';

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
   * Command that succeeds only where both probes would, at a lower cost; it never calls `exit`.
   *
   * @default - each is asked by itself
   */
  readonly glance?: string;
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
   * Port on which it takes requests. A copy that was told to stop closes it and ends what it has: that is no hanging.
   *
   * @default - it hangs whenever it is not live
   */
  readonly port?: number;
  /**
   * Time that the engine gives it to stop, after which it hangs also with its port closed.
   *
   * @default 0
   */
  readonly stopGraceSeconds?: number;
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
  const { ready, live, glance, restartAfterSeconds = 30, intervalSeconds, stopSignalGraceSeconds } = options;
  const { port, stopGraceSeconds = 0 } = options;
  const ends = port !== undefined && stopGraceSeconds > restartAfterSeconds;
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

${glance === undefined ? '' : `# Mostly all is well, which one question tells. Where it is not, each probe is asked, and what it says is counted.
glance() {
  ${glance}
}
if [ "$seen$last" = yes ] && glance; then exit 0; fi

`}# Ends every process but init, and with it the container, unless init is not Docker's: then nothing would restart.
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
${ends ? listens(port, proc) : ''}long_enough() {
  [ $asked -ge ${checks} ] && [ $((now - first)) -ge ${Math.ceil(restartAfterSeconds)} ]${ends ? ` || return 1
  listens || [ $((now - first)) -ge ${Math.ceil(stopGraceSeconds)} ]` : ''}
}
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

/** Of what the kernel tells about the container's sockets: addresses and ports in hexadecimal, and 0A for those that listen. */
const listens = (port: number, proc: string): string => `# A copy that was told to stop closes its port and ends what it has, for as long as that may take.
listens() {
  for table in ${proc}/net/tcp ${proc}/net/tcp6; do
    [ -e "$table" ] || continue
    while read -r number here there status more; do
      case $here/$status in *:${port.toString(16).toUpperCase().padStart(4, '0')}/0A) return 0 ;; esac
    done < "$table"
  done
  return 1
}
`;
