import { knowsProfiles } from './cert-manager-version';
import { warning } from './findings';
import type { KubernetesOptions } from './options';
import type { IssuerModel } from '../../model/certificate';
import type { Finding } from '../../model/finding';

/** @internal What an issuer is not told. */
export function issuerFindings({ path, name, profile, clusterIssuer }: IssuerModel, { certManager }: KubernetesOptions): Finding[] {
  if (profile === undefined) return [];
  if (clusterIssuer !== undefined) {
    return [warning('acme-profile', path, `'${name}' does not ask for profile '${profile}' on Kubernetes: that is for ClusterIssuer '${clusterIssuer}' to say;`
      + ' leave it out, or clusterIssuer')];
  }
  return knowsProfiles(certManager) ? [] : [warning('acme-profile', path, `'${name}' does not ask for profile '${profile}' on Kubernetes, as cert-manager ${certManager} has no field`
    + ' for it: use 1.18 or newer, and give its version by certManagerVersion')];
}
