import { isIP } from 'node:net';
import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { CertificateIssuer } from './certificate-issuer';
import { Declarations, HOST_NAMES, type ChartDeclarations } from './declarations';
import { LOAD_BALANCER_PROPS, ROUTE_OPTIONS, type LoadBalancerProps, type RouteOptions } from './load-balancer-props';
import { checkBackend } from './made-options';
import { Redirects } from './redirects';
import { checkRoute } from './route-checks';
import { destinationOf } from './route-destination';
import { Routes, type Route } from './routes';
import type { StreamRoute } from './stream-route';
import { StreamRoutes, type StreamRouteOptions } from './stream-routes';
import { Workload } from './workload';
import { LoadBalancerBackend } from '../loadbalancers/load-balancer-backend';
import { IssuerKind } from '../model/certificate';
import type { HostModel, LoadBalancerModel, RouteModel } from '../model/load-balancer';
import { HashKey, LoadBalancing } from '../model/load-balancing';
import type { Port } from '../model/port';
import type { StreamRouteModel } from '../model/stream-route';
import type { PeerModel } from '../model/workload';
import { PeerKind } from '../model/workload';
import { HostSlot, LoadBalancerSlot, RouteSlot, StreamRouteSlot } from '../targets/slots';
import { compare } from '../util/order';
import * as messages from '../validation/messages';
import { checkInstance, checkProps, checkSeconds } from '../validation/props';
import { isHost, isPort, isRange, isToken } from '../validation/syntax';

/**
 * Routes hosts and paths to workloads, of other charts too.
 *
 * Kubernetes: a Gateway with an HTTPRoute for each host and path, or what `KubernetesEdge` says. Compose and Swarm: a
 * generated proxy that checks every copy by itself.
 */
export class LoadBalancer extends Construct {
  /**
   * The load balancer of a chart: the only one declared, else a new one called `edge`.
   *
   * @param scope the chart, or a construct in it
   */
  public static of(scope: Construct): LoadBalancer {
    const chart = Declarations.chartOf(scope, 'LoadBalancer');
    const taken = impliedNameTaken(chart);
    if (taken !== undefined) throw new Error(messages.noneToBeMade(chart.chart.node.path, IMPLIED, taken));
    return chart.loadBalancers[0] ?? new LoadBalancer(chart.chart, IMPLIED);
  }

  /** @internal The load balancer that a workload's `domainName` leads to. */
  public static _for(workload: Workload, domain: string): LoadBalancer {
    const { loadBalancers } = workload._chart;
    if (loadBalancers.length > 1) {
      const names = loadBalancers.map((balancer) => `'${balancer.node.id}'`).sort();
      throw new Error(messages.severalLoadBalancers(workload.node.path, workload.node.id, domain, names));
    }
    const taken = impliedNameTaken(workload._chart);
    if (taken !== undefined) throw new Error(messages.impliedNameTaken(workload.node.path, workload.node.id, domain, IMPLIED, taken));
    const balancer = LoadBalancer.of(workload);
    balancer._firstUser ??= workload.node.id;
    return balancer;
  }

