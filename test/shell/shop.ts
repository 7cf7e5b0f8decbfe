import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration, JsonPatch } from 'cdk8s';
import {
  App, CertificateFiles, ComposeObjects, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork, LoadBalancer, LoadBalancerBackend,
  MacvlanNetwork, NetworkMode, Placement, Secret, StatefulService, SwarmTarget, Volume, Worker, type IsolatedNetworkProps, type MacvlanNetworkProps,
} from '../../src';

/** What differs between two releases of the shop. */
export interface Release {
  web?: string;
  worker?: string;
  db?: string;
  copies?: number;
  /** Value of the label of the database's host. */
  place?: string;
  /** Whether the database has a health check. */
  checked?: boolean;
  /** The user of the database. */
  user?: number;
  /** What prepares the data of the database. */
  prepare?: string;
  /** The user of `web`, whose copies then have files that something else has made. */
  cacheUser?: number;
  /** What the database is called, which has the data of that which was called `db`. */
  renamed?: string;
  /** A second service with data. */
  index?: string;
  /** A service with a port of the host, which has no twin. */
  dns?: string;
  /** A service that has the network of that one. */
  probe?: string;
  /** What the file of `web` says. */
  settings?: string;
  /** A second host, which the load balancer routes to a service of its own. */
  admin?: boolean;
  /** A third host; its service comes after `web`. */
  wiki?: string;
  /** Workers that call `web`. */
  callers?: string[];
  passwordVersion?: string;
  /** Whether `web` has its token as a file too. */
  tokenFile?: boolean;
  /** A port of the host where `web` is published, so that it has no twin. */
  published?: number;
  /** What the load balancer is called. */
  balancer?: string;
  /** Whether the load balancer is nginx, which asks no copy for its health. */
  nginx?: boolean;
  /** Whether the load balancer has a variable that the one who deploys gives. */
  tuned?: boolean;
  /** The only host where the load balancer runs on Swarm. */
  edge?: string;
  /** What prepares the release, in order. */
  steps?: string[];
  /** Where networks on Compose have their addresses. */
  addressPool?: string;
  /** Options of a network that the worker is a member of. */
  lan?: IsolatedNetworkProps | MacvlanNetworkProps;
  /** Whether the load balancer has a certificate of the user's own. */
  certificates?: boolean;
  certificateVersion?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-shop-'));
const synthesized = new Map<string, string>();

afterAll(() => rmSync(folder, { recursive: true }));

/** The folder with everything that the library makes of a release, deploy.sh among it. */
export function shop(target: 'compose' | 'swarm', release: Release = {}): string {
  const key = JSON.stringify(release);
  const outdir = synthesized.get(key) ?? join(folder, `${synthesized.size}`);
  if (!synthesized.has(key)) {
    synth(outdir, release);
    synthesized.set(key, outdir);
  }
  return join(outdir, target, 'shop');
}

function synth(outdir: string, release: Release): void {
  const edgeHost = release.edge === undefined ? undefined : Placement.onNode(release.edge);
  const app = new App({ outdir, targets: [new ComposeTarget({ addressPool: release.addressPool }), new SwarmTarget({ edge: edgeHost })] });
  const chart = new Chart(app, 'shop');
  // Short, since tests wait for copies that never get ready.
  const second = Duration.seconds(1);
  const healthCheck = HealthCheck.http('/healthz', { startPeriod: second, interval: second, timeout: second });
  const data = Volume.persistent('/data', { existingName: release.renamed === undefined ? undefined : 'shop_db-0-data' });
  const db = new StatefulService(chart, release.renamed ?? 'db', {
    image: `acme/db:${release.db ?? '1'}`,
    port: 5432,
    secrets: [new Secret(chart, 'password', { version: release.passwordVersion })],
    volumes: [data],
    healthCheck: release.checked ? HealthCheck.tcp({ startPeriod: second, interval: second, timeout: second }) : undefined,
    placement: Placement.onNodesWithLabels({ db: release.place ?? 'true' }),
    user: release.user,
  });
  if (release.prepare !== undefined) db.addInit('prepare', { image: `acme/prepare:${release.prepare}`, volumes: [data] });
  const cache = release.cacheUser === undefined ? undefined : [Volume.scratch('/cache')];
  const token = new Secret(chart, 'token');
  const web = new HAWebService(chart, 'web', {
    image: `acme/web:${release.web ?? '1'}`,
    port: 8080,
    replicas: release.published === undefined ? release.copies ?? 2 : 1,
    publishedPorts: release.published === undefined ? undefined : [{ port: 8080, hostPort: release.published }],
    healthCheck,
    secretEnvironment: { TOKEN: token },
    secrets: release.tokenFile ? [token] : undefined,
    files: { '/etc/web.conf': release.settings ?? 'one' },
    user: release.cacheUser,
    volumes: cache,
  });
  if (cache !== undefined) web.addInit('warm', { image: 'acme/warm:1', volumes: cache });
  web.connectTo(db);
  for (const step of release.steps ?? ['migrate']) web.addReleaseStep(step, { command: ['migrate'] });
  const lan = release.lan && ('parent' in release.lan ? new MacvlanNetwork(chart, 'lan', release.lan) : new IsolatedNetwork(chart, 'lan', release.lan));
  new Worker(chart, 'worker', { image: `acme/worker:${release.worker ?? '1'}`, networks: lan && [lan] });
  if (release.dns !== undefined) {
    const dns = new HAWebService(chart, 'dns', {
      image: `acme/dns:${release.dns}`, port: 5353, replicas: 1, publishedPorts: [{ port: 5353, hostPort: 53 }], healthCheck,
    });
    if (release.probe !== undefined) {
      new Worker(chart, 'probe', { image: `acme/probe:${release.probe}`, replicas: 1, networkMode: NetworkMode.sharedWith(dns), onlyOn: ['compose'] });
    }
  }
  if (release.index !== undefined) {
    new StatefulService(chart, 'index', {
      image: `acme/index:${release.index}`, port: 9200, volumes: [Volume.persistent('/data')], healthCheck, placement: Placement.onNodesWithLabels({ db: 'true' }),
    });
  }
  for (const id of release.callers ?? []) new Worker(chart, id, { image: `acme/${id}:1` }).connectTo(web);
  const edge = new LoadBalancer(chart, release.balancer ?? 'edge', {
    backend: release.nginx ? LoadBalancerBackend.nginx() : undefined,
    certificates: release.certificates ? new CertificateFiles(chart, 'files', {
      certificate: new Secret(chart, 'certificate', { version: release.certificateVersion }),
      privateKey: new Secret(chart, 'private-key', { version: release.certificateVersion }),
    }) : undefined,
  });
  edge.addRoute('shop.example', web);
  if (release.wiki !== undefined) {
    edge.addRoute('wiki.example', new HAWebService(chart, 'wiki', { image: `acme/wiki:${release.wiki}`, port: 8080, healthCheck }));
  }
  if (release.tuned) ComposeObjects.of(edge).service.addJsonPatch(JsonPatch.add('/environment/TUNING', '${TUNING:-0}'));
  if (release.admin) edge.addRoute('admin.example', new HAWebService(chart, 'admin', { image: 'acme/admin:1', port: 8080, healthCheck }));
  app.synth();
}
