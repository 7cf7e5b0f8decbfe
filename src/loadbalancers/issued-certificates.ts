import { Size } from 'cdk8s';
import { acmeClients } from './acme-client';
import type { CertificateImageOptions } from './certificate-image-options';
import { localAuthorities } from './local-authority';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { LoadBalancerSidecar } from '../model/load-balancer-backend';
import { Volume } from '../model/volume';

/*
 * Certificates for load balancers that do not ask by themselves: containers beside them get these and put them on a disk that
 * they share.
 */

/** What outlives the container: accounts, keys and certificates of those who issue them. */
export const DATA = '/data';

/** Certificates as the load balancer reads them: chain and key in one file. */
export const SERVED = `${DATA}/served`;

/**
 * The file with the certificate of a host.
 *
 * @internal
 */
export const servedFile = (host: string): string => `${host.replace('*', '_')}.pem`;

/**
 * The containers beside a load balancer that get certificates for it; none where all are the user's own.
 *
 * @param user user id of the load balancer, and theirs
 * @param images other images of theirs
 * @internal
 */
export function certificateSidecars(loadBalancer: LoadBalancerModel, user: number, images: CertificateImageOptions = {}): LoadBalancerSidecar[] {
  const shared = { folder: DATA, served: SERVED, user };
  return [
    ...acmeClients(loadBalancer, { ...shared, image: images.acmeClientImage }),
    ...localAuthorities(loadBalancer, { ...shared, image: images.localAuthorityImage }),
  ];
}

/**
 * The disk that they share with the load balancer.
 *
 * @internal
 */
export const certificateVolumes = (sidecars: LoadBalancerSidecar[]): Volume[] =>
  sidecars.length === 0 ? [] : [Volume.persistent(DATA, { size: Size.mebibytes(256) })];
