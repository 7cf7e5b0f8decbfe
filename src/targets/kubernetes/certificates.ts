import { knowsProfiles, knowsShares } from './cert-manager-version';
import { dns01 } from './dns01-solver';
import type { KubernetesEdge } from './edges/kubernetes-edge';
import { hostSlug } from './names';
import type { KubernetesOptions } from './options';
import { proxyPeers } from './peers';
import { constant } from './plain-json';
import { IssuerKind, KeyType, type IssuerModel } from '../../model/certificate';
import type { HostModel, LoadBalancerModel } from '../../model/load-balancer';

/*
 * Objects of cert-manager. Issuers are namespaced: a chart then owns all it needs and needs no right outside.
 * https://cert-manager.io/docs/concepts/issuer/
 */

/** @internal Name of the Secret with a host's certificate. */
export function tlsSecretName(host: string): string {
  return `${hostSlug(host)}-tls`;
}

/** @internal Name of the Secret with the certificate of a host: the user's own is called like its construct. */
export function tlsSecretOf(host: string, { kind, name }: IssuerModel): string {
  return kind === IssuerKind.FILES ? name : tlsSecretName(host);
}

/**
 * Name of an Issuer. cert-manager asks anew where a Certificate names another one, and not where that one has another directory: so
 * who leaves staging gets trusted certificates at once.
 *
 * @see https://cert-manager.io/docs/faq/#when-do-certs-get-re-issued
 * @internal
 */
export function issuerName({ name, directory }: IssuerModel): string {
  return directory !== undefined && new URL(directory).hostname.includes('staging') ? `${name}-staging` : name;
}

/** @internal The certificate of a host. */
export function hostCertificate(host: string, { hosts }: LoadBalancerModel, { edge, certManager }: KubernetesOptions): any {
  const issuer = hosts.find(({ name }) => name === host)!.issuer!;
  return {
    metadata: needsStopgap(issuer, edge) ? { annotations: STOPGAP } : undefined,
    spec: {
      dnsNames: [host],
      issuerRef: issuer.clusterIssuer === undefined ? issuerRef(issuerName(issuer)) : { ...issuerRef(issuer.clusterIssuer), kind: 'ClusterIssuer' },
      privateKey: privateKey(issuer.keyType),
      // A share of the life, not days: the authority decides how long it is (90 days, 45, 6), and a fixed time longer
      // than it would renew without end. Older versions do the same without a word.
      // https://cert-manager.io/docs/usage/certificate/#renewal
      renewBeforePercentage: knowsShares(certManager) ? 33 : undefined,
      revisionHistoryLimit: 1,
      secretName: tlsSecretName(host),
    },
  };
}

/**
 * Proxies of our own start with their certificates, and the authority's question comes through them.
 *
 * @see https://cert-manager.io/docs/usage/certificate/#issuing-temporary-certificates
 */
function needsStopgap({ kind, dns01: proof }: IssuerModel, { _kind }: KubernetesEdge): boolean {
  return _kind === 'own-proxies' && kind === IssuerKind.ACME && proof === undefined;
}

const STOPGAP = constant({ 'cert-manager.io/issue-temporary-certificate': 'true' });

/** @internal An ACME account and how it proves control of a host. */
export function acmeIssuer([model, loadBalancers]: [IssuerModel, LoadBalancerModel[]], { edge, certManager }: KubernetesOptions): any {
  return {
    spec: {
      acme: {
        caBundle: model.caRoot === undefined ? undefined : Buffer.from(model.caRoot).toString('base64'),
        email: model.email,
        privateKeySecretRef: { name: `${issuerName(model)}-account-key` },
        profile: knowsProfiles(certManager) ? model.profile : undefined,
        server: model.directory,
        solvers: [model.dns01 === undefined ? http01(loadBalancers, edge) : dns01(model.dns01)],
      },
    },
  };
}

/**
 * Through the edge itself: the Gateway's listener for plain HTTP, an Ingress of the same class, or a route of our own
 * proxies, where nobody reads the Ingress that cert-manager makes.
 */
function http01(loadBalancers: LoadBalancerModel[], edge: KubernetesEdge): any {
  if (!edge._isGateway) {
    return { http01: { ingress: { ingressClassName: edge._kind === 'ingress' ? edge.className : 'none', serviceType: 'ClusterIP' } } };
  }
  return {
    http01: {
      gatewayHTTPRoute: {
        parentRefs: loadBalancers.map(({ name }) => ({
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: edge.existingName ?? name,
          namespace: edge.existingNamespace,
          sectionName: edge.httpListener,
        })),
        // The default, NodePort, opens a port of every node for each proof.
        serviceType: 'ClusterIP',
      },
    },
  };
}

/**
 * The pods that answer a proof over HTTP for hosts of ours. They live for moments only, in this namespace; a policy lets the proxies
 * reach them, in case something else isolates the namespace, and lets them go nowhere: they answer, and ask nobody. Not those of
 * all hosts: who else gets certificates in the namespace is reached by proxies that we do not know.
 *
 * @see https://github.com/cert-manager/cert-manager/blob/master/pkg/issuer/acme/http/pod.go
 * @internal
 */
export function solverPolicy([issuer, loadBalancers]: [IssuerModel, LoadBalancerModel[]], options: KubernetesOptions): any {
  const podSelector = solverSelector(issuer, loadBalancers);
  return podSelector === undefined ? undefined : {
    spec: {
      ingress: [{
        from: loadBalancers.flatMap((balancer) => proxyPeers(balancer, balancer.namespace, options)),
        ports: [{ port: SOLVER_PORT, protocol: 'TCP' }],
      }],
      podSelector,
      policyTypes: ['Egress', 'Ingress'],
    },
  };
}

/** @internal The pods that answer for the hosts of an issuer; undefined: there are none. */
export function solverSelector(issuer: IssuerModel, loadBalancers: LoadBalancerModel[]): any {
  return solversOf(loadBalancers.flatMap((balancer) => balancer.hosts).filter((host) => host.issuer?.path === issuer.path));
}

/** @internal The pods that answer for some hosts; undefined: there are none. */
export function solversOf(hosts: HostModel[]): any {
  const values = [...new Set(hosts.map(({ name }) => domainLabel(name)))].sort();
  // An empty list would be no selector.
  return values.length === 0 ? undefined : { matchExpressions: [{ key: DOMAIN, operator: 'In', values }], matchLabels: SOLVER };
}

/** @internal Port of the pod that answers a proof over HTTP. */
export const SOLVER_PORT = 8089;

const SOLVER = constant({ 'acme.cert-manager.io/http01-solver': 'true' });

/** @internal Labels of the pod that answers a proof for a host, of which there is one at a time. */
export function solverLabels(host: string): { [key: string]: string } {
  return { [DOMAIN]: domainLabel(host), ...SOLVER };
}

const DOMAIN = 'acme.cert-manager.io/http-domain';

const domainLabel = (host: string): string => `${adler32(host)}`;

/** @see https://datatracker.ietf.org/doc/html/rfc1950#section-9 */
function adler32(text: string): number {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
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
