import type { Dns01Model } from '../../model/certificate';

/**
 * Proof by a DNS record, in the words of cert-manager. With no credentials of its own it uses the identity it runs with.
 *
 * @see https://cert-manager.io/docs/configuration/acme/dns01/
 * @internal
 */
export function dns01({ provider, settings, credentials }: Dns01Model): any {
  const reference = (name: string) => credentials[name] === undefined ? undefined
    : { key: credentials[name].key, name: credentials[name].secretName };
  switch (provider) {
    case 'cloudflare': return { dns01: { cloudflare: { apiTokenSecretRef: reference('apiToken') } } };
    case 'clouddns': return { dns01: { cloudDNS: { project: settings.project, serviceAccountSecretRef: reference('serviceAccountKey') } } };
    case 'azuredns': return { dns01: { azureDNS: azureDns(settings, reference('clientSecret')) } };
    case 'rfc2136': return {
      dns01: {
        rfc2136: {
          nameserver: settings.nameserver,
          tsigAlgorithm: settings.algorithm.toUpperCase().replace('-', ''),
          tsigKeyName: settings.keyName,
          tsigSecretSecretRef: reference('key'),
        },
      },
    };
    case 'webhook': return {
      dns01: {
        webhook: {
          config: settings.config === undefined ? undefined : JSON.parse(settings.config),
          groupName: settings.groupName,
          solverName: settings.solverName,
        },
      },
    };
    default: return {
      dns01: {
        route53: {
          accessKeyIDSecretRef: reference('accessKeyId'),
          region: settings.region,
          secretAccessKeySecretRef: reference('secretAccessKey'),
        },
      },
    };
  }
}

/** A client without a secret is a managed identity. */
function azureDns({ subscriptionId, resourceGroup, zone, tenantId, clientId }: Dns01Model['settings'], clientSecret: any): any {
  const common = { hostedZoneName: zone, resourceGroupName: resourceGroup, subscriptionID: subscriptionId };
  if (clientSecret !== undefined) return { ...common, clientID: clientId, clientSecretSecretRef: clientSecret, tenantID: tenantId };
  return { ...common, managedIdentity: clientId === undefined ? undefined : { clientID: clientId } };
}
