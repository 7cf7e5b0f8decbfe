import type { Construct } from 'constructs';
import { CertificateIssuer } from './certificate-issuer';
import { IssuerKind, KeyType } from '../model/certificate';

/**
 * Certificates from an authority of the deployment's own, for laptops and tests. Browsers warn until they are told to
 * trust its root; no HSTS is sent.
 *
 * Kubernetes: a self-signed root and an Issuer of cert-manager. Compose and Swarm: the load balancer's own authority.
 */
export class LocalCertificates extends CertificateIssuer {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   */
  public constructor(scope: Construct, id: string) {
    super(scope, id, { kind: IssuerKind.LOCAL, keyType: KeyType.ECDSA_P256, trusted: false });
  }
}
