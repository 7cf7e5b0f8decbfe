import { askHosts } from './lost-hosts';
import { RUN } from './places';
import { wordOf } from './words';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { HEALTH_PATH } from '../own-health';
import { STREAM_SILENCE } from '../streams';

/*
 * What every HAProxy of ours has, whoever its callers are: visitors or workloads.
 */

/** A request waits so long for the first copy: through a reload, whose checks begin anew, and the restart of a single copy. */
const WAITS = [10, 20, 40, 80, 160, 320, 640, 1280];

/**
 * Where is told what happens.
 *
 * @param level requests are told at `info`, the coming and going of copies at `notice`
 * @internal
 */
export const logLine = (level: LogLevel): string => `log stdout format raw local0 ${level}`;

type LogLevel = 'info' | 'notice';

/**
 * The program itself.
 *
 * @param level what it tells
 * @param more further lines
 * @internal
 */
export function globalSection(level: LogLevel, ...more: string[]): HaproxySection {
  return section('global',
    logLine(level),
    `stats socket ${RUN}/admin.sock mode 600 level admin`,
    // Memory is set aside for as many connections as the engine allows files: a million on some hosts.
    'fd-hard-limit 20000',
    // After a reload the process before goes on with what it has, WebSockets among it.
    'hard-stop-after 1h',
    // Else checks begin within a second, and a reload has no copy so long.
    'max-spread-checks 50ms',
    ...more,
  );
}

/**
 * How requests are sent to copies.
 *
 * @param traits what the target tells about itself
 * @param silence how long an answer or a WebSocket may be silent, where nothing else is said
 * @param more further lines
 * @internal
 */
export function copiesDefaults(traits: ITargetTraits, silence: string, ...more: string[]): HaproxySection {
  return section('defaults copies',
    'mode http',
    'log global',
    ...connectionLines(silence),
    ...askHosts(traits),
    'timeout queue 10s',
    ...REDISPATCH,
    'retry-on conn-failure empty-response 0rtt-rejected',
    ...more,
    ...WAITS.map((milliseconds) => `http-request pause ${milliseconds}ms if { nbsrv eq 0 }`),
  );
}

/** How long connections to copies may take and live. */
const connectionLines = (silence: string): string[] => ['timeout connect 500ms', `timeout server ${silence}`, `timeout tunnel ${silence}`];

/** Who is refused by a copy is sent to another one at once. */
const REDISPATCH = ['retries 8', 'option redispatch 1'];

/**
 * How connections are passed on, whatever is said on them.
 *
 * @param traits what the target tells about itself
 * @param more further lines
 * @internal
 */
export function connectionsDefaults(traits: ITargetTraits, ...more: string[]): HaproxySection {
  return section('defaults connections',
    'mode tcp',
    ...more,
    `timeout client ${STREAM_SILENCE}`,
    ...connectionLines(STREAM_SILENCE),
    // Else the half of a connection whose other end is gone would stay.
    'option clitcpka',
    ...traits.severalHosts ? askHosts(traits) : ['option srvtcpka'],
    ...REDISPATCH,
  );
}

/**
 * The defaults of what is nobody's but its own.
 *
 * @internal
 */
export function ownDefaults(): HaproxySection {
  return section('defaults own',
    'mode http',
    'timeout client 10s',
    'timeout http-request 10s',
  );
}

/**
 * The target's name server.
 *
 * @param often how often it is asked for copies
 * @internal
 */
export function resolversSection(loadBalancer: LoadBalancerModel, { dnsServer }: ITargetTraits, often = '500ms'): HaproxySection {
  return section('resolvers names',
    dnsServer === undefined ? 'parse-resolv-conf' : `nameserver dns ${wordOf(loadBalancer, 'the name server', /:\d+$/.test(dnsServer) ? dnsServer : `${dnsServer}:53`)}`,
    'accepted_payload_size 8192',
    'resolve_retries 2',
    `timeout resolve ${often}`,
    'timeout retry 500ms',
    'hold valid 1s',
    'hold obsolete 0s',
    'hold nx 1s',
    'hold other 1s',
    'hold refused 1s',
    'hold timeout 1s',
  );
}

/**
 * Its own health.
 *
 * @internal
 */
export function healthSection(port: number, address = '127.0.0.1'): HaproxySection {
  return section('frontend health from own',
    `bind ${address}:${port}`,
    `http-request return status 200 if { path ${HEALTH_PATH} }`,
    'http-request return status 404',
  );
}
