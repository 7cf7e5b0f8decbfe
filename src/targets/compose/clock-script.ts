import { formatCron, type CronSchedule } from '../../model/cron';
import { shellQuote } from '../../util/shell';

/**
 * A command that runs by the clock.
 *
 * @internal
 */
export interface ClockOptions {
  /** When it runs. */
  readonly schedule: CronSchedule;
  /**
   * IANA name of the zone of the schedule.
   *
   * @default - UTC
   */
  readonly timeZone?: string;
  /** Program and arguments. */
  readonly command: string[];
  /**
   * Time after which a run with all its repetitions is ended.
   *
   * @default - it may take as long as it wants
   */
  readonly deadlineSeconds?: number;
  /**
   * How often a failed run is repeated, after 10 s, 20 s, 40 s up to 6 minutes, as in Kubernetes.
   *
   * @default 0
   */
  readonly retries?: number;
  /**
   * Longest sleep: how soon a set clock is noticed. Another number in tests only.
   *
   * @default 60
   */
  readonly napSeconds?: number;
}

/** Where the clock says until when it will be heard of again: `PID SECONDS_SINCE_BOOT`, or `PID busy` in a run. */
const HEARTBEAT = '/tmp/.cdk8s-ha-clock';

/** More missed runs than these are not counted one by one. */
const MISSED_AT_MOST = 100;

/**
 * Two noons in UTC, of a winter and a summer in which every zone that is not UTC now was away from UTC at least once.
 */
const KNOWN_MOMENTS = [1579089600, 1594814400];

/**
 * A clock as a POSIX sh program, for `sh -c` as the main program of the job's own container. Needs `date` (GNU,
 * busybox) and `sleep` in the image, a restart policy when `deadlineSeconds` is given, and `/tmp` for the health check.
 *
 * - A run that is due while another goes on is skipped and said; so is one that the container slept through.
 * - A failed run is said with its exit code, and the clock goes on.
 * - A minute that the zone skips in spring is not run. A minute that comes twice in autumn is run at its first time,
 *   unless the schedule names all 24 hours: then it goes by elapsed time, or it would rest for an hour.
 * - TERM is passed on to the run, which is said; the clock ends with it, at once when there is none.
 * - A run over its deadline gets TERM, after 10 s KILL, and the clock exits with 1: only the end of the container ends
 *   what such a run has left behind (a pipeline's parts have other parents), and the restart policy starts a new clock.
 * - A zone whose data the image does not have would silently mean UTC: the clock says so and exits with 78.
 *
 * @internal
 */
