import type { KubernetesEdge } from './kubernetes-edge';
import { hostSlug } from './names';
import type { KubernetesOptions } from './options';
import { proxyPeer } from './peers';
import { constant } from './plain-json';
import { IssuerKind, KeyType, type IssuerModel } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';

/*
 * Objects of cert-manager. Issuers are namespaced: a chart then owns all it needs and needs no right outside.
 * https://cert-manager.io/docs/concepts/issuer/
 */

/** @internal Name of the Secret with a host's certificate. */
export function tlsSecretName(host: string): string {
  return `${hostSlug(host)}-tls`;
}

/** @internal The certificate of a host. */
export function hostCertificate(host: string, { hosts }: LoadBalancerModel): any {
  const issuer = hosts.find(({ name }) => name === host)!.issuer!;
  return {
    spec: {
      dnsNames: [host],
      issuerRef: issuerRef(issuer.name),
      privateKey: privateKey(issuer.keyType),
      // A share of the life, not days: the authority decides how long it is (90 days, 45, 6), and a fixed time longer
      // than it would renew without end. https://cert-manager.io/docs/usage/certificate/#renewal
      renewBeforePercentage: 33,
      revisionHistoryLimit: 1,
      secretName: tlsSecretName(host),
    },
  };
}

/** @internal An ACME account and how it proves control of a host. */
export function acmeIssuer([model, loadBalancers]: [IssuerModel, LoadBalancerModel[]], { edge }: KubernetesOptions): any {
  return {
    spec: {
      acme: {
        caBundle: model.caRoot === undefined ? undefined : Buffer.from(model.caRoot).toString('base64'),
        email: model.email,
        privateKeySecretRef: { name: `${model.name}-account-key` },
        profile: model.profile,
        server: model.directory,
        solvers: [model.dns01 === undefined ? http01(loadBalancers, edge) : dns01(model)],
      },
    },
  };
}

/** Through the Gateway itself, on the listener for plain HTTP. */
function http01(loadBalancers: LoadBalancerModel[], edge: KubernetesEdge): any {
  return {
    http01: {
      gatewayHTTPRoute: {
        parentRefs: loadBalancers.map(({ name }) => ({
          group: 'gateway.networking.k8s.io', kind: 'Gateway', name, sectionName: edge.httpListener,
        })),
        // The default, NodePort, opens a port of every node for each proof.
        serviceType: 'ClusterIP',
      },
    },
  };
}

function dns01({ dns01: proof }: IssuerModel): any {
  const { provider, settings, credentials } = proof!;
  const reference = (name: string) => credentials[name] === undefined ? undefined
    : { key: credentials[name].key, name: credentials[name].secretName };
  switch (provider) {
    // https://cert-manager.io/docs/configuration/acme/dns01/cloudflare/#api-tokens
    case 'cloudflare': return { dns01: { cloudflare: { apiTokenSecretRef: reference('apiToken') } } };
    // With no key of its own cert-manager uses the identity it runs with.
    // https://cert-manager.io/docs/configuration/acme/dns01/route53/
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

/**
 * The pods that answer a proof over HTTP. They live for moments only, in this namespace; a policy lets the proxies reach
 * them, in case something else isolates the namespace, and lets them go nowhere: they answer, and ask nobody.
 *
 * @see https://github.com/cert-manager/cert-manager/blob/master/pkg/issuer/acme/http/pod.go
 * @internal
 */
export function solverPolicy([, loadBalancers]: [IssuerModel, LoadBalancerModel[]], options: KubernetesOptions): any {
  return {
    spec: {
      // An empty list of peers would mean everybody.
      ingress: loadBalancers.length === 0 ? undefined : [{
        from: loadBalancers.map((balancer) => proxyPeer(balancer, balancer.namespace, options)),
        ports: [{ port: 8089, protocol: 'TCP' }],
      }],
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Egress', 'Ingress'],
    },
  };
}

/** @internal An authority of the deployment's own: it signs with a root that signs itself. */
export function localIssuer([{ name }]: [IssuerModel]): any {
  return { spec: { ca: { secretName: rootName(name) } } };
}

/** @internal */
export function localRoot([{ name, keyType }]: [IssuerModel]): any {
  return {
    spec: {
      commonName: name,
      // Ten years, and the same key: whoever trusts the root does so by hand.
      duration: '87600h',
      isCA: true,
      issuerRef: issuerRef(`${name}-self-signed`),
      privateKey: { ...privateKey(keyType), rotationPolicy: 'Never' },
      secretName: rootName(name),
    },
  };
}

/** @internal */
export const SELF_SIGNED = constant({ spec: { selfSigned: {} } });

function rootName(issuer: string): string {
  return `${issuer}-root`;
}

/** @internal Whether cert-manager issues the certificates. */
export function isIssued({ kind }: IssuerModel): boolean {
  return kind !== IssuerKind.FILES;
}

function issuerRef(name: string): any {
  return { group: 'cert-manager.io', kind: 'Issuer', name };
}

/** A new key with each certificate: the default of cert-manager since 1.18; older ones keep the key for ever. */
function privateKey(type: KeyType): any {
  const algorithm = type === KeyType.RSA_2048 ? { algorithm: 'RSA', size: 2048 } : { algorithm: 'ECDSA', size: 256 };
  return { ...algorithm, encoding: 'PKCS1', rotationPolicy: 'Always' };
}
