import { Chart } from 'cdk8s';
import {
  AcmeIssuer, App, ComposeTarget, Dns01, HAWebService, HealthCheck, IsolatedNetwork, KubernetesTarget, LetsEncrypt, LoadBalancer, LocalCertificates,
  Placement, Secret, Security, StatefulService, SwarmTarget, Volume, Worker, type CertificateIssuer,
} from '../../src';

/*
 * What no single construct can see, and nobody notices until the application runs.
 */

const image = 'ghcr.io/acme/shop:1.4.2';

const found = (declare: (chart: Chart) => void) => {
  const app = new App({ targets: [new KubernetesTarget()] });
  declare(new Chart(app, 'shop'));
  return app.findings().map(({ rule, severity, message, path }) => [rule, severity, message, path]);
};

describe('a variable with the file of a secret', () => {
  test('is an error without the secret: the file is nowhere', () => {
    expect(found((shop) => {
      const password = new Secret(shop, 'db-password');
      new Worker(shop, 'mailer', { image, environment: { DB_PASSWORD_FILE: password.path } });
    })).toEqual([['secret-not-mounted', 'error', "'mailer' cannot read the file '/run/secrets/db-password' that its variable DB_PASSWORD_FILE names,"
      + " as it was not given the secret: add 'db-password' to its secrets [shop/mailer]", 'shop/mailer']]);
  });

  test('of a sidecar as well, which takes nothing from its workload', () => {
    expect(found((shop) => {
      const password = new Secret(shop, 'db-password');
      new Worker(shop, 'mailer', { image, secrets: [password] }).addSidecar('dump', { image, environment: { DB_PASSWORD_FILE: password.path } });
    }).map(([rule]) => rule)).toEqual(['secret-not-mounted']);
  });

  test('is fine with it', () => {
    expect(found((shop) => {
      const password = new Secret(shop, 'db-password');
      new Worker(shop, 'mailer', { image, secrets: [password], environment: { DB_PASSWORD_FILE: password.path } });
    })).toEqual([]);
  });
});

describe('a workload that stands in a variable', () => {
  const http = { image, port: 8080, healthCheck: HealthCheck.http('/healthz') };
  type Environment = (api: Pick<HAWebService, 'hostname' | 'address'>) => { [name: string]: string };
  const withVariable = (environment: Environment, isConnected = false) => found((shop) => {
    const api = new HAWebService(shop, 'api', http);
    const mailer = new Worker(shop, 'mailer', { image, environment: environment(api) });
    if (isConnected) mailer.connectTo(api);
  });

  test.each<[string, Environment]>([
    ['as a host', ({ hostname }) => ({ API_HOST: hostname })],
    ['as an address', ({ address }) => ({ API: address })],
    ['in a URL', ({ address }) => ({ API_URL: `http://mailer:secret@${address}/v1?retry=1` })],
    ['among others', ({ address }) => ({ BROKERS: `kafka.acme.example:9092,${address}` })],
  ])('%s is a finding where nothing leads to it', (_, environment) => {
    const [[variable, value]] = Object.entries(environment({ hostname: 'api', address: 'api:8080' }));
    expect(withVariable(environment).filter(([rule]) => rule !== 'plain-text-secret')).toEqual([['callee-not-connected', 'warning', `'mailer' has '${value.replace('secret', '…')}' in its variable ${variable}, and nothing connects it to 'api',`
      + ' which it cannot reach: write mailer.connectTo(api), or put both into a network', 'shop/mailer']]);
  });

  test('is fine with a connection, or in a network of both', () => {
    expect(withVariable(({ address }) => ({ API_URL: `http://${address}` }), true)).toEqual([]);
    expect(found((shop) => {
      const networks = [new IsolatedNetwork(shop, 'backend')];
      new HAWebService(shop, 'api', { ...http, networks });
      new Worker(shop, 'mailer', { image, networks, environment: { API_HOST: 'api' } });
    })).toEqual([]);
  });

  test.each([['MODE', 'api'], ['TEXT', 'the api:8080 of all'], ['API_URL', 'http://api.acme.example/'], ['OTHER', 'api:9999']])('is not meant by %s=%s', (name, value) => {
    expect(withVariable(() => ({ [name]: value }))).toEqual([]);
  });

  test('may be one of its copies', () => {
    expect(found((shop) => {
      const db = new StatefulService(shop, 'db', { image, port: 5432, replicas: 3, healthCheck: HealthCheck.tcp() });
      new Worker(shop, 'mailer', { image, environment: { DB_HOST: db.copyHostname(0) } });
    }).map(([rule]) => rule)).toContain('callee-not-connected');
  });
});

