import type { NumberedRoute } from './routes';
import { wordOf } from './words';
import { forwardAuthOf } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { prefixOf } from '../routes';

/**
 * Finds the host that a request is for: its own name, or the wildcard with the longest common end. A host that is
 * declared by its name never falls back on a wildcard.
 *
 * @internal
 */
export function siteLines(loadBalancer: LoadBalancerModel): string[] {
  const names = loadBalancer.hosts.map(({ name }) => name);
  const wildcards = names.filter((name) => name.startsWith('*.')).sort((a, b) => a.length - b.length);
  return [
    'http-request set-var(txn.host) req.hdr(host),host_only,lower',
    'http-request set-var(txn.site) var(txn.host)',
    ...wildcards.map((wildcard) => wildcardLine(loadBalancer, wildcard, names)),
  ];
}

function wildcardLine(loadBalancer: LoadBalancerModel, wildcard: string, names: string[]): string {
  const end = wildcard.slice(1);
  const declared = names.filter((name) => !name.startsWith('*') && name.endsWith(end));
  return [
    `http-request set-var(txn.site) str(${wildcard}) if { var(txn.host) -m end -- ${wordOf(loadBalancer, 'the host', end)} }`,
    ...declared.length === 0 ? [] : [`!{ var(txn.host) -m str -- ${declared.map((name) => wordOf(loadBalancer, 'the host', name)).join(' ')} }`],
  ].join(' ');
}

/**
 * The path that routes are compared with: without percents and doubled slashes, and with a slash at its end, so that no
 * route can be gone around by writing it in another way. Nobody asks for `.` and `..`, nor for percents that stand for nothing;
 * whoever does gets 400. Where every route takes all paths, and nobody is asked about them, there is nothing to go around: they are
 * the applications' alone.
 *
 * @internal
 */
export const pathLines = (routes: NumberedRoute[]): string[] => routes.every((route) => prefixOf(route) === '' && forwardAuthOf(route) === undefined) ? [] : [
  "http-request set-var(txn.path) 'path,url_dec,concat(/),regsub(/+,/,g)'",
  'http-request return status 400 if { path -m found } !{ var(txn.path) -m found }',
  "http-request return status 400 if { var(txn.path) -m reg -- '/[.][.]?/' }",
];

/**
 * Whether a route is sent to HTTPS.
 *
 * @internal
 */
export const isSentToHttps = ({ secure, redirectHttp }: NumberedRoute): boolean => secure && redirectHttp;
