import type { LoadBalancerModel } from '../../model/load-balancer';

/** @internal */
export const notExpressible = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot write ${what} ${JSON.stringify(text)} into a Caddyfile, where braces and control characters have a meaning:`
  + ` give one without them [${path}]`;

/** @internal */
export const notToken = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot use ${JSON.stringify(text)} as ${what}, as HTTP allows letters, digits and !#$%&'*+.^_\`|~- there: rename it [${path}]`;

/** @internal */
export const headerNeverMatches = ({ path, name }: LoadBalancerModel, header: string, value: string): string =>
  `'${name}' cannot match the header '${header}' with ${JSON.stringify(value)}, as no header has line breaks or begins or ends with blanks:`
  + ` remove them [${path}]`;

/** @internal */
export const noDnsModule = ({ path, name }: LoadBalancerModel, issuer: string, provider: string, image: string): string =>
  `'${name}' cannot prove control by DNS for '${issuer}', as the image '${image}' has no module for ${provider}: build one with`
  + ` https://github.com/caddy-dns/${provider} and give it by 'backend: LoadBalancerBackend.caddy({ image: '…' })' [${path}]`;
