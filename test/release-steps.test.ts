import { Chart, JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import {
  App, ComposeTarget, HAWebService, HealthCheck, IsolatedNetwork, KubernetesObjects, KubernetesTarget,
  ReleaseTool, Secret, SharedVolume, StatefulService, SwarmTarget, Volume,
} from '../src';
import { findings, Manifests } from './targets/kubernetes/manifests';

/*
 * A release step on each target: the same image, environment, secrets and files, another command.
 */

let files: { [path: string]: string };

beforeAll(() => {
  const app = new App({ targets: [new KubernetesTarget(), new ComposeTarget(), new SwarmTarget()] });
  const shop = new Chart(app, 'shop');
  const password = new Secret(shop, 'password');
  const web = new HAWebService(shop, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2',
    port: 8080,
    secrets: [password],
    environment: { MODE: 'live' },
    files: { '/etc/shop.conf': 'a\n' },
    volumes: [Volume.scratch('/cache')],
  });
  web.addReleaseStep('migrate', { command: ['shop', 'migrate', '$x'] });
  files = Object.fromEntries(app.render().map(({ path, text }) => [path, text]));
});

const MAIN = ['image', 'environment', 'secrets', 'user', 'read_only', 'cap_drop'];
const pick = (service: any) => Object.fromEntries(MAIN.map((field) => [field, service[field]]));

test('Compose: a service that runs to its end, in the plan before the first new copy', () => {
  const { services } = parse(files['compose/shop/compose.yml']);
  expect(services['web-migrate'].entrypoint).toEqual(['shop', 'migrate', '$$x']);
  expect(pick(services['web-migrate'])).toEqual(pick(services.web));
  expect(services['web-migrate'].configs).toEqual(services.web.configs);
  expect(services['web-migrate'].deploy.replicas).toBeUndefined();
  const plan = files['compose/shop/deploy.plan'];
  expect(plan.indexOf('step web-migrate')).toBeLessThan(plan.indexOf('rolling web'));
});

test('Swarm: a service of the file that is deployed before the stack, which removes it again', () => {
  const before = parse(files['swarm/shop/before.yml']).services;
  const stack = parse(files['swarm/shop/stack.yml']).services;
  expect(Object.keys(before)).toEqual(['web-migrate']);
  expect(before['web-migrate'].entrypoint).toEqual(['shop', 'migrate', '$$x']);
  expect(pick(before['web-migrate'])).toEqual(pick(stack.web));
  expect(stack['web-migrate']).toBeUndefined();
});

test('Kubernetes: an init container, with a warning that it runs before each copy', () => {
  const deployment = files['shop.k8s.yaml'].split('\n---\n').map((text) => parse(text)).find((object) => object?.kind === 'Deployment');
  const [step] = deployment.spec.template.spec.initContainers;
  const [main] = deployment.spec.template.spec.containers;
  expect(step).toMatchObject({ name: 'migrate', command: ['shop', 'migrate', '$x'], image: main.image, env: main.env, volumeMounts: main.volumeMounts });
  expect(step.readinessProbe).toBeUndefined();
  expect(files['report/report.md'] ?? '').not.toContain('undefined');
});

/** A shop with two steps, and a database that they need. */
function shopWithSteps(shop: Chart): void {
  const db = new StatefulService(shop, 'db', { image: 'ghcr.io/acme/db:1.0.0', port: 5432, healthCheck: HealthCheck.tcp() });
  const web = new HAWebService(shop, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2',
    port: 8080,
    networks: [new IsolatedNetwork(shop, 'backend')],
    metricsPort: 9102,
    files: { '/etc/shop.conf': 'a' },
    volumes: [new SharedVolume(shop, 'uploads').mount('/uploads')],
    healthCheck: HealthCheck.http('/healthz'),
  });
  web.connectTo(db);
  web.addSidecar('log', { image: 'ghcr.io/acme/log:1.0.0', files: { '/etc/log.conf': 'b' } });
  web.addReleaseStep('migrate', { command: ['shop', 'migrate', '$(date)'] });
  web.addReleaseStep('warm', { command: ['shop', 'warm'] });
}

