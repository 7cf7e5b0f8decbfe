import { keyMaps } from './balancing';
import { servedDirectives } from './certificates';
import { challengeUpstreams } from './challenges';
import { schemeMaps } from './copy-tls';
import { refusalMaps } from './forward-auth';
import { maintenanceMaps } from './maintenance';
import { LOOPBACK, RUN } from './places';
import { repeatHeaders, repeatMaps, repeatServers } from './repeats';
import { resolverDirective } from './resolver';
import { defaultServers, hostBlocks, hstsMaps } from './servers';
import { standInMaps } from './stand-ins';
import { streamBlocks } from './streams';
import { upstreamsOf } from './upstreams';
import { visitorDirectives, visitorHeaders } from './visitors';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, nginxText, type NginxBlock } from '../../util/nginx-conf';
import { healthAddressOf, HEALTH_PATH } from '../own-health';

const LOG = [
  ['time', '$time_iso8601'], ['visitor', '$remote_addr'], ['method', '$request_method'], ['host', '$host'], ['uri', '$request_uri'],
  ['protocol', '$server_protocol'], ['status', '$status'], ['bytes', '$body_bytes_sent'], ['seconds', '$request_time'], ['copies', '$upstream_addr'],
  ['copyStatus', '$upstream_status'], ['copySeconds', '$upstream_response_time'], ['userAgent', '$http_user_agent'], ['id', '$request_id'],
];

/**
 * The whole configuration.
 *
 * @internal
 */
export function nginxConf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  return nginxText([
    'daemon off',
    `pid ${RUN}/nginx.pid`,
    'error_log stderr warn',
    // A reload must not cut WebSockets; those of the configuration before may go on for an hour. When the container
    // stops, whoever stops it ends them with its own patience.
    'worker_shutdown_timeout 1h',
    block('events', 'worker_connections 16384'),
    block('http',
      ...scratchFolders(),
      `log_format json escape=json '{${LOG.map(([name, variable]) => `"${name}":"${variable}"`).join(',')}}'`,
      loadBalancer.accessLog ? 'access_log /dev/stdout json' : 'access_log off',
      ...frontDirectives(),
      ...servedDirectives(loadBalancer),
      resolverDirective(loadBalancer, traits),
      'resolver_timeout 1s',
      ...proxyDirectives(loadBalancer, traits),
      ...visitorDirectives(loadBalancer),
      block('map $http_upgrade $upgrade', '"~*^websocket$" $http_upgrade', 'default ""'),
      block('map $upgrade $upgrade_connection', '"" ""', 'default upgrade'),
      ...standInMaps(loadBalancer, traits),
      ...repeatMaps(loadBalancer, traits),
      ...schemeMaps(loadBalancer),
      ...maintenanceMaps(loadBalancer),
      ...refusalMaps(loadBalancer),
      ...hstsMaps(loadBalancer),
      ...keyMaps(loadBalancer),
      ...upstreamsOf(loadBalancer, traits),
      ...challengeUpstreams(loadBalancer, traits),
      ...ownServers(traits),
      ...repeatServers(loadBalancer, traits),
      ...defaultServers(loadBalancer, traits),
      ...loadBalancer.hosts.flatMap((host) => hostBlocks(loadBalancer, host, traits)),
    ),
    ...streamBlocks(loadBalancer, traits),
  ]);
}

/** nginx makes all of them at its start, needed or not. */
function scratchFolders(): string[] {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${RUN}/${name}`);
}

function frontDirectives(): string[] {
  return [
    'server_tokens off',
    // With TLS, and for gRPC without.
    'http2 on',
    'ssl_protocols TLSv1.2 TLSv1.3',
    'ssl_session_cache shared:tls:4m',
    'ssl_session_timeout 1d',
    'ssl_session_tickets off',
    // Room for hundreds of hosts, and for long names.
    'server_names_hash_bucket_size 512',
    'variables_hash_max_size 8192',
    'client_header_timeout 10s',
    'large_client_header_buffers 4 32k',
    'client_max_body_size 0',
    // After the thousand that nginx allows by itself, a busy visitor would shake hands anew several times a minute.
    'keepalive_requests 10000',
    // Else a reload closes a connection just when a visitor sends a request on it.
    'keepalive_min_timeout 5s',
  ];
}

/** What all proxies have in common. Bodies and answers pass as they come: nothing large lies in scratch space, events are not held back. */
function proxyDirectives(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string[] {
  const both = (protocol: 'grpc' | 'proxy') => [
    `${protocol}_connect_timeout 500ms`,
    // No limit where none is declared; a WebSocket may be silent for long.
    `${protocol}_read_timeout 1h`,
    `${protocol}_send_timeout 1h`,
    // An answer like 503 is the application's: repeated, it would take one copy after the other out.
    `${protocol}_next_upstream error timeout`,
    `${protocol}_next_upstream_timeout 10s`,
    ...visitorHeaders(loadBalancer, protocol),
  ];
  return [
    'proxy_http_version 1.1',
    'proxy_request_buffering off',
    'proxy_buffering off',
    // Some applications send large headers.
    'proxy_buffer_size 16k',
    'proxy_buffers 4 16k',
    'proxy_busy_buffers_size 32k',
    'proxy_method $sent_method',
    ...repeatHeaders(loadBalancer, traits),
    ...both('proxy'),
    'proxy_set_header Upgrade $upgrade',
    'proxy_set_header Connection $upgrade_connection',
    ...both('grpc'),
  ];
}

function ownServers(traits: ITargetTraits): NginxBlock[] {
  return [
    block('server',
      `listen ${healthAddressOf(traits)}:${LOOPBACK.health}`,
      'access_log off',
      block(`location = ${HEALTH_PATH}`, 'return 200'),
      block('location /', 'return 404'),
    ),
    block('server',
      `listen 127.0.0.1:${LOOPBACK.metrics}`,
      'access_log off',
      block('location = /metrics', 'stub_status'),
      block('location /', 'return 404'),
    ),
  ];
}
