import * as messages from './messages';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { word } from '../../util/caddyfile';
import { tokenOf as tokenOfHttp, urlWithPercents } from '../http';

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
 * A token of HTTP (the name of a header or cookie, a method) as one word.
 *
 * @internal
 */
export function tokenOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  return wordOf(loadBalancer, what, tokenOfHttp(loadBalancer, what, text));
}

/**
 * A URL or its path and query as one word; what cannot be written stands there in percents, which means the same.
 *
 * @internal
 */
export function urlOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  return wordOf(loadBalancer, what, urlWithPercents(text));
}
