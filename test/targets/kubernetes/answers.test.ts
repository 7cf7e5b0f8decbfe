import { Chart, Duration, Size } from 'cdk8s';
import {
  App, Autoscaler, Cpu, Egress, ExternalService, ExternalTrafficPolicy, HAWebService, HealthCheck, IsolatedNetwork, KubernetesEdge,
  KubernetesTarget, LetsEncrypt, Level, LoadBalancer, LoadBalancing,
  NetworkPlugin, Overlap, Placement, ScalingMetric, ScheduledJob, Secret, Security, SharedVolume, Spread, StatefulService, Target, Volume, WhenGone,
  Worker,
  type Answer, type AppModel, type KubernetesTargetProps, type LoadBalancerAnswers, type NetworkAnswers, type SecretProps,
  type SharedVolumeProps, type WorkloadAnswers,
} from '../../../src';

const IMAGE = 'ghcr.io/acme/shop:1.4.2';
const healthCheck = HealthCheck.http('/healthz');

/** The answers of a target for the only workload, network and load balancer of a definition. */
function answers(define: (chart: Chart) => void, props: KubernetesTargetProps = {}): WorkloadAnswers & NetworkAnswers & LoadBalancerAnswers {
  let model: AppModel | undefined;
  class Listener extends KubernetesTarget {
    public validate(app: AppModel) {
      model = app;
      return super.validate(app);
    }
  }
  const target: Target = new Listener(props);
  const app = new App({ report: false, targets: [target] });
  define(new Chart(app, 'shop'));
  app.findings();
  const [chart] = model!.charts;
  const [workload] = chart.workloads;
  const [network] = chart.networks;
  const [balancer] = chart.loadBalancers;
  return {
    ...network && target.answerNetwork(network, chart),
    ...balancer && target.answerLoadBalancer(balancer, chart),
    ...workload && balancer === undefined && network === undefined && target.answerWorkload(workload, chart),
  } as any;
}

const text = ({ level, reason, condition }: Answer) => `${level}: ${reason}${condition === undefined ? '' : ` (if ${condition})`}`;

