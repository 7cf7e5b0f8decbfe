import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import {
  App, ComposeTarget, HAWebService, HealthCheck, KubernetesTarget, Secret, Security, StatefulService, SwarmTarget, Volume, Worker,
  type ContainerProps, type StatefulServiceProps, type Target,
} from '../../src';
import { knownImage } from '../../src/validation/known-images/lookup';
import { KNOWN_IMAGES } from '../../src/validation/known-images/table';


/*
 * Public images as people run them: what an image wants and a workload does not give is said before anything starts.
 */

describe('the table', () => {
  test('is sorted by name, and each row says where it is from', () => {
    const order = KNOWN_IMAGES.map(({ names, since = 0 }) => `${names[0]} ${String(since).padStart(3, '0')}`);
    expect(order).toEqual([...order].sort());
    for (const { sources } of KNOWN_IMAGES) {
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(source).toMatch(/^https:\/\/(github\.com|hub\.docker\.com|docs\.n8n\.io)\/\S+$/);
    }
    expect(KNOWN_IMAGES.length).toBeGreaterThanOrEqual(25);
  });

  test('has no name twice but for versions that do not meet', () => {
    const seen = new Map<string, number>();
    for (const { names, since = 0, before = Infinity } of KNOWN_IMAGES) {
      for (const name of names) {
        expect({ name, since }).toEqual({ name, since: Math.max(since, seen.get(name) ?? 0) });
        seen.set(name, before);
      }
    }
  });

  test('has absolute folders, and signals by their names', () => {
    for (const { scratch = [], data = [], stop } of KNOWN_IMAGES) {
      for (const path of [...scratch, ...data.map((folder) => folder.path)]) expect(path).toMatch(/^\/[^/].*[^/]$/);
      if (stop !== undefined) expect(stop.signal).toMatch(/^SIG[A-Z0-9]+$/);
    }
  });
});

test.each([
  ['postgres:17.2', 'postgres'],
  ['library/postgres:17.2', 'postgres'],
  ['docker.io/postgres:17.2', 'postgres'],
  ['docker.io/library/postgres:17.2@sha256:0123456789abcdef0123456789abcdef', 'postgres'],
  ['public.ecr.aws/docker/library/postgres:17.2', 'postgres'],
  ['mirror.acme.example:5000/library/postgres:17.2', 'postgres'],
  ['docker.io/grafana/grafana:11.2.0', 'grafana/grafana'],
  ['quay.io/keycloak/keycloak:26.0', 'quay.io/keycloak/keycloak'],
  ['lscr.io/linuxserver/sonarr:4.0.10', 'linuxserver/*'],
])('%s is known as %s', (image, name) => {
  expect(knownImage(image)?.names[0]).toBe(name);
});

test.each([
  ['bitnami/postgresql:17'], ['acme/postgres:17'], ['ghcr.io/acme/postgres:17'], ['registry.acme.example/postgres:17'], ['postgres-exporter:1'],
  ['gitea/gitea:1.22-rootless'], ['elasticsearch:7.17.29'], ['influxdb:3-core'],
  // Which version a digest is, nobody can tell; the rows of one image say different things.
  ['postgres@sha256:0123456789abcdef0123456789abcdef'],
])('%s is not known', (image) => {
  expect(knownImage(image)).toBeUndefined();
});

test('an image may be another one in another version', () => {
  expect(knownImage('postgres:17.2')?.data).toMatchObject([{ path: '/var/lib/postgresql/data', variable: 'PGDATA' }]);
  expect(knownImage('postgres:18-alpine')?.data).toMatchObject([{ path: '/var/lib/postgresql', variable: 'PGDATA' }]);
});

let shop: Chart;
let app: App;

beforeEach(() => {
  app = new App({ report: false });
  shop = new Chart(app, 'shop');
});

/** What the image of one container says, rule by rule. */
const said = (props: ContainerProps & Partial<StatefulServiceProps>) => {
  new StatefulService(shop, 'db', { port: 5432, healthCheck: HealthCheck.tcp(), ...props });
  return app.findings().filter(({ rule }) => rule.startsWith('image-')).map(({ rule, severity, path, message }) => {
    expect({ severity, path }).toEqual({ severity: 'warning', path: 'shop/db' });
    return `${rule}: ${message}`;
  });
};

