import { IssuerKind } from '../../../src/model/certificate';
import { Severity } from '../../../src/model/finding';
import { Placement } from '../../../src/model/placement';
import { Port } from '../../../src/model/port';
import { Spread } from '../../../src/model/spread';
import { Volume } from '../../../src/model/volume';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { PublishMode, SwarmTarget } from '../../../src/targets/swarm/swarm-target';
import { attach, chart, CHART, connection, container, issuer, loadBalancer, network, peer, secret, sharedVolume, workload } from '../compose/models';

const HTTP = Port.http('http', 8080);
const { ERROR, WARNING } = Severity;

const found = (of: Parameters<typeof chart>[0], target = new SwarmTarget()) =>
  target.validate({ charts: [chart(of)] }).map(({ rule, severity, message }) => [rule, severity, message]);

test.each<[string, Severity, Partial<WorkloadModel>, Partial<ContainerModel>, string]>([
  ['unpinned-volume', ERROR, { replicas: 1 }, { volumes: [Volume.persistent('/data')] },
    'web cannot keep its volume on Swarm without placement: on another host it would start with an empty disk; label the host '
    + "(docker node update --label-add web=true HOST) and add placement: Placement.onNodesWithLabels({ 'web': 'true' }) [shop/web]"],
  ['volume-of-each-copy', WARNING, { kind: WorkloadKind.STATEFUL, placement: Placement.onNodesWithLabels({ db: 'true' }) }, { volumes: [Volume.persistent('/data')] },
    'each copy of web stays on the host with its disk: on Swarm label one host for each '
    + '(docker node update --label-add web-0=true HOST; docker node update --label-add web-1=true HOST)'],
  ['host-path-without-placement', WARNING, {}, { volumes: [Volume.hostPath('/in', '/srv/in')] },
    'web finds another /srv/in on each host of a Swarm, or none: give it a placement'],
  ['published-address', ERROR, { replicas: 1, ports: [HTTP], publishedPorts: [{ port: 8080, address: '127.0.0.1' }] }, {},
    "web cannot publish port 8080 on 127.0.0.1 alone on Swarm: it would be open on every address; leave 'address' out, or leave Swarm out "
    + '(onlyOn, or targets of the App) [shop/web]'],
  ['static-address', WARNING, { replicas: 1, attachments: [attach(network('lan', ['web'], { subnet: '10.7.0.0/24' }), '10.7.0.9')] }, {},
    'web does not have the address 10.7.0.9 in lan on Swarm, which gives no static addresses: use its name'],
  ['start-order', WARNING, { callees: [connection(peer('web'), peer('db'), [HTTP], true)] }, {},
    'web does not wait for db on Swarm, which orders no starts: it must try again until db answers'],
  ['init-not-awaited', WARNING, { kind: WorkloadKind.STATEFUL, init: [container('prepare')] }, {},
    'web does not wait for prepare on Swarm, which orders no starts: both start at once'],
])('%s', (rule, severity, more, of, message) => {
  expect(found({ workloads: [workload('web', { ...more, container: container('web', of) })] })).toEqual([[rule, severity, message]]);
});

