import { accessLines } from './access';
import { ALL_SHARES, drawLines } from './balancing';
import { bindLines } from './certificates';
import { challengeDestinations, challengeLines } from './challenges';
import { destinationName } from './destinations';
import { bodyLines, grouped, ofRoutes, routeLine, type NumberedRoute } from './routes';
import { isSentToHttps, pathLines, siteLines } from './sites';
import { wordOf } from './words';
import { SUBJECT_HEADER } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { hostsThatAsk } from '../authorities';
import { tellsWhoVisits } from '../header-aliases';
import { httpPortOf, redirectUrl, secureUrl } from '../hosts';
import { isGrpc, sharesOf } from '../routes';

/** How many proxies in a row may stand in front: more are not looked behind. */
const MOST_PROXIES = 5;

/** An entry of the access log: one JSON object a line. */
const LOG_FORMAT = '"%{+json}o %(time)[request_date(ms),ms_utime(%Y-%m-%dT%H:%M:%S.%NZ)] %(client)[src] %(method)HM %(host)[var(txn.host)] %(uri)HU'
  + ' %(status:sint)ST %(bytes:sint)B %(milliseconds:sint)Ta %(destination)b %(copy)s %(retries:sint)rc %(ended)ts"';

/**
 * What visitors meet: finds the host, then the route, then answers or picks a destination.
 *
 * @internal
 */
export function edgeFrontend(loadBalancer: LoadBalancerModel, routes: NumberedRoute[], traits: ITargetTraits): HaproxySection {
  return section('frontend edge from visitors',
    `bind :${httpPortOf(traits)}`,
    ...bindLines(loadBalancer, traits),
    loadBalancer.accessLog ? `log-format ${LOG_FORMAT}` : 'no log',
    ...aliasLines(loadBalancer),
    ...visitorLines(loadBalancer),
    ...siteLines(loadBalancer),
    ...certificateLines(loadBalancer),
    ...challengeLines(loadBalancer),
    ...redirectLines(loadBalancer),
    ...pathLines(routes),
    ...routes.map((route) => routeLine(loadBalancer, route)),
    'http-request return status 404 unless { var(txn.route) -m found }',
    ...toHttpsLines(loadBalancer, routes.filter(isSentToHttps)),
    ...routes.flatMap((route) => [...accessLines(loadBalancer, route), ...bodyLines(loadBalancer, route)]),
    ...streamLines(routes),
    ...hstsLines(routes.filter(({ secure }) => secure)),
    ...routes.some(({ targets }) => targets.length > 1) ? drawLines(loadBalancer) : [],
    ...challengeDestinations(loadBalancer),
    ...routes.flatMap(destinationLines),
  );
}

/** HAProxy's own option for that comes too late for whom the script asks: behind all of these lines. */
const aliasLines = (loadBalancer: LoadBalancerModel): string[] => tellsWhoVisits(loadBalancer) ? ["http-request del-header '[^-0-9A-Za-z]' -m reg"] : [];

/** Who asks. Headers about that are believed from trusted proxies, from right to left: what stands left of the first other address may be made up. */
function visitorLines(loadBalancer: LoadBalancerModel): string[] {
  const { trustedProxies } = loadBalancer;
  const proto = "http-request set-header X-Forwarded-Proto '%[ssl_fc,iif(https,http)]'";
  const host = 'http-request set-header X-Forwarded-Host %[req.hdr(Host)]';
  if (trustedProxies.length === 0) return ['http-request set-header X-Forwarded-For %[src]', proto, host];
  return [
    `acl from-proxy src -- ${trustedProxies.map((range) => wordOf(loadBalancer, 'the range', range)).join(' ')}`,
    'http-request del-header X-Forwarded-For unless from-proxy',
    `${proto} unless from-proxy { req.hdr(X-Forwarded-Proto) -m found }`,
    `${host} unless from-proxy { req.hdr(X-Forwarded-Host) -m found }`,
    'http-request set-var(txn.neighbour) src',
    ...Array.from({ length: MOST_PROXIES }, (_, index) => `http-request set-src req.hdr_ip(X-Forwarded-For,-${index + 1}) if from-proxy`),
    'http-request add-header X-Forwarded-For %[var(txn.neighbour)]',
  ];
}

/**
 * A connection may be opened for one host and used for another, or before the certificate of the host is there: it is the host of the
 * request that asks.
 */
function certificateLines(loadBalancer: LoadBalancerModel): string[] {
  const asking = hostsThatAsk(loadBalancer);
  if (asking.length === 0) return [];
  return [
    `acl asks var(txn.site) -m str -- ${asking.map(({ name }) => wordOf(loadBalancer, 'the host', name)).join(' ')}`,
    'http-request return status 421 if asks { ssl_fc } !{ ssl_fc_sni,lower,strcmp(txn.host) eq 0 }',
    'http-request return status 403 if asks { ssl_fc } !{ ssl_c_used }',
    `http-request del-header ${SUBJECT_HEADER}`,
    `http-request set-header ${SUBJECT_HEADER} %[ssl_c_s_dn(,0,rfc2253)] if asks { ssl_c_used }`,
  ];
}

function redirectLines(loadBalancer: LoadBalancerModel): string[] {
  return loadBalancer.redirects.map(({ from, to }) => {
    const host = loadBalancer.hosts.find(({ name }) => name === from) ?? { name: from };
    const origin = wordOf(loadBalancer, 'the host', redirectUrl(loadBalancer, host, to).replace(/%/g, '%%'));
    return `http-request redirect prefix ${origin} code 308 if !{ var(txn.route) -m found } { var(txn.site) -m str -- ${wordOf(loadBalancer, 'the host', from)} }`;
  });
}

function toHttpsLines(loadBalancer: LoadBalancerModel, routes: NumberedRoute[]): string[] {
  if (routes.length === 0) return [];
  return [`http-request redirect prefix ${secureUrl(loadBalancer, '%[var(txn.host)]')} code 308 if !{ ssl_fc } ${ofRoutes(routes)}`];
}

/** A stream of gRPC may be silent for longer than a visitor who sends a request. */
function streamLines(routes: NumberedRoute[]): string[] {
  const streaming = routes.filter(({ targets }) => targets.some(isGrpc));
  return streaming.length === 0 ? [] : [`http-request set-timeout client 1h if ${ofRoutes(streaming)}`];
}

/** A header that the application sets by itself stands. */
function hstsLines(routes: NumberedRoute[]): string[] {
  return grouped(routes, ({ hstsSeconds }) => hstsSeconds === 0 ? undefined : hstsSeconds).map(([seconds, ones]) =>
    `http-after-response set-header Strict-Transport-Security max-age=${seconds} if { ssl_fc } ${ofRoutes(ones)}`
    + ' !{ res.hdr(Strict-Transport-Security) -m found }');
}

/** Several destinations share by weight: the draw is below the shares so far. */
function destinationLines(route: NumberedRoute): string[] {
  return sharesOf(route).map(({ target, upTo }, index) => {
    const drawn = index === route.targets.length - 1 ? '' : ` { var(txn.draw) -m int lt ${Math.round(upTo * ALL_SHARES)} }`;
    return `use_backend ${destinationName(target)} if ${ofRoutes([route])}${drawn}`;
  });
}