describe('what a template made', () => {
  const withText = (text: (shop: Chart) => string) => found((shop) => {
    new HAWebService(shop, 'api', { image, port: 8080, healthCheck: HealthCheck.http('/healthz') });
    new Worker(shop, 'mailer', { image, environment: { TEXT: text(shop) } });
  });

  test.each([
    ['https://undefined.acme.example/', 'undefined'], ['x?debug=undefined', 'undefined'], ['undefined', 'undefined'], ['a=NaN', 'NaN'], ['[object Object]', '[object Object]'],
  ])('of something that is not set is a finding: %s', (text, unset) => {
    expect(withText(() => text)).toEqual([['unset-in-text', 'warning',
      `'mailer' has '${text}' in its variable TEXT: '${unset}' is what a template makes of something that is not set or is no text`, 'shop/mailer']]);
  });

  test.each(['x === undefined', 'undefined-behaviour', 'an undefined thing'])('may be meant: %s', (text) => {
    expect(withText(() => text)).toEqual([]);
  });

  test('of a construct is a finding', () => {
    expect(withText((shop) => `postgres://shop:${new Secret(shop, 'password')}@db/shop`).slice(-1)).toEqual([['construct-in-text', 'warning',
      "'mailer' has 'postgres://shop:shop/password@db/shop' in its variable TEXT: 'shop/password' is where that construct stands in the tree, and means nothing to a program;"
      + " mount it with 'secrets' and give its file, or take 'secretEnvironment'", 'shop/mailer']]);
    expect(withText((shop) => `http://${shop.node.findChild('api')}/`).map(([rule]) => rule)).toEqual(['construct-in-text']);
  });

  test('is no construct as a part of a longer path', () => {
    expect(withText(() => 'ghcr.io/shop/api:1.0.0')).toEqual([]);
  });
});

describe('on Docker', () => {
  const onDocker = (declare: (chart: Chart) => void) => [new ComposeTarget(), new SwarmTarget()].map((target) => {
    const app = new App({ targets: [target], report: false });
    declare(new Chart(app, 'shop'));
    return app.findings().filter(({ severity }) => severity === 'error').map(({ rule, message }) => [rule, message]);
  });
  const db = (shop: Chart, name: string, props: object) =>
    new StatefulService(shop, name, { image, port: 5432, healthCheck: HealthCheck.tcp(), placement: Placement.onNode('n1'), ...props });

  test.each<[string, string[], string]>([['the name of another', [], 'db'], ['another one that is given', ['store'], 'store']])(
    'a name leads to one workload, and an alias is not %s', (_, others, alias) => {
      const wanted = [['alias-taken', `db2 cannot be called '${alias}' in network 'backend' on Docker: 'shop/db' has that name, and who asks for it would get either;`
        + ' use another alias [shop/db2]']];
      expect(onDocker((shop) => {
        const backend = new IsolatedNetwork(shop, 'backend');
        db(shop, 'db', { networks: [backend.attach({ aliases: others })] });
        db(shop, 'db2', { networks: [backend.attach({ aliases: [alias] })] });
      })).toEqual([wanted, wanted]);
    });

  test('a volume that exists is opened by one', () => {
    const wanted = [['volume-taken', "db2 cannot open the volume 'old_data' on Docker: 'shop/db' does too; give each its own, or mount files of several"
      + " with new SharedVolume(chart, '…', { existingName: 'old_data' }) [shop/db2]"]];
    expect(onDocker((shop) => {
      for (const name of ['db', 'db2']) db(shop, name, { volumes: [Volume.persistent('/data', { existingName: 'old_data' })] });
    })).toEqual([wanted, wanted]);
  });
});

