import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { ControlPlane, describeWithCluster, KUBERNETES } from './control-plane';
import { installCustomResources } from './custom-resources';
import { App, HAWebService, HealthCheck, KubernetesTarget } from '../../src';
import { cdk8sSynth, expectedManifests } from '../support/cdk8s-cli';
import { byName } from '../support/reachability';
import { helm, testWith } from '../support/tools';

/* Charts in the hands of the real Helm and a real API server: installed, upgraded, rolled back. */

const EXAMPLES = readdirSync(join(__dirname, '..', '..', 'examples'));

describeWithCluster(`Helm and the API server of Kubernetes ${KUBERNETES}`, () => {
  let plane: ControlPlane;
  let where: string[];
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-charts-'));

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: false });
    await installCustomResources(plane.api);
    where = ['--kubeconfig', plane.kubeconfig()];
  }, 300_000);

  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true });
  });

  const upgrade = (name: string, chart: string) =>
    helm('upgrade', '--install', name, chart, '--namespace', name, '--create-namespace', ...where);

  describe.each(EXAMPLES)('the example %s', (example) => {
    const chart = join(folder, example);
    const objects = Object.values(byName(expectedManifests(example)));
    const live = () => Promise.all(objects.map(async (object) => plane.api.get(await plane.api.pathOf(object, example))));

    testWith('helm', 'is installed, every object of it', async () => {
      cdk8sSynth(example, chart, '--format', 'helm', '--chart-version', '1.0.0');
      upgrade(example, chart);
      for (const { metadata } of await live()) {
        expect(metadata.annotations['meta.helm.sh/release-name']).toBe(example);
        // Helm takes only what has its own name there, which it writes by itself.
        expect(metadata.labels['app.kubernetes.io/managed-by']).toBe('Helm');
      }
    });

    testWith('helm', 'is left alone by an upgrade in which nothing changed', async () => {
      const generations = async () => (await live()).map(({ kind, metadata: { name, generation } }) => [kind, name, generation]);
      const before = await generations();
      upgrade(example, chart);
      expect(await generations()).toEqual(before);
    });
  });

  /** A chart of a service with one file. */
  const withFile = (text: string, createNamespace = false) => {
    const chart = mkdtempSync(join(folder, 'web-'));
    const app = new App({ outdir: join(chart, 'templates'), targets: [new KubernetesTarget({ createNamespace })], report: false });
    new HAWebService(new Chart(app, 'web', createNamespace ? { namespace: 'made' } : {}), 'web', {
      ...{ image: 'ghcr.io/acme/shop:1.4.2', port: 8080, healthCheck: HealthCheck.http('/healthz') }, files: { '/etc/web.conf': text },
    });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
    app.synth();
    return chart;
  };

  testWith('helm', 'a rollback finds the file of before', async () => {
    const files = async () => (await plane.api.get('/api/v1/namespaces/web/configmaps')).items.map(({ metadata }: any) => metadata.name).sort();
    const mounted = async () => (await plane.api.get('/apis/apps/v1/namespaces/web/deployments/web')).spec.template.spec.volumes
      .flatMap(({ configMap }: any) => configMap?.name ?? []);
    upgrade('web', withFile('colour = blue\n'));
    const [blue] = await mounted();
    upgrade('web', withFile('colour = green\n'));
    const [green] = await mounted();
    expect(await files()).toEqual([blue, green].sort());
    helm('rollback', 'web', '1', '--namespace', 'web', ...where);
    expect(await mounted()).toEqual([blue]);
    expect(await files()).toEqual([blue, green].sort());
  });

  testWith('helm', 'a namespace of the chart gets its labels, and outlives the release', async () => {
    const namespace = async () => (await plane.api.get('/api/v1/namespaces/made')).metadata;
    upgrade('made', withFile('colour = blue\n', true));
    expect((await namespace()).labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    helm('uninstall', 'made', '--namespace', 'made', ...where);
    expect((await namespace()).deletionTimestamp).toBeUndefined();
  });
});
