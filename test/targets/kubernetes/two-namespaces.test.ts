import { join } from 'node:path';
import { Chart, type ChartProps } from 'cdk8s';
import {
  App, CertificateFiles, Dns01, HAWebService, HealthCheck, KubernetesTarget, LetsEncrypt, LoadBalancer, Secret, Security, StatefulService, Worker,
} from '../../../src';
import { expectGoldens } from '../../support/goldens';
import { validateManifests } from '../../support/kubernetes-schemas';
import { expectNoProblems } from '../../support/problem';

/*
 * What crosses namespaces by leave alone: monitoring comes from a third one, and a certificate is shown that another has.
 * One file for both charts, since each half is right only with the other.
 */

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const healthCheck = HealthCheck.http('/healthz');

function platform(app: App, props: ChartProps): void {
  const chart = new Chart(app, 'platform', props);
  const home = new HAWebService(chart, 'home', { image: IMAGE, port: 8080, healthCheck });
  const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example', dns01: Dns01.cloudflare(new Secret(chart, 'dns-token')) });
  new LoadBalancer(chart, 'edge', { certificates }).addRoute('*.acme.example', home);
}

function shop(app: App, props: ChartProps): void {
  const chart = new Chart(app, 'shop', props);
  const db = new StatefulService(chart, 'db', {
    image: 'postgres:17.2', port: 5432, metricsPort: 9187, security: Security.startsAsRoot(), healthCheck: HealthCheck.command(['pg_isready']),
  });
  const web = new HAWebService(chart, 'web', { image: IMAGE, port: 8080, replicas: 3, metricsPort: 8080, healthCheck });
  web.connectTo(db);
  new Worker(chart, 'mailer', { image: IMAGE, metricsPort: 9090 }).connectTo(db);
  const certificates = new CertificateFiles(chart, 'wildcard-acme-example-tls', {
    namespace: 'platform', certificate: new Secret(chart, 'certificate'), privateKey: new Secret(chart, 'private-key'),
  });
  new LoadBalancer(chart, 'edge', { certificates }).addRoute('shop.acme.example', web);
}

test('two charts in namespaces of their own', () => {
  const app = new App({ report: false, targets: [new KubernetesTarget({ createNamespace: true, resourceRecommendations: true })] });
  platform(app, { namespace: 'platform' });
  shop(app, { namespace: 'shop' });
  const text = app.render().map((file) => file.text).join('');
  expectGoldens(join(__dirname, 'goldens', 'two-namespaces'), [{ path: 'all.yaml', text }]);
  expectNoProblems(validateManifests(text, '1.33'));
});