  /** @internal */
  public readonly _routes: Routes;
  /** @internal */
  public readonly _peer: PeerModel;
  /** @internal */
  public readonly _streams: StreamRoutes;
  private readonly chart: ChartDeclarations;
  private readonly hosts = new Map<string, CertificateIssuer | undefined>();
  private readonly redirects: Redirects;
  /** @internal The workload whose `domainName` made or used it first. */
  public _firstUser?: string;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, private readonly props: LoadBalancerProps = {}) {
    super(roomFor(scope, id), id);
    const { path } = this.node;
    checkProps(path, id, props, LOAD_BALANCER_PROPS);
    checkInstance(path, id, 'algorithm', props.algorithm, LoadBalancing, 'a choice such as LoadBalancing.leastConnections()');
    checkKey(path, id, props.algorithm);
    if (props.backend !== undefined && typeof props.backend?.lower !== 'function') {
      throw new Error(messages.wrongKind(path, id, 'backend', props.backend, 'a choice such as LoadBalancerBackend.nginx()'));
    }
    if (props.backend !== undefined) checkBackend(path, id, props.backend);
    checkIssuer(path, id, props.certificates);
    checkSeconds(path, id, 'drainTimeout', props.drainTimeout, 0, 'a Duration such as Duration.seconds(30)');
    const chart = Declarations.chartOf(this, 'LoadBalancer');
    chart.claimName('LoadBalancer', this, id, 58, HOST_NAMES);
    for (const port of [props.httpPort, props.httpsPort]) if (port !== undefined && !isPort(port)) throw new Error(messages.badPort(path, id, port));
    const { httpPort = 80, httpsPort = 443 } = props;
    if (props.publishAddress !== undefined && isIP(props.publishAddress) === 0) {
      throw new Error(messages.badHostAddress(path, id, props.publishAddress));
    }
    for (const range of props.trustedProxies ?? []) if (!isRange(range)) throw new Error(messages.badRange(path, id, range));

    this.chart = chart;
    this.redirects = new Redirects(path, id);
    this._routes = new Routes({ chart, path, name: id, defaults: props, bind: (route) => this.bindRoute(route) });
    this._streams = new StreamRoutes({ path, name: id, root: this.node.root, httpPort, httpsPort });
    this._peer = Object.freeze({ kind: PeerKind.LOAD_BALANCER, chart: chart.name, namespace: chart.chart.namespace, name: id });
    chart.loadBalancers.push(this);
    chart.bind((target) => target.bindLoadBalancer(new LoadBalancerSlot(this, chart.chart, id, {
      produce: () => chart.app.view(target).loadBalancer(this),
    })));
  }

  /**
   * Sends requests for a host, and optionally a path, to a workload.
   *
   * @param host host name, or `*.example.org` for all names below one
   * @param destination a workload of the same App, or a Service of cdk8s-plus-28 (Kubernetes only)
   * @param options path, port, match, share, limits
   */
  public addRoute(host: string, destination: IConstruct, options: RouteOptions = {}): void {
    const { path, id } = this.node;
    if (!isHost(host)) throw new Error(messages.badHost(path, id, host));
    checkProps(path, `${id}, route '${host}',`, options, ROUTE_OPTIONS);
    checkIssuer(path, id, options.certificates);
    checkRoute(path, id, host, options);
    const to = destinationOf({ chart: this.chart, path, name: id }, destination, options);
    this.redirects.refuseRoute(host);

    this.chart.app.touch();
    const issuer = this.addHost(host, options.certificates ?? this.props.certificates);
    for (const { workload, port } of this._routes.add(host, to, options, issuer)) this.connect(workload, port);
  }

  /**
   * Sends visitors of one host to another, with the path they asked for.
   *
   * @param from host name visitors ask for, which has no route
   * @param to host name they are sent to
   */
  public addRedirect(from: string, to: string): void {
    const { path, id } = this.node;
    for (const host of [from, to]) if (!isHost(host) || host.startsWith('*.')) throw new Error(messages.badHost(path, id, host));
    if (this._routes.all.some((route) => route.host === from)) throw new Error(messages.routeOfRedirected(path, id, from, to));
    this.redirects.add(from, to);
    this.addHost(from, this.props.certificates, to);
  }

  /**
   * Passes TLS for a server name (SNI) on to a workload, which ends it with a certificate of its own: for protocols other than HTTP, for
   * visitors' certificates that the workload asks for itself, or where nobody in between may read. On the port for HTTPS, beside hosts
   * whose TLS the load balancer ends; that port is open even where there are none. Plain HTTP for the host may have a route (`addRoute`)
   * without certificates.
   *
   * The workload sees connections of the load balancer's address, not of the visitor's.
   *
   * Kubernetes: a TLSRoute (Gateway API 1.5, or the experimental channel before) and a listener that passes TLS through. An Ingress knows
   * none: an error. Compose, Swarm and `KubernetesEdge.ownProxies()`: HAProxy, nginx and Traefik; with Caddy an error.
   *
   * @param host server name, or `*.example.org` for all names below one that are not served otherwise
   * @param workload a workload of the same App
   * @param options which port
   */
  public addTlsRoute(host: string, workload: Workload, options: StreamRouteOptions = {}): void {
    this.refuseOfAnother(host, (other) => other._streams.all.some((stream) => stream.host === host));
    this.bindStream(this._streams.tls(host, workload, options, this.hosts.get(host) !== undefined));
  }

  /**
   * Passes all connections to a port on to a workload, whatever is said on them.
   *
   * The workload sees connections of the load balancer's address, not of the visitor's.
   *
   * Kubernetes: a TCPRoute (Gateway API 1.6, or the experimental channel before) and a listener. An Ingress knows none: an error. Compose,
   * Swarm and `KubernetesEdge.ownProxies()`: HAProxy, nginx and Traefik; with Caddy an error. The port is published like those for HTTP and
   * HTTPS.
   *
   * @param listenPort where the load balancer listens, 1 to 65535; neither `httpPort` nor `httpsPort`
   * @param workload a workload of the same App
   * @param options which port of it
   */
  public addTcpRoute(listenPort: number, workload: Workload, options: StreamRouteOptions = {}): void {
    this.bindStream(this._streams.tcp(listenPort, workload, options));
  }

  /** @internal */
  public get _onlyOn(): string[] | undefined {
    return undefined;
  }

  /** @internal */
  public _toModel(routes: RouteModel[], streams: StreamRouteModel[]): LoadBalancerModel {
    const { props } = this;
    const served = new Set([...routes.map((route) => route.host), ...this.redirects.all.map(({ from }) => from)]);
    const hosts: HostModel[] = [...this.hosts].filter(([name]) => served.has(name))
      .map(([name, issuer]) => ({ name, issuer: issuer?._model })).sort((a, b) => compare(a.name, b.name));
    return Object.freeze({
      path: this.node.path,
      chart: this.chart.name,
      namespace: this._peer.namespace,
      name: this.node.id,
      backend: props.backend ?? LoadBalancerBackend.caddy(),
      balancing: props.algorithm ?? LoadBalancing.leastConnections(),
      hosts,
      routes: routes.sort((a, b) => compare(a.host, b.host) || b.path.length - a.path.length || compare(a.path, b.path)
        || specificity(b) - specificity(a) || compare(matchText(a), matchText(b))),
      redirects: [...this.redirects.all].sort((a, b) => compare(a.from, b.from)),
      streams: streams.sort((a, b) => a.port - b.port || compare(a.host ?? '', b.host ?? '')),
      httpPort: props.httpPort ?? 80,
      httpsPort: props.httpsPort ?? 443,
      publishAddress: props.publishAddress,
      trustedProxies: [...props.trustedProxies ?? []].sort(compare),
      retryIdempotent: props.retryIdempotent ?? false,
      accessLog: props.accessLog ?? true,
      drainSeconds: props.drainTimeout?.toSeconds() ?? 30,
    });
  }

  private connect(workload: Workload, port: Port): void {
    this.chart.app.addConnection(this.chart, { from: this, to: workload, ports: [port], startAfter: false, direct: true });
  }

  private addHost(host: string, issuer: CertificateIssuer | undefined, redirectTo?: string): CertificateIssuer | undefined {
    const { path, id } = this.node;
    const { chart } = this;
    if (issuer !== undefined) this._streams.refuse(host);
    if (issuer !== undefined && issuer._chart !== chart) throw new Error(messages.issuerInOtherChart(path, id, issuer.node.id, issuer._chart.name));
    if (host.startsWith('*.') && issuer?._model.kind === IssuerKind.ACME && issuer._model.dns01 === undefined) {
      throw new Error(messages.wildcardWithoutDns01(path, host, issuer.node.id));
    }
    if (this.hosts.has(host)) {
      const other = this.hosts.get(host);
      if (other !== issuer) throw new Error(messages.severalIssuers(path, host, [other, issuer].map((one) => one === undefined ? 'nobody' : `'${one.node.id}'`)));
      return issuer;
    }
    this.refuseOfAnother(host, (other) => other.hosts.has(host));
    const taken = chart.takeName('site', slug(host), `'${host}' of ${id}`);
    if (taken !== undefined) throw new Error(messages.hostsMeet(path, id, host, taken));
    this.hosts.set(host, issuer);
    chart.bind((target) => target.bindHost(new HostSlot(this, chart.chart, slug(host), host, issuer !== undefined, {
      produce: () => chart.app.view(target).loadBalancer(this),
    }, redirectTo)));
    return issuer;
  }

  /** A name leads to one load balancer. What other charts serve is known at synth. */
  private refuseOfAnother(host: string, serves: (other: LoadBalancer) => boolean): void {
    const other = this.chart.loadBalancers.find((one) => one !== this && serves(one));
    if (other !== undefined) throw new Error(messages.hostOfAnother(this.node.path, this.node.id, host, other.node.id));
  }

  private bindRoute(route: Route): void {
    const { chart } = this;
    const name = [slug(route.host), slug(route.path), slug(matchText(route))].filter((part) => part !== '').join('-');
    const taken = chart.takeName('route', name, `'${route.host}${route.path}' of ${this.node.id}`);
    if (taken !== undefined) throw new Error(messages.hostsMeet(this.node.path, this.node.id, `${route.host}${route.path}`, taken));
    chart.bind((target) => target.bindRoute(new RouteSlot(this, chart.chart, name, route.host, route.path, {
      produce: () => chart.app.view(target).route(route),
    }, { produce: () => chart.app.view(target).loadBalancer(this) })));
  }

  private bindStream(stream: StreamRoute): void {
    const { chart } = this;
    const [name, what] = stream.host === undefined ? [`${this.node.id}-${stream.port}`, `port ${stream.port}`] : [slug(stream.host), stream.host];
    const taken = chart.takeName('stream', name, `'${what}' of ${this.node.id}`);
    if (taken !== undefined) throw new Error(messages.hostsMeet(this.node.path, this.node.id, what, taken));
    chart.bind((target) => target.bindStreamRoute(new StreamRouteSlot(this, chart.chart, name, stream.port, {
      produce: () => chart.app.view(target).streamRoute(stream),
    }, { produce: () => chart.app.view(target).loadBalancer(this) }, stream.host)));
    this.connect(stream.workload, stream.workloadPort);
  }
}

