import type { Duration, Size } from 'cdk8s';
import type { CertificateIssuer } from './certificate-issuer';
import type { RouteAccess } from './route-access';
import type { Workload } from './workload';
import type { ILoadBalancerBackend } from '../model/load-balancer-backend';
import type { LoadBalancing } from '../model/load-balancing';
import type { PropNames } from '../validation/props';

/**
 * Options of a load balancer.
 */
export interface LoadBalancerProps {
  /**
   * How it picks a copy. A choice that a back end or target cannot do is a finding.
   *
   * @default LoadBalancing.leastConnections()
   */
  readonly algorithm?: LoadBalancing;
  /**
   * Who issues certificates for its hosts.
   *
   * @default - nobody: plain HTTP, a finding
   */
  readonly certificates?: CertificateIssuer;
  /**
   * Compose and Swarm: its software. Kubernetes: that of `KubernetesEdge.ownProxies()`; other edges have their own.
   *
   * @default LoadBalancerBackend.caddy()
   */
  readonly backend?: ILoadBalancerBackend;
  /**
   * Whether plain HTTP is sent to HTTPS.
   *
   * @default true
   */
  readonly redirectHttp?: boolean;
  /**
   * Whether browsers are told to use HTTPS for a year (RFC 6797). Never while certificates come from a staging or
   * local authority.
   *
   * @default true
   */
  readonly hsts?: boolean;
  /**
   * Port for plain HTTP. Proof of control over HTTP starts on port 80 always.
   *
   * @default 80
   */
  readonly httpPort?: number;
  /**
   * Port for HTTPS.
   *
   * @default 443
   */
  readonly httpsPort?: number;
  /**
   * Compose: address of the host to listen on. Kubernetes: address asked of the Gateway. Swarm cannot: a finding.
   *
   * @default - all addresses
   */
  readonly publishAddress?: string;
  /**
   * Address ranges of proxies in front of it, whose `X-Forwarded-For` is believed.
   *
   * @default - none
   */
  readonly trustedProxies?: string[];
  /**
   * Whether PUT and DELETE, sent to a copy that dies, are repeated on another like GET, HEAD and OPTIONS.
   * A refused connection is tried elsewhere for every method.
   *
   * @default false
   */
  readonly retryIdempotent?: boolean;
  /**
   * Whether each request is written to standard output as a line of JSON, without the values of cookies and credentials, but
   * with path and query. It costs Caddy about a sixth more processor time a request (measured with small answers over plain
   * HTTP) and some 700 bytes of log.
   *
   * Compose and Swarm: all four back ends. Kubernetes: Envoy Gateway's own log, which other classes have as their owners set them up.
   *
   * @default true
   */
  readonly accessLog?: boolean;
  /**
   * Time requests have to finish when the load balancer stops.
   *
   * @default Duration.seconds(30)
   */
  readonly drainTimeout?: Duration;
}

/**
 * What a request must carry for a route.
 */
export interface RouteMatch {
  /**
   * Headers and their exact values.
   *
   * @default - any
   */
  readonly headers?: { [name: string]: string };
  /**
   * Methods, such as `GET`.
   *
   * @default - any
   */
  readonly methods?: string[];
}

/**
 * How a load balancer verifies the copies that it meets over TLS.
 */
export interface CopyTls {
  /**
   * PEM file with the certificates of the authorities that sign for the copies, up to their roots, relative to the working
   * directory of synth; certificates are public. No other authority is trusted.
   */
  readonly authorityFile: string;
  /**
   * Name that their certificates have, which is told to them too (SNI).
   *
   * @default - the name of the workload
   */
  readonly serverName?: string;
}

/**
 * A workload that gets copies of requests.
 */
export interface RouteMirror {
  /** The workload, of any chart of the same App. */
  readonly workload: Workload;
  /**
   * Number of its port, which speaks HTTP.
   *
   * @default - its first port that speaks HTTP
   */
  readonly port?: number;
  /**
   * Of a hundred requests so many are copied, 1 to 100.
   *
   * @default 100
   */
  readonly percent?: number;
}

/**
 * Options of a route.
 */