describe('a load balancer', () => {
  test('without routes is a warning: it answers nothing', () => {
    expect(found((shop) => new LoadBalancer(shop, 'edge'))).toEqual([
      ['no-routes', 'warning', "'edge' has no routes: it answers every request with 404; add one with addRoute, or give a service its domainName", 'shop/edge'],
    ]);
  });

  test('with one is fine', () => {
    expect(found((shop) => {
      const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck: HealthCheck.http('/healthz') });
      new LoadBalancer(shop, 'edge').addRoute('shop.acme.example', web);
    }).map(([rule]) => rule)).toEqual(['plain-http']);
  });
});

describe("a host that no public authority certifies, with Let's Encrypt", () => {
  const certified = (host: string, certificates: (shop: Chart) => CertificateIssuer) => found((shop) => {
    const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck: HealthCheck.http('/healthz') });
    new LoadBalancer(shop, 'edge', { certificates: certificates(shop) }).addRoute(host, web);
  });
  const email = 'ops@acme.example';
  const letsEncrypt = (shop: Chart) => new LetsEncrypt(shop, 'le', { email });

  test('is a warning that says what to take instead', () => {
    expect(certified('shop.localhost', letsEncrypt)).toEqual([['host-not-certified', 'warning',
      "edge gets no certificate for 'shop.localhost' from Let's Encrypt ('le'): no public authority certifies names below .localhost, which belong to nobody;"
      + " give it new LocalCertificates(chart, 'local'), or a host name of a domain of yours", 'shop/edge']]);
  });

  test('without a dot too', () => {
    expect(certified('shop', letsEncrypt).map(([, , message]) => message)).toEqual([expect.stringContaining(
      "edge gets no certificate for 'shop' from Let's Encrypt ('le'): no public authority certifies names without a dot, which belong to nobody;")]);
  });

  test.each(['printer.local', 'shop.prod.internal', 'shop.test', 'shop.invalid', 'nas.home.arpa', 'nas.lan', 'shop.corp', 'localhost'])('%s', (host) => {
    expect(certified(host, letsEncrypt).map(([rule]) => rule)).toEqual(['host-not-certified']);
  });

  test('with proof by DNS and from the staging directory too', () => {
    const dns01 = (shop: Chart) => Dns01.cloudflare(new Secret(shop, 'token'));
    expect(certified('*.shop.internal', (shop) => new LetsEncrypt(shop, 'le', { email, dns01: dns01(shop) })).map(([rule]) => rule)).toContain('host-not-certified');
    expect(certified('shop.internal', (shop) => new LetsEncrypt(shop, 'le', { email, staging: true })).map(([rule]) => rule)).toEqual(['host-not-certified']);
  });

  // Names of documentation stand for those of the reader.
  test.each(['shop.example', 'shop.acme.example', 'shop.example.org', 'local.acme.example', 'internal.io'])('is not %s', (host) => {
    expect(certified(host, letsEncrypt)).toEqual([]);
  });

  test.each<[string, (shop: Chart) => CertificateIssuer]>([
    ['an authority of the company', (shop) => new AcmeIssuer(shop, 'acme', { email, directory: 'https://ca.acme.internal/directory' })],
    ["the deployment's own", (shop) => new LocalCertificates(shop, 'local')],
  ])('is one that %s certifies', (_, certificates) => {
    expect(certified('shop.internal', certificates)).toEqual([]);
  });

  test('is not advised to have it where it has no certificates', () => {
    const messages = found((shop) => {
      const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck: HealthCheck.http('/healthz') });
      new LoadBalancer(shop, 'edge').addRoute('shop.localhost', web);
    }).map(([, , message]) => message);
    expect(messages).toEqual(["edge serves 'shop.localhost' over plain HTTP: give it certificates, for example new LocalCertificates(chart, 'local')"]);
  });
});

