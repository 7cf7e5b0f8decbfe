import { Problem } from '../problem';
import { KubernetesObject, KubernetesObjects, namespaceOf, nameOf, problem } from './objects';

export function disruptionBudgetsFit(objects: KubernetesObjects): Problem[] {
  const budgets = new Map<KubernetesObject, KubernetesObject>();
  return objects.ofKind('PodDisruptionBudget').flatMap((budget) => {
    const pods = objects.podsMatching(budget.spec?.selector, namespaceOf(budget));
    // The proxies of a Gateway are made by its implementation.
    if (objects.exists('Gateway', budget.spec?.selector?.matchLabels?.['gateway.networking.k8s.io/gateway-name'], namespaceOf(budget))) return [];
    if (pods.length === 0) return [problem('disruption-budget', budget, '/spec/selector', 'selects no pod of this file')];
    return pods.flatMap(({ owner }) => {
      const other = budgets.get(owner);
      budgets.set(owner, budget);
      // With two of them every eviction fails.
      if (other) return [problem('disruption-budget', budget, '/spec/selector', `${nameOf(owner)} has a budget already: ${other.metadata.name}`)];
      const { minAvailable, maxUnavailable } = budget.spec;
      const blocks = maxUnavailable === 0 || maxUnavailable === '0%' || minAvailable === '100%'
        || (typeof minAvailable === 'number' && minAvailable >= (owner.spec?.replicas ?? minimumOf(objects, owner)));
      return blocks ? [problem('disruption-budget', budget, '/spec', `no pod of ${nameOf(owner)} could ever be evicted`)] : [];
    });
  });
}

export function scaleTargetsExist(objects: KubernetesObjects): Problem[] {
  return scalers(objects).flatMap((scaler) => {
    const { kind = 'Deployment', name } = scaler.spec?.scaleTargetRef ?? {};
    const target = objects.find(kind, name, namespaceOf(scaler));
    if (target === undefined) {
      return objects.isExternal(kind, name) ? [] : [problem('scale-target', scaler, '/spec/scaleTargetRef', `there is no ${kind} ${name}`)];
    }
    // Each apply would set the count back to the one in the file.
    return target.spec?.replicas === undefined ? [] : [problem('scale-target', target, '/spec/replicas', `${nameOf(scaler)} owns the count`)];
  });
}

function scalers(objects: KubernetesObjects): KubernetesObject[] {
  return objects.ofKind('HorizontalPodAutoscaler', 'ScaledObject');
}

/** The smallest count an autoscaler keeps; 1 where none owns it. */
function minimumOf(objects: KubernetesObjects, owner: KubernetesObject): number {
  const scaler = scalers(objects).find(({ spec }) => spec?.scaleTargetRef?.name === owner.metadata.name);
  return scaler?.spec?.minReplicas ?? scaler?.spec?.minReplicaCount ?? 1;
}
