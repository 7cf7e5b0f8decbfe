import { methodOf } from './balancing';
import { LOOPBACK } from './places';
import { resolverDirective } from './resolver';
import { serversOf } from './upstreams';
import { wordOf } from './words';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock, type NginxDirective } from '../../util/nginx-conf';
import { httpsPortOf, isSecure } from '../hosts';
import { forStreams, serverNames, STREAM_SILENCE, tcpStreams, tlsStreams } from '../streams';

/*
 * Connections that are passed on as they are: TLS by its server name, and all that come to a port.
 * https://nginx.org/en/docs/stream/ngx_stream_core_module.html
 */

const LOG = [
  ['time', '$time_iso8601'], ['visitor', '$remote_addr'], ['host', '$ssl_preread_server_name'], ['port', '$server_port'], ['status', '$status'],
  ['bytes', '$bytes_sent'], ['seconds', '$session_time'], ['copies', '$upstream_addr'],
];

/**
 * Where TLS is ended that is not passed on. nginx hands connections over within itself, with their visitors' addresses.
 *
 * @internal
 * @see https://nginx.org/en/docs/stream/ngx_stream_pass_module.html
 */
export const httpsAddress = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string =>
  tlsStreams(loadBalancer).length === 0 ? `${httpsPortOf(traits)}` : ENDED;

const ENDED = `127.0.0.1:${LOOPBACK.https}`;

/**
 * @internal
 */
export function streamBlocks(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  const { streams, accessLog } = loadBalancer;
  if (streams.length === 0) return [];
  return [block('stream',
    `log_format json escape=json '{${LOG.map(([name, variable]) => `"${name}":"${variable}"`).join(',')}}'`,
    accessLog ? 'access_log /dev/stdout json' : 'access_log off',
    resolverDirective(loadBalancer, traits),
    'resolver_timeout 1s',
    'server_names_hash_bucket_size 512',
    // A visitor who has said nothing by then is no visitor.
    'preread_timeout 5s',
    'proxy_connect_timeout 500ms',
    'proxy_next_upstream_timeout 10s',
    `proxy_timeout ${STREAM_SILENCE}`,
    // Who has said all may still listen.
    'proxy_half_close on',
    'proxy_socket_keepalive on',
    ...groupsOf(loadBalancer, traits),
    ...tlsServers(loadBalancer, traits),
    ...tcpStreams(loadBalancer, traits).map(({ inside, target }) => block('server', `listen ${inside.number} so_keepalive=on`, passOn(target))),
  )];
}

/** The copies of each destination, by name. */
function groupsOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  const seen = forStreams(loadBalancer);
  const byName = new Map(loadBalancer.streams.map(({ target }) => [groupName(target), target]));
  return [...byName].sort(([a], [b]) => a < b ? -1 : 1).map(([name, target]) => block(`upstream ${wordOf(loadBalancer, 'the name', name)}`,
    `zone ${name} 256k`, ...methodOf(seen), ...serversOf(seen, target, traits)));
}

/** One server takes all names that no other has. */
function tlsServers(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  if (tlsStreams(loadBalancer).length === 0) return [];
  const end = isSecure(loadBalancer) ? `pass ${ENDED}` : 'return ""';
  const server = (options: string, ...directives: NginxDirective[]) => block('server', `listen ${httpsPortOf(traits)}${options}`, ...directives);
  return [
    server(' default_server so_keepalive=on', 'ssl_preread on', end),
    ...serverNames(loadBalancer).map(({ name, stream }) =>
      server('', `server_name ${wordOf(loadBalancer, 'the host', name)}`, stream === undefined ? end : passOn(stream.target))),
  ];
}

const passOn = (target: RouteTargetModel): string => `proxy_pass ${groupName(target)}`;

/** Requests may go to the same port. */
const groupName = ({ peer, port }: RouteTargetModel): string => `${peer.chart}.${peer.name}.${port.number}-tcp`;
