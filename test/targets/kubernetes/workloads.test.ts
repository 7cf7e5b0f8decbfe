import { Duration, Size, type Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { Manifests } from './manifests';
import {
  Autoscaler, Cpu, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge, LoadBalancer, Overlap, Placement, Port, Protocol, ScalingMetric,
  ScheduledJob, Spread, StatefulService, Volume, WhenGone, Worker,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const healthCheck = HealthCheck.http('/healthz');

describe('which objects there are', () => {
  test('a web service', () => {
    const { names } = bound(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck })));
    expect(names()).toEqual([
      'ServiceAccount/web', 'NetworkPolicy/web', 'Service/web', 'Deployment/web', 'PodDisruptionBudget/web',
    ]);
  });

  test('one copy has no budget, which could only block drains', () => {
    const { names } = bound(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, replicas: 1 })));
    expect(names()).toEqual(['ServiceAccount/web', 'NetworkPolicy/web', 'Service/web', 'Deployment/web']);
  });

  test('an autoscaled worker', () => {
    const { names } = bound(new Manifests((chart) => new Worker(chart, 'mailer', { image: IMAGE, minReplicas: 2, maxReplicas: 8 })));
    expect(names()).toEqual([
      'ServiceAccount/mailer', 'NetworkPolicy/mailer', 'Deployment/mailer', 'PodDisruptionBudget/mailer', 'HorizontalPodAutoscaler/mailer',
    ]);
  });

  test('a stateful service of one copy, and of two, whose copies have names of their own', () => {
    const one = new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432 }));
    const two = new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, replicas: 2 }));
    expect(one.names()).toEqual(['ServiceAccount/db', 'NetworkPolicy/db', 'Service/db', 'Service/db-headless', 'StatefulSet/db']);
    expect(two.names()).toEqual([
      'ServiceAccount/db', 'NetworkPolicy/db', 'Service/db', 'Service/db-0', 'Service/db-1', 'Service/db-headless', 'StatefulSet/db', 'PodDisruptionBudget/db',
    ]);
    expect(two.get('Service', 'db-1').spec).toMatchObject({
      clusterIP: 'None', publishNotReadyAddresses: true, selector: { 'statefulset.kubernetes.io/pod-name': 'db-1' },
    });
  });

  test('a scheduled job', () => {
    const { names } = bound(new Manifests((chart) => new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '15 3 * * *', command: ['report'] })));
    expect(names()).toEqual(['ServiceAccount/report', 'NetworkPolicy/report', 'CronJob/report']);
  });

  test('published ports are a Service of their own', () => {
    const manifests = new Manifests((chart) => new HAWebService(chart, 'mqtt', {
      image: IMAGE, port: 1883, protocol: Protocol.TCP, additionalPorts: [Port.udp('coap', 5683)], publishedPorts: [{ port: 1883, hostPort: 8883 }, { port: 5683 }],
    }));
    expect(manifests.get('Service', 'mqtt-published').spec).toEqual({
      ports: [
        { name: 'tcp', port: 8883, protocol: 'TCP', targetPort: 'tcp' },
        { name: 'coap', port: 5683, protocol: 'UDP', targetPort: 'coap' },
      ],
      selector: { 'app.kubernetes.io/instance': 'mqtt', 'app.kubernetes.io/name': 'mqtt' },
      type: 'LoadBalancer',
    });
  });
});

