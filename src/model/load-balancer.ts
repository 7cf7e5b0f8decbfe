import { askedBy, type AccessRule } from './access-rule';
import type { IssuerModel } from './certificate';
import type { ILoadBalancerBackend } from './load-balancer-backend';
import type { LoadBalancing } from './load-balancing';
import type { RouteTargetModel } from './route-target';
import type { StreamRouteModel } from './stream-route';

export type { CopyTlsModel, RouteTargetModel } from './route-target';

/**
 * A workload that gets copies of requests, whose answers nobody sees.
 */
export interface MirrorModel {
  /** The workload and its port; the weight means nothing. */
  readonly target: RouteTargetModel;
  /** Of a hundred requests so many are copied. */
  readonly percent: number;
}

/**
 * Requests for one host and path, and where they go.
 */
export interface RouteModel {
  /** Host name; `*.example.org` for all names below one. */
  readonly host: string;
  /** Path prefix; `/` for all. */
  readonly path: string;
  /** Headers a request must carry, by name. */
  readonly headers: { [name: string]: string };
  /** Methods a request must have; empty: any. */
  readonly methods: string[];
  /** Destinations, by name; several share by weight. */
  readonly targets: RouteTargetModel[];
  /** Seconds a request may take; undefined: no limit. */
  readonly requestTimeoutSeconds?: number;
  /** Most bytes of a request body; undefined: no limit. */
  readonly maxRequestBodyBytes?: number;
  /** Who may use it: all rules must hold, and each kind stands there once at most; empty: everybody. */
  readonly access: AccessRule[];
  /** Who gets copies of its requests; undefined: nobody. */
  readonly mirror?: MirrorModel;
  /** Whether plain HTTP is sent to HTTPS. */
  readonly redirectHttp: boolean;
  /** Seconds browsers shall remember to use HTTPS; 0: no HSTS. */
  readonly hstsSeconds: number;
}

/**
 * All workloads that requests of a route lead to: its destinations, who is asked about them, and who gets copies.
 *
 * @internal
 */
export const calledFor = (route: Pick<RouteModel, 'targets' | 'access' | 'mirror'>): RouteTargetModel[] =>
  [...route.targets, ...askedBy(route), ...route.mirror === undefined ? [] : [route.mirror.target]];

/**
 * Requests for one host that are sent to another.
 */
export interface RedirectModel {
  /** Host name visitors ask for. */
  readonly from: string;
  /** Host name they are sent to. */
  readonly to: string;
}

/**
 * A host of a load balancer and who issues its certificate.
 */
export interface HostModel {
  /** Host name. */
  readonly name: string;
  /** Who issues its certificate; undefined: plain HTTP. */
  readonly issuer?: IssuerModel;
}

/**
 * A load balancer, complete and without a target in sight.
 */
export interface LoadBalancerModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Kubernetes: the chart's namespace. */
  readonly namespace?: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Its software, where the target has no load balancer of its own. */
  readonly backend: ILoadBalancerBackend;
  /** How it picks a copy. */
  readonly balancing: LoadBalancing;
  /** Hosts, by name. */
  readonly hosts: HostModel[];
  /** Routes, by host, then the longer path first. */
  readonly routes: RouteModel[];
  /** Redirects, by host. */
  readonly redirects: RedirectModel[];
  /** Routes of connections, by port, then host. */
  readonly streams: StreamRouteModel[];
  /** Port for plain HTTP. */
  readonly httpPort: number;
  /** Port for HTTPS. */
  readonly httpsPort: number;
  /** Address of the host to listen on; undefined: all. */
  readonly publishAddress?: string;
  /** Address ranges of proxies in front, whose `X-Forwarded-*` is believed. */
  readonly trustedProxies: string[];
  /** Whether PUT and DELETE are repeated on another copy like GET. */
  readonly retryIdempotent: boolean;
  /** Whether each request is logged. */
  readonly accessLog: boolean;
  /** Seconds requests have to finish when the load balancer stops. */
  readonly drainSeconds: number;
  /** A file that is there once one of its proxies is about to stop, while others serve; undefined: nobody says so. */
  readonly leavingFile?: string;
}

/**
 * All workloads that a load balancer opens connections to.
 *
 * @internal
 */
export const calledBy = ({ routes, streams }: Pick<LoadBalancerModel, 'routes' | 'streams'>): RouteTargetModel[] =>
  [...routes.flatMap(calledFor), ...streams.map(({ target }) => target)];

/**
 * The workloads that visitors are sent to.
 *
 * @internal
 */
export const destinationsOf = ({ routes, streams }: LoadBalancerModel): RouteTargetModel[] =>
  [...routes.flatMap(({ targets }) => targets), ...streams.map(({ target }) => target)];

/**
 * Whether nothing was declared that visitors could ask for.
 *
 * @internal
 */
export const leadsNowhere = ({ routes, redirects, streams }: LoadBalancerModel): boolean =>
  routes.length + redirects.length + streams.length === 0;

/**
 * Whether it listens for plain HTTP: not where it passes on connections alone.
 *
 * @internal
 */
export const opensHttp = ({ hosts, streams }: LoadBalancerModel): boolean => hosts.length > 0 || streams.length === 0;

/**
 * Whether it listens for TLS, which it ends or passes on.
 *
 * @internal
 */
export const opensHttps = ({ hosts, streams }: LoadBalancerModel): boolean =>
  hosts.some(({ issuer }) => issuer !== undefined) || streams.some(({ host }) => host !== undefined);

/**
 * The ports that visitors come to: for HTTP, for HTTPS, then those whose connections are passed on.
 *
 * @internal
 */
export function visitorPorts(loadBalancer: LoadBalancerModel): number[] {
  const { httpPort, httpsPort, streams } = loadBalancer;
  return [
    ...opensHttp(loadBalancer) ? [httpPort] : [],
    ...opensHttps(loadBalancer) ? [httpsPort] : [],
    ...streams.filter(({ host }) => host === undefined).map(({ port }) => port),
  ];
}
