import type { Duration, Size } from 'cdk8s';
import { checkExistingGateway, checkGateway, checkIngress, checkOwnProxies } from './edge-checks';
import { GatewayImplementation } from './gateway-implementation';
import {
  type EdgeProxyOptions, type ExistingGatewayOptions, type GatewayOptions, type IngressOptions, type OwnProxiesOptions,
} from './kubernetes-edge-options';

import { ExternalTrafficPolicy } from '../load-balancer-service';

export * from './gateway-implementation';
export * from './kubernetes-edge-options';
export { ExternalTrafficPolicy, LoadBalancerServiceOptions } from '../load-balancer-service';

/** @internal What a load balancer becomes. */
export type EdgeKind = 'gateway' | 'existing-gateway' | 'own-proxies' | 'ingress';

/** @internal What only one kind of edge has. */
interface EdgeRest {
  readonly className?: string;
  readonly proxies?: number;
  readonly implementation?: GatewayImplementation;
  readonly existing?: ExistingGatewayOptions;
  readonly own?: OwnProxiesOptions;
  readonly annotations?: { [key: string]: string };
  readonly deregistrationSeconds: number;
  readonly proxyDeregistration?: Duration;
  readonly proxyMemoryLimit?: Size;
}

/**
 * How visitors come into the cluster: what a `LoadBalancer` becomes.
 */
export class KubernetesEdge {
  /**
   * A Gateway for each `LoadBalancer`, with an HTTPRoute or GRPCRoute for each route and cert-manager for certificates.
   *
   * @param options class, implementation and proxies
   */
  public static gateway(options: GatewayOptions = {}): KubernetesEdge {
    checkGateway(options);
    const className = options.className ?? options.implementation?.className ?? ENVOY_GATEWAY;
    return new KubernetesEdge('gateway', options, {
      className,
      proxies: options.proxies ?? 2,
      implementation: options.implementation ?? GatewayImplementation._ofClass(className),
      deregistrationSeconds: deregistrationSeconds(options, 10),
      proxyDeregistration: options.proxyDeregistration,
      proxyMemoryLimit: options.proxyMemoryLimit,
    });
  }

  /**
   * Routes of a Gateway that somebody else looks after.
   *
   * @param options which one
   */
  public static existingGateway(options: ExistingGatewayOptions): KubernetesEdge {
    checkExistingGateway(options);
    const className = options.className ?? options.implementation?.className ?? '';
    return new KubernetesEdge('existing-gateway', options, {
      className,
      implementation: options.implementation ?? GatewayImplementation._ofClass(className),
      existing: options,
      deregistrationSeconds: deregistrationSeconds(options, 10),
    });
  }

  /**
   * Proxies of our own behind a Service of type LoadBalancer, with the software that `LoadBalancerProps.backend` names: for
   * clusters with neither Gateway API nor an Ingress controller, and for what Gateways cannot do. cert-manager gets
   * certificates. Each chart needs a `namespace`.
   *
   * @param options proxies and their Service
   */
  public static ownProxies(options: OwnProxiesOptions = {}): KubernetesEdge {
    checkOwnProxies(options);
    return new KubernetesEdge('own-proxies', {}, {
      proxies: options.proxies ?? 2,
      own: options,
      deregistrationSeconds: deregistrationSeconds(options, 15),
      proxyDeregistration: options.proxyDeregistration,
    });
  }

  /**
   * An Ingress for each host, for clusters that have only an Ingress controller. An Ingress knows hosts and paths: what
   * else a route says is an error where somebody would get in who must not, and a finding or a weaker answer otherwise.
   *
   * @param options class and where the controller runs
   */
  public static ingress(options: IngressOptions): KubernetesEdge {
    checkIngress(options);
    return new KubernetesEdge('ingress', options, {
      className: options.className, annotations: options.annotations, deregistrationSeconds: deregistrationSeconds(options, 10),
    });
  }