describe('a placement that Swarm refuses', () => {
  const refused = (placement: Placement) => found({ workloads: [workload('web', { placement })] });

  test.each<[string, Placement, string]>([
    ['by a key of Kubernetes', Placement.onNodesWithLabels({ 'topology.kubernetes.io/zone': 'a' }), "web cannot be placed by the label 'topology.kubernetes.io/zone' on Swarm, which"
      + ' takes letters, digits, dots, dashes and underscores in a key: label hosts with such a one, on Kubernetes too, or place it by SwarmObjects [shop/web]'],
    ['by a value', Placement.onNodesWithLabels({ zone: 'a@b' }), "web cannot be placed by the label 'zone' with the value 'a@b' on Swarm, which takes letters, digits and ._-:/ in a"
      + " value: give the hosts' label another one [shop/web]"],
    ['by a host name', Placement.onNode('höst'), "web cannot be placed by the host name 'höst' on Swarm, which takes letters, digits, dots, dashes and underscores there [shop/web]"],
  ])('%s', (_, placement, message) => {
    expect(refused(placement)).toEqual([['placement', ERROR, message]]);
  });

  test('of load balancers', () => {
    expect(found({ loadBalancers: [loadBalancer('edge')] }, new SwarmTarget({ edge: Placement.onNodesWithLabels({ zone: 'a@b' }) }))).toEqual([['placement', ERROR,
      "edge cannot be placed by the label 'zone' with the value 'a@b' on Swarm, which takes letters, digits and ._-:/ in a value: give the hosts' label another one [shop/edge]"]]);
  });

  test('is no other one', () => {
    expect(refused(Placement.onNodesWithLabels({ 'acme.example.disk': 'ssd/nvme', 'ROOM_1': 'second floor' }))).toEqual([]);
  });
});

test.each(['sidecars', 'init'])('unpinned-volume, of %s', (beside) => {
  const keeper = container('keeper', { volumes: [Volume.persistent('/data')] });
  const of = (more: Partial<WorkloadModel>) => found({ workloads: [workload('web', { replicas: 1, [beside]: [keeper], ...more })] })
    .filter(([rule]) => rule === 'unpinned-volume').map(([, severity]) => severity);
  expect(of({})).toEqual([ERROR]);
  expect(of({ placement: Placement.onNode('host-1') })).toEqual([]);
});

describe('a published port', () => {
  const published = { ports: [HTTP], publishedPorts: [{ port: 8080, hostPort: 80 }] };
  const mesh = new SwarmTarget({ publishMode: PublishMode.INGRESS });
  const foundOf = (more: Partial<WorkloadModel>, target = new SwarmTarget()) => found({ workloads: [workload('web', { ...published, ...more })] }, target);

  test('of one copy is fine', () => {
    expect(foundOf({ replicas: 1 })).toEqual([]);
  });

  test('of several: a host has it once', () => {
    expect(foundOf({})).toEqual([['published-port-of-several', WARNING,
      'web needs a host of its own for each of 2 copies on Swarm, since a host has 80 once: the others wait, and an update stops a copy before it starts the next;'
      + ' put a LoadBalancer in front, or use PublishMode.INGRESS']]);
  });

  test('of several on one host cannot be', () => {
    expect(foundOf({ placement: Placement.onNode('host-1') })).toEqual([['published-port-of-several', ERROR,
      'web cannot publish 80 for 2 copies on host-1 alone: a host has a port once, put a LoadBalancer in front, or run one copy [shop/web]']]);
  });

  test('of two is an error where they may meet', () => {
    const two = (placement: (name: string) => Placement | undefined, target?: SwarmTarget) => found({
      workloads: ['a', 'b'].map((name) => workload(name, { ...published, replicas: 1, placement: placement(name) })),
    }, target).filter(([rule]) => rule === 'host-port-taken');
    const taken = [['host-port-taken', ERROR, "b cannot publish host port 80/TCP: 'a' [shop/a] publishes it already, choose another hostPort, httpPort or httpsPort [shop/b]"]];
    expect(two(() => undefined)).toEqual(taken);
    expect(two(() => Placement.onNode('host-1'))).toEqual(taken);
    expect(two((name) => Placement.onNode(`host-${name}`))).toEqual([]);
    expect(two((name) => Placement.onNode(`host-${name}`), mesh)).toEqual(taken);
  });

  test('by the mesh hides who comes', () => {
    expect(foundOf({}, mesh)).toEqual([['routing-mesh', WARNING,
      'web sees addresses of the routing mesh on Swarm instead of those of its visitors on 80: use PublishMode.HOST where it needs them']]);
  });

  test('of several services by the mesh cannot be', () => {
    expect(foundOf({ kind: WorkloadKind.STATEFUL }, mesh)).toEqual([['published-port-of-several', ERROR,
      'web cannot publish 80 for 2 copies on Swarm with PublishMode.INGRESS: each copy of a stateful service is a service of its own,'
      + ' and the routing mesh has a port once; publish none, or use PublishMode.HOST [shop/web]']]);
  });
});

