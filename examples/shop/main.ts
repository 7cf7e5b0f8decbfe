import { Chart, Duration, Size } from 'cdk8s';
import {
  App, Cpu, Egress, HAWebService, HealthCheck, IsolatedNetwork, LetsEncrypt, LoadBalancer, LoadBalancing, Placement, Secret,
  SharedVolume, StatefulService, Volume, Worker,
} from 'cdk8s-ha';

const app = new App();
const shop = new Chart(app, 'shop');

const backend = new IsolatedNetwork(shop, 'backend');
const password = new Secret(shop, 'db-password');
// Copies on several nodes write it: Kubernetes needs a storage class of file shares for that.
const uploads = new SharedVolume(shop, 'uploads', { size: Size.gibibytes(5), storageClassName: 'nfs' });

const db = new StatefulService(shop, 'db', {
  image: 'postgres:17.2',
  port: 5432,
  networks: [backend],
  environment: { PGDATA: '/var/lib/postgresql/data/pgdata', POSTGRES_PASSWORD_FILE: password.path },
  secrets: [password],
  volumes: [
    Volume.persistent('/var/lib/postgresql/data', { size: Size.gibibytes(10) }),
    Volume.scratch('/var/run/postgresql'),
  ],
  resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(1) },
  // Without -U, pg_isready asks for the name of its own user, which the image does not know.
  healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres']),
  // On a Swarm the database stays where its disk is: docker node update --label-add db=true NODE. On Kubernetes the disk follows it, but
  // the label is asked for all the same: kubectl label node NODE db=true
  placement: Placement.onNodesWithLabels({ db: 'true' }),
  // PostgreSQL ends open sessions and flushes before it goes.
  drainTimeout: Duration.seconds(60),
});

const web = new HAWebService(shop, 'web', {
  image: 'ghcr.io/acme/shop:1.4.2',
  port: 8080,
  replicas: 3,
  networks: [backend],
  environment: { DB_HOST: db.hostname, DB_PASSWORD_FILE: password.path },
  secrets: [password],
  volumes: [uploads.mount('/uploads')],
  healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }),
});
web.connectTo(db, { startAfter: true });

web.addScheduledJob('report', {
  schedule: '15 3 * * *',
  timeZone: 'Europe/Berlin',
  command: ['shop', 'report'],
});

new Worker(shop, 'mailer', {
  image: 'ghcr.io/acme/shop:1.4.2',
  command: ['shop', 'worker'],
  networks: [backend],
  environment: { DB_HOST: db.hostname, DB_PASSWORD_FILE: password.path },
  secrets: [password],
  egress: [Egress.toHosts(['smtp.acme.example'], [587])],
});

const edge = new LoadBalancer(shop, 'edge', {
  algorithm: LoadBalancing.leastConnections(),
  certificates: new LetsEncrypt(shop, 'letsencrypt', { email: 'ops@acme.example' }),
});
edge.addRoute('shop.acme.example', web);
edge.addRoute('shop.acme.example', web, { path: '/upload', maxRequestBody: Size.mebibytes(50) });
edge.addRedirect('www.shop.acme.example', 'shop.acme.example');

app.synth();
