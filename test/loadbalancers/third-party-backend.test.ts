import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { backendContract } from './contract';
import { PlainNginx } from './third-party-backend';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesEdge, KubernetesTarget, LoadBalancer, LocalCertificates, SwarmTarget, type Target,
} from '../../src';

backendContract(new PlainNginx(), [
  { reason: 'it knows no certificates', tests: ['has one port for HTTP, and then one for HTTPS if somebody issues certificates'] },
]);

test('a back end of a third party is one short file', () => {
  expect(readFileSync(join(__dirname, 'third-party-backend.ts'), 'utf8').split('\n').length).toBeLessThan(60);
});

/** Findings of a load balancer with a certificate, behind a back end that has no port for HTTPS. */
function findingsOf(target: Target): string[] {
  const app = new App({ targets: [target] });
  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const web = new HAWebService(shop, 'web', { image: 'nginx:1.27.3', port: 8080, healthCheck: HealthCheck.http('/', { livePath: '/' }) });
  new LoadBalancer(shop, 'edge', { backend: new PlainNginx(), certificates: new LocalCertificates(shop, 'local') }).addRoute('shop.localhost', web);
  return app.findings().filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

test.each([
  new ComposeTarget(), new SwarmTarget(), new KubernetesTarget({ edge: KubernetesEdge.ownProxies() }),
])('certificates behind a back end without a port for HTTPS are an error on $name', (target) => {
  expect(findingsOf(target)).toEqual([
    "edge cannot serve 'shop.localhost' over TLS with the back end 'plain-nginx', which has no port for HTTPS: take LoadBalancerBackend.caddy(), which has,"
    + " or leave 'certificates' out [shop/edge]",
  ]);
});

test('certificates behind a back end without a port for HTTPS are none where a Gateway serves them', () => {
  expect(findingsOf(new KubernetesTarget())).toEqual([]);
});
