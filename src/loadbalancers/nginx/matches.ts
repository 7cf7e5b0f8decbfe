import { shareKey } from './balancing';
import * as messages from './messages';
import { mirrorMaps, mirrorVariable } from './mirrors';
import { headerVariable } from './words';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { literal } from '../../util/re2';
import { headerValueOf } from '../http';
import { prefixOf, sharesOf } from '../routes';

/** Where a request goes that no route matches. */
const NONE = '/none';

/**
 * A host's routes, the first that matches first.
 *
 * @internal
 */
export interface HostRoutes {
  /** Number of the host, which tells its variables from those of others. */
  readonly number: number;
  readonly routes: RouteModel[];
}

/**
 * The variable with the place of the route that a request takes; undefined: there is one route for all.
 *
 * @internal
 */
export function placeVariable({ number, routes }: HostRoutes): string | undefined {
  const [{ path, methods, headers, targets, mirror }] = routes;
  const takesAll = prefixOf({ path }) === '' && methods.length === 0 && Object.keys(headers).length === 0;
  return routes.length === 1 && takesAll && targets.length === 1 && mirror === undefined ? undefined : `$route${number}`;
}

/**
 * The place of a destination of a route: a path that no visitor can ask for, since every request's own is replaced.
 *
 * @internal
 */
export function placeOf({ routes }: HostRoutes, route: RouteModel, target: number): string {
  const place = `/${routes.indexOf(route) + 1}`;
  const { peer, port } = route.targets[target];
  if (route.targets.length === 1) return place;
  // Two charts may have a workload of one name.
  const isAlone = route.targets.every((other) => other.peer.name !== peer.name || other.peer.chart === peer.chart);
  return `${place}/${isAlone ? '' : `${peer.chart}.`}${peer.name}:${port.number}`;
}

/**
 * The maps that give each request its place. All that a route may ask for stands in one text, the path last: only that
 * can have line breaks. nginx takes the first expression that matches.
 *
 * @internal
 */
export function placeMaps(loadBalancer: LoadBalancerModel, host: HostRoutes): NginxBlock[] {
  const variable = placeVariable(host);
  if (variable === undefined) return [];
  const { routes } = host;
  const byMethod = routes.some(({ methods }) => methods.length > 0);
  const headers = [...new Set(routes.flatMap((route) => Object.keys(route.headers)))].sort();
  const asked = [
    ...byMethod ? ['$request_method'] : [],
    ...headers.map((name) => headerVariable(loadBalancer, name)),
    '$uri',
  ];
  const expression = (route: RouteModel) => [
    ...byMethod ? [methodExpression(loadBalancer, route)] : [],
    ...headers.map((name) => headerExpression(loadBalancer, route, name)),
    // A prefix of whole path elements, like a Gateway's: `/api` matches `/api/users` and not `/apis`.
    `${literal(prefixOf(route))}(?:/|\\z)`,
  ].join('\\n');
  return [
    ...routes.flatMap((route) => [...shares(loadBalancer, host, route), ...mirrorMaps(host, route)]),
    block(`map "${asked.join('\\n')}" ${variable}`,
      ...routes.map((route) =>
        `"~^${expression(route)}" ${route.targets.length === 1 ? placeOf(host, route, 0) : sharesVariable(host, route)}${mirrorVariable(host, route) ?? ''}`),
      `default ${NONE}`,
    ),
  ];
}

/** Several destinations share by weight. */
function shares(loadBalancer: LoadBalancerModel, host: HostRoutes, route: RouteModel): NginxBlock[] {
  const { targets } = route;
  if (targets.length === 1) return [];
  return [block(`split_clients ${shareKey(loadBalancer)} ${sharesVariable(host, route)}`, ...sharesOf(route).map(({ own }, index) => {
    // Hundredths of a percent are the least that nginx knows.
    const share = index === targets.length - 1 ? '*' : `${Math.max(0.01, 100 * own).toFixed(2)}%`;
    return `${share} ${placeOf(host, route, index)}`;
  }))];
}

const sharesVariable = ({ number, routes }: HostRoutes, route: RouteModel): string => `$route${number}_share${routes.indexOf(route) + 1}`;

function methodExpression(loadBalancer: LoadBalancerModel, { methods }: RouteModel): string {
  for (const method of methods) if (!/^[A-Z_-]+$/.test(method)) throw new Error(messages.notMethod(loadBalancer, method));
  return methods.length === 0 ? ANYTHING : `(?:${methods.join('|')})`;
}

function headerExpression(loadBalancer: LoadBalancerModel, { headers }: RouteModel, name: string): string {
  const value = headers[name];
  if (value === undefined) return ANYTHING;
  if (value === '') throw new Error(messages.headerEmpty(loadBalancer, name));
  return literal(headerValueOf(loadBalancer, name, value));
}

const ANYTHING = '[^\\n]*';
