import { CaddyBackend } from './caddy';
import type { CaddyOptions } from './caddy-options';
import type { ILoadBalancerBackend } from '../model/load-balancer-backend';

export type { CaddyOptions } from './caddy-options';

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

  private constructor() {}
}