describe('labels', () => {
  const manifests = () => new Manifests((chart) => new HAWebService(chart, 'web', {
    image: IMAGE,
    port: 8080,
    healthCheck,
    networks: [new IsolatedNetwork(chart, 'backend')],
    labels: { 'team': 'red', 'app.kubernetes.io/name': 'mine', 'app.kubernetes.io/part-of': 'platform' },
  }));

  test('of a user stand on every object and on the copies, and leave selectors alone', () => {
    const { objects, get } = bound(manifests());
    for (const object of objects) expect(object.metadata.labels).toMatchObject({ 'team': 'red', 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/part-of': 'platform' });
    expect(get('Deployment').spec.template.metadata.labels).toEqual({
      'app.kubernetes.io/instance': 'web',
      'app.kubernetes.io/name': 'web',
      'app.kubernetes.io/part-of': 'platform',
      'cdk8s-ha/network-backend': 'shop',
      'team': 'red',
    });
  });

  test('say who wrote an object, unless the chart names another tool, and never on pods, which would be replaced', () => {
    const by = 'app.kubernetes.io/managed-by';
    const written = manifests();
    for (const { metadata } of written.objects) expect(metadata.labels[by]).toBe('cdk8s-ha');
    expect(JSON.stringify(written.objects.map(({ spec }) => spec))).not.toContain('managed-by');
    const flux = new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }), {}, { labels: { [by]: 'flux' } });
    for (const { metadata } of flux.objects) expect(metadata.labels[by]).toBe('flux');
  });

  test('in selectors are only those that never change', () => {
    const stable = { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/name': 'web' };
    const { get } = bound(manifests());
    expect(get('Deployment').spec.selector.matchLabels).toEqual(stable);
    expect(get('Service').spec.selector).toEqual(stable);
    expect(get('PodDisruptionBudget').spec.selector.matchLabels).toEqual(stable);
  });
});

test('a workload that moves in the tree keeps its names, its selectors and its manifest', () => {
  const text = (scope: (chart: Chart) => Construct) => new Manifests((chart) => {
    const db = new StatefulService(scope(chart), 'db', { image: IMAGE, port: 5432, replicas: 2, healthCheck, volumes: [Volume.persistent('/data')] });
    const web = new HAWebService(scope(chart), 'web', { image: IMAGE, port: 8080, healthCheck, files: { '/etc/web.conf': 'x' } });
    web.connectTo(db);
    new LoadBalancer(scope(chart), 'edge').addRoute('shop.acme.example', web);
    web.addScheduledJob('report', { schedule: '15 3 * * *', command: ['report'] });
  }, { edge: KubernetesEdge.ownProxies() }, { namespace: 'shop' }).files[0].text;
  let moved = 0;
  expect(text((chart) => new Construct(chart, `group-${moved++}`))).toBe(text((chart) => chart));
});

describe('a rolling update', () => {
  test('never goes below the declared count', () => {
    const { get } = bound(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, replicas: 4, healthCheck })));
    expect(get('Deployment').spec).toMatchObject({
      minReadySeconds: 10, replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }, type: 'RollingUpdate' },
    });
  });

  test('has more time than its copies must hold their readiness, however long that is', () => {
    const edge = KubernetesEdge.gateway({ deregistration: Duration.seconds(900) });
    const { spec } = new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }), { edge }).get('Deployment');
    expect(spec.progressDeadlineSeconds).toBeGreaterThan(spec.minReadySeconds);
  });

  test('that waits for the copy before gives that its time to drain', () => {
    const define = (drainTimeout: Duration) => new Manifests((chart) => new HAWebService(chart, 'web', {
      image: IMAGE, port: 8080, healthCheck, replicas: 1, drainTimeout, volumes: [Volume.persistent('/data', { size: Size.gibibytes(1) })],
    })).get('Deployment').spec;
    expect(define(Duration.seconds(30)).progressDeadlineSeconds).toBe(600);
    const { progressDeadlineSeconds, template } = define(Duration.minutes(30));
    expect(progressDeadlineSeconds).toBeGreaterThan(template.spec.terminationGracePeriodSeconds);
  });

  test('leaves the count to an autoscaler, and goes by shares', () => {
    const { get } = bound(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, minReplicas: 3, maxReplicas: 20, healthCheck })));
    expect(get('Deployment').spec.replicas).toBeUndefined();
    expect(get('Deployment').spec.strategy.rollingUpdate).toEqual({ maxSurge: '25%', maxUnavailable: 0 });
    expect(get('HorizontalPodAutoscaler').spec).toMatchObject({
      maxReplicas: 20,
      metrics: [{ containerResource: { container: 'web', name: 'cpu', target: { averageUtilization: 70, type: 'Utilization' } }, type: 'ContainerResource' }],
      minReplicas: 3,
    });
  });

  test('stops the only copy first where it owns a disk', () => {
    const { get, pod } = bound(new Manifests((chart) => new HAWebService(chart, 'web', {
      image: IMAGE, port: 8080, replicas: 1, healthCheck, volumes: [Volume.persistent('/data')],
    })));
    expect(get('Deployment').spec.strategy).toEqual({ type: 'Recreate' });
    expect(pod()).toMatchObject({ terminationGracePeriodSeconds: 35, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'web-data' } }, { name: 'tmp' }] });
    expect(pod().tolerations).toBeUndefined();
    expect(pod().containers[0].lifecycle).toBeUndefined();
  });
});

