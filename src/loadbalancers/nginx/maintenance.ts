import { groupsOverTls, tlsDirectives, wayUrl } from './copy-tls';
import { begunAnewWith } from './stand-ins';
import { LIMITED } from './upstreams';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, nginxText, type NginxBlock } from '../../util/nginx-conf';
import { literal } from '../../util/re2';
import { SAFE_METHODS } from '../http';
import { MAINTENANCE_PAGE, RETRY_AFTER } from '../maintenance';

/** The place of the answer to a request that is not begun anew. */
const UNDONE = '$undone';

/** Failures by the variable with the place of their answer: a request that was sent may have been done, and must not be called undone. */
const FAILURES: [status: number, variable: string, place: string][] = [[502, UNDONE, '@failed'], [504, '$late', '@late']];

/**
 * The maps of what answers when no copy does.
 *
 * nginx gives a request up when copies come or go between two of its tries (1.27.3 and later: the group that it was begun
 * with is no more). So one that may be sent again, and has no body that was read already, begins anew, once. Routes with a
 * time limit have none to spare.
 *
 * @internal
 */
export function maintenanceMaps(loadBalancer: LoadBalancerModel): NginxBlock[] {
  return [
    block('map "$copies $request_method $content_length$http_transfer_encoding" $failed',
      ...groupsOverTls(loadBalancer).filter(canBeginAnew).map(([name]) => `"~^${literal(name)} ${REPEATED}" ${againOf(name)}`),
      `"~^(?![^ ]*${LIMITED} )[^ ]+ ${REPEATED}" @again`,
      `default ${UNDONE}`,
    ),
    ...FAILURES.map(([, variable, place]) => block(`map $upstream_bytes_sent ${variable}`, `"~[1-9]" ${place}`, 'default @maintenance')),
  ];
}

/**
 * The file that every server with proxies includes.
 *
 * @internal
 */
export function maintenanceConf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  const way = begunAnewWith(loadBalancer, traits);
  return nginxText([
    // What is begun anew may fail too; where that is said, a failure is the last one.
    'recursive_error_pages on',
    'error_page 502 = $failed',
    'error_page 504 = $late',
    block('location @again', LAST, ...LAST_ANSWERS, `proxy_pass http://${way}$request_uri`),
    ...groupsOverTls(loadBalancer).filter(canBeginAnew).map(([name, target]) => block(`location ${againOf(name)}`,
      LAST, ...LAST_ANSWERS, ...tlsDirectives(loadBalancer, target), `proxy_pass ${wayUrl(target, way)}`)),
    ...FAILURES.map(([status, , place]) => block(`location ${place}`, LAST, `return ${status}`)),
    block('location @maintenance',
      'default_type text/html',
      `add_header Retry-After ${RETRY_AFTER} always`,
      'add_header Cache-Control no-store always',
      `return 503 '${MAINTENANCE_PAGE}'`,
    ),
  ]);
}

/** A request that may be sent again, and has no body. */
const REPEATED = `(?:${SAFE_METHODS.join('|')}) $`;

const canBeginAnew = ([name]: [name: string, target: RouteTargetModel]): boolean => !name.endsWith(LIMITED);

/** Copies over TLS have a place of their own to begin anew: it knows whom to trust. */
const againOf = (group: string): string => `@again:${group}`;

const LAST = 'recursive_error_pages off';

/**
 * The answers of a location where nothing is begun anew.
 *
 * @internal
 */
export const LAST_ANSWERS = FAILURES.map(([status, variable]) => `error_page ${status} = ${variable}`);
