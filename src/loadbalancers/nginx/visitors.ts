import { wordOf } from './words';
import { SUBJECT_HEADER } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type NginxDirective } from '../../util/nginx-conf';
import { hostsThatAsk } from '../authorities';

/** The visitor's address alone. */
export const VISITOR_HEADER = 'X-Real-IP';

/** What is told of a visitor, by the end of the header's and variable's name, and what nginx itself knows of it. */
const FORWARDED: [header: string, own: string][] = [
  ['Proto', '$scheme'],
  ['Host', '$host$is_request_port$request_port'],
];

/**
 * Who a visitor is. `X-Forwarded-*` is believed from trusted proxies only, and overwritten otherwise.
 *
 * @internal
 */
export function visitorDirectives(loadBalancer: LoadBalancerModel): NginxDirective[] {
  const ranges = loadBalancer.trustedProxies.map((range) => wordOf(loadBalancer, 'the range', range));
  if (ranges.length === 0) return [];
  return [
    ...ranges.map((range) => `set_real_ip_from ${range}`),
    'real_ip_header X-Forwarded-For',
    // From right to left: what stands left of the first proxy that is not trusted may be made up.
    'real_ip_recursive on',
    block('geo $realip_remote_addr $proxy_in_front', 'default no', ...ranges.map((range) => `${range} yes`)),
    block('map "$proxy_in_front $http_x_forwarded_for" $forwarded_for',
      '"~^yes (.+)$" "$1, $realip_remote_addr"',
      'default $realip_remote_addr',
    ),
    ...FORWARDED.map(([header, own]) => block(`map "$proxy_in_front $http_x_forwarded_${header.toLowerCase()}" $forwarded_${header.toLowerCase()}`,
      '"~^yes (.+)$" $1',
      `default ${own}`,
    )),
  ];
}

/**
 * The headers that tell a copy of its visitor.
 *
 * @internal
 */
export function visitorHeaders(loadBalancer: LoadBalancerModel, protocol: 'grpc' | 'proxy'): string[] {
  const believes = loadBalancer.trustedProxies.length > 0;
  const header = (name: string, value: string) => `${protocol}_set_header ${name} ${value}`;
  return [
    header('Host', '$host$is_request_port$request_port'),
    header(VISITOR_HEADER, '$remote_addr'),
    header('X-Forwarded-For', believes ? '$forwarded_for' : '$remote_addr'),
    // Empty, which removes it, where nobody is asked for a certificate. nginx refuses names with `_` by itself.
    ...hostsThatAsk(loadBalancer).length === 0 ? [] : [header(SUBJECT_HEADER, '$ssl_client_s_dn')],
    ...FORWARDED.map(([name, own]) => header(`X-Forwarded-${name}`, believes ? `$forwarded_${name.toLowerCase()}` : own)),
  ];
}
