import { routerTls } from './certificates';
import { basicAuth, bodyLimit, forwardAuth, hsts, redirectToHost, redirectToHttps, retryLost, retryRefused, sourceRanges, subject } from './middlewares';
import { HTTP, HTTPS } from './places';
import { allOf, hostRule, routeRule, senderRule, UPGRADE_RULE } from './rules';
import { destinationOf, mirroredDestination, type Connections, type Destination, type Part } from './services';
import { sourceRangesOf } from '../../model/access-rule';
import type { HostModel, LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { repeatableMethods, SAFE_METHODS } from '../http';
import { isGrpc, routesOf } from '../routes';

/**
 * Which requests go where, through what.
 *
 * @internal
 */
export interface Router {
  /** Its name. */
  readonly name: string;
  /** Where requests come in. */
  readonly entryPoint: string;
  /** Which requests it takes. */
  readonly rule: string;
  /** What they pass, in order. */
  readonly middlewares: Part[];
  /** Where they are sent. */
  readonly destination: Destination;
  /** HTTPS: how it gets its certificate. */
  readonly tls?: object;
}

/**
 * All routers; of those that fit a request the first takes it.
 *
 * @internal
 */
export function routersOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): Router[] {
  return loadBalancer.hosts.flatMap((host) => {
    const redirect = loadBalancer.redirects.find(({ from }) => from === host.name);
    return redirect === undefined ? hostRouters(loadBalancer, host, traits) : redirectRouters(loadBalancer, host, redirect.to);
  });
}

function redirectRouters(loadBalancer: LoadBalancerModel, host: HostModel, to: string): Router[] {
  const [rule, redirect] = [hostRule(loadBalancer, host.name), redirectToHost(loadBalancer, host, to)];
  return entriesOf(loadBalancer, host).map((entry) => redirectRouter(entry, host.name, rule, redirect));
}

function hostRouters(loadBalancer: LoadBalancerModel, host: HostModel, traits: ITargetTraits): Router[] {
  const routes = routesOf(loadBalancer, host);
  const toHttps = redirectToHttps(loadBalancer);
  return entriesOf(loadBalancer, host).flatMap((entry) => {
    const redirects = (route: RouteModel) => host.issuer !== undefined && entry.entryPoint === HTTP && route.redirectHttp;
    if (routes.length > 0 && routes.every(redirects)) return [redirectRouter(entry, host.name, hostRule(loadBalancer, host.name), toHttps)];
    return routes.flatMap((route, index) => redirects(route)
      ? [redirectRouter(entry, `${host.name}/${index + 1}`, routeRule(loadBalancer, route), toHttps)]
      : routeRouters(loadBalancer, route, `${host.name}/${index + 1}`, entry, traits));
  });
}

/** An entry of visitors of a host. */
type Entry = Pick<Router, 'entryPoint' | 'tls'>;

function entriesOf(loadBalancer: LoadBalancerModel, host: HostModel): Entry[] {
  return [...host.issuer === undefined ? [] : [{ entryPoint: HTTPS, tls: routerTls(loadBalancer, host) }], { entryPoint: HTTP }];
}

function redirectRouter(entry: Entry, name: string, rule: string, redirect: Part): Router {
  return { ...entry, name: `${entry.entryPoint}/${name}`, rule, middlewares: [redirect], destination: NOWHERE };
}

/** For requests that a middleware answers. */
const NOWHERE: Destination = { service: 'noop@internal', services: [], transports: [] };

function routeRouters(loadBalancer: LoadBalancerModel, route: RouteModel, name: string, entry: Entry, traits: ITargetTraits): Router[] {
  return sendersOf(loadBalancer, route).flatMap((sender) => handlingsOf(loadBalancer, route).map((handling) => ({
    ...entry,
    name: [entry.entryPoint, name, ...sender.name, ...handling.name].join('/'),
    rule: allOf(routeRule(loadBalancer, { ...route, methods: handling.methods }), ...sender.rule, ...handling.rule ?? []),
    middlewares: [
      ...entry.entryPoint === HTTPS ? hsts(route) : [],
      ...subject(loadBalancer, entry.entryPoint === HTTPS ? route : undefined),
      ...sourceRanges(loadBalancer, route, sender.behindProxies),
      ...basicAuth(route),
      ...forwardAuth(loadBalancer, route, traits),
      ...handling.limits,
      ...isCopied(route, handling) ? [] : handling.again,
    ],
    destination: handledDestination(loadBalancer, route, name, handling, traits),
  })));
}

