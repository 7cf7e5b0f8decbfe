import { onceLocations } from './copy-tls';
import { LOOPBACK } from './places';
import { ONCE } from './upstreams';
import { VISITOR_HEADER } from './visitors';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { IDEMPOTENT_METHODS, SAFE_METHODS } from '../http';

/*
 * Which requests may be sent again.
 *
 * A refused connection is tried on another copy for every method. A request that was sent is repeated by nginx unless its
 * method is POST, PATCH or LOCK, so PUT and DELETE too, and no directive changes that. What must not be repeated and has
 * none of these methods therefore goes to a server on the loopback address as a POST, whose proxy gives it back its own
 * method. Nothing is buffered on this way.
 */

/** Bodies up to five digits of bytes can be kept in memory. */
const KEPT_BYTES = '100k';

/** Headers by which the servers on the loopback address learn what to do; a visitor's own are overwritten. */
const COPIES_HEADER = 'X-Nginx-Copies';
const METHOD_HEADER = 'X-Nginx-Method';

/**
 * The maps of the way that a request takes, by its method, to the copies of a location.
 *
 * @internal
 */
export function repeatMaps({ retryIdempotent }: LoadBalancerModel): NginxBlock[] {
  const onItsOwn = ['POST', 'PATCH', 'LOCK', ...retryIdempotent ? IDEMPOTENT_METHODS : []].join('|');
  return [
    block('map "$request_method $content_length" $way',
      ...retryIdempotent ? [`"~^(?:${IDEMPOTENT_METHODS.join('|')}) \\d{1,5}$" kept`] : [],
      `"~^(?:${SAFE_METHODS.join('|')}) " $copies`,
      `"~^(?:${onItsOwn}) " $copies${ONCE}`,
      'default once',
    ),
    block('map $way $sent_method', 'once POST', 'default $request_method'),
    block('map $way $own_method', 'once $request_method', ...retryIdempotent ? ['kept $request_method'] : [], 'default ""'),
    block('map $own_method $own_copies', '"" ""', 'default $copies'),
  ];
}

/**
 * What every proxy sends to the servers on the loopback address, and removes for all others.
 *
 * @internal
 */
export const REPEAT_HEADERS = [
  `proxy_set_header ${COPIES_HEADER} $own_copies`,
  `proxy_set_header ${METHOD_HEADER} $own_method`,
];

/**
 * What is sent where these servers have no part.
 *
 * @internal
 */
export const NO_REPEAT_HEADERS = [COPIES_HEADER, METHOD_HEADER].map((name) => `proxy_set_header ${name} ""`);

/**
 * The servers on the loopback address, as groups and themselves.
 *
 * @internal
 */
export function repeatServers(loadBalancer: LoadBalancerModel): NginxBlock[] {
  return [
    ...onLoopback(loadBalancer, 'once', LOOPBACK.once),
    ...loadBalancer.retryIdempotent ? onLoopback(loadBalancer, 'kept', LOOPBACK.kept, `client_body_buffer_size ${KEPT_BYTES}`, 'proxy_request_buffering on') : [],
  ];
}

function onLoopback(loadBalancer: LoadBalancerModel, name: string, port: number, ...directives: string[]): NginxBlock[] {
  const header = (text: string) => `$http_${text.toLowerCase().replace(/-/g, '_')}`;
  return [
    block(`upstream ${name}`, `server 127.0.0.1:${port}`, 'keepalive 64'),
    block('server',
      `listen 127.0.0.1:${port}`,
      'access_log off',
      // A hash may want the visitor's address.
      'set_real_ip_from 127.0.0.1',
      `real_ip_header ${VISITOR_HEADER}`,
      ...directives,
      `proxy_method ${header(METHOD_HEADER)}`,
      // All other headers are as the first proxy has set them.
      'proxy_set_header Host $http_host',
      'proxy_set_header Connection ""',
      ...NO_REPEAT_HEADERS,
      'include maintenance.conf',
      ...onceLocations(loadBalancer, header(COPIES_HEADER)),
      block('location /', `set $copies ${header(COPIES_HEADER)}`, `proxy_pass http://$copies${ONCE}$request_uri`),
    ),
  ];
}
