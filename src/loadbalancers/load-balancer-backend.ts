import { CaddyBackend } from './caddy';
import type { CaddyOptions } from './caddy-options';
import { HaproxyBackend } from './haproxy';
import type { HaproxyOptions } from './haproxy-options';
import type { ILoadBalancerBackend } from '../model/load-balancer-backend';

export type { CaddyOptions } from './caddy-options';
export type { HaproxyOptions } from './haproxy-options';

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
