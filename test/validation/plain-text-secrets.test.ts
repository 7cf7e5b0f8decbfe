import { Chart } from 'cdk8s';
import { App, HealthCheck, KubernetesTarget, Worker, type ContainerProps } from '../../src';

/*
 * A password that stands in the definition is found wherever people write one, and what only looks like one is not.
 */

const image = 'ghcr.io/acme/shop:1.4.2';

const found = (props: Partial<ContainerProps>, more: (mailer: Worker) => void = () => undefined) => {
  const app = new App({ targets: [new KubernetesTarget()] });
  more(new Worker(new Chart(app, 'shop'), 'mailer', { image, ...props }));
  return app.findings().filter(({ rule }) => rule === 'plain-text-secret').map(({ severity, path, message }) => {
    expect({ severity, path }).toEqual({ severity: 'warning', path: 'shop/mailer' });
    return message;
  });
};

describe('a variable with the name of a secret', () => {
  test.each(['DB_PASSWORD', 'PGPASSWORD', 'MYSQL_PWD', 'DB_PASS', 'API_KEY'])('%s is found', (variable) => {
    expect(found({ environment: { [variable]: 'Vfcwh0ziPp' } })).toEqual([
      `mailer has the plain-text variable ${variable}, which looks like a secret: declare a Secret and give its path, or use secretEnvironment`,
    ]);
  });

  test.each([
    ['DB_PASSWORD_FILE', 'db-password'], ['DB_PASSWORD', '/run/secrets/db-password'], ['PASSWORD_RESET_URL', 'https://shop.acme.example/reset'],
    ['COMPASS_URL', 'https://compass.acme.example'], ['PWD', '/app'], ['PWD', 'app'], ['DB_PASSWORD', '$(GIVEN)'], ['DB_PASSWORD', '${GIVEN}'],
  ])('%s with %p is none', (variable, value) => {
    expect(found({ environment: { [variable]: value } })).toEqual([]);
  });
});

describe('a URL with a password', () => {
  test.each([
    'postgres://u:Vfcwh0ziPp@db:5432/x', 'redis://:Vfcwh0ziPp@redis', 'jdbc:postgresql://u:Vfcwh0ziPp@db/x', 'mongodb://u:Vfcwh0ziPp@db-0,db-1/x?replicaSet=rs',
    'https://one.example https://u:p@ss@two.example',
  ])('in a variable is found: %s', (value) => {
    expect(found({ environment: { DATABASE_URL: value } })).toEqual([
      'mailer has the plain-text variable DATABASE_URL, whose URL holds a password: declare a Secret and use secretEnvironment,'
      + ' or leave the password out of the URL and give the path of its Secret',
    ]);
  });

  test.each([
    'postgres://u@db:5432/x', 'postgres://db:5432/x', 'redis://:@redis', 'postgres://u:$(PASSWORD)@db/x', 'postgres://u:${PASSWORD}@db/x',
    'https://shop.acme.example:8443/?mail=ops@acme.example', 'https://one.example:80/@scope', 'u:Vfcwh0ziPp@db',
  ])('%s holds none', (value) => {
    expect(found({ environment: { DATABASE_URL: value } })).toEqual([]);
  });
});

describe('a command', () => {
  const said = (field: string, what: string) =>
    `mailer has a password in its ${field} (${what}), which every list of processes shows: declare a Secret, and give the program its path or take it from secretEnvironment`;

  test.each([
    [['--password', 'hunter2'], '--password'],
    [['--password=hunter2'], '--password'],
    [['--db-password=hunter2'], '--db-password'],
    [['worker', 'redis://:hunter2@redis'], 'a URL'],
  ])('has one in its args %j', (args, what) => {
    expect(found({ args })).toEqual([said('args', what)]);
  });

  test('has one in the script that a shell runs', () => {
    expect(found({ command: ['sh', '-c', 'until pg --password hunter2; do sleep 1; done\nexec worker'] })).toEqual([said('command', '--password')]);
  });

  test('has one in its health check', () => {
    expect(found({ healthCheck: HealthCheck.command(['mysqladmin', 'ping', '--password=hunter2']) })).toEqual([said('healthCheck.command', '--password')]);
  });

  test.each([
    [['--password-file', 'hunter2']], [['--password=/run/secrets/password']], [['--password', '/run/secrets/password']], [['--password', '$(PASSWORD)']],
    [['--password=${PASSWORD}']], [['--password', '--verbose']], [['--password=']], [['--password']], [['--no-password', 'shop']], [['pass', 'word']],
    [['-c', 'exec worker --password "$PASSWORD" "postgres://u:$PASSWORD@db"']], [['-c', 'exec worker --password="$(cat /run/secrets/password)"']],
  ])('has none in %j', (args) => {
    expect(found({ args })).toEqual([]);
  });
});

test('sidecars, init containers and release steps are looked at too, each thing once', () => {
  expect(found({ args: ['--password=hunter2', '--password=hunter3'] }, (mailer) => {
    mailer.addSidecar('cache', { image, environment: { REDIS_URL: 'redis://:hunter2@redis' } });
    mailer.addInit('wait', { image, args: ['--password=hunter2'] });
    mailer.addReleaseStep('migrate', { command: ['migrate', 'postgres://u:hunter2@db'] });
  }).map((message) => message.replace(/[,)].*/, ''))).toEqual([
    'mailer has a password in its args (--password', 'cache has the plain-text variable REDIS_URL', 'wait has a password in its args (--password',
    "mailer has a password in its release step 'migrate' (a URL",
  ]);
});

test('no value of one is said', () => {
  const said = found({ environment: { DB_PASS: 'Vfcwh0ziPp', URL: 'redis://:Vfcwh0ziPp@redis' }, args: ['--password=Vfcwh0ziPp', 'redis://:Vfcwh0ziPp@redis'] });
  expect([said.length, said.join().includes('Vfcwh0ziPp')]).toEqual([4, false]);
});
