import { balanceLines } from './balancing';
import { grpcQuestion, grpcServing } from './grpc-check';
import { copyAt } from './lost-hosts';
import { FOLDER } from './places';
import { timeoutsOf, type NumberedRoute } from './routes';
import { uriOf, wordOf } from './words';
import { askedBy } from '../../model/access-rule';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { joined } from '../../util/lists';
import { authorityFile, HANDSHAKE_SECONDS } from '../authorities';
import { checkInterval } from '../copies';
import { repeatableMethods } from '../http';
import { isGrpc, namesOf } from '../routes';

/** For so many copies there is room at least. A place without a copy costs five kilobytes, and no time. */
const ROOM_FOR_COPIES = { mutable: 4, immutable: 32 };

/** How often a copy is asked that is well, where it is not declared to be seldom. */
const OFTEN = '500ms';

/**
 * Name of the back end for a destination.
 *
 * @internal
 */
export const destinationName = ({ peer, port }: RouteTargetModel): string => `${peer.chart}.${peer.name}:${port.number}`;

/**
 * All destinations, by name. Routes share them, so that each copy is asked once for its health.
 *
 * @internal
 */
export const destinationsOf = ({ routes }: LoadBalancerModel): RouteTargetModel[] => eachOnce(routes.flatMap(({ targets }) => targets));

/**
 * All destinations of routes of connections, by name.
 *
 * @internal
 */
export const streamDestinationsOf = ({ streams }: LoadBalancerModel): RouteTargetModel[] => eachOnce(streams.map(({ target }) => target));

/**
 * All workloads that are asked about requests, by name.
 *
 * @internal
 */
export const askedOf = ({ routes }: LoadBalancerModel): RouteTargetModel[] => eachOnce(routes.flatMap(askedBy));

function eachOnce(targets: RouteTargetModel[]): RouteTargetModel[] {
  const byName = new Map<string, RouteTargetModel>();
  for (const target of targets) {
    const name = destinationName(target);
    byName.set(name, { ...target, copies: Math.max(target.copies, byName.get(name)?.copies ?? 0) });
  }
  return [...byName].sort(([a], [b]) => a < b ? -1 : 1).map(([, target]) => target);
}

/**
 * Destinations whose copies are only asked for a connection.
 *
 * @internal
 */
export const destinationsNotAsked = (loadBalancer: LoadBalancerModel): string[] =>
  notAsked([destinationsOf, streamDestinationsOf, askedOf].flatMap((which) => which(loadBalancer)));

/**
 * Names of those among destinations whose copies are only asked for a connection.
 *
 * @internal
 */
export const notAsked = (destinations: RouteTargetModel[]): string[] =>
  namesOf(destinations.filter(({ healthCheck }) => healthCheck === undefined || healthCheck.kind === HealthCheckKind.COMMAND));

/**
 * The back end for a destination.
 *
 * @param often how often a copy is asked that is well
 * @internal
 */
export function destinationSection(
  loadBalancer: LoadBalancerModel, target: RouteTargetModel, routes: NumberedRoute[], traits: ITargetTraits, often = OFTEN,
): HaproxySection {
  return section(`backend ${destinationName(target)} from copies`, ...joined(
    balanceLines(loadBalancer),
    // A refused connection is tried elsewhere for every method: nothing was sent.
    [`http-request disable-l7-retry unless { method ${repeatableMethods(loadBalancer).join(' ')} }`],
    timeoutsOf(routes.filter(({ targets }) => targets.some((one) => destinationName(one) === destinationName(target)))),
    copyLines(loadBalancer, target, traits, often),
  ));
}

/**
 * The back end for a destination whose protocol is not known: connections are handed through as they are.
 *
 * @param lines how often a copy is asked that is well, and further lines
 * @internal
 */
export const connectionsSection = (
  name: string, loadBalancer: LoadBalancerModel, target: RouteTargetModel, traits: ITargetTraits, lines: { often?: string; more?: string[] } = {},
): HaproxySection =>
  section(`backend ${name} from connections`, ...balanceLines(loadBalancer), ...lines.more ?? [], ...copyLines(loadBalancer, target, traits, lines.often));

/**
 * The copies of a destination, and how they are asked for their health.
 *
 * @internal
 */
export function copyLines(loadBalancer: LoadBalancerModel, target: RouteTargetModel, traits: ITargetTraits, often = OFTEN): string[] {
  return joined(
    target.tls === undefined ? [] : [`timeout connect ${HANDSHAKE_SECONDS}s`],
    checkLines(loadBalancer, target),
    [joined(['default-server check'], timing(target, often), ['init-state down'], protocolOf(target), tlsOf(loadBalancer, target), ['hash-key addr-port',
      // One refused connection takes a copy out until its next check; else leastconn prefers the dead one, which has no connections.
      // Over HTTP/2 HAProxy sees a broken answer instead (its issue 2751), and an application's own error is no status of HTTP's.
      `observe ${isGrpc(target) ? 'layer7' : 'layer4'} error-limit 1 on-error mark-down`,
      // Nothing is looked up at the start, so that HAProxy starts without any copy.
      'init-addr none resolvers names resolve-prefer ipv4']).join(' ')],
    serverLines(loadBalancer, target, traits),
  );
}

