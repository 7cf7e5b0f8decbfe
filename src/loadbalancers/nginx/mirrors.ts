import { copiedHeaders } from './forward-auth';
import type { HostRoutes } from './matches';
import { noRepeatHeaders } from './repeats';
import { waysOf } from './stand-ins';
import { mirrorGroup, ONCE } from './upstreams';
import { visitorHeaders } from './visitors';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock } from '../../util/nginx-conf';
import { SAFE_METHODS } from '../http';
import { COPIED_DIGITS, MIRROR_SECONDS, TOO_LARGE_TO_COPY } from '../mirrors';

/*
 * Copies of requests. nginx keeps the whole body before it sends a request that is copied, so those that are not copied have a
 * place of their own, where bodies pass as they come.
 */

/** What the place of a request that is copied ends with. */
const COPIED = '/copied';

/** What answers in place of copies that do not. */
const UNANSWERED = '@unanswered';

/** Methods whose requests have no body where they announce no length. */
const WITHOUT_BODY = [...SAFE_METHODS, 'DELETE'];

/**
 * The variable that the place of a route's requests ends with; undefined: none is copied.
 *
 * @internal
 */
export const mirrorVariable = ({ number, routes }: HostRoutes, route: RouteModel): string | undefined =>
  route.mirror === undefined ? undefined : `$route${number}_copied${routes.indexOf(route) + 1}`;

/**
 * The maps that say which requests of a route are copied: no WebSocket, and no body that is large or whose length is not known.
 *
 * @internal
 */
export function mirrorMaps(host: HostRoutes, route: RouteModel): NginxBlock[] {
  const variable = mirrorVariable(host, route);
  if (variable === undefined) return [];
  const { percent } = route.mirror!;
  const drawn = `${variable}_drawn`;
  const [asked, all] = ['$request_method $upgrade$http_transfer_encoding:$content_length', percent === 100];
  return [
    // Another text than that by which destinations with weights are drawn, or the copies would be those of one.
    ...all ? [] : [block(`split_clients copied$request_id ${drawn}`, `${percent}% yes`, '* no')],
    block(`map "${all ? '' : `${drawn} `}${asked}" ${variable}`,
      `"~^${all ? '' : 'yes '}(?:(?:${WITHOUT_BODY.join('|')}) :|[^ ]+ :\\d)\\d{0,${COPIED_DIGITS - 1}}$" ${COPIED}`,
      'default ""',
    ),
  ];
}

/**
 * The places of a route's destination, with what is said there besides.
 *
 * @internal
 */
export function placesOf({ routes }: HostRoutes, route: RouteModel, place: string): [place: string, directives: string[]][] {
  if (route.mirror === undefined) return [[place, []]];
  return [[place, []], [place + COPIED, [`mirror ${mirrorOf(routes.indexOf(route) + 1)}`, `client_body_buffer_size ${TOO_LARGE_TO_COPY}`]]];
}

/**
 * The locations of a server by which copies are sent, by the numbers of its routes.
 *
 * @internal
 */
export function mirrorLocations(
  loadBalancer: LoadBalancerModel, routes: RouteModel[], traits: ITargetTraits, where: (route: RouteModel) => boolean,
): NginxBlock[] {
  const mirroring = routes.filter((route) => route.mirror !== undefined && where(route));
  if (mirroring.length === 0) return [];
  return [
    ...mirroring.map((route) => {
      const { target } = route.mirror!;
      const { before, to } = waysOf(loadBalancer, '$copied_to', `${mirrorGroup(route.mirror!)}${ONCE}`, target, traits);
      return block(`location = ${mirrorOf(routes.indexOf(route) + 1)}`,
        'internal',
        // A server on the loopback address has no part in it.
        'proxy_method $request_method',
        'proxy_next_upstream off',
        `proxy_read_timeout ${MIRROR_SECONDS}s`,
        `proxy_send_timeout ${MIRROR_SECONDS}s`,
        // Else a copy that fails would be sent to the destinations.
        `error_page 502 504 = ${UNANSWERED}`,
        ...noRepeatHeaders(loadBalancer, traits),
        ...visitorHeaders(loadBalancer, 'proxy'),
        ...['Connection', 'Upgrade'].map((name) => `proxy_set_header ${name} ""`),
        ...copiedHeaders(loadBalancer, route).map(([name, value]) => `proxy_set_header ${name} ${value}`),
        ...before,
        `proxy_pass http://${to}$request_uri`,
      );
    }),
    block(`location ${UNANSWERED}`, 'return 204'),
  ];
}

/** No visitor's path: those begin with a slash. */
const mirrorOf = (number: number): string => `copy:${number}`;
