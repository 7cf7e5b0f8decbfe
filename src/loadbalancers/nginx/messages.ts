import type { LoadBalancerModel } from '../../model/load-balancer';

/** @internal */
export const notExpressible = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot write ${what} ${JSON.stringify(text)} into a configuration of nginx, where dollar signs and control characters have a meaning:`
  + ` give one without them [${path}]`;

/** @internal */
export const notHeader = ({ path, name }: LoadBalancerModel, header: string): string =>
  `'${name}' cannot read the header ${JSON.stringify(header)}, as nginx passes over headers whose names have more than letters, digits and dashes:`
  + ` rename it, or use 'LoadBalancerBackend.caddy()' [${path}]`;

/** @internal */
export const notMethod = ({ path, name }: LoadBalancerModel, method: string): string =>
  `'${name}' cannot match the method ${JSON.stringify(method)}, as nginx refuses methods of more than capital letters, dashes and underscores:`
  + ` rename it, or use 'LoadBalancerBackend.caddy()' [${path}]`;

/** @internal */
export const headerEmpty = ({ path, name }: LoadBalancerModel, header: string): string =>
  `'${name}' cannot match the header '${header}' with an empty value, which nginx cannot tell from a missing header:`
  + ` give a value, or use 'LoadBalancerBackend.caddy()' [${path}]`;