describe('a web service', () => {
  const web = (props: any = {}, target?: KubernetesTargetProps) => answers((chart) => new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck, ...props }), target);

  test('keeps what was declared, and says how', () => {
    const all = web();
    expect(Object.fromEntries(Object.entries(all).map(([guarantee, answer]) => [guarantee, text(answer)]))).toEqual({
      backup: 'not-needed: no persistent volume',
      copyCrash: 'native: the kubelet starts a container again that ended',
      copyHang: 'degraded: readinessProbe: a copy that hangs gets no traffic, and is not started again; declare livePath or liveCommand',
      declaredPortsOnly: 'native: NetworkPolicy: each rule names its ports (if the network plug-in enforces NetworkPolicy)',
      direction: 'native: NetworkPolicy: rules are for one direction (if the network plug-in enforces NetworkPolicy)',
      egressIsolation: 'native: NetworkPolicy: what may be reached stands in the workload\'s own policy (if the network plug-in enforces NetworkPolicy)',
      healthGatedCalls: 'native: Service: only ready copies are endpoints',
      ingressIsolation: 'native: NetworkPolicy: who may come in stands in the workload\'s own policy (if the network plug-in enforces NetworkPolicy)',
      nodeLoss: 'native: topologySpreadConstraints: copies are on different nodes; a lost one moves 30 s after the cluster has noticed (50 s by default) (if there are at least two nodes)',
      plannedDisruption: 'native: PodDisruptionBudget: one copy at a time',
      restrictedRuntime: 'native: securityContext: Pod Security Standard restricted, read-only root file system, no service account token',
      rollback: 'native: kubectl rollout undo deployment NAME: three revisions are kept',
      rollingUpdate: 'native: Deployment: maxUnavailable 0, maxSurge 1; out of the endpoints for 10 s before TERM, then 30 s to finish',
      scaling: 'not-needed: no maxReplicas',
      secrets: 'not-needed: no secrets',
      storageSurvivesNodeLoss: 'not-needed: no persistent volume',
      storageSurvivesRestart: 'not-needed: no persistent volume',
      zoneLoss: 'native: topologySpreadConstraints: copies are in different zones while there is room (if the cluster has several zones)',
    });
  });

  test('of one copy is down when its node is', () => {
    const { nodeLoss, zoneLoss, plannedDisruption } = web({ replicas: 1 });
    expect([nodeLoss, zoneLoss, plannedDisruption].map(({ level }) => level)).toEqual([Level.DEGRADED, Level.DEGRADED, Level.DEGRADED]);
  });

  test('that is scaled down to one copy is down as one is', () => {
    const { nodeLoss, zoneLoss, plannedDisruption } = web({ minReplicas: 1, maxReplicas: 4 });
    const more = '; give minReplicas: 2';
    expect(text(nodeLoss)).toBe(`degraded: one copy while load is low: it is started on another node 30 s after the cluster has noticed (50 s by default)${more}`);
    expect(text(zoneLoss)).toBe(`degraded: one copy while load is low: it is started in another zone${more}`);
    expect(text(plannedDisruption)).toBe(`degraded: one copy while load is low: draining its node takes it down until it runs elsewhere${more}`);
  });

  test('of one copy needs no disk in another zone where it has none', () => {
    expect(text(web({ replicas: 1 }).zoneLoss)).toBe('degraded: one copy: it is started in another zone; declare two copies or more');
    expect(text(web({ replicas: 1, volumes: [Volume.persistent('/data')] }).zoneLoss)).toBe(
      'degraded: one copy: it is started in another zone, if its disk can be there; declare two copies or more');
  });

  test('that only some nodes may run needs two of them', () => {
    const { nodeLoss, zoneLoss } = web({ placement: Placement.onNodesWithLabels({ disk: 'ssd', tier: 'web' }) });
    expect(nodeLoss.condition).toBe('at least two nodes have the labels disk=ssd and tier=web');
    expect(zoneLoss.condition).toBe('nodes of several zones have the labels disk=ssd and tier=web');
  });

  test('that one node alone may run is lost with it', () => {
    const { nodeLoss, zoneLoss, plannedDisruption } = web({ placement: Placement.onNode('n1') });
    expect(text(nodeLoss)).toBe("degraded: placement: node 'n1' alone may run it; while that is away, it is down");
    expect(text(zoneLoss)).toBe("degraded: placement: node 'n1' alone may run it; while its zone is away, it is down");
    expect(text(plannedDisruption)).toBe("degraded: placement: node 'n1' alone may run it; draining that takes it down, and a budget could only block the drain");
  });

  test('without a health check is not sure of anything', () => {
    const { copyHang, rollingUpdate, healthGatedCalls } = web({ healthCheck: undefined });
    expect([copyHang, rollingUpdate, healthGatedCalls].map(({ level }) => level)).toEqual([Level.DEGRADED, Level.DEGRADED, Level.DEGRADED]);
  });

  test('that is stopped before anybody has heard of it loses requests in an update', () => {
    const edge = KubernetesEdge.gateway({ deregistration: Duration.seconds(0) });
    expect(text(web({}, { edge }).rollingUpdate)).toBe(
      'degraded: Deployment: maxUnavailable 0, maxSurge 1; but a copy gets TERM at once (deregistration 0), while some still send to it; give the edge 5 s or more');
    expect(answers((chart) => new Worker(chart, 'w', { image: IMAGE, healthCheck: HealthCheck.command(['ready']) }), { edge }).rollingUpdate.level).toBe(Level.NATIVE);
  });

  test('whose published ports lead to copies of one node needs a load balancer that forgets a node quickly', () => {
    const published = (externalTrafficPolicy: ExternalTrafficPolicy) =>
      web({ publishedPorts: [{ port: 8080 }] }, { publishedServices: { externalTrafficPolicy } }).rollingUpdate;
    expect(text(published(ExternalTrafficPolicy.LOCAL))).toMatch(/^native: .+ \(if the cluster's load balancer leaves out a node within 5 s of the end of its last copy\)$/);
    expect(published(ExternalTrafficPolicy.CLUSTER).condition).toBeUndefined();
  });

  test('with liveness is started again when it hangs', () => {
    expect(text(web({ healthCheck: HealthCheck.http('/healthz', { livePath: '/livez' }) }).copyHang)).toBe('native: livenessProbe: started again after 30 s of failing, TERM before KILL');
  });

  test('that scales needs the metrics', () => {
    expect(text(web({ minReplicas: 2, maxReplicas: 6 }).scaling)).toBe('native: HorizontalPodAutoscaler: 2 to 6 copies (if metrics-server is installed)');
  });

  test('that may be short of a copy says so', () => {
    expect(text(web({ maxUnavailable: 1 }).rollingUpdate)).toBe('degraded: Deployment: maxUnavailable 1, as declared: fewer copies during an update');
  });

  test.each([
    [NetworkPlugin.calico(), 'native: NetworkPolicy: rules are for one direction, enforced by calico'],
    [NetworkPlugin.other('kube-router'), 'native: NetworkPolicy: rules are for one direction, enforced by kube-router'],
    [NetworkPlugin.flannel(), 'degraded: NetworkPolicy: rules are for one direction, but flannel does not enforce policies: install a plug-in that does'],
  ])('is isolated as well as the network plug-in does it', (networkPlugin, expected) => {
    expect(text(web({}, { networkPlugin }).direction)).toBe(expected);
  });
});

