import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { App, ComposeTarget, HAWebService, KubernetesTarget, Secret, SwarmTarget, Volume } from '../src';

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

test.each([
  [undefined, /web\.migrate cannot have undefined as 'command'|needs 'command'|command/],
  [[], /command/],
])('a command of %j is an error', (command, message) => {
  const shop = new Chart(new App(), 'shop');
  const web = new HAWebService(shop, 'web', { image: 'ghcr.io/acme/shop:1.4.2', port: 8080 });
  expect(() => web.addReleaseStep('migrate', { command } as any)).toThrow(message);
});
