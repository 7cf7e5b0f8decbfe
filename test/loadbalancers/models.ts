import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { AccessKind, type ForwardAuthModel } from '../../src/model/access-rule';
import type { AuthorityModel } from '../../src/model/authority';
import { IssuerKind, KeyType, type IssuerModel } from '../../src/model/certificate';
import { HealthCheck } from '../../src/model/health-check';
import type { LoadBalancerModel, RouteModel, RouteTargetModel } from '../../src/model/load-balancer';
import type { ILoadBalancerBackend } from '../../src/model/load-balancer-backend';
import { LoadBalancing } from '../../src/model/load-balancing';
import { Port, Protocol } from '../../src/model/port';
import type { SecretModel } from '../../src/model/secret';
import type { ITargetTraits } from '../../src/model/traits';
import { PeerKind } from '../../src/model/workload';
import { contentHash } from '../../src/util/content-hash';

/*
 * Load balancers written down shortly: what a test does not speak of has its default.
 */

export interface ShortTarget {
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly copies?: number;
  readonly weight?: number;
  readonly stateful?: boolean;
  /** Path of an HTTP health check; `tcp` and `grpc` are those checks. */
  readonly health?: string;
  readonly healthPort?: number;
  readonly interval?: number;
  /** Who signs for its copies, which speak TLS: a file in `authorities`, or PEM text. */
  readonly signedBy?: string;
  readonly serverName?: string;
  /** Whether its health check is answered over TLS; by default as its requests are. */
  readonly checkTls?: boolean;
}

export interface ShortRoute extends Partial<Omit<RouteModel, 'targets' | 'access' | 'mirror'>> {
  /** Destinations by name. */
  readonly to: { readonly [name: string]: ShortTarget };
  readonly sourceRanges?: string[];
  /** Who signs the certificates of visitors: a file in `authorities`, or PEM text. */
  readonly authority?: string;
  /** Name of a secret. */
  readonly users?: string;
  /** The workload that gets copies of requests, by name. */
  readonly copiesTo?: { readonly [name: string]: ShortTarget & { readonly percent?: number } };
  /** The workload that is asked, by name. */
  readonly asks?: { readonly [name: string]: ShortTarget & Partial<Omit<ForwardAuthModel, 'target'>> };
}

export interface ShortIssuer extends Partial<Omit<IssuerModel, 'dns01' | 'certificate' | 'privateKey'>> {
  /** Token of Cloudflare. */
  readonly cloudflare?: string;
}

export interface ShortLoadBalancer extends Partial<Omit<LoadBalancerModel, 'hosts' | 'routes' | 'redirects' | 'streams' | 'balancing'>> {
  /** Name of a factory of `LoadBalancing`, and its argument: `hashHeader X-Tenant`. */
  readonly algorithm?: string;
  readonly issuers?: { readonly [name: string]: ShortIssuer };
  /** Issuers by host; none: plain HTTP. */
  readonly hosts?: { readonly [name: string]: string | null };
  readonly routes?: readonly ShortRoute[];
  readonly redirects?: { readonly [from: string]: string };
  /** The workload that TLS is passed on to, by server name. */
  readonly tls?: { readonly [host: string]: { readonly [name: string]: ShortTarget } };
  /** The workload that connections are passed on to, by port. */
  readonly tcp?: { readonly [port: number]: { readonly [name: string]: ShortTarget } };
}

/** A target that names copies, as Compose does. */
export const NAMED: ITargetTraits = {
  targetName: 'named',
  dnsServer: '127.0.0.11',
  copyNames: (_chart, workload, copies, stateful) =>
    Array.from({ length: copies }, (_, copy) => stateful ? `${workload}-${copy}` : `{project}-${workload}-${copy + 1}`),
  allCopiesName: (_chart, workload) => workload,
  standInNames: (_chart, workload) => ({ own: workload, standIns: `${workload}-next`, file: `stand-ins/${workload}-next`, all: `copies.${workload}` }),
};

/** A target that has one name for all copies, which are on several hosts, as Swarm does. */
export const RESOLVED: ITargetTraits = {
  targetName: 'resolved',
  dnsServer: '127.0.0.11',
  severalHosts: true,
  immutableConfiguration: true,
  copyNames: () => [],
  allCopiesName: (_chart, workload) => `tasks.${workload}`,
  standInNames: () => undefined,
};

/** Kubernetes: names of ready copies, ports that take no rights, and health that is asked for from the node. */
export const KUBERNETES: ITargetTraits = {
  targetName: 'kubernetes',
  httpPort: 10080,
  httpsPort: 10443,
  lowestPort: 1024,
  healthAddress: '0.0.0.0',
  severalHosts: true,
  leavingSeconds: 30,
  immutableConfiguration: true,
  copyNames: () => [],
  allCopiesName: (_chart, workload) => `${workload}-copies.shop.svc.cluster.local`,
  standInNames: () => undefined,
};

const NOBODY: ILoadBalancerBackend = {
  name: 'nobody',
  answerBalancing: () => { throw new Error('not asked in tests'); },
  lower: () => { throw new Error('not asked in tests'); },
};