test.each<[string, (chart: Chart) => void]>([
  ['a host', (chart) => new Worker(chart, 'w', { image: IMAGE, egress: [Egress.toHosts(['api.stripe.com'])] })],
  ['a service outside without ranges', (chart) => new Worker(chart, 'w', { image: IMAGE })
    .connectTo(new ExternalService(chart, 'mail', { hostname: 'smtp.example.org', port: 587 }))],
])('the way out to %s is open to all public addresses, unless Cilium names it', (_, define) => {
  expect(answers(define).egressIsolation.level).toBe(Level.DEGRADED);
  expect(text(answers(define, { networkPlugin: NetworkPlugin.cilium() }).egressIsolation)).toBe('native: CiliumNetworkPolicy: host names (toFQDNs)');
});

test('a StatefulSet goes back by itself where it does not wait for copies in order', () => {
  const rollback = (parallelStart: boolean) => text(answers((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, parallelStart })).rollback);
  expect(rollback(true)).toBe('native: kubectl rollout undo statefulset NAME: three revisions are kept');
  expect(rollback(false)).toBe('degraded: kubectl rollout undo statefulset NAME: three revisions are kept; a copy of the new version that does not get ready must be'
    + ' deleted by hand (kubectl delete pod NAME-0), since a StatefulSet waits for it');
});

test('files are there for a rollback', () => {
  expect(text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, files: { '/a': 'a' } })).rollback)).toBe(
    'native: kubectl rollout undo deployment NAME: three revisions are kept, and the files of each in a ConfigMap of its own, which Argo CD, Flux and Helm keep'
    + ' (if kubectl apply goes without --prune)');
});

test('what an autoscaler looks at, and what it needs', () => {
  const scaling = (scaleOn: ScalingMetric[], props = {}) => text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, minReplicas: 2, maxReplicas: 4, scaleOn }), props).scaling);
  expect(scaling([ScalingMetric.cpu(60)])).toBe('native: HorizontalPodAutoscaler: 2 to 4 copies (if metrics-server is installed)');
  expect(scaling([ScalingMetric.memory(80), ScalingMetric.requestsPerSecond(100)])).toBe(
    'native: HorizontalPodAutoscaler: 2 to 4 copies on memory 80 %, http_requests_per_second 100 a copy (if metrics-server is installed and a metrics adapter knows http_requests_per_second)');
  expect(scaling([ScalingMetric.keda('cron', {})], { autoscaler: Autoscaler.keda() })).toBe('native: ScaledObject: 2 to 4 copies on cron (if KEDA is installed)');
});

test('copies are apart as far as was declared', () => {
  const nodeLoss = (spread: Spread) => text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, spread })).nodeLoss);
  expect(nodeLoss(Spread.required())).toMatch(/copies are on different nodes; a lost one moves/);
  expect(nodeLoss(Spread.preferred())).toMatch(/soft as declared: copies are on different nodes while there is room/);
});

