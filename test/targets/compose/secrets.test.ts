import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { App, CertificateFiles, ComposeTarget, HAWebService, HealthCheck, LoadBalancer, Secret, SwarmTarget, Worker } from '../../../src';

/*
 * What must be there before the first deployment, on Compose and on Swarm.
 */

const image = 'ghcr.io/acme/shop:1.4.2';

function render(declare: (shop: Chart) => void) {
  const app = new App({ targets: [new ComposeTarget(), new SwarmTarget()], report: false });
  declare(new Chart(app, 'shop'));
  const files = app.render();
  const text = (path: string) => files.find((file) => file.path === path)!.text;
  return {
    sections: ['compose/shop/compose.yml', 'swarm/shop/stack.yml'].map((path) => Object.keys(parse(text(path)).secrets ?? {})),
    examples: ['compose/shop/.env.example', 'swarm/shop/.env.example'].map(text),
    plans: ['compose/shop/deploy.plan', 'swarm/shop/deploy.plan'].map((path) => text(path).split('\n').filter((line) => /^(secret|variable) /.test(line))),
  };
}

test('a secret that is a variable alone is given at deployment, and nothing is put anywhere before', () => {
  const { sections, examples, plans } = render((shop) => new Worker(shop, 'mailer', { image, secretEnvironment: { KEY: new Secret(shop, 'api-key') } }));
  expect(sections).toEqual([[], []]);
  expect(plans).toEqual([['variable api-key name=API_KEY'], ['variable api-key name=API_KEY']]);
  for (const example of examples) expect(example).toContain("# The secret 'api-key'.\nAPI_KEY=''\n");
  expect(examples[0]).not.toContain('shop/secrets/api-key');
  expect(examples[1]).not.toContain('secrets set');
});

test('what single quotes around a value do is said where there are values', () => {
  const [compose, swarm] = render((shop) => new Worker(shop, 'mailer', { image, secretEnvironment: { KEY: new Secret(shop, 'api-key') } })).examples;
  expect(compose).toContain("\n# In single quotes a value is taken as it is, \\' in it for a single quote; without them $word is replaced, and what follows ' #' is left out.\n");
  expect(swarm).toContain("\n# In single quotes a value is taken as it is, here as by Compose; without them Compose replaces $word, and leaves out what follows ' #'.\n");
  for (const example of render((shop) => new Worker(shop, 'mailer', { image })).examples) expect(example).not.toContain('quotes');
});

test('one that somebody has as a file as well must be there', () => {
  const { sections, examples, plans } = render((shop) => {
    const key = new Secret(shop, 'api-key');
    new Worker(shop, 'mailer', { image, secretEnvironment: { API_KEY: key } });
    new Worker(shop, 'printer', { image, secrets: [key] });
  });
  expect(sections).toEqual([['api-key'], ['api-key']]);
  expect(plans).toEqual(['secret api-key file=api-key user=10001', 'secret api-key name=shop_api-key'].map((line) => [line, 'variable api-key name=API_KEY']));
  expect(examples[0]).toContain('shop/secrets/api-key');
  expect(examples[1]).toContain('deploy.sh secrets set api-key (the secret shop_api-key)');
});

test('so must one that a load balancer reads', () => {
  const { sections } = render((shop) => {
    const [certificate, privateKey] = [new Secret(shop, 'certificate'), new Secret(shop, 'private-key')];
    const web = new HAWebService(shop, 'web', {
      image, port: 8080, healthCheck: HealthCheck.http('/healthz'), secretEnvironment: { TLS_CERTIFICATE: certificate },
    });
    new LoadBalancer(shop, 'edge', { certificates: new CertificateFiles(shop, 'files', { certificate, privateKey }) }).addRoute('shop.acme.example', web);
  });
  expect(sections).toEqual([['certificate', 'private-key'], ['certificate', 'private-key']]);
});
