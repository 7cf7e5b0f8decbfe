import { tlsSecretOf } from '../certificates';
import type { KubernetesEdge } from './kubernetes-edge';
import type { LoadBalancerModel, RouteModel, RouteTargetModel } from '../../../model/load-balancer';

/**
 * A host: its paths, each with the Service it leads to, and the Secret with its certificate.
 *
 * No annotation for cert-manager: it would make a second Certificate beside the one we write.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @internal
 */
export function ingress(host: string, { routes, hosts }: LoadBalancerModel, { className, _annotations }: KubernetesEdge): any {
  const issuer = hosts.find(({ name }) => name === host)?.issuer;
  const paths = routes.filter((route) => route.host === host && route.targets.length > 0);
  return {
    metadata: { annotations: _annotations },
    spec: {
      ingressClassName: className,
      rules: [{ host, http: { paths: paths.map((route) => ({ backend: backend(mainTarget(route)), path: route.path, pathType: 'Prefix' })) } }],
      tls: issuer === undefined ? undefined : [{ hosts: [host], secretName: tlsSecretOf(host, issuer) }],
    },
  };
}

/** @internal The destination that gets all requests of a path, since an Ingress knows no shares: the one with the largest. */
export function mainTarget({ targets }: RouteModel): RouteTargetModel {
  return targets.reduce((main, target) => target.weight > main.weight ? target : main);
}

function backend({ peer, port }: RouteTargetModel): any {
  return { service: { name: peer.name, port: { number: port.number } } };
}
