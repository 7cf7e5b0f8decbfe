import { keyLines, policyOf } from './balancing';
import { FOLDER } from './places';
import { tokenOf, urlOf, wordOf } from './words';
import { forwardAuthOf, type ForwardAuthModel } from '../../model/access-rule';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type CaddyfileBlock, type CaddyfileLine } from '../../util/caddyfile';
import { SharedParts } from '../../util/constants';
import { authorityFile } from '../authorities';
import { checkInterval, copyName } from '../copies';
import { repeatableMethods } from '../http';
import { isGrpc, namesOf, TRY_SECONDS, trySeconds } from '../routes';

/**
 * One way to the copies of a destination: requests of several routes with the same limit share it, and so its health checks.
 *
 * @internal
 */
export interface Way {
  readonly target: RouteTargetModel;
  readonly timeoutSeconds?: number;
  /** How it is asked about requests, where it does not get them. */
  readonly forwardAuth?: ForwardAuthModel;
}

/**
 * A way, and what its target lets Caddy know of the copies.
 *
 * @internal
 */
export interface KnownWay extends Way {
  readonly name: string;
  /** Where each copy is; none where copies have no names of their own. */
  readonly copies: string[];
  /** Whether each copy is asked for its health. */
  readonly asked: boolean;
}

/**
 * The way to a workload that is asked about requests.
 *
 * @internal
 */
export const forwardAuthWay = (forwardAuth: ForwardAuthModel): Way => ({ target: forwardAuth.target, timeoutSeconds: TRY_SECONDS, forwardAuth });

/**
 * Name of the route that `invoke` calls.
 *
 * @internal
 */
export function wayName({ target: { peer, port }, timeoutSeconds, forwardAuth }: Way): string {
  const copies = `${peer.chart}/${peer.name}:${port.number}`;
  if (forwardAuth !== undefined) return `ask/${[copies + forwardAuth.path, ...forwardAuth.copyHeaders].map(plain).join('+')}`;
  return `${copies}${timeoutSeconds === undefined ? '' : `@${timeoutSeconds}s`}`;
}

