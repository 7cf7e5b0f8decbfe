import { tokenOf } from './words';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { literal } from '../../util/re2';
import { headerValueOf } from '../http';
import { prefixOf } from '../routes';

/**
 * What a request must have for a route; none: every request of the host has it.
 *
 * @internal
 */
export function matchesOf(loadBalancer: LoadBalancerModel, { path, methods, headers }: RouteModel): string[] {
  return [
    ...pathMatch(prefixOf({ path })),
    ...methods.length === 0 ? [] : [`method ${methods.map((method) => tokenOf(loadBalancer, 'a method', method)).join(' ')}`],
    ...Object.entries(headers).map(([name, value]) => headerMatch(loadBalancer, name, value)),
  ];
}

/**
 * A prefix of whole path elements, in upper and lower case as written, like a Gateway's: `/api` matches `/api/users`
 * and not `/apis`. Caddy's own `path` would take `/API` too.
 */
function pathMatch(prefix: string): string[] {
  return prefix === '' ? [] : [`path_regexp ^${literal(prefix)}(/|$)`];
}

function headerMatch(loadBalancer: LoadBalancerModel, name: string, value: string): string {
  return `header_regexp ${tokenOf(loadBalancer, 'the name of a header', name)} ^${literal(headerValueOf(loadBalancer, name, value))}$`;
}

/**
 * A regular expression for a share of requests, over an id that each request is given: four hexadecimal digits, below
 * the share of all 65,536.
 *
 * @internal
 */
export function shareMatch(share: number): string {
  const digits = Math.min(0xffff, Math.max(1, Math.round(share * 0x10000))).toString(16).padStart(4, '0');
  const below = [...digits].flatMap((digit, index) => digit === '0' ? [] : [`${digits.slice(0, index)}${lessThan(digit)}`]);
  return `vars_regexp {http.request.uuid} ^(${below.join('|')})`;
}

function lessThan(digit: string): string {
  const last = parseInt(digit, 16) - 1;
  if (last === 0) return '0';
  if (last < 10) return `[0-${last}]`;
  return last === 10 ? '[0-9a]' : `[0-9a-${last.toString(16)}]`;
}
