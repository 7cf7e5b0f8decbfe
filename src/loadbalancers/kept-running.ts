/** Seconds that a program must have run to be started again at once; else the container ends, and its engine waits longer each time. */
const LONG_ENOUGH = 5;

/**
 * How a program is kept running.
 *
 * @internal
 */
export interface KeptRunningOptions {
  /**
   * Commands before each start, without which it is none.
   *
   * @default - none
   */
  readonly before?: string[];
  /** Signals that end it, and with it the container: an engine sends TERM or what the image asks for. */
  readonly endSignals: string[];
  /**
   * Signals that are for it, and end nothing.
   *
   * @default - none
   */
  readonly passedSignals?: string[];
  /**
   * The signal at which processes that it started end what they have, where they outlive it: they go on serving, and hold the ports
   * that the next one needs.
   *
   * @default - none outlives it
   */
  readonly orphanSignal?: string;
}

/**
 * A shell script that starts a program again in the same container when it dies: its network stands, so that the next one answers
 * in some hundredths of a second, where another container takes half a second.
 *
 * @param command the program and its arguments, as words of the shell
 * @internal
 */
export function keptRunning(command: string[], { before = [], endSignals, passedSignals = [], orphanSignal }: KeptRunningOptions): string {
  return [
    'ending= program=',
    'pass() { [ -z "$program" ] || kill -$1 $program; }',
    ...endSignals.map((signal) => `trap 'ending=${signal}; pass ${signal}' ${signal}`),
    ...passedSignals.map((signal) => `trap 'pass ${signal}' ${signal}`),
    'while :; do',
    '  program=',
    ...before.map((one) => `  ${one} || exit 1`),
    '  began=$(date +%s)',
    `  ${command.join(' ')} &`,
    '  program=$!',
    '  # What came before its number was known. A moment later it is a program, and no shell any more that drops a signal.',
    '  [ -z "$ending" ] || { sleep 0.1; pass $ending; }',
    '  wait $program; code=$?',
    '  # A signal ends the wait, and not the program at once.',
    '  while kill -0 $program 2>/dev/null; do wait $program; code=$?; done',
    `  if [ -n "$ending" ] || [ $(($(date +%s) - began)) -lt ${LONG_ENOUGH} ]; then exit $code; fi`,
    `  echo "${command[0]} ended with $code: starting it again" >&2`,
    ...orphanSignal === undefined ? [] : endOrphans(command[0], orphanSignal),
    'done',
    '',
  ].join('\n');
}

/** The kernel keeps fifteen letters of a program's name. */
const nameOfProcess = (program: string): string => program.slice(program.lastIndexOf('/') + 1).slice(0, 15);

/** Lines that end what a program has left behind: processes of its name, in the group of the shell that started it. */
function endOrphans(program: string, signal: string): string[] {
  return [
    '  orphans=',
    '  read -r _ _ _ _ own _ </proc/$$/stat',
    '  for process in /proc/[0-9]*; do',
    '    read -r id name _ _ group _ <$process/stat || continue',
    `    [ "$name $group" = "(${nameOfProcess(program)}) $own" ] || continue`,
    `    kill -${signal} $id && orphans=1`,
    '  done 2>/dev/null',
    '  # They give their ports back at once.',
    '  [ -z "$orphans" ] || sleep 0.1',
  ];
}
