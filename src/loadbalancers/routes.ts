import type { RouteModel } from '../model/load-balancer';

/**
 * Routes of one host in the order in which they are tried.
 *
 * @internal
 */
export const longestFirst = (routes: RouteModel[]): RouteModel[] => [...routes].sort((a, b) => b.path.length - a.path.length);
