import { forwardAuthWay, wayName } from './upstreams';
import { USERS } from './users';
import { tokenOf, wordOf } from './words';
import { forwardAuthOf, sourceRangesOf, usersOf } from '../../model/access-rule';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { block, type CaddyfileLine } from '../../util/caddyfile';
import { usersFile } from '../users';

/**
 * Lines of a route for those who may use it: the address is looked at first, the password then, and another workload is
 * asked about what is left.
 *
 * @internal
 */
export function guarded(loadBalancer: LoadBalancerModel, route: RouteModel, lines: CaddyfileLine[]): CaddyfileLine[] {
  const ranges = sourceRangesOf(route);
  const inside = authenticated(loadBalancer, route, lines);
  if (ranges.length === 0) return inside;
  return [
    `@inside client_ip ${ranges.map((range) => wordOf(loadBalancer, 'the range', range)).join(' ')}`,
    block('handle @inside', ...inside),
    block('handle', 'respond 403'),
  ];
}

/** In a `route` lines hold in the order they stand in. Caddy's own order would ask before headers are taken away. */
function authenticated(loadBalancer: LoadBalancerModel, route: RouteModel, lines: CaddyfileLine[]): CaddyfileLine[] {
  const [users, forwardAuth] = [usersOf(route), forwardAuthOf(route)];
  if (users === undefined && forwardAuth === undefined) return lines;
  return [block('route',
    ...users === undefined ? [] : [block('basic_auth', `import ${usersFile(users, USERS)}`)],
    ...forwardAuth === undefined ? [] : [
      ...forwardAuth.copyHeaders.map((name) => `request_header -${tokenOf(loadBalancer, 'the name of a header', name)}`),
      `invoke ${wayName(forwardAuthWay(forwardAuth))}`,
    ],
    ...lines,
  )];
}
