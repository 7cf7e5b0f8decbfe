import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App as Cdk8sApp, Chart, YamlOutputType } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import {
  App, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork, KubernetesTarget, LoadBalancer, LocalCertificates, Placement, Secret,
  StatefulService, SwarmTarget, Volume, Worker, type AppProps, type OutputFile,
} from '../src';
import { filesOf } from './support/goldens';
import { validateManifests } from './support/kubernetes-schemas';
import { expectNoProblems } from './support/problem';
import { MANIFEST_HEAD } from '../src/util/manifest-head';

/*
 * The root: what it writes, what it leaves alone, and when it writes nothing at all.
 */

const ROOT = join(__dirname, '..');
const LIB = join(ROOT, 'lib', 'index.js');
const TYPES = [YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE,
  YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE].map((type) => [YamlOutputType[type], type] as const);

const folders: string[] = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'cdk8s-ha-app-')));
  return folders[folders.length - 1];
};
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })));

const write = (outdir: string, path: string) => {
  mkdirSync(join(outdir, path, '..'), { recursive: true });
  writeFileSync(join(outdir, path), 'kept?\n');
};
const paths = (files: { path: string }[]) => files.map(({ path }) => path).sort();
const text = (files: OutputFile[], path: string) => files.find((file) => file.path === path)!.text;
const named = (manifest: any) => `${manifest.kind}/${manifest.metadata.name}`;
const documents = (yaml: string): any[] => (parseAllDocuments(yaml, { uniqueKeys: true }) as any[])
  .flatMap((document) => { expect(document.errors).toEqual([]); return document.toJS() ?? []; });

const image = 'ghcr.io/acme/shop:1.4.2';
const healthCheck = HealthCheck.tcp();

/** A web service, its database, a worker and an edge; `reversed` declares all of it the other way round where that is possible. */
function declareShop(app: App, reversed = false): Chart {
  const shop = new Chart(app, 'shop');
  const inOrder = (...steps: (() => unknown)[]) => (reversed ? steps.reverse() : steps).forEach((step) => step());
  let backend!: IsolatedNetwork, jobs!: IsolatedNetwork, password!: Secret, key!: Secret, certificates!: LocalCertificates;
  inOrder(
    () => backend = new IsolatedNetwork(shop, 'backend'),
    () => jobs = new IsolatedNetwork(shop, 'jobs'),
    () => password = new Secret(shop, 'db-password'),
    () => key = new Secret(shop, 'api-key'),
    () => certificates = new LocalCertificates(shop, 'certificates'),
  );
  const both = <T>(...items: T[]) => reversed ? items.reverse() : items;
  let db!: StatefulService, web!: HAWebService, mailer!: Worker, edge!: LoadBalancer;
  inOrder(
    () => db = new StatefulService(shop, 'db', {
      ...{ image: 'postgres:17.2', port: 5432, healthCheck, networks: both(backend, jobs), secrets: both(password, key) },
      ...{ volumes: [Volume.persistent('/data')], placement: Placement.onNode('storage-1') },
    }),
    () => web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck, networks: [backend], secrets: both(password, key) }),
    () => mailer = new Worker(shop, 'mailer', { image, networks: [jobs] }),
    () => edge = new LoadBalancer(shop, 'edge', { certificates }),
  );
  inOrder(
    () => web.connectTo(db),
    () => mailer.connectTo(web),
    () => mailer.connectTo(db),
    () => edge.addRoute('shop.localhost', web),
    () => edge.addRoute('shop.localhost', web, { path: '/api' }),
    () => edge.addRoute('admin.localhost', web),
    () => edge.addRedirect('www.shop.localhost', 'shop.localhost'),
  );
  return shop;
}

/** Synth into a folder, and what is there then. */
const synthShop = (props: AppProps = {}, reversed = false) => {
  const outdir = props.outdir ?? folder();
  const app = new App({ ...props, outdir });
  declareShop(app, reversed);
  app.synth();
  return filesOf(outdir).sort((a, b) => a.path < b.path ? -1 : 1);
};

