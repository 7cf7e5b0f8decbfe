import { Secret } from './secret';
import type { Dns01Model } from '../model/certificate';
import * as messages from '../validation/messages';

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

  /** @internal */
  public readonly _model: Dns01Model;

  private constructor(provider: string, settings: { [key: string]: string }, secrets: { [key: string]: Secret }) {
    const credentials: { [key: string]: Secret['_model'] } = {};
    for (const [name, secret] of Object.entries(secrets)) {
      if (!Secret.isSecret(secret)) throw new Error(messages.notASecret(`Dns01.${provider}`, `Dns01.${provider}`, name));
      credentials[name] = secret._model;
    }
    this._model = { provider, settings, credentials };
  }
}