describe('spread', () => {
  const SHARE = 'copies of web may share a host on Swarm where others have no room, in spite of Spread.required(): it knows preferences only;';
  const foundOf = (more: Partial<WorkloadModel>, target = new SwarmTarget()) => found({ workloads: [workload('web', { spread: Spread.required(), ...more })] }, target);

  test('is a preference at most', () => {
    expect(foundOf({})).toEqual([['spread', WARNING, `${SHARE} give 'maxReplicasPerNode: 1'`]]);
    expect(foundOf({ kind: WorkloadKind.STATEFUL })).toEqual([['spread', WARNING, `${SHARE} give each a host by 'placement'`]]);
    expect(foundOf({ spread: Spread.preferred() })).toEqual([]);
  });

  test('is kept by a host that takes one copy', () => {
    expect(foundOf({ maxReplicasPerNode: 1 }, new SwarmTarget({ nodes: 5 }))).toEqual([]);
  });
});

describe('max-replicas-per-node', () => {
  const foundOf = (more: Partial<WorkloadModel>, target = new SwarmTarget()) =>
    found({ workloads: [workload('web', { maxReplicasPerNode: 1, ...more })] }, target).map(([rule, severity, message]) => `${rule} ${severity} ${message}`);

  test('is said where it is not kept', () => {
    const advice = " give 'maxSurge: 0, maxUnavailable: 1', or new SwarmTarget({ nodes }) with room for one more and a host to spare";
    expect(foundOf({})).toEqual(['max-replicas-per-node warning web may have more than 1 on a host on Swarm: an update starts new copies first, which would wait for ever'
      + ` where all hosts are full, and how many hosts there are for it is not known;${advice}`]);
    expect(foundOf({}, new SwarmTarget({ nodes: 3 }))).toEqual([expect.stringContaining(`and 3 hosts have no room for more;${advice}`)]);
  });

  test('is nothing to say where it is', () => {
    expect(foundOf({}, new SwarmTarget({ nodes: 4 }))).toEqual([]);
    expect(foundOf({ maxSurge: '0', maxUnavailable: '1' })).toEqual([]);
  });
});

test('a plain workload, and one whose disk stays where it is, are fine', () => {
  expect(found({ workloads: [workload('web')] })).toEqual([]);
  const placement = Placement.onNodesWithLabels({ db: 'true' });
  const db = { replicas: 1, placement, container: container('db', { volumes: [Volume.persistent('/data')] }) };
  expect(found({ workloads: [workload('db', db)] })).toEqual([]);
});

test('shared-volume-of-each-host', () => {
  const mount = Volume._shared('/uploads', 'uploads', CHART, false);
  const web = workload('web', { container: container('web', { volumes: [mount] }) });
  const rules = (volume: ReturnType<typeof sharedVolume>, of: WorkloadModel) =>
    found({ workloads: [of], sharedVolumes: [volume] }).map(([rule]) => rule);
  expect(rules(sharedVolume('uploads'), web)).toEqual(['shared-volume-of-each-host']);
  expect(rules(sharedVolume('uploads', { nfsServer: 'nas' }), web)).toEqual([]);
  expect(rules(sharedVolume('uploads'), { ...web, placement: Placement.onNode('host-1') })).toEqual([]);
});

