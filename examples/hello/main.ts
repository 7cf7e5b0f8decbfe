import { Chart } from 'cdk8s';
import { App, HAWebService, HealthCheck, LocalCertificates } from 'cdk8s-ha';

const app = new App();
const hello = new Chart(app, 'hello');

new HAWebService(hello, 'web', {
  image: 'ghcr.io/acme/hello:1.0.0',
  port: 8080,
  healthCheck: HealthCheck.http('/healthz'),
  domainName: 'hello.localhost',
  certificates: new LocalCertificates(hello, 'certificates'),
});

app.synth();
