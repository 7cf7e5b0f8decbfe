/**
 * Options of HAProxy.
 */
export interface HaproxyOptions {
  /**
   * Image. One of your own needs HAProxy 3.2 or newer as `haproxy` on its path, `sh`, for its health check one of
   * wget, curl, nc and bash, for `RouteAccess.basicAuth` awk, and for `RouteAccess.forwardAuth` a HAProxy built with Lua.
   *
   * @default 'haproxy:3.2.25'
   * @see https://hub.docker.com/_/haproxy
   */
  readonly image?: string;
}