  /** @internal */
  public readonly _kind: EdgeKind;
  /** @internal The software behind a Gateway. */
  public readonly _implementation?: GatewayImplementation;
  /** @internal The Service of proxies of our own. */
  public readonly _service: OwnProxiesOptions;
  /** @internal How long the cluster's load balancer may go on sending to a proxy; undefined: not said. */
  public readonly _proxyDeregistration?: Duration;
  /** @internal Most memory that a proxy of a Gateway of ours may take; undefined: not said. */
  public readonly _proxyMemoryLimit?: Size;
  /** @internal Annotations of Ingresses. */
  public readonly _annotations?: { [key: string]: string };
  /** @internal Whether listeners of our own are added to a Gateway that exists already. */
  public readonly _listenerSet: boolean;
  /** Namespace of the proxies; undefined: by the class. */
  public readonly proxyNamespace?: string;
  /** Labels of the proxies; undefined: by the class. */
  public readonly proxyLabels?: { [key: string]: string };
  /** Address ranges of the proxies; undefined: they are pods. */
  public readonly proxyRanges?: string[];
  /** Seconds a copy waits before TERM. */
  public readonly deregistrationSeconds: number;
  /** GatewayClass or IngressClass; empty: not known, or none. */
  public readonly className: string;
  /** Number of proxies; 0: somebody else's. */
  public readonly proxies: number;
  /** Name of the Gateway that exists already; undefined: our own. */
  public readonly existingName?: string;
  /** Namespace of the Gateway that exists already; undefined: the chart's. */
  public readonly existingNamespace?: string;
  /** Listener for plain HTTP. */
  public readonly httpListener: string;
  /** Listener for HTTPS of a Gateway that exists already. */
  public readonly httpsListener: string;

  private constructor(kind: EdgeKind, options: EdgeProxyOptions, rest: EdgeRest) {
    const { className = '', proxies = 0, implementation, existing, own = {}, annotations } = rest;
    this._kind = kind;
    this._implementation = implementation;
    this._service = { externalTrafficPolicy: ExternalTrafficPolicy.LOCAL, ...own };
    this._proxyDeregistration = rest.proxyDeregistration;
    this._proxyMemoryLimit = rest.proxyMemoryLimit;
    this._annotations = annotations;
    this._listenerSet = existing?.listenerSet ?? false;
    this.proxyNamespace = options.proxyNamespace;
    this.proxyLabels = options.proxyLabels;
    this.proxyRanges = options.proxyRanges;
    this.deregistrationSeconds = rest.deregistrationSeconds;
    this.className = className;
    this.proxies = proxies;
    this.existingName = existing?.name;
    this.existingNamespace = existing?.namespace;
    this.httpListener = existing?.httpListener ?? 'http';
    this.httpsListener = existing?.httpsListener ?? 'https';
  }

  /** Whether it is Envoy Gateway. */
  public get isEnvoyGateway(): boolean {
    return this._is(ENVOY_GATEWAY);
  }

  /** @internal Whether visitors come through Cilium itself. */
  public get _isCilium(): boolean {
    return this._is('cilium') || (this._kind === 'ingress' && this.className === 'cilium');
  }

  /** Whether the proxies, the Gateway or the Ingresses are our own. */
  public get isOwn(): boolean {
    return this.existingName === undefined;
  }

  /** @internal Whether certificates are for us to get. */
  public get _hasCertificates(): boolean {
    return this.isOwn || this._listenerSet;
  }

  /** @internal Whether routes are those of a Gateway. */
  public get _isGateway(): boolean {
    return this._kind === 'gateway' || this._kind === 'existing-gateway';
  }

  /** @internal Whether a Gateway's implementation is the one whose class is usually called so. */
  public _is(className: string): boolean {
    return this._implementation !== undefined && this._implementation.className === className && this._implementation.name !== '';
  }

  /** @internal Seconds in which the cluster's load balancer forgets a proxy: long enough for those of the large clouds unless told. */
  public get _proxyDeregistrationSeconds(): number {
    return this._proxyDeregistration?.toSeconds() ?? 30;
  }

  /** @internal The same edge as proxies of our own see it, which are themselves what visitors are sent to. */
  public _ofProxies(): KubernetesEdge {
    return new KubernetesEdge(this._kind, this, {
      proxies: this.proxies, own: this._service, deregistrationSeconds: this._proxyDeregistrationSeconds,
    });
  }
}

const ENVOY_GATEWAY = 'eg';

function deregistrationSeconds({ deregistration }: Pick<EdgeProxyOptions, 'deregistration'>, standard: number): number {
  return deregistration?.toSeconds() ?? standard;
}
