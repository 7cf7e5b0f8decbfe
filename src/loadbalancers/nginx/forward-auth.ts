import { LAST_ANSWERS } from './maintenance';
import { waysOf } from './stand-ins';
import { groupName } from './upstreams';
import { visitorHeaders } from './visitors';
import { headerVariable, wordOf } from './words';
import { forwardAuthOf, type ForwardAuthModel } from '../../model/access-rule';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock, type NginxDirective } from '../../util/nginx-conf';
import { tokenOf, urlWithPercents } from '../http';
import { TRY_SECONDS } from '../routes';

/*
 * Another workload's word about requests. nginx asks for a status alone, and takes what is none of 2xx, 401 and 403 for a failure. So
 * whenever a request is not let in the workload is asked once more, and that answer is the visitor's, whatever it is.
 */

/** The last status of the workload, of several that were tried; empty while it was not asked. */
const STATUS = '$asked_status';

/** Statuses with which nginx refuses a request, by itself or by the workload's word. */
const REFUSALS = [401, 403, 500];

/**
 * The maps of what answers a refused request: nginx itself, where the workload was not asked or let the request in.
 *
 * @internal
 */
export function refusalMaps({ routes }: LoadBalancerModel): NginxBlock[] {
  if (routes.every((route) => forwardAuthOf(route) === undefined)) return [];
  return REFUSALS.map((status) => block(`map ${STATUS} $refused${status}`, `"~(?:^|[ ,:])2\\d\\d$" @refused${status}`, `"" @refused${status}`, 'default $refusal'));
}

/**
 * What a route's location says to have another workload asked.
 *
 * @internal
 */
export function askDirectives(loadBalancer: LoadBalancerModel, route: RouteModel, number: number): string[] {
  const forwardAuth = forwardAuthOf(route);
  if (forwardAuth === undefined) return [];
  return [
    `set $refusal @refusal${number}`,
    `auth_request ${questionOf(number)}`,
    `auth_request_set ${STATUS} $upstream_status`,
    ...forwardAuth.copyHeaders.map((name) => `auth_request_set ${copied(loadBalancer, name)} ${headerVariable(loadBalancer, name).replace('$http_', '$upstream_http_')}`),
    ...REFUSALS.map((status) => `error_page ${status} = $refused${status}`),
    // A request that begins anew would not have the headers of the answer.
    ...LAST_ANSWERS,
  ];
}

/**
 * The headers of the answer that a request is given. One that the answer has not is taken away.
 *
 * @internal
 */
export function copiedHeaders(loadBalancer: LoadBalancerModel, route: RouteModel): [name: string, value: string][] {
  return (forwardAuthOf(route)?.copyHeaders ?? []).map((name) => [tokenOf(loadBalancer, 'the name of a header', name), copied(loadBalancer, name)]);
}

/**
 * The locations of a server in which workloads are asked, by the numbers of its routes.
 *
 * @internal
 */
export function questionLocations(
  loadBalancer: LoadBalancerModel, routes: RouteModel[], traits: ITargetTraits, where: (route: RouteModel) => boolean,
): NginxBlock[] {
  const asking = routes.flatMap((route, index) => {
    const forwardAuth = forwardAuthOf(route);
    if (forwardAuth === undefined || !where(route)) return [];
    return [{ number: index + 1, directives: questionDirectives(loadBalancer, forwardAuth, traits) }];
  });
  return [
    ...asking.flatMap(({ number, directives }) => [
      // With a 401 nginx would put the header of this answer before that of the second one.
      block(`location = ${questionOf(number)}`, 'internal', 'proxy_intercept_errors on', 'error_page 401 = @refused403', ...directives),
      // Nothing begins anew here either: it would begin behind the question.
      block(`location @refusal${number}`, ...LAST_ANSWERS, ...directives),
    ]),
    ...asking.length === 0 ? [] : REFUSALS.map((status) => block(`location @refused${status}`, `return ${status}`)),
  ];
}

/** No visitor's path: those begin with a slash. */
const questionOf = (number: number): string => `ask:${number}`;

const copied = (loadBalancer: LoadBalancerModel, header: string): string => headerVariable(loadBalancer, header).replace('$http_', '$asked_');

function questionDirectives(
  loadBalancer: LoadBalancerModel, { target, path, copyHeaders }: ForwardAuthModel, traits: ITargetTraits,
): NginxDirective[] {
  const { before, to } = waysOf(loadBalancer, '$asked_of', groupName(target, {}), target, traits);
  const header = (name: string, value: string) => `proxy_set_header ${name} ${value}`;
  return [
    'proxy_method GET',
    'proxy_pass_request_body off',
    `proxy_read_timeout ${TRY_SECONDS}s`,
    ...visitorHeaders(loadBalancer, 'proxy'),
    header('X-Forwarded-Method', '$request_method'),
    header('X-Forwarded-Uri', '$request_uri'),
    // A WebSocket is the application's.
    ...['Content-Length', 'Connection', 'Upgrade'].map((name) => header(name, '""')),
    ...copyHeaders.map((name) => header(tokenOf(loadBalancer, 'the name of a header', name), '""')),
    // With a variable the visitor's query is not added.
    `set $asked_path ${wordOf(loadBalancer, 'the path', urlWithPercents(path))}`,
    ...before,
    `proxy_pass http://${to}$asked_path`,
  ];
}
