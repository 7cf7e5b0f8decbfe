import { RUN } from './places';
import type { KnownWay } from './upstreams';
import { block, type CaddyfileBlock } from '../../util/caddyfile';
import { HEALTH_PORT } from '../own-health';

/*
 * Caddy has no command that takes a copy out. But a failure of a copy takes it out of every route for a while, and its own port
 * can make one: a path for each copy leads to it with no time to connect.
 */

const DRAIN = 'drain';

/** Seconds for which one failure takes a copy out, and so the longest until it gets requests again. */
const OUT_SECONDS = 2;

/** Seconds after which copies that did not stop get requests again, should nobody say so. */
const AT_MOST_SECONDS = 120;

/**
 * The snippet by which a copy can be taken out.
 *
 * @internal
 */
export function drainSnippets(ways: KnownWay[]): CaddyfileBlock[] {
  if (!ways.some(isDrainable)) return [];
  return [block(`(${DRAIN})`,
    block(`handle /${DRAIN}/{args[0]}`,
      block('reverse_proxy {args[0]}',
        `fail_duration ${OUT_SECONDS}s`,
        // It is asked again and again, and a copy that is out already would not fail once more.
        'max_fails 1000000',
        block('transport http', 'dial_timeout 1ns'),
      ),
    ),
  )];
}

/**
 * What the own port says besides.
 *
 * @internal
 */
export function drainLines(ways: KnownWay[]): (string | CaddyfileBlock)[] {
  const addresses = [...new Set(ways.filter(isDrainable).flatMap(({ copies }) => copies))];
  // A failure that is answered is no error in Caddy's log.
  return addresses.length === 0 ? [] : [...addresses.map((address) => `import ${DRAIN} ${address}`), block('handle_errors', 'respond 204')];
}

/**
 * The command that has Caddy send no more requests to copies whose names follow, as far as it knows them: a process that it leaves
 * in the container makes each fail every second, until the command is called again.
 *
 * @internal
 */
export function drainCommandOf(ways: KnownWay[]): string[] | undefined {
  const ports = [...new Set(ways.filter(isDrainable).map(({ target }) => String(target.port.number)))];
  if (ports.length === 0) return undefined;
  const script = [
    `latest=${RUN}/drain`,
    'echo $$ > $latest',
    '[ $# -gt 0 ] || exit 0',
    'command -v wget > /dev/null || exit 1',
    `fail() { wget -q -O /dev/null http://127.0.0.1:${HEALTH_PORT}/${DRAIN}/$1 2> /dev/null; }`,
    'known=',
    `for copy; do for port in ${ports.sort().join(' ')}; do if fail $copy:$port; then known="$known $copy:$port"; fi; done; done`,
    `again() { for second in $(seq ${AT_MOST_SECONDS}); do sleep 1; read -r now < $latest; [ "$now" = $$ ] || return; for address in $known; do fail $address; done; done; }`,
    '( again ) > /dev/null 2>&1 &',
  ].join('\n');
  return ['/bin/sh', '-c', script, DRAIN];
}

/** Whether the copies of a destination have names, and are replaced beside others. */
const isDrainable = ({ target, copies }: KnownWay): boolean => !target.stateful && copies.length > 0;