describe('an autoscaler', () => {
  const scaled = (scaleOn?: ScalingMetric[]) => (chart: any) => new Worker(chart, 'mailer', { image: IMAGE, minReplicas: 2, maxReplicas: 8, scaleOn });

  test('follows memory, requests and numbers from outside as well', () => {
    const { get } = bound(new Manifests(scaled([
      ScalingMetric.cpu(60), ScalingMetric.memory(80), ScalingMetric.requestsPerSecond(100), ScalingMetric.perCopy('jobs', 2.5),
      ScalingMetric.external('queue_length', 30, { queue: 'mail' }),
    ])));
    expect(get('HorizontalPodAutoscaler').spec.metrics).toEqual([
      { containerResource: { container: 'mailer', name: 'cpu', target: { averageUtilization: 60, type: 'Utilization' } }, type: 'ContainerResource' },
      { containerResource: { container: 'mailer', name: 'memory', target: { averageUtilization: 80, type: 'Utilization' } }, type: 'ContainerResource' },
      { pods: { metric: { name: 'http_requests_per_second' }, target: { averageValue: '100', type: 'AverageValue' } }, type: 'Pods' },
      { pods: { metric: { name: 'jobs' }, target: { averageValue: '2500m', type: 'AverageValue' } }, type: 'Pods' },
      { external: { metric: { name: 'queue_length', selector: { matchLabels: { queue: 'mail' } } }, target: { averageValue: '30', type: 'AverageValue' } }, type: 'External' },
    ]);
  });

  test('grows at once and shrinks slowly', () => {
    const { behavior } = new Manifests(scaled()).get('HorizontalPodAutoscaler').spec;
    expect(behavior.scaleUp.stabilizationWindowSeconds).toBe(0);
    expect(behavior.scaleDown).toMatchObject({ selectPolicy: 'Min', stabilizationWindowSeconds: 300 });
  });

  test('may be KEDA, which makes the other one itself and keeps working without an answer', () => {
    const metadata = { serverAddress: 'http://prometheus:9090', query: 'sum(queue_messages)', threshold: '50' };
    const manifests = new Manifests(scaled([ScalingMetric.cpu(60), ScalingMetric.keda('prometheus', metadata, 'prometheus-token')]), { autoscaler: Autoscaler.keda() }, {}, ['TriggerAuthentication/*']);
    expect(manifests.names()).not.toContain('HorizontalPodAutoscaler/mailer');
    expect(manifests.get('Deployment').spec.replicas).toBeUndefined();
    expect(manifests.get('ScaledObject').spec).toMatchObject({
      fallback: { behavior: 'currentReplicasIfHigher', failureThreshold: 3, replicas: 2 },
      maxReplicaCount: 8,
      minReplicaCount: 2,
      pollingInterval: 15,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'mailer' },
      triggers: [
        { metadata: { containerName: 'mailer', value: '60' }, metricType: 'Utilization', type: 'cpu' },
        { authenticationRef: { name: 'prometheus-token' }, metadata, type: 'prometheus' },
      ],
    });
    // Use of processor time is asked of the cluster itself.
    expect(new Manifests(scaled(), { autoscaler: Autoscaler.keda() }).get('ScaledObject').spec.fallback).toBeUndefined();
  });
});