const DATA = Volume.persistent('/var/lib/postgresql/data');
const SOCKET = Volume.scratch('/var/run/postgresql');
const BELOW = { PGDATA: '/var/lib/postgresql/data/pgdata' };

describe('an image is given all it wants', () => {
  test.each<[string, ContainerProps & Partial<StatefulServiceProps>]>([
    ['folders', { image: 'postgres:17.2', environment: BELOW, volumes: [DATA, SOCKET] }],
    ['folders as the image calls them', { image: 'postgres:17.2', environment: BELOW, volumes: [DATA, Volume.scratch('/run/postgresql')] }],
    ['a folder above', { image: 'postgres:17.2', environment: BELOW, volumes: [DATA, Volume.scratch('/run')] }],
    ['data elsewhere', { image: 'postgres:17.2', environment: { PGDATA: '/data/pg' }, volumes: [Volume.persistent('/data'), SOCKET] }],
    ['the root that it starts as', { image: 'hashicorp/consul:1.20', security: Security.startsAsRoot(), volumes: [Volume.persistent('/consul/data')] }],
    ['its own user', {
      image: 'elasticsearch:8.15.5', user: 1000, group: 0, security: Security.restricted({ writableRoot: true }), volumes: [Volume.persistent('/usr/share/elasticsearch/data')],
    }],
    ['configuration with other folders', { image: 'nginx:1.27.3', files: { '/etc/nginx/nginx.conf': 'pid /tmp/nginx.pid;' } }],
    ['a variable by which it works as any user', {
      image: 'hashicorp/consul:1.20', environment: { CONSUL_DISABLE_PERM_MGMT: '1' }, volumes: [Volume.persistent('/consul/data')],
    }],
    ['its capability', { image: 'caddy:2.8.4', security: Security.restricted({ bindLowPorts: true }), volumes: [Volume.persistent('/data')] }],
    ['all it had', { image: 'caddy:2.8.4', security: Security.unrestricted('as it comes'), volumes: [Volume.persistent('/data')] }],
    ['its own stop signal', { image: 'postgres:17.2', environment: BELOW, stopSignal: 'SIGINT', volumes: [DATA, SOCKET] }],
    ['another program', { image: 'postgres:17.2', command: ['pg_dump', '-h', 'db'] }],
  ])('%s', (_, props) => {
    expect(said(props)).toEqual([]);
  });
});

describe('who runs it', () => {
  test('an image that starts as root cannot be started as somebody else', () => {
    expect(said({ image: 'hashicorp/consul:1.20', volumes: [Volume.persistent('/consul/data')] })).toEqual([
      "image-user: db runs 'hashicorp/consul:1.20' as user 10001, and that image starts as root and steps down by itself: as another user it does not start;"
      + ' write: security: Security.startsAsRoot(),',
    ]);
  });

  test('nor with the user it steps down to', () => {
    expect(said({ image: 'hashicorp/consul:1.20', user: 100, security: Security.startsAsRoot(), volumes: [Volume.persistent('/consul/data')] })).toEqual([
      "image-user: db runs 'hashicorp/consul:1.20' as user 100, and that image starts as root and steps down by itself: as another user it does not start; leave out 'user'",
    ]);
  });

  test('an image that belongs to one user', () => {
    expect(said({ image: 'opensearchproject/opensearch:2.17.0', volumes: [Volume.persistent('/usr/share/opensearch/data')] })).toEqual([
      "image-user: db runs 'opensearchproject/opensearch:2.17.0' as user 10001 of group 10001, who may not write that image's own files: write: user: 1000, group: 1000,",
    ]);
  });
});

