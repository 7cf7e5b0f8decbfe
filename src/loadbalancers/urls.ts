import type { HostModel, LoadBalancerModel } from '../model/load-balancer';

/**
 * Where visitors of one host are sent who shall ask for another: scheme, host and port.
 *
 * @internal
 */
export function redirectOrigin(loadBalancer: LoadBalancerModel, from: HostModel, to: string): string {
  const ours = loadBalancer.hosts.find(({ name }) => name === to);
  // A host of another server is asked as this one is.
  if (ours === undefined) return `${from.issuer === undefined ? 'http' : 'https'}://${to}`;
  if (ours.issuer !== undefined) return secureOrigin(loadBalancer, to);
  return `http://${to}${loadBalancer.httpPort === 80 ? '' : `:${loadBalancer.httpPort}`}`;
}

/**
 * A host as it is asked over HTTPS.
 *
 * @internal
 */
export const secureOrigin = ({ httpsPort }: LoadBalancerModel, host: string): string =>
  `https://${host}${httpsPort === 443 ? '' : `:${httpsPort}`}`;