export function clockScript(options: ClockOptions): string {
  const { schedule, timeZone = 'UTC', command, deadlineSeconds, retries = 0, napSeconds = 60 } = options;
  if (command.length === 0) throw new Error('a clock needs a command to run');
  const zone = isUtc(timeZone) ? 'UTC0' : timeZone;
  return `# The clock of a scheduled job: ${formatCron(schedule)} in ${timeZone}.
zone=${shellQuote(zone)}
minutes=${set(schedule.minutes)}
hours=${set(schedule.hours)}
days=${set(schedule.daysOfMonth)}
months=${set(schedule.months)}
weekdays=${set(schedule.daysOfWeek)} # 0 is Sunday
job() { ${execute(command)}; }

say() { echo "clock: $*" >&2; }
at_time() { TZ=$zone date -d "@$1" "+$2"; }
has() { case $2 in *" $1 "*) ;; *) return 1 ;; esac; }

# The health check finds out by it whether the clock still goes.
beat() {
  read -r up rest < /proc/uptime
  echo "$$ \${1:-$((\${up%%.*} + ${napSeconds + 120}))}" > ${HEARTBEAT}
} 2>/dev/null

# Sleeps so that a signal ends it at once.
nap() { sleep "$1" & wait $!; }

# The first of the list $2 above $1, else $3.
above() {
  for found in $2; do [ "$found" -le "$1" ] || return 0; done
  found=$3
}

# Goes on to the hour $1 of the same local day. The last two hours are gone one by one, since the clocks may change.
to_hour() {
  if [ $(($1 - hour)) -gt 2 ]; then at=$((at + ($1 - hour - 2) * 3600 - minute * 60)); else at=$((at + (60 - minute) * 60)); fi
}

day_fits() { ${dayRule(schedule)}; }

${repeated(schedule, zone)}

# Moves $at to the first minute of the schedule that is not before it.
find_next() {
  while :; do
    set -- $(at_time $at '%M %H %d %m %w %z')
    if [ $# -ne 6 ]; then say 'date does not answer'; exit 1; fi
    minute=\${1#0} hour=\${2#0} day=\${3#0} month=\${4#0} weekday=$5 offset=$6
    if ! has $month "$months"; then
      if [ $day -lt 27 ]; then at=$((at + (27 - day) * 86400)); else to_hour 24; fi
    elif ! day_fits; then
      to_hour 24
    elif ! has $hour "$hours"; then
      above $hour "$hours" 24
      to_hour $found
    elif ! has $minute "$minutes"; then
      above $minute "$minutes" 60
      at=$((at + (found - minute) * 60))
    elif repeated; then
      at=$((at + 60))
    else
      return
    fi
  done
}

# Runs the command once, and again when it fails.
run() {
  beat busy
  goes_on=1
${deadlineSeconds === undefined ? '' : `  # A shell that has just begun may lose every signal but KILL, and KILL leaves its sleep behind: so it sleeps 5 s at a time.
  (
    rest=${Math.ceil(deadlineSeconds)}
    while [ $rest -gt 5 ]; do sleep 5; rest=$((rest - 5)); done
    sleep $rest
    kill -ALRM $$
  ) &
  watchdog=$!
`}  left=${retries} pause=10
  while :; do
    job & wait $!
    code=$?
    if [ $code -eq 0 ]; then goes_on=; say "run of $name ended well"; break; fi
    if [ $left -eq 0 ]; then goes_on=; say "run of $name FAILED with exit code $code"; break; fi
    say "run of $name FAILED with exit code $code: again in $pause s ($left left)"
    nap $pause
    left=$((left - 1)) pause=$((pause * 2))
    [ $pause -le 360 ] || pause=360
  done
${deadlineSeconds === undefined ? '' : `  kill -KILL $watchdog
  wait $watchdog 2>/dev/null
  watchdog=
`}}

# $! is the run, or the sleep.
watchdog= goes_on=
stop() {
  trap '' TERM INT HUP
  [ -z "$goes_on" ] || say "run of $name ENDED: the container was told to stop. It is not repeated"
  [ -z "$watchdog" ] || kill -KILL $watchdog
  kill $! 2>/dev/null
  wait 2>/dev/null
  exit 0
}
trap stop TERM INT HUP
${deadlineSeconds === undefined ? '' : `too_long() {
  child=$!
  say "run of $name ENDED: it is over its ${Math.ceil(deadlineSeconds)} s. The container restarts, so that nothing of it stays behind"
  kill $child 2>/dev/null
  (sleep 10; kill -KILL $child) >/dev/null 2>&1 &
  wait $child
  exit 1
}
trap too_long ALRM
`}
${zoneCheck(timeZone, zone)}

beat || say 'cannot write ${HEARTBEAT}: the health check will fail'
now=$(date +%s)
at=$((now / 60 * 60 + 60)) latest=$now missed=0 since= why=
while :; do
  find_next
  while beat; now=$(date +%s); [ $now -lt $at ]; do
    if [ $now -lt $((latest - 3600)) ]; then
      say 'the clock of the host was set back: starting anew'
      at=$((now / 60 * 60 + 60)) latest=$now
      continue 2
    fi
    latest=$now
    if [ $((at - now)) -lt ${napSeconds} ]; then nap $((at - now)); else nap ${napSeconds}; fi
    why='the container was paused, or the clock of the host was set'
  done
  latest=$now
  name=$(at_time $at '%Y-%m-%d %H:%M')
  if [ $now -ge $((at + 60)) ]; then
    # Said together, once the next run is not missed.
    [ $missed -gt 0 ] || since=$name
    missed=$((missed + 1)) more= at=$((at + 60))
    [ $missed -lt ${MISSED_AT_MOST} ] || more=' or more' at=$((now / 60 * 60)) name=$(at_time $now '%Y-%m-%d %H:%M')
    find_next
    if [ $now -lt $((at + 60)) ]; then say "SKIPPED $missed$more due from $since to $name: $why"; missed=0; fi
    continue
  fi
  run
  why='the run before still went on'
  at=$((at + 60))
done
`;
}

