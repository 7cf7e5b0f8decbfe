import type { LoadBalancerModel, RouteModel } from '../model/load-balancer';

/**
 * Routes of one host in the order in which they are tried.
 *
 * @internal
 */
export const longestFirst = (routes: RouteModel[]): RouteModel[] => [...routes].sort((a, b) => b.path.length - a.path.length);

/**
 * Methods of requests that may be sent to a second copy after the first had them.
 *
 * @internal
 */
export const repeatableMethods = ({ retryIdempotent }: LoadBalancerModel): string[] =>
  ['GET', 'HEAD', 'OPTIONS', ...retryIdempotent ? ['PUT', 'DELETE'] : []];
