import { HTTPS } from './places';
import { allOf, anyOf } from './rules';
import { copiesOf, type Part } from './services';
import { copyName, goText } from './text';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { literal } from '../../util/re2';
import { checkInterval } from '../copies';
import { endOf, isWildcard, serverNames, STREAM_SILENCE, tcpStreams, type ServerName } from '../streams';

/*
 * Connections that are passed on as they are: TLS by its server name, and all that come to a port. Traefik asks these routers before
 * those of requests.
 * https://doc.traefik.io/traefik/reference/routing-configuration/tcp/router/rules-and-priority/
 */

interface StreamRouter {
  readonly name: string;
  readonly entryPoint: string;
  readonly rule: string;
  readonly target: RouteTargetModel;
  readonly tls?: object;
}

/**
 * The section `tcp` of the dynamic configuration; undefined where no connection is passed on.
 *
 * @internal
 */
export function streamsOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): object | undefined {
  if (loadBalancer.streams.length === 0) return undefined;
  const routers = [...tlsRouters(loadBalancer), ...tcpStreams(loadBalancer, traits).map(({ inside, target }): StreamRouter => (
    { name: inside.name, entryPoint: inside.name, rule: 'HostSNI(`*`)', target }))];
  const services = new Map(routers.map(({ target }) => serviceOf(target, traits)).map(({ name, body }) => [name, body]));
  return {
    routers: Object.fromEntries(routers.map(({ name, entryPoint, rule, target, tls }, index) =>
      [name, { entryPoints: [entryPoint], rule, priority: routers.length - index, service: serviceOf(target, traits).name, tls }])),
    services: Object.fromEntries([...services].sort(([a], [b]) => a < b ? -1 : 1)),
    serversTransports: { [TRANSPORT]: { dialTimeout: '500ms', terminationDelay: STREAM_SILENCE } },
  };
}

/**
 * Destinations of connections whose copies are not asked for their health as declared: Traefik asks for a connection alone, by the names
 * of copies.
 *
 * @internal
 */
export const streamsNotAsked = ({ streams }: LoadBalancerModel, traits: ITargetTraits): RouteTargetModel[] => streams.map(({ target }) => target)
  .filter((target) => target.healthCheck?.kind !== HealthCheckKind.TCP || copiesOf(target, traits).length === 0);

const TRANSPORT = 'connections';

function tlsRouters(loadBalancer: LoadBalancerModel): StreamRouter[] {
  const names = serverNames(loadBalancer);
  const ended = names.filter(({ stream }) => stream === undefined);
  return names.flatMap(({ name, stream }) => stream === undefined ? []
    : [{ name: `tls/${name}`, entryPoint: HTTPS, rule: ruleOf(name, ended), target: stream.target, tls: { passthrough: true } }]);
}

/** Names whose TLS is ended are left to the routers of requests. */
function ruleOf(name: string, ended: ServerName[]): string {
  if (!isWildcard(name)) return nameRule(name);
  const others = ended.map((other) => other.name).filter((other) => endOf(other).endsWith(endOf(name)));
  return others.length === 0 ? nameRule(name) : allOf(nameRule(name), `!${anyOf(others.map(nameRule))}`);
}

const nameRule = (name: string): string =>
  isWildcard(name) ? `HostSNIRegexp(${goText(`^.+${literal(endOf(name))}$`)})` : `HostSNI(${goText(name)})`;

function serviceOf(target: RouteTargetModel, traits: ITargetTraits): Part {
  const { peer, port, healthCheck } = target;
  const names = copiesOf(target, traits);
  const hosts = names.length > 0 ? names : [traits.allCopiesName(peer.chart, peer.name)];
  // A connection alone tells less than a check over HTTP does, and more than nothing.
  const asked = names.length === 0 ? undefined : {
    port: healthCheck?.kind === HealthCheckKind.TCP && healthCheck.port !== port.number ? healthCheck.port : undefined,
    interval: checkInterval(healthCheck?.intervalSeconds, '1s'),
    unhealthyInterval: '1s',
    timeout: `${healthCheck?.timeoutSeconds ?? 1}s`,
  };
  return {
    name: `${peer.chart}/${peer.name}:${port.number}`,
    body: { loadBalancer: { servers: hosts.map((host) => ({ address: `${copyName(host)}:${port.number}` })), healthCheck: asked, serversTransport: TRANSPORT } },
  };
}
