import { certificateStore } from './certificates';
import { challengeSections } from './challenges';
import { destinationSection, destinationsOf } from './destinations';
import { edgeFrontend } from './frontend';
import { FOLDER, MAINTENANCE, RUN } from './places';
import { numberedRoutes } from './routes';
import { wordOf } from './words';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { haproxyText, section, type HaproxySection } from '../../util/haproxy-cfg';
import { RETRY_AFTER } from '../maintenance';
import { HEALTH_PATH, HEALTH_PORT } from '../own-health';

/** Port of its metrics, on the loopback address alone: a neighbour on a network must not read who visits what. */
const METRICS_PORT = 8405;

/** A request waits so long for the first copy: through a reload, whose checks begin anew, and the restart of a single copy. */
const WAITS = [10, 20, 40, 80, 160, 320, 640, 1280];

/**
 * The whole configuration.
 *
 * @internal
 */
export function configurationOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  const routes = numberedRoutes(loadBalancer);
  return haproxyText([
    globalSection(),
    ...defaultsSections(),
    resolversSection(loadBalancer, traits),
    ...certificateStore(loadBalancer),
    edgeFrontend(loadBalancer, routes),
    ...destinationsOf(loadBalancer).map((target) => destinationSection(loadBalancer, target, routes, traits)),
    ...challengeSections(loadBalancer, traits),
    ...ownSections(),
  ]);
}

function globalSection(): HaproxySection {
  return section('global',
    'log stdout format raw local0 info',
    `stats socket ${RUN}/admin.sock mode 600 level admin`,
    // Memory is set aside for as many connections as the engine allows files: a million on some hosts.
    'fd-hard-limit 20000',
    // After a reload the process before goes on with what it has, WebSockets among it.
    'hard-stop-after 1h',
    // Else checks begin within a second, and a reload has no copy so long.
    'max-spread-checks 50ms',
    'ssl-default-bind-options ssl-min-ver TLSv1.2',
  );
}

function defaultsSections(): HaproxySection[] {
  return [
    section('defaults visitors',
      'mode http',
      'log global',
      'option dontlognull',
      'timeout client 60s',
      'timeout http-request 10s',
      'timeout http-keep-alive 60s',
    ),
    section('defaults copies',
      'mode http',
      'log global',
      'timeout connect 500ms',
      // A route says how long a request may take; without that it is as long as a WebSocket may be silent.
      'timeout server 1h',
      'timeout tunnel 1h',
      'timeout queue 10s',
      'retries 8',
      'option redispatch 1',
      'retry-on conn-failure empty-response 0rtt-rejected',
      `http-error status 503 content-type "text/html; charset=utf-8" file ${FOLDER}/${MAINTENANCE} hdr Retry-After ${RETRY_AFTER} hdr Cache-Control no-store`,
      ...WAITS.map((milliseconds) => `http-request pause ${milliseconds}ms if { nbsrv eq 0 }`),
    ),
    section('defaults own',
      'mode http',
      'timeout client 10s',
      'timeout http-request 10s',
    ),
  ];
}

function resolversSection(loadBalancer: LoadBalancerModel, { dnsServer }: ITargetTraits): HaproxySection {
  return section('resolvers names',
    dnsServer === undefined ? 'parse-resolv-conf' : `nameserver dns ${wordOf(loadBalancer, 'the name server', /:\d+$/.test(dnsServer) ? dnsServer : `${dnsServer}:53`)}`,
    'accepted_payload_size 8192',
    'resolve_retries 2',
    'timeout resolve 500ms',
    'timeout retry 500ms',
    'hold valid 1s',
    'hold obsolete 0s',
    'hold nx 1s',
    'hold other 1s',
    'hold refused 1s',
    'hold timeout 1s',
  );
}

/** What is nobody's but its own. */
function ownSections(): HaproxySection[] {
  return [
    section('frontend health from own',
      `bind 127.0.0.1:${HEALTH_PORT}`,
      `http-request return status 200 if { path ${HEALTH_PATH} }`,
      'http-request return status 404',
    ),
    section('frontend metrics from own',
      `bind 127.0.0.1:${METRICS_PORT}`,
      'http-request use-service prometheus-exporter if { path /metrics }',
      'http-request return status 404',
    ),
  ];
}
