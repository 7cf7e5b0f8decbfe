import { routeOf } from './gateway';
import type { KubernetesEdge } from './kubernetes-edge';
import type { LoadBalancerModel, RouteModel } from '../../../model/load-balancer';
import { isGrpcPort } from '../../../model/port';

/**
 * Whether the routes of a host are GRPCRoutes: a listener takes a host from one kind of route alone, so that all of them
 * must lead to ports that speak gRPC and say nothing that a GRPCRoute cannot. Else they are HTTPRoutes, which carry gRPC too.
 *
 * Traefik answers every call of a GRPCRoute that sets a header of answers, as HSTS does, with `Unavailable`.
 *
 * @see https://gateway-api.sigs.k8s.io/api-types/grpcroute/
 * @internal
 */
export function isGrpcHost(host: string, { routes, redirects }: LoadBalancerModel, edge: KubernetesEdge): boolean {
  return !edge._is('traefik') && redirects.every(({ from }) => from !== host) && routes.every((route) => route.host !== host || isGrpcRoute(route));
}

function isGrpcRoute({ path, methods, requestTimeoutSeconds, targets }: RouteModel): boolean {
  return (path === '/' || METHOD.test(path)) && methods.length === 0 && requestTimeoutSeconds === undefined
    && targets.every(({ port }) => isGrpcPort(port));
}

/** `/package.Service` or `/package.Service/Method`: gRPC has no other paths. */
const METHOD = /^\/([A-Za-z_][\w.]*)(?:\/([A-Za-z_]\w*))?$/;

/** @internal Calls of one service or method. */
export function grpcRoute(route: RouteModel, model: LoadBalancerModel, edge: KubernetesEdge): any {
  return routeOf(route, model, edge, [{ matches: matches(route) }]);
}

function matches({ path, headers }: RouteModel): any[] | undefined {
  const [, service, method] = METHOD.exec(path) ?? [];
  const names = Object.keys(headers).sort();
  if (service === undefined && names.length === 0) return undefined;
  return [{
    headers: names.length === 0 ? undefined : names.map((name) => ({ name, type: 'Exact', value: headers[name] })),
    method: service === undefined ? undefined : { method, service, type: 'Exact' },
  }];
}
