import type { LoadBalancerModel } from '../../model/load-balancer';

/** @internal */
export const methodInLowerCase = ({ path, name }: LoadBalancerModel, method: string): string =>
  `'${name}' cannot match the method ${JSON.stringify(method)}, as Traefik knows methods in capitals only: write it in capitals, or use`
  + ` LoadBalancerBackend.caddy() [${path}]`;

/** @internal */
export const wildcardThatAsks = ({ path, name }: LoadBalancerModel, host: string): string =>
  `'${name}' cannot ask visitors of '${host}' for certificates, as Traefik asks by whole names only: give routes for each host, or use`
  + ` LoadBalancerBackend.caddy() [${path}]`;

/** @internal */
export const severalAccounts = ({ path, name }: LoadBalancerModel, issuer: string, provider: string): string =>
  `'${name}' cannot prove control by DNS for '${issuer}' with an account of its own, as Traefik takes one for each provider and another issuer`
  + ` has one at ${provider}: give both the same Dns01, or use LoadBalancerBackend.caddy() [${path}]`;
