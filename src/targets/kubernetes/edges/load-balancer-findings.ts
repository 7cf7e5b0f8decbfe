import { gatewayFindings } from './gateway-findings';
import { ingressFindings } from './ingress-findings';
import type { KubernetesEdge } from './kubernetes-edge';
import { ownProxiesFindings } from './own-proxies-findings';
import type { Finding } from '../../../model/finding';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import { error } from '../findings';
import type { KubernetesOptions } from '../options';

/** @internal What an edge cannot do of what a load balancer declares. */
export function loadBalancerFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  return [...onePortForBoth(balancer, options.edge), ...foreignCertificates(balancer, options.edge), ...edgeFindings(balancer, options)];
}

function edgeFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  switch (options.edge._kind) {
    case 'own-proxies': return ownProxiesFindings(balancer, options);
    case 'ingress': return ingressFindings(balancer, options);
    default: return gatewayFindings(balancer, options);
  }
}

/** A listener speaks one protocol, and a Service has a port once. */
function onePortForBoth({ path, name, hosts, httpPort, httpsPort }: LoadBalancerModel, { _kind }: KubernetesEdge): Finding[] {
  if (httpPort !== httpsPort || _kind === 'ingress' || hosts.every(({ issuer }) => issuer === undefined)) return [];
  return [error('one-port-for-both', path, `'${name}' cannot listen on port ${httpPort} for both HTTP and HTTPS on Kubernetes: give httpPort and httpsPort different numbers`)];
}

/** Pods and an Ingress have Secrets of their own namespace alone. A Gateway is given leave, which must name who has it. */
function foreignCertificates({ path, name, chart, namespace, hosts }: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  if (!edge._hasCertificates) return [];
  const foreign = hosts.flatMap(({ issuer }) => issuer?.namespace === undefined || issuer.namespace === namespace ? [] : [issuer]);
  return [...new Map(foreign.map((issuer) => [issuer.name, issuer])).values()].flatMap((issuer) => {
    const of = `'${name}' cannot show the certificate '${issuer.name}' of namespace '${issuer.namespace}' on Kubernetes`;
    if (!edge._isGateway) {
      return [error('certificate-namespace', path, `${of}: ${edge._kind === 'ingress' ? 'an Ingress reads Secrets' : 'proxies of our own mount Secrets'} of the chart's namespace`
        + ' alone; have the Secret copied there and leave \'namespace\' out, or use KubernetesEdge.gateway()')];
    }
    return namespace !== undefined ? [] : [error('certificate-namespace', path,
      `${of}: leave to do so names the namespace of the Gateway, and its chart has none: new Chart(app, '${chart}', { namespace: '${chart}' })`)];
  });
}
