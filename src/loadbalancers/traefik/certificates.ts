import * as messages from './messages';
import { DATA, FOLDER, HTTP } from './places';
import type { AuthorityModel } from '../../model/authority';
import { IssuerKind, KeyType, type IssuerModel } from '../../model/certificate';
import { opensHttps, type HostModel, type LoadBalancerModel } from '../../model/load-balancer';
import { authorityFile, authorityOfHost, hostsThatAsk } from '../authorities';
import { dnsVariables, legoProvider, type DnsVariables } from '../dns-variables';
import { issuersOf, keptName, rootFileOf } from '../hosts';

/**
 * Whether Traefik gets certificates by itself, and so keeps them.
 *
 * @internal
 */
export const usesAcme = (loadBalancer: LoadBalancerModel): boolean => issuersOf(loadBalancer).some(({ kind }) => kind === IssuerKind.ACME);

/**
 * Issuers that Traefik asks, by name: part of its static configuration.
 *
 * @internal
 * @see https://doc.traefik.io/traefik/reference/install-configuration/tls/certificate-resolvers/acme/
 */
export function resolversOf(loadBalancer: LoadBalancerModel): { [name: string]: object } {
  const issuers = issuersOf(loadBalancer).filter(({ kind }) => kind === IssuerKind.ACME);
  return Object.fromEntries(issuers.map((issuer) => [issuer.name, { acme: acmeOf(issuer) }]));
}

/** Traefik does not look how long a certificate lives: without a word it takes 90 days, and renews one of six days each day. */
const HOURS: { [profile: string]: number } = { shortlived: 160 };

function acmeOf(issuer: IssuerModel): object {
  const { directory, email, profile, keyType, caRoot, dns01 } = issuer;
  return {
    caServer: directory,
    email,
    profile,
    certificatesDuration: HOURS[profile ?? ''],
    keyType: keyType === KeyType.RSA_2048 ? 'RSA2048' : 'EC256',
    caCertificates: caRoot === undefined ? undefined : [`${FOLDER}/${rootFileOf(issuer)}`],
    storage: `${DATA}/${keptName(issuer)}.json`,
    // Traefik answers the authority before any route or redirect.
    ...dns01 === undefined ? { httpChallenge: { entryPoint: HTTP } } : { dnsChallenge: { provider: legoProvider(dns01) } },
  };
}

/**
 * How a router for HTTPS gets its certificate, and whose it wants to see.
 *
 * @internal
 */
export function routerTls(loadBalancer: LoadBalancerModel, { name, issuer }: HostModel): object {
  const authority = authorityOfHost(loadBalancer, { name });
  // Traefik finds options by the host that a connection is opened for, and only where a router names the host in full.
  if (authority !== undefined && name.startsWith('*.')) throw new Error(messages.wildcardThatAsks(loadBalancer, name));
  return {
    ...issuer?.kind === IssuerKind.ACME ? { certResolver: issuer.name, domains: [{ main: name }] } : {},
    ...authority === undefined ? {} : { options: optionsName(authority) },
  };
}

const optionsName = ({ hash }: AuthorityModel): string => `authority-${hash}`;

/**
 * The section `tls` of the dynamic configuration; undefined without a port for it.
 *
 * @internal
 */
export function tlsOf(loadBalancer: LoadBalancerModel): object | undefined {
  if (!opensHttps(loadBalancer)) return undefined;
  const issuers = issuersOf(loadBalancer);
  const files = issuers.filter(({ kind }) => kind === IssuerKind.FILES);
  // A host without a certificate is refused, unless the one that Traefik makes for itself is asked for.
  const sniStrict = issuers.every(({ kind }) => kind !== IssuerKind.LOCAL);
  const common = { minVersion: 'VersionTLS12', sniStrict };
  const asking = hostsThatAsk(loadBalancer).map((host) => authorityOfHost(loadBalancer, host)!).map((authority) => [optionsName(authority), {
    ...common, clientAuth: { caFiles: [`${FOLDER}/${authorityFile(authority)}`], clientAuthType: 'RequireAndVerifyClientCert' },
  }] as const).sort(([a], [b]) => a < b ? -1 : 1);
  return {
    options: { default: common, ...Object.fromEntries(asking) },
    certificates: files.length === 0 ? undefined
      : files.map(({ certificate, privateKey }) => ({ certFile: certificate!.file, keyFile: privateKey!.file })),
  };
}

/**
 * What the DNS providers of proofs are told. Credentials are files' names.
 *
 * @internal
 */
export function dnsVariablesOf(loadBalancer: LoadBalancerModel): DnsVariables {
  const variables: DnsVariables = { settings: {}, credentials: {} };
  for (const { name, dns01 } of issuersOf(loadBalancer)) {
    if (dns01 === undefined) continue;
    const own = dnsVariables(loadBalancer, dns01);
    for (const part of ['settings', 'credentials'] as const) {
      for (const [variable, value] of Object.entries(own[part])) {
        if ((variables[part][variable] ?? value) !== value) throw new Error(messages.severalAccounts(loadBalancer, name, dns01.provider));
        variables[part][variable] = value;
      }
    }
  }
  return variables;
}
