import type { LoadBalancerModel } from '../../model/load-balancer';

/** @internal */
export const notExpressible = ({ path, name }: LoadBalancerModel, what: string, text: string): string =>
  `'${name}' cannot write ${what} ${JSON.stringify(text)} into a Caddyfile, where braces and control characters have a meaning:`
  + ` give one without them [${path}]`;

/** @internal */
export const noDnsModule = ({ path, name }: LoadBalancerModel, issuer: string, provider: string, image: string): string =>
  `'${name}' cannot prove control by DNS for '${issuer}', as the image '${image}' has no module for ${provider}: build one with`
  + ` https://github.com/caddy-dns/${provider} and give it by 'backend: LoadBalancerBackend.caddy({ image: '…' })' [${path}]`;

/** @internal */
export const webhookElsewhere = ({ path, name }: LoadBalancerModel): string =>
  `'${name}' cannot prove control by Dns01.webhook, which is cert-manager's on Kubernetes: use another factory of Dns01 here [${path}]`;
