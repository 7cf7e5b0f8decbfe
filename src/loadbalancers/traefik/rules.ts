import * as messages from './messages';
import { goText } from './text';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { literal } from '../../util/re2';
import { headerValueOf, tokenOf } from '../http';
import { prefixOf } from '../routes';

/*
 * The rules of routers: https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */

/**
 * What a request must have for a route.
 *
 * @internal
 */
export function routeRule(loadBalancer: LoadBalancerModel, { host, path, headers, methods }: RouteModel): string {
  return allOf(
    hostRule(loadBalancer, host),
    ...pathRule(prefixOf({ path })),
    ...Object.entries(headers).map(([name, value]) => headerRule(loadBalancer, name, value)),
    ...methods.length === 0 ? [] : [methodRule(methods.map((method) => methodOf(loadBalancer, method)))],
  );
}

/** @internal */
export const allOf = (...rules: string[]): string => rules.join(' && ');

/**
 * A host; a wildcard stands for one label, and for no host that has routes of its own.
 *
 * @internal
 */
export function hostRule({ hosts }: LoadBalancerModel, host: string): string {
  if (!host.startsWith('*.')) return `Host(${goText(host)})`;
  const expression = `^[^.]+${literal(host.slice(1))}$`;
  const own = hosts.filter(({ name }) => new RegExp(expression).test(name) && name !== host);
  return allOf(`HostRegexp(${goText(expression)})`, ...own.map(({ name }) => `!Host(${goText(name)})`));
}

/** @internal */
export const methodRule = (methods: string[]): string => anyOf(methods.map((method) => `Method(${goText(method)})`));

/**
 * Visitors, or proxies, that come from one of some ranges.
 *
 * @internal
 */
export const senderRule = (ranges: string[]): string => anyOf(ranges.map((range) => `ClientIP(${goText(range)})`));

/** @internal Requests that become WebSockets. */
export const UPGRADE_RULE = 'HeaderRegexp(`Upgrade`, `(?i)^websocket$`)';

/** @internal */
export function anyOf(rules: string[]): string {
  return rules.length === 1 ? rules[0] : `(${rules.join(' || ')})`;
}

/** Traefik keeps these of a path in percents if they came so. */
const RESERVED = /[:/?#[\]@!$&'()*+,;=]/;

/**
 * A prefix of whole path elements, like a Gateway's: `/api` matches `/api/users` and not `/apis`. A slash in percents is
 * one too, or a copy that decodes it would be reached past the route.
 */
function pathRule(prefix: string): string[] {
  if (prefix === '') return [];
  const expression = [...prefix.slice(1)].map((character) => {
    if (character === '%') return '%25';
    return RESERVED.test(character) ? `(${literal(character)}|${encodeReserved(character)})` : literal(character);
  }).join('');
  return [`PathRegexp(${goText(`^/${expression}(/|%2F|$)`)})`];
}

const encodeReserved = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function headerRule(loadBalancer: LoadBalancerModel, name: string, value: string): string {
  const header = goText(tokenOf(loadBalancer, 'the name of a header', name));
  const text = headerValueOf(loadBalancer, name, value);
  // A matcher takes no empty text.
  return text === '' ? `HeaderRegexp(${header}, \`^$\`)` : `Header(${header}, ${goText(text)})`;
}

function methodOf(loadBalancer: LoadBalancerModel, method: string): string {
  if (method !== method.toUpperCase()) throw new Error(messages.methodInLowerCase(loadBalancer, method));
  return tokenOf(loadBalancer, 'a method', method);
}
