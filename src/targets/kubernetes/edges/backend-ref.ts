import type { RouteTargetModel } from '../../../model/load-balancer';

/** @internal The Service of a destination, seen from a namespace. */
export function backendRef({ peer, port, weight }: RouteTargetModel, namespace: string | undefined): any {
  return {
    group: '',
    kind: 'Service',
    name: peer.name,
    namespace: peer.namespace === namespace ? undefined : peer.namespace,
    port: port.number,
    weight,
  };
}
