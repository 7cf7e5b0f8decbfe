import { addedListeners } from './gateway';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { KubernetesOptions } from '../options';

/**
 * The listeners that are added to a Gateway that exists already.
 *
 * @see https://gateway-api.sigs.k8s.io/api-types/listenerset/
 * @internal
 */
export function listenerSet(model: LoadBalancerModel, { edge }: KubernetesOptions): any {
  const listeners = addedListeners(model);
  if (listeners.length === 0) return undefined;
  return { spec: { listeners, parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: edge.existingName, namespace: edge.existingNamespace } } };
}
