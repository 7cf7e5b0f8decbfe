/**
 * Options of Traefik.
 */
export interface TraefikOptions {
  /**
   * Image. One of your own needs `traefik` on its path, and `sh`, `sed` and `wget` for its health check and to read its routes again.
   * `RouteAccess.forwardAuth` and `RouteAccess.clientCertificates` need Traefik 3.7.12 or newer.
   *
   * @default 'traefik:v3.7.13'
   * @see https://hub.docker.com/_/traefik
   */
  readonly image?: string;
}
