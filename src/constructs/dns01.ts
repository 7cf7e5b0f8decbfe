import { Secret } from './secret';
import type { Dns01Model } from '../model/certificate';
import * as messages from '../validation/messages';
import { checkChoice, checkProps, type PropNames } from '../validation/props';

/**
 * Credentials for Route 53.
 */
export interface Route53Credentials {
  /** Id of an access key that may change the zone. */
  readonly accessKeyId: Secret;
  /** The access key's secret. */
  readonly secretAccessKey: Secret;
}

/**
 * Options of Google Cloud DNS.
 */
export interface CloudDnsOptions {
  /** Id of the project that the zone is in. */
  readonly project: string;
  /**
   * Key of a service account that may change the zone, as JSON.
   *
   * @default - cert-manager or the load balancer uses the identity it runs with
   */
  readonly serviceAccountKey?: Secret;
}

/**
 * Options of Azure DNS.
 */
export interface AzureDnsOptions {
  /** Id of the subscription. */
  readonly subscriptionId: string;
  /** Resource group that the zone is in. */
  readonly resourceGroup: string;
  /**
   * Name of the zone. Caddy's module has no word for it: a finding.
   *
   * @default - found by the host
   */
  readonly zone?: string;
  /**
   * Id of the tenant of a service principal; with `clientId` and `clientSecret`.
   *
   * @default - cert-manager or the load balancer uses the identity it runs with
   */
  readonly tenantId?: string;
  /**
   * Id of a service principal, or of the managed identity where there are several.
   *
   * @default - the only one
   */
  readonly clientId?: string;
  /**
   * Secret of the service principal.
   *
   * @default - a managed identity
   */
  readonly clientSecret?: Secret;
}

/**
 * How updates of a zone are signed.
 */
export enum TsigAlgorithm {
  /** HMAC with SHA-256. */
  HMAC_SHA256 = 'hmac-sha256',
  /** HMAC with SHA-512. */
  HMAC_SHA512 = 'hmac-sha512',
}

/**
 * Options of dynamic updates (RFC 2136): BIND, Knot, PowerDNS, Windows.
 */
export interface Rfc2136Options {
  /** Address of the zone's primary name server, with a port where it is not 53. */
  readonly nameserver: string;
  /** Name of the key. */
  readonly keyName: string;
  /** The key, in base 64. */
  readonly key: Secret;
  /**
   * How updates are signed.
   *
   * @default TsigAlgorithm.HMAC_SHA256
   */
  readonly algorithm?: TsigAlgorithm;
}

/**
 * Options of a webhook of cert-manager.
 */
export interface Dns01WebhookOptions {
  /** API group under which the webhook is installed. */
  readonly groupName: string;
  /** Name of its solver. */
  readonly solverName: string;
  /**
   * What the webhook is told, references to Secrets among it.
   *
   * @default - nothing
   */
  readonly config?: { [key: string]: any };
}

/**
 * How an ACME directory can be shown control of a domain by a DNS record. Wildcards need it.
 *
 * Kubernetes: a solver of cert-manager. Compose and Swarm: the load balancer's image must have the module of the DNS
 * provider, see `CaddyOptions.image`; credentials are mounted into it.
 */
export class Dns01 {
  /**
   * By Cloudflare.
   *
   * @param apiToken an API token that may edit the zone
   * @see https://cert-manager.io/docs/configuration/acme/dns01/cloudflare/
   */
  public static cloudflare(apiToken: Secret): Dns01 {
    return new Dns01('cloudflare', {}, { apiToken });
  }

  /**
   * By Amazon Route 53.
   *
   * @param region for example `eu-central-1`
   * @param credentials an access key; without one, cert-manager or the load balancer uses the identity it runs with
   * @see https://cert-manager.io/docs/configuration/acme/dns01/route53/
   */
  public static route53(region: string, credentials?: Route53Credentials): Dns01 {
    return new Dns01('route53', { region }, credentials === undefined ? {} : {
      accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey,
    });
  }

  /**
   * By Google Cloud DNS.
   *
   * @param options project and service account
   * @see https://cert-manager.io/docs/configuration/acme/dns01/google/
   */
  public static cloudDns(options: CloudDnsOptions): Dns01 {
    checkOptions('cloudDns', options, CLOUD_DNS);
    return new Dns01('clouddns', { project: options.project }, given({ serviceAccountKey: options.serviceAccountKey }));
  }

