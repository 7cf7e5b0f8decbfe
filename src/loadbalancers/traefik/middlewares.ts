import type { Part } from './services';
import { copyName } from './text';
import { clientAuthorityOf, forwardAuthOf, sourceRangesOf, SUBJECT_HEADER, usersOf } from '../../model/access-rule';
import type { HostModel, LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { hostsThatAsk } from '../authorities';
import { redirectUrl, secureUrl } from '../hosts';
import { tokenOf, urlWithPercents } from '../http';
import { TRY_SECONDS, trySeconds } from '../routes';

/*
 * What is done to requests on their way: https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/
 */

/**
 * A refused connection is tried elsewhere for every method: nothing was sent.
 *
 * @internal
 */
export function retryRefused(route: RouteModel): Part {
  return {
    name: `retry-refused${suffix(route)}`,
    // So many that the time ends them first.
    body: { retry: { attempts: 100, initialInterval: '100ms', timeout: `${trySeconds(route)}s` } },
  };
}

/** Bytes of a body that may be kept to send it again. */
const KEPT_BODY = 65_536;

/**
 * A request without an answer, which is a 502, is sent again. An application may answer so by itself, so it is not asked often.
 *
 * @param bodies whether it may have a body. Traefik takes the memory for the largest one with every request, for as long as
 *   that lasts, so a WebSocket or a GET must not have any: without a word it is 2 MiB.
 * @internal
 */
export function retryLost(route: RouteModel, { bodies }: { bodies: boolean }): Part {
  return {
    name: `retry-lost${bodies ? '-bodies' : ''}${suffix(route)}`,
    body: {
      retry: {
        attempts: 3,
        initialInterval: '50ms',
        timeout: `${trySeconds(route)}s`,
        maxRequestBodyBytes: bodies ? KEPT_BODY : 0,
        status: ['502'],
        disableRetryOnNetworkError: true,
      },
    },
  };
}

/**
 * Refuses a body that is too large. Traefik keeps a body until it is complete.
 *
 * @internal
 */
export function bodyLimit({ maxRequestBodyBytes }: RouteModel): Part[] {
  return maxRequestBodyBytes === undefined ? [] : [{ name: `body-${maxRequestBodyBytes}`, body: { buffering: { maxRequestBodyBytes } } }];
}

/**
 * Refuses visitors from elsewhere.
 *
 * @param behindProxies whether the visitor's address is the last in `X-Forwarded-For` that is no trusted proxy's
 * @internal
 */
export function sourceRanges({ trustedProxies }: LoadBalancerModel, route: RouteModel, behindProxies: boolean): Part[] {
  const sourceRange = sourceRangesOf(route);
  if (sourceRange.length === 0) return [];
  const name = `from-${sourceRange.join('-')}`;
  return behindProxies
    ? [{ name: `${name}-behind-proxies`, body: { ipAllowList: { sourceRange, ipStrategy: { excludedIPs: trustedProxies } } } }]
    : [{ name, body: { ipAllowList: { sourceRange } } }];
}

/**
 * Tells copies who showed a certificate; what visitors say about that themselves is taken away.
 *
 * @param route the route, if it may ask for certificates
 * @internal
 */
export function subject(loadBalancer: LoadBalancerModel, route: RouteModel | undefined): Part[] {
  if (hostsThatAsk(loadBalancer).length === 0) return [];
  const forged = [SUBJECT_HEADER, ...TRAEFIKS_OWN];
  const removed = { name: 'without-subject', body: { headers: { customRequestHeaders: Object.fromEntries(forged.map((name) => [name, ''])) } } };
  return route === undefined || clientAuthorityOf(route) === undefined ? [removed]
    : [removed, { name: 'subject', body: { passTLSClientCert: { info: { subject: SUBJECT_PARTS } } } }];
}

/** Headers in which Traefik tells of certificates, whatever one would call them. */
const TRAEFIKS_OWN = ['X-Forwarded-Tls-Client-Cert', 'X-Forwarded-Tls-Client-Cert-Info'];

const SUBJECT_PARTS = Object.fromEntries(
  ['commonName', 'serialNumber', 'organizationalUnit', 'organization', 'locality', 'province', 'country', 'domainComponent'].map((part) => [part, true]));

/**
 * Asks for a name and a password.
 *
 * @internal
 */
export function basicAuth(route: RouteModel): Part[] {
  const users = usersOf(route);
  return users === undefined ? [] : [{ name: `users-${users.name}`, body: { basicAuth: { usersFile: users.file, realm: 'restricted' } } }];
}

/**
 * Asks a workload about a request. What its answer says of the visitor is not the visitor's to say, to nobody.
 *
 * @internal
 */
export function forwardAuth(loadBalancer: LoadBalancerModel, route: RouteModel, traits: ITargetTraits): Part[] {
  const rule = forwardAuthOf(route);
  if (rule === undefined) return [];
  const { target: { peer, port }, path } = rule;
  const question = `ask-${peer.chart}/${peer.name}:${port.number}${encodeURIComponent(path)}`;
  const authResponseHeaders = rule.copyHeaders.map((name) => tokenOf(loadBalancer, 'the name of a header', name));
  const address = `http://${copyName(traits.allCopiesName(peer.chart, peer.name))}:${port.number}${urlWithPercents(path)}`;
  return [
    ...authResponseHeaders.length === 0 ? [] : [{
      name: `without-${authResponseHeaders.join('+')}`,
      body: { headers: { customRequestHeaders: Object.fromEntries(authResponseHeaders.map((name) => [name, ''])) } },
    }],
    // The address of a login page is its own matter; Traefik would put the workload's before one without a host.
    { name: [question, ...authResponseHeaders].join('+'), body: { forwardAuth: { address, authResponseHeaders, preserveLocationHeader: true } } },
  ];
}

/**
 * Tells browsers to use HTTPS. Traefik puts it in place of what the application says.
 *
 * @internal
 */
export function hsts({ hstsSeconds }: RouteModel): Part[] {
  return hstsSeconds === 0 ? [] : [{ name: `hsts-${hstsSeconds}`, body: { headers: { stsSeconds: hstsSeconds } } }];
}

/**
 * Sends plain HTTP to HTTPS: GET with 301, all else with 308, which keeps the method.
 *
 * @internal
 */
export function redirectToHttps(loadBalancer: LoadBalancerModel): Part {
  return {
    name: 'to-https',
    body: { redirectRegex: { regex: '^http://([^/:]+)(:[0-9]+)?', replacement: secureUrl(loadBalancer, '$1'), permanent: true } },
  };
}

/**
 * Sends visitors of one host to another.
 *
 * @internal
 */
export function redirectToHost(loadBalancer: LoadBalancerModel, from: HostModel, to: string): Part {
  const replacement = redirectUrl(loadBalancer, from, to);
  return { name: `to-${replacement}`, body: { redirectRegex: { regex: '^https?://[^/]+', replacement, permanent: true } } };
}

const suffix = (route: RouteModel): string => trySeconds(route) === TRY_SECONDS ? '' : `-${trySeconds(route)}s`;
