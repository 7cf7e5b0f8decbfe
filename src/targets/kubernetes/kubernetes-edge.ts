import type { Duration } from 'cdk8s';

/**
 * Where the proxies of a Gateway run, so that policies let them in.
 */
export interface GatewayProxyOptions {
  /**
   * Namespace in which the proxies run.
   *
   * @default - `envoy-gateway-system` for Envoy Gateway, the Gateway's own for other classes
   */
  readonly proxyNamespace?: string;
  /**
   * Labels that select the proxies' pods.
   *
   * @default - Envoy Gateway: its `owning-gateway` labels; others: `gateway.networking.k8s.io/gateway-name` (GEP-1762)
   * @see https://gateway-api.sigs.k8s.io/geps/gep-1762/
   */
  readonly proxyLabels?: { [key: string]: string };
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
 * Options of Gateways of our own.
 */
export interface GatewayOptions extends GatewayProxyOptions {
  /**
   * GatewayClass. For `eg` (Envoy Gateway) the balancing algorithm, retries, the proxies' number and their drain are
   * written too; another class has what the plain Gateway API has, and the report says what is missing.
   *
   * @default 'eg'
   */
  readonly className?: string;
  /**
   * Number of proxies of each Gateway; `eg` only.
   *
   * @default 2
   */
  readonly proxies?: number;
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
   * Its class, so that policies of `eg` can be written.
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
   * Its listener for HTTPS. Certificates are its owner's.
   *
   * @default 'https'
   */
  readonly httpsListener?: string;
}

/**
 * How visitors come into the cluster: what a `LoadBalancer` becomes.
 */
export class KubernetesEdge {
  /**
   * A Gateway for each `LoadBalancer`, with an HTTPRoute for each route and cert-manager for certificates.
   *
   * @param options class and proxies
   */
  public static gateway(options: GatewayOptions = {}): KubernetesEdge {
    return new KubernetesEdge(options, options.className ?? ENVOY_GATEWAY, options.proxies ?? 2);
  }

  /**
   * Routes of a Gateway that somebody else looks after.
   *
   * @param options which one
   */
  public static existingGateway(options: ExistingGatewayOptions): KubernetesEdge {
    return new KubernetesEdge(options, options.className ?? '', 0, options);
  }

  /** Namespace of the proxies; undefined: by the class. */
  public readonly proxyNamespace?: string;
  /** Labels of the proxies; undefined: by the class. */
  public readonly proxyLabels?: { [key: string]: string };
  /** Seconds a copy waits before TERM. */
  public readonly deregistrationSeconds: number;
  /** Name of the Gateway that exists already; undefined: our own. */
  public readonly existingName?: string;
  /** Namespace of the Gateway that exists already; undefined: the chart's. */
  public readonly existingNamespace?: string;
  /** Listener for plain HTTP. */
  public readonly httpListener: string;
  /** Listener for HTTPS of a Gateway that exists already. */
  public readonly httpsListener: string;

  private constructor(
    options: GatewayProxyOptions,
    /** GatewayClass; empty: not known. */
    public readonly className: string,
    /** Number of proxies. */
    public readonly proxies: number,
    existing?: ExistingGatewayOptions,
  ) {
    this.proxyNamespace = options.proxyNamespace;
    this.proxyLabels = options.proxyLabels;
    this.deregistrationSeconds = options.deregistration?.toSeconds() ?? 10;
    this.existingName = existing?.name;
    this.existingNamespace = existing?.namespace;
    this.httpListener = existing?.httpListener ?? 'http';
    this.httpsListener = existing?.httpsListener ?? 'https';
  }

  /** Whether it is Envoy Gateway. */
  public get isEnvoyGateway(): boolean {
    return this.className === ENVOY_GATEWAY;
  }

  /** Whether the Gateway is our own. */
  public get isOwn(): boolean {
    return this.existingName === undefined;
  }
}

const ENVOY_GATEWAY = 'eg';