describe('the manifests', () => {
  /** Two charts of plain objects, the second after the first. */
  const declarePlain = (app: Cdk8sApp) => {
    const [late, early] = ['late', 'early'].map((id) => new Chart(app, id, { namespace: id, labels: { team: 'shop' } }));
    for (const chart of [late, early]) {
      new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: { on: 'yes', text: 'a: b\n# c\n' } });
      new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web' } });
    }
    late.addDependency(early);
  };

  test.each(TYPES)('of charts without any of our constructs are the same bytes as cdk8s writes (%s)', (_, yamlOutputType) => {
    const [theirs, ours] = [folder(), folder()];
    const [plain, own] = [new Cdk8sApp({ outdir: theirs, yamlOutputType }), new App({ outdir: ours, yamlOutputType, report: false })];
    for (const app of [plain, own]) {
      declarePlain(app);
      app.synth();
    }
    expect(filesOf(ours)).toEqual(filesOf(theirs));
  });

  test.each(TYPES)('of our constructs are all there and valid (%s)', (_, yamlOutputType) => {
    const targets = [new KubernetesTarget()];
    const all = (files: { text: string }[]) => files.flatMap((file) => documents(file.text)).map(named).sort();
    const files = synthShop({ yamlOutputType, targets, report: false });
    expect(all(files)).toEqual(all(synthShop({ targets, report: false })));
    expectNoProblems(validateManifests(files.map((file) => `---\n${file.text}`).join('')));
  });

  test('of two charts, one after the other and nothing between, are one valid file', () => {
    const app = new App({ targets: [new KubernetesTarget()], report: false });
    ['one', 'two'].forEach((id) => new HAWebService(new Chart(app, id), `web-${id}`, { image, port: 8080, healthCheck }));
    const files = app.render();
    expect(files).toHaveLength(2);
    expect(files.every((file) => file.text.length < 64 * 1024)).toBe(true);
    const together = documents(files.map((file) => file.text).join(''));
    expect(together.map(named)).toEqual(files.flatMap((file) => documents(file.text)).map(named));
  });

  const withLib = existsSync(LIB) ? test : test.skip;
  if (!existsSync(LIB)) process.stderr.write('SKIPPED: a test with the cdk8s command line, which needs lib/: npm run build:lib\n');

  withLib('come out of cdk8s synth --stdout as a valid file', () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'main.js'), `
      const { App, HAWebService } = require(${JSON.stringify(LIB)});
      const { Chart } = require(${JSON.stringify(require.resolve('cdk8s'))});
      const app = new App();
      for (const id of ['one', 'two']) new HAWebService(new Chart(app, id), 'web-' + id, { image: '${image}', port: 8080 });
      app.synth();`);
    const cli = join(ROOT, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
    const { stdout, stderr, status } = spawnSync(process.execPath, [cli, 'synth', '--stdout', '--no-check-upgrade', '--app', `${process.execPath} main.js`],
      { cwd, encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(documents(stdout).filter(({ kind }) => kind === 'Deployment').map(named)).toEqual(['Deployment/web-one', 'Deployment/web-two']);
  });
});

test('what is declared after synth is said to be in no file', () => {
  const cwd = folder();
  const library = join(__dirname, '..', 'src');
  symlinkSync(join(__dirname, '..', 'node_modules'), join(cwd, 'node_modules'));
  writeFileSync(join(cwd, 'main.ts'), `
    import { Chart } from 'cdk8s';
    import { App, Worker } from '${library}';
    const app = new App({ outdir: '${cwd}/dist' });
    const shop = new Chart(app, 'shop');
    app.synth();
    if (process.argv[2] === 'late') new Worker(shop, 'mailer', { image: 'ghcr.io/acme/mailer:1.0.0' });
  `);
  const errorsOf = (...args: string[]) => spawnSync(process.execPath, ['--import', 'tsx', 'main.ts', ...args], { cwd, encoding: 'utf8' }).stderr;
  expect(errorsOf('late')).toBe(`warning: something was declared after synth(), and stands in no file below '${cwd}/dist': call synth() last\n`);
  expect(errorsOf()).toBe('');
});

