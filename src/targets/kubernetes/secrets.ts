import { constant } from './plain-json';
import type { SecretModel } from '../../model/secret';
import type { ContainerModel } from '../../model/workload';

/** Where a container finds its secrets, on every target. */
const FOLDER = '/run/secrets';

/** @internal */
export const SECRETS_MOUNT_PATH = FOLDER;

/**
 * A volume that gathers a container's secrets, each as the file `/run/secrets/NAME`, whatever Secret it comes from.
 *
 * @param readableByAll whether no group is set by which the container could read them
 * @internal
 */
export function secretsVolume(name: string, secrets: SecretModel[], readableByAll: boolean): any {
  const bySecret = new Map<string, any[]>();
  for (const secret of secrets) {
    const items = bySecret.get(secret.secretName) ?? [];
    items.push({ key: secret.key, path: secret.name });
    bySecret.set(secret.secretName, items);
  }
  return {
    name,
    projected: {
      // 0440 or 0444 in decimal: YAML 1.1 and 1.2 read a leading zero differently.
      defaultMode: readableByAll ? 292 : 288,
      sources: [...bySecret].sort(([a], [b]) => a < b ? -1 : 1).map(([secretName, items]) => ({ secret: { items, name: secretName } })),
    },
  };
}

/** @internal Variables, those that take a secret's value among them, by name. */
export function environment({ environment: plain, secretEnvironment }: ContainerModel): any[] | undefined {
  const variables: any[] = [];
  for (const name in plain) variables.push({ name, value: literal(plain[name]) });
  const withSecrets = Object.keys(secretEnvironment);
  if (withSecrets.length > 0) {
    for (const name of withSecrets) {
      const { secretName, key } = secretEnvironment[name];
      variables.push({ name, valueFrom: { secretKeyRef: { key, name: secretName } } });
    }
    variables.sort((a, b) => a.name < b.name ? -1 : 1);
  }
  return variables.length === 0 ? undefined : variables;
}

/**
 * Text that arrives as written: Kubernetes replaces `$(NAME)` and halves `$$`.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 * @internal
 */
export function literal(text: string): string {
  return /\$[($]/.test(text) ? text.replace(/\$/g, '$$$$') : text;
}

/**
 * What the operator's older definitions add to each entry, by which Argo CD would take the object for out of sync for ever.
 *
 * @see https://github.com/external-secrets/external-secrets/issues/6797
 */
const AS_IT_IS = constant({ conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' });

/** @internal An ExternalSecret that makes the Secret. */
export function externalSecret(secret: SecretModel): any {
  const source = secret.externalSecret!;
  return {
    spec: {
      data: [{ remoteRef: { ...AS_IT_IS, key: source.remoteKey, property: source.property }, secretKey: secret.key }],
      refreshInterval: '1h',
      secretStoreRef: { kind: source.storeKind ?? 'ClusterSecretStore', name: source.storeName },
      // Deleting the store's entry must not take the running application down with it.
      target: { creationPolicy: 'Owner', deletionPolicy: 'Retain', name: secret.secretName },
    },
  };
}
