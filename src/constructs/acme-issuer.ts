import type { Construct } from 'constructs';
import { CertificateIssuer } from './certificate-issuer';
import { readFile } from './container';
import { pathIn } from './declarations';
import { Dns01 } from './dns01';
import { IssuerKind, KeyType, type IssuerModel } from '../model/certificate';
import * as messages from '../validation/messages';
import { checkChoice, checkInstance, checkProps, type PropNames } from '../validation/props';
import { isEmail, isHttpsUrl, isObjectName } from '../validation/syntax';

/**
 * What every ACME issuer can be told.
 */
export interface AcmeOptions {
  /** E-mail address the authority writes to before a certificate ends unrenewed. */
  readonly email: string;
  /**
   * Proof of control by a DNS record. Wildcards need it.
   *
   * @default - proof over HTTP on port 80, which must be reachable from the authority
   */
  readonly dns01?: Dns01;
  /**
   * Kind of private key.
   *
   * @default KeyType.ECDSA_P256
   */
  readonly keyType?: KeyType;
  /**
   * Profile of the certificate, where the authority offers several.
   *
   * @default - the authority's own
   * @see https://letsencrypt.org/docs/profiles/
   */
  readonly profile?: string;
  /**
   * Kubernetes: name of a ClusterIssuer that exists already and issues instead of an Issuer of ours: its account and its
   * solvers count, and `dns01` only says how it proves control. Compose and Swarm: not used.
   *
   * @default - an Issuer in the chart's namespace
   */
  readonly clusterIssuer?: string;
}

/**
 * Options of an issuer with a directory of its own.
 */
export interface AcmeIssuerProps extends AcmeOptions {
  /** URL of the ACME directory, `https://…`. */
  readonly directory: string;
  /**
   * PEM file with the root of the directory's own certificate, relative to the working directory of synth.
   *
   * @default - a root that the system trusts
   */
  readonly caRootFile?: string;
  /**
   * Whether browsers trust its certificates. Where they do not, no HSTS is sent.
   *
   * @default true - false with `caRootFile`
   */
  readonly trusted?: boolean;
}

/**
 * Certificates from any ACME directory: a company's own authority, another public one, a test server.
 *
 * Kubernetes: a cert-manager Issuer and a Certificate for each host. Compose and Swarm: the load balancer itself, or a container beside it.
 */
export class AcmeIssuer extends CertificateIssuer {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props directory and account
   */
  public constructor(scope: Construct, id: string, props: AcmeIssuerProps) {
    const path = pathIn(scope, id, 'AcmeIssuer');
    checkProps(path, `'${id}'`, props, ACME_PROPS);
    super(scope, id, acmeModel(path, id, props));
  }
}

/**
 * Options of Let's Encrypt.
 */
export interface LetsEncryptProps extends AcmeOptions {
  /**
   * Whether to use the staging directory: browsers do not trust its certificates, and its rate limits are wide.
   *
   * @default false
   * @see https://letsencrypt.org/docs/staging-environment/
   */
  readonly staging?: boolean;
}

/**
 * Certificates from Let's Encrypt.
 *
 * Kubernetes: a cert-manager Issuer and a Certificate for each host. Compose and Swarm: the load balancer itself, or a container beside it.
 */
export class LetsEncrypt extends CertificateIssuer {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props account and environment
   */
  public constructor(scope: Construct, id: string, props: LetsEncryptProps) {
    const path = pathIn(scope, id, 'LetsEncrypt');
    checkProps(path, `'${id}'`, props, LETS_ENCRYPT_PROPS);
    const { staging = false, ...account } = props;
    super(scope, id, acmeModel(path, id, {
      ...account,
      // https://letsencrypt.org/docs/acme-protocol-updates/
      directory: staging ? 'https://acme-staging-v02.api.letsencrypt.org/directory' : 'https://acme-v02.api.letsencrypt.org/directory',
      trusted: !staging,
    }));
  }
}

const ACCOUNT: PropNames<AcmeOptions> = { email: true, dns01: true, keyType: true, profile: true, clusterIssuer: true };
const ACME_PROPS: PropNames<AcmeIssuerProps> = { ...ACCOUNT, directory: true, caRootFile: true, trusted: true };
const LETS_ENCRYPT_PROPS: PropNames<LetsEncryptProps> = { ...ACCOUNT, staging: true };

function acmeModel(path: string, name: string, props: AcmeIssuerProps): Partial<IssuerModel> {
  if (!isEmail(props.email)) throw new Error(messages.badEmail(path, name, props.email));
  if (!isHttpsUrl(props.directory)) throw new Error(messages.badDirectory(path, name, props.directory));
  checkChoice(path, `'${name}'`, 'keyType', props.keyType, KeyType, 'KeyType');
  checkInstance(path, `'${name}'`, 'dns01', props.dns01, Dns01, 'a choice such as Dns01.cloudflare(token)');
  if (props.clusterIssuer !== undefined && !isObjectName(props.clusterIssuer)) {
    throw new Error(messages.badObjectName(path, `'${name}'`, 'clusterIssuer', props.clusterIssuer));
  }
  return {
    kind: IssuerKind.ACME,
    directory: props.directory,
    email: props.email,
    caRoot: props.caRootFile === undefined ? undefined : readFile(path, `'${name}'`, props.caRootFile),
    profile: props.profile,
    clusterIssuer: props.clusterIssuer,
    dns01: props.dns01?._model,
    keyType: props.keyType ?? KeyType.ECDSA_P256,
    trusted: props.trusted ?? props.caRootFile === undefined,
  };
}