export interface RouteOptions {
  /**
   * Path prefix; the longest wins.
   *
   * @default '/'
   */
  readonly path?: string;
  /**
   * Number of the workload's port.
   *
   * @default - its first port that speaks HTTP, HTTPS or gRPC
   */
  readonly port?: number;
  /**
   * Who the copies must be, where the port speaks TLS (`Port.https`, `Port.grpcs`); required there. A copy with another certificate gets
   * nothing, not even health checks. All routes of a load balancer to a port have the same.
   *
   * Compose and Swarm: all four back ends. Kubernetes: a BackendTLSPolicy of Gateway API 1.4, an error with an older
   * `gatewayApiVersion`; with another class than Envoy Gateway a finding, as its implementation must know it.
   *
   * @default - the copies are met without TLS
   */
  readonly copyTls?: CopyTls;
  /**
   * What a request must carry besides.
   *
   * @default - nothing
   */
  readonly match?: RouteMatch;
  /**
   * Share of the requests, where several workloads are given the same host, path and match: a canary.
   *
   * @default - all
   */
  readonly weight?: number;
  /**
   * Time a request may take: until the answer begins, from one byte of it to the next, or until its end, as the software can.
   *
   * Kubernetes: a time-out of the HTTPRoute, or where the NGINX fabric runs a ProxySettingsPolicy, for pauses: a finding. Traefik's
   * Gateway and an Ingress do not end requests: findings too.
   *
   * @default - no limit
   */
  readonly requestTimeout?: Duration;
  /**
   * Most a request's body may hold; more is answered with 413. Envoy Gateway holds each body in memory until it is complete: a finding.
   *
   * @default - no limit
   */
  readonly maxRequestBody?: Size;
  /**
   * Who may use it; of several workloads that share a route, the first is given it for all.
   *
   * @default - everybody
   */
  readonly access?: RouteAccess;
  /**
   * Another workload that gets a copy of each request that a visitor may send, or of some: to try a new version with real
   * requests. Visitors get the answers of the route's destinations alone; a copy that fails or is lost is nobody's loss. The other
   * workload must know that it is only tried: it gets POST and DELETE too. Of several workloads that share a route, the first
   * is given it for all. Not for gRPC.
   *
   * Compose and Swarm: nginx and Traefik; with another back end a finding, and nothing is copied. WebSockets are not copied, nor
   * are requests whose bodies have 100,000 bytes or more, or for nginx a length that was not announced. nginx keeps a visitor's
   * next request on the same connection waiting until the copy is answered, for five seconds at most.
   *
   * Kubernetes: the filter RequestMirror of an HTTPRoute; with `percent` it needs Gateway API 1.3. With Traefik or an Ingress a
   * finding, and nothing is copied.
   *
   * @default - nobody
   */
  readonly mirror?: RouteMirror;
  /**
   * Who issues the host's certificate.
   *
   * @default - the load balancer's `certificates`
   */
  readonly certificates?: CertificateIssuer;
  /**
   * Whether plain HTTP is sent to HTTPS.
   *
   * @default - the load balancer's `redirectHttp`
   */
  readonly redirectHttp?: boolean;
  /**
   * Whether browsers are told to use HTTPS for a year.
   *
   * @default - the load balancer's `hsts`
   */
  readonly hsts?: boolean;
}

/**
 * Every prop of a load balancer.
 *
 * @internal
 */
export const LOAD_BALANCER_PROPS: PropNames<LoadBalancerProps> = {
  algorithm: true,
  certificates: true,
  backend: true,
  redirectHttp: true,
  hsts: true,
  httpPort: true,
  httpsPort: true,
  publishAddress: true,
  trustedProxies: true,
  retryIdempotent: true,
  accessLog: true,
  drainTimeout: true,
};

/**
 * Every option of a route.
 *
 * @internal
 */
export const ROUTE_OPTIONS: PropNames<RouteOptions> = {
  path: true,
  port: true,
  copyTls: true,
  match: true,
  weight: true,
  requestTimeout: true,
  maxRequestBody: true,
  access: true,
  mirror: true,
  certificates: true,
  redirectHttp: true,
  hsts: true,
};

/**
 * Every field of `match`.
 *
 * @internal
 */
export const ROUTE_MATCH: PropNames<RouteMatch> = { headers: true, methods: true };

/**
 * Every field of `mirror`.
 *
 * @internal
 */
export const ROUTE_MIRROR: PropNames<RouteMirror> = { workload: true, port: true, percent: true };

/**
 * Every field of `copyTls`.
 *
 * @internal
 */
export const COPY_TLS: PropNames<CopyTls> = { authorityFile: true, serverName: true };
