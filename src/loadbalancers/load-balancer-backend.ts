import { CaddyBackend } from './caddy';
import type { CaddyOptions } from './caddy-options';
import { HaproxyBackend } from './haproxy';
import type { HaproxyOptions } from './haproxy-options';
import { NginxBackend } from './nginx';
import type { NginxOptions } from './nginx-options';
import { TraefikBackend } from './traefik';
import type { TraefikOptions } from './traefik-options';
import type { ILoadBalancerBackend } from '../model/load-balancer-backend';

export type { CaddyOptions } from './caddy-options';
export type { CertificateImageOptions } from './certificate-image-options';
export type { HaproxyOptions } from './haproxy-options';
export type { NginxOptions } from './nginx-options';
export type { TraefikOptions } from './traefik-options';

/**
 * The software of a load balancer, where the target has none of its own. One of a third party implements
 * `ILoadBalancerBackend`.
 */
export class LoadBalancerBackend {
  /**
   * Caddy 2.11 or newer: certificates by itself, active health checks, WebSockets, gRPC. The default.
   *
   * Compose: it checks every copy by its own name. Swarm: it asks the name server for healthy tasks once a second.
   *
   * @param options image
   * @see https://caddyserver.com
   */
  public static caddy(options: CaddyOptions = {}): ILoadBalancerBackend {
    return new CaddyBackend(options);
  }

  /**
   * nginx 1.30 or newer: certificates by a container beside it, WebSockets, gRPC. It finds copies by the name server, once a
   * second, and has no health checks of its own: it tells a dead copy by a refused connection, and cannot tell one that is not
   * ready.
   *
   * @param options image
   * @see https://nginx.org
   */
  public static nginx(options: NginxOptions = {}): ILoadBalancerBackend {
    return new NginxBackend(options);
  }

  /**
   * Traefik 3.7 or newer: certificates by itself, active health checks over HTTP and gRPC, WebSockets, sticky cookies. It
   * reads files, and never the engine's socket.
   *
   * Compose: it checks every copy by its own name. Swarm: it resolves the name of all copies for each request, so that any
   * healthy copy is picked. A Strict-Transport-Security of the application is replaced.
   *
   * @param options image
   * @see https://doc.traefik.io/traefik
   */
  public static traefik(options: TraefikOptions = {}): ILoadBalancerBackend {
    return new TraefikBackend(options);
  }

  /**
   * HAProxy 3.2 or newer: health checks of every copy over HTTP, TCP and gRPC on every target, sticky cookies, a page for
   * visitors while no copy is up, an access log.
   *
   * It asks the name server for copies once a second, and each copy for its health. It holds a request for up to three
   * seconds while no copy is up. Its metrics are on port 8405 of the container's loopback address alone.
   *
   * @param options image
   * @see https://www.haproxy.org
   */
  public static haproxy(options: HaproxyOptions = {}): ILoadBalancerBackend {
    return new HaproxyBackend(options);
  }

  private constructor() {}
}
