import { attach, chart, CHART, connection, container, loadBalancer, network, peer, secret, sharedVolume, workload } from './models';
import type { Answer, WorkloadAnswers } from '../../../src/model/answer';
import { Egress } from '../../../src/model/egress';
import { Level } from '../../../src/model/guarantee';
import { HealthCheck } from '../../../src/model/health-check';
import { LoadBalancing } from '../../../src/model/load-balancing';
import { Placement } from '../../../src/model/placement';
import { Port } from '../../../src/model/port';
import { Security } from '../../../src/model/security';
import { Volume } from '../../../src/model/volume';
import { PeerKind, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../../src/model/workload';
import { ComposeTarget } from '../../../src/targets/compose/compose-target';
import { EndpointMode, PublishMode, SwarmTarget } from '../../../src/targets/swarm/swarm-target';

/*
 * One line a case: the guarantee, what was declared, and the level on Compose and on Swarm.
 */

const HTTP = Port.http('http', 8080);
const CALL = connection(peer('web'), peer('db'), [HTTP]);
const LIVE = HealthCheck.http('/healthz', { livePath: '/livez' });
const READY = HealthCheck.http('/healthz');
const ONE_HOST = Placement.onNode('host-1');

const { NATIVE, EMULATED, DEGRADED, DROPPED, NOT_NEEDED } = Level;

type Case = [keyof WorkloadAnswers, string, Partial<WorkloadModel>, Partial<ContainerModel>, Level, Level];

const CASES: Case[] = [
  ['copyCrash', 'anything', {}, {}, NATIVE, NATIVE],
  ['copyHang', 'no health check', {}, {}, DEGRADED, DEGRADED],
  ['copyHang', 'readiness alone', {}, { healthCheck: READY }, DEGRADED, DEGRADED],
  ['copyHang', 'liveness', {}, { healthCheck: LIVE }, EMULATED, EMULATED],
  ['copyHang', 'liveness without init', { initProcess: false }, { healthCheck: LIVE }, DEGRADED, DEGRADED],
  ['nodeLoss', 'several copies', {}, {}, DROPPED, NATIVE],
  ['nodeLoss', 'one copy', { replicas: 1 }, {}, DROPPED, DEGRADED],
  ['nodeLoss', 'on one host', { placement: ONE_HOST }, {}, DROPPED, DEGRADED],
  ['nodeLoss', 'with a disk', { kind: WorkloadKind.STATEFUL }, { volumes: [Volume.persistent('/data')] }, DROPPED, DEGRADED],
  ['zoneLoss', 'several copies', {}, {}, DROPPED, NATIVE],
  ['zoneLoss', 'on one host', { placement: ONE_HOST }, {}, DROPPED, DEGRADED],
  ['plannedDisruption', 'several copies', {}, {}, DROPPED, DEGRADED],
  ['rollingUpdate', 'with a health check', {}, { healthCheck: READY }, EMULATED, NATIVE],
  ['rollingUpdate', 'without one', {}, {}, DEGRADED, DEGRADED],
  ['rollingUpdate', 'a stateful service', { kind: WorkloadKind.STATEFUL }, { healthCheck: READY }, DEGRADED, DEGRADED],
  ['rollingUpdate', 'published ports', { ports: [HTTP], publishedPorts: [{ port: 8080 }] }, { healthCheck: READY }, DEGRADED, DEGRADED],
  ['rollingUpdate', 'a job', { kind: WorkloadKind.JOB }, {}, DEGRADED, DEGRADED],
  ['plannedDisruption', 'a job', { kind: WorkloadKind.JOB }, {}, DROPPED, DEGRADED],
  ['rollback', 'anything', {}, {}, EMULATED, NATIVE],
  ['rollback', 'a disk of its own', {}, { volumes: [Volume.persistent('/data')] }, DEGRADED, NATIVE],
  ['rollback', 'a stateful service', { kind: WorkloadKind.STATEFUL }, {}, DEGRADED, DEGRADED],
  ['healthGatedCalls', 'nobody called', {}, {}, NOT_NEEDED, NOT_NEEDED],
  ['healthGatedCalls', 'a call', { callees: [CALL] }, {}, DEGRADED, DEGRADED],
  ['ingressIsolation', 'anything', {}, {}, NATIVE, NATIVE],
  ['ingressIsolation', 'a call into another chart', { callees: [connection(peer('web'), peer('api', PeerKind.WORKLOAD, 'other'), [HTTP])] }, {}, EMULATED, EMULATED],
  ['egressIsolation', 'no way out', {}, {}, NATIVE, NATIVE],
  ['egressIsolation', 'the internet', { egress: [Egress.internet()] }, {}, DEGRADED, DEGRADED],
  ['egressIsolation', 'hosts', { egress: [Egress.toHosts(['a.example.org'])] }, {}, DEGRADED, DEGRADED],
  ['egressIsolation', 'a namespace', { egress: [Egress.toNamespace('monitoring')] }, {}, DROPPED, DROPPED],
  ['egressIsolation', 'published ports', { ports: [HTTP], publishedPorts: [{ port: 8080 }] }, {}, DEGRADED, DEGRADED],
  ['declaredPortsOnly', 'alone', { replicas: 1 }, {}, NATIVE, NATIVE],
  // With no network to be in, Swarm gives the copies one.
  ['declaredPortsOnly', 'alone, with copies', { replicas: 2 }, {}, NATIVE, DEGRADED],
  ['declaredPortsOnly', 'a link', { callees: [CALL] }, {}, DEGRADED, DEGRADED],
  ['direction', 'a link', { callees: [CALL] }, {}, DEGRADED, DEGRADED],
  ['direction', 'members of a network', { attachments: [attach(network('lan', ['db', 'web']))] }, {}, NOT_NEEDED, NOT_NEEDED],
  ['restrictedRuntime', 'restricted', {}, {}, NATIVE, DEGRADED],
  ['restrictedRuntime', 'starts as root', {}, { security: Security.startsAsRoot() }, DEGRADED, DEGRADED],
  ['restrictedRuntime', 'unrestricted', {}, { security: Security.unrestricted('a test') }, DROPPED, DROPPED],
  ['secrets', 'none', {}, {}, NOT_NEEDED, NOT_NEEDED],
  ['secrets', 'files', {}, { secrets: [secret('key')] }, EMULATED, NATIVE],
  ['secrets', 'variables', {}, { secretEnvironment: { KEY: secret('key') } }, DEGRADED, DEGRADED],
  ['storageSurvivesRestart', 'no disk', {}, {}, NOT_NEEDED, NOT_NEEDED],
  ['storageSurvivesRestart', 'a disk on one host', { placement: ONE_HOST }, { volumes: [Volume.persistent('/data')] }, NATIVE, NATIVE],
  ['storageSurvivesRestart', 'a shared volume on one host', { placement: ONE_HOST }, { volumes: [Volume._shared('/uploads', 'uploads', CHART, false)] }, NATIVE, NATIVE],
  ['storageSurvivesRestart', 'a shared volume on any host', {}, { volumes: [Volume._shared('/uploads', 'uploads', CHART, false)] }, NATIVE, DEGRADED],
  ['storageSurvivesNodeLoss', 'a disk', {}, { volumes: [Volume.persistent('/data')] }, DROPPED, DROPPED],
  ['backup', 'a disk', {}, { volumes: [Volume.persistent('/data')] }, DROPPED, DROPPED],
  ['scaling', 'none', {}, {}, NOT_NEEDED, NOT_NEEDED],
  ['scaling', 'an autoscaler', { maxReplicas: 9 }, {}, DROPPED, DROPPED],
];

test.each(CASES)('%s, %s', (guarantee, _, more, of, compose, swarm) => {
  const one = workload('web', { ...more, container: container('web', of) });
  const levels = [new ComposeTarget(), new SwarmTarget()].map((target) => target.answerWorkload(one, chart())[guarantee].level);
  expect(levels).toEqual([compose, swarm]);
});

describe('what an image must have', () => {
  const TOOLS = 'sh and one of wget, curl, nc and bash';
  const answered = (target: ComposeTarget | SwarmTarget, of: Partial<ContainerModel>, more: Partial<WorkloadModel> = {}) =>
    target.answerWorkload(workload('web', { ...more, container: container('web', of) }), chart());

  test.each<[string, Partial<ContainerModel>, string | undefined, string | undefined]>([
    ['an HTTP check without a livePath', { healthCheck: READY }, TOOLS, TOOLS],
    ['an HTTP check over TLS', { healthCheck: READY, healthCheckTls: true }, 'sh and one of wget and curl', 'sh and one of wget and curl'],
    ['a TCP check', { healthCheck: HealthCheck.tcp() }, TOOLS, TOOLS],
    ['a gRPC check', { healthCheck: HealthCheck.grpc() }, 'sh and one of grpc_health_probe, wget, curl, nc and bash', 'sh and one of grpc_health_probe, wget, curl, nc and bash'],
    ['a command, which Swarm asks until it is ready once', { healthCheck: HealthCheck.command(['true']) }, undefined, 'sh'],
  ])('for %s is a condition of its updates', (_, of, compose, swarm) => {
    const byScript = 'deployed by deploy.sh: plain `docker compose up` stops all copies first';
    expect(answered(new ComposeTarget(), of).rollingUpdate.condition).toBe(compose === undefined ? byScript : `the image has ${compose}, and it is ${byScript}`);
    expect(answered(new SwarmTarget(), of).rollingUpdate.condition).toBe(swarm === undefined ? undefined : `the image has ${swarm}`);
  });

  test('is said where it is down until it is ready', () => {
    const stateful = { kind: WorkloadKind.STATEFUL };
    const published = { ports: [HTTP], publishedPorts: [{ port: 8080 }] };
    for (const target of [new ComposeTarget(), new SwarmTarget()]) {
      for (const more of [stateful, published]) {
        expect(reason(answered(target, { healthCheck: READY }, more).rollingUpdate)).toMatch(/ is ready, which needs sh and one of wget, curl, nc and bash in the image$/);
        expect(reason(answered(target, {}, more).rollingUpdate)).toMatch(/ is ready$/);
      }
    }
  });

  test('is said to callers on Swarm, where names lead to ready copies', () => {
    const db = workload('db', { container: container('db', { healthCheck: READY }) });
    const web = workload('web', { callees: [CALL] });
    const app = chart({ workloads: [db, web] });
    const target = new SwarmTarget();
    target.validate({ charts: [app] });
    expect(reason(target.answerWorkload(web, app).healthGatedCalls)).toMatch(/: repeat a failed call; a copy of db gets ready only if its image has sh and one of wget, curl, nc and bash$/);
  });

  test('is a condition of the runs of a scheduled job', () => {
    const crashes = [new ComposeTarget(), new SwarmTarget()].map((target) => answered(target, {}, { kind: WorkloadKind.JOB }).copyCrash.condition);
    expect(crashes).toEqual(['the image has sh, date and sleep', 'the image has sh, date and sleep']);
    expect(answered(new ComposeTarget(), {}).copyCrash.condition).toBeUndefined();
  });
});

test('what is on an NFS server alone survives the loss of a host', () => {
  const levels = (nfsServer: string | undefined, ...more: Volume[]) => {
    const one = workload('web', { container: container('web', { volumes: [Volume._shared('/uploads', 'uploads', CHART, false), ...more] }) });
    return [new ComposeTarget(), new SwarmTarget()]
      .map((target) => target.answerWorkload(one, chart({ sharedVolumes: [sharedVolume('uploads', { nfsServer })] })).storageSurvivesNodeLoss.level);
  };
  expect(levels('nas.acme.example')).toEqual([NATIVE, NATIVE]);
  expect(levels('nas.acme.example', Volume.scratch('/cache'))).toEqual([NATIVE, NATIVE]);
  expect(levels('nas.acme.example', Volume.hostPath('/zoneinfo', '/usr/share/zoneinfo', { readOnly: true }))).toEqual([NATIVE, NATIVE]);
  expect(levels(undefined)).toEqual([DROPPED, DEGRADED]);
  expect(levels('nas.acme.example', Volume.persistent('/data'))).toEqual([DROPPED, DROPPED]);
});

describe('what a copy finds again on Swarm when it is started anew', () => {
  const answered = (placement?: Placement, nfsServer?: string) => {
    const web = workload('web', { replicas: 1, placement, container: container('web', { volumes: [Volume._shared('/uploads', 'uploads', CHART, false)] }) });
    return new SwarmTarget().answerWorkload(web, chart({ sharedVolumes: [sharedVolume('uploads', { nfsServer })] })).storageSurvivesRestart;
  };

  test('is another volume where nothing keeps it on its host', () => {
    expect(reason(answered())).toBe('Swarm may start a copy on another host, where the volume is another one:'
      + ' give the workload a placement on one host, or the volume an nfsServer');
  });

  test('is the same on an NFS server', () => {
    expect(answered(undefined, 'nas.acme.example')).toMatchObject({ level: NATIVE, reason: 'NFS: no data is on the host' });
  });

  test('is the same where one host alone has the labels', () => {
    expect(answered(Placement.onNodesWithLabels({ web: 'true' }))).toMatchObject({ level: NATIVE, condition: 'one host alone has web=true' });
  });
});

test('a stateful service stops first on Swarm for its disk, or else for its identity', () => {
  const update = (...volumes: Volume[]) =>
    reason(new SwarmTarget().answerWorkload(workload('db', { kind: WorkloadKind.STATEFUL, container: container('db', { volumes }) }), chart()).rollingUpdate);
  expect(update(Volume.persistent('/data'))).toBe('stop-first, since two copies must not share a disk: each is down from its stop until the new one is ready');
  expect(update()).toBe('stop-first, since two copies must not have one identity: each is down from its stop until the new one is ready');
});

describe('members of a group, who may call each other', () => {
  const lan = network('lan', ['db', 'mailer', 'web']);
  const member = (name: string, ports: Port[]) =>
    workload(name, { ports, attachments: [attach(lan)], container: container(name, { ports, healthCheck: READY }) });
  const workloads = [member('db', [HTTP]), member('mailer', []), member('web', [HTTP])];
  const answered = (target: ComposeTarget | SwarmTarget, name: string) => {
    const app = chart({ workloads, networks: [lan] });
    target.validate({ charts: [app] });
    return target.answerWorkload(workloads.find((one) => one.name === name)!, app).healthGatedCalls;
  };

  test('are whom one calls on Swarm, if they have ports', () => {
    expect(reason(answered(new SwarmTarget(), 'mailer'))).toContain('the names of db and web resolve to');
    expect(reason(answered(new SwarmTarget(), 'web'))).toContain('the names of db resolve to');
  });

  test('are called by their proxies on Compose, where they have them', () => {
    expect(answered(new ComposeTarget(), 'mailer')).toMatchObject({ level: EMULATED, reason: 'calls to db and web go through a proxy that checks every copy by itself' });
  });

  test('are called directly on Compose where they have none', () => {
    const raw = [member('db', [Port.udp('log', 514)]), ...workloads.slice(1)];
    const app = chart({ workloads: raw, networks: [lan] });
    const target = new ComposeTarget();
    target.validate({ charts: [app] });
    expect(reason(target.answerWorkload(raw[1], app).healthGatedCalls)).toContain('the names of db resolve to every running copy');
  });
});

test('reasons name who is meant', () => {
  const one = workload('web', { callees: [CALL], callers: [connection(peer('edge', PeerKind.LOAD_BALANCER), peer('web'), [HTTP])] });
  const answers = new ComposeTarget().answerWorkload(one, chart());
  expect(reason(answers.declaredPortsOnly)).toContain('declared or not: web with db, web with load balancer edge and web with its other copies');
  expect(reason(answers.direction)).toContain('one way was declared: web with db and web with load balancer edge');
  expect(reason(answers.healthGatedCalls)).toContain('the names of db resolve to every running copy');
  const db = workload('db', { kind: WorkloadKind.STATEFUL, container: container('db', { volumes: [Volume.persistent('/data')] }) });
  expect(reason(new ComposeTarget().answerWorkload(db, chart()).backup)).toBe('none declared; its copies are independent: nothing replicates for you');
});

test('a scheduled job that connects to a disk\'s owner may keep a backup', () => {
  const callers = ['dump', 'prune', 'web'].map((name) => connection(peer(name), peer('db'), [HTTP]));
  const db = workload('db', { kind: WorkloadKind.STATEFUL, replicas: 1, callers, container: container('db', { volumes: [Volume.persistent('/data')] }) });
  const backup = (...jobs: string[]) => [new ComposeTarget(), new SwarmTarget()].map((target) =>
    reason(target.answerWorkload(db, chart({ workloads: [db, workload('web'), ...jobs.map((name) => workload(name, { kind: WorkloadKind.JOB }))] })).backup));
  const one = 'none declared; scheduled job dump connects to it: whether that keeps one is yours to check';
  const two = 'none declared; scheduled jobs dump, prune connect to it: whether they keep one is yours to check';
  expect(backup()).toEqual(['none declared', 'none declared']);
  expect(backup('dump')).toEqual([one, one]);
  expect(backup('dump', 'prune')).toEqual([two, two]);
});

test('copies of one workload meet on all ports where they share a network', () => {
  const said = (target: ComposeTarget | SwarmTarget, options: Partial<WorkloadModel>) => reason(target.answerWorkload(workload('web', options), chart()).declaredPortsOnly);
  const linked = { callees: [CALL] };
  for (const target of [new ComposeTarget(), new SwarmTarget()]) {
    expect(said(target, { ...linked, replicas: 2 })).toContain('declared or not: web with db and web with its other copies');
    expect(said(target, { ...linked, replicas: 1 })).not.toContain('other copies');
    expect(said(target, { kind: WorkloadKind.STATEFUL, replicas: 2 })).toContain('declared or not: web with its other copies');
  }
  // Without a network Compose gives none, and Swarm one of its own.
  expect(said(new ComposeTarget(), { replicas: 2 })).toBe('it shares no network with anybody');
  expect(said(new SwarmTarget(), { replicas: 2 })).toContain('web with its other copies');
});

test('a network', () => {
  const levels = (of: ReturnType<typeof network>, target: ComposeTarget | SwarmTarget) =>
    Object.fromEntries(Object.entries(target.answerNetwork(of, chart())).map(([guarantee, { level }]) => [guarantee, level]));
  const lan = network('lan', ['db', 'web']);
  const common = { ingressIsolation: NATIVE, egressIsolation: NATIVE, declaredPortsOnly: DEGRADED };
  expect(levels(lan, new ComposeTarget())).toEqual({ ...common, encryptionBetweenNodes: NOT_NEEDED });
  expect(levels(lan, new SwarmTarget())).toEqual({ ...common, encryptionBetweenNodes: DROPPED });
  expect(levels({ ...lan, encrypted: true }, new SwarmTarget())).toEqual({ ...common, encryptionBetweenNodes: NATIVE });
  expect(levels(lan, new SwarmTarget({ encrypted: true }))).toEqual({ ...common, encryptionBetweenNodes: NATIVE });
});

test('a load balancer', () => {
  const answers = new ComposeTarget().answerLoadBalancer(loadBalancer('edge'), chart());
  expect(answers.nodeLoss.level).toBe(DROPPED);
  expect(answers.healthGatedIngress.level).toBe(NOT_NEEDED);
  expect(new SwarmTarget().answerLoadBalancer(loadBalancer('edge'), chart()).nodeLoss.level).toBe(NATIVE);
});

describe('a load balancer behind the routing mesh', () => {
  const mesh = new SwarmTarget({ publishMode: PublishMode.INGRESS });
  const answered = (of: Parameters<typeof loadBalancer>[1], target = mesh) => target.answerLoadBalancer(loadBalancer('edge', of), chart());

  test('is updated while it answers', () => {
    expect(answered({}).rollingUpdate.level).toBe(NATIVE);
    expect(answered({}, new SwarmTarget()).rollingUpdate.level).toBe(DEGRADED);
  });

  test('is balanced twice, and cannot tell visitors apart', () => {
    expect(reason(answered({}).balancingAlgorithm)).toContain('; behind the routing mesh, which spreads connections');
    expect(answered({ balancing: LoadBalancing.hashClientAddress() }).balancingAlgorithm.level).toBe(DEGRADED);
    expect(answered({ balancing: LoadBalancing.hashClientAddress(), trustedProxies: ['10.0.0.0/8'] }).balancingAlgorithm.level).toBe(NATIVE);
  });
});

test('virtual addresses need IPVS', () => {
  const calls = (target: SwarmTarget) => reason(target.answerWorkload(workload('web', { callees: [CALL] }), chart()).healthGatedCalls);
  expect(calls(new SwarmTarget({ endpointMode: EndpointMode.VIP }))).toBe(
    'the names of db lead by virtual addresses, which need IPVS in the kernel, to copies that were ready once, whether they still are or not: repeat a failed call');
  expect(calls(new SwarmTarget())).toBe('the names of db resolve to copies that were ready once, whether they still are or not: repeat a failed call');
});

const reason = (answer: Answer): string => answer.reason;
