import type { SecretModel } from './secret';

/**
 * Where certificates come from.
 */
export enum IssuerKind {
  /** An ACME directory, such as Let's Encrypt's. */
  ACME = 'acme',
  /** An authority of the deployment's own. */
  LOCAL = 'local',
  /** A certificate and key that the user has. */
  FILES = 'files',
}

/**
 * How an ACME directory is shown control of a domain by a DNS record.
 */
export interface Dns01Model {
  /** The DNS provider: `cloudflare`, `route53`, `clouddns`, `azuredns`, `rfc2136`, or `webhook` of cert-manager's. */
  readonly provider: string;
  /** Settings that anybody may read, by name. */
  readonly settings: { [key: string]: string };
  /** Credentials, by name: `apiToken`, `accessKeyId`, `secretAccessKey`, … */
  readonly credentials: { [key: string]: SecretModel };
}

/**
 * Kind of private key.
 */
export enum KeyType {
  /** ECDSA on the curve P-256. */
  ECDSA_P256 = 'ecdsa-p256',
  /** RSA with 2048 bits, for very old visitors. */
  RSA_2048 = 'rsa-2048',
}

/**
 * An issuer of certificates.
 */
export interface IssuerModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Where certificates come from. */
  readonly kind: IssuerKind;
  /** ACME: the directory's URL. */
  readonly directory?: string;
  /** ACME: whom the authority writes to. */
  readonly email?: string;
  /** ACME: PEM text of the directory's own private root; undefined: a public authority. */
  readonly caRoot?: string;
  /** ACME: profile of the certificate. */
  readonly profile?: string;
  /** ACME, Kubernetes: name of a ClusterIssuer that exists already; undefined: an Issuer of our own. */
  readonly clusterIssuer?: string;
  /** ACME: proof by DNS record; undefined: by HTTP. */
  readonly dns01?: Dns01Model;
  /** Kind of private key. */
  readonly keyType: KeyType;
  /** Whether browsers trust it; without trust no HSTS. */
  readonly trusted: boolean;
  /** Files, Kubernetes: namespace of the Secret; undefined: the chart's. */
  readonly namespace?: string;
  /** Files: the certificate with its chain. */
  readonly certificate?: SecretModel;
  /** Files: the private key. */
  readonly privateKey?: SecretModel;
}