describe('a stateful service', () => {
  const db = (props: any = {}) => answers((chart) => new StatefulService(chart, 'db', { image: IMAGE, port: 5432, healthCheck: HealthCheck.tcp(), volumes: [Volume.persistent('/data')], ...props }));

  test('of one copy says when it is down', () => {
    const { nodeLoss, rollingUpdate, backup, storageSurvivesRestart } = db();
    expect(text(nodeLoss)).toMatch(/^degraded: one copy: it is down until somebody confirms that the node is gone/);
    expect(text(rollingUpdate)).toBe('degraded: StatefulSet: the copy is stopped before the new one starts, so it is down for up to 30 s and its start');
    expect(text(backup)).toMatch(/^dropped: none declared/);
    expect(text(storageSurvivesRestart)).toBe('native: PersistentVolumeClaim of each copy, kept when its StatefulSet goes');
  });

  test('of one copy is not told to have more, which would be several databases', () => {
    expect(text(db().zoneLoss)).toBe('degraded: one copy: it is down until somebody confirms that its node is gone, and then needs a disk that can be in another zone;'
      + ' more copies help where the software replicates');
  });

  test('without a volume is not told what its disk needs', () => {
    expect(text(db({ volumes: [] }).zoneLoss)).toBe('degraded: one copy: it is down until somebody confirms that its node is gone; more copies help where the software replicates');
  });

  test('with a placement needs another such node, for itself and for its disk', () => {
    const { nodeLoss, storageSurvivesNodeLoss } = db({ placement: Placement.onNodesWithLabels({ db: 'true' }) });
    expect(text(nodeLoss)).toMatch(/^degraded: one copy: .+; another node needs the label db=true$/);
    expect(text(storageSurvivesNodeLoss)).toBe('native: PersistentVolumeClaim: the disk is attached to another node when its own is confirmed to be gone'
      + ' (if another node has the label db=true, and the storage class is not local to a node)');
    expect(text(db({ placement: Placement.onNode('n1') }).storageSurvivesNodeLoss)).toMatch(/^degraded: .+ its data is out of reach while that is away$/);
  });

  test('says which copies are held back, and which disks go', () => {
    expect(text(db({ replicas: 3, updatePartition: 2 }).rollingUpdate)).toMatch(/; db-0 to db-1 stay as they are until updatePartition is lowered$/);
    expect(text(db({ volumeRetention: { whenScaled: WhenGone.DELETE, whenDeleted: WhenGone.DELETE } }).storageSurvivesRestart)).toBe(
      'native: PersistentVolumeClaim, deleted with a copy that is scaled away and with its StatefulSet, as declared');
  });

  test('that a scheduled job connects to is not told to add one', () => {
    const { backup } = answers((chart) => {
      const called = new StatefulService(chart, 'db', { image: IMAGE, port: 5432, healthCheck: HealthCheck.tcp(), volumes: [Volume.persistent('/data')] });
      new ScheduledJob(chart, 'dump', { image: IMAGE, schedule: '0 3 * * *', command: ['dump'] }).connectTo(called);
    });
    expect(text(backup)).toBe('dropped: none declared; scheduled job dump connects to it: whether that keeps one is yours to check');
  });

  test('of several says that nothing replicates for you', () => {
    expect(text(db({ replicas: 3 }).backup)).toMatch(/copies are independent: nothing replicates for you/);
    expect(db({ replicas: 3 }).plannedDisruption.level).toBe(Level.NATIVE);
  });
});

describe('a shared volume', () => {
  const worker = (props: SharedVolumeProps) => answers((chart) => new Worker(chart, 'w', { image: IMAGE, volumes: [new SharedVolume(chart, 'files', props).mount('/files')] }));

  test.each<[string, SharedVolumeProps, string]>([
    ['of a storage class that was named', { storageClassName: 'nfs' }, 'StorageClass nfs is there and offers ReadWriteMany, and '],
    ['that exists already', { existingName: 'nas' }, ''],
  ])('%s is mounted by every node', (_, props, condition) => {
    expect(text(worker(props).storageSurvivesNodeLoss))
      .toBe(`native: PersistentVolumeClaim: a file share, which every node mounts (if ${condition}its server is not one of these nodes)`);
  });

  test.each<[string, SharedVolumeProps]>([
    ['nothing more is said', { size: Size.gibibytes(1) }],
    ['an NFS server is named, which a claim does not use', { nfsServer: 'nas.acme.example' }],
  ])('is mounted by one node at most where the default storage class has no file shares and %s', (_, props) => {
    expect(text(worker(props).storageSurvivesNodeLoss)).toBe('degraded: PersistentVolumeClaim of the default storage class, which must offer ReadWriteMany for files:'
      + ' where it has disks of one node at a time, the claim and every copy that mounts it wait for ever; give storageClassName');
  });
});

