import { tcpStreams } from './streams';
import type { IssuerModel } from '../model/certificate';
import { opensHttp, opensHttps, type HostModel, type LoadBalancerModel } from '../model/load-balancer';
import { Port } from '../model/port';
import type { ITargetTraits } from '../model/traits';
import { contentHash } from '../util/content-hash';

/**
 * Everybody who issues certificates for a host, by name.
 *
 * @internal
 */
export function issuersOf({ hosts }: LoadBalancerModel): IssuerModel[] {
  const issuers = hosts.flatMap(({ issuer }) => issuer === undefined ? [] : [issuer]);
  return [...new Map(issuers.map((issuer) => [issuer.name, issuer])).values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Roots of private ACME directories, by file name.
 *
 * @internal
 */
export function certificateRoots(loadBalancer: LoadBalancerModel): { [fileName: string]: string } {
  return Object.fromEntries(issuersOf(loadBalancer).flatMap((issuer) => issuer.caRoot === undefined ? [] : [[rootFileOf(issuer), issuer.caRoot]]));
}

/**
 * Name of the file with an issuer's own root.
 *
 * @internal
 */
export const rootFileOf = ({ name }: IssuerModel): string => `${name}-root.pem`;

/**
 * What an ACME directory has issued is kept under this name. Another directory has another one: a certificate of staging's is not due
 * for weeks, and lego and Traefik would go on with it where the real directory is asked since.
 *
 * @internal
 */
export const keptName = ({ name, directory = '' }: IssuerModel): string => `${name}-${contentHash(directory)}`;

/**
 * Where visitors of a host are sent to instead, without the path. A host of another server is asked as this one is.
 *
 * @internal
 */
export function redirectUrl(loadBalancer: LoadBalancerModel, from: HostModel, to: string): string {
  const ours = loadBalancer.hosts.find(({ name }) => name === to);
  if (ours === undefined) return `${from.issuer === undefined ? 'http' : 'https'}://${to}`;
  return ours.issuer === undefined ? `http://${to}${portUnless(80, loadBalancer.httpPort)}` : secureUrl(loadBalancer, to);
}

/**
 * A host over HTTPS, by the port that visitors see.
 *
 * @internal
 */
export function secureUrl({ httpsPort }: LoadBalancerModel, host: string): string {
  return `https://${host}${portUnless(443, httpsPort)}`;
}

const portUnless = (usual: number, port: number): string => port === usual ? '' : `:${port}`;

/**
 * Whether anybody issues a certificate for any host.
 *
 * @internal
 */
export const isSecure = ({ hosts }: LoadBalancerModel): boolean => hosts.some(({ issuer }) => issuer !== undefined);

/**
 * Whether HTTP/3 is spoken. Its port is announced to browsers as the container's, so it must be the host's too.
 *
 * @internal
 */
export const speaksHttp3 = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): boolean =>
  loadBalancer.httpsPort === httpsPortOf(traits) && isSecure(loadBalancer);

/**
 * Port for plain HTTP in the container.
 *
 * @internal
 */
export const httpPortOf = ({ httpPort = 80 }: ITargetTraits): number => httpPort;

/**
 * Port for HTTPS in the container.
 *
 * @internal
 */
export const httpsPortOf = ({ httpsPort = 443 }: ITargetTraits): number => httpsPort;

/**
 * Whether every visitor comes over HTTPS in the end, so that a cookie may be a secure one.
 *
 * @internal
 */
export const isSecureThroughout = ({ hosts, routes }: LoadBalancerModel): boolean =>
  hosts.every(({ issuer }) => issuer !== undefined) && routes.every(({ redirectHttp }) => redirectHttp);

/**
 * Ports in the container, whatever the host publishes, in the order of `visitorPorts`.
 *
 * @internal
 */
export function portsOf(loadBalancer: LoadBalancerModel, { http3 }: { http3: boolean }, traits: ITargetTraits): Port[] {
  const https = httpsPortOf(traits);
  return [
    ...opensHttp(loadBalancer) ? [Port.http('http', httpPortOf(traits))] : [],
    ...opensHttps(loadBalancer) ? [Port.tcp('https', https)] : [],
    ...http3 && speaksHttp3(loadBalancer, traits) ? [Port.udp('http3', https)] : [],
    ...tcpStreams(loadBalancer, traits).map(({ inside }) => inside),
  ];
}
