import { Chart } from 'cdk8s';
import { App, HAWebService, HealthCheck, KubernetesTarget, LoadBalancer, Secret, Worker } from '../../src';

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