/** Copies have names of their own, or share one that resolves to each: those of a rollout's twin service too, which doubles their number. */
function serverLines(loadBalancer: LoadBalancerModel, { peer, port, copies, stateful }: RouteTargetModel, traits: ITargetTraits): string[] {
  const hostOf = (name: string) => wordOf(loadBalancer, 'the name of a copy', name);
  const names = stateful ? traits.copyNames(peer.chart, peer.name, copies, stateful) : [];
  const at = (name: string) => copyAt(`${hostOf(name)}:${port.number}`, traits);
  if (names.length > 0) return names.map((name) => `server ${hostOf(name)} ${at(name)}`);
  return [`server-template ${hostOf(peer.name)}- ${placesFor(copies, traits)} ${at(traits.allCopiesName(peer.chart, peer.name))}`];
}

/** A power of two, so that a few copies more or less need no other configuration. */
function placesFor(copies: number, { immutableConfiguration }: ITargetTraits): number {
  const room = immutableConfiguration ? ROOM_FOR_COPIES.immutable : ROOM_FOR_COPIES.mutable;
  return 2 ** Math.ceil(Math.log2(2 * Math.max(room, copies)));
}

/**
 * A copy that recovers, or that is just failing, is asked oftener than one whose state is settled. A place among the copies that
 * is empty waits as long as one that is well: so a new copy, and after a reload each, counts as down until then.
 */
function timing({ healthCheck }: RouteTargetModel, often: string): string[] {
  return [`inter ${checkInterval(healthCheck?.intervalSeconds, often)}`, 'fastinter 200ms', 'downinter 200ms', 'fall 2', 'rise 1'];
}

/** What is spoken with a copy, and with its health check. */
function protocolOf(target: RouteTargetModel): string[] {
  const port = target.healthCheck?.port ?? target.port.number;
  const elsewhere = port === target.port.number ? [] : [`port ${port}`];
  if (!isGrpc(target)) return elsewhere;
  return ['proto h2', ...elsewhere, ...elsewhere.length > 0 && target.healthCheck?.kind === HealthCheckKind.HTTP ? ['check-proto h1'] : []];
}

/**
 * Over TLS a copy is who it says, also when it is asked for its health. Where it is asked on another port than requests are sent to,
 * nothing is known about that one's certificate: the answer is a word about health alone, as it is to a kubelet.
 */
function tlsOf(loadBalancer: LoadBalancerModel, target: RouteTargetModel): string[] {
  const { tls, checkTls = false, healthCheck, port } = target;
  const alpn = healthCheck?.kind === HealthCheckKind.GRPC ? ['check-alpn h2'] : [];
  if (tls === undefined) return checkTls && ASKED_OVER_TLS.includes(healthCheck?.kind) ? ['check-ssl verify none', ...alpn] : [];
  const name = wordOf(loadBalancer, 'the name', tls.serverName);
  const elsewhere = (healthCheck?.port ?? port.number) !== port.number;
  return [
    `ssl verify required ca-file ${FOLDER}/${authorityFile(tls.authority)} sni str(${name}) verifyhost ${name}`,
    ...isGrpc(target) ? ['alpn h2'] : [],
    ...elsewhere && !checkTls ? ['no-check-ssl'] : [`check-ssl check-sni ${name}`, ...!elsewhere && isGrpc(target) ? ['check-alpn h2'] : alpn],
  ];
}

const ASKED_OVER_TLS: (HealthCheckKind | undefined)[] = [HealthCheckKind.HTTP, HealthCheckKind.GRPC];

/** Without a check that can be asked over the network, a copy is up while it takes connections. */
function checkLines(loadBalancer: LoadBalancerModel, { healthCheck, checkTls, peer }: RouteTargetModel): string[] {
  const timeout = `timeout check ${healthCheck?.timeoutSeconds ?? 1}s`;
  switch (healthCheck?.kind) {
    case HealthCheckKind.HTTP: return [
      timeout,
      'option httpchk',
      `http-check send meth GET uri ${uriOf(loadBalancer, 'the health check', healthCheck.readyPath ?? '/')} ver HTTP/1.1 hdr Host ${peer.name}`,
      'http-check expect rstatus ^2',
    ];
    case HealthCheckKind.GRPC: return [
      timeout,
      'option tcp-check',
      `tcp-check send-binary ${grpcQuestion(peer.name, checkTls)}`,
      `tcp-check expect binary ${grpcServing()}`,
    ];
    default: return [timeout];
  }
}