describe('a claim in the manifest', () => {
  const kept = (volume: (chart: Chart) => Volume) => text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, replicas: 1, volumes: [volume(chart)] })).storageSurvivesRestart);
  const deleted = 'native: PersistentVolumeClaim in the manifest: kept by Argo CD, Flux and Helm when it leaves that or the application goes, deleted by `kubectl delete -f` and by `kubectl apply --prune`';
  const outside = 'native: PersistentVolumeClaim that is there already and stands in no manifest';

  test('is deleted with it', () => {
    expect(kept(() => Volume.persistent('/data'))).toBe(deleted);
    expect(kept((chart) => new SharedVolume(chart, 'files', { storageClassName: 'nfs' }).mount('/files'))).toBe(deleted);
  });

  test('is none where it exists already', () => {
    expect(kept(() => Volume.persistent('/data', { existingName: 'old' }))).toBe(outside);
    expect(kept((chart) => new SharedVolume(chart, 'files', { existingName: 'nas' }).mount('/files'))).toBe(outside);
  });
});

test('a worker that hangs keeps no traffic, since it has none', () => {
  expect(text(answers((chart) => new Worker(chart, 'w', { image: IMAGE })).copyHang)).toBe(
    'degraded: no health check: a copy that hangs is not started again; declare HealthCheck.command() with liveCommand');
});

test('a folder of the host is not a disk', () => {
  const worker = (props: any) => answers((chart) => new Worker(chart, 'w', { image: IMAGE, volumes: [Volume.hostPath('/data', '/mnt/data')], ...props }));
  expect(text(worker({}).storageSurvivesRestart)).toMatch(/^degraded: hostPath: .+ give the workload a placement$/);
  expect(worker({ placement: Placement.onNode('n1') }).storageSurvivesRestart.level).toBe(Level.NATIVE);
  expect(worker({}).storageSurvivesNodeLoss.level).toBe(Level.DROPPED);
  expect(worker({}).restrictedRuntime.level).toBe(Level.DEGRADED);
});

test.each<[string, Security, string]>([
  ['starts as root', Security.startsAsRoot(), 'degraded: w starts as root with CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID: Pod Security Standard baseline, not restricted'],
  ['unrestricted', Security.unrestricted('it loads a kernel module'), 'dropped: w runs as its image comes: it loads a kernel module'],
  ['a writable root', Security.restricted({ writableRoot: true }), 'degraded: Pod Security Standard restricted, but w can write its root file system, as declared'],
])('a runtime that is %s', (_, security, expected) => {
  expect(text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, security })).restrictedRuntime)).toBe(expected);
});

test('a secret is kept where somebody has made it, unless an operator does', () => {
  const secret = (props: SecretProps) => text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, secrets: [new Secret(chart, 'key', props)] })).secrets);
  const kept = 'native: Secret objects, mounted as files in memory; no value in a manifest';
  expect(secret({})).toBe(`${kept} (if Secret key has the key 'value', and the cluster encrypts Secrets at rest)`);
  expect(secret({ externalSecret: { storeName: 'vault', remoteKey: 'shop/key' } })).toBe(`${kept} (if the cluster encrypts Secrets at rest)`);
});

test('a secret in a variable shows', () => {
  expect(text(answers((chart) => new Worker(chart, 'w', { image: IMAGE, secretEnvironment: { KEY: new Secret(chart, 'key') } })).secrets)).toMatch(/^degraded: .+ \(KEY\)/);
});

test('a scheduled job answers for its runs', () => {
  const job = answers((chart) => new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '0 3 * * *', command: ['report'] }));
  expect(text(job.copyCrash)).toBe('native: Job: a failed run is repeated up to 3 times');
  expect(text(job.copyHang)).toBe('native: Job: a run is ended after 3600 s (activeDeadlineSeconds)');
  expect(job.plannedDisruption.level).toBe(Level.NATIVE);
});

test('a run on a lost node holds all later ones up where two must not run at once', () => {
  const nodeLoss = (overlap?: Overlap) => text(answers((chart) => new ScheduledJob(chart, 'report', { image: IMAGE, schedule: '0 3 * * *', command: ['report'], overlap })).nodeLoss);
  const started = 'degraded: Job: a run lost with its node is started elsewhere, and uses up no retry, when its node is back or somebody confirms that it is gone'
    + ' (kubectl delete node, or taint node.kubernetes.io/out-of-service)';
  expect(nodeLoss()).toBe(`${started}, and no later run starts meanwhile`);
  expect(nodeLoss(Overlap.ALLOW)).toBe(started);
});

test('a network is encrypted by the cluster, not by manifests', () => {
  expect(text(answers((chart) => new IsolatedNetwork(chart, 'n', { encrypted: true })).encryptionBetweenNodes)).toMatch(/^degraded: not by these manifests/);
  expect(answers((chart) => new IsolatedNetwork(chart, 'n')).encryptionBetweenNodes.level).toBe(Level.NOT_NEEDED);
});

