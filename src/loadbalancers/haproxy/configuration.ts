import { certificateStore } from './certificates';
import { challengeSections } from './challenges';
import { destinationSection, destinationsOf } from './destinations';
import { asks, questionSections, scriptLines } from './forward-auth';
import { edgeFrontend } from './frontend';
import { FOLDER, MAINTENANCE } from './places';
import { numberedRoutes } from './routes';
import { copiesDefaults, globalSection, healthSection, logLine, ownDefaults, resolversSection } from './sections';
import { streamSections } from './streams';
import { opensHttp, type LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { haproxyText, section, type HaproxySection } from '../../util/haproxy-cfg';
import { RETRY_AFTER } from '../maintenance';
import { healthAddressOf, HEALTH_PORT } from '../own-health';

/** Port of its metrics, on the loopback address alone unless the target keeps neighbours away from it. @internal */
export const METRICS_PORT = 8405;

/** A route says how long a request may take; without that it is as long as a WebSocket may be silent. */
const SILENCE = '1h';

const MAINTENANCE_ANSWER = `http-error status 503 content-type "text/html; charset=utf-8" file ${FOLDER}/${MAINTENANCE} hdr Retry-After ${RETRY_AFTER} hdr Cache-Control no-store`;

/**
 * The whole configuration.
 *
 * @internal
 */
export function configurationOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  const routes = numberedRoutes(loadBalancer);
  // The script's own requests are told like a visitor's.
  const quiet = asks(loadBalancer);
  const visitorsLog = quiet ? logLine('info') : 'log global';
  return haproxyText([
    globalSection(quiet ? 'notice' : 'info', 'ssl-default-bind-options ssl-min-ver TLSv1.2', ...scriptLines(loadBalancer)),
    ...defaultsSections(visitorsLog, traits),
    resolversSection(loadBalancer, traits),
    ...certificateStore(loadBalancer),
    ...opensHttp(loadBalancer) ? [edgeFrontend(loadBalancer, routes, traits)] : [],
    ...streamSections(loadBalancer, visitorsLog, traits),
    ...destinationsOf(loadBalancer).map((target) => destinationSection(loadBalancer, target, routes, traits)),
    ...questionSections(loadBalancer, traits),
    ...challengeSections(loadBalancer, traits),
    ...ownSections(traits),
  ]);
}

function defaultsSections(visitorsLog: string, traits: ITargetTraits): HaproxySection[] {
  return [
    section('defaults visitors',
      'mode http',
      visitorsLog,
      'option dontlognull',
      'timeout client 60s',
      'timeout http-request 10s',
      'timeout http-keep-alive 60s',
      // A kept connection that is closed when HAProxy stops may have a request on its way; so it is closed with the next answer. Where
      // nobody else serves, that would keep the next HAProxy waiting; over HTTP/2 a visitor is told before.
      ...traits.leavingSeconds === undefined ? [] : ['option idle-close-on-response'],
    ),
    copiesDefaults(traits, SILENCE, MAINTENANCE_ANSWER),
    ownDefaults(),
  ];
}

/** What is nobody's but its own. */
function ownSections(traits: ITargetTraits): HaproxySection[] {
  return [
    healthSection(HEALTH_PORT, healthAddressOf(traits)),
    section('frontend metrics from own',
      `bind ${traits.metricsAddress ?? '127.0.0.1'}:${METRICS_PORT}`,
      'http-request use-service prometheus-exporter if { path /metrics }',
      'http-request return status 404',
    ),
  ];
}
