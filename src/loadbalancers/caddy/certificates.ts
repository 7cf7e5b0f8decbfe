import * as messages from './messages';
import { FOLDER } from './places';
import { urlOf, wordOf } from './words';
import type { AuthorityModel } from '../../model/authority';
import { IssuerKind, KeyType, type Dns01Model, type IssuerModel } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { block, type CaddyfileBlock, type CaddyfileLine } from '../../util/caddyfile';
import { authorityFile, authorityOfHost } from '../authorities';
import { issuersOf, rootFileOf } from '../hosts';

/**
 * Refuses proof by DNS for an image without the module.
 *
 * @internal
 */
export function checkDns01(loadBalancer: LoadBalancerModel, image: string): void {
  for (const { name, dns01 } of issuersOf(loadBalancer)) {
    if (dns01?.provider === 'webhook') throw new Error(messages.webhookElsewhere(loadBalancer));
    if (dns01 !== undefined) throw new Error(messages.noDnsModule(loadBalancer, name, MODULES[dns01.provider]?.name ?? dns01.provider, image));
  }
}

/**
 * What a site imports to get its certificate.
 *
 * @internal
 */
export const certificatesName = ({ name }: IssuerModel, authority?: AuthorityModel): string =>
  `certificates/${name}${authority === undefined ? '' : `/${authority.hash}`}`;

/**
 * The issuers, as lines that sites import: with each authority whose certificates visitors of some host must show.
 *
 * @internal
 * @see https://caddyserver.com/docs/caddyfile/directives/tls
 */
export function certificatesSnippets(loadBalancer: LoadBalancerModel): CaddyfileBlock[] {
  return issuersOf(loadBalancer).flatMap((issuer) => {
    const hosts = loadBalancer.hosts.filter((host) => host.issuer?.name === issuer.name);
    const byName = new Map(hosts.map((host) => {
      const authority = authorityOfHost(loadBalancer, host);
      return [certificatesName(issuer, authority), tlsOf(loadBalancer, issuer, clientAuth(authority))];
    }));
    return [...byName].sort(([a], [b]) => a < b ? -1 : 1).map(([name, tls]) => block(`(${name})`, tls));
  });
}

function tlsOf(loadBalancer: LoadBalancerModel, issuer: IssuerModel, visitors: CaddyfileBlock[]): CaddyfileLine {
  switch (issuer.kind) {
    case IssuerKind.LOCAL: return block('tls', keyType(issuer), 'issuer internal', ...visitors);
    case IssuerKind.FILES: return block(
      `tls ${wordOf(loadBalancer, 'the file', issuer.certificate!.file)} ${wordOf(loadBalancer, 'the file', issuer.privateKey!.file)}`,
      // For a name that is not in the files: never a public authority, which nobody asked for.
      'issuer internal',
      ...visitors,
    );
    case IssuerKind.ACME: return block('tls', keyType(issuer), acmeOf(loadBalancer, issuer), ...visitors);
  }
}

/** With it Caddy refuses a request for another host than its connection was opened for. */
function clientAuth(authority: AuthorityModel | undefined): CaddyfileBlock[] {
  return authority === undefined ? [] : [block('client_auth', 'mode require_and_verify', `trust_pool file ${FOLDER}/${authorityFile(authority)}`)];
}

function acmeOf(loadBalancer: LoadBalancerModel, issuer: IssuerModel): CaddyfileBlock {
  const { directory, email, caRoot, profile, dns01 } = issuer;
  return block('issuer acme',
    ...directory === undefined ? [] : [`dir ${urlOf(loadBalancer, 'the directory', directory)}`],
    ...email === undefined ? [] : [`email ${wordOf(loadBalancer, 'the e-mail address', email)}`],
    ...caRoot === undefined ? [] : [`trusted_roots ${FOLDER}/${rootFileOf(issuer)}`],
    ...profile === undefined ? [] : [`profile ${wordOf(loadBalancer, 'the profile', profile)}`],
    ...dns01 === undefined ? [] : [dnsOf(loadBalancer, dns01)],
  );
}

/** Caddy reads a credential from its file when it is needed, so that no value stands in the configuration. */
function dnsOf(loadBalancer: LoadBalancerModel, { provider, settings, credentials }: Dns01Model): CaddyfileLine {
  const fromFile = (name: string) => `{file.${credentials[name].file}}`;
  // https://github.com/caddy-dns/cloudflare
  if (provider === 'cloudflare') return `dns cloudflare ${fromFile('apiToken')}`;
  const module = MODULES[provider];
  if (module !== undefined) {
    const lines = Object.entries(module.names).flatMap(([name, word]) => {
      if (settings[name] !== undefined) return [`${word} ${wordOf(loadBalancer, name, settings[name])}`];
      if (credentials[name] === undefined) return [];
      return [`${word} ${module.takesFiles ? wordOf(loadBalancer, 'the file', credentials[name].file) : fromFile(name)}`];
    });
    return block(`dns ${module.name}`, ...lines);
  }
  if (provider === 'webhook') throw new Error(messages.webhookElsewhere(loadBalancer));
  // https://github.com/caddy-dns/route53
  return block(`dns ${provider}`,
    ...Object.entries(settings).map(([key, value]) => `${key} ${wordOf(loadBalancer, key, value)}`),
    ...Object.keys(credentials).map((key) => `${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} ${fromFile(key)}`),
  );
}

/**
 * What Caddy does not keep as declared.
 *
 * @internal
 */
export function limitationsOf({ hosts }: LoadBalancerModel): string[] {
  const zones = hosts.flatMap(({ issuer }) => issuer?.dns01?.provider === 'azuredns' && issuer.dns01.settings.zone !== undefined ? [issuer.dns01.settings.zone] : []);
  return [...new Set(zones)].map((zone) => `does not tell Caddy the zone '${zone}' of Dns01.azureDns, as Caddy's module finds it by the host and has no word for it:`
    + ' leave it out, or use LoadBalancerBackend.haproxy(), nginx() or traefik()');
}

/**
 * Modules whose words are not ours: https://github.com/caddy-dns
 */
const MODULES: { [provider: string]: { name: string; names: { [name: string]: string }; takesFiles?: boolean } | undefined } = {
  clouddns: { name: 'googleclouddns', names: { project: 'gcp_project', serviceAccountKey: 'gcp_application_default' }, takesFiles: true },
  azuredns: {
    name: 'azure',
    names: { subscriptionId: 'subscription_id', resourceGroup: 'resource_group_name', tenantId: 'tenant_id', clientId: 'client_id', clientSecret: 'client_secret' },
  },
  rfc2136: { name: 'rfc2136', names: { keyName: 'key_name', algorithm: 'key_alg', key: 'key', nameserver: 'server' } },
};

function keyType({ keyType: type }: IssuerModel): string {
  return `key_type ${type === KeyType.RSA_2048 ? 'rsa2048' : 'p256'}`;
}
