import { connectionsSection, destinationName, streamDestinationsOf } from './destinations';
import { RUN } from './places';
import { connectionsDefaults } from './sections';
import { wordOf } from './words';
import type { LoadBalancerModel, RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { section, type HaproxySection } from '../../util/haproxy-cfg';
import { httpsPortOf, isSecure } from '../hosts';
import { endOf, forStreams, isWildcard, serverNames, tcpStreams, tlsStreams, type ServerName } from '../streams';

/*
 * Connections that are passed on as they are: TLS by its server name, and all that come to a port.
 */

/** An entry of the access log: one JSON object a line. */
const LOG_FORMAT = '"%{+json}o %(time)[request_date(ms),ms_utime(%Y-%m-%dT%H:%M:%S.%NZ)] %(client)[src] %(host)[var(txn.name)] %(port:sint)fp'
  + ' %(bytes:sint)B %(milliseconds:sint)Tt %(destination)b %(copy)s %(retries:sint)rc %(ended)ts"';

/** The back end of connections whose TLS is ended here. */
const ENDED = 'https';

/** A visitor who has said nothing by then is no visitor. */
const HELLO = '5s';

/** Through a reload, whose checks begin anew. */
const FIRST_COPY = '2s';

/**
 * Where TLS is ended that is not passed on: behind the port for HTTPS, with the visitor's address told.
 *
 * @internal
 */
export const httpsAddress = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string =>
  tlsStreams(loadBalancer).length === 0 ? `:${httpsPortOf(traits)}` : `unix@${SOCKET} mode 600 accept-proxy`;

/** A file, which other containers of a pod do not see. */
const SOCKET = `${RUN}/https.sock`;

/**
 * @param log where is told what happens
 * @internal
 */
export function streamSections(loadBalancer: LoadBalancerModel, log: string, traits: ITargetTraits): HaproxySection[] {
  if (loadBalancer.streams.length === 0) return [];
  return [
    connectionsDefaults(traits, log, 'option dontlognull'),
    ...tlsSections(loadBalancer, traits),
    ...tcpStreams(loadBalancer, traits).map(({ inside, target }) => section(`frontend ${inside.name} from connections`,
      `bind :${inside.number}`,
      logLine(loadBalancer),
      `default_backend ${streamName(target)}`,
    )),
    ...streamDestinationsOf(loadBalancer).map((target) => connectionsSection(streamName(target), forStreams(loadBalancer), target, traits, {
      more: [
        `tcp-request inspect-delay ${FIRST_COPY}`,
        'tcp-request content accept if { nbsrv gt 0 } or WAIT_END',
      ],
    })),
  ];
}

function tlsSections(loadBalancer: LoadBalancerModel, traits: ITargetTraits): HaproxySection[] {
  if (tlsStreams(loadBalancer).length === 0) return [];
  const ends = isSecure(loadBalancer);
  return [
    section('frontend tls from connections',
      `bind :${httpsPortOf(traits)}`,
      logLine(loadBalancer),
      `tcp-request inspect-delay ${HELLO}`,
      'tcp-request content set-var(txn.name) req.ssl_sni,lower',
      'tcp-request content accept if { req.ssl_hello_type 1 }',
      'tcp-request content reject',
      ...serverNames(loadBalancer).map((name) => nameLine(loadBalancer, name)),
      ...ends ? [`default_backend ${ENDED}`] : [],
    ),
    ...ends ? [section(`backend ${ENDED} from connections`,
      // Its requests are told.
      'tcp-request content set-log-level silent',
      `server ended unix@${SOCKET} send-proxy-v2`,
    )] : [],
  ];
}

function nameLine(loadBalancer: LoadBalancerModel, { name, stream }: ServerName): string {
  const match = isWildcard(name) ? `-m end -- ${wordOf(loadBalancer, 'the host', endOf(name))}` : `-m str -- ${wordOf(loadBalancer, 'the host', name)}`;
  return `use_backend ${stream === undefined ? ENDED : streamName(stream.target)} if { var(txn.name) ${match} }`;
}

/** Requests may go to the same port. */
const streamName = (target: RouteTargetModel): string => `${destinationName(target)}:tcp`;

const logLine = ({ accessLog }: LoadBalancerModel): string => accessLog ? `log-format ${LOG_FORMAT}` : 'no log';
