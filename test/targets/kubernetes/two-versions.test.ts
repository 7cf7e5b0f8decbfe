import { join } from 'node:path';
import { Chart, Size } from 'cdk8s';
import { Manifests } from './manifests';
import { HAWebService, HealthCheck, ScheduledJob, StatefulService, TrafficDistribution, Volume } from '../../../src';
import { FIELDS, type VersionedField } from '../../../src/targets/kubernetes/versions';
import { expectGoldens } from '../../support/goldens';

const GOLDENS = join(__dirname, 'goldens', 'versions');
const [OLDEST, NEWEST] = ['1.33', '1.36'];

/** An application with everything that depends on the version. */
function shop(chart: Chart): void {
  const db = new StatefulService(chart, 'db', {
    image: 'postgres:17.2',
    port: 5432,
    healthCheck: HealthCheck.command(['pg_isready', '-q', '-h', '127.0.0.1']),
    volumes: [Volume.persistent('/var/lib/postgresql/data', { size: Size.gibibytes(10) })],
  });
  const web = new HAWebService(chart, 'web', {
    image: 'ghcr.io/acme/shop:1.4.2', port: 8080, minReplicas: 3, maxReplicas: 12, healthCheck: HealthCheck.http('/healthz'),
  });
  web.connectTo(db);
  const report = new ScheduledJob(chart, 'report', { image: 'ghcr.io/acme/shop:1.4.2', command: ['shop', 'report'], schedule: '15 3 * * *' });
  report.connectTo(db);
}

const text = (version: string) => new Manifests(shop, { version, trafficDistribution: TrafficDistribution.PREFER_SAME_ZONE }, { namespace: 'shop' }).files[0].text;

/** The same application, side by side: read the two files next to each other. */
test('one application for the oldest version and for the newest', () => {
  expectGoldens(GOLDENS, [OLDEST, NEWEST].map((version) => ({ path: `${version}/shop.yaml`, text: text(version) })));
});

test.each(Object.entries<VersionedField>(FIELDS))('%s is in the one file or in both, as the table says', (_, { path, value, writtenSince }) => {
  const field = `${path.split('.').pop()!}:${value === undefined ? '' : ` ${value}\n`}`;
  expect([text(OLDEST).includes(field), text(NEWEST).includes(field)]).toEqual([writtenSince === OLDEST, true]);
});
