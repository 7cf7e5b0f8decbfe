import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chart } from 'cdk8s';
import { findings, Manifests } from './manifests';
import {
  AcmeIssuer, Dns01, HAWebService, KeyType, KubernetesEdge, KubernetesTarget, LetsEncrypt, LoadBalancer, LocalCertificates, Secret, TsigAlgorithm,
  type CertificateIssuer, type KubernetesTargetProps,
} from '../../../src';

const HOST = 'shop.acme.example';

function certified(issuer: (chart: Chart) => CertificateIssuer, host = HOST, props: KubernetesTargetProps = {}, external: string[] = []): Manifests {
  return new Manifests((chart) => {
    const web = new HAWebService(chart, 'web', { image: 'shop:1', port: 8080 });
    new LoadBalancer(chart, 'edge', { certificates: issuer(chart) }).addRoute(host, web);
  }, props, { namespace: 'shop' }, external);
}

const email = 'ops@acme.example';

test('Let\'s Encrypt proves control through the Gateway, and its solver can be reached', () => {
  const manifests = certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email }));
  expect(manifests.get('Issuer').spec).toEqual({
    acme: {
      email,
      privateKeySecretRef: { name: 'letsencrypt-account-key' },
      server: 'https://acme-v02.api.letsencrypt.org/directory',
      solvers: [{
        http01: {
          gatewayHTTPRoute: { parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge', sectionName: 'http' }], serviceType: 'ClusterIP' },
        },
      }],
    },
  });
  expect(manifests.get('NetworkPolicy', 'letsencrypt-http01-solver').spec).toEqual({
    ingress: [{
      from: [{
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'envoy-gateway-system' } },
        podSelector: { matchLabels: { 'gateway.envoyproxy.io/owning-gateway-name': 'edge', 'gateway.envoyproxy.io/owning-gateway-namespace': 'shop' } },
      }],
      ports: [{ port: 8089, protocol: 'TCP' }],
    }],
    podSelector: SOLVERS('988808857'),
    policyTypes: ['Egress', 'Ingress'],
  });
});

test('its staging directory is asked by choice, and browsers are not told to insist on such certificates', () => {
  const manifests = certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email, staging: true }));
  expect(manifests.get('Issuer').spec.acme.server).toBe('https://acme-staging-v02.api.letsencrypt.org/directory');
  expect(manifests.files[0].text).not.toContain('Strict-Transport-Security');
  expect(certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email })).files[0].text).toContain('Strict-Transport-Security');
});

test('staging has another Issuer, since cert-manager asks anew only where a certificate names another one', () => {
  const issuers = [
    (chart: Chart) => new LetsEncrypt(chart, 'letsencrypt', { email }),
    (chart: Chart) => new LetsEncrypt(chart, 'letsencrypt', { email, staging: true }),
    (chart: Chart) => new AcmeIssuer(chart, 'letsencrypt', { email, directory: 'https://acme.example/directory' }),
    (chart: Chart) => new LocalCertificates(chart, 'letsencrypt'),
  ].map((issuer) => {
    const manifests = certified(issuer);
    const { name } = manifests.get('Certificate', HOST.replaceAll('.', '-')).spec.issuerRef;
    const { spec } = manifests.get('Issuer', name);
    return [name, spec.acme?.privateKeySecretRef.name];
  });
  expect(issuers).toEqual([
    ['letsencrypt', 'letsencrypt-account-key'],
    ['letsencrypt-staging', 'letsencrypt-staging-account-key'],
    ['letsencrypt', 'letsencrypt-account-key'],
    ['letsencrypt', undefined],
  ]);
});

/** Those of some hosts: cert-manager labels each with the Adler-32 of its host. */
const SOLVERS = (...values: string[]) => ({
  matchExpressions: [{ key: 'acme.cert-manager.io/http-domain', operator: 'In', values }], matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' },
});

test.each<[string, KubernetesEdge]>([
  ['Gateway', KubernetesEdge.gateway({ className: 'cilium' })], ['Ingress', KubernetesEdge.ingress({ className: 'cilium' })],
])('the solver can be reached through a %s of Cilium, which no NetworkPolicy names', (_, edge) => {
  expect(certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email }), HOST, { edge }).get('CiliumNetworkPolicy', 'letsencrypt-http01-solver').spec).toEqual({
    endpointSelector: SOLVERS('988808857'),
    ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: [{ port: '8089', protocol: 'TCP' }] }] }],
  });
});

