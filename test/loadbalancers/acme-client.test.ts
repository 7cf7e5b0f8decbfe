import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBalancer, NAMED, type ShortLoadBalancer } from './models';
import { pause } from './running-caddy';
import { acmeClients } from '../../src/loadbalancers/acme-client';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import { localAuthorities } from '../../src/loadbalancers/local-authority';
import { IssuerKind, KeyType, type Dns01Model } from '../../src/model/certificate';

/*
 * Containers beside a load balancer that does not ask for certificates by itself.
 */

const secret = (name: string) => ({ path: `shop/${name}`, chart: 'shop', name, file: `/run/secrets/${name}`, secretName: name, key: 'value' });
const PLACE = { folder: '/data', served: '/data/served', user: 99 };
const clients = (short: ShortLoadBalancer) => acmeClients(loadBalancer(short), PLACE);

test('each directory has a client, with all that the issuer says', () => {
  const [client, ...others] = clients({
    issuers: {
      company: { directory: 'https://ca.example/dir', email: 'ops@acme.example', caRoot: 'PEM', keyType: KeyType.RSA_2048, profile: 'shortlived' },
      own: { kind: IssuerKind.FILES },
    },
    hosts: { 'a.example': 'company', 'b.example': 'company', 'c.example': 'own' },
  });
  expect(others).toEqual([]);
  expect(client).toMatchObject({ name: 'acme-company', user: 99, egress: true, secrets: [] });
  expect(client.command.slice(3)).toEqual(['sh', 'a.example', 'b.example']);
  expect(client.environment).toEqual({
    ACCOUNT: '/data/company-1242d0bc',
    SERVED: '/data/served',
    CA_ROOT: 'PEM',
    CHALLENGE: '--http --http.port :8888',
    KEY_TYPE: 'rsa2048',
    LEGO_EMAIL: 'ops@acme.example',
    LEGO_SERVER: 'https://ca.example/dir',
    PROFILE: 'shortlived',
  });
});

test('another directory has a folder of its own: what staging has issued is not due for weeks, and would stay', () => {
  const folderOf = (directory?: string) => clients({ issuers: { a: { directory } }, hosts: { 'a.example': 'a' } })[0].environment!.ACCOUNT;
  const [staging, production] = ['https://staging.ca.example/dir', 'https://ca.example/dir'].map(folderOf);
  expect(staging).toMatch(/^\/data\/a-[0-9a-f]{8}$/);
  expect(production).not.toBe(staging);
  expect(folderOf('https://ca.example/dir')).toBe(production);
});

test('proof by DNS takes credentials from secrets, which it alone has', () => {
  const [client] = clients({ issuers: { wild: { cloudflare: 'token' } }, hosts: { '*.acme.example': 'wild' } });
  expect(client.environment).toMatchObject({ CHALLENGE: '--dns cloudflare', CREDENTIALS: 'CF_DNS_API_TOKEN=/run/secrets/token' });
  expect(client.secrets!.map(({ name }) => name)).toEqual(['token']);
});

test('a DNS provider that lego is not told about fails', () => {
  const model = loadBalancer({ issuers: { wild: { cloudflare: 'token' } }, hosts: { '*.acme.example': 'wild' } });
  const hosts = model.hosts.map((host) => ({ ...host, issuer: { ...host.issuer!, dns01: { ...host.issuer!.dns01!, provider: 'other' } } }));
  expect(() => acmeClients({ ...model, hosts }, PLACE)).toThrow("'edge' cannot tell lego 'apiToken' of the DNS provider 'other', as it knows cloudflare, route53, clouddns, azuredns and rfc2136"
    + " only: use one of them, or 'backend: LoadBalancerBackend.caddy({ image: '…' })' with its module [shop/edge]");
});

test('a local issuer has an authority, which nobody reaches and which needs no way out', () => {
  const [authority] = localAuthorities(loadBalancer({ issuers: { laptop: { kind: IssuerKind.LOCAL } }, hosts: { 'a.example': 'laptop' } }), PLACE);
  expect(authority).toMatchObject({ name: 'local-laptop', user: 99 });
  expect(authority.egress).toBeUndefined();
  expect(authority.environment!.CADDYFILE).toContain('\tbind 127.0.0.1\n');
});

