import { keyLines, policyOf } from './balancing';
import { urlOf, wordOf } from './words';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import { Protocol } from '../../model/port';
import type { ITargetTraits } from '../../model/traits';
import { block, type CaddyfileBlock, type CaddyfileLine } from '../../util/caddyfile';

/** Seconds for which another copy is tried, and for which a request is held while all copies are away. */
const TRY_SECONDS = 10;

/** At this declared interval or below, copies are asked once a second: the default, so that a hung copy is found soon. */
const DEFAULT_INTERVAL = 5;

/** What stands for the project's name in the names of copies. */
const PROJECT = '{project}';

/**
 * One way to the copies of a destination: requests of several routes with the same limit share it, and so its health checks.
 *
 * @internal
 */
export interface Way {
  readonly target: RouteTargetModel;
  readonly timeoutSeconds?: number;
}

/**
 * Name of the route that `invoke` calls.
 *
 * @internal
 */
export function wayName({ target, timeoutSeconds }: Way): string {
  return `${destination(target)}${timeoutSeconds === undefined ? '' : `@${timeoutSeconds}s`}`;
}

/**
 * All ways, by name.
 *
 * @internal
 */
export function waysOf(loadBalancer: LoadBalancerModel): Way[] {
  const ways = loadBalancer.routes.flatMap(({ targets, requestTimeoutSeconds }) =>
    targets.map((target) => ({ target, timeoutSeconds: requestTimeoutSeconds })));
  return [...new Map(ways.map((way) => [wayName(way), way])).values()].sort((a, b) => wayName(a) < wayName(b) ? -1 : 1);
}

/**
 * Destinations whose copies are not asked for their health.
 *
 * @internal
 */
export function destinationsNotAsked(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] {
  const targets = waysOf(loadBalancer).map(({ target }) => target).filter((target) => !isAsked(target, traits));
  return [...new Set(targets.map(({ peer }) => peer.name))];
}

/**
 * What is the same for every request to a destination.
 *
 * @internal
 */
export function upstreamSnippet(loadBalancer: LoadBalancerModel, target: RouteTargetModel, traits: ITargetTraits): CaddyfileBlock {
  return block(`(${destination(target)})`,
    ...copiesOf(loadBalancer, target, traits),
    `lb_policy ${policyOf(loadBalancer)}`,
    'lb_try_interval 50ms',
    // A refused connection is tried elsewhere for every method: nothing was sent.
    block('lb_retry_match', `method ${repeatable(loadBalancer).join(' ')}`),
    // Without these two least_conn prefers a dead copy until the next check.
    'fail_duration 2s',
    'max_fails 1',
    ...healthCheckOf(loadBalancer, target, traits),
    // A reload must not cut WebSockets; those of the configuration before may go on for an hour.
    'stream_close_delay 1h',
    // A buffered body can be repeated. A stream of gRPC would wait for its end.
    ...isGrpc(target) ? [] : ['request_buffers 64KiB'],
  );
}

/**
 * The proxies to a destination, as a route that sites invoke.
 *
 * @internal
 */
export function wayRoute(loadBalancer: LoadBalancerModel, way: Way): CaddyfileBlock {
  const proxy = (matcher: string, ...transport: string[]) => block(`reverse_proxy${matcher}`,
    `import ${destination(way.target)}`,
    `lb_try_duration ${Math.min(TRY_SECONDS, way.timeoutSeconds ?? TRY_SECONDS)}s`,
    block('transport http', 'dial_timeout 500ms', ...responseTimeout(way), ...transport),
  );
  const head = `&(${wayName(way)})`;
  if (isGrpc(way.target)) return block(head, ...keyLines(loadBalancer), proxy('', 'versions h2c'));
  return block(head, ...keyLines(loadBalancer),
    // A copy that stops may close a kept connection just when a request is written to it. A method that must not be
    // repeated therefore gets a connection of its own, which is either refused or served to the end.
    `@once not method ${repeatable(loadBalancer).join(' ')}`,
    proxy(' @once', 'keepalive off'),
    proxy('', 'keepalive 30s', 'keepalive_idle_conns_per_host 64'),
  );
}

function copiesOf(loadBalancer: LoadBalancerModel, { peer, port, copies, stateful }: RouteTargetModel, traits: ITargetTraits): CaddyfileLine[] {
  const names = traits.copyNames(peer.chart, peer.name, copies, stateful);
  if (names.length > 0) return [`to ${names.map((name) => `${hostWord(loadBalancer, name)}:${port.number}`).join(' ')}`];
  return [block('dynamic a',
    `name ${hostWord(loadBalancer, traits.allCopiesName(peer.chart, peer.name))}`,
    `port ${port.number}`,
    'refresh 1s',
    'dial_timeout 500ms',
    ...traits.dnsServer === undefined ? [] : [`resolvers ${wordOf(loadBalancer, 'the name server', traits.dnsServer)}`],
  )];
}

function hostWord(loadBalancer: LoadBalancerModel, name: string): string {
  const ofProject = name.startsWith(PROJECT);
  const written = wordOf(loadBalancer, 'the name of a copy', ofProject ? name.slice(PROJECT.length) : name);
  return ofProject ? `{$COMPOSE_PROJECT_NAME}${written}` : written;
}

/** Checks need names of copies; and Caddy asks with the transport of the proxy, which for gRPC no HTTP check understands. */
function isAsked(target: RouteTargetModel, traits: ITargetTraits): boolean {
  const { healthCheck, peer } = target;
  return healthCheck?.kind === HealthCheckKind.HTTP && !isGrpc(target)
    && traits.copyNames(peer.chart, peer.name, target.copies, target.stateful).length > 0;
}

function healthCheckOf(loadBalancer: LoadBalancerModel, target: RouteTargetModel, traits: ITargetTraits): string[] {
  if (!isAsked(target, traits)) return [];
  const { readyPath = '/', port = target.port.number, intervalSeconds, timeoutSeconds } = target.healthCheck!;
  return [
    `health_uri ${urlOf(loadBalancer, 'the health check', readyPath)}`,
    ...port === target.port.number ? [] : [`health_port ${port}`],
    `health_interval ${intervalSeconds <= DEFAULT_INTERVAL ? 1 : intervalSeconds}s`,
    `health_timeout ${timeoutSeconds}s`,
    'health_status 2xx',
  ];
}

function responseTimeout({ timeoutSeconds }: Way): string[] {
  return timeoutSeconds === undefined ? [] : [`response_header_timeout ${timeoutSeconds}s`];
}

function repeatable({ retryIdempotent }: LoadBalancerModel): string[] {
  return ['GET', 'HEAD', 'OPTIONS', ...retryIdempotent ? ['PUT', 'DELETE'] : []];
}

const isGrpc = ({ port }: RouteTargetModel): boolean => port.protocol === Protocol.GRPC;

const destination = ({ peer, port }: RouteTargetModel): string => `${peer.chart}/${peer.name}:${port.number}`;