function handledDestination(
  loadBalancer: LoadBalancerModel, route: RouteModel, place: string, handling: Handling, traits: ITargetTraits,
): Destination {
  const { connections, again, bodies } = handling;
  const destination = destinationOf(loadBalancer, route, `${place}/${connections}`, connections, traits);
  if (!isCopied(route, handling)) return destination;
  const name = [place, ...handling.name, 'copied'].join('/');
  return mirroredDestination(loadBalancer, route.mirror!, { name, destination, again, bodies }, traits);
}

const isCopied = ({ mirror }: RouteModel, { upgrades }: Handling): boolean => mirror !== undefined && !upgrades;

/** Who sends a request, as far as it matters to a route. */
interface Sender {
  readonly name: string[];
  readonly rule: string[];
  readonly behindProxies: boolean;
}

/** Who comes through a trusted proxy is known by a header, who comes by himself has none. */
function sendersOf({ trustedProxies }: LoadBalancerModel, route: RouteModel): Sender[] {
  const anybody: Sender = { name: [], rule: [], behindProxies: false };
  if (trustedProxies.length === 0 || sourceRangesOf(route).length === 0) return [anybody];
  return [{ name: ['behind-proxies'], rule: [senderRule(trustedProxies)], behindProxies: true }, anybody];
}

/** What is done with requests of some methods. */
interface Handling {
  readonly name: string[];
  /** Those it is for; none: all that no other is for. */
  readonly methods: string[];
  /** What else a request must have. */
  readonly rule?: string[];
  readonly connections: Connections;
  /** Middlewares for what a request may be. */
  readonly limits: Part[];
  /** Middlewares that send a request again. */
  readonly again: Part[];
  /** Whether requests may have a body. */
  readonly bodies: boolean;
  /** Whether it is for WebSockets alone. */
  readonly upgrades?: boolean;
}

/** Traefik would repeat a lost request for every method but POST, PATCH and LOCK, so those that may be repeated have routers of their own. */
function handlingsOf(loadBalancer: LoadBalancerModel, route: RouteModel): Handling[] {
  const refused = retryRefused(route);
  // A stream would wait for its end before it is sent.
  if (route.targets.some(isGrpc)) return [{ name: [], methods: route.methods, connections: 'kept', limits: [], again: [refused], bodies: true }];
  const repeatable = repeatableMethods(loadBalancer);
  const allowed = (methods: string[]) => methods.filter((method) => route.methods.length === 0 || route.methods.includes(method));
  const others = route.methods.filter((method) => !repeatable.includes(method));
  // These carry no body, but for a rare one that is sent once; a stream of answers is asked for by GET.
  const safe: Handling = {
    name: ['safe'], methods: allowed(SAFE_METHODS), connections: 'kept', limits: [], again: [retryLost(route, { bodies: false }), refused], bodies: false,
  };
  const again: Handling[] = [
    // A copy of a WebSocket would be sent when it has ended.
    ...route.mirror === undefined ? [] : [{ ...safe, name: ['upgrade'], methods: allowed(['GET']), rule: [UPGRADE_RULE], upgrades: true }],
    safe,
    {
      name: ['idempotent'],
      methods: allowed(repeatable.filter((method) => !SAFE_METHODS.includes(method))),
      connections: 'kept',
      limits: bodyLimit(route),
      again: [retryLost(route, { bodies: true }), refused],
      bodies: true,
    },
  ];
  const once: Handling = { name: [], methods: others, connections: 'fresh', limits: bodyLimit(route), again: [refused], bodies: true };
  return [...again.filter(({ methods }) => methods.length > 0), ...route.methods.length === 0 || others.length > 0 ? [once] : []];
}
