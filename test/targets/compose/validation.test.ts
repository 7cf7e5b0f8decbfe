import { attach, chart, connection, container, loadBalancer, network, NOTING_BACKEND, peer, shop, workload } from './models';
import type { ChartModel } from '../../../src/model/app-model';
import { parseCron } from '../../../src/model/cron';
import { Severity } from '../../../src/model/finding';
import { HealthCheck } from '../../../src/model/health-check';
import type { ILoadBalancerBackend } from '../../../src/model/load-balancer-backend';
import { Port } from '../../../src/model/port';
import { Volume } from '../../../src/model/volume';
import { Overlap, PeerKind, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import { SwarmTarget } from '../../../src/targets/swarm/swarm-target';

const HTTP = Port.http('http', 8080);

const found = (of: ChartModel, target = new ComposeTarget()) => target.validate({ charts: [of] });
const foundIn = (more: Partial<WorkloadModel>, of: Partial<ContainerModel> = {}) =>
  found(chart({ workloads: [workload('web', { ...more, container: container('web', of) })] })).map(({ rule, message }) => `${rule}: ${message}`);

const STATEFUL = { parallelStart: false, updatePartition: 0, deletesVolumesWhenScaled: false, deletesVolumesWhenDeleted: false };
const SCHEDULE = { expression: '* * * * *', cron: parseCron('* * * * *'), timeZone: 'Etc/UTC', timeoutSeconds: 60, retries: 0, overlap: Overlap.SKIP };

test('a plain workload is fine', () => {
  expect(foundIn({})).toEqual([]);
});

test('of the shop with one of everything: what is different on Docker', () => {
  const findings = found(shop());
  expect(findings.map(({ rule }) => rule).sort()).toEqual(['init-once', 'scratch-kept', 'sidecar-apart']);
  expect(findings.every(({ severity }) => severity === Severity.WARNING)).toBe(true);
});

test.each<[string, Partial<WorkloadModel>, Partial<ContainerModel>, string]>([
  ['start-order', { callees: [{ ...connection(peer('web'), peer('api', PeerKind.WORKLOAD, 'other'), [HTTP]), startAfter: true }] }, {},
    "web does not wait for api of chart 'other' on Compose, which is another project: deploy 'other' first"],
  ['grpc-health-check', {}, { healthCheck: HealthCheck.grpc() },
    'web is asked for its health by TCP on Docker unless its image has grpc_health_probe: add it, or use HealthCheck.command'],
  ['restart-needs-init', { initProcess: false }, { healthCheck: HealthCheck.http('/', { livePath: '/' }) },
    "web is not restarted on Compose when it is not live: leave out 'init: false'"],
  ['restart-needs-init', {}, { mustBeProcessOne: true, healthCheck: HealthCheck.http('/', { livePath: '/' }) },
    "web is not restarted on Compose when it is not live: its image's own program must be process 1, where an init process would have to be"],
  ['stop-signal', { kind: WorkloadKind.JOB, replicas: 1 }, { stopSignal: 'SIGQUIT' },
    "a run of web is ended by SIGTERM on Compose, not by SIGQUIT: its clock knows no other; leave out 'stopSignal'"],
  ['max-replicas-per-node', { maxReplicasPerNode: 1 }, {}, 'web has all its 2 copies on one host on Compose, which are more than 1: there is no other'],
  ['sidecar-apart', { sidecars: [container('log')] }, {},
    'log of web is a service of its own on Compose: each reaches the other by name (web, web-log), not on localhost'],
  ['init-once', { init: [container('migrate')] }, {}, 'migrate of web runs once for all 2 copies on Compose, not before each'],
  ['published-port-of-several', { ports: [HTTP], publishedPorts: [{ port: 8080, hostPort: 80 }] }, {},
    'web cannot publish port 80 for 2 copies on Compose: a host has a port once, put a LoadBalancer in front or run one copy [shop/web]'],
  ['address-of-gateway', { replicas: 1, attachments: [attach(network('lan', ['web'], { subnet: '10.7.0.0/24' }), '10.7.0.1')] }, {},
    "web cannot have the address 10.7.0.1 in lan on Compose: the first of 10.7.0.0/24 is the gateway's, give a later one [shop/web]"],
  ['scratch-kept', { sidecars: [container('log', { volumes: [Volume.scratch('/log')] })], kind: WorkloadKind.STATEFUL }, { volumes: [Volume.scratch('/log')] },
    "the scratch space 'log' of web is a volume on Compose, since several containers share it: it is not empty at each start"],
  ['scratch-kept', { sidecars: [container('log', { volumes: [Volume.scratch('/log', { inMemory: true })] })], kind: WorkloadKind.STATEFUL },
    { volumes: [Volume.scratch('/log', { inMemory: true })] },
    "the scratch space 'log' of web is a volume on Compose, since several containers share it: it is not empty at each start, and lies on the disk of the host, not in memory"],
  ['volume-taken', { replicas: 1, init: [container('prepare', { volumes: [Volume.scratch('/data')] })], sidecars: [container('log', { volumes: [Volume.scratch('/data')] })] },
    { volumes: [Volume.persistent('/data')] },
    "web cannot have a disk and scratch space of several containers that are both called 'data' on Compose, where they would be one volume:"
    + " give the disk another name, Volume.persistent('/data', { name: '…' }) [shop/web]"],
  ['priority-class', { priorityClassName: 'high' }, {}, "web has no priority on Compose, not 'high': nobody is stopped there to make room for it"],
  ['update-partition', { kind: WorkloadKind.STATEFUL, stateful: { ...STATEFUL, updatePartition: 1 } }, {},
    'an update replaces all copies of web on Compose, not those from number 1 on: there updatePartition is not known'],
  ['volume-retention', { kind: WorkloadKind.STATEFUL, stateful: { ...STATEFUL, deletesVolumesWhenDeleted: true } }, {},
    'the volumes of web are kept on Compose when it goes: delete them by hand (docker volume rm)'],
  ['overlap', { kind: WorkloadKind.JOB, replicas: 1, schedule: { ...SCHEDULE, overlap: Overlap.ALLOW } }, {},
    'a run of web that is due while another goes on is skipped on Compose: its clock runs one at a time, and knows no Overlap.ALLOW'],
  ['runs-kept', { kind: WorkloadKind.JOB, replicas: 1, schedule: { ...SCHEDULE, failedRunsKept: 9 } }, {},
    'the runs of web are not kept one by one on Compose: they write to the one log of its container, whatever successfulRunsKept and failedRunsKept say'],
  ['starting-deadline', { kind: WorkloadKind.JOB, replicas: 1, schedule: { ...SCHEDULE, startingDeadlineSeconds: 60 } }, {},
    'a run of web that was missed is not made up on Compose, whatever startingDeadline says: its clock says so in the log and waits for the next'],
])('%s', (rule, more, of, message) => {
  expect(foundIn(more, of)).toContain(`${rule}: ${message}`);
});

test('what can be served is no finding', () => {
  expect(foundIn({ replicas: 1, ports: [HTTP], publishedPorts: [{ port: 8080 }] })).toEqual([]);
  expect(foundIn({ replicas: 1, attachments: [attach(network('lan', ['web'], { subnet: '10.7.0.0/24' }), '10.7.0.2')] })).toEqual([]);
  expect(foundIn({ kind: WorkloadKind.STATEFUL, init: [container('prepare')] })).toEqual([]);
});

test('load-balancer-limitation', () => {
  const backend: ILoadBalancerBackend = { ...NOTING_BACKEND, lower: (...args) => ({ ...NOTING_BACKEND.lower(...args), limitations: ['keeps no time: use a watch'] }) };
  for (const target of [new ComposeTarget(), new SwarmTarget()]) {
    expect(target.validate({ charts: [chart({ loadBalancers: [loadBalancer('edge', { backend })] })] })).toEqual([{
      rule: 'load-balancer-limitation', severity: Severity.WARNING, path: 'shop/edge', message: 'edge keeps no time: use a watch',
    }]);
  }
});

test('subnet-unused', () => {
  expect(found(chart({ networks: [network('lan', [], { connectedOnly: true, subnet: '10.7.0.0/24' })] }))).toEqual([{
    rule: 'subnet-unused',
    severity: Severity.WARNING,
    path: 'shop/lan',
    message: 'lan does not use its subnet 10.7.0.0/24 on Compose: with connectedOnly each connection is a network of its own',
  }]);
});

describe('networks', () => {
  const many = (count: number) => chart({ networks: Array.from({ length: count }, (_, index) => network(`n${index}`, [])) });

  test('many-networks', () => {
    expect(found(many(20))).toEqual([]);
    expect(found(many(21)).map(({ rule }) => rule)).toEqual(['many-networks']);
    expect(found(many(21), new ComposeTarget({ addressPool: '10.128.0.0/10' }))).toEqual([]);
  });

  test('address-taken', () => {
    const findings = found(many(21), new ComposeTarget({ addressPool: '10.0.0.0/24' }));
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['address-taken']));
    expect(findings[0].severity).toBe(Severity.ERROR);
    expect(findings[0].message).toMatch(/^the networks shop\/n\d+ and shop\/n\d+ cannot both have 10\.0\.0\.\d+\/26 of the address pool 10\.0\.0\.0\/24: give 'n\d+' a subnet of its own \[shop\/n\d+\]$/);
  });

  test('address-taken by links asks for another pool, since links have no subnet', () => {
    const calls = ['a', 'b'].map((name) => connection(peer('web'), peer(name), [HTTP]));
    const one = chart({ workloads: [workload('web', { callees: calls })], links: calls.map((call) => ({ name: `web-to-${call.to.name}`, connection: call, covered: false })) });
    expect(found(one, new ComposeTarget({ addressPool: '10.0.0.0/26' }))[0].message).toContain('take another or a wider addressPool');
  });
});