describe('a load balancer', () => {
  const edge = (target: KubernetesTargetProps = {}, algorithm?: LoadBalancing) => answers((chart) => {
    const certificates = new LetsEncrypt(chart, 'letsencrypt', { email: 'ops@acme.example' });
    new LoadBalancer(chart, 'edge', { certificates, algorithm }).addRoute('shop.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }));
  }, target);

  test('of Envoy Gateway', () => {
    expect(Object.fromEntries(Object.entries(edge()).map(([guarantee, answer]) => [guarantee, text(answer)]))).toEqual({
      balancingAlgorithm: 'emulated: BackendTrafficPolicy LeastRequest: the less busy of two copies picked at random, which comes near to the least busy'
        + ' (if Envoy Gateway is installed, with GatewayClass eg)',
      certificateRenewal: 'native: cert-manager: after two thirds of a certificate\'s life'
        + ' (if cert-manager is installed with the Gateway API switched on, and port 80 can be reached by the authority)',
      copyCrash: 'native: EnvoyProxy: a proxy that ended is started again by the kubelet, and the others go on (if Envoy Gateway is installed, with GatewayClass eg)',
      encryptionAtEdge: 'native: Gateway: an HTTPS listener for each host, TLS 1.2 at least (if Envoy Gateway is installed, with GatewayClass eg)',
      healthGatedIngress: 'native: the proxies send to ready copies only; one that cannot be reached twice in a row is left alone for 2 s, then longer, but never more than half'
        + ' of the copies; a request that did not reach a copy goes to another, one that did is not repeated',
      nodeLoss: 'native: EnvoyProxy: 2 proxies on different nodes (if Envoy Gateway is installed, with GatewayClass eg; there are at least two nodes)',
      plannedDisruption: 'native: EnvoyProxy: a PodDisruptionBudget lets one proxy go at a time (if Envoy Gateway is installed, with GatewayClass eg)',
      redirectAndHsts: 'native: HTTPRoute: RequestRedirect from HTTP, Strict-Transport-Security on HTTPS',
      rollingUpdate: 'native: EnvoyProxy: maxUnavailable 0, and a proxy drains for 30 s; a changed route is taken over without a restart'
        + ' (if Envoy Gateway is installed, with GatewayClass eg; the cluster\'s load balancer leaves out a node within 5 s of the end of its last proxy, or, from Envoy Gateway'
        + ' 1.9 on, proxyDeregistration says how long it takes)',
    });
  });

  test('that stays ready until the cluster\'s load balancer has forgotten it', () => {
    const { rollingUpdate } = edge({ edge: KubernetesEdge.gateway({ proxyDeregistration: Duration.seconds(40) }) });
    expect(text(rollingUpdate)).toBe('native: EnvoyProxy: maxUnavailable 0, and a proxy goes on for 40 s and drains for 30 s; a changed route is taken over without a restart'
      + ' (if Envoy Gateway 1.9 or newer is installed, with GatewayClass eg)');
  });

  test('of another class has no algorithm, and nobody knows how many proxies', () => {
    const acme = edge({ edge: KubernetesEdge.gateway({ className: 'acme' }) });
    expect(acme.balancingAlgorithm.level).toBe(Level.DROPPED);
    expect(text(acme.nodeLoss)).toBe('degraded: not known: how many proxies GatewayClass acme runs, and where, is set in its implementation');
  });

  test('of Istio', () => {
    const istio = edge({ edge: KubernetesEdge.gateway({ className: 'istio' }) });
    expect(text(istio.nodeLoss)).toMatch(/^native: ConfigMap for the Gateway: 2 proxies on different nodes \(if the implementation of GatewayClass istio is installed;/);
    expect(text(istio.balancingAlgorithm)).toMatch(/^emulated: DestinationRule LEAST_REQUEST: /);
    expect(edge({ edge: KubernetesEdge.gateway({ className: 'istio' }) }, LoadBalancing.hashUri()).balancingAlgorithm.level).toBe(Level.DROPPED);
  });

  test('of NGINX Gateway Fabric', () => {
    const nginx = (proxies: number, algorithm?: LoadBalancing) => edge({ edge: KubernetesEdge.gateway({ className: 'nginx', proxies }) }, algorithm);
    expect(text(nginx(2).plannedDisruption)).toBe('native: PodDisruptionBudget: one proxy goes at a time (if the implementation of GatewayClass nginx is installed)');
    expect(nginx(2).rollingUpdate.level).toBe(Level.NATIVE);
    expect(text(nginx(4).rollingUpdate)).toMatch(/^degraded: NginxProxy has no field for it: of 4 proxies a quarter may be missing/);
    expect(text(nginx(2).balancingAlgorithm)).toMatch(/^native: UpstreamSettingsPolicy: least-connections/);
    expect(nginx(2, LoadBalancing.sticky('lb')).balancingAlgorithm.level).toBe(Level.DROPPED);
  });

  test('of Cilium has a proxy on every node', () => {
    const cilium = edge({ edge: KubernetesEdge.gateway({ className: 'cilium' }) });
    expect(text(cilium.nodeLoss)).toBe('native: Cilium: an Envoy on every node (if the implementation of GatewayClass cilium is installed, with Envoy as a DaemonSet)');
    expect([cilium.rollingUpdate, cilium.balancingAlgorithm].map(({ level }) => level)).toEqual([Level.DEGRADED, Level.DROPPED]);
  });

  test('of proxies of our own', () => {
    const own = edge({ edge: KubernetesEdge.ownProxies() });
    expect(Object.fromEntries(Object.entries(own).map(([guarantee, answer]) => [guarantee, text(answer)]))).toEqual({
      balancingAlgorithm: expect.stringMatching(/^native: /),
      certificateRenewal: 'emulated: cert-manager: after two thirds of a certificate\'s life; the proxies read it again within two minutes'
        + ' (if cert-manager is installed, and port 80 can be reached by the authority)',
      copyCrash: 'native: Deployment: a proxy that ended or hangs is started again by the kubelet, and the others go on',
      encryptionAtEdge: 'emulated: caddy: TLS 1.2 at least, with certificates from Secrets',
      healthGatedIngress: 'emulated: caddy sends to the copies that a headless Service resolves to, which are the ready ones; one that stops waits 15 s for its address to be'
        + ' forgotten, and a refused connection goes to another copy at once (if the cluster\'s name server is up and answers are no older than ten seconds)',
      nodeLoss: 'native: Deployment: 2 proxies on different nodes; a request that waits for a copy on a lost host fails at its requestTimeout, and hangs'
        + ' without one: LoadBalancerBackend.haproxy() has another copy answer a GET'
        + ' (if there are at least two nodes, and the cluster gives Services of type LoadBalancer an address)',
      plannedDisruption: 'native: PodDisruptionBudget: one proxy goes at a time',
      redirectAndHsts: 'native: caddy: redirects from HTTP, sends Strict-Transport-Security',
      rollingUpdate: 'native: Deployment: maxUnavailable 0; a changed route is another ConfigMap, and so new proxies; one that stops is left alone for 30 s and drains for 30 s'
        + ' (if the cluster\'s load balancer notices within that time that a node has no proxy any more)',
    });
    expect(edge({ edge: KubernetesEdge.ownProxies({ proxies: 1 }) }).nodeLoss.level).toBe(Level.DEGRADED);
  });

  test('of an Ingress', () => {
    const ingress = edge({ edge: KubernetesEdge.ingress({ className: 'traefik' }) });
    expect(text(ingress.nodeLoss)).toBe('degraded: not known: how many proxies the controller of IngressClass traefik runs, and where, is set in its installation');
    expect(text(ingress.redirectAndHsts)).toMatch(/^dropped: an Ingress has no field for redirects and headers/);
    expect(text(ingress.balancingAlgorithm)).toMatch(/^dropped: an Ingress has no field for least-connections/);
    expect(text(ingress.encryptionAtEdge)).toBe('native: Ingress: a certificate for each host (if the controller of IngressClass traefik refuses TLS below 1.2)');
    expect(ingress.certificateRenewal.level).toBe(Level.NATIVE);
  });

  test('says what happens to a copy that cannot be reached', () => {
    const reason = (kubernetesEdge: KubernetesEdge) => text(edge({ edge: kubernetesEdge }).healthGatedIngress);
    const left = 'one that cannot be reached is left to its readiness check, and on a lost node to the cluster, which needs 50 s to notice';
    expect(reason(KubernetesEdge.gateway({ className: 'istio' })))
      .toBe('native: the proxies send to ready copies only; one that cannot be reached twice in a row is left alone for 2 s, then longer, but never more than half of the copies');
    expect(reason(KubernetesEdge.gateway({ className: 'nginx' })))
      .toBe('native: the proxies send to ready copies only; one that has failed once is left alone for 10 s, which is nginx\'s own default, as long as another one is left');
    for (const className of ['cilium', 'traefik', 'acme']) expect(reason(KubernetesEdge.gateway({ className }))).toBe(`native: the proxies send to ready copies only; ${left}`);
    expect(reason(KubernetesEdge.ingress({ className: 'traefik' }))).toContain(`native: the controller sends to ready copies only; ${left}`);
  });

  test('of one proxy is a single point of failure', () => {
    expect(edge({ edge: KubernetesEdge.gateway({ proxies: 1 }) }).nodeLoss.level).toBe(Level.DEGRADED);
  });

  test('that is somebody else\'s Gateway', () => {
    const shared = edge({ edge: KubernetesEdge.existingGateway({ name: 'shared' }) });
    expect(text(shared.encryptionAtEdge)).toBe('native: Gateway \'shared\' (if its listener \'https\' has certificates for shop.acme.example)');
    expect(shared.certificateRenewal.level).toBe(Level.DEGRADED);
  });

  test('that cannot hash what it is asked to says what it does instead', () => {
    expect(text(edge({}, LoadBalancing.hashUri()).balancingAlgorithm)).toMatch(/^dropped: Envoy Gateway cannot hash path and query: LeastRequest is written instead/);
  });
});

describe('a workload behind a Gateway', () => {
  const comesIn = (props: KubernetesTargetProps, namespace?: string): string => {
    let model: AppModel | undefined;
    class Listener extends KubernetesTarget {
      public validate(app: AppModel) {
        model = app;
        return super.validate(app);
      }
    }
    const target = new Listener(props);
    const app = new App({ report: false, targets: [target] });
    const chart = new Chart(app, 'shop', { namespace });
    new LoadBalancer(chart, 'edge').addRoute('shop.acme.example', new HAWebService(chart, 'web', { image: IMAGE, port: 8080, healthCheck }));
    app.findings();
    return text(target.answerWorkload(model!.charts[0].workloads[0], model!.charts[0]).ingressIsolation);
  };
  const policy = 'native: NetworkPolicy: who may come in stands in the workload\'s own policy';
  const namesakes = 'no other namespace has a Gateway called \'edge\', whose proxies would be let in too: give the chart a namespace, which its policies then name';

  test('is open to the proxies of its namesake elsewhere where the chart has no namespace, which is a condition', () => {
    expect(comesIn({})).toBe(`${policy} (if the network plug-in enforces NetworkPolicy, and ${namesakes})`);
    expect(comesIn({ networkPlugin: NetworkPlugin.calico() })).toBe(`${policy}, enforced by calico (if ${namesakes})`);
    expect(comesIn({ edge: KubernetesEdge.existingGateway({ name: 'edge', className: 'eg' }) })).toContain(namesakes);
  });

  test('is not, where a namespace is known, or the proxies are', () => {
    const closed = `${policy} (if the network plug-in enforces NetworkPolicy)`;
    expect(comesIn({}, 'shop')).toBe(closed);
    for (const edge of [
      KubernetesEdge.existingGateway({ name: 'edge', namespace: 'infra', className: 'eg' }), KubernetesEdge.gateway({ proxyLabels: { app: 'envoy' } }),
      KubernetesEdge.gateway({ className: 'istio' }), KubernetesEdge.gateway({ className: 'nginx' }), KubernetesEdge.ownProxies(), KubernetesEdge.ingress({ className: 'traefik' }),
    ]) expect(comesIn({ edge })).toBe(closed);
  });
});

test('the quality of service is said', () => {
  const app = new App({ targets: [new KubernetesTarget()] });
  const shop = new Chart(app, 'shop');
  const fixed = { cpu: Cpu.millis(500), cpuLimit: Cpu.millis(500) };
  new Worker(shop, 'fixed', { image: IMAGE, resources: fixed });
  new Worker(shop, 'loose', { image: IMAGE });
  new Worker(shop, 'beside', { image: IMAGE, resources: fixed }).addSidecar('log', { image: IMAGE });
  const report = JSON.parse(app.render().find(({ path }) => path === 'report/report.json')!.text);
  expect(report.remarks.map((remark: { text: string }) => remark.text)).toEqual([
    'quality of service Guaranteed, stopped last where a node runs out of memory: shop/fixed',
    'quality of service Burstable: shop/beside, shop/loose; Guaranteed are those with a cpuLimit that is their cpu, and no memoryLimit but their memory',
  ]);
});
