import type { LoadBalancerModel } from '../../model/load-balancer';

/** @internal */
export const notExpressible = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot write ${what} ${JSON.stringify(text)} into an haproxy.cfg, where control characters and a lone closing brace have a meaning:`
  + ` give one without them [${path}]`;

/** @internal */
export const streamsWithoutLength = ({ path, name }: LoadBalancerModel, route: string, bytes: number): string =>
  `'${name}' cannot limit requests of '${route}' to ${bytes} bytes, as gRPC does not announce the length that HAProxy would compare: remove`
  + ` 'maxRequestBody', or use 'backend: LoadBalancerBackend.caddy()' [${path}]`;