export function loadBalancer(short: ShortLoadBalancer = {}): LoadBalancerModel {
  const { algorithm = 'leastConnections', issuers = {}, hosts = {}, routes = [], redirects = {}, tls = {}, tcp = {}, ...rest } = short;
  const { httpsPort = 443 } = rest;
  const named = new Map(Object.entries(issuers).map(([name, issuer]) => [name, issuerModel(name, issuer)]));
  const models = routes.map(routeModel);
  const names = new Set([...Object.keys(hosts), ...models.map(({ host }) => host), ...Object.keys(redirects)]);
  return {
    path: 'shop/edge',
    chart: 'shop',
    name: 'edge',
    backend: NOBODY,
    balancing: balancing(algorithm),
    hosts: [...names].sort().map((name) => ({ name, issuer: named.get(hosts[name] ?? '') })),
    routes: models.map((route) => hosts[route.host] ? route : { ...route, redirectHttp: false, hstsSeconds: 0 }),
    redirects: Object.entries(redirects).map(([from, to]) => ({ from, to })),
    streams: [
      ...Object.entries(tls).map(([host, to]) => ({ host, port: httpsPort, target: streamTarget(to) })),
      ...Object.entries(tcp).map(([port, to]) => ({ port: Number(port), target: streamTarget(to) })),
    ],
    httpPort: 80,
    httpsPort: 443,
    trustedProxies: [],
    retryIdempotent: false,
    accessLog: true,
    drainSeconds: 30,
    ...rest,
  };
}

function balancing(text: string): LoadBalancing {
  const [factory, ...args] = text.split(' ');
  return (LoadBalancing as unknown as Record<string, (...args: string[]) => LoadBalancing>)[factory](...args);
}

function issuerModel(name: string, { cloudflare, ...issuer }: ShortIssuer): IssuerModel {
  return {
    path: `shop/${name}`,
    chart: 'shop',
    name,
    kind: IssuerKind.ACME,
    keyType: KeyType.ECDSA_P256,
    trusted: true,
    dns01: cloudflare === undefined ? undefined : { provider: 'cloudflare', settings: {}, credentials: { apiToken: secretModel(cloudflare) } },
    ...issuer.kind === IssuerKind.FILES ? { certificate: secretModel(`${name}-certificate`), privateKey: secretModel(`${name}-key`) } : {},
    ...issuer,
  };
}

function secretModel(name: string): SecretModel {
  return { path: `shop/${name}`, chart: 'shop', name, file: `/run/secrets/${name}`, secretName: name, key: 'value' };
}

export function authorityModel(text: string): AuthorityModel {
  const certificates = text.startsWith('-----') ? text : readFileSync(join(__dirname, 'authorities', `${text}.pem`), 'utf8');
  return { certificates, hash: contentHash(certificates) };
}

function routeModel({ to, sourceRanges, authority, users, asks = {}, copiesTo = {}, ...route }: ShortRoute): RouteModel {
  const [mirror] = Object.entries(copiesTo).map(([name, { percent = 100, ...target }]) => ({ target: targetModel(name, target), percent }));
  return {
    host: 'shop.acme.example',
    path: '/',
    headers: {},
    methods: [],
    access: [
      ...sourceRanges === undefined ? [] : [{ kind: AccessKind.SOURCE_RANGES, ranges: sourceRanges }],
      ...authority === undefined ? [] : [{ kind: AccessKind.CLIENT_CERTIFICATES, authority: authorityModel(authority) }],
      ...users === undefined ? [] : [{ kind: AccessKind.BASIC_AUTH, users: secretModel(users) }],
      ...Object.entries(asks).map(([name, { path = '/', copyHeaders = [], ...target }]) => (
        { kind: AccessKind.FORWARD_AUTH, forwardAuth: { target: targetModel(name, target), path, copyHeaders } })),
    ],
    redirectHttp: true,
    hstsSeconds: 0,
    ...route,
    ...mirror === undefined ? {} : { mirror },
    targets: Object.entries(to).map(([name, target]) => targetModel(name, target)),
  };
}

function streamTarget(to: { readonly [name: string]: ShortTarget }): RouteTargetModel {
  const [[name, target]] = Object.entries(to);
  return targetModel(name, { protocol: Protocol.TCP, ...target });
}

function targetModel(name: string, target: ShortTarget): RouteTargetModel {
  const { signedBy, serverName = name } = target;
  const overTls = signedBy !== undefined;
  const { port = 8080, protocol = overTls ? Protocol.HTTPS : Protocol.HTTP, checkTls = overTls, copies = 2, weight = 1, stateful = false } = target;
  return {
    peer: { kind: PeerKind.WORKLOAD, chart: 'shop', name },
    port: Port.of('main', port, protocol),
    weight,
    copies,
    stateful,
    healthCheck: healthCheck(target),
    ...signedBy === undefined ? {} : { tls: { authority: authorityModel(signedBy), serverName } },
    ...checkTls ? { checkTls } : {},
  };
}

function healthCheck({ health, healthPort, interval = 5 }: ShortTarget): HealthCheck | undefined {
  switch (health) {
    case undefined: return undefined;
    case 'tcp': return HealthCheck.tcp();
    case 'grpc': return HealthCheck.grpc();
    default: return HealthCheck.http(health, { port: healthPort, interval: Duration.seconds(interval) });
  }
}
