import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { App, HAWebService, HealthCheck, KubernetesTarget, StatefulService, Worker } from '../../src';
import { kubernetesConnections, OWN_NAMESPACE, Pod, podsOf, proxiesOf, readManifests, STRANGER } from '../support/reachability';

/*
 * Who reaches whom in every example, by an engine that nobody here wrote, against what its main.ts declares: nothing is
 * open that was not declared, and nothing declared is closed.
 */

const EXAMPLES = join(__dirname, '..', '..', 'examples');

interface Declared {
  readonly connections: string[];

  /** Ways out: `mailer -> public:587`. */
  readonly outside: string[];
}

const DECLARED: Record<string, Declared> = {
  hello: { connections: ['edge -> web:8080'], outside: [] },
  shop: {
    connections: [
      // Members of one network reach each other.
      'mailer -> db:5432', 'mailer -> web:8080', 'report -> db:5432', 'report -> web:8080', 'web -> db:5432',
      // Their own copies are members too.
      'db -> db:5432', 'db -> web:8080', 'web -> web:8080',
      'edge -> web:8080',
    ],
    outside: ['mailer -> public:587', 'mailer -> orders-db:587'],
  },
  platform: {
    connections: [
      ...['storefront', 'storefront-canary', 'api'].flatMap((caller) => ['catalog:9090', 'pricing:9090', 'cache:6379'].map((to) => `${caller} -> ${to}`)),
      'api -> orders:9090', 'orders -> stock:9090', 'orders -> payments:9090', 'orders -> broker:5672', 'notifier -> broker:5672',
      'admin -> orders:9090', 'admin -> broker:15672',
      ...['storefront', 'storefront-canary', 'api', 'admin'].map((to) => `edge -> ${to}:8080`),
    ],
    outside: [
      'orders -> orders-db:5432',
      // Hosts are known by name alone, so all public addresses are open on their ports.
      ...['public', 'orders-db'].flatMap((to) => [`payments -> ${to}:443`, `notifier -> ${to}:587`]),
    ],
  },
};

const pod = (name: string, namespace: string, labels: Pod['labels']): Pod => ({ name, namespace, labels });

