import * as messages from './messages';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { word } from '../../util/caddyfile';

/**
 * A text of the user's as one word of a Caddyfile.
 *
 * @internal
 */
export function wordOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  const written = word(text);
  if (written === undefined) throw new Error(messages.notExpressible(loadBalancer, what, text));
  return written;
}

/**
 * A token of HTTP (the name of a header or cookie, a method) as one word: RFC 9110, section 5.6.2.
 *
 * @internal
 */
export function tokenOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) throw new Error(messages.notToken(loadBalancer, what, text));
  return wordOf(loadBalancer, what, text);
}

/**
 * A URL or its path and query as one word; what cannot be written stands there in percents, which means the same.
 *
 * @internal
 */
export function urlOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  return wordOf(loadBalancer, what, text.replace(/[{}`"\\^|<> ]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`));
}
