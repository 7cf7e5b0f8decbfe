import * as messages from './messages';
import type { LoadBalancerModel } from '../model/load-balancer';

/*
 * What HTTP itself says about texts of the user's, whatever software writes them into its configuration.
 */

/**
 * A token (the name of a header or cookie, a method): RFC 9110, section 5.6.2.
 *
 * @internal
 */
export function tokenOf(loadBalancer: LoadBalancerModel, what: string, text: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) throw new Error(messages.notToken(loadBalancer, what, text));
  return text;
}

/**
 * The value of a header, if a request can have it.
 *
 * @internal
 */
export function headerValueOf(loadBalancer: LoadBalancerModel, name: string, value: string): string {
  if (/^\s|\s$|[^\P{Cc}\t]/u.test(value)) throw new Error(messages.headerNeverMatches(loadBalancer, name, value));
  return value;
}

/**
 * A URL, or its path and query, in which what often has a meaning to a configuration stands in percents, which means the same.
 *
 * @internal
 */
export function urlWithPercents(url: string): string {
  return url.replace(/[{}`"\\^|<> \u0080-\uffff]+/g, encodeURIComponent);
}

/**
 * A path as its reader means it: `/a b` for `/a%20b`.
 *
 * @internal
 */
export function pathWithoutPercents(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Methods that change nothing. */
export const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Methods that change the same the second time. */
export const IDEMPOTENT_METHODS = ['PUT', 'DELETE'];

/**
 * Methods of requests that may be sent to a second copy after the first had them.
 *
 * @internal
 */
export const repeatableMethods = ({ retryIdempotent }: LoadBalancerModel): string[] =>
  [...SAFE_METHODS, ...retryIdempotent ? IDEMPOTENT_METHODS : []];
