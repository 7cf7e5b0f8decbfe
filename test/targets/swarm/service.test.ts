import { Egress } from '../../../src/model/egress';
import { HealthCheck } from '../../../src/model/health-check';
import { Placement } from '../../../src/model/placement';
import { Port } from '../../../src/model/port';
import { Volume } from '../../../src/model/volume';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { EndpointMode, PublishMode, SwarmTarget, type SwarmTargetProps } from '../../../src/targets/swarm/swarm-target';
import { attach, chart, connection, container, documentOf, file, filesOf, link, network, peer, secret, sharedVolume, workload } from '../compose/models';

const HTTP = Port.http('http', 8080);

const stack = (more: Partial<WorkloadModel>, of: Partial<ContainerModel> = {}, props: SwarmTargetProps = {}): any =>
  documentOf(new SwarmTarget(props), chart({ workloads: [workload('web', { ...more, container: container('web', of) })] }));
const service = (...args: Parameters<typeof stack>): any => stack(...args).services.web;

describe('updates', () => {
  test('start new copies first and roll back by themselves', () => {
    expect(service({ replicas: 4, maxSurge: '25%' }).deploy).toMatchObject({
      mode: 'replicated',
      replicas: 4,
      endpoint_mode: 'dnsrr',
      update_config: { parallelism: 1, order: 'start-first', failure_action: 'rollback', max_failure_ratio: 0 },
      rollback_config: { parallelism: 0, order: 'start-first' },
      restart_policy: { condition: 'any' },
    });
    expect(service({ replicas: 4, maxSurge: '2' }).deploy.update_config.parallelism).toBe(2);
  });

  test.each<[string, Partial<WorkloadModel>, Partial<ContainerModel>]>([
    ['a port of the host', { ports: [HTTP], publishedPorts: [{ port: 8080 }] }, {}],
    ['a disk', { replicas: 1 }, { volumes: [Volume.persistent('/data')] }],
    ['no copies to spare', { maxSurge: '0', maxUnavailable: '1' }, {}],
  ])('stop the old copy first with %s', (_, more, of) => {
    expect(service(more, of).deploy).toMatchObject({ update_config: { order: 'stop-first', parallelism: 1 }, rollback_config: { order: 'stop-first' } });
  });

  test('stop the old copy first where the disk is, in a sidecar as well, which runs on the same host', () => {
    const keeper = container('keeper', { volumes: [Volume.persistent('/data')] });
    const { services } = stack({ replicas: 1, sidecars: [keeper], placement: Placement.onNodesWithLabels({ web: 'true' }) });
    expect([services.web, services['web-keeper']].map(({ deploy }) => [deploy.update_config.order, deploy.placement])).toEqual([
      ['start-first', { constraints: ['node.labels.web == true'] }], ['stop-first', { constraints: ['node.labels.web == true'] }],
    ]);
  });

  test('of a stateful service stop first and pause when they fail', () => {
    expect(stack({ kind: WorkloadKind.STATEFUL }).services['web-0'].deploy.update_config).toMatchObject({ order: 'stop-first', failure_action: 'pause' });
  });

  test('start first behind the routing mesh', () => {
    const written = service({ ports: [HTTP], publishedPorts: [{ port: 8080 }] }, {}, { publishMode: PublishMode.INGRESS });
    expect(written.deploy.update_config.order).toBe('start-first');
    expect(written.ports).toEqual([{ target: 8080, published: 8080, protocol: 'tcp', mode: 'ingress' }]);
  });

  test('behind the mesh have a virtual address, without which the engine refuses them', () => {
    const published = { ports: [HTTP], publishedPorts: [{ port: 8080 }] };
    expect(service(published, {}, { publishMode: PublishMode.INGRESS }).deploy.endpoint_mode).toBe('vip');
    expect(service({}, {}, { publishMode: PublishMode.INGRESS }).deploy.endpoint_mode).toBe('dnsrr');
    expect(service(published).deploy.endpoint_mode).toBe('dnsrr');
  });
});

describe('at most so many copies on a host', () => {
  const deploy = (more: Partial<WorkloadModel>, props: SwarmTargetProps = {}) => service({ maxReplicasPerNode: 1, ...more }, {}, props).deploy;

  test('holds where an update stops the old copy first', () => {
    expect(deploy({ maxSurge: '0', maxUnavailable: '1' }).placement.max_replicas_per_node).toBe(1);
    expect(deploy({ ports: [HTTP], publishedPorts: [{ port: 8080 }] }).placement.max_replicas_per_node).toBe(1);
    expect(deploy({ replicas: 1, maxSurge: '0', maxUnavailable: '1' }).placement).toEqual({ max_replicas_per_node: 1 });
  });

  test.each<[number, number, number | undefined]>([
    // Two copies and a new one need three hosts, and one may be away.
    [3, 1, undefined], [4, 1, 1], [2, 2, undefined], [3, 2, 2],
  ])('%d hosts with %d each', (nodes, most, written) => {
    expect(deploy({ maxReplicasPerNode: most }, { nodes }).placement.max_replicas_per_node).toBe(written);
  });

  test('is left out where an update could wait for ever', () => {
    expect(deploy({}).placement.max_replicas_per_node).toBeUndefined();
    // How many hosts carry a label is not known.
    expect(deploy({ placement: Placement.onNodesWithLabels({ ssd: 'true' }) }, { nodes: 9 }).placement.max_replicas_per_node).toBeUndefined();
  });

  test('is no reason for a rollback to need room for all copies twice', () => {
    expect(deploy({}, { nodes: 4 }).rollback_config).toEqual({ parallelism: 1, order: 'start-first' });
    expect(deploy({}).rollback_config).toEqual({ parallelism: 0, order: 'start-first' });
  });

  test('cannot be told of no hosts', () => {
    expect(() => new SwarmTarget({ nodes: 0 })).toThrow('SwarmTarget cannot have nodes 0: give the number of hosts that may run copies, a whole number from 1');
  });
});

