import * as messages from './messages';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { word } from '../../util/haproxy-cfg';

/**
 * A text of the user's as one word of an haproxy.cfg.
 *
 * @internal
 */
export function wordOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  const written = word(text);
  if (written === undefined) throw new Error(messages.notExpressible(loadBalancer, what, text));
  return written;
}

/**
 * A token of HTTP (the name of a header or cookie, a method): RFC 9110, section 5.6.2.
 *
 * @internal
 */
export function tokenOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) throw new Error(messages.notToken(loadBalancer, what, text));
  return text;
}

/**
 * The path and query of a request as one word; what cannot stand there does so in percents, which means the same.
 *
 * @internal
 */
export const uriOf = (loadBalancer: LoadBalancerModel, what: string, text: string): string =>
  wordOf(loadBalancer, what, text.replace(/[{}`"\\^|<> \u0080-\uffff]+/g, encodeURIComponent));
