import { Size, SizeRoundingBehavior } from 'cdk8s';
import type { RouteOptions } from './load-balancer-props';
import * as messages from '../validation/messages';
import { checkInstance, checkSeconds } from '../validation/props';
import { isHeaderName, isMethod, isRoutePath, isWholeNumber } from '../validation/syntax';

/**
 * Fails for what a route cannot say by itself.
 *
 * @internal
 */
export function checkRoute(path: string, name: string, { path: prefix = '/', match = {}, weight, requestTimeout, maxRequestBody }: RouteOptions): void {
  // To some, 0 s is no limit at all.
  checkSeconds(path, name, 'requestTimeout', requestTimeout, 1, 'a Duration such as Duration.seconds(30)');
  checkInstance(path, name, 'maxRequestBody', maxRequestBody, Size, 'a Size such as Size.mebibytes(10)');
  if (maxRequestBody?.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR }) === 0) throw new Error(messages.noRequestBody(path, name));
  if (!isRoutePath(prefix)) throw new Error(messages.badRoutePath(path, name, prefix));
  if (weight !== undefined && !(isWholeNumber(weight, 1) && weight <= MOST_WEIGHT)) {
    throw new Error(messages.badWeight(path, name, weight, MOST_WEIGHT));
  }
  for (const header of Object.keys(match.headers ?? {})) if (!isHeaderName(header)) throw new Error(messages.badMatchHeader(path, name, header));
  for (const method of match.methods ?? []) if (!isMethod(method)) throw new Error(messages.badMethod(path, name, method));
}

/** What the Gateway API takes. */
const MOST_WEIGHT = 1_000_000;