/** Who else is there. */
const OTHERS: Pod[] = [
  proxiesOf('edge'),
  STRANGER,
  pod('foreigner', 'elsewhere', { 'app': 'stranger', 'app.kubernetes.io/instance': 'web', 'cdk8s-ha/network-backend': 'shop' }),
  pod('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
  pod('other-dns', 'openshift-dns', { dns: 'default' }),
  pod('node-dns', 'kube-system', { 'k8s-app': 'node-local-dns' }),
  pod('prometheus', 'monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
  pod('grafana', 'monitoring', { 'app.kubernetes.io/name': 'grafana' }),
  pod('false-prometheus', OWN_NAMESPACE, { 'app.kubernetes.io/name': 'prometheus' }),
];

/** The pod that proves the first host of an example. */
const solver = (text: string): Pod => pod('solver', OWN_NAMESPACE, {
  'acme.cert-manager.io/http-domain': /key: acme.cert-manager.io\/http-domain\s+operator: In\s+values:\s+- "(\d+)"/.exec(text)?.[1] ?? '', ...SOLVER,
});

const SOLVER = { 'acme.cert-manager.io/http01-solver': 'true' };

const ADDRESSES = { 'public': '93.184.215.14', 'orders-db': '198.51.100.1', 'private': '10.1.2.3', 'metadata': '169.254.169.254', 'metadata-of-azure': '168.63.129.16', 'node-cache': '169.254.20.10' };

const built = spawnSync(join(__dirname, 'build-engine.sh'), ['--no-build'], { encoding: 'utf8' });
if (built.status !== 0) process.stderr.write(`\n${built.stderr}\n`);
const isRequired = process.env.CDK8S_HA_TEST_REACHABILITY === 'required';

/** Whether certificates are asked for in a way that starts pods. */
const hasSolver = (text: string) => text.includes('acme.cert-manager.io/http01-solver');

/** What the engine lets pass, of what has an end in the example. */
function openConnections(text: string): string[] {
  const objects = readManifests(text);
  const own = podsOf(objects);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({ metadata: { namespace: OWN_NAMESPACE, ...metadata }, spec }));
  const ends = [
    ...[...own, ...OTHERS, solver(text)].map(({ name, namespace, labels }, i) => ({
      name, namespace, labels, namespaceLabels: { 'kubernetes.io/metadata.name': namespace }, address: `10.244.0.${i + 1}`,
    })),
    ...Object.entries(ADDRESSES).map(([name, address]) => ({ name, address })),
  ];
  const numbers = new Set([...JSON.stringify(policies).matchAll(/"port":(\d+)/g)].map(([, port]) => Number(port)).concat(1, 22, 80));
  const ports = [...numbers].flatMap((port) => ['TCP', 'UDP'].map((protocol) => ({ port, protocol })));
  const { stdout, status, stderr } = spawnSync(built.stdout.trim(), { input: JSON.stringify({ policies, ends, ports }), encoding: 'utf8', maxBuffer: 1e9 });
  if (status !== 0) throw new Error(stderr);
  const names = new Set([...own.map(({ name }) => name), ...hasSolver(text) ? ['solver'] : []]);
  return stdout.split('\n').filter((line) => line.split(/ -> |:/).slice(0, 2).some((name) => names.has(name)));
}

/** All that should be open: connections, ways out, name servers, the solver of certificates. */
function expected(text: string, { connections, outside }: Declared): string[] {
  // Nobody asks for a policy of the name servers themselves: what they ask of the world is not ours.
  const resolving = podsOf(readManifests(text)).flatMap(({ name }) => [['dns', 53], ['node-dns', 53], ['node-cache', 53], ['other-dns', 5353]]
    .flatMap(([server, port]) => ['TCP', 'UDP'].map((protocol) => `${name} -> ${server}:${port}/${protocol}`)));
  return [...[...connections, ...outside, ...hasSolver(text) ? ['edge -> solver:8089'] : []].map((line) => `${line}/TCP`), ...resolving];
}

test('every example has its declared graph', () => {
  expect(Object.keys(DECLARED).sort()).toEqual(readdirSync(EXAMPLES).sort());
});

(built.status === 0 || isRequired ? describe : describe.skip).each(Object.entries(DECLARED))('the example %s', (name, declared) => {
  const text = readFileSync(join(EXAMPLES, name, 'expected', `${name}.k8s.yaml`), 'utf8');

  test('is open where it was declared, and nowhere else', () => {
    const open = openConnections(text);
    const wanted = expected(text, declared);
    const closed = wanted.filter((line) => !open.includes(line));
    expect({ open: open.filter((line) => !wanted.includes(line)), closed }).toEqual({ open: [], closed: [] });
    process.stderr.write(`${name}: ${open.length} connections are open, ${wanted.length} declared, 0 differences\n`);
  });

  test('is read by our own reader as by the engine', () => {
    expect(kubernetesConnections(text, [proxiesOf('edge'), STRANGER])).toEqual([...declared.connections].sort());
  });
});

(built.status === 0 || isRequired ? test : test.skip)('monitoring of another namespace reaches metrics and nothing else, and no other pod there reaches them', () => {
  const app = new App({ report: false, targets: [new KubernetesTarget()] });
  const shop = new Chart(app, 'shop');
  const image = 'ghcr.io/acme/shop:1.4.2';
  const healthCheck = HealthCheck.http('/healthz');
  const db = new StatefulService(shop, 'db', { image, port: 5432, healthCheck: HealthCheck.tcp(), metricsPort: 9187 });
  const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck, metricsPort: 8080 });
  web.connectTo(db);
  new Worker(shop, 'mailer', { image, metricsPort: 9090 });
  new Worker(shop, 'silent', { image });
  const [{ text }] = app.render();
  const declared = { connections: ['web -> db:5432', 'prometheus -> db:9187', 'prometheus -> web:8080', 'prometheus -> mailer:9090'], outside: [] };
  expect(openConnections(text).sort()).toEqual(expected(text, declared).sort());
});
