import { guarded } from './access';
import { certificatesName } from './certificates';
import { matchesOf, shareMatch } from './matches';
import { IMPORT_NO_COPY, SET_SUBJECT, siteImports } from './site-snippets';
import { wayName } from './upstreams';
import { wordOf } from './words';
import type { HostModel, LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { block, caddyfileText, type CaddyfileBlock, type CaddyfileLine } from '../../util/caddyfile';
import { authorityOfHost } from '../authorities';
import { redirectUrl, secureUrl } from '../hosts';
import { routesOf, sharesOf } from '../routes';

/**
 * The sites of all hosts. Nothing in them is another on another target, so that they are made once for all.
 *
 * @internal
 */
export function sitesText(loadBalancer: LoadBalancerModel): string {
  let text = TEXTS.get(loadBalancer);
  if (text === undefined) TEXTS.set(loadBalancer, text = caddyfileText(loadBalancer.hosts.flatMap((host) => sitesOf(loadBalancer, host))));
  return text;
}

const TEXTS = new WeakMap<LoadBalancerModel, string>();

/** The sites of a host: one for HTTPS, one for HTTP. */
function sitesOf(loadBalancer: LoadBalancerModel, host: HostModel): CaddyfileBlock[] {
  const redirect = loadBalancer.redirects.find(({ from }) => from === host.name);
  const routes = routesOf(loadBalancer, host);
  if (redirect === undefined && routes.length === 0) return [];
  const name = wordOf(loadBalancer, 'the host', host.name);
  const authority = authorityOfHost(loadBalancer, host);
  const secure = host.issuer === undefined ? [] : [`import ${certificatesName(host.issuer, authority)}`, ...authority === undefined ? [] : [SET_SUBJECT]];
  const site = (scheme: string, ...lines: CaddyfileLine[]) => block(`${scheme}://${name}`, ...siteImports(loadBalancer), ...lines);
  const routed = (scheme: string, ...lines: CaddyfileLine[]) => site(scheme, IMPORT_NO_COPY, ...lines);
  if (redirect !== undefined) {
    const lines = [`redir ${wordOf(loadBalancer, 'the address', redirectUrl(loadBalancer, host, redirect.to))}{uri} 308`];
    return [...host.issuer === undefined ? [] : [site('https', ...secure, ...lines)], site('http', ...lines)];
  }
  const serve = (route: RouteModel) => routeLines(loadBalancer, route);
  if (host.issuer === undefined) return [routed('http', ...routeBlocks(loadBalancer, routes, serve))];
  const toHttps = `redir ${secureUrl(loadBalancer, '{host}')}{uri} 308`;
  return [
    routed('https', ...secure, ...routeBlocks(loadBalancer, routes, (route) => [...hstsLines(route), ...serve(route)])),
    routes.every(({ redirectHttp }) => redirectHttp)
      ? site('http', toHttps)
      : routed('http', ...routeBlocks(loadBalancer, routes, (route) => route.redirectHttp ? [toHttps] : serve(route))),
  ];
}

/** Each request takes the first route that it matches; one that matches none is answered with 404. */
function routeBlocks(loadBalancer: LoadBalancerModel, routes: RouteModel[], lines: (route: RouteModel) => CaddyfileLine[]): CaddyfileLine[] {
  const all = routes.map((route) => ({ matches: matchesOf(loadBalancer, route), lines: lines(route) }));
  if (all.length === 1 && all[0].matches.length === 0) return all[0].lines;
  const blocks = all.flatMap(({ matches, lines: inner }, index) => matches.length === 0
    ? [block('handle', ...inner)]
    : [block(`@${index + 1}`, ...matches), block(`handle @${index + 1}`, ...inner)]);
  return all.some(({ matches }) => matches.length === 0) ? blocks : [...blocks, block('handle', 'respond 404')];
}

function routeLines(loadBalancer: LoadBalancerModel, route: RouteModel): CaddyfileLine[] {
  return guarded(loadBalancer, route, [
    ...route.maxRequestBodyBytes === undefined ? [] : [block('request_body', `max_size ${route.maxRequestBodyBytes}`)],
    ...destinationLines(route),
  ]);
}

/** Several destinations share by weight: the first takes its share of all requests, the second of what is left, and so on. */
function destinationLines(route: RouteModel): CaddyfileLine[] {
  const invoke = (index: number) => `invoke ${wayName({ target: route.targets[index], timeoutSeconds: route.requestTimeoutSeconds })}`;
  if (route.targets.length === 1) return [invoke(0)];
  return sharesOf(route).flatMap(({ upTo }, index) => {
    if (index === route.targets.length - 1) return [block('handle', invoke(index))];
    return [`@share${index + 1} ${shareMatch(upTo)}`, block(`handle @share${index + 1}`, invoke(index))];
  });
}

/** A header that the application sets by itself stands. */
function hstsLines({ hstsSeconds }: RouteModel): CaddyfileLine[] {
  return hstsSeconds === 0 ? [] : [`header ?Strict-Transport-Security max-age=${hstsSeconds}`];
}
