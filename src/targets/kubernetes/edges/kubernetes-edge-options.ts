import type { Duration, Size } from 'cdk8s';
import type { GatewayImplementation } from './gateway-implementation';
import type { LoadBalancerServiceOptions } from '../load-balancer-service';

/**
 * Where the proxies of an edge run that is not a workload of ours, so that policies let them in.
 */
export interface EdgeProxyOptions {
  /**
   * Namespace in which the proxies run.
   *
   * @default - that of the implementation or controller where it is a usual one; else the Gateway's own
   */
  readonly proxyNamespace?: string;
  /**
   * Labels that select the proxies' pods.
   *
   * @default - those of the implementation or controller where it is a usual one; a Gateway's else:
   * `gateway.networking.k8s.io/gateway-name` (GEP-1762)
   * @see https://gateway-api.sigs.k8s.io/geps/gep-1762/
   */
  readonly proxyLabels?: { [key: string]: string };
  /**
   * Address ranges of the proxies, where they are no pods: the load balancer of a cloud that sends to copies directly.
   *
   * @default - the proxies are pods
   */
  readonly proxyRanges?: string[];
  /**
   * How long the edge may go on sending to a copy that is about to stop: the copy waits so long before TERM. Proxies
   * that watch endpoints need some seconds; a cloud's balancer that asks each address itself needs its interval times
   * its threshold.
   *
   * @default Duration.seconds(10)
   */
  readonly deregistration?: Duration;
}

/**
 * Where the proxies of a Gateway run, and what software they are.
 */
export interface GatewayProxyOptions extends EdgeProxyOptions {
  /**
   * The software behind the class, where the class has not its usual name.
   *
   * @default - by the name of the class: `eg`, `istio`, `cilium`, `nginx` or `traefik`
   */
  readonly implementation?: GatewayImplementation;
}

/**
 * Options of Gateways of our own.
 */
export interface GatewayOptions extends GatewayProxyOptions {
  /**
   * GatewayClass. What the plain Gateway API has no field for (the balancing algorithm, the proxies' number and drain) is
   * written in the objects of the implementation; the report says what it has none for.
   *
   * @default - the usual one of the implementation; `eg` (Envoy Gateway) without one
   */
  readonly className?: string;
  /**
   * Number of proxies of each Gateway: Envoy Gateway, Istio, NGINX Gateway Fabric. Others have it in their installation.
   *
   * @default 2
   */
  readonly proxies?: number;
  /**
   * How long the cluster's load balancer may go on sending to a proxy that is about to stop: the interval of its health check times its
   * threshold. The proxies of Envoy Gateway and of the NGINX fabric are behind a Service with `externalTrafficPolicy: Local`, where what
   * still comes to the node of a proxy that is not ready any more is lost. With Envoy Gateway it takes 1.9; with others it is a finding.
   *
   * @default - Duration.seconds(30) with NGINX Gateway Fabric; with Envoy Gateway a proxy that stops is not ready at once, on which the
   * report puts a condition
   */
  readonly proxyDeregistration?: Duration;
  /**
   * Most memory that each proxy of Envoy Gateway may take. Envoy refuses requests when it has filled four fifths of it; beyond it the
   * kernel ends the proxy. Each request of a route with a `maxRequestBody` may take that much of it. With others it is a finding: they
   * have it in their installation.
   *
   * @default Size.gibibytes(1)
   */
  readonly proxyMemoryLimit?: Size;
}

/**
 * Options of a Gateway that exists already.
 */
export interface ExistingGatewayOptions extends GatewayProxyOptions {
  /** Its name. */
  readonly name: string;
  /**
   * Its namespace. It must let routes of ours attach (`allowedRoutes`).
   *
   * @default - the chart's
   */
  readonly namespace?: string;
  /**
   * Its class, so that policies of its implementation can be written.
   *
   * @default - not known: what the plain Gateway API has
   */
  readonly className?: string;
  /**
   * Its listener for plain HTTP.
   *
   * @default 'http'
   */
  readonly httpListener?: string;
  /**
   * Its listener for HTTPS. Certificates are its owner's, unless there is a `listenerSet`.
   *
   * @default 'https'
   */
  readonly httpsListener?: string;
  /**
   * Whether listeners for HTTPS of our own, each with its certificate, are added to it by a ListenerSet. It takes Gateway
   * API 1.5, an implementation that knows ListenerSets, and a Gateway that lets them attach (`allowedListeners`).
   *
   * @default false - the Gateway's owner has listeners and certificates
   */
  readonly listenerSet?: boolean;
}

/**
 * Options of proxies of our own.
 */
export interface OwnProxiesOptions extends LoadBalancerServiceOptions {
  /**
   * Number of proxies of each load balancer, on different nodes.
   *
   * @default 2
   */
  readonly proxies?: number;
  /**
   * How long a proxy may go on sending to a copy that is about to stop: the copy waits so long before TERM. Answers of the
   * cluster's name server are up to ten seconds old where a node has a cache of its own, and are asked for once a second.
   *
   * @default Duration.seconds(15)
   */
  readonly deregistration?: Duration;
  /**
   * How long the cluster's load balancer may go on sending to a proxy that is about to stop: the interval of its health
   * check times its threshold.
   *
   * @default Duration.seconds(30)
   */
  readonly proxyDeregistration?: Duration;
}

/**
 * Options of Ingresses.
 */
export interface IngressOptions extends EdgeProxyOptions {
  /**
   * IngressClass: says which controller reads the Ingresses. Where it runs is known of `nginx`, `traefik`, `haproxy`,
   * `contour` and `cilium`; for others give `proxyNamespace` and `proxyLabels`, or `proxyRanges`.
   */
  readonly className: string;
  /**
   * Annotations of each Ingress, in the words of its controller. What they do stands in no answer of the report.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}
