import { Size, SizeRoundingBehavior } from 'cdk8s';
import { ROUTE_MATCH, type RouteMatch, type RouteOptions } from './load-balancer-props';
import * as messages from '../validation/messages';
import { checkInstance, checkProps, checkSeconds } from '../validation/props';
import { isHeaderName, isMethod, isRoutePath, isWholeNumber } from '../validation/syntax';

/**
 * Fails for what a route cannot say by itself.
 *
 * @internal
 */
export function checkRoute(path: string, name: string, host: string, options: RouteOptions): void {
  const { path: prefix = '/', match, weight, requestTimeout, maxRequestBody } = options;
  // To some, 0 s is no limit at all.
  checkSeconds(path, name, 'requestTimeout', requestTimeout, 1, 'a Duration such as Duration.seconds(30)');
  checkInstance(path, name, 'maxRequestBody', maxRequestBody, Size, 'a Size such as Size.mebibytes(10)');
  const kibibytes = maxRequestBody?.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) ?? 1;
  if (!(kibibytes >= 1)) throw new Error(messages.noRequestBody(path, name));
  if (!isRoutePath(prefix)) throw new Error(messages.badRoutePath(path, name, prefix));
  if (weight !== undefined && !(isWholeNumber(weight, 1) && weight <= MOST_WEIGHT)) {
    throw new Error(messages.badWeight(path, name, weight, MOST_WEIGHT));
  }
  if (match !== undefined) checkMatch(path, name, `${host}${prefix}`, match);
}

/** Whatever of it were overlooked, the route would be for requests that it is not meant for. */
function checkMatch(path: string, name: string, where: string, match: RouteMatch): void {
  checkProps(path, `${name}, route '${where}', match,`, match, ROUTE_MATCH);
  for (const [header, value] of Object.entries(match.headers ?? {})) {
    if (!isHeaderName(header)) throw new Error(messages.badMatchHeader(path, name, header));
    if (value.trim() !== value || value === '' || /[\r\n\0]/.test(value)) throw new Error(messages.badMatchValue(path, name, header, value));
  }
  if (match.methods?.length === 0) throw new Error(messages.emptyList(path, name, 'match.methods', 'leave it out for all', "['GET', 'HEAD']"));
  for (const method of match.methods ?? []) if (!isMethod(method)) throw new Error(messages.badMethod(path, name, method));
}

/** What the Gateway API takes. */
const MOST_WEIGHT = 1_000_000;
