import { loadBalancer, NAMED } from './models';
import { LoadBalancerBackend } from '../../src/loadbalancers/load-balancer-backend';
import type { Dns01Model } from '../../src/model/certificate';
import type { LoweredLoadBalancer } from '../../src/model/load-balancer-backend';

const secret = (name: string) => ({ path: `shop/${name}`, chart: 'shop', name, file: `/run/secrets/${name}`, secretName: name, key: 'value' });

function lowered(dns01: Dns01Model, image = 'ghcr.io/acme/caddy:1'): LoweredLoadBalancer {
  const model = loadBalancer({ issuers: { wild: { cloudflare: 'token' } }, hosts: { '*.acme.example': 'wild' } });
  const hosts = model.hosts.map((host) => ({ ...host, issuer: { ...host.issuer!, dns01 } }));
  return LoadBalancerBackend.caddy({ image }).lower({ ...model, hosts }, NAMED);
}

function dnsOf(dns01: Dns01Model, image?: string): string[] {
  return /\bdns [^]*?\}/.exec(lowered(dns01, image).configuration.Caddyfile)![0].split('\n').map((line) => line.trim());
}

test.each<[string, Dns01Model, string[]]>([
  ['Google Cloud DNS', { provider: 'clouddns', settings: { project: 'acme' }, credentials: { serviceAccountKey: secret('sa') } },
    ['dns googleclouddns {', 'gcp_project acme', 'gcp_application_default /run/secrets/sa', '}']],
  ['Azure DNS', { provider: 'azuredns', settings: { subscriptionId: 's', resourceGroup: 'dns', zone: 'acme.example' }, credentials: {} },
    ['dns azure {', 'subscription_id s', 'resource_group_name dns', '}']],
])('a module whose words are not ours: %s', (_, dns01, lines) => {
  expect(dnsOf(dns01)).toEqual(lines);
});

test('a zone of Azure, which its module has no word for, is said', () => {
  const said = (settings: Dns01Model['settings']) =>
    lowered({ provider: 'azuredns', settings: { subscriptionId: 's', resourceGroup: 'dns', ...settings }, credentials: {} }).limitations;
  expect(said({})).toEqual([]);
  expect(said({ zone: 'acme.example' })).toEqual(["does not tell Caddy the zone 'acme.example' of Dns01.azureDns, as Caddy's module finds it by the host and has no word for it:"
    + ' leave it out, or use LoadBalancerBackend.haproxy(), nginx() or traefik()']);
});

test('dynamic updates take the key from its file', () => {
  const lines = dnsOf({ provider: 'rfc2136', settings: { nameserver: '192.0.2.53:53', keyName: 'acme', algorithm: 'hmac-sha256' }, credentials: { key: secret('tsig') } });
  expect(lines.slice(0, 4)).toEqual(['dns rfc2136 {', 'key_name acme', 'key_alg hmac-sha256', 'key {file./run/secrets/tsig}']);
});

test('a webhook of cert-manager is refused, whatever the image', () => {
  const webhook: Dns01Model = { provider: 'webhook', settings: { groupName: 'acme.example', solverName: 'hetzner' }, credentials: {} };
  const message = "'edge' cannot prove control by Dns01.webhook, which is cert-manager's on Kubernetes: use another factory of Dns01 here [shop/edge]";
  expect(() => dnsOf(webhook)).toThrow(message);
  expect(() => dnsOf(webhook, 'caddy:2.11.4')).toThrow(message);
});
