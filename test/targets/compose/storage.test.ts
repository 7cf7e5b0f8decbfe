import { Bound, CHART, chart, container, documentOf, sharedVolume, workload } from './models';
import { Security } from '../../../src/model/security';
import { Volume } from '../../../src/model/volume';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';

const compose = new ComposeTarget({ toolImage: 'busybox:1' });
const DATA = Volume.persistent('/data');

const project = (more: Partial<ContainerModel>, of: Partial<WorkloadModel> = {}, shared = [sharedVolume('uploads')]): any =>
  documentOf(compose, chart({ workloads: [workload('db', { replicas: 1, ...of, container: container('db', more) })], sharedVolumes: shared }));

test('each copy of a stateful service has its own volume', () => {
  const { services, volumes } = project({ volumes: [DATA] }, { kind: WorkloadKind.STATEFUL, replicas: 2 }, []);
  expect(Object.keys(volumes)).toEqual(['db-0-data', 'db-1-data']);
  expect(services['db-1'].volumes).toEqual([{ type: 'volume', source: 'db-1-data', target: '/data', volume: { nocopy: true } }]);
});

test('a fresh volume is handed to the user before the workload starts, by a service that can do nothing else', () => {
  const { services } = project({ volumes: [DATA], user: 70, group: 71 });
  expect(services['db-volumes']).toMatchObject({
    image: 'busybox:1',
    user: '0:0',
    network_mode: 'none',
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: ['CHOWN', 'DAC_OVERRIDE'],
    restart: 'on-failure:5',
    volumes: [{ type: 'volume', source: 'db-data', target: '/volumes/db-data' }],
  });
  expect(services['db-volumes'].command[0]).toContain('hand 70:71 /volumes/db-data\n');
  expect(services.db.depends_on).toEqual({ 'db-volumes': { condition: 'service_completed_successfully' } });
});

test.each([
  ['an image that sees to it', { security: Security.startsAsRoot(), user: undefined }],
  ['an unrestricted one', { security: Security.unrestricted('a test'), user: undefined }],
])('nothing is handed over for %s', (_, more) => {
  expect(Object.keys(project({ volumes: [DATA], ...more }).services)).toEqual(['db']);
});

test('a volume that exists is adopted and never touched', () => {
  const { services, volumes } = project({ volumes: [Volume.persistent('/data', { existingName: 'old_data' })] });
  expect(volumes['db-data']).toEqual({ external: true, name: 'old_data' });
  expect(Object.keys(services)).toEqual(['db']);
});

describe('deploy.sh is told of disks that one service has for itself', () => {
  const volumes = [
    DATA, Volume.persistent('/old', { existingName: 'old_data' }), Volume.hostPath('/out', '/srv/out'), Volume.hostPath('/in', '/srv/in', { readOnly: true }),
    Volume._shared('/uploads', 'uploads', CHART, false), Volume._shared('/nfs', 'nfs', CHART, false), Volume.scratch('/run/db'),
  ];
  const db = (of: Partial<WorkloadModel> = {}) => workload('db', { kind: WorkloadKind.STATEFUL, replicas: 1, container: container('db', { volumes }), ...of });
  const disks = (...workloads: WorkloadModel[]) => new Bound(compose, [
    chart({ workloads, sharedVolumes: [sharedVolume('uploads'), sharedVolume('nfs', { existingName: 'old_nfs' })] }),
  ]).text('compose/shop/deploy.plan').match(/^disk .*$/gm);
  const OWN = ['disk db-0 db-0-data', 'disk db-0 =old_data'];

  test('where no other workload has them', () => {
    expect(disks(db(), workload('web'))).toEqual([...OWN, 'disk db-0 /srv/out', 'disk db-0 uploads', 'disk db-0 =old_nfs']);
  });

  test('and of none that another has too', () => {
    const web = workload('web', { container: container('web', { volumes: volumes.slice(2, 6) }) });
    expect(disks(db(), web)).toEqual(OWN);
  });

  test('and of none that its copies have in common', () => {
    expect(disks(db({ replicas: 2 }))).toEqual([...OWN, 'disk db-1 db-1-data', 'disk db-1 =old_data']);
  });

  test('as its sidecar does', () => {
    expect(disks(db({ sidecars: [container('log', { volumes: [DATA] })] }))).toContain('disk db-0-log db-0-data');
  });
});

test('a host path must be there', () => {
  expect(project({ volumes: [Volume.hostPath('/in', '/srv/in', { readOnly: true })] }).services.db.volumes).toEqual([
    { type: 'bind', source: '/srv/in', target: '/in', read_only: true, bind: { create_host_path: false } },
  ]);
});

describe('scratch space', () => {
  test('is in memory, the user\'s own, beside /tmp', () => {
    expect(project({ volumes: [Volume.scratch('/run/db')], user: 70, group: 70 }).services.db.tmpfs)
      .toEqual(['/tmp:size=64m,mode=1777', '/run/db:size=64m,mode=0755,uid=70,gid=70']);
  });

  test('at /tmp replaces the standard one', () => {
    expect(project({ volumes: [Volume.scratch('/tmp', { size: undefined })] }).services.db.tmpfs).toEqual(['/tmp:size=64m,mode=1777']);
  });

  test('belongs to everybody where the user is the image\'s own', () => {
    expect(project({ volumes: [Volume.scratch('/run/db')], user: undefined }).services.db.tmpfs).toContain('/run/db:size=64m,mode=1777');
  });

  test('that containers share is a volume, since memory is gone when an init container ends', () => {
    const { services, volumes } = project({ volumes: [Volume.scratch('/work')] }, { init: [container('prepare', { volumes: [Volume.scratch('/work')] })] });
    expect(volumes['db-work']).toEqual({});
    expect(services.db.volumes).toEqual(services['db-prepare'].volumes);
    expect(services.db.tmpfs).toEqual(['/tmp:size=64m,mode=1777']);
  });
});

describe('a shared volume', () => {
  const mount = Volume._shared('/uploads', 'uploads', CHART, false);

  test('is open to everybody who mounts it', () => {
    const { services, volumes } = project({ volumes: [mount] });
    expect(volumes).toEqual({ uploads: {} });
    expect(services['db-volumes'].command[0]).toContain('\nopen /volumes/uploads\n');
    expect(services['db-volumes'].cap_add).toContain('FOWNER');
  });

  test('belongs to its user where it has one', () => {
    expect(project({ volumes: [mount] }, {}, [sharedVolume('uploads', { user: 33 })]).services['db-volumes'].command[0]).toContain('\nhand 33:33 /volumes/uploads\n');
  });

  test('called like a disk is another volume', () => {
    const data = Volume._shared('/a', 'data', CHART, false);
    const { services, volumes } = project({ volumes: [data] }, { sidecars: [container('backup', { volumes: [DATA] })] }, [sharedVolume('data')]);
    expect(Object.keys(volumes)).toEqual(['data', 'db-data']);
    expect(services['db-backup'].volumes).toEqual([{ type: 'volume', source: 'db-data', target: '/data', volume: { nocopy: true } }]);
  });

  test('on an NFS server is the server\'s business', () => {
    const { services, volumes } = project({ volumes: [mount] }, {}, [sharedVolume('uploads', { nfsServer: 'nas', nfsPath: '/exports/shop' })]);
    expect(volumes.uploads).toEqual({ driver_opts: { type: 'nfs', o: 'addr=nas,rw,hard,timeo=50,noatime', device: ':/exports/shop' } });
    expect(Object.keys(services)).toEqual(['db', 'db-next']);
  });
});
