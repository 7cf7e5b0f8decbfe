import { KubernetesObject, KubernetesObjects, namespaceOf, PodTemplate } from './objects';

export interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly path: string;
}

/** Secrets that a controller writes: for a Certificate, for an ExternalSecret. */
export function secretsMadeElsewhere(objects: KubernetesObjects, namespace: string): string[] {
  return objects.ofKind('Certificate', 'ExternalSecret').filter((object) => namespaceOf(object) === namespace)
    .map((object) => object.kind === 'Certificate' ? object.spec?.secretName : object.spec?.target?.name ?? object.metadata.name);
}

/** Names of the Secrets that pods of the file use. */
export function secretsUsed(objects: KubernetesObjects): string[] {
  return objects.pods.flatMap(podReferences).filter(({ kind }) => kind === 'Secret').map(({ name }) => name);
}

/** What a pod refers to by name and cannot start without. */
export function podReferences(pod: PodTemplate): Reference[] {
  const { spec, path } = pod;
  const found: Reference[] = [];
  const add = (kind: string, source: Record<string, any> | undefined, at: string, nameField = 'name') => {
    if (source?.[nameField] === undefined || source.optional === true) return;
    const keys = [source.key, ...(source.items ?? []).map((item: { key: string }) => item.key)].filter((key) => key !== undefined);
    found.push({ kind, name: source[nameField], keys, path: `${path}${at}` });
  };
  for (const volume of spec.volumes ?? []) {
    const at = `/volumes/${volume.name}`;
    add('ConfigMap', volume.configMap, at);
    add('Secret', volume.secret, at, 'secretName');
    add('PersistentVolumeClaim', volume.persistentVolumeClaim, at, 'claimName');
    for (const source of volume.projected?.sources ?? []) {
      add('ConfigMap', source.configMap, at);
      add('Secret', source.secret, at);
    }
  }
  for (const container of pod.containers) {
    for (const variable of container.env ?? []) {
      const at = `/${container.name}/env/${variable.name}`;
      add('ConfigMap', variable.valueFrom?.configMapKeyRef, at);
      add('Secret', variable.valueFrom?.secretKeyRef, at);
    }
    for (const source of container.envFrom ?? []) {
      add('ConfigMap', source.configMapRef, `/${container.name}/envFrom`);
      add('Secret', source.secretRef, `/${container.name}/envFrom`);
    }
  }
  for (const secret of spec.imagePullSecrets ?? []) add('Secret', secret, '/imagePullSecrets');
  const account = spec.serviceAccountName;
  if (account && account !== 'default') found.push({ kind: 'ServiceAccount', name: account, keys: [], path: `${path}/serviceAccountName` });
  return found;
}

/** Whether an annotation asks cert-manager to make the certificates of a Gateway or an Ingress. */
export function hasIssuerAnnotation(object: KubernetesObject): boolean {
  return ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'].some((key) => object.metadata.annotations?.[key] !== undefined);
}
