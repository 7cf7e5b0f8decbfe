import type { ContainerProps } from './container-props';
import type { CaddyOptions } from '../loadbalancers/caddy-options';
import type { CertificateImageOptions } from '../loadbalancers/certificate-image-options';
import type { HaproxyOptions } from '../loadbalancers/haproxy-options';
import type { NginxOptions } from '../loadbalancers/nginx-options';
import type { TraefikOptions } from '../loadbalancers/traefik-options';
import type { ILoadBalancerBackend } from '../model/load-balancer-backend';
import type { ExternalSecretSource } from '../model/secret';
import type { RestrictedOptions } from '../model/security';
import { VolumeKind, type MountOptions, type PersistentVolumeOptions, type ScratchVolumeOptions } from '../model/volume';
import { checkImage } from '../validation/image';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';

/*
 * Options that were given where nothing had a path yet, or stand inside other props: one that is misspelt is told where
 * it is used.
 */

const RESTRICTED: PropNames<RestrictedOptions> = { writableRoot: true, bindLowPorts: true };

/** @internal */
export const MOUNT_OPTIONS: PropNames<MountOptions> = { readOnly: true };

const PERSISTENT: PropNames<PersistentVolumeOptions> = { size: true, name: true, existingName: true, storageClassName: true };
const SCRATCH: PropNames<ScratchVolumeOptions> = { size: true, inMemory: true };

const VOLUME_OPTIONS: { [kind: string]: PropNames<any> } = {
  [VolumeKind.PERSISTENT]: PERSISTENT, [VolumeKind.SCRATCH]: SCRATCH, [VolumeKind.HOST_PATH]: MOUNT_OPTIONS,
};

/**
 * Fails for a misspelt option of a container's security or of one of its volumes.
 *
 * @internal
 */
export function checkMadeOptions(path: string, name: string, { security, volumes }: ContainerProps): void {
  if (security?._given !== undefined) checkProps(path, `${name}, security,`, security._given, RESTRICTED);
  for (const volume of volumes ?? []) {
    if (volume?._given !== undefined) checkProps(path, `${name}, volume '${volume.path}',`, volume._given, VOLUME_OPTIONS[volume.kind]);
    if (volume?.kind === VolumeKind.PERSISTENT) checkAdopted(path, name, volume.existingName);
  }
}

const CERTIFICATE_IMAGES: PropNames<CertificateImageOptions> = { acmeClientImage: true, localAuthorityImage: true };
const HAPROXY: PropNames<HaproxyOptions> = { image: true, ...CERTIFICATE_IMAGES };
const NGINX: PropNames<NginxOptions> = { image: true, ...CERTIFICATE_IMAGES };
const TRAEFIK: PropNames<TraefikOptions> = { image: true };
const CADDY: PropNames<CaddyOptions> = { image: true, dnsModuleInImage: true };

/** All images that software may be given. */
interface Images extends CertificateImageOptions {
  readonly image?: string;
}

const BACKEND_OPTIONS: { [name: string]: PropNames<any> } = { caddy: CADDY, haproxy: HAPROXY, nginx: NGINX, traefik: TRAEFIK };

/**
 * Fails for a misspelt option of a load balancer's software, or an image that nobody could run. One of a third party sees to its own.
 *
 * @internal
 */
export function checkBackend(path: string, name: string, backend: ILoadBalancerBackend & { readonly _given?: Images }): void {
  if (backend._given === undefined) return;
  const who = `${name}, backend,`;
  checkProps(path, who, backend._given, BACKEND_OPTIONS[backend.name]);
  const { image, acmeClientImage, localAuthorityImage } = backend._given;
  for (const one of [image, acmeClientImage, localAuthorityImage]) if (one !== undefined) checkImage(path, who, one);
}

/**
 * Fails for what no volume is called that exists.
 *
 * @internal
 */
export function checkAdopted(path: string, name: string, existing: unknown): void {
  if (existing !== undefined && !(typeof existing === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(existing))) {
    throw new Error(messages.badAdopted(path, name, existing));
  }
}

/**
 * Fails for a place in a store that the operator would not find.
 *
 * @internal
 */
export function checkExternalSecret(path: string, id: string, source: ExternalSecretSource | undefined): void {
  if (source === undefined) return;
  const who = `${id}, externalSecret,`;
  checkProps(path, who, source, EXTERNAL_SECRET);
  const { storeKind = STORE_KINDS[0] } = source;
  for (const [prop, how] of Object.entries(PLACE)) {
    const value = source[prop as keyof typeof PLACE];
    if (typeof value !== 'string' || value === '') throw new Error(messages.wrongKind(path, who, prop, value, how));
  }
  if (!STORE_KINDS.includes(storeKind)) throw new Error(messages.notOneOf(path, who, 'storeKind', storeKind, "'ClusterSecretStore' or 'SecretStore'"));
}

const EXTERNAL_SECRET: PropNames<ExternalSecretSource> = { storeName: true, storeKind: true, remoteKey: true, property: true };

const PLACE = { storeName: 'the name of the store', remoteKey: 'the key of the value in the store' };

const STORE_KINDS = ['ClusterSecretStore', 'SecretStore'];