test('its policy leaves solvers alone that are for hosts of somebody else in the namespace, and those of another issuer', () => {
  const manifests = new Manifests((chart) => {
    const web = new HAWebService(chart, 'web', { image: 'shop:1', port: 8080 });
    const edge = new LoadBalancer(chart, 'edge', { certificates: new LetsEncrypt(chart, 'letsencrypt', { email }) });
    edge.addRoute('shop.acme.example', web);
    edge.addRedirect('www.shop.acme.example', 'shop.acme.example');
    new LoadBalancer(chart, 'other', { certificates: new LetsEncrypt(chart, 'staging', { email, staging: true }) }).addRoute('b.acme.example', web);
  }, {}, { namespace: 'shop' });
  const selected = (issuer: string) => manifests.get('NetworkPolicy', `${issuer}-http01-solver`).spec.podSelector;
  expect(selected('letsencrypt')).toEqual(SOLVERS('1511262252', '988808857'));
  expect(selected('staging')).toEqual(SOLVERS('629474625'));
});

test('a certificate for each host is renewed after two thirds of its life, with a new key', () => {
  expect(certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email })).get('Certificate').spec).toEqual({
    dnsNames: ['shop.acme.example'],
    issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'letsencrypt' },
    privateKey: { algorithm: 'ECDSA', encoding: 'PKCS1', rotationPolicy: 'Always', size: 256 },
    renewBeforePercentage: 33,
    revisionHistoryLimit: 1,
    secretName: 'shop-acme-example-tls',
  });
});

test('any directory: its own root, a profile, another kind of key', () => {
  const caRootFile = join(mkdtempSync(join(tmpdir(), 'cdk8s-ha-')), 'root.pem');
  writeFileSync(caRootFile, '-----BEGIN CERTIFICATE-----\n');
  const manifests = certified((chart) => new AcmeIssuer(chart, 'acme', {
    email, directory: 'https://pebble.acme.example/dir', caRootFile, profile: 'shortlived', keyType: KeyType.RSA_2048,
  }));
  expect(manifests.get('Issuer').spec.acme).toMatchObject({
    caBundle: Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64'), profile: 'shortlived', server: 'https://pebble.acme.example/dir',
  });
  expect(manifests.get('Certificate').spec.privateKey).toMatchObject({ algorithm: 'RSA', size: 2048 });
  expect(manifests.get('HTTPRoute', 'shop-acme-example').spec.rules[0].filters).toBeUndefined();
});

test.each([
  ['Cloudflare', (chart: Chart) => Dns01.cloudflare(new Secret(chart, 'token')), { cloudflare: { apiTokenSecretRef: { key: 'value', name: 'token' } } }],
  ['Route 53', () => Dns01.route53('eu-central-1'), { route53: { region: 'eu-central-1' } }],
  [
    'Route 53 and a key',
    (chart: Chart) => Dns01.route53('eu-central-1', { accessKeyId: new Secret(chart, 'id'), secretAccessKey: new Secret(chart, 'key') }),
    {
      route53: {
        region: 'eu-central-1', accessKeyIDSecretRef: { key: 'value', name: 'id' }, secretAccessKeySecretRef: { key: 'value', name: 'key' },
      },
    },
  ],
  ['Google Cloud DNS', () => Dns01.cloudDns({ project: 'acme' }), { cloudDNS: { project: 'acme' } }],
  [
    'Google Cloud DNS and a key',
    (chart: Chart) => Dns01.cloudDns({ project: 'acme', serviceAccountKey: new Secret(chart, 'sa', { key: 'key.json' }) }),
    { cloudDNS: { project: 'acme', serviceAccountSecretRef: { key: 'key.json', name: 'sa' } } },
  ],
  [
    'Azure DNS and a managed identity', () => Dns01.azureDns({ subscriptionId: 's', resourceGroup: 'dns', clientId: 'c' }),
    { azureDNS: { subscriptionID: 's', resourceGroupName: 'dns', managedIdentity: { clientID: 'c' } } },
  ],
  [
    'Azure DNS and a service principal',
    (chart: Chart) => Dns01.azureDns({
      subscriptionId: 's', resourceGroup: 'dns', zone: 'acme.example', tenantId: 't', clientId: 'c', clientSecret: new Secret(chart, 'azure'),
    }),
    {
      azureDNS: {
        subscriptionID: 's', resourceGroupName: 'dns', hostedZoneName: 'acme.example', tenantID: 't', clientID: 'c', clientSecretSecretRef: { key: 'value', name: 'azure' },
      },
    },
  ],
  [
    'dynamic updates',
    (chart: Chart) => Dns01.rfc2136({ nameserver: '192.0.2.53:53', keyName: 'acme', key: new Secret(chart, 'tsig'), algorithm: TsigAlgorithm.HMAC_SHA512 }),
    { rfc2136: { nameserver: '192.0.2.53:53', tsigKeyName: 'acme', tsigAlgorithm: 'HMACSHA512', tsigSecretSecretRef: { key: 'value', name: 'tsig' } } },
  ],
  [
    'a webhook', () => Dns01.webhook({ groupName: 'acme.example', solverName: 'hetzner', config: { secretName: 'hetzner', zoneName: 'acme.example' } }),
    { webhook: { groupName: 'acme.example', solverName: 'hetzner', config: { secretName: 'hetzner', zoneName: 'acme.example' } } },
  ],
])('wildcards are proven by DNS with %s, and no solver runs', (_, dns01, expected) => {
  const manifests = certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email, dns01: dns01(chart) }), '*.acme.example');
  expect(manifests.get('Issuer').spec.acme.solvers).toEqual([{ dns01: expected }]);
  expect(manifests.get('Certificate').spec).toMatchObject({ dnsNames: ['*.acme.example'], secretName: 'wildcard-acme-example-tls' });
  expect(manifests.names()).not.toContain('NetworkPolicy/letsencrypt-http01-solver');
});