describe('metrics that nobody can ask for', () => {
  const said = (declare: (shop: Chart) => void) => [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()].map((target) => {
    const app = new App({ targets: [target] });
    declare(new Chart(app, 'shop'));
    return app.findings().filter(({ rule }) => rule === 'metrics-unreached').map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
  });

  test('are a finding on Docker, where no target knows a monitoring', () => {
    const finding = 'warning shop/mailer: mailer tells its metrics on port 9090 to nobody on Docker, where what collects them is a workload like any other:'
      + ' let the two share a network, or connect it (connectTo)';
    expect(said((shop) => new Worker(shop, 'mailer', { image, metricsPort: 9090 }))).toEqual([[], [finding], [finding]]);
  });

  test('and none in a network, or with a connection to it', () => {
    expect(said((shop) => new Worker(shop, 'mailer', { image, metricsPort: 9090, networks: [new IsolatedNetwork(shop, 'metrics')] }))).toEqual([[], [], []]);
    expect(said((shop) => {
      const web = new HAWebService(shop, 'web', { image, port: 8080, metricsPort: 8080 });
      new Worker(shop, 'prometheus', { image }).connectTo(web);
    })).toEqual([[], [], []]);
  });
});

describe('a way out of the restricted runtime says what it gives up', () => {
  const optOuts = (declare: (shop: Chart) => void) => [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()].map((target) => {
    const app = new App({ targets: [target] });
    declare(new Chart(app, 'shop'));
    return app.findings().filter(({ rule }) => OPT_OUTS.includes(rule)).map(({ rule, severity, message, path }) => `${severity} ${rule} ${path}: ${message}`);
  });
  const OPT_OUTS = ['starts-as-root', 'unrestricted', 'writable-root', 'binds-low-ports'];
  const ROOT = 'warning writable-root shop/mailer: mailer can write its root file system (writableRoot): who breaks into it can change its programs and leave others there;'
    + ' leave it out, and give Volume.scratch for the folders that it writes to';
  const LOW_PORTS = 'warning binds-low-ports shop/mailer: mailer keeps NET_BIND_SERVICE (bindLowPorts): who breaks into it can take any port below 1024 of its network;'
    + ' leave it out, and let it listen on a port from 1024';

  test.each<[string, Security, string[]]>([
    ['none by default', Security.restricted(), []],
    ['a writable root', Security.restricted({ writableRoot: true }), [ROOT]],
    ['a capability', Security.restricted({ bindLowPorts: true }), [LOW_PORTS]],
    ['each by itself', Security.restricted({ writableRoot: true, bindLowPorts: true }), [ROOT, LOW_PORTS]],
    ['root at the start', Security.startsAsRoot(), ['warning starts-as-root shop/mailer: mailer starts as root with CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID'
      + ' (Security.startsAsRoot()): who breaks into it before it steps down is root in the container, and Pod Security Standard restricted refuses it;'
      + ' leave it out for an image that runs as another user']],
    ['everything', Security.unrestricted('it loads a driver'), ["warning unrestricted shop/mailer: mailer runs as its image comes (Security.unrestricted('it loads a driver')):"
      + ' it may be root, has the default capabilities, may gain privileges, and can write its root file system;'
      + ' take Security.startsAsRoot() or a part of Security.restricted({ … }) if that is enough']],
  ])('%s, the same on every target', (_, security, expected) => {
    expect(optOuts((shop) => new Worker(shop, 'mailer', { image, security }))).toEqual([expected, expected, expected]);
  });

  test('of a sidecar and an init container too, at the path of the workload', () => {
    const [kubernetes] = optOuts((shop) => {
      const mailer = new Worker(shop, 'mailer', { image });
      mailer.addSidecar('debug', { image, security: Security.startsAsRoot() });
      mailer.addInit('prepare', { image, security: Security.restricted({ writableRoot: true }) });
    });
    expect(kubernetes.map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual(['starts-as-root shop/mailer: debug', 'writable-root shop/mailer: prepare']);
  });
});
