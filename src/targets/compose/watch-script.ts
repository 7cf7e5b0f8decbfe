import { shellQuote } from '../../util/shell';

/*
 * Health checks that ask more than once: the engine begins one, and it goes on inside the container while all is well.
 */

/**
 * How a container is asked again and again by one check.
 *
 * @internal
 */
export interface WatchOptions {
  /** The check of one moment; it may call `exit`, and ends by itself. */
  readonly test: string;
  /** Time between two of them. */
  readonly paceSeconds: number;
  /** How many more are made by one check. */
  readonly rounds: number;
  /**
   * Beginning of the path of the file that is there while the engine knows the container as healthy.
   *
   * @default '/tmp/.cdk8s-ha-healthy'
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
 * A health check that goes on by itself for a while: to start a process in a container costs an engine some fifty milliseconds
 * of a processor or more (measured, 20.10), which thirty containers asked every few seconds make most of one. What is new is
 * told at once, and failures in a row are the engine's to count. Where `/tmp` cannot be written it asks once each time.
 *
 * @internal
 */
export function watch(options: WatchOptions): string {
  const { test, paceSeconds, rounds, statePath = '/tmp/.cdk8s-ha-healthy', procPath: proc = '/proc' } = options;
  return `check() (
${test.trimEnd()}
)
read -r stat < ${proc}/1/stat; set -- \${stat##*) }
healthy=${shellQuote(statePath)}.\${20}
fail() { rm -f "$healthy"; exit 1; }
check || fail
[ -e "$healthy" ] || { true > "$healthy"; exit 0; }

# The engine knows it as healthy, so it is watched for a while: that is cheaper than to be asked anew each time.
left=${rounds}
while [ $left -gt 0 ]; do
  left=$((left - 1))
  sleep ${paceSeconds} || exit 0
  check || fail
done
`;
}
