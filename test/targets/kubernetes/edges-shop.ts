import { Chart, Duration } from 'cdk8s';
import { HAWebService, HealthCheck, IsolatedNetwork, LetsEncrypt, LoadBalancer, Port, Protocol, StatefulService } from '../../../src';

/** One application for all edges: a shop, its interface over gRPC, a redirect for plain HTTP, certificates by Let's Encrypt. */
export function shop(chart: Chart): LoadBalancer {
  const backend = new IsolatedNetwork(chart, 'backend');
  const db = new StatefulService(chart, 'db', {
    image: 'postgres:17.2', port: 5432, networks: [backend], healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1']),
  });
  const web = new HAWebService(chart, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2',
    port: 8080,
    replicas: 3,
    networks: [backend],
    healthCheck: HealthCheck.http('/healthz'),
    additionalPorts: [Port.http('admin', 8081)],
  });
  web.connectTo(db);
  const prices = new HAWebService(chart, 'prices', {
    image: 'ghcr.io/acme/prices:2.0.1', port: 9000, protocol: Protocol.GRPC, healthCheck: HealthCheck.grpc(),
  });
  const edge = new LoadBalancer(chart, 'edge', { certificates: new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' }) });
  edge.addRoute('shop.acme.example', web);
  edge.addRoute('shop.acme.example', web, { path: '/export', requestTimeout: Duration.minutes(5) });
  edge.addRoute('prices.acme.example', prices);
  return edge;
}
