const { Chart } = require('cdk8s');
const { App, HAWebService, HealthCheck, LocalCertificates } = require('cdk8s-ha');

const app = new App();
const site = new Chart(app, 'site');

new HAWebService(site, 'web', {
  image: 'nginx:1.27.3',
  port: 8080,
  healthCheck: HealthCheck.http('/'),
  domainName: 'site.example',
  certificates: new LocalCertificates(site, 'certificates'),
});

app.synth();