describe('placement', () => {
  const placement = (more: Partial<WorkloadModel>, of: Partial<ContainerModel> = {}) => service(more, of).deploy.placement;

  test('spreads copies over zones: over hosts Swarm does so by itself, and knows no preference for their names', () => {
    expect(placement({})).toEqual({ preferences: [{ spread: 'node.labels.zone' }] });
    expect(placement({ replicas: 1 })).toBeUndefined();
  });

  test('goes by host name or labels', () => {
    expect(placement({ placement: Placement.onNode('host-1') })).toEqual({ constraints: ['node.hostname == host-1'] });
    expect(placement({ replicas: 1, placement: Placement.onNodesWithLabels({ ssd: 'true', area: 'eu' }) }))
      .toEqual({ constraints: ['node.labels.area == eu', 'node.labels.ssd == true'] });
  });

  test('pins each of several copies with disks by a label of its own', () => {
    const { services } = stack({ kind: WorkloadKind.STATEFUL, placement: Placement.onNodesWithLabels({ db: 'true' }) }, { volumes: [Volume.persistent('/data')] });
    expect(services['web-1'].deploy.placement).toEqual({ constraints: ['node.labels.db == true', 'node.labels.web-1 == true'] });
  });
});

test('names may resolve to a virtual address', () => {
  expect(service({}, {}, { endpointMode: EndpointMode.VIP }).deploy.endpoint_mode).toBe('vip');
});

test('secrets are the Swarm\'s, readable for the user alone', () => {
  const one = chart({ secrets: [secret('key')], workloads: [workload('web', { container: container('web', { secrets: [secret('key')], user: 70, group: 71 }) })] });
  const { services, secrets } = documentOf(new SwarmTarget(), one);
  expect(secrets).toEqual({ key: { external: true, name: 'shop_key' } });
  expect(services.web.secrets).toEqual([{ source: 'key', target: 'key', uid: '70', gid: '71', mode: 0o400 }]);
});

describe('files', () => {
  const configs = (path: string, content: string) => stack({}, { files: [file(path, content)] }).configs;

  test('are named by their content, so that a change is an update', () => {
    expect(configs('/etc/app.conf', 'a')['web-etc-app.conf'].name).toMatch(/^shop-web-etc-app\.conf-[0-9a-f]{8}$/);
    expect(configs('/etc/app.conf', 'a')).not.toEqual(configs('/etc/app.conf', 'b'));
  });

  test('have names that the engine takes', () => {
    const [{ name }]: any[] = Object.values(configs(`/etc/${'long/'.repeat(20)}app.conf`, 'a'));
    expect(name.length).toBe(64);
    expect(name).toMatch(/^shop-web-etc-long-.*-[0-9a-f]{8}-[0-9a-f]{8}$/);
  });
});

test('scratch space is a mount, since tmpfs is ignored in silence', () => {
  expect(service({}, { volumes: [Volume.scratch('/run/web')] }).volumes).toEqual([
    { type: 'tmpfs', target: '/tmp', tmpfs: { size: 64 * 1024 * 1024 } }, { type: 'tmpfs', target: '/run/web', tmpfs: { size: 64 * 1024 * 1024 } },
  ]);
});

describe('health', () => {
  test('is asked until a copy is ready: Swarm replaces what is not healthy, and a database that is away must restart nobody', () => {
    const db = chart({ workloads: [workload('db', { container: container('db', { healthCheck: HealthCheck.command(['pg_isready']) }) })] });
    expect(filesOf(new SwarmTarget(), 'db', db)['/cdk8s-ha/health-check.sh'])
      .toMatch(/\nt=; .*\n\[ -e \/tmp\/\.cdk8s-ha-ready \] \|\| \{ \( \$t pg_isready \) && true > \/tmp\/\.cdk8s-ha-ready; \}\n$/);
  });
});