test('both run other images where those are named', () => {
  const model = loadBalancer({
    issuers: { laptop: { kind: IssuerKind.LOCAL }, letsencrypt: {} }, hosts: { 'a.example': 'laptop', 'b.example': 'letsencrypt' },
  });
  const images = { acmeClientImage: 'registry.acme.example/lego:v4.35.2', localAuthorityImage: 'registry.acme.example/caddy:2.11.4' };
  for (const backend of [LoadBalancerBackend.haproxy(images), LoadBalancerBackend.nginx(images)]) {
    expect(backend.lower(model, NAMED).sidecars!.map(({ name, image }) => [name, image])).toEqual([
      ['acme-letsencrypt', images.acmeClientImage], ['local-laptop', images.localAuthorityImage],
    ]);
  }
});

test('the script asks once, then renews, and hands over chain and key of a wildcard too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'acme-client-'));
  const [client] = acmeClients(
    loadBalancer({ issuers: { a: { directory: 'https://ca.example/dir' } }, hosts: { '*.acme.example': 'a', 'shop.acme.example': 'a' } }),
    { folder, served: join(folder, 'served'), user: 99 });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // Writes what it was asked, and a certificate as lego names it; an hour passes in no time.
  writeFileSync(join(bin, 'lego'), `#!/bin/sh
echo "$@" >>${folder}/asked
mkdir -p "$3/certificates"
while [ "$1" != --domains ]; do shift; done
echo "certificate of $2 by $3" >"${client.environment!.ACCOUNT}/certificates/$(echo "$2" | tr '*' _).pem"
`, { mode: 0o755 });
  writeFileSync(join(bin, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
  const [command, ...args] = client.command;
  const process_ = spawn(command, args, { env: { ...client.environment, PATH: `${bin}:${process.env.PATH}` }, stdio: 'ignore' });
  try {
    const served = (name: string) => existsSync(join(folder, 'served', name)) ? readFileSync(join(folder, 'served', name), 'utf8') : '';
    for (let attempt = 0; attempt < 100 && !served('shop.acme.example.pem').includes('renew'); attempt++) await pause(50);
    expect([served('_.acme.example.pem'), served('shop.acme.example.pem')])
      .toEqual(['certificate of *.acme.example by renew\n', 'certificate of shop.acme.example by renew\n']);
    expect(readFileSync(join(folder, 'asked'), 'utf8').split('\n').slice(0, 3)).toEqual([
      `--accept-tos --path ${client.environment!.ACCOUNT} --key-type ec256 --pem --http --http.port :8888 --domains *.acme.example run`,
      `--accept-tos --path ${client.environment!.ACCOUNT} --key-type ec256 --pem --http --http.port :8888 --domains shop.acme.example run`,
      `--accept-tos --path ${client.environment!.ACCOUNT} --key-type ec256 --pem --http --http.port :8888 --domains *.acme.example renew --dynamic --no-random-sleep`,
    ]);
  } finally {
    process_.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each<[string, Dns01Model, any]>([
  ['Google Cloud DNS', { provider: 'clouddns', settings: { project: 'acme' }, credentials: { serviceAccountKey: secret('sa') } },
    { CHALLENGE: '--dns gcloud', GCE_PROJECT: 'acme', CREDENTIALS: 'GCE_SERVICE_ACCOUNT=/run/secrets/sa' }],
  ['Azure DNS', {
    provider: 'azuredns', settings: { subscriptionId: 's', resourceGroup: 'dns', zone: 'acme.example', tenantId: 't', clientId: 'c' }, credentials: { clientSecret: secret('azure') },
  }, {
    CHALLENGE: '--dns azuredns',
    AZURE_SUBSCRIPTION_ID: 's',
    AZURE_RESOURCE_GROUP: 'dns',
    AZURE_ZONE_NAME: 'acme.example',
    AZURE_TENANT_ID: 't',
    AZURE_CLIENT_ID: 'c',
    CREDENTIALS: 'AZURE_CLIENT_SECRET=/run/secrets/azure',
  }],
  ['dynamic updates', { provider: 'rfc2136', settings: { nameserver: '192.0.2.53:53', keyName: 'acme', algorithm: 'hmac-sha256' }, credentials: { key: secret('tsig') } },
    { CHALLENGE: '--dns rfc2136', RFC2136_NAMESERVER: '192.0.2.53:53', RFC2136_TSIG_KEY: 'acme', RFC2136_TSIG_ALGORITHM: 'hmac-sha256.', CREDENTIALS: 'RFC2136_TSIG_SECRET=/run/secrets/tsig' }],
])('proof by %s', (_, dns01, environment) => {
  const model = loadBalancer({ issuers: { wild: { cloudflare: 'token' } }, hosts: { '*.acme.example': 'wild' } });
  const hosts = model.hosts.map((host) => ({ ...host, issuer: { ...host.issuer!, dns01 } }));
  expect(acmeClients({ ...model, hosts }, PLACE)[0].environment).toMatchObject(environment);
});
