import { Chart } from 'cdk8s';
import {
  App, CertificateFiles, ComposeTarget, Egress, ExternalService, HAWebService, IsolatedNetwork, LoadBalancer, Port, Secret, StatefulService,
  SwarmTarget, Volume, Worker,
} from '../../../src';

/**
 * Everything that decides who reaches whom, in one application: groups that overlap, one that membership does not open,
 * links without a common network, copies with and without a network, every way out, published ports, a load balancer.
 */
export function fourNetworks(): App {
  const app = new App({ targets: [new ComposeTarget(), new SwarmTarget()] });
  const chart = new Chart(app, 'networks');
  const image = 'ghcr.io/acme/any:1.0.0';

  const front = new IsolatedNetwork(chart, 'front');
  const back = new IsolatedNetwork(chart, 'back', { subnet: '10.77.40.0/24' });
  const data = new IsolatedNetwork(chart, 'data', { connectedOnly: true });
  const outward = new IsolatedNetwork(chart, 'outward', { egress: [Egress.internet()] });

  const web = new HAWebService(chart, 'web', { image, port: 8080, networks: [front] });
  const api = new HAWebService(chart, 'api', { image, port: 8081, networks: [front, back, data] });
  const search = new HAWebService(chart, 'search', {
    image, port: 9200, additionalPorts: [Port.tcp('cluster', 9300), Port.udp('discovery', 5300)], networks: [back],
  });
  const db = new StatefulService(chart, 'db', { image, port: 5432, replicas: 2, networks: [data], volumes: [Volume.scratch('/data')] });
  const queue = new StatefulService(chart, 'queue', { image, port: 5672, replicas: 2, volumes: [Volume.scratch('/data')] });
  const resolver = new HAWebService(chart, 'resolver', { image, port: 8053, additionalPorts: [Port.udp('dns', 53)] });
  new StatefulService(chart, 'raft', { image, port: 7000, replicas: 2, volumes: [Volume.scratch('/data')] });
  new Worker(chart, 'crawler', { image, networks: [outward] });
  new Worker(chart, 'fetcher', { image, networks: [outward] });
  const exporter = new Worker(chart, 'exporter', { image, egress: [Egress.toRanges(['198.51.100.0/28'], [443])] });
  const reporter = new Worker(chart, 'reporter', { image, networks: [back] });
  new Worker(chart, 'loner', { image });
  new StatefulService(chart, 'game', { image, port: 27015, publishedPorts: [{ port: 27015, hostPort: 28015 }], volumes: [Volume.scratch('/data')] });

  api.connectTo(db);
  reporter.connectTo(db);
  web.connectTo(resolver, { ports: [53] });
  exporter.connectTo(queue);
  search.connectTo(queue);
  reporter.connectTo(new ExternalService(chart, 'warehouse', { hostname: 'warehouse.acme.example', port: 5439, ranges: ['198.51.100.0/28'] }));

  const edge = new LoadBalancer(chart, 'edge', {
    certificates: new CertificateFiles(chart, 'files', { certificate: new Secret(chart, 'certificate'), privateKey: new Secret(chart, 'private-key') }),
  });
  edge.addRoute('shop.test', web);
  edge.addRoute('api.test', api);
  return app;
}