describe('networks', () => {
  const overlay = { driver: 'overlay', internal: true, attachable: true };

  test('are internal overlays, encrypted where that is asked for', () => {
    const networks = (props: SwarmTargetProps, encrypted: boolean) =>
      documentOf(new SwarmTarget(props), chart({ networks: [network('lan', [], { encrypted })] })).networks.lan;
    expect(networks({}, false)).toEqual({ name: expect.stringMatching(/^shop_lan-[0-9a-f]{6}$/), ...overlay });
    expect(networks({}, true)).toEqual({ name: expect.any(String), ...overlay, driver_opts: { encrypted: 'true' } });
    expect(networks({ encrypted: true }, false)).toEqual(networks({}, true));
    expect(networks({}, true).name).not.toBe(networks({}, false).name);
  });

  test('are links where there is no common one', () => {
    const call = connection(peer('web'), peer('db'), [HTTP]);
    const one = chart({ workloads: [workload('web', { callees: [call] }), workload('db', { callers: [call] })], links: [link(call)] });
    const { services, networks } = documentOf(new SwarmTarget(), one);
    expect([services.web.networks, services.db.networks, Object.keys(networks)]).toEqual([{ 'web-to-db': {} }, { 'web-to-db': {} }, ['web-to-db']]);
  });

  test('of a workload that talks to nobody are its own: Swarm would put it into the stack\'s, where it meets others', () => {
    const { services, networks } = stack({});
    expect(services.web.networks).toEqual({ 'web-copies': {} });
    expect(networks['web-copies'].internal).toBe(true);
  });

  test('to the outside are one for each service', () => {
    const { services, networks } = stack({ egress: [Egress.internet()], sidecars: [container('log')] });
    expect(Object.keys(services.web.networks)).toEqual(['web-copies', 'web-outside']);
    expect(Object.keys(services['web-log'].networks)).toEqual(['web-copies', 'web-log-outside']);
    expect(networks['web-outside']).toEqual({ name: expect.any(String), driver: 'overlay', attachable: true });
  });

  test('give no static addresses', () => {
    const lan = network('lan', ['web'], { subnet: '10.7.0.0/24' });
    const { services } = documentOf(new SwarmTarget(), chart({ networks: [lan], workloads: [workload('web', { attachments: [attach(lan, '10.7.0.9', ['plc'])] })] }));
    expect(services.web.networks).toEqual({ lan: { aliases: ['plc'] } });
  });
});

describe('one-shot services', () => {
  const db = { replicas: 1, placement: Placement.onNode('host-1'), init: [container('prepare')] };
  const deploys = (props: SwarmTargetProps) => {
    const { services } = stack(db, { volumes: [Volume.persistent('/data')] }, props);
    return { handover: services['web-volumes'].deploy, init: services['web-prepare'].deploy };
  };

  test('end when they succeed, on the host of the workload', () => {
    const once = { restart_policy: { condition: 'on-failure', max_attempts: 5 }, placement: { constraints: ['node.hostname == host-1'] } };
    expect(deploys({})).toMatchObject({ handover: { mode: 'global', ...once }, init: { mode: 'replicated', replicas: 1, ...once } });
  });

  test('are jobs where the command line knows them', () => {
    expect(deploys({ engineVersion: '23' }).init).toMatchObject({ mode: 'replicated-job', replicas: 1 });
  });

  test('hand volumes over on every host that may run a copy, also on one that joins later, which a job would leave out', () => {
    const uploads = Volume._shared('/uploads', 'uploads', 'shop', false);
    const handover = (more: Partial<WorkloadModel>, props: SwarmTargetProps = {}) => {
      const web = workload('web', { ...more, container: container('web', { volumes: [uploads] }) });
      return documentOf(new SwarmTarget(props), chart({ workloads: [web], sharedVolumes: [sharedVolume('uploads')] })).services['web-volumes'].deploy;
    };
    for (const engineVersion of ['20.10', '25']) {
      const deploy = handover({ placement: Placement.onNodesWithLabels({ web: 'true' }) }, { engineVersion });
      expect(deploy).toMatchObject({
        mode: 'global',
        restart_policy: { condition: 'on-failure' },
        placement: { constraints: ['node.labels.web == true'] },
        // A task that has ended well is no failed update.
        update_config: { parallelism: 0, failure_action: 'continue' },
      });
      expect(deploy).not.toHaveProperty('replicas');
    }
    expect(handover({})).not.toHaveProperty('placement');
  });

  test('hand a disk over on its host alone', () => {
    const volumes = [Volume.persistent('/data')];
    const { services } = stack({ kind: WorkloadKind.STATEFUL, placement: Placement.onNodesWithLabels({ db: 'true' }) }, { volumes });
    expect(services['web-1-volumes'].deploy)
      .toMatchObject({ mode: 'global', placement: { constraints: ['node.labels.db == true', 'node.labels.web-1 == true'] } });
  });

  test('meet nobody', () => {
    const { services, networks } = stack(db, { volumes: [Volume.persistent('/data')] });
    expect(services['web-volumes'].networks).toEqual({ 'web-volumes': {} });
    expect(networks['web-volumes'].internal).toBe(true);
  });
});
