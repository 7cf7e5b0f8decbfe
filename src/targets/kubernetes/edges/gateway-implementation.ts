import { checkGivenName } from '../option-checks';

/**
 * The software behind a GatewayClass. The Gateway API says nothing about where proxies run, how many there are and how
 * they pick a copy: each implementation has its own objects for that, or none.
 */
export class GatewayImplementation {
  /**
   * Envoy Gateway 1.4 or newer, class `eg`: proxies, their drain, the balancing algorithm, repeated requests, copies that cannot be
   * reached and access to routes are written in its own objects.
   *
   * @see https://gateway.envoyproxy.io
   */
  public static envoyGateway(): GatewayImplementation {
    return new GatewayImplementation('Envoy Gateway', 'eg');
  }

  /**
   * Istio 1.27 or newer, class `istio`: proxies by a ConfigMap that its Gateway refers to, the algorithm and copies that cannot be
   * reached by DestinationRules.
   *
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/
   */
  public static istio(): GatewayImplementation {
    return new GatewayImplementation('Istio', 'istio');
  }

  /**
   * Cilium, class `cilium`: every node has a proxy, and a policy of Cilium's own lets them in. It picks copies as it likes.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/
   */
  public static cilium(): GatewayImplementation {
    return new GatewayImplementation('Cilium', 'cilium');
  }

  /**
   * NGINX Gateway Fabric 2.0 or newer, class `nginx`: proxies by an NginxProxy that the Gateway refers to, the algorithm by
   * UpstreamSettingsPolicies. A `requestTimeout` limits the pauses of an answer, by a ProxySettingsPolicy that has a `timeout`, which
   * older ones have not.
   *
   * @see https://docs.nginx.com/nginx-gateway-fabric/
   */
  public static nginxGatewayFabric(): GatewayImplementation {
    return new GatewayImplementation('NGINX Gateway Fabric', 'nginx');
  }

  /**
   * Traefik, class `traefik`: all Gateways share its Deployment, which is its owner's. It picks copies as it likes, knows no
   * `requestTimeout`, and the ports of listeners must be those of its entry points.
   *
   * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-gateway/
   */
  public static traefik(): GatewayImplementation {
    return new GatewayImplementation('Traefik', 'traefik');
  }

  /**
   * Any other one: gets what the plain Gateway API has, and the report says what is missing.
   *
   * @param className its GatewayClass
   */
  public static other(className: string): GatewayImplementation {
    checkGivenName('GatewayImplementation.other()', 'className', className);
    return new GatewayImplementation('', className);
  }

  /** @internal The one whose class usually has this name. */
  public static _ofClass(className: string): GatewayImplementation {
    return KNOWN.map((make) => make()).find((known) => known.className === className) ?? new GatewayImplementation('', className);
  }

  private constructor(
    /** Its name; empty: not known. */
    public readonly name: string,
    /** The name that its GatewayClass usually has; empty: not known. */
    public readonly className: string,
  ) {}
}

const KNOWN = [
  GatewayImplementation.envoyGateway, GatewayImplementation.istio, GatewayImplementation.cilium, GatewayImplementation.nginxGatewayFabric,
  GatewayImplementation.traefik,
];

/** @internal What a Gateway's class is called in a sentence. */
export const gatewayOf = ({ className }: { readonly className: string }): string =>
  className === '' ? 'a Gateway of a class that is not said' : `GatewayClass '${className}'`;
