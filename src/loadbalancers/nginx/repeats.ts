import { onceLocations } from './copy-tls';
import { LOOPBACK } from './places';
import { knowsStandIns, reached, standInsOfHeader, STAND_INS } from './stand-ins';
import { VISITOR_HEADER } from './visitors';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
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
const STAND_INS_HEADER = 'X-Nginx-Stand-Ins';

/**
 * The maps of the way that a request takes, by its method, to the copies of a location.
 *
 * @internal
 */
export function repeatMaps(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  const { retryIdempotent } = loadBalancer;
  const { kept, once } = reached(loadBalancer, traits);
  const onItsOwn = ['POST', 'PATCH', 'LOCK', ...retryIdempotent ? IDEMPOTENT_METHODS : []].join('|');
  return [
    block('map "$request_method $content_length" $way',
      ...retryIdempotent ? [`"~^(?:${IDEMPOTENT_METHODS.join('|')}) \\d{1,5}$" kept`] : [],
      `"~^(?:${SAFE_METHODS.join('|')}) " ${kept}`,
      `"~^(?:${onItsOwn}) " ${once}`,
      'default once',
    ),
    block('map $way $sent_method', 'once POST', 'default $request_method'),
    block('map $way $own_method', 'once $request_method', ...retryIdempotent ? ['kept $request_method'] : [], 'default ""'),
    block('map $own_method $own_copies', '"" ""', 'default $copies'),
    ...knowsStandIns(loadBalancer, traits) ? [block('map $own_method $own_stand_ins', '"" ""', `default ${STAND_INS}`)] : [],
  ];
}

/**
 * What every proxy sends to the servers on the loopback address, and removes for all others.
 *
 * @internal
 */
export const repeatHeaders = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] =>
  headersOf(loadBalancer, traits).map(([name, variable]) => `proxy_set_header ${name} ${variable}`);

/**
 * What is sent where these servers have no part.
 *
 * @internal
 */
export const noRepeatHeaders = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] =>
  headersOf(loadBalancer, traits).map(([name]) => `proxy_set_header ${name} ""`);

function headersOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): [name: string, variable: string][] {
  return [
    [COPIES_HEADER, '$own_copies'],
    ...knowsStandIns(loadBalancer, traits) ? [[STAND_INS_HEADER, '$own_stand_ins'] as [string, string]] : [],
    [METHOD_HEADER, '$own_method'],
  ];
}

/**
 * The servers on the loopback address, as groups and themselves.
 *
 * @internal
 */
export function repeatServers(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  return [
    ...onLoopback(loadBalancer, traits, 'once', LOOPBACK.once),
    ...loadBalancer.retryIdempotent ? onLoopback(loadBalancer, traits, 'kept', LOOPBACK.kept, `client_body_buffer_size ${KEPT_BYTES}`, 'proxy_request_buffering on') : [],
  ];
}

function onLoopback(loadBalancer: LoadBalancerModel, traits: ITargetTraits, name: string, port: number, ...directives: string[]): NginxBlock[] {
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
      ...noRepeatHeaders(loadBalancer, traits),
      ...standInsOfHeader(loadBalancer, header(STAND_INS_HEADER), traits),
      'include maintenance.conf',
      ...onceLocations(loadBalancer, header(COPIES_HEADER), traits),
      block('location /', `set $copies ${header(COPIES_HEADER)}`, `proxy_pass http://${reached(loadBalancer, traits).once}$request_uri`),
    ),
  ];
}
