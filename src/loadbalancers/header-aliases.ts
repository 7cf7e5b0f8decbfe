import { hostsThatAsk } from './authorities';
import { forwardAuthOf } from '../model/access-rule';
import type { LoadBalancerModel } from '../model/load-balancer';

/*
 * Headers that an application takes for others. CGI, PHP and what follows them make `_` of all in a name that is neither a letter nor a
 * digit: to them `Remote_User` and `Remote.User` are `Remote-User`.
 */

/**
 * All that may stand in the name of a header besides letters, digits and `-`: RFC 9110, section 5.6.2.
 *
 * @internal
 */
export const ALIAS_CHARACTERS = [...'!#$%&\'*+.^_`|~'];

/**
 * Whether copies are told who a visitor is. What could pass for that is taken away from every request then.
 *
 * @internal
 */
export const tellsWhoVisits = (loadBalancer: LoadBalancerModel): boolean =>
  hostsThatAsk(loadBalancer).length > 0 || loadBalancer.routes.some((route) => forwardAuthOf(route) !== undefined);