describe('a stateful service', () => {
  const spec = (props: any) => new Manifests((chart) => new StatefulService(chart, 'db', {
    image: IMAGE, port: 5432, replicas: 3, volumes: [Volume.persistent('/data')], ...props,
  })).get('StatefulSet').spec;

  test('starts and updates copy by copy, and keeps disks', () => {
    expect(spec({})).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      serviceName: 'db-headless',
      updateStrategy: { type: 'RollingUpdate' },
    });
    expect(spec({}).updateStrategy.rollingUpdate).toBeUndefined();
  });

  test('may start at once, hold copies back and let disks go', () => {
    expect(spec({ parallelStart: true, updatePartition: 2, volumeRetention: { whenScaled: WhenGone.DELETE } })).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      podManagementPolicy: 'Parallel',
      updateStrategy: { rollingUpdate: { partition: 2 }, type: 'RollingUpdate' },
    });
  });
});

describe('stopping', () => {
  const stop = (manifests: Manifests, name?: string) => {
    const { terminationGracePeriodSeconds, containers: [{ lifecycle }] } = manifests.pod(name);
    return [lifecycle?.preStop.sleep.seconds, terminationGracePeriodSeconds];
  };

  test('waits for the edge, then for the work, with a margin', () => {
    const drainTimeout = Duration.seconds(60);
    expect(stop(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, drainTimeout })))).toEqual([10, 75]);
  });

  test('waits as long as the edge says', () => {
    const edge = KubernetesEdge.gateway({ deregistration: Duration.seconds(45) });
    expect(stop(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }), { edge }))).toEqual([45, 80]);
  });

  test('sends TERM at once where nobody calls, or where the next copy waits for this one', () => {
    expect(stop(new Manifests((chart) => new Worker(chart, 'mailer', { image: IMAGE })))).toEqual([undefined, 35]);
    expect(stop(new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432 })))).toEqual([undefined, 35]);
  });

  test('waits for one of several stateful copies too', () => {
    expect(stop(new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, replicas: 3 })))).toEqual([10, 45]);
  });
});

