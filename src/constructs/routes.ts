import { checkClientCertificates, rulesOf } from './access-rules';
import type { CertificateIssuer } from './certificate-issuer';
import { copyTlsOf } from './copy-tls';
import type { ChartDeclarations } from './declarations';
import type { LoadBalancerProps, RouteMirror, RouteOptions } from './load-balancer-props';
import type { RouteAccess } from './route-access';
import type { IDestination } from './route-destination';
import { mirrorOf, type MirrorRule } from './route-mirror';
import { askedOf, type RouteRule } from './route-rule';
import { Workload } from './workload';
import type { CopyTlsModel, RouteModel } from '../model/load-balancer';
import type { Port } from '../model/port';
import { sortedByKey } from '../util/order';
import * as messages from '../validation/messages';

/**
 * A declared route.
 *
 * @internal
 */
export interface Route extends Omit<RouteModel, 'targets' | 'access' | 'mirror'> {
  readonly access: RouteRule[];
  readonly mirror?: MirrorRule;
  /** What the first of its shares was given. */
  readonly declaredAccess?: RouteAccess;
  /** What the first of its shares was given. */
  readonly declaredMirror?: RouteMirror;
  readonly weighted: boolean;
  readonly destinations: Share[];
}

/** What a destination gets of the requests of a route. */
interface Share {
  readonly destination: IDestination;
  readonly port: Port;
  readonly tls?: CopyTlsModel;
  readonly weight: number;
}

/** The load balancer whose routes they are. */
interface Owner {
  readonly chart: ChartDeclarations;
  readonly path: string;
  readonly name: string;
  readonly defaults: Pick<LoadBalancerProps, 'redirectHttp' | 'hsts'>;
  /** What is to be done with each new route, or refuses it. */
  readonly bind: (route: Route) => void;
}

/**
 * The routes of one load balancer. Who is declared for the same requests as another one has a share of the same route.
 *
 * @internal
 */
export class Routes {
  readonly all: Route[] = [];
  private readonly byRequests = new Map<string, Route>();
  /** How copies are met, by their workload and port. */
  private readonly copyTls = new Map<string, string>();

  constructor(private readonly owner: Owner) {}

  /**
   * @param host host name
   * @param to where the requests go
   * @param options what was declared, checked for what it can say by itself
   * @param issuer who certifies the host
   * @returns whom the load balancer calls for it
   */
  add(
    host: string, to: Pick<Share, 'destination' | 'port'>, options: RouteOptions, issuer: CertificateIssuer | undefined,
  ): { workload: Workload; port: Port }[] {
    const requests = {
      host,
      path: options.path ?? '/',
      headers: sortedByKey(options.match?.headers ?? {}),
      methods: [...options.match?.methods ?? []].sort(),
    };
    const where = `${host}${requests.path}`;
    const key = JSON.stringify(Object.values(requests));
    const shared = this.byRequests.get(key);
    const { declaredAccess, declaredMirror } = shared ?? { declaredAccess: options.access, declaredMirror: options.mirror };
    const ruled = { ...this.owner, where, destination: to.destination };
    const access = rulesOf(ruled, declaredAccess);
    const mirror = mirrorOf(ruled, declaredMirror, to.port);
    const share = { ...to, tls: this.copyTlsOf(where, to, options), weight: options.weight ?? 1 };
    if (shared !== undefined) {
      this.refuseShare(shared, where, to.destination, options);
      shared.destinations.push(share);
    } else {
      const route = {
        ...requests,
        weighted: options.weight !== undefined,
        destinations: [share],
        requestTimeoutSeconds: options.requestTimeout?.toSeconds(),
        maxRequestBodyBytes: options.maxRequestBody === undefined ? undefined : options.maxRequestBody.toKibibytes() * 1024,
        access,
        declaredAccess,
        mirror,
        declaredMirror,
        ...this.security(host, where, access, options, issuer),
      };
      this.owner.bind(route);
      this.all.push(route);
      this.byRequests.set(key, route);
    }
    const destination = to.destination instanceof Workload ? [{ workload: to.destination, port: to.port }] : [];
    return [...destination, askedOf(access), mirror].filter((one) => one !== undefined);
  }

  /** Copies have one certificate, whichever route leads to them. */
  private copyTlsOf(where: string, { destination, port }: Pick<Share, 'destination' | 'port'>, options: RouteOptions): CopyTlsModel | undefined {
    const { path, name } = this.owner;
    const tls = copyTlsOf({ path, name, where, workload: destination.node.id, port }, options.copyTls);
    const [there, verified] = [`${destination.node.path} ${port.number}`, JSON.stringify(tls) ?? 'plain'];
    if ((this.copyTls.get(there) ?? verified) !== verified) {
      throw new Error(messages.copyTlsTwice(path, name, where, destination.node.id, port.number));
    }
    this.copyTls.set(there, verified);
    return tls;
  }

  /** Shares differ in their weight alone. */
  private refuseShare(route: Route, where: string, { node: { id, path: declaredAt } }: IDestination, { weight, access, mirror }: RouteOptions): void {
    const { path, name } = this.owner;
    const other = route.destinations.find(({ destination: taken }) => taken.node.id === id) ?? route.destinations[0];
    const isSame = other.destination.node.path === declaredAt;
    if (weight === undefined || !route.weighted || isSame) throw new Error(messages.routeTaken(path, name, where, id, other.destination.node.id));
    if (access !== undefined && access !== route.declaredAccess) throw new Error(messages.accessOfAShare(path, name, where, id));
    if (mirror !== undefined && mirror !== route.declaredMirror) throw new Error(messages.mirrorOfAShare(path, name, where, id));
  }

  /** What visitors without TLS, or without a certificate of theirs, come to. */
  private security(
    host: string, where: string, access: RouteRule[], options: RouteOptions, issuer: CertificateIssuer | undefined,
  ): Pick<Route, 'redirectHttp' | 'hstsSeconds'> {
    const { path, name, defaults } = this.owner;
    const redirectHttp = issuer !== undefined && (options.redirectHttp ?? defaults.redirectHttp ?? true);
    const other = this.all.find((route) => route.host === host)?.access;
    checkClientCertificates({ path, name, where }, access, { host, secure: issuer !== undefined, redirectHttp, other });
    const hsts = redirectHttp && issuer._model.trusted && (options.hsts ?? defaults.hsts ?? true);
    return { redirectHttp, hstsSeconds: hsts ? ONE_YEAR : 0 };
  }
}

const ONE_YEAR = 365 * 24 * 3600;
