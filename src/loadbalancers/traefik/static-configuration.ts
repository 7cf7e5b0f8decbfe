import { resolversOf } from './certificates';
import { DYNAMIC, FOLDER, HTTP, HTTPS, LOOPBACK } from './places';
import { sectionOf, yamlOf } from './text';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { isSecure, speaksHttp3 } from '../hosts';
import { HEALTH_PORT } from '../own-health';

/**
 * What Traefik reads when it starts: where it listens, whom it believes, who issues certificates.
 *
 * @internal
 * @see https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/
 */
export function staticConfigurationOf(loadBalancer: LoadBalancerModel): string {
  return yamlOf({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { format: 'json' },
    accessLog: loadBalancer.accessLog ? { format: 'json' } : undefined,
    entryPoints: {
      [HTTP]: { address: ':80', ...visitors(loadBalancer) },
      ...isSecure(loadBalancer) ? { [HTTPS]: { address: ':443', ...visitors(loadBalancer), http3: speaksHttp3(loadBalancer) ? {} : undefined } } : {},
      [LOOPBACK]: { address: `127.0.0.1:${HEALTH_PORT}`, observability: { accessLogs: false, metrics: false } },
    },
    ping: { entryPoint: LOOPBACK },
    metrics: { prometheus: { entryPoint: LOOPBACK } },
    // A file and not its folder, in which this one lies too.
    providers: { file: { filename: `${FOLDER}/${DYNAMIC}` } },
    certificatesResolvers: sectionOf(resolversOf(loadBalancer)),
  });
}

function visitors({ drainSeconds, trustedProxies }: LoadBalancerModel): object {
  return {
    transport: {
      lifeCycle: { graceTimeOut: `${drainSeconds}s` },
      // A minute by default, after which it would cut uploads and streams of gRPC.
      respondingTimeouts: { readTimeout: '0s' },
    },
    forwardedHeaders: trustedProxies.length === 0 ? undefined : { trustedIPs: trustedProxies },
  };
}