describe('where it writes', () => {
  test('each folder on a read-only root', () => {
    expect(said({ image: 'nginx:1.27.3' })).toEqual([
      "image-folder: db runs 'nginx:1.27.3', which writes to /run, and its root file system is read-only: write: Volume.scratch('/run'),",
      "image-folder: db runs 'nginx:1.27.3', which writes to /var/cache/nginx, and its root file system is read-only: write: Volume.scratch('/var/cache/nginx'),",
    ]);
  });

  test('a writable root is enough', () => {
    expect(said({ image: 'nginx:1.27.3', security: Security.restricted({ writableRoot: true }) })).toEqual([]);
  });

  test('a volume that can only be read is not', () => {
    expect(said({ image: 'postgres:17.2', environment: BELOW, volumes: [DATA, Volume.hostPath('/var/run/postgresql', '/srv/pg', { readOnly: true })] })).toEqual([
      expect.stringContaining('image-folder: '),
    ]);
  });

  test('all over its root', () => {
    expect(said({ image: 'quay.io/keycloak/keycloak:26.0', user: 1000, group: 0, security: Security.restricted({ bindLowPorts: true }) })).toEqual([
      "image-root: db runs 'quay.io/keycloak/keycloak:26.0', which changes files of its own root file system, and that is read-only:"
      + ' write: security: Security.restricted({ writableRoot: true, bindLowPorts: true }),',
    ]);
  });
});

describe('what it keeps', () => {
  const LOST = "image-data: db runs 'postgres:17.2', which keeps its data in /var/lib/postgresql/data, where no volume is: it does not start, or the next copy starts without it;";

  test('a workload with disks of its own gets one', () => {
    expect(said({ image: 'postgres:17.2', volumes: [SOCKET] })).toEqual([`${LOST} write: Volume.persistent('/var/lib/postgresql/data'),`]);
  });

  test("a volume above the image's own does not hold it: the engine mounts another one over it", () => {
    expect(said({ image: 'postgres:17.2', volumes: [Volume.persistent('/var/lib/postgresql'), SOCKET] })).toEqual([expect.stringContaining(LOST)]);
  });

  test('nor one below, from PostgreSQL 18 on', () => {
    expect(said({ image: 'postgres:18.1', volumes: [DATA, SOCKET] })).toEqual([expect.stringContaining("write: Volume.persistent('/var/lib/postgresql'),")]);
  });

  test('several copies have no disks: scratch space', () => {
    new HAWebService(shop, 'web', { image: 'redis:7.4.1', port: 6379, healthCheck: HealthCheck.tcp() });
    expect(app.findings().map(({ message }) => message)).toContainEqual(expect.stringContaining("write: Volume.scratch('/data'),"));
  });

  test('a sidecar is asked too', () => {
    new Worker(shop, 'mailer', { image: 'ghcr.io/acme/shop:1.4.2', replicas: 2 }).addSidecar('cache', { image: 'valkey/valkey:8.0.1' });
    expect(app.findings().map(({ message }) => message)).toContainEqual(expect.stringContaining("cache runs 'valkey/valkey:8.0.1', which keeps its data in /data"));
  });
});

describe('a new disk of Kubernetes, which may hold lost+found', () => {
  const onlyOn = (...targets: Target[]) => {
    app = new App({ targets, report: false });
    shop = new Chart(app, 'shop');
  };

  test('is not where PostgreSQL makes its database, which it does in an empty folder only', () => {
    expect(said({ image: 'postgres:17.2', volumes: [DATA, SOCKET] })).toEqual([
      "image-disk: db runs 'postgres:17.2', which makes its data in an empty folder only, and on Kubernetes a new disk at /var/lib/postgresql/data may hold lost+found:"
      + " where there is no data yet, write: environment: { PGDATA: '/var/lib/postgresql/data/pgdata' },",
    ]);
  });

  test.each(['postgres:17.2', 'postgres:18.1'])('nor by the word of the user: %s', (image) => {
    expect(said({ image, environment: { PGDATA: '/data/' }, volumes: [Volume.persistent('/data'), Volume.persistent('/var/lib/postgresql'), SOCKET] }))
      .toContainEqual(expect.stringMatching(/^image-disk: .* at \/data may hold .* PGDATA: '\/data\/pgdata' },$/));
  });

  test('is above that folder by default from PostgreSQL 18 on', () => {
    expect(said({ image: 'postgres:18.1', volumes: [Volume.persistent('/var/lib/postgresql'), SOCKET] })).toEqual([]);
  });

  test('may be there where it has its data already, which would not be found elsewhere', () => {
    expect(said({ image: 'postgres:17.2', volumes: [Volume.persistent('/var/lib/postgresql/data', { existingName: 'pg' }), SOCKET] })).toEqual([]);
  });

  test('is no finding where a secret says the folder', () => {
    const place = new Secret(shop, 'place');
    expect(said({ image: 'postgres:17.2', secretEnvironment: { PGDATA: place }, volumes: [DATA, SOCKET] })).toEqual([]);
  });

  test('is none of Docker, whose volumes are folders', () => {
    onlyOn(new ComposeTarget(), new SwarmTarget());
    expect(said({ image: 'postgres:17.2', volumes: [DATA, SOCKET] })).toEqual([]);
  });

  test('is once a finding, however many targets there are', () => {
    onlyOn(new KubernetesTarget(), new ComposeTarget());
    expect(said({ image: 'postgres:17.2', volumes: [DATA, SOCKET] })).toHaveLength(1);
  });
});

