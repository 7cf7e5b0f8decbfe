import { Chart } from 'cdk8s';
import { App, ComposeTarget, HAWebService, HealthCheck, KubernetesTarget, LoadBalancer, SwarmTarget } from 'cdk8s-ha';
import { NomadTarget } from './nomad-target';
import { PoundBackend } from './pound-backend';

const app = new App({ targets: [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget(), new NomadTarget()] });
const site = new Chart(app, 'site');

const web = new HAWebService(site, 'web', { image: 'nginx:1.27.3', port: 8080, healthCheck: HealthCheck.http('/') });
new LoadBalancer(site, 'edge', { backend: new PoundBackend() }).addRoute('site.example', web);

app.synth();
