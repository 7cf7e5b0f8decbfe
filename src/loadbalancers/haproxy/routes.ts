import * as messages from './messages';
import { wordOf } from './words';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { sample } from '../../util/haproxy-cfg';
import { headerValueOf, tokenOf } from '../http';
import { isGrpc, prefixOf, routesOf } from '../routes';

/**
 * A route with the number that requests carry from the moment they are found to be its.
 *
 * @internal
 */
export interface NumberedRoute extends RouteModel {
  readonly number: number;
  /** Whether its host is served over HTTPS. */
  readonly secure: boolean;
}

/**
 * All routes in the order in which they are tried.
 *
 * @internal
 */
export function numberedRoutes(loadBalancer: LoadBalancerModel): NumberedRoute[] {
  const redirected = new Set(loadBalancer.redirects.map(({ from }) => from));
  return loadBalancer.hosts.filter(({ name }) => !redirected.has(name))
    .flatMap((host) => routesOf(loadBalancer, host).map((route) => ({ ...route, secure: host.issuer !== undefined })))
    .map((route, index) => ({ ...route, number: index + 1 }));
}

/**
 * A condition for requests of some routes.
 *
 * @internal
 */
export const ofRoutes = (routes: NumberedRoute[]): string => `{ var(txn.route) -m int ${routes.map(({ number }) => number).join(' ')} }`;

/**
 * Gives a request the number of the first route that it matches.
 *
 * @internal
 */
export function routeLine(loadBalancer: LoadBalancerModel, route: NumberedRoute): string {
  const { host, number, methods, headers } = route;
  return [
    `http-request set-var(txn.route) int(${number}) if !{ var(txn.route) -m found }`,
    `{ var(txn.site) -m str -- ${wordOf(loadBalancer, 'the host', host)} }`,
    ...pathMatch(loadBalancer, prefixOf(route)),
    ...methods.length === 0 ? [] : [`{ method -- ${methods.map((method) => methodOf(loadBalancer, method)).join(' ')} }`],
    ...Object.entries(headers).map(([name, value]) => headerMatch(loadBalancer, name, value)),
  ].join(' ');
}

/** A prefix of whole path elements: `/api` matches `/api/users` and not `/apis`. The path of a request ends with a slash here. */
function pathMatch(loadBalancer: LoadBalancerModel, prefix: string): string[] {
  return prefix === '' ? [] : [`{ var(txn.path) -m beg -- ${wordOf(loadBalancer, 'the path', `${prefix}/`)} }`];
}

const methodOf = (loadBalancer: LoadBalancerModel, method: string): string => wordOf(loadBalancer, 'a method', tokenOf(loadBalancer, 'a method', method));

function headerMatch(loadBalancer: LoadBalancerModel, name: string, value: string): string {
  const header = wordOf(loadBalancer, 'the name of a header', sample('req.fhdr', tokenOf(loadBalancer, 'the name of a header', name)));
  return `{ ${header} ${value === '' ? '-m len 0' : `-m str -- ${wordOf(loadBalancer, `the header '${name}'`, headerValueOf(loadBalancer, name, value))}`} }`;
}

/**
 * How much may be sent to a route. HAProxy streams bodies, and compares the length that was announced; one that was not is
 * asked for.
 *
 * @internal
 */
export function bodyLines(loadBalancer: LoadBalancerModel, route: NumberedRoute): string[] {
  const { maxRequestBodyBytes: bytes, host, path, targets } = route;
  if (bytes === undefined) return [];
  if (targets.some(isGrpc)) throw new Error(messages.streamsWithoutLength(loadBalancer, `${host}${path}`, bytes));
  const unknown = `${ofRoutes([route])} !{ req.hdr(Content-Length) -m found }`;
  return [
    `http-request wait-for-body time 10s at-least 1 if ${unknown}`,
    `http-request return status 411 if ${unknown} { req.body_len gt 0 }`,
    `http-request return status 413 if ${ofRoutes([route])} { req.body_size gt ${bytes} }`,
  ];
}

/**
 * How long the copies of a destination may take for an answer.
 *
 * @internal
 */
export function timeoutsOf(routes: NumberedRoute[]): string[] {
  return grouped(routes, ({ requestTimeoutSeconds }) => requestTimeoutSeconds)
    .map(([seconds, ones]) => `http-request set-timeout server ${seconds}s if ${ofRoutes(ones)}`);
}

/**
 * Routes by a number that some have, the smallest first.
 *
 * @internal
 */
export function grouped(routes: NumberedRoute[], numberOf: (route: NumberedRoute) => number | undefined): [number, NumberedRoute[]][] {
  const groups = new Map<number, NumberedRoute[]>();
  for (const route of routes) {
    const number = numberOf(route);
    if (number !== undefined) groups.set(number, [...groups.get(number) ?? [], route]);
  }
  return [...groups].sort(([a], [b]) => a - b);
}
