import { certificateDirectives } from './certificates';
import { challengeLocations, NO_CHALLENGE } from './challenges';
import { tlsDirectives, wayUrl } from './copy-tls';
import { askDirectives, copiedHeaders, questionLocations } from './forward-auth';
import { placeMaps, placeOf, placeVariable, type HostRoutes } from './matches';
import { mirrorLocations, placesOf } from './mirrors';
import { sentHeaders } from './sent-headers';
import { copiesOfLocation, waysOf } from './stand-ins';
import { httpsAddress } from './streams';
import { groupName, ONCE } from './upstreams';
import { wordOf } from './words';
import { sourceRangesOf, usersOf } from '../../model/access-rule';
import { opensHttp, type HostModel, type LoadBalancerModel, type RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock, type NginxDirective } from '../../util/nginx-conf';
import { httpPortOf, isSecure, redirectUrl, secureUrl } from '../hosts';
import { isGrpc, routesOf, trySeconds } from '../routes';


/**
 * The servers for hosts that nobody knows: without them the first known host would answer.
 *
 * @internal
 */
export function defaultServers(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  return [
    ...opensHttp(loadBalancer) ? [block('server', `listen ${httpPortOf(traits)} default_server`, 'return 404')] : [],
    ...isSecure(loadBalancer)
      // A visitor may name one host to TLS and another to HTTP.
      ? [block('server', `listen ${httpsAddress(loadBalancer, traits)} ssl default_server`, 'ssl_reject_handshake on', 'return 404')]
      : [],
  ];
}

/**
 * A host: the maps of its routes, a server for HTTPS, one for HTTP.
 *
 * @internal
 */
export function hostBlocks(loadBalancer: LoadBalancerModel, host: HostModel, traits: ITargetTraits): NginxBlock[] {
  const redirect = loadBalancer.redirects.find(({ from }) => from === host.name);
  const routes = routesOf(loadBalancer, host);
  if (redirect === undefined && routes.length === 0) return [];
  const server = (listen: string[], ...directives: NginxDirective[]) =>
    block('server', listen[0], `server_name ${wordOf(loadBalancer, 'the host', host.name)}`, ...listen.slice(1), ...directives);
  const secure = host.issuer === undefined ? undefined : [`listen ${httpsAddress(loadBalancer, traits)} ssl`, ...certificateDirectives(loadBalancer, host.name, host.issuer)];
  const plain = [`listen ${httpPortOf(traits)}`];
  const challenges = challengeLocations(loadBalancer, host, traits);
  if (redirect !== undefined) {
    const answer = `return 308 ${wordOf(loadBalancer, 'the address', redirectUrl(loadBalancer, host, redirect.to))}$request_uri`;
    return [...secure === undefined ? [] : [server(secure, answer)], server(plain, ...allBut(challenges, answer))];
  }
  const hostRoutes = { number: loadBalancer.hosts.indexOf(host) + 1, routes };
  const maps = placeMaps(loadBalancer, hostRoutes);
  const serve = (route: RouteModel, target: number) => proxyDirectives(loadBalancer, route, target, routes.indexOf(route) + 1, traits);
  const questions = (asking: (route: RouteModel) => boolean) =>
    [...questionLocations(loadBalancer, routes, traits, asking), ...mirrorLocations(loadBalancer, routes, traits, asking)];
  if (secure === undefined) return [...maps, server(plain, ...locations(hostRoutes, serve, { questions: questions(() => true) }))];
  const toHttps = `return 308 ${secureUrl(loadBalancer, '$host')}$request_uri`;
  return [
    ...maps,
    server(secure, ...locations(hostRoutes, (route, target) => [...hstsDirectives(route), ...serve(route, target)],
      { questions: questions(() => true) })),
    server(plain, ...routes.every(({ redirectHttp }) => redirectHttp)
      ? allBut(challenges, toHttps)
      : locations(hostRoutes, (route, target) => route.redirectHttp ? [toHttps] : serve(route, target),
        { challenges, questions: questions(({ redirectHttp }) => !redirectHttp) })),
  ];
}

/**
 * The maps of HSTS: a header that the application sets by itself stands.
 *
 * @internal
 */
