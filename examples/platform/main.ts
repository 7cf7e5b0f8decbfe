import { Chart, Duration, Size } from 'cdk8s';
import {
  App, ComposeTarget, Cpu, Egress, ExternalService, HAWebService, HealthCheck, IsolatedNetwork, KubernetesTarget, LetsEncrypt, LoadBalancer,
  LoadBalancing, Placement, Port, Protocol, RouteAccess, Secret, StatefulService, SwarmTarget, Volume, Worker,
} from 'cdk8s-ha';

// On one host each connection is a network of its own: more than Docker's own address pools hold beside anything else.
const app = new App({
  targets: [new KubernetesTarget(), new ComposeTarget({ addressPool: '10.128.0.0/10' }), new SwarmTarget()],
});
const platform = new Chart(app, 'platform');
const version = '3.2.0';
const image = (name: string, tag = version) => `ghcr.io/acme/${name}:${tag}`;

// --- who may meet whom: membership opens nothing here, each connection is declared
const services = new IsolatedNetwork(platform, 'services', { connectedOnly: true });

const ordersPassword = new Secret(platform, 'orders-password');
const brokerPassword = new Secret(platform, 'broker-password');
const paymentKey = new Secret(platform, 'payment-key');

// --- what lies outside
const ordersDb = new ExternalService(platform, 'orders-db', {
  hostname: 'orders.cluster-cq1.eu-central-1.rds.amazonaws.com',
  port: 5432,
  ranges: ['198.51.100.0/28'],
});

// --- data
const broker = new StatefulService(platform, 'broker', {
  image: 'rabbitmq:4.0.5-management',
  port: 5672,
  additionalPorts: [Port.http('management', 15672)],
  networks: [services],
  secrets: [brokerPassword],
  volumes: [Volume.persistent('/var/lib/rabbitmq', { size: Size.gibibytes(20) })],
  resources: { cpu: Cpu.millis(500), memory: Size.gibibytes(2) },
  healthCheck: HealthCheck.command(['rabbitmq-diagnostics', '-q', 'check_running'], {
    interval: Duration.seconds(15), timeout: Duration.seconds(10), startPeriod: Duration.seconds(120),
  }),
  placement: Placement.onNodesWithLabels({ broker: 'true' }),
});

const cache = new StatefulService(platform, 'cache', {
  image: 'valkey/valkey:8.0.2',
  port: 6379,
  networks: [services],
  args: ['--save', '', '--maxmemory', '512mb', '--maxmemory-policy', 'allkeys-lru'],
  volumes: [Volume.scratch('/data', { size: Size.mebibytes(64) })],
  resources: { memory: Size.mebibytes(640) },
  healthCheck: HealthCheck.command(['valkey-cli', 'ping']),
});

// --- services that only other services call, over gRPC
const grpc = (id: string) => new HAWebService(platform, id, {
  image: image(id),
  port: 9090,
  protocol: Protocol.GRPC,
  networks: [services],
  healthCheck: HealthCheck.grpc(),
});
const catalog = grpc('catalog');
const pricing = grpc('pricing');
const stock = grpc('stock');

const orders = new HAWebService(platform, 'orders', {
  image: image('orders'),
  port: 9090,
  protocol: Protocol.GRPC,
  replicas: 3,
  networks: [services],
  environment: { DATABASE_HOST: ordersDb.hostname, DATABASE_PASSWORD_FILE: ordersPassword.path, BROKER: broker.address },
  secrets: [ordersPassword, brokerPassword],
  healthCheck: HealthCheck.grpc(),
});

const payments = new HAWebService(platform, 'payments', {
  image: image('payments'),
  port: 9090,
  protocol: Protocol.GRPC,
  networks: [services],
  environment: { PAYMENT_KEY_FILE: paymentKey.path },
  secrets: [paymentKey],
  egress: [Egress.toHosts(['api.payments.example'])],
  healthCheck: HealthCheck.grpc(),
});

// --- what visitors reach
const storefront = new HAWebService(platform, 'storefront', {
  image: image('storefront'),
  port: 8080,
  minReplicas: 3,
  maxReplicas: 12,
  networks: [services],
  resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(384) },
  healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }),
});

const canary = new HAWebService(platform, 'storefront-canary', {
  image: image('storefront', '3.3.0-rc.1'),
  port: 8080,
  networks: [services],
  healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }),
});

const api = new HAWebService(platform, 'api', {
  image: image('api'),
  port: 8080,
  replicas: 3,
  networks: [services],
  healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }),
});

const admin = new HAWebService(platform, 'admin', {
  image: image('admin'),
  port: 8080,
  networks: [services],
  healthCheck: HealthCheck.http('/healthz'),
});

const notifier = new Worker(platform, 'notifier', {
  image: image('notifier'),
  networks: [services],
  environment: { BROKER: broker.address },
  secrets: [brokerPassword],
  egress: [Egress.toHosts(['smtp.acme.example'], [587])],
});

// --- the edges of the graph
for (const caller of [storefront, canary, api]) {
  caller.connectTo(catalog);
  caller.connectTo(pricing);
  caller.connectTo(cache);
}
api.connectTo(orders);
orders.connectTo(ordersDb);
orders.connectTo(stock);
orders.connectTo(payments);
orders.connectTo(broker, { ports: [5672] });
notifier.connectTo(broker, { ports: [5672] });
admin.connectTo(orders);
admin.connectTo(broker, { ports: [15672] });

// --- how they come in
const edge = new LoadBalancer(platform, 'edge', {
  algorithm: LoadBalancing.leastConnections(),
  certificates: new LetsEncrypt(platform, 'letsencrypt', { email: 'ops@acme.example' }),
});
edge.addRoute('www.acme.example', storefront, { weight: 95 });
edge.addRoute('www.acme.example', canary, { weight: 5 });
edge.addRoute('www.acme.example', api, { path: '/api', requestTimeout: Duration.seconds(30) });
edge.addRoute('admin.acme.example', admin, { access: RouteAccess.sourceRanges(['10.20.0.0/16']) });
edge.addRedirect('acme.example', 'www.acme.example');

app.synth();