/** What one is called that is made where none is declared. */
const IMPLIED = 'edge';

/** Who has the name of the one that would be made: whoever never declared it is not told that it cannot be called so. */
function impliedNameTaken(declared: ChartDeclarations): string | undefined {
  if (declared.loadBalancers.length > 0) return undefined;
  return declared.chart.node.tryFindChild(IMPLIED)?.node.path ?? declared.ownerOf(HOST_NAMES, IMPLIED);
}

/** One that a `domainName` made comes first, and would keep this one from being found. */
function roomFor(scope: Construct, id: string): Construct {
  const declared = Chart.isChart(scope) ? Declarations.of(scope).charts.get(scope)?.loadBalancers : undefined;
  const implied = declared?.find((balancer) => balancer._firstUser !== undefined);
  if (implied !== undefined) throw new Error(messages.loadBalancerTooLate(`${scope.node.path}/${id}`, id, implied._firstUser!));
  return Declarations.roomIn(scope, id, 'LoadBalancer');
}

function checkIssuer(path: string, name: string, issuer: CertificateIssuer | undefined): void {
  if (issuer !== undefined && issuer?._model?.kind === undefined) {
    throw new Error(messages.wrongKind(path, name, 'certificates', issuer, "an issuer such as new LetsEncrypt(chart, 'letsencrypt', { email })"));
  }
}

/** What stands for the visitor is written where a name of another shape would be something else. */
function checkKey(path: string, id: string, algorithm: LoadBalancing | undefined): void {
  if (algorithm === undefined || (algorithm.hashKey !== HashKey.COOKIE && algorithm.hashKey !== HashKey.HEADER)) return;
  if (!isToken(algorithm.keyName)) throw new Error(messages.badKeyName(path, id, algorithm.hashKey, algorithm.keyName));
}

/** A request that must carry more is the more special one. */
function specificity(route: RouteModel): number {
  return Object.keys(route.headers).length + (route.methods.length > 0 ? 1 : 0);
}

function matchText(route: Pick<RouteModel, 'headers' | 'methods'>): string {
  return [...Object.entries(route.headers).map(([name, value]) => `${name}-${value}`), ...route.methods].join('-');
}

function slug(text: string): string {
  return text.replace(/^\*\./, 'wildcard.').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}

