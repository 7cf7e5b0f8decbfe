/**
 * Options of Caddy.
 */
export interface CaddyOptions {
  /**
   * Image. One of your own needs `caddy` on its path, and for its health check `sh` with one of wget, curl, nc and bash; for
   * `RouteAccess.basicAuth` `sh` with awk. Compose: with wget, as the published image has, `deploy.sh` has it send copies nothing any
   * more before they stop; without, it says that a few requests may be lost.
   *
   * @default 'caddy:2.11.4'
   * @see https://hub.docker.com/_/caddy
   */
  readonly image?: string;
  /**
   * Whether the image has the module of the DNS provider that `dns01` of an issuer names; Caddy's published image has none.
   *
   * @default - false for Caddy's published image, true for any other
   * @see https://github.com/caddy-dns
   */
  readonly dnsModuleInImage?: boolean;
}