describe('every file of every target', () => {
  test('is the same byte for byte when synth runs again', () => {
    const outdir = folder();
    const app = new App({ outdir });
    declareShop(app);
    app.synth();
    const first = filesOf(outdir);
    app.synth();
    expect(filesOf(outdir)).toEqual(first);
    expect(synthShop().map((file) => file.text)).toEqual(synthShop().map((file) => file.text));
  });

  test('is the same byte for byte when all is declared in another order', () => {
    expect(synthShop({}, true)).toEqual(synthShop());
  });

  test('is rendered by render, which writes nothing', () => {
    const outdir = join(folder(), 'dist');
    const app = new App({ outdir });
    declareShop(app);
    const rendered = app.render();
    expect(existsSync(outdir)).toBe(false);
    app.synth();
    const byPath = (a: OutputFile, b: OutputFile) => a.path < b.path ? -1 : 1;
    expect(rendered.map((file) => ({ path: file.path, text: file.text })).sort(byPath)).toEqual(filesOf(outdir).sort(byPath));
  });
});

describe('the output folder', () => {
  test('is not taken from another App of the same program, whose files would be gone', () => {
    const outdir = folder();
    const written = synthShop({ outdir });
    const other = new App({ outdir, targets: [new KubernetesTarget()] });
    new Chart(other, 'billing');
    new Worker(new Chart(other, 'mailing'), 'mailer', { image: 'ghcr.io/acme/mailer:1.0.0' });
    expect(() => other.synth()).toThrow(`App cannot write to '${outdir}': another App of this program has written chart shop there, which would be removed;`
      + ' give one of them an outdir of its own, or declare all charts in one App');
    expect(filesOf(outdir).sort((a, b) => a.path < b.path ? -1 : 1)).toEqual(written);
    expect(() => synthShop({ outdir })).not.toThrow();
  });

  test('keeps what a good run wrote when the next one fails', () => {
    const outdir = folder();
    const good = synthShop({ outdir });
    const bad = new App({ outdir });
    new LoadBalancer(declareShop(bad), 'second').addRoute('other.localhost', new HAWebService(new Chart(bad, 'other'), 'web', { image, port: 80, healthCheck }));
    new ApiObject(new Chart(bad, 'broken'), 'object', { apiVersion: 'v1', kind: 'ConfigMap' }).node.addValidation({ validate: () => ['it is broken'] });
    expect(() => bad.synth()).toThrow('it is broken [broken/object]');
    expect(filesOf(outdir).sort((a, b) => a.path < b.path ? -1 : 1)).toEqual(good);
  });

  test('loses what an earlier run left in our own folders, and nothing else', () => {
    const outdir = folder();
    const stale = ['compose/gone/compose.yml', 'compose/shop/config/edge/old.conf', 'swarm/gone/stack.yml', 'report/old.md'];
    const foreign = ['notes.txt', 'gone.k8s.yaml', 'charts/own/values.yml'];
    [...stale, ...foreign].forEach((path) => write(outdir, path));
    writeFileSync(join(outdir, 'renamed.k8s.yaml'), MANIFEST_HEAD);
    const fresh = paths(synthShop());
    expect(paths(synthShop({ outdir }))).toEqual([...fresh, ...foreign].sort());
  });

  test('loses the folder of a target that is no longer there', () => {
    const outdir = folder();
    synthShop({ outdir });
    expect(paths(synthShop({ outdir, targets: [new KubernetesTarget()], report: false }))).toEqual(['shop.k8s.yaml']);
    expect(paths(synthShop({ outdir, targets: [new ComposeTarget()], report: false }))).not.toContain('shop.k8s.yaml');
  });

  test('of a Helm chart has manifests in templates and all else beside it', () => {
    const chart = folder();
    const app = new App({ outdir: join(chart, 'templates') });
    declareShop(app);
    app.synth();
    const top = paths(filesOf(chart)).map((path) => path.split('/').slice(0, 2).join('/'));
    expect([...new Set(top)]).toEqual(['.helmignore', 'compose/shop', 'report/report.json', 'report/report.md', 'swarm/shop', 'templates/shop.k8s.yaml']);
  });
});

