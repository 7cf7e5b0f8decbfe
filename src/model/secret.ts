/**
 * Where a Kubernetes Secret comes from when an External Secrets operator makes it.
 *
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
export interface ExternalSecretSource {
  /** Name of the SecretStore or ClusterSecretStore. */
  readonly storeName: string;
  /**
   * `SecretStore` or `ClusterSecretStore`.
   *
   * @default 'ClusterSecretStore'
   */
  readonly storeKind?: string;
  /** Key in the store. */
  readonly remoteKey: string;
  /**
   * Property of the key, where its value is structured.
   *
   * @default - the whole value
   */
  readonly property?: string;
}

/**
 * A secret: its name and place, never its value.
 */
export interface SecretModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of the chart. */
  readonly chart: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Which value of it: a new one replaces the copies that have the old; undefined: the first. */
  readonly version?: string;
  /** Where a container finds it: `/run/secrets/NAME`. */
  readonly file: string;
  /** Kubernetes: name of the Secret object. */
  readonly secretName: string;
  /** Kubernetes: key in the Secret object. */
  readonly key: string;
  /** Kubernetes: where an operator takes it from; undefined: it exists already. */
  readonly externalSecret?: ExternalSecretSource;
}
