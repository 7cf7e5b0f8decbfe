import * as messages from './messages';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { word } from '../../util/nginx-conf';

/**
 * A text of the user's as one word of the configuration.
 *
 * @internal
 */
export function wordOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  const written = word(text);
  if (written === undefined) throw new Error(messages.notExpressible(loadBalancer, what, text));
  return written;
}

/**
 * The variable with the value of a request header.
 *
 * @internal
 */
export function headerVariable(loadBalancer: LoadBalancerModel, name: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(name)) throw new Error(messages.notHeader(loadBalancer, name));
  return `$http_${name.toLowerCase().replace(/-/g, '_')}`;
}