describe('capabilities', () => {
  test('one that the restricted profile may keep', () => {
    expect(said({ image: 'caddy:2.8.4', volumes: [Volume.persistent('/data')] })).toEqual([
      "image-capability: db runs 'caddy:2.8.4', which does not start without NET_BIND_SERVICE, and all capabilities are dropped:"
      + ' write: security: Security.restricted({ bindLowPorts: true }),',
    ]);
  });

  test('one that a variable makes needless', () => {
    expect(said({ image: 'hashicorp/vault:1.18', security: Security.startsAsRoot() })).toEqual([
      "image-capability: db runs 'hashicorp/vault:1.18', which does not start without SETFCAP, and all capabilities are dropped: write: environment: { SKIP_SETCAP: 'true' },",
    ]);
  });
});

describe('process 1', () => {
  const image = 'lscr.io/linuxserver/sonarr:4.0.10';
  const services = (target: ComposeTarget | SwarmTarget) => (of: () => void) => {
    app = new App({ targets: [target], report: false });
    shop = new Chart(app, 'shop');
    of();
    return parse(app.render().find(({ path }) => /(compose|stack)\.yml$/.test(path))!.text).services;
  };

  test.each([['compose', new ComposeTarget()], ['swarm', new SwarmTarget()]])('an image that must be it gets no init process on %s', (_, target) => {
    const { web, 'web-media': media } = services(target)(() => {
      const beside = new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.tcp() });
      beside.addSidecar('media', { image, security: Security.startsAsRoot() });
    });
    expect([web.init, media.init]).toEqual([true, undefined]);
    const { sonarr } = services(target)(() => new HAWebService(shop, 'sonarr', { image, port: 8989, healthCheck: HealthCheck.tcp(), security: Security.startsAsRoot() }));
    expect(sonarr.init).toBeUndefined();
  });

  test('but for somebody who asks for it: a finding', () => {
    expect(said({ image, init: true, security: Security.startsAsRoot() })).toEqual([
      `image-init: db runs '${image}', whose own program must be process 1: with the init process of Docker in front it does not start; write: init: false,`,
    ]);
    expect(app.findings().filter(({ rule }) => rule === 'image-init')).toHaveLength(1);
  });

  test('a health check cannot restart it then', () => {
    new HAWebService(shop, 'web', { image, port: 8989, healthCheck: HealthCheck.http('/', { livePath: '/ping' }), security: Security.startsAsRoot() });
    expect(app.findings().map(({ message }) => message)).toContain(
      "web is not restarted on Compose when it is not live: its image's own program must be process 1, where an init process would have to be");
  });
});

