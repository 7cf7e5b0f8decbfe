import type { CertificateImageOptions } from './certificate-image-options';

/**
 * Options of HAProxy.
 */
export interface HaproxyOptions extends CertificateImageOptions {
  /**
   * Image. One of your own needs HAProxy 3.2 or newer as `haproxy` on its path, `sh`, for its health check one of
   * wget, curl, nc and bash, for `RouteAccess.basicAuth` awk, and for `RouteAccess.forwardAuth` a HAProxy built with Lua.
   * Compose: with Perl, as the published image has and its variant of Alpine has not, `deploy.sh` has it send copies nothing any
   * more before they stop; without, it says that a few requests may be lost.
   *
   * @default 'haproxy:3.2.25'
   * @see https://hub.docker.com/_/haproxy
   */
  readonly image?: string;
}
