import type { CertificateImageOptions } from './certificate-image-options';

/**
 * Options of nginx.
 */
export interface NginxOptions extends CertificateImageOptions {
  /**
   * Image. One of your own needs nginx 1.30 or newer on its path, a `sh`, for the health check one of wget, curl, nc and
   * bash, and the stop signal `SIGQUIT`, with which nginx finishes what it has.
   *
   * @default 'nginx:1.30.6'
   * @see https://hub.docker.com/_/nginx
   */
  readonly image?: string;
}
