import type { Construct } from 'constructs';
import { CertificateIssuer } from './certificate-issuer';
import { pathIn } from './declarations';
import { Secret } from './secret';
import { IssuerKind, KeyType } from '../model/certificate';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { isNamespaceName } from '../validation/syntax';

/**
 * A certificate of one's own.
 */
export interface CertificateFilesProps {
  /** PEM file of the certificate, followed by its chain. Given at deploy time, like every secret. */
  readonly certificate: Secret;
  /** PEM file of the private key. */
  readonly privateKey: Secret;
  /**
   * Kubernetes: the namespace of its Secret, where that is another one: a certificate for all names below a domain, say, that
   * the charts of several namespaces share. A Gateway is given leave to read it by a ReferenceGrant in that namespace. An Ingress
   * and proxies of our own read Secrets of their own namespace alone: an error. Compose and Swarm have no namespaces and use the
   * two secrets.
   *
   * @default - the chart's
   */
  readonly namespace?: string;
  /**
   * Whether browsers trust it. Where they do not, no HSTS is sent.
   *
   * @default true
   */
  readonly trusted?: boolean;
}

/**
 * Certificates that the user has already. Renewing them is the user's.
 *
 * Kubernetes: a Secret of type `kubernetes.io/tls` called like this construct, which exists already, in `namespace`.
 * Compose and Swarm: the two secrets.
 */
export class CertificateFiles extends CertificateIssuer {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props certificate and key
   */
  public constructor(scope: Construct, id: string, props: CertificateFilesProps) {
    const path = pathIn(scope, id, 'CertificateFiles');
    checkProps(path, `'${id}'`, props, PROPS);
    for (const field of ['certificate', 'privateKey'] as const) {
      if (!Secret.isSecret(props[field])) throw new Error(messages.notASecret(path, `'${id}'`, field, props[field]));
    }
    if (props.certificate === props.privateKey) throw new Error(messages.oneSecretForBoth(path, `'${id}'`, props.certificate.node.id));
    const { namespace } = props;
    if (namespace !== undefined && !isNamespaceName(namespace)) {
      throw new Error(messages.badNamespace(path, id, namespace));
    }
    super(scope, id, {
      kind: IssuerKind.FILES,
      keyType: KeyType.ECDSA_P256,
      trusted: props.trusted ?? true,
      namespace,
      certificate: props.certificate._model,
      privateKey: props.privateKey._model,
    });
  }
}

const PROPS: PropNames<CertificateFilesProps> = { certificate: true, privateKey: true, namespace: true, trusted: true };
