import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { compose, describeWithEngine, docker, execIn, run, substituteImages, type ComposeProject, type RunResult } from './engine';
import { App, ComposeTarget, HAWebService, HealthCheck, NetworkMode, Secret, StatefulService, Volume, Worker } from '../../src';

/*
 * Services without a twin, whose new version fails: the release before comes back, with real PostgreSQL and its data. And one that is renamed.
 */

const NAME = 'back';
const OFTEN = { interval: Duration.seconds(1), timeout: Duration.seconds(1), startPeriod: Duration.seconds(2) };

/** What differs from one release to the next. */
interface Release {
  /** A setting of PostgreSQL. */
  setting?: string;
  /** The tag of a service with a port of the host, whose network another one has. */
  web?: string;
  /** What that service is called. */
  name?: string;
}

describeWithEngine('a service without a twin on Compose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ha-back-'));
  let releases = 0;
  let project: ComposeProject;

  const script = ({ setting = 'work_mem=8MB', web: tag = '1.4.2', name = 'web' }: Release): string => {
    const outdir = join(folder, `${++releases}`);
    const app = new App({ outdir, targets: [new ComposeTarget()], report: false });
    const chart = new Chart(app, NAME);
    const password = new Secret(chart, 'password');
    new StatefulService(chart, 'db', {
      image: 'postgres:17.2',
      args: ['postgres', '-c', setting],
      port: 5432,
      environment: { PGDATA: '/var/lib/postgresql/data/pgdata', POSTGRES_PASSWORD_FILE: password.path },
      secrets: [password],
      volumes: [Volume.persistent('/var/lib/postgresql/data'), Volume.scratch('/var/run/postgresql')],
      healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'], OFTEN),
    });
    const web = new HAWebService(chart, name, {
      image: `ghcr.io/acme/shop:${tag}`, port: 8080, replicas: 1, publishedPorts: [{ port: 8080, hostPort: 18080 }], healthCheck: HealthCheck.http('/healthz', OFTEN),
    });
    new Worker(chart, 'watch', { image: 'ghcr.io/acme/shop:1.4.2', command: ['sleep', '1000000'], replicas: 1, networkMode: NetworkMode.sharedWith(web) });
    app.synth();
    const file = join(outdir, 'compose', NAME, 'compose.yml');
    writeFileSync(file, substituteImages(readFileSync(file, 'utf8')));
    return join(outdir, 'compose', NAME, 'deploy.sh');
  };
  const deploy = (release: Release = {}, args: string[] = [], input?: string): Promise<RunResult> =>
    run(script(release), args, { env: { CDK8S_HA_HOME: join(folder, 'home') }, timeout: 240_000, mayFail: true, input });
  const sql = async (text: string) => (await execIn((await project.container('db-0')).name, ['psql', '-U', 'postgres', '-tAc', text])).stdout.trim();
  const field = async (container: string, template: string) => (await docker(['inspect', '-f', template, container])).stdout.trim();

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    const first = script({});
    project = compose(join(first, '..'), { project: NAME, env: { CDK8S_HA_HOME: join(folder, 'home') } });
    await deploy({}, ['secrets', 'set', 'password'], 'correct horse battery staple');
    const { code, stderr } = await deploy();
    expect([code, stderr]).toEqual([0, expect.stringContaining('is deployed')]);
    await sql('create table kept (id int); insert into kept values (7)');
  }, 240_000);

  afterAll(async () => {
    await deploy({}, ['down']);
    await docker(['rm', '--force', `${NAME}-volumes-guard`], { mayFail: true });
    await docker(['volume', 'rm', `${NAME}_db-0-var-lib-postgresql-data`], { mayFail: true });
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  test('comes back with its data, where the new version of a database does not start', async () => {
    const { code, stderr } = await deploy({ setting: 'no_such_setting=on' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/db-0: keeps crashing\n[\s\S]*log: .*no_such_setting[\s\S]*db-0: back to release 0001\n[\s\S]*release 0002 FAILED; release 0001 keeps serving/);
    expect([(await project.container('db-0')).health, await sql('select id from kept')]).toEqual(['healthy', '7']);
  }, 240_000);

  test('comes back where the new version never gets ready, and so does who has its network', async () => {
    const { code, stderr } = await deploy({ web: 'bad' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/web: not ready after \d+ s\n[\s\S]*health check: [\s\S]*web: back to release 0001\n/);
    const [web, watch] = [await project.container('web'), await project.container('watch')];
    expect([web.health, watch.status, await field(watch.name, '{{.HostConfig.NetworkMode}}')])
      .toEqual(['healthy', 'running', `container:${await field(web.name, '{{.Id}}')}`]);
  }, 240_000);

  test('gets the port of the host from the one before where it has another name', async () => {
    const { code, stderr } = await deploy({ name: 'site' });
    expect([code, stderr]).toEqual([0, expect.stringContaining('web: removed, since its port 18080 is wanted\n')]);
    const [site, watch] = [await project.container('site'), await project.container('watch')];
    expect([site.health, watch.status, await field(watch.name, '{{.HostConfig.NetworkMode}}')])
      .toEqual(['healthy', 'running', `container:${await field(site.name, '{{.Id}}')}`]);
  }, 240_000);
});
