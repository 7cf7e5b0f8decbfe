import * as messages from './messages';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { word } from '../../util/haproxy-cfg';
import { urlWithPercents } from '../http';

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
 * The path and query of a request as one word; what cannot stand there does so in percents, which means the same.
 *
 * @internal
 */
export const uriOf = (loadBalancer: LoadBalancerModel, what: string, text: string): string =>
  wordOf(loadBalancer, what, urlWithPercents(text));
