import { resolversOf } from './certificates';
import { DYNAMIC, HTTP, HTTPS, LOOPBACK, RUN } from './places';
import { sectionOf, yamlOf } from './text';
import { opensHttp, opensHttps, type LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { tellsWhoVisits } from '../header-aliases';
import { httpPortOf, httpsPortOf, speaksHttp3 } from '../hosts';
import { healthAddressOf, HEALTH_PORT } from '../own-health';
import { tcpStreams } from '../streams';

/**
 * What Traefik reads when it starts: where it listens, whom it believes, who issues certificates.
 *
 * @internal
 * @see https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/
 */
export function staticConfigurationOf(loadBalancer: LoadBalancerModel, traits: ITargetTraits): string {
  return yamlOf({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { format: 'json' },
    accessLog: loadBalancer.accessLog ? { format: 'json' } : undefined,
    entryPoints: {
      ...opensHttp(loadBalancer) ? { [HTTP]: { address: `:${httpPortOf(traits)}`, ...visitors(loadBalancer, keptFor(traits)) } } : {},
      ...opensHttps(loadBalancer) ? { [HTTPS]: { address: `:${httpsPortOf(traits)}`, ...visitors(loadBalancer, keptFor(traits)), http3: speaksHttp3(loadBalancer, traits) ? {} : undefined } } : {},
      ...Object.fromEntries(tcpStreams(loadBalancer, traits).map(({ inside: { name, number } }) => [name, { address: `:${number}`, ...visitors(loadBalancer) }])),
      [LOOPBACK]: { address: `${healthAddressOf(traits)}:${HEALTH_PORT}`, observability: { accessLogs: false, metrics: false } },
    },
    ping: { entryPoint: LOOPBACK },
    metrics: { prometheus: { entryPoint: LOOPBACK } },
    // It is told when there is another one.
    providers: { file: { filename: `${RUN}/${DYNAMIC}`, watch: false }, providersThrottleDuration: '100ms' },
    certificatesResolvers: sectionOf(resolversOf(loadBalancer)),
  });
}

function visitors(loadBalancer: LoadBalancerModel, keepAliveMaxTime?: string): object {
  const { drainSeconds, trustedProxies } = loadBalancer;
  return {
    // https://doc.traefik.io/traefik/security/header-aliases/
    http: tellsWhoVisits(loadBalancer) ? { aliasHeadersStrategy: 'delete' } : undefined,
    transport: {
      lifeCycle: { graceTimeOut: `${drainSeconds}s` },
      keepAliveMaxTime,
      // A minute by default, after which it would cut uploads and streams of gRPC.
      respondingTimeouts: { readTimeout: '0s' },
    },
    forwardedHeaders: trustedProxies.length === 0 ? undefined : { trustedIPs: trustedProxies },
  };
}

/**
 * How long it keeps a connection. One that is closed when Traefik stops may have a request on its way. So each is closed with an
 * answer before: those that visitors opened before they open them to others alone are too old when it stops.
 */
const keptFor = ({ leavingSeconds }: ITargetTraits): string | undefined => leavingSeconds === undefined ? undefined : `${Math.ceil(leavingSeconds * 2 / 3)}s`;