describe('a release step on Kubernetes as a Job', () => {
  const argo = () => new Manifests(shopWithSteps, { releaseTool: ReleaseTool.argoCd() });
  const helm = () => new Manifests(shopWithSteps, { releaseTool: ReleaseTool.helm() });

  test.each([['Argo CD', argo], ['Helm', helm]])('%s: is the pod of the copies with another command, without sidecars, ports and probes', (_, shop) => {
    const manifests = shop();
    const { template } = manifests.get('Job', 'web-migrate').spec;
    const [main] = manifests.pod('web').containers;
    const [step] = template.spec.containers;
    expect(step).toMatchObject({ name: 'migrate', command: ['shop', 'migrate', '$$(date)'], image: main.image, securityContext: main.securityContext });
    expect([step.ports, step.readinessProbe, step.lifecycle]).toEqual([undefined, undefined, undefined]);
    expect(template.spec).toMatchObject({ automountServiceAccountToken: false, restartPolicy: 'Never', securityContext: manifests.pod('web').securityContext });
    expect(template.spec.initContainers).toBeUndefined();
    expect(manifests.pod('web').initContainers.map(({ name }: any) => name)).toEqual(['log']);
  });

  test('has the policies of its workload, and no Service or controller takes it for a copy', () => {
    const manifests = argo();
    const { labels } = manifests.get('Job', 'web-migrate').spec.template.metadata;
    const isSelected = (selector: any) => Object.entries(selector).every(([key, value]) => labels[key] === value);
    expect(isSelected(manifests.get('NetworkPolicy', 'web').spec.podSelector.matchLabels)).toBe(true);
    expect(labels).toMatchObject({ 'cdk8s-ha/network-backend': 'shop' });
    expect(isSelected(manifests.get('Service', 'web').spec.selector)).toBe(false);
    expect(isSelected(manifests.get('Deployment', 'web').spec.selector.matchLabels)).toBe(false);
    expect(isSelected(manifests.get('PodDisruptionBudget', 'web').spec.selector.matchLabels)).toBe(false);
  });

  test('Argo CD: comes after what it needs and before the Deployments, step by step', () => {
    const waves = argo().objects.map(({ kind, metadata: { name, annotations } }) => [Number(annotations?.['argocd.argoproj.io/sync-wave'] ?? 0), `${kind}/${name}`] as const);
    const wave = (number: number) => waves.filter(([one]) => one === number).map(([, name]) => name);
    expect(wave(-100)).toEqual([
      'ServiceAccount/db', 'ServiceAccount/web', expect.stringMatching(/^ConfigMap\/web-config-/), 'NetworkPolicy/db', 'NetworkPolicy/web',
      'Service/db', 'Service/db-headless', 'StatefulSet/db',
    ]);
    // A claim may wait for its first pod.
    expect(wave(-99)).toEqual(['PersistentVolumeClaim/uploads', 'Job/web-migrate']);
    expect(wave(-98)).toEqual(['Job/web-warm']);
    expect(wave(0)).toEqual(['Service/web', 'Deployment/web', 'PodDisruptionBudget/web']);
  });

  // Else the first release would wait for ever: for a step that waits for a database which comes after it.
  test('Argo CD: comes after a database of its network too, which it may reach without a declared connection', () => {
    const databases = (connectedOnly: boolean) => new Manifests((shop) => {
      const networks = [new IsolatedNetwork(shop, 'backend', { connectedOnly })];
      new StatefulService(shop, 'db', { image: 'ghcr.io/acme/db:1.0.0', port: 5432, networks, healthCheck: HealthCheck.tcp() });
      new StatefulService(shop, 'other', { image: 'ghcr.io/acme/db:1.0.0', port: 5432, healthCheck: HealthCheck.tcp() });
      new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080, networks, healthCheck: HealthCheck.http('/healthz') })
        .addReleaseStep('migrate', { command: ['shop', 'migrate'] });
    }, { releaseTool: ReleaseTool.argoCd() }).objects.filter(({ kind, metadata }) => kind === 'StatefulSet' && metadata.annotations !== undefined).map(({ metadata }) => metadata.name);
    expect([databases(false), databases(true)]).toEqual([['db'], []]);
  });

  test('Argo CD: is a hook of the sync, made anew with each', () => {
    const manifests = argo();
    const job = manifests.get('Job', 'web-migrate');
    expect(job.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' });
    expect(job.spec.template.spec.serviceAccountName).toBe('web');
    const config = job.spec.template.spec.volumes.find(({ name }: any) => name === 'config').configMap.name;
    expect(config).toBe(manifests.get('ConfigMap').metadata.name);
  });

  test('is patched in the file', () => {
    const manifests = new Manifests((shop) => {
      shopWithSteps(shop);
      KubernetesObjects.of(shop).file.addJsonPatch(JsonPatch.replace('/Job/web-migrate/spec/backoffLimit', 0));
    }, { releaseTool: ReleaseTool.argoCd() });
    expect(manifests.get('Job', 'web-migrate').spec.backoffLimit).toBe(0);
  });

  test('Helm: runs before anything is changed, with files of its own, which are there before it', () => {
    const manifests = helm();
    const job = manifests.get('Job', 'web-warm');
    const config = manifests.get('ConfigMap', 'web-warm-config');
    expect(job.metadata.annotations).toEqual({
      'helm.sh/hook': 'post-install,pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation', 'helm.sh/hook-weight': '2',
    });
    expect(config.metadata.annotations['helm.sh/hook-weight']).toBe('1');
    expect(config.data).toEqual({ 'etc.shop.conf': 'a' });
    expect(job.spec.template.spec.volumes.find(({ name }: any) => name === 'config').configMap.name).toBe('web-warm-config');
    expect(job.spec.template.spec.serviceAccountName).toBeUndefined();
    expect(manifests.get('Deployment').metadata.annotations).toBeUndefined();
  });

  const said = (releaseTool?: ReleaseTool) => findings(shopWithSteps, { releaseTool }).filter((line) => / release-step-.*'migrate'/.test(line));

  test('kubectl says that the init container runs before each copy, Helm what its first install does, Argo CD nothing', () => {
    expect(said()).toEqual([
      'warning release-step-each-copy: \'migrate\' of \'web\' runs before each new copy on Kubernetes, not once a release: it must stand being run several times, and at once;'
      + ' where Argo CD or Helm brings the manifests, give new KubernetesTarget({ releaseTool: ReleaseTool.argoCd() }), or .helm() [shop/web]',
    ]);
    expect(said(ReleaseTool.helm())).toEqual([
      'warning release-step-after-install: \'migrate\' of \'web\' runs after the copies were started when Helm installs the chart for the first time, since what it needs is made'
      + ' with them: they must wait for it by themselves; each upgrade runs it before anything is changed [shop/web]',
    ]);
    expect(said(ReleaseTool.argoCd())).toEqual([]);
  });
});

test.each([
  [undefined, /web\.migrate cannot have undefined as 'command'|needs 'command'|command/],
  [[], /command/],
])('a command of %j is an error', (command, message) => {
  const shop = new Chart(new App(), 'shop');
  const web = new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080 });
  expect(() => web.addReleaseStep('migrate', { command } as any)).toThrow(message);
});