/** A text as part of a name; two texts never get one name. */
const plain = (text: string): string => text.replace(/[^\w/.:~-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * All ways, by name. Each part of a Caddyfile is made of them.
 *
 * @internal
 */
export function waysOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): KnownWay[] {
  const ways = loadBalancer.routes.flatMap((route): Way[] => {
    const forwardAuth = forwardAuthOf(route);
    return [
      ...route.targets.map((target) => ({ target, timeoutSeconds: route.requestTimeoutSeconds })),
      ...forwardAuth === undefined ? [] : [forwardAuthWay(forwardAuth)],
    ];
  });
  const byName = new Map(ways.map((way) => [wayName(way), way]));
  return [...byName.keys()].sort().map((name) => {
    const way = byName.get(name)!;
    const copies = copyAddresses(loadBalancer, way.target, traits);
    return { ...way, name, copies, asked: copies.length > 0 && canBeAsked(way.target) };
  });
}

/**
 * Destinations whose copies are not asked for their health.
 *
 * @internal
 */
export const destinationsNotAsked = (ways: KnownWay[]): string[] => namesOf(ways.filter(({ asked }) => !asked).map(({ target }) => target));

/**
 * The proxies to destinations, as routes that sites invoke. A route is set up once, so that each copy is asked once
 * for its health however many sites lead to it. (`import` does not work in such a route: Caddy 2.11.)
 *
 * @internal
 */
export function wayRoutes(loadBalancer: LoadBalancerModel, ways: KnownWay[], traits: ITargetTraits): CaddyfileBlock[] {
  const alike = new SharedParts((route) => route);
  return ways.map((way) => {
    const head = `&(${way.name})`;
    if (way.forwardAuth !== undefined) return block(head, askBlock(loadBalancer, way, way.forwardAuth, traits));
    const { before, proxies } = alike.get(likeness(way), () => routeTo(loadBalancer, way, traits));
    const copies = copiesOf(loadBalancer, way, traits);
    return block(head, before, ...proxies.map((proxy) => block(proxy.head, copies, proxy.lines)));
  });
}

/** What a route hangs on besides its load balancer, but for its copies. */
function likeness({ target: { port, healthCheck, tls }, timeoutSeconds, asked }: KnownWay): string {
  const question = [healthCheck?.readyPath, healthCheck?.port, healthCheck?.intervalSeconds, healthCheck?.timeoutSeconds];
  return JSON.stringify([timeoutSeconds, asked, port.number, port.protocol, ...question, tls?.serverName, tls && authorityFile(tls.authority)]);
}

/** A route, whose proxies lack their copies. */
interface RouteTo {
  readonly before: CaddyfileLine[];
  readonly proxies: CaddyfileBlock[];
}

function routeTo(loadBalancer: LoadBalancerModel, way: KnownWay, traits: ITargetTraits): RouteTo {
  const proxy = (head: string, handling: Handling) => block(head, ...proxyLines(loadBalancer, way, traits, handling));
  if (isGrpc(way.target)) {
    return {
      before: keyLines(loadBalancer),
      proxies: [proxy('reverse_proxy', { marks: true, transport: [`versions ${way.target.tls === undefined ? 'h2c' : '2'}`] })],
    };
  }
  return {
    before: [
      ...keyLines(loadBalancer),
      block('@bare', `method ${repeatableMethods(loadBalancer).join(' ')}`, 'header !Content-Length', 'header !Transfer-Encoding'),
    ],
    proxies: [
      proxy('reverse_proxy @bare', {
        // A limit that ends a slow request is no death of a copy.
        marks: way.timeoutSeconds === undefined || !way.asked,
        transport: KEPT_CONNECTIONS,
      }),
      proxy('reverse_proxy', {
        // Caddy takes a body that its visitor breaks off, or makes too large, for a failure of the copy: a few such requests
        // would take all copies out. The copies' health checks, twice as often, tell of dead ones.
        marks: !way.asked,
        buffers: true,
        // A copy that stops may close a kept connection just when a request is written to it. What must not be repeated
        // therefore gets a connection of its own, which is either refused or served to the end.
        transport: ['keepalive off'],
      }),
    ],
  };
}

/**
 * Asks a workload about a request: an answer 2xx lets it go on, any other is the visitor's.
 *
 * @see https://caddyserver.com/docs/caddyfile/directives/forward_auth
 */
function askBlock(loadBalancer: LoadBalancerModel, way: KnownWay, { path, copyHeaders }: ForwardAuthModel, traits: ITargetTraits): CaddyfileBlock {
  return block('forward_auth',
    // Without a query of its own Caddy adds the visitor's, who would have a say in how is asked.
    `uri ${urlOf(loadBalancer, 'the path', path.includes('?') ? path : `${path}?`)}`,
    ...copyHeaders.length === 0 ? [] : [`copy_headers ${copyHeaders.map((name) => tokenOf(loadBalancer, 'the name of a header', name)).join(' ')}`],
    // A WebSocket is the application's; else the workload could take it over with an answer 101.
    'header_up -Connection',
    'header_up -Upgrade',
    ...copiesOf(loadBalancer, way, traits),
    ...proxyLines(loadBalancer, way, traits, { marks: true, policy: 'least_conn', transport: KEPT_CONNECTIONS }),
  );
}

const KEPT_CONNECTIONS = ['keepalive 30s', 'keepalive_idle_conns_per_host 64'];

/** How the two proxies to a destination differ. */
interface Handling {
  /** Whether a failed request takes a copy out for two seconds; else least_conn prefers a dead copy until its next check. */
  readonly marks: boolean;
  /** Whether bodies are kept, so that they can be sent again. A stream of gRPC would wait for its end. */
  readonly buffers?: boolean;
  readonly transport: string[];
  /** How a copy is picked, whatever the visitors' algorithm. */
  readonly policy?: string;
}

function proxyLines(
  loadBalancer: LoadBalancerModel, way: KnownWay, traits: ITargetTraits, { marks, buffers, transport, policy }: Handling,
): CaddyfileLine[] {
  const { target, timeoutSeconds } = way;
  return [
    `lb_policy ${policy ?? policyOf(loadBalancer)}`,
    `lb_try_duration ${trySeconds({ requestTimeoutSeconds: timeoutSeconds })}s`,
    'lb_try_interval 50ms',
    // A refused connection is tried elsewhere for every method: nothing was sent.
    block('lb_retry_match', `method ${repeatableMethods(loadBalancer).join(' ')}`),
    ...marks ? ['fail_duration 2s'] : [],
    'max_fails 1',
    ...healthCheckOf(loadBalancer, way, marks ? '1s' : '500ms'),
    ...buffers ? ['request_buffers 64KiB'] : [],
    // Over TLS Caddy would tell a copy its own name.
    ...target.tls === undefined ? [] : ['header_up Host {hostport}'],
    // A reload must not cut WebSockets; those of the configuration before may go on for an hour. Where another configuration is another
    // Caddy, they end with it in any case: with a word of farewell, which the delay would outlast.
    ...traits.leavingSeconds === undefined ? ['stream_close_delay 1h'] : [],
    block('transport http',
      'dial_timeout 500ms',
      ...timeoutSeconds === undefined ? [] : [`response_header_timeout ${timeoutSeconds}s`],
      ...transport,
      ...tlsOf(loadBalancer, target),
    ),
  ];
}

/** With these it speaks TLS with the copies, also when it asks for their health. WebSockets need HTTP/1.1. */
function tlsOf(loadBalancer: LoadBalancerModel, target: RouteTargetModel): string[] {
  const { tls } = target;
  if (tls === undefined) return [];
  return [
    `tls_trust_pool file ${FOLDER}/${authorityFile(tls.authority)}`,
    `tls_server_name ${wordOf(loadBalancer, 'the name', tls.serverName)}`,
    ...isGrpc(target) ? [] : ['versions 1.1'],
  ];
}

function copyAddresses(loadBalancer: LoadBalancerModel, { peer, port, copies, stateful }: RouteTargetModel, traits: ITargetTraits): string[] {
  return traits.copyNames(peer.chart, peer.name, copies, stateful).map((name) => `${hostWord(loadBalancer, name)}:${port.number}`);
}

function copiesOf(loadBalancer: LoadBalancerModel, { target: { peer, port }, copies }: KnownWay, traits: ITargetTraits): CaddyfileLine[] {
  if (copies.length > 0) return [`to ${copies.join(' ')}`];
  return [block('dynamic a',
    `name ${hostWord(loadBalancer, traits.allCopiesName(peer.chart, peer.name))}`,
    `port ${port.number}`,
    'refresh 1s',
    'dial_timeout 500ms',
    ...traits.dnsServer === undefined ? [] : [`resolvers ${wordOf(loadBalancer, 'the name server', traits.dnsServer)}`],
  )];
}

function hostWord(loadBalancer: LoadBalancerModel, name: string): string {
  return copyName(name, (variable, otherwise) => otherwise === undefined ? `{$${variable}}` : `{$${variable}:${otherwise}}`,
    (text) => wordOf(loadBalancer, 'the name of a copy', text));
}

/** Caddy asks with the transport of the proxy, with TLS or without, which for gRPC no HTTP check understands. And checks need names of copies. */
function canBeAsked(target: RouteTargetModel): boolean {
  const { healthCheck, tls, checkTls = false } = target;
  return healthCheck?.kind === HealthCheckKind.HTTP && !isGrpc(target) && (tls !== undefined) === checkTls;
}

function healthCheckOf(loadBalancer: LoadBalancerModel, { target, asked }: KnownWay, interval: string): string[] {
  if (!asked) return [];
  const { readyPath = '/', port = target.port.number, intervalSeconds, timeoutSeconds } = target.healthCheck!;
  return [
    `health_uri ${urlOf(loadBalancer, 'the health check', readyPath)}`,
    ...port === target.port.number ? [] : [`health_port ${port}`],
    `health_interval ${checkInterval(intervalSeconds, interval)}`,
    `health_timeout ${timeoutSeconds}s`,
    'health_status 2xx',
  ];
}