describe('where copies run', () => {
  const constraints = (manifests: Manifests) => manifests.pod().topologySpreadConstraints
    ?.map(({ topologyKey, whenUnsatisfiable, matchLabelKeys }: any) => [topologyKey, whenUnsatisfiable, matchLabelKeys?.join()]);

  test('hard on nodes, softly on zones, each revision by itself', () => {
    expect(constraints(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080 })))).toEqual([
      ['kubernetes.io/hostname', 'DoNotSchedule', 'pod-template-hash'], ['topology.kubernetes.io/zone', 'ScheduleAnyway', 'pod-template-hash'],
    ]);
  });

  test('and once more by an anti-affinity that leaves room for the copy of an update', () => {
    expect(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080 })).pod().affinity).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{
          podAffinityTerm: { labelSelector: { matchLabels: { 'app.kubernetes.io/instance': 'web' } }, topologyKey: 'kubernetes.io/hostname' }, weight: 100,
        }],
      },
    });
  });

  test('softly on nodes under an autoscaler', () => {
    expect(constraints(new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, minReplicas: 2, maxReplicas: 9 })))[0][1]).toBe('ScheduleAnyway');
  });

  test('softly or hard on nodes as declared', () => {
    const preferred = { image: IMAGE, spread: Spread.preferred() };
    expect(constraints(new Manifests((chart) => new Worker(chart, 'w', preferred)))[0][1]).toBe('ScheduleAnyway');
    expect(constraints(new Manifests((chart) => new StatefulService(chart, 'db', { ...preferred, port: 1, replicas: 2 })))[0][1]).toBe('ScheduleAnyway');
    expect(constraints(new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, minReplicas: 2, maxReplicas: 9, spread: Spread.required() })))[0][1]).toBe('DoNotSchedule');
  });

  test('never two on a node, where that is declared and an update has room', () => {
    const manifests = new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, maxReplicasPerNode: 1 }), { nodes: 4 });
    expect(manifests.pod().affinity).toEqual({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{
          labelSelector: { matchLabels: { 'app.kubernetes.io/instance': 'w', 'app.kubernetes.io/name': 'w' } }, topologyKey: 'kubernetes.io/hostname',
        }],
      },
    });
  });

  test('with the priority that was chosen', () => {
    const priorityClassName = 'business-critical';
    const manifests = new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, priorityClassName })
      .addScheduledJob('report', { schedule: '15 3 * * *', command: ['report'] }), {}, {}, ['PriorityClass/*']);
    expect([manifests.pod('web').priorityClassName, manifests.pod('report').priorityClassName]).toEqual([priorityClassName, priorityClassName]);
  });

  test('without a revision for StatefulSets, which have no such label', () => {
    expect(constraints(new Manifests((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 1, replicas: 2 }))).map((one: any) => one[2])).toEqual([undefined, undefined]);
  });

  test('one copy is spread over nothing', () => {
    expect(constraints(new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, replicas: 1 })))).toBeUndefined();
  });

  test('stateless copies leave a lost node after 30 s, others stay until somebody is sure', () => {
    const manifests = new Manifests((chart) => {
      new HAWebService(chart, 'web', { image: IMAGE, port: 8080 });
      new StatefulService(chart, 'db', { image: IMAGE, port: 5432 });
    });
    expect(manifests.pod('web').tolerations).toEqual(['not-ready', 'unreachable'].map((taint) => ({
      effect: 'NoExecute', key: `node.kubernetes.io/${taint}`, operator: 'Exists', tolerationSeconds: 30,
    })));
    expect(manifests.pod('db').tolerations).toBeUndefined();
  });

  test('a placement picks nodes', () => {
    const placed = (placement: Placement) => new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, placement })).pod().nodeSelector;
    expect(placed(Placement.onNodesWithLabels({ disk: 'ssd', arch: 'arm64' }))).toEqual({ arch: 'arm64', disk: 'ssd' });
    expect(placed(Placement.onNode('node-7'))).toEqual({ 'kubernetes.io/hostname': 'node-7' });
  });
});

describe('resources', () => {
  const resources = (more: any, props?: any) => new Manifests((chart) => new Worker(chart, 'w', { image: IMAGE, ...more }), props).pod().containers[0].resources;

  test('by default: the memory limit is the request, and processor time has none', () => {
    expect(resources({})).toEqual({
      limits: { 'ephemeral-storage': '1Gi', 'memory': '256Mi' }, requests: { 'cpu': '100m', 'ephemeral-storage': '64Mi', 'memory': '256Mi' },
    });
  });

  test('as declared; the workload\'s limit goes before the target\'s', () => {
    const declared = { cpu: Cpu.millis(1500), memory: Size.gibibytes(2), memoryLimit: Size.mebibytes(2560) };
    expect(resources({ resources: declared }, { cpuLimit: Cpu.cores(2) })).toMatchObject({
      limits: { cpu: '2', memory: '2560Mi' }, requests: { cpu: '1500m', memory: '2Gi' },
    });
    expect(resources({ resources: { ...declared, cpuLimit: Cpu.cores(4) } }, { cpuLimit: Cpu.cores(2) }).limits.cpu).toBe('4');
  });

  test('room on the node\'s disk is what is declared, and is not bounded where the root can be written', () => {
    expect(resources({ volumes: [Volume.scratch('/cache', { size: Size.gibibytes(2) })] }).limits['ephemeral-storage']).toBe('3Gi');
  });
});

