import { Problem } from '../problem';
import { KubernetesObjects, namespaceOf, problem } from './objects';
import { podReferences, secretsMadeElsewhere } from './references';

/** ConfigMaps, Secrets, claims and service accounts that pods use are in the file, or said to be elsewhere. */
export function podReferencesExist(objects: KubernetesObjects): Problem[] {
  return objects.pods.flatMap((pod) => podReferences(pod).flatMap(({ kind, name, keys, path }) => {
    const target = objects.find(kind, name, pod.namespace);
    if (target === undefined) {
      const made = kind === 'Secret' && secretsMadeElsewhere(objects, pod.namespace).includes(name);
      return made || objects.isExternal(kind, name) ? [] : [problem('reference', pod.owner, path, `there is no ${kind} ${name}`)];
    }
    const available = Object.keys({ ...target.data, ...target.stringData, ...target.binaryData });
    return keys.filter((key) => kind !== 'PersistentVolumeClaim' && !available.includes(key))
      .map((key) => problem('reference', pod.owner, path, `${kind} ${name} has no key ${key}`));
  }));
}

/** A certificate without its issuer is never made. */
export function issuersExist(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('Certificate').flatMap((certificate) => {
    const { kind = 'Issuer', name, group = 'cert-manager.io' } = certificate.spec?.issuerRef ?? {};
    const namespace = kind === 'ClusterIssuer' ? '' : namespaceOf(certificate);
    if (group !== 'cert-manager.io' || objects.exists(kind, name, namespace)) return [];
    return [problem('reference', certificate, '/spec/issuerRef', `there is no ${kind} ${name}`)];
  });
}

/** A role binding without its role or its account gives nothing, in silence. */
export function roleBindingsAreComplete(objects: KubernetesObjects): Problem[] {
  return objects.ofKind('RoleBinding', 'ClusterRoleBinding').flatMap((binding) => {
    const { kind, name } = binding.roleRef ?? {};
    const found = objects.exists(kind, name, kind === 'Role' ? namespaceOf(binding) : '') ? []
      : [problem('reference', binding, '/roleRef', `there is no ${kind} ${name}`)];
    for (const subject of binding.subjects ?? []) {
      if (subject.kind === 'ServiceAccount' && !objects.exists('ServiceAccount', subject.name, subject.namespace ?? namespaceOf(binding))) {
        found.push(problem('reference', binding, '/subjects', `there is no ServiceAccount ${subject.name}`));
      }
    }
    return found;
  });
}
