import { askLines } from './forward-auth';
import { ofRoutes, type NumberedRoute } from './routes';
import { wordOf } from './words';
import { sourceRangesOf, usersOf } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';

/**
 * Who may use a route: the address is looked at first, the password then, and another workload is asked about what is left.
 *
 * @internal
 */
export function accessLines(loadBalancer: LoadBalancerModel, route: NumberedRoute): string[] {
  const ranges = sourceRangesOf(route).map((range) => wordOf(loadBalancer, 'the range', range));
  const users = usersOf(route);
  return [
    ...ranges.length === 0 ? [] : [`http-request return status 403 if ${ofRoutes([route])} !{ src -- ${ranges.join(' ')} }`],
    ...users === undefined ? [] : [`http-request auth realm restricted if ${ofRoutes([route])} !{ http_auth(${users.name}) }`],
    ...askLines(loadBalancer, route),
  ];
}