describe('the stop signal', () => {
  test('is the one on which the image drains, or a finding', () => {
    expect(said({ image: 'nginx:1.27.3', stopSignal: 'SIGTERM', security: Security.restricted({ writableRoot: true }) })).toEqual([
      "image-stop-signal: db stops 'nginx:1.27.3' by SIGTERM, and that image drains on SIGQUIT: SIGTERM ends it at once, and cuts off every request under way;"
      + " leave out 'stopSignal', or write: stopSignal: 'SIGQUIT',",
    ]);
  });

  test("is what each target sends; Kubernetes knows the image's alone", () => {
    const web = new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.tcp(), stopSignal: 'SIGUSR1' });
    web.addSidecar('log', { image: 'ghcr.io/acme/log:1', stopSignal: 'SIGHUP' });
    const text = (path: string) => app.render().find((file) => file.path === path)!.text;
    const signals = (path: string) => Object.entries<any>(parse(text(path)).services).map(([name, { stop_signal: signal }]) => [name, signal]);
    expect(signals('compose/shop/compose.yml')).toEqual([['web', 'SIGUSR1'], ['web-log', 'SIGHUP'], ['web-next', undefined]]);
    expect(signals('swarm/shop/stack.yml')).toEqual([['web', 'SIGUSR1'], ['web-log', 'SIGHUP']]);
    expect(text('shop.k8s.yaml')).not.toContain('stopSignal');
    expect(app.findings().filter(({ rule }) => rule === 'stop-signal').map(({ message }) => message)).toEqual([
      "'web' is stopped by the signal of its image 'ghcr.io/acme/shop:1.4.2' on Kubernetes, or by SIGTERM, not by SIGUSR1:"
      + ' there lifecycle.stopSignal is an alpha feature; make an image with STOPSIGNAL SIGUSR1 [shop/web]',
      "'log' is stopped by the signal of its image 'ghcr.io/acme/log:1' on Kubernetes, or by SIGTERM, not by SIGHUP:"
      + ' there lifecycle.stopSignal is an alpha feature; make an image with STOPSIGNAL SIGHUP [shop/web]',
    ]);
  });

  test("of a known image is no finding on Kubernetes, where the image's own is sent", () => {
    expect(said({ image: 'postgres:17.2', environment: BELOW, stopSignal: 'SIGINT', volumes: [DATA, SOCKET] })).toEqual([]);
    expect(app.findings().filter(({ rule }) => rule === 'stop-signal')).toEqual([]);
  });

  test('leaves the time to drain as it is', () => {
    new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.tcp(), stopSignal: 'SIGUSR1' });
    const { web } = parse(app.render().find(({ path }) => path === 'compose/shop/compose.yml')!.text).services;
    expect(web.stop_grace_period).toBe('35s');
  });

  test.each(['SIGKILL', 'SIGSTOP', 'QUIT', 'sigquit', '15', ''])('cannot be %p', (stopSignal) => {
    expect(() => said({ image: 'ghcr.io/acme/shop:1.4.2', stopSignal })).toThrow(
      `db cannot be stopped by '${stopSignal}': give the name of a signal that a program can wait for, such as 'SIGQUIT' [shop/db]`);
  });
});

describe('the socket of a container engine', () => {
  const mounted = (hostPath: string, security?: Security) => {
    new Worker(shop, 'agent', { image: 'ghcr.io/acme/agent:1', replicas: 2, security, volumes: [Volume.hostPath('/host', hostPath)] });
    return app.findings().filter(({ rule }) => rule === 'control-socket').map(({ severity, message }) => `${severity}: ${message}`);
  };

  test.each(['/var/run/docker.sock', '/run/docker.sock', '/var/run', '/run/', '/', '/var', '//var//run/docker.sock'])('%s is an error', (hostPath) => {
    expect(mounted(hostPath)).toEqual([`error: agent cannot mount ${hostPath} of the host: /run/docker.sock is in it, by which anybody is root on the host;`
      + " leave it out, or say why it must be with Security.unrestricted('…') [shop/agent]"]);
    expect(() => app.render()).toThrow('cannot mount');
  });

  test('that of containerd too', () => {
    expect(mounted('/run/containerd')).toEqual([expect.stringContaining('/run/containerd/containerd.sock is in it')]);
  });

  test('with a reason it is a warning, which stands in the report', () => {
    expect(mounted('/var/run/docker.sock', Security.unrestricted('it watches containers'))).toEqual([
      'warning: agent has /var/run/docker.sock of the host at /host, by which it can start any container there: whoever breaks into it is root on the host',
    ]);
  });

  test.each(['/var/run/docker.sock.d', '/srv/run', '/var/log', '/etc/docker'])('%s is none', (hostPath) => {
    expect(mounted(hostPath)).toEqual([]);
  });
});

test('secrets of an image are not looked for in its folders', () => {
  const place = new Secret(shop, 'place');
  expect(said({ image: 'postgres:17.2', secretEnvironment: { PGDATA: place }, volumes: [SOCKET] })).toEqual([]);
});