/**
 * One line that succeeds while the clock of the container goes, or a run of it does.
 *
 * @internal
 */
export function clockProbe(): string {
  return `read -r pid due < ${HEARTBEAT} && kill -0 "$pid" && { [ "$due" = busy ] || { read -r up rest < /proc/uptime && [ "\${up%%.*}" -le "$due" ]; }; }`;
}

function set(values: number[]): string {
  return `' ${values.join(' ')} '`;
}

/** The command replaces its subshell, so that a signal to the job reaches it. */
function execute(command: string[]): string {
  return `exec ${command.map(shellQuote).join(' ')}`;
}

function dayRule(schedule: CronSchedule): string {
  // As in cron: where both are restricted, one that fits is enough.
  const either = schedule.dayOfMonthRestricted && schedule.dayOfWeekRestricted;
  return `has $day "$days" ${either ? '||' : '&&'} has $weekday "$weekdays"`;
}

function repeated(schedule: CronSchedule, zone: string): string {
  if (zone === 'UTC0') return 'repeated() { return 1; }';
  if (schedule.hours.length === 24) return '# Every hour, also one that comes twice when the clocks are put back.\nrepeated() { return 1; }';
  return `# Whether the clocks were put back and this minute has been before (by half an hour, by one or two).
repeated() {
  [ "$(at_time $((at - 7200)) %z)" != "$offset" ] || return 1
  for back in 1800 3600 7200; do
    [ "$(at_time $((at - back)) '%d %H:%M')" != "$(at_time $at '%d %H:%M')" ] || return 0
  done
  return 1
}`;
}

function zoneCheck(timeZone: string, zone: string): string {
  const [winter, summer] = KNOWN_MOMENTS;
  const ask = (name: string) => `$(TZ=${name} date -d @${winter} +%H%M 2>&1) $(TZ=${name} date -d @${summer} +%H%M 2>&1)`;
  const lines = [
    `if [ "${ask('UTC0')}" != '1200 1200' ]; then`,
    "  say 'REFUSED: this image has no date that understands -d @SECONDS'",
    '  exit 78',
    'fi',
  ];
  if (zone !== 'UTC0') {
    lines.push(
      '# Without its data a zone silently means UTC.',
      `if [ "${ask('$zone')}" != '${KNOWN_MOMENTS.map((moment) => timeIn(timeZone, moment)).join(' ')}' ]; then`,
      '  say "REFUSED: this image does not know the time zone $zone. Add its package tzdata, or leave out timeZone for UTC"',
      '  exit 78',
      'fi',
    );
  }
  return lines.join('\n');
}

/** The local time `HHMM` of a moment, as the version of the time zone data in Node.js has it; long past, so it does not change. */
function timeIn(timeZone: string, moment: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(moment * 1000);
  return ['hour', 'minute'].map((type) => parts.find((part) => part.type === type)!.value).join('');
}

function isUtc(timeZone: string): boolean {
  return /^(Etc\/)?(UTC|UCT|Universal|Zulu|GMT|GMT0|GMT[+-]0|Greenwich)$/i.test(timeZone);
}
