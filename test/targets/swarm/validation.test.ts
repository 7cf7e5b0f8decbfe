import { IssuerKind } from '../../../src/model/certificate';
import { Severity } from '../../../src/model/finding';
import { Placement } from '../../../src/model/placement';
import { Port } from '../../../src/model/port';
import { Volume } from '../../../src/model/volume';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';
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
  ['published-address', ERROR, { ports: [HTTP], publishedPorts: [{ port: 8080, address: '127.0.0.1' }] }, {},
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

test('long-name', () => {
  expect(found({ workloads: [workload('w'.repeat(58))], secrets: [secret('s'.repeat(60))] }).map(([rule, severity]) => [rule, severity]))
    .toEqual([['long-name', ERROR]]);
  expect(found({ workloads: [workload('w'.repeat(59))] })).toEqual([['long-name', ERROR,
    `service shop_${'w'.repeat(59)} cannot exist on Swarm: 64 characters are more than 63, shorten the id or the chart's [shop/${'w'.repeat(59)}]`]]);
});

describe('load balancers', () => {
  const hosts = [{ name: 'a.example.org', issuer: issuer('letsencrypt', IssuerKind.ACME) }];

  test('published-address', () => {
    expect(found({ loadBalancers: [loadBalancer('edge', { publishAddress: '10.0.0.1' })] }).map(([rule, severity]) => [rule, severity]))
      .toEqual([['published-address', ERROR]]);
  });

  test('certificates-of-one-host', () => {
    const rules = (target: SwarmTarget) => found({ loadBalancers: [loadBalancer('edge', { hosts })] }, target).map(([rule]) => rule);
    expect(rules(new SwarmTarget())).toEqual(['certificates-of-one-host']);
    expect(rules(new SwarmTarget({ edge: Placement.onNode('host-1') }))).toEqual([]);
  });
});