  /**
   * By Azure DNS.
   *
   * @param options zone and service principal
   * @see https://cert-manager.io/docs/configuration/acme/dns01/azuredns/
   */
  public static azureDns(options: AzureDnsOptions): Dns01 {
    checkOptions('azureDns', options, AZURE_DNS);
    const { clientSecret, ...settings } = options;
    return new Dns01('azuredns', given(settings), given({ clientSecret }));
  }

  /**
   * By dynamic updates of the zone.
   *
   * @param options name server and key
   * @see https://cert-manager.io/docs/configuration/acme/dns01/rfc2136/
   */
  public static rfc2136(options: Rfc2136Options): Dns01 {
    checkOptions('rfc2136', options, RFC2136);
    checkChoice('Dns01.rfc2136', 'Dns01.rfc2136', 'algorithm', options.algorithm, TsigAlgorithm, 'TsigAlgorithm');
    const { nameserver, keyName, key, algorithm = TsigAlgorithm.HMAC_SHA256 } = options;
    return new Dns01('rfc2136', { nameserver, keyName, algorithm }, { key });
  }

  /**
   * By a webhook of cert-manager, for all other providers. Kubernetes alone: an error on Compose and Swarm.
   *
   * @param options which webhook
   * @see https://cert-manager.io/docs/configuration/acme/dns01/webhook/
   */
  public static webhook(options: Dns01WebhookOptions): Dns01 {
    checkOptions('webhook', options, WEBHOOK);
    const { groupName, solverName, config } = options;
    return new Dns01('webhook', given({ groupName, solverName, config: config === undefined ? undefined : JSON.stringify(config) }), {});
  }

  /** @internal */
  public readonly _model: Dns01Model;

  private constructor(provider: string, settings: { [key: string]: string }, secrets: { [key: string]: Secret }) {
    const called = `Dns01.${METHODS[provider] ?? provider}`;
    for (const [field, example] of Object.entries(NEEDED[provider] ?? {})) {
      if (typeof settings[field] !== 'string' || settings[field].trim() === '') throw new Error(messages.dns01Without(called, field, settings[field], example));
    }
    const credentials: { [key: string]: Secret['_model'] } = {};
    for (const [name, secret] of Object.entries(secrets)) {
      if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(called, called, name, secret));
      credentials[name] = secret._model;
    }
    this._model = { provider, settings, credentials };
  }
}

const CLOUD_DNS: PropNames<CloudDnsOptions> = { project: true, serviceAccountKey: true };
const AZURE_DNS: PropNames<AzureDnsOptions> = {
  subscriptionId: true, resourceGroup: true, zone: true, tenantId: true, clientId: true, clientSecret: true,
};
const RFC2136: PropNames<Rfc2136Options> = { nameserver: true, keyName: true, key: true, algorithm: true };
const WEBHOOK: PropNames<Dns01WebhookOptions> = { groupName: true, solverName: true, config: true };

/** A credential that is misspelt would be one that nobody needs. */
function checkOptions<T>(method: string, options: T, known: PropNames<T>): void {
  checkProps(`Dns01.${method}`, `Dns01.${method}`, options, known);
}

/** Settings without which a provider finds no zone, and what they look like. */
const NEEDED: { [provider: string]: { [setting: string]: string } } = {
  route53: { region: "the zone's region, such as 'eu-central-1'" },
  clouddns: { project: "the id of the project with the zone, such as 'acme-dns'" },
  azuredns: { subscriptionId: 'the id of the subscription', resourceGroup: 'the resource group with the zone' },
  rfc2136: { nameserver: "the zone's primary name server, such as '192.0.2.53'", keyName: "the name of the key, such as 'acme-update'" },
  webhook: { groupName: "the API group of the webhook, such as 'acme.example.org'", solverName: 'the name of its solver' },
};

/** Methods that are not called like their provider. */
const METHODS: { [provider: string]: string } = { clouddns: 'cloudDns', azuredns: 'azureDns' };

/** What has a value. */
function given<T>(values: { [name: string]: T | undefined }): { [name: string]: T } {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined));
}