export function hstsMaps({ routes }: LoadBalancerModel): NginxBlock[] {
  const seconds = [...new Set(routes.map(({ hstsSeconds }) => hstsSeconds))].filter((one) => one > 0).sort((a, b) => a - b);
  return seconds.map((one) => block(`map $upstream_http_strict_transport_security $hsts${one}`, `"" max-age=${one}`, 'default ""'));
}

function hstsDirectives({ hstsSeconds }: RouteModel): string[] {
  return hstsSeconds === 0 ? [] : [`add_header Strict-Transport-Security $hsts${hstsSeconds} always`];
}

/** One answer to all requests but an authority's. */
const allBut = (challenges: NginxBlock[], answer: string): NginxDirective[] =>
  challenges.length === 0 ? [answer] : [...challenges, block('location /', answer)];

/** Each request goes to the location of its route, whatever its own path; one that has no route is answered with 404. */
function locations(
  host: HostRoutes, directives: (route: RouteModel, target: number) => NginxDirective[],
  { challenges = [], questions }: { challenges?: NginxBlock[]; questions: NginxBlock[] },
): NginxDirective[] {
  const variable = placeVariable(host);
  const answers = ['include maintenance.conf', ...challenges, ...questions];
  if (variable === undefined) return [...answers, block('location /', ...directives(host.routes[0], 0))];
  return [
    ...answers,
    `rewrite ${challenges.length === 0 ? (questions.length === 0 ? '^' : '^/') : NO_CHALLENGE} ${variable} last`,
    ...host.routes.flatMap((route) => route.targets.flatMap((_, target) => placesOf(host, route, placeOf(host, route, target))
      .map(([place, more]) => block(`location = ${place}`, ...more, ...directives(route, target))))),
    block('location /', 'return 404'),
  ];
}

function proxyDirectives(loadBalancer: LoadBalancerModel, route: RouteModel, index: number, number: number, traits: ITargetTraits): NginxDirective[] {
  const target = route.targets[index];
  const group = groupName(target, route);
  const ranges = sourceRangesOf(route);
  const users = usersOf(route);
  const limits = [
    ...ranges.map((range) => `allow ${wordOf(loadBalancer, 'the range', range)}`),
    ...ranges.length === 0 ? [] : ['deny all'],
    // Its lines are read for each request, so that other passwords need no reload.
    ...users === undefined ? [] : ['auth_basic restricted', `auth_basic_user_file ${wordOf(loadBalancer, 'the file', users.file)}`],
    ...askDirectives(loadBalancer, route, number),
    ...headersOf(loadBalancer, route, isGrpc(target) ? 'grpc' : 'proxy', traits),
    ...route.maxRequestBodyBytes === undefined ? [] : [`client_max_body_size ${route.maxRequestBodyBytes}`],
    ...timeLimits(isGrpc(target) ? 'grpc' : 'proxy', route),
  ];
  // gRPC sends the path that nginx has, not one that a directive gives; a stream may be silent for long in both directions.
  if (isGrpc(target)) {
    const { before, to } = waysOf(loadBalancer, '$stream_to', `${group}${ONCE}`, target, traits);
    return [
      ...limits,
      ...tlsDirectives(loadBalancer, target),
      'client_body_timeout 1h',
      ...before,
      'rewrite ^ $request_uri break',
      `grpc_pass grpc${target.tls === undefined ? '' : 's'}://${to}`,
    ];
  }
  return [
    ...limits,
    ...tlsDirectives(loadBalancer, target),
    ...copiesOfLocation(loadBalancer, group, traits, target),
    `proxy_pass ${wayUrl(target)}`,
  ];
}

/** Those of all proxies hold where a location has none of its own. */
function headersOf(loadBalancer: LoadBalancerModel, route: RouteModel, protocol: 'grpc' | 'proxy', traits: ITargetTraits): string[] {
  const copied = copiedHeaders(loadBalancer, route);
  return copied.length === 0 ? [] : [...sentHeaders(loadBalancer, protocol, traits), ...copied.map(([name, value]) => `${protocol}_set_header ${name} ${value}`)];
}

function timeLimits(prefix: string, route: RouteModel): string[] {
  const { requestTimeoutSeconds } = route;
  if (requestTimeoutSeconds === undefined) return [];
  return [`${prefix}_read_timeout ${requestTimeoutSeconds}s`, `${prefix}_next_upstream_timeout ${trySeconds(route)}s`];
}