test('a ClusterIssuer that exists already issues instead of one of ours; its solver is let in', () => {
  const manifests = certified((chart) => new LetsEncrypt(chart, 'letsencrypt', { email, clusterIssuer: 'letsencrypt-prod' }), HOST, {}, ['ClusterIssuer/*']);
  expect(manifests.get('Certificate').spec.issuerRef).toEqual({ group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt-prod' });
  expect(manifests.names()).not.toContain('Issuer/letsencrypt');
  expect(manifests.names()).toContain('NetworkPolicy/letsencrypt-http01-solver');
});

describe('an older cert-manager', () => {
  const issuer = (chart: Chart) => new LetsEncrypt(chart, 'letsencrypt', { email, profile: 'tlsserver' });

  test('is not told what it does not know', () => {
    const manifests = certified(issuer, HOST, { certManagerVersion: '1.15' });
    expect(manifests.get('Certificate').spec.renewBeforePercentage).toBeUndefined();
    expect(manifests.get('Issuer').spec.acme.profile).toBeUndefined();
    expect(certified(issuer).get('Certificate').spec.renewBeforePercentage).toBe(33);
  });

  test('has no profiles, which is said; a ClusterIssuer has its own', () => {
    const said = (props: any, target: any) => findings((chart) => new LetsEncrypt(chart, 'letsencrypt', { email, ...props }), target);
    expect(said({ profile: 'tlsserver' }, { certManagerVersion: '1.17' })).toEqual(["warning acme-profile: 'letsencrypt' does not ask for profile 'tlsserver' on Kubernetes,"
      + ' as cert-manager 1.17 has no field for it: use 1.18 or newer, and give its version by certManagerVersion [shop/letsencrypt]']);
    expect(said({ profile: 'tlsserver', clusterIssuer: 'le' }, {})).toEqual(["warning acme-profile: 'letsencrypt' does not ask for profile 'tlsserver' on Kubernetes:"
      + " that is for ClusterIssuer 'le' to say; leave it out, or clusterIssuer [shop/letsencrypt]"]);
    expect(said({ profile: 'tlsserver' }, {})).toEqual([]);
  });

  test.each(['1.11', '0.16', 'latest'])('%s is refused', (version) => {
    expect(() => new KubernetesTarget({ certManagerVersion: version }))
      .toThrow(`KubernetesTarget cannot write for cert-manager '${version}': give certManagerVersion as 1.12 or newer, such as '1.18'`);
  });
});

test('a local authority signs with a root that signs itself', () => {
  const manifests = certified((chart) => new LocalCertificates(chart, 'local'));
  expect(manifests.get('Issuer', 'local-self-signed').spec).toEqual({ selfSigned: {} });
  expect(manifests.get('Certificate', 'local-root').spec).toMatchObject({ isCA: true, issuerRef: { name: 'local-self-signed' }, secretName: 'local-root' });
  expect(manifests.get('Issuer', 'local').spec).toEqual({ ca: { secretName: 'local-root' } });
  expect(manifests.get('Certificate', 'shop-acme-example').spec.issuerRef.name).toBe('local');
});

test('an issuer that nobody uses isolates no pod', () => {
  expect(new Manifests((chart) => new LetsEncrypt(chart, 'letsencrypt', { email })).names()).toEqual(['Issuer/letsencrypt']);
});
