import type { Dns01Model } from '../model/certificate';
import type { LoadBalancerModel } from '../model/load-balancer';

/*
 * What lego, by itself or in Traefik, calls settings and credentials of DNS providers: https://go-acme.github.io/lego/dns/
 */

const VARIABLES: { [provider: string]: { [name: string]: string } } = {
  cloudflare: { apiToken: 'CF_DNS_API_TOKEN' },
  route53: { region: 'AWS_REGION', accessKeyId: 'AWS_ACCESS_KEY_ID', secretAccessKey: 'AWS_SECRET_ACCESS_KEY' },
  clouddns: { project: 'GCE_PROJECT', serviceAccountKey: 'GCE_SERVICE_ACCOUNT' },
  azuredns: {
    subscriptionId: 'AZURE_SUBSCRIPTION_ID',
    resourceGroup: 'AZURE_RESOURCE_GROUP',
    zone: 'AZURE_ZONE_NAME',
    tenantId: 'AZURE_TENANT_ID',
    clientId: 'AZURE_CLIENT_ID',
    clientSecret: 'AZURE_CLIENT_SECRET',
  },
  rfc2136: { nameserver: 'RFC2136_NAMESERVER', keyName: 'RFC2136_TSIG_KEY', algorithm: 'RFC2136_TSIG_ALGORITHM', key: 'RFC2136_TSIG_SECRET' },
};

/**
 * What lego calls a DNS provider.
 *
 * @internal
 */
export const legoProvider = ({ provider }: Dns01Model): string => provider === 'clouddns' ? 'gcloud' : provider;

/**
 * What a DNS provider is told, by the name of the variable.
 *
 * @internal
 */
export interface DnsVariables {
  /** What anybody may read. */
  readonly settings: { [variable: string]: string };
  /** Files with credentials. */
  readonly credentials: { [variable: string]: string };
}

/**
 * The variables of an issuer's proof by DNS.
 *
 * @internal
 */
export function dnsVariables(loadBalancer: LoadBalancerModel, { provider, settings, credentials }: Dns01Model): DnsVariables {
  const named = (values: [string, string][]) => Object.fromEntries(values.map(([name, value]) => {
    const variable = VARIABLES[provider]?.[name];
    if (variable === undefined) throw new Error(unknownDnsSetting(loadBalancer, provider, name));
    // Algorithms are domain names to lego.
    return [variable, name === 'algorithm' ? `${value}.` : value];
  }));
  return {
    settings: named(Object.entries(settings)),
    credentials: named(Object.entries(credentials).map(([name, { file }]) => [name, file])),
  };
}

/**
 * Whether a credential may also be given by the name of its file, in a variable with `_FILE` behind its name: lego reads some so,
 * and leaves Amazon's to Amazon's library, which does not.
 *
 * @internal
 */
export const takesFile = (variable: string): boolean => /^(CF|GCE)_/.test(variable);

const PROVIDERS = Object.keys(VARIABLES).join(', ').replace(/, ([^,]*)$/, ' and $1');

const unknownDnsSetting = ({ path, name }: LoadBalancerModel, provider: string, setting: string): string =>
  `'${name}' cannot tell lego '${setting}' of the DNS provider '${provider}', as it knows ${PROVIDERS} only: use one of them,`
  + ` or 'backend: LoadBalancerBackend.caddy({ image: '…' })' with its module [${path}]`;
