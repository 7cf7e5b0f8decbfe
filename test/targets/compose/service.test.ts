import { chart, connection, container, documentOf, file, filesOf, peer, secret, workload } from './models';
import { parseCron } from '../../../src/model/cron';
import { HealthCheck } from '../../../src/model/health-check';
import { Port, type PublishedPort } from '../../../src/model/port';
import { Security } from '../../../src/model/security';
import { Overlap, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';

const compose = new ComposeTarget();

const service = (more: Partial<ContainerModel>, of: Partial<WorkloadModel> = {}): any =>
  documentOf(compose, chart({ workloads: [workload('web', { ...of, container: container('web', more) })] })).services.web;

test('what a user wrote arrives as it is: Compose replaces variables, so each dollar is doubled', () => {
  expect(service({ environment: { PRICE: '$5, ${HOME} and $$' }, command: ['echo', '$HOME'], args: ['$1'] })).toMatchObject({
    environment: { PRICE: '$$5, $${HOME} and $$$$' }, entrypoint: ['echo', '$$HOME'], command: ['$$1'],
  });
});

test('the value of a secret is given at deployment, and its absence is an error there', () => {
  const { environment } = service({ secretEnvironment: { KEY: secret('api-key') }, environment: { A: 'a', Z: 'z' } });
  expect(Object.entries(environment)).toEqual([['A', 'a'], ['KEY', '${API_KEY:?give it the value of that secret}'], ['Z', 'z']]);
});

test.each([
  ['restricted', Security.restricted(), { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], tmpfs: ['/tmp:size=64m,mode=1777'] }],
  ['with low ports', Security.restricted({ bindLowPorts: true }), { cap_drop: ['ALL'], cap_add: ['NET_BIND_SERVICE'] }],
  ['starting as root', Security.startsAsRoot(), { read_only: true, cap_drop: ['ALL'], cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'] }],
])('%s', (_, security, expected) => {
  expect(service({ security })).toMatchObject(expected);
});

test('a writable root needs no /tmp', () => {
  const written = service({ security: Security.restricted({ writableRoot: true }) });
  expect([written.read_only, written.tmpfs, written.cap_drop]).toEqual([undefined, undefined, ['ALL']]);
});

test('unrestricted is as the image comes', () => {
  const fields = Object.keys(service({ security: Security.unrestricted('a test'), user: undefined }));
  expect(fields).not.toEqual(expect.arrayContaining(['user']));
  expect(fields.filter((field) => ['read_only', 'cap_drop', 'cap_add', 'security_opt', 'tmpfs'].includes(field))).toEqual([]);
});

test('published ports are opened for each protocol they were declared for', () => {
  const ports = [Port.tcp('dns-tcp', 53), Port.udp('dns', 53)];
  const opened = (published: PublishedPort) => service({}, { ports, replicas: 1, publishedPorts: [published] }).ports;
  expect(opened({ port: 53 })).toEqual(['53:53', '53:53/udp']);
  expect(opened({ port: 53, hostPort: 5353, address: '127.0.0.1' })).toEqual(['127.0.0.1:5353:53', '127.0.0.1:5353:53/udp']);
  expect(opened({ port: 53, address: '::1' })).toEqual(['[::1]:53:53', '[::1]:53:53/udp']);
});

test('a changed file recreates the container: Compose looks at its label, not at the file', () => {
  const label = (content: string) => service({ files: [file('/etc/app.conf', content)] }).labels['cdk8s-ha.files'];
  expect(label('a')).not.toBe(label('b'));
  expect(label('a')).toBe(label('a'));
});

test('two containers of a workload may have a file at one path', () => {
  const document = documentOf(compose, chart({
    workloads: [workload('web', {
      container: container('web', { files: [file('/etc/app.conf', 'of web\n')] }),
      sidecars: [container('exporter', { files: [file('/etc/app.conf', 'of the exporter\n')] })],
    })],
  }));
  expect(document.configs).toEqual({
    'web-etc-app.conf': { file: expect.stringMatching(/^\.\/config\/web\/app-[0-9a-f]{8}\.conf$/) },
    'web-exporter-etc-app.conf': { file: expect.stringMatching(/^\.\/config\/web\/app-[0-9a-f]{8}\.conf$/) },
  });
  expect(document.services['web-exporter'].configs).toEqual([{ source: 'web-exporter-etc-app.conf', target: '/etc/app.conf' }]);
});

describe('health checks', () => {
  const checked = (healthCheck: HealthCheck) => chart({ workloads: [workload('web', { container: container('web', { healthCheck, healthCheckPort: 8080 }) })] });
  const check = (healthCheck: HealthCheck, target: ComposeTarget = compose): any => documentOf(target, checked(healthCheck)).services.web.healthcheck;
  const script = (healthCheck: HealthCheck): string => filesOf(compose, 'web', checked(healthCheck))['/cdk8s-ha/health-check.sh'];

  test('by command run without a shell', () => {
    expect(check(HealthCheck.command(['pg_isready', '-q']))).toEqual({
      test: ['CMD', 'pg_isready', '-q'], interval: '5s', timeout: '2s', retries: 3, start_period: '60s',
    });
  });

  test.each([
    ['http', HealthCheck.http('/healthz'), '/healthz'],
    ['tcp', HealthCheck.tcp(), 'nc -z'],
    ['grpc', HealthCheck.grpc(), 'grpc_health_probe'],
  ])('by %s are a script', (_, asked, text) => {
    expect(check(asked).test).toEqual(['CMD', '/bin/sh', '/cdk8s-ha/health-check.sh']);
    expect(script(asked)).toContain(text);
    // Of a file nobody replaces variables.
    expect(script(asked)).not.toContain('$$');
  });

  test('with a live path restart from inside', () => {
    expect(script(HealthCheck.http('/healthz', { livePath: '/livez' }))).toContain('/livez');
    expect(script(HealthCheck.http('/healthz'))).not.toContain('kill');
  });

  test('have one file for all who are asked alike', () => {
    const asked = (name: string, path: string) =>
      workload(name, { container: container(name, { healthCheck: HealthCheck.http(path), healthCheckPort: 8080 }) });
    const { configs, services } = documentOf(compose, chart({ workloads: [asked('api', '/healthz'), asked('shop', '/healthz'), asked('web', '/')] }));
    const [ofApi, ofShop, ofWeb] = ['api', 'shop', 'web'].map((name) => services[name].configs[0].source);
    expect([ofApi === ofShop, ofApi === ofWeb]).toEqual([true, false]);
    expect(configs).toEqual(Object.fromEntries([ofApi, ofWeb].map((name) => [name, { file: `./config/_scripts/${name}.sh` }])));
  });

  test('come faster at the start on engines that know it', () => {
    expect(check(HealthCheck.tcp()).start_interval).toBeUndefined();
    expect(check(HealthCheck.tcp(), new ComposeTarget({ engineVersion: '25' })).start_interval).toBe('1s');
  });
});

describe('order of starts', () => {
  const db = workload('db', { kind: WorkloadKind.STATEFUL, replicas: 2, container: container('db', { healthCheck: HealthCheck.tcp(), healthCheckPort: 5432 }) });
  const call = connection(peer('web'), peer('db'), [Port.tcp('main', 5432)], true);

  test('a caller waits for all copies, its init containers one after the other, and its sidecars start before it', () => {
    const { services } = documentOf(compose, chart({
      workloads: [db, workload('web', { callees: [call], init: [container('first'), container('second')], sidecars: [container('exporter')] })],
    }));
    const healthy = { 'db-0': { condition: 'service_healthy' }, 'db-1': { condition: 'service_healthy' } };
    const done = { condition: 'service_completed_successfully' };
    expect(services['web-first'].depends_on).toEqual(healthy);
    expect(services['web-second'].depends_on).toEqual({ ...healthy, 'web-first': done });
    expect(services['web-exporter'].depends_on).toEqual({ ...healthy, 'web-second': done });
    expect(services.web.depends_on).toEqual({ ...healthy, 'web-second': done, 'web-exporter': { condition: 'service_started' } });
  });

  test('without a health check started is enough', () => {
    const { services } = documentOf(compose, chart({ workloads: [workload('db'), workload('web', { callees: [call] })] }));
    expect(services.web.depends_on).toEqual({ db: { condition: 'service_started' } });
  });

  test('a caller that need not wait does not', () => {
    const { services } = documentOf(compose, chart({ workloads: [db, workload('web', { callees: [{ ...call, startAfter: false }] })] }));
    expect(services.web.depends_on).toBeUndefined();
  });
});

test('a job is a clock in its own image, once', () => {
  const schedule = { expression: '15 3 * * *', cron: parseCron('15 3 * * *'), timeZone: 'Europe/Berlin', timeoutSeconds: 600, retries: 2, overlap: Overlap.SKIP };
  const command = container('report', { command: ['shop', "it's"], args: ['report'] });
  const reports = chart({ workloads: [workload('report', { kind: WorkloadKind.JOB, replicas: 1, schedule, container: command })] });
  const job = documentOf(compose, reports).services.report;
  expect(job.entrypoint).toEqual(['/bin/sh', '/cdk8s-ha/clock.sh']);
  expect(filesOf(compose, 'report', reports)['/cdk8s-ha/clock.sh']).toContain("exec 'shop' 'it'\\''s' 'report'");
  expect([job.command, job.deploy.replicas, job.restart]).toEqual([undefined, undefined, 'unless-stopped']);
  expect(job.healthcheck.test[0]).toBe('CMD');
});