describe('what a target renders', () => {
  test('are the charts it names, else all', () => {
    const app = new App({ targets: [new KubernetesTarget(), new ComposeTarget({ charts: ['tools'] }), new SwarmTarget({ charts: ['shop'] })], report: false });
    for (const id of ['shop', 'tools']) new Worker(new Chart(app, id), 'runner', { image });
    expect(paths(app.render()).filter((path) => /\.ya?ml$/.test(path)))
      .toEqual(['compose/tools/compose.yml', 'shop.k8s.yaml', 'swarm/shop/stack.yml', 'tools.k8s.yaml']);
  });

  test('are not the workloads that are for others, nor any trace of them in peers, networks and routes', () => {
    const app = new App({ report: false });
    const shop = new Chart(app, 'shop');
    const backend = new IsolatedNetwork(shop, 'backend');
    const web = new HAWebService(shop, 'web', { image, port: 8080, healthCheck, networks: [backend] });
    const mailbox = new HAWebService(shop, 'mailbox', { image, port: 8025, healthCheck, networks: [backend], onlyOn: ['compose'] });
    const cache = new HAWebService(shop, 'cache', { image, port: 6379, healthCheck, onlyOn: ['compose'] });
    web.connectTo(mailbox);
    web.connectTo(cache);
    const edge = new LoadBalancer(shop, 'edge', { certificates: new LocalCertificates(shop, 'certificates') });
    edge.addRoute('shop.localhost', web);
    edge.addRoute('mail.localhost', mailbox);
    const files = app.render();
    const compose = parse(text(files, 'compose/shop/compose.yml'));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(['web', 'mailbox', 'cache']));
    expect(Object.keys(compose.services.web.networks)).toEqual(['backend', 'edge-to-web', 'web-to-cache']);
    for (const path of ['shop.k8s.yaml', 'swarm/shop/stack.yml', 'swarm/shop/config/edge/Caddyfile']) {
      expect(text(files, path)).not.toMatch(/mailbox|8025|6379|cache|mail\.localhost/);
    }
  });
});

test('cdk8s-plus-28 is not loaded unless somebody uses it', () => {
  const library = existsSync(LIB) ? LIB : join(ROOT, 'src', 'index.ts');
  const runner = existsSync(LIB) ? [] : ['--require', require.resolve('tsx/cjs')];
  const script = `require(${JSON.stringify(library)}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout, stderr } = spawnSync(process.execPath, [...runner, '-e', script], { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  const loaded: string[] = JSON.parse(stdout);
  expect(loaded).toContain(library);
  expect(loaded.filter((path) => path.includes('cdk8s-plus'))).toEqual([]);
});

describe('warnings', () => {
  const said = (props: AppProps) => {
    const outdir = folder();
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const app = new App({ outdir, ...props });
      new Worker(new Chart(app, 'shop'), 'mailer', { image: 'ghcr.io/acme/shop' });
      app.synth();
      return written.mock.calls.map(([line]) => String(line).replace(outdir, 'dist'));
    } finally {
      written.mockRestore();
    }
  };

  test('are counted where people look, and told in the report', () => {
    expect(said({ targets: [new KubernetesTarget()] })).toEqual(['1 warning: see dist/report/report.md\n']);
  });

  test('are not spoken of where there is no report', () => {
    expect(said({ targets: [new KubernetesTarget()], report: false })).toEqual([]);
  });
});