describe('a budget', () => {
  const budgets = (props: object) => new Manifests((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, replicas: 2, ...props }))
    .objects.filter(({ kind }) => kind === 'PodDisruptionBudget');

  test('lets one copy go at a time', () => {
    expect(budgets({ placement: Placement.onNodesWithLabels({ disk: 'ssd' }) })).toHaveLength(1);
  });

  test('is not there where one node alone may run the copies: no other could take one, and the next could never go', () => {
    expect(budgets({ placement: Placement.onNode('n1') })).toEqual([]);
  });
});

describe('a scheduled job', () => {
  test('never runs twice at once, and a drained node is no failure', () => {
    const { get } = bound(new Manifests((chart) => new ScheduledJob(chart, 'report', {
      image: IMAGE, schedule: '15 3 * * *', timeZone: 'Europe/Berlin', command: ['report'], timeout: Duration.minutes(20), retries: 2,
    })));
    expect(get('CronJob').spec).toMatchObject({
      concurrencyPolicy: 'Forbid',
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: 1200,
          backoffLimit: 2,
          podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ status: 'True', type: 'DisruptionTarget' }] }] },
          template: { spec: { restartPolicy: 'Never' } },
        },
      },
      schedule: '15 3 * * *',
      startingDeadlineSeconds: 600,
      timeZone: 'Europe/Berlin',
    });
  });

  test.each([
    ['0 4 * * 7', '0 4 * * 0'],
    ['0 4 * * 5-7', '0 4 * * 0,5,6'],
    ['0 4 * * fri-sun', '0 4 * * 0,5,6'],
    ['0 4 * * 1,7/2', '0 4 * * 0,1'],
    ['@Daily', '@daily'],
    [' */15 4-6 * * MON-FRI ', '*/15 4-6 * * MON-FRI'],
  ])('runs at \'%s\', in words that the server takes', (schedule, written) => {
    const { spec } = new Manifests((chart) => new ScheduledJob(chart, 'j', { image: IMAGE, schedule, command: ['j'] })).get('CronJob');
    expect(spec.schedule).toBe(written);
  });

  test('may overlap, be late and be kept as declared', () => {
    const { spec } = new Manifests((chart) => new ScheduledJob(chart, 'j', {
      image: IMAGE, schedule: '* * * * *', command: ['j'], overlap: Overlap.REPLACE, startingDeadline: Duration.seconds(30), successfulRunsKept: 1, failedRunsKept: 10,
    })).get('CronJob');
    expect(spec).toMatchObject({ concurrencyPolicy: 'Replace', failedJobsHistoryLimit: 10, startingDeadlineSeconds: 30, successfulJobsHistoryLimit: 1 });
  });
});

test('ports have one number everywhere, and say what is spoken', () => {
  const { get } = bound(new Manifests((chart) => {
    const api = new HAWebService(chart, 'api', { image: IMAGE, port: 9090, protocol: Protocol.GRPC, additionalPorts: [Port.http('admin', 8081)] });
    new LoadBalancer(chart, 'edge').addRoute('api.acme.example', api);
  }));
  expect(get('Service').spec.ports).toEqual([
    { appProtocol: 'kubernetes.io/h2c', name: 'grpc', port: 9090, protocol: 'TCP', targetPort: 'grpc' },
    { appProtocol: 'http', name: 'admin', port: 8081, protocol: 'TCP', targetPort: 'admin' },
  ]);
});

/** Methods that keep their object when taken out of it. */
function bound(manifests: Manifests) {
  return {
    objects: manifests.objects,
    names: () => manifests.names(),
    get: (kind: string, name?: string) => manifests.get(kind, name),
    pod: () => manifests.pod(),
  };
}
