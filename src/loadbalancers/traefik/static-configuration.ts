import { resolversOf } from './certificates';
import { DYNAMIC, HTTP, HTTPS, LOOPBACK, RUN } from './places';
import { sectionOf, yamlOf } from './text';
import { opensHttp, opensHttps, type LoadBalancerModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
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
      ...opensHttp(loadBalancer) ? { [HTTP]: { address: `:${httpPortOf(traits)}`, ...visitors(loadBalancer, traits) } } : {},
      ...opensHttps(loadBalancer) ? { [HTTPS]: { address: `:${httpsPortOf(traits)}`, ...visitors(loadBalancer, traits), http3: speaksHttp3(loadBalancer, traits) ? {} : undefined } } : {},
      ...Object.fromEntries(tcpStreams(loadBalancer, traits).map(({ inside: { name, number } }) => [name, { address: `:${number}`, ...visitors(loadBalancer, traits) }])),
      [LOOPBACK]: { address: `${healthAddressOf(traits)}:${HEALTH_PORT}`, observability: { accessLogs: false, metrics: false } },
    },
    ping: { entryPoint: LOOPBACK },
    metrics: { prometheus: { entryPoint: LOOPBACK } },
    // It is told when there is another one.
    providers: { file: { filename: `${RUN}/${DYNAMIC}`, watch: false }, providersThrottleDuration: '100ms' },
    certificatesResolvers: sectionOf(resolversOf(loadBalancer)),
  });
}

/** The share of the time before it stops, in which visitors open connections to others alone, for which it keeps a connection. */
const KEPT = 2 / 3;

function visitors({ drainSeconds, trustedProxies }: LoadBalancerModel, { leavingSeconds }: ITargetTraits): object {
  return {
    transport: {
      lifeCycle: { graceTimeOut: `${drainSeconds}s` },
      // A kept connection that is closed when Traefik stops may have a request on its way. So each is closed with an answer before: no
      // older one is left when it stops, but those that were silent for the rest of that time.
      keepAliveMaxTime: leavingSeconds === undefined ? undefined : `${Math.ceil(leavingSeconds * KEPT)}s`,
      // A minute by default, after which it would cut uploads and streams of gRPC.
      respondingTimeouts: { readTimeout: '0s' },
    },
    forwardedHeaders: trustedProxies.length === 0 ? undefined : { trustedIPs: trustedProxies },
  };
}