describe('long-name', () => {
  const said = (...of: Parameters<typeof found>) => found(...of).filter(([rule]) => rule === 'long-name').map(([, severity, message]) => [severity, message]);
  const tooLong = (what: string, characters: number, path: string, shorten = "the id or the chart's") => [[ERROR,
    expect.stringMatching(new RegExp(`^${what} cannot exist on Swarm: ${characters} characters are more than 63, shorten ${shorten} \\[${path}\\]$`))]];
  const long = 'w'.repeat(59);

  test('of a service', () => {
    expect(said({ workloads: [workload(long)] })).toEqual(tooLong(`service shop_${long}`, 64, `shop/${long}`));
  });

  test('of what hands its volumes over', () => {
    const name = 'w'.repeat(51);
    const of = container(name, { volumes: [Volume.persistent('/data')] });
    expect(said({ workloads: [workload(name, { container: of })] })).toEqual(tooLong(`service shop_${name}-volumes`, 64, `shop/${name}`));
  });

  test('of the network that a workload has to itself', () => {
    const name = 'w'.repeat(45);
    expect(said({ workloads: [workload(name.slice(1))] })).toEqual([]);
    expect(said({ workloads: [workload(name)] })).toEqual(tooLong(`network shop_${name}-copies-[0-9a-f]{6}`, 64, `shop/${name}`));
  });

  test('of a load balancer', () => {
    expect(said({ loadBalancers: [loadBalancer('e'.repeat(58))] })).toEqual(tooLong(`service shop_${'e'.repeat(58)}-volumes`, 71, `shop/${'e'.repeat(58)}`));
  });

  test('of a network', () => {
    const name = 'n'.repeat(52);
    expect(said({ networks: [network(name, [])] })).toEqual(tooLong(`network shop_${name}-[0-9a-f]{6}`, 64, `shop/${name}`));
  });

  test('of the network between two of one chart', () => {
    const [from, to] = ['f'.repeat(24), 't'.repeat(24)];
    const links = [{ name: 'link', connection: connection(peer(from), peer(to), [HTTP]), covered: false }];
    expect(said({ links })).toEqual(tooLong(`network shop_${from}-to-${to}-[0-9a-f]{6}`, 64, 'shop', "the ids or the charts'"));
  });

  test('of a secret', () => {
    expect(said({ secrets: [secret('s'.repeat(60))] })).toEqual([[ERROR,
      `secret shop_${'s'.repeat(60)} cannot exist on Swarm: 65 characters are more than 64, shorten the id or the chart's [shop/${'s'.repeat(60)}]`]]);
  });
});

describe('load balancers', () => {
  const hosts = [{ name: 'a.example.org', issuer: issuer('letsencrypt', IssuerKind.ACME) }];

  test('published-address', () => {
    expect(found({ loadBalancers: [loadBalancer('edge', { publishAddress: '10.0.0.1' })] }).map(([rule, severity]) => [rule, severity]))
      .toEqual([['published-address', ERROR]]);
  });

  test('routing-mesh', () => {
    const mesh = new SwarmTarget({ publishMode: PublishMode.INGRESS });
    const said = (of: Parameters<typeof loadBalancer>[1]) => found({ loadBalancers: [loadBalancer('edge', of)] }, mesh).filter(([rule]) => rule === 'routing-mesh')
      .map(([, , message]) => message);
    const seen = 'edge sees addresses of the routing mesh on Swarm instead of those of its visitors, in its log and in what it tells workloads';
    expect(said({})).toEqual([`${seen}, and connections are balanced twice: by the mesh, then by it; use PublishMode.HOST where that matters`]);
    expect(said({ hosts })).toEqual([`${seen}; use PublishMode.HOST where that matters`]);
  });

  test('certificates-of-one-host', () => {
    const rules = (target: SwarmTarget) => found({ loadBalancers: [loadBalancer('edge', { hosts })] }, target).map(([rule]) => rule);
    expect(rules(new SwarmTarget())).toEqual(['certificates-of-one-host']);
    expect(rules(new SwarmTarget({ edge: Placement.onNode('host-1') }))).toEqual([]);
  });
});
