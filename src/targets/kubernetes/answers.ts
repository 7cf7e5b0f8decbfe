import { scaledOn } from './autoscaling';
import { replacement } from './deployment';
import { ExternalTrafficPolicy } from './load-balancer-service';
import { hasStaticInterface } from './multus';
import { calleesByName, waysOut } from './network-policy';
import type { KubernetesOptions } from './options';
import { layer2Isolation, outsideIsolation } from './outside-answers';
import { letsNamesakesIn } from './peers';
import { deregistrationSeconds, isSpread, isSpreadHard } from './pod';
import { ownsDisk } from './pod-volumes';
import { hasUserNamespace } from './security';
import { isClaimTemplate, sharedVolume } from './storage';
import { Answer, type NetworkAnswers, type WorkloadAnswers } from '../../model/answer';
import type { ChartModel } from '../../model/app-model';
import { EgressKind } from '../../model/egress';
import type { NetworkModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import { labelPairs, type Placement } from '../../model/placement';
import { ScalingKind } from '../../model/scaling';
import type { SecretModel } from '../../model/secret';
import { SecurityLevel } from '../../model/security';
import { VolumeKind, type Volume } from '../../model/volume';
import { containersOf, Overlap, WorkloadKind, type WorkloadModel } from '../../model/workload';
import { possibleBackup } from '../backup-jobs';

export { loadBalancerAnswers } from './edges/load-balancer-answers';

/** @internal */
export function workloadAnswers(workload: WorkloadModel, chart: ChartModel, options: KubernetesOptions): WorkloadAnswers {
  const outside = outsideIsolation(workload, options);
  return {
    copyCrash: workload.kind === WorkloadKind.JOB
      ? Answer.native(`Job: a failed run is repeated up to ${workload.schedule!.retries} times`)
      : Answer.native('the kubelet starts a container again that ended'),
    copyHang: copyHang(workload),
    nodeLoss: nodeLoss(workload),
    zoneLoss: zoneLoss(workload),
    plannedDisruption: plannedDisruption(workload),
    rollingUpdate: rollingUpdate(workload, options),
    rollback: rollback(workload),
    healthGatedCalls: healthGatedCalls(workload),
    ingressIsolation: outside ?? byPolicy('NetworkPolicy: who may come in stands in the workload\'s own policy', options, namesakes(workload, options)),
    egressIsolation: outside ?? egressIsolation(workload, options),
    declaredPortsOnly: outside ?? byPolicy('NetworkPolicy: each rule names its ports', options),
    direction: outside ?? byPolicy('NetworkPolicy: rules are for one direction', options),
    restrictedRuntime: restrictedRuntime(workload, options),
    secrets: secrets(workload),
    storageSurvivesRestart: storageSurvivesRestart(workload, options),
    storageSurvivesNodeLoss: storageSurvivesNodeLoss(workload, options),
    backup: backup(workload, chart),
    scaling: scaling(workload, options),
  };
}

/** @internal */
export function networkAnswers(network: NetworkModel, options: KubernetesOptions): NetworkAnswers {
  if (network.layer2 !== undefined && options.multus) {
    const open = layer2Isolation(network.layer2);
    return { ingressIsolation: open, egressIsolation: open, declaredPortsOnly: open, encryptionBetweenNodes: Answer.notNeeded('encrypted is not declared for it') };
  }
  return {
    ingressIsolation: byPolicy(network.connectedOnly ? 'NetworkPolicy: members let in who is connected to them, and nobody else'
      : 'NetworkPolicy: members let each other in, and nobody else', options),
    egressIsolation: network.egress.length === 0 ? byPolicy(network.connectedOnly ? 'NetworkPolicy: members reach whom they are connected to, and nobody else'
      : 'NetworkPolicy: members reach each other, and nobody else', options)
      : egressByName(network.egress.some(({ kind }) => kind === EgressKind.HOSTS), options),
    declaredPortsOnly: byPolicy('NetworkPolicy: members reach each other on declared ports', options),
    encryptionBetweenNodes: encryption(network, options),
  };
}

function scaling(workload: WorkloadModel, { autoscaler }: KubernetesOptions): Answer {
  const { replicas, maxReplicas } = workload;
  if (maxReplicas === undefined) return Answer.notNeeded('no maxReplicas');
  const on = isScaledByDefault(workload) ? '' : ` on ${scaledOn(workload)}`;
  if (autoscaler.isKeda) return Answer.native(`ScaledObject: ${replicas} to ${maxReplicas} copies${on}`, `KEDA ${needsMetricsServer(workload) ? 'and metrics-server are' : 'is'} installed`);
  const custom = workload.scaleOn.filter(({ kind }) => kind === ScalingKind.PER_COPY || kind === ScalingKind.EXTERNAL).map(({ name }) => name);
  const needed = [...needsMetricsServer(workload) ? ['metrics-server is installed'] : [], ...custom.length > 0 ? [`a metrics adapter knows ${custom.join(', ')}`] : []];
  return Answer.native(`HorizontalPodAutoscaler: ${replicas} to ${maxReplicas} copies${on}`, needed.join(' and '));
}

const isScaledByDefault = ({ scaleOn }: WorkloadModel): boolean => scaleOn.length === 1 && scaleOn[0].kind === ScalingKind.CPU;

const needsMetricsServer = ({ scaleOn }: WorkloadModel): boolean =>
  scaleOn.some(({ kind }) => kind === ScalingKind.CPU || kind === ScalingKind.MEMORY);

function copyHang({ kind, container, schedule, ports }: WorkloadModel): Answer {
  if (kind === WorkloadKind.JOB) return Answer.native(`Job: a run is ended after ${schedule!.timeoutSeconds} s (activeDeadlineSeconds)`);
  if (container.healthCheck === undefined) {
    return Answer.degraded(ports.length === 0
      ? 'no health check: a copy that hangs is not started again; declare HealthCheck.command() with liveCommand'
      : 'no health check: a copy that hangs keeps its traffic and is not started again; declare a healthCheck with livePath');
  }
  if (container.healthCheck.restarts) {
    return Answer.native(`livenessProbe: started again after ${container.healthCheck.restartAfterSeconds} s of failing, TERM before KILL`);
  }
  return Answer.degraded('readinessProbe: a copy that hangs gets no traffic, and is not started again; declare livePath or liveCommand');
}

function nodeLoss(workload: WorkloadModel): Answer {
  const { kind, placement, replicas, spread } = workload;
  if (placement?.hostname !== undefined) return Answer.degraded(`placement: node '${placement.hostname}' alone may run it; while that is away, it is down`);
  if (kind === WorkloadKind.JOB) return lostRun(workload, 'its node');
  const elsewhere = elsewhereFor(workload);
  if (kind === WorkloadKind.STATEFUL) {
    return Answer.degraded(replicas === 1
      ? `one copy: it is down until somebody confirms that the node is gone (${CONFIRMATION}), so that never two of it run${elsewhere}`
      : `StatefulSet: the other copies stay; the lost one comes back when somebody confirms that the node is gone, so that never two of it run${elsewhere}`);
  }
  if (ownsDisk(workload)) return Answer.degraded(`one copy with a disk: it is down until its node is confirmed gone and the disk is attached elsewhere${elsewhere}`);
  if (!isSpread(workload)) return Answer.degraded(`one copy: it is started on another node ${AFTER_LOSS}; declare two copies or more${elsewhere}`);
  if (replicas === 1) return Answer.degraded(`${FEWEST}: it is started on another node ${AFTER_LOSS}${elsewhere}${MORE}`);
  const needed = placement === undefined ? 'there are at least two nodes' : `at least two nodes have ${labelsOf(placement)}`;
  if (isSpreadHard(workload)) return Answer.native(`topologySpreadConstraints: copies are on different nodes; a lost one moves ${AFTER_LOSS}`, needed);
  return Answer.native(`topologySpreadConstraints, soft ${spread === undefined ? 'under an autoscaler' : 'as declared'}: copies are on different nodes while there is room;`
    + ` a lost one moves ${AFTER_LOSS}`, `${needed} ${placement === undefined ? 'with' : 'and'} room`);
}

/** What an autoscaler leaves. */
const FEWEST = 'one copy while load is low';
const MORE = '; give minReplicas: 2';

/** The toleration of 30 seconds begins when the node counts as lost (`node-monitor-grace-period`). */
const AFTER_LOSS = '30 s after the cluster has noticed (50 s by default)';

const CONFIRMATION = 'kubectl delete node, or taint node.kubernetes.io/out-of-service';

/**
 * With a failure policy a Job replaces a pod that has ended, and one of a lost node has not until that is known to be gone.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy
 */
function lostRun(workload: WorkloadModel, lost: string): Answer {
  const later = workload.schedule!.overlap === Overlap.SKIP ? ', and no later run starts meanwhile' : '';
  return Answer.degraded(`Job: a run lost with ${lost} is started elsewhere, and uses up no retry, when its node is back or somebody confirms that it is gone (${CONFIRMATION})${later}${elsewhereFor(workload)}`);
}

/** What a copy needs to start elsewhere, where its placement asks for labels. */
const elsewhereFor = ({ placement }: WorkloadModel): string => placement === undefined ? '' : `; another node needs ${labelsOf(placement)}`;

function labelsOf(placement: Placement): string {
  const pairs = labelPairs(placement);
  return `the label${pairs.length === 1 ? '' : 's'} ${pairs.join(' and ')}`;
}

function zoneLoss(workload: WorkloadModel): Answer {
  const { kind, placement, replicas } = workload;
  if (placement?.hostname !== undefined) return Answer.degraded(`placement: node '${placement.hostname}' alone may run it; while its zone is away, it is down`);
  if (kind === WorkloadKind.JOB) return lostRun(workload, 'its zone');
  if (!isSpread(workload)) {
    const elsewhere = elsewhereFor(workload);
    const hasDisk = disks(workload).length > 0;
    return Answer.degraded(kind === WorkloadKind.STATEFUL
      ? `one copy: it is down until somebody confirms that its node is gone${hasDisk ? ', and then needs a disk that can be in another zone' : ''}; more copies help where the software replicates${elsewhere}`
      : `one copy: it is started in another zone${hasDisk ? ', if its disk can be there' : ''}; declare two copies or more${elsewhere}`);
  }
  if (replicas === 1) return Answer.degraded(`${FEWEST}: it is started in another zone${elsewhereFor(workload)}${MORE}`);
  const needed = placement === undefined ? 'the cluster has several zones' : `nodes of several zones have ${labelsOf(placement)}`;
  return Answer.native(`topologySpreadConstraints: copies are in different zones ${kind === WorkloadKind.STATEFUL ? 'where' : 'while'} there is room`, needed);
}

function plannedDisruption(workload: WorkloadModel): Answer {
  const { kind, placement, replicas } = workload;
  if (kind === WorkloadKind.JOB) return Answer.native('Job: a drained run is started again and uses up no retry (podFailurePolicy)');
  if (placement?.hostname !== undefined) {
    return Answer.degraded(`placement: node '${placement.hostname}' alone may run it; draining that takes it down, and a budget could only block the drain`);
  }
  if (isSpread(workload) && replicas === 1) return Answer.degraded(`${FEWEST}: draining its node takes it down until it runs elsewhere${MORE}`);
  if (isSpread(workload)) return Answer.native('PodDisruptionBudget: one copy at a time');
  return Answer.degraded('one copy: draining its node takes it down until it runs elsewhere; a budget could only block the drain');
}

function rollingUpdate(workload: WorkloadModel, options: KubernetesOptions): Answer {
  if (workload.kind === WorkloadKind.JOB) return Answer.native('CronJob: a running job ends as it began; the next run is of the new version');
  if (workload.kind === WorkloadKind.STATEFUL) {
    return Answer.degraded(workload.replicas === 1
      ? `StatefulSet: the copy is stopped before the new one starts, so it is down for up to ${workload.drainSeconds} s and its start`
      : `StatefulSet: copies are replaced one after the other, so there is one less during an update${heldBack(workload)}`);
  }
  if (hasStaticInterface(workload, options)) return Answer.degraded('Recreate: two copies cannot have one address, so the old one is stopped before the new one starts');
  if (ownsDisk(workload)) return Answer.degraded('Recreate: two copies cannot hold one disk, so the old one is stopped before the new one starts');
  if (replacement(workload) !== workload) return Answer.degraded('Deployment: maxSurge 0, since a node has its port once: a copy less during an update');
  if (workload.maxUnavailable !== '0') {
    return Answer.degraded(`Deployment: maxUnavailable ${workload.maxUnavailable}, as declared: fewer copies during an update`);
  }
  if (workload.container.healthCheck === undefined) {
    return Answer.degraded('Deployment: maxUnavailable 0, but without a health check a new copy counts once it has run'
      + ` for ${options.edge.deregistrationSeconds} s`);
  }
  const wait = deregistrationSeconds(workload, options);
  if (wait === 0 && workload.ports.length > 0) {
    return Answer.degraded(`Deployment: maxUnavailable 0, maxSurge ${workload.maxSurge}; but a copy gets TERM at once (deregistration 0), while some still send to it;`
      + ' give the edge 5 s or more');
  }
  return Answer.native(`Deployment: maxUnavailable 0, maxSurge ${workload.maxSurge}; ${wait === 0 ? 'TERM' : `out of the endpoints for ${wait} s before TERM`},`
    + ` then ${workload.drainSeconds} s to finish`, forgottenInTime(workload, wait, options));
}

/** What still comes to a node whose only copy has stopped is lost, where a node leads to its own copies alone. */
function forgottenInTime({ publishedPorts }: WorkloadModel, wait: number, { publishedServices }: KubernetesOptions): string | undefined {
  if (publishedPorts.length === 0 || publishedServices.externalTrafficPolicy !== ExternalTrafficPolicy.LOCAL) return undefined;
  return `the cluster's load balancer leaves out a node within ${Math.max(1, wait - 5)} s of the end of its last copy`;
}

/** Said where somebody holds copies back, and may forget it. */
function heldBack({ name, stateful }: WorkloadModel): string {
  const first = stateful?.updatePartition ?? 0;
  return first === 0 ? '' : `; ${name}-0 to ${name}-${first - 1} stay as they are until updatePartition is lowered`;
}

function rollback(workload: WorkloadModel): Answer {
  if (workload.kind === WorkloadKind.JOB) return Answer.emulated('apply the earlier manifest: it has the files of its version');
  const controller = workload.kind === WorkloadKind.STATEFUL ? 'statefulset' : 'deployment';
  const hasFiles = containersOf(workload).some(({ files }) => files.length > 0);
  const undo = `kubectl rollout undo ${controller} NAME: three revisions are kept${hasFiles ? ', and the files of each in a ConfigMap of its own, which Argo CD, Flux and Helm keep' : ''}`;
  if (waitsForReadyCopies(workload)) {
    return Answer.degraded(`${undo}; a copy of the new version that does not get ready must be deleted by hand (kubectl delete pod NAME-0), since a StatefulSet waits for it`);
  }
  return Answer.native(undo, hasFiles ? 'kubectl apply goes without --prune' : undefined);
}

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback */
const waitsForReadyCopies = ({ kind, stateful }: WorkloadModel): boolean => kind === WorkloadKind.STATEFUL && !stateful!.parallelStart;

function healthGatedCalls({ ports, container }: WorkloadModel): Answer {
  if (ports.length === 0) return Answer.notNeeded('nobody calls it: it has no port');
  if (container.healthCheck === undefined) return Answer.degraded('Service: a copy without a health check counts as ready the moment it starts');
  return Answer.native('Service: only ready copies are endpoints');
}

function egressIsolation(workload: WorkloadModel, options: KubernetesOptions): Answer {
  const byName = calleesByName(workload).length > 0 || waysOut(workload).some(({ kind }) => kind === EgressKind.HOSTS);
  return egressByName(byName, options);
}

function egressByName(byName: boolean, options: KubernetesOptions): Answer {
  if (!byName) return byPolicy('NetworkPolicy: what may be reached stands in the workload\'s own policy', options);
  if (options.networkPlugin.knowsHostNames) return Answer.native('CiliumNetworkPolicy: host names (toFQDNs)');
  return Answer.degraded('a NetworkPolicy knows no host names: every public address is open on these ports, and no private one, such as a database of your own network has;'
    + ' give ranges, or networkPlugin: NetworkPlugin.cilium()');
}

/** A policy is only as good as the network plug-in. */
function byPolicy(reason: string, { networkPlugin }: KubernetesOptions, condition?: string): Answer {
  switch (networkPlugin.enforcesPolicies) {
    case true: return Answer.native(`${reason}, enforced by ${networkPlugin.name}`, condition);
    case false: return Answer.degraded(`${reason}, but ${networkPlugin.name} does not enforce policies: install a plug-in that does`);
    default: return Answer.native(reason, `the network plug-in enforces NetworkPolicy${condition === undefined ? '' : `, and ${condition}`}`);
  }
}

/** Under which condition nobody but the proxies of its load balancers comes in by a route. */
function namesakes({ callers }: WorkloadModel, options: KubernetesOptions): string | undefined {
  const names = callers.map(({ from }) => from).filter((from) => letsNamesakesIn(from, options)).map(({ name }) => `'${name}'`);
  return names.length === 0 ? undefined : `no other namespace has a Gateway called ${[...new Set(names)].join(' or ')}, whose proxies would be let in too: give the chart a namespace, which its policies then name`;
}

function encryption(network: NetworkModel, { networkPlugin }: KubernetesOptions): Answer {
  if (!network.encrypted) return Answer.notNeeded('not declared: encrypted is false');
  const how = networkPlugin.name === 'calico' || networkPlugin.name === 'cilium' ? `WireGuard of ${networkPlugin.name}` : 'WireGuard of the network plug-in, or a service mesh';
  return Answer.degraded(`not by these manifests: switch on ${how} in the cluster`);
}

function restrictedRuntime(workload: WorkloadModel, options: KubernetesOptions): Answer {
  const containers = containersOf(workload);
  if (workload.networkMode?.kind === NetworkModeKind.HOST) return Answer.degraded('hostNetwork, which Pod Security Standards below privileged forbid');
  const loose = containers.find(({ security }) => security.level === SecurityLevel.UNRESTRICTED);
  if (loose !== undefined) return Answer.dropped(`${loose.name} runs as its image comes: ${loose.security.reason}`);
  const onHost = containers.flatMap(({ volumes }) => volumes).find(({ kind }) => kind === VolumeKind.HOST_PATH);
  if (onHost !== undefined) return Answer.degraded(`the host's ${onHost.source} is mounted, which Pod Security Standards below privileged forbid`);
  const root = containers.find(({ security }) => security.level === SecurityLevel.STARTS_AS_ROOT);
  if (root !== undefined) {
    return Answer.degraded(`${root.name} starts as root with CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID: Pod Security Standard baseline, not restricted`);
  }
  const writable = containers.find(({ security }) => security.writableRoot);
  if (writable !== undefined) return Answer.degraded(`Pod Security Standard restricted, but ${writable.name} can write its root file system, as declared`);
  const users = hasUserNamespace(workload, options) ? ', users of its own (hostUsers: false)' : '';
  return Answer.native(`securityContext: Pod Security Standard restricted, read-only root file system, no service account token${users}`);
}

function secrets(workload: WorkloadModel): Answer {
  const containers = containersOf(workload);
  const variables = containers.flatMap(({ secretEnvironment }) => Object.keys(secretEnvironment));
  const mounted = containers.flatMap((container) => container.secrets);
  if (variables.length === 0 && mounted.length === 0) return Answer.notNeeded('no secrets');
  if (variables.length > 0) {
    return Answer.degraded(`Secrets reach the container as variables (${variables.join(', ')}), which show in crash dumps and child processes; mount them with secrets`);
  }
  return Answer.native('Secret objects, mounted as files in memory; no value in a manifest', `${secretsThatAreThere(mounted)}the cluster encrypts Secrets at rest`);
}

/** Those that no object of ours makes: without them no copy starts. */
function secretsThatAreThere(mounted: SecretModel[]): string {
  const byHand = mounted.filter(({ externalSecret }) => externalSecret === undefined);
  const names = [...new Set(byHand.map(({ secretName, key }) => `Secret ${secretName} has the key '${key}'`))];
  return names.length === 0 ? '' : `${names.sort().join(', ')}, and `;
}

function disks(workload: WorkloadModel): Volume[] {
  return containersOf(workload).flatMap(({ volumes }) => volumes)
    .filter(({ kind }) => kind === VolumeKind.PERSISTENT || kind === VolumeKind.SHARED || kind === VolumeKind.HOST_PATH);
}

function storageSurvivesRestart(workload: WorkloadModel, options: KubernetesOptions): Answer {
  const volumes = disks(workload);
  if (volumes.length === 0) return Answer.notNeeded('no persistent volume');
  if (volumes.some(({ kind }) => kind === VolumeKind.HOST_PATH)) {
    return workload.placement === undefined
      ? Answer.degraded('hostPath: a copy that starts on another node finds that node\'s folder; give the workload a placement')
      : Answer.native('hostPath: the folder stays on its node');
  }
  return Answer.native([...new Set(volumes.map((volume) => endOfClaim(volume, workload, options)))].join('; '));
}

/** What deletes a claim: one that a StatefulSet makes stands in no manifest. */
function endOfClaim(volume: Volume, workload: WorkloadModel, options: KubernetesOptions): string {
  if (isClaimTemplate(workload, volume)) {
    const deleted = deletedDisks(workload);
    return deleted === undefined ? 'PersistentVolumeClaim of each copy, kept when its StatefulSet goes' : `PersistentVolumeClaim, deleted ${deleted}, as declared`;
  }
  if ((volume.existingName ?? sharedVolume(volume, options)?.existingName) !== undefined) return 'PersistentVolumeClaim that is there already and stands in no manifest';
  return 'PersistentVolumeClaim in the manifest: kept by Argo CD, Flux and Helm when it leaves that or the application goes, deleted by `kubectl delete -f` and by `kubectl apply --prune`';
}

function deletedDisks({ stateful }: WorkloadModel): string | undefined {
  const when = [
    ...stateful?.deletesVolumesWhenScaled ? ['with a copy that is scaled away'] : [], ...stateful?.deletesVolumesWhenDeleted ? ['with its StatefulSet'] : [],
  ];
  return when.length === 0 ? undefined : when.join(' and ');
}

function storageSurvivesNodeLoss(workload: WorkloadModel, options: KubernetesOptions): Answer {
  const volumes = disks(workload);
  if (volumes.length === 0) return Answer.notNeeded('no persistent volume');
  if (volumes.some(({ kind }) => kind === VolumeKind.HOST_PATH)) return Answer.dropped('hostPath: the folder is lost with its node');
  const unsaid = volumes.filter((volume) => volume.kind === VolumeKind.SHARED && asksForDefaultClass(volume, options)).map(({ name }) => name);
  if (unsaid.length > 0) {
    return Answer.degraded(`PersistentVolumeClaim of the default storage class, which must offer ReadWriteMany for ${[...new Set(unsaid)].sort().join(' and ')}:`
      + ' where it has disks of one node at a time, the claim and every copy that mounts it wait for ever; give storageClassName');
  }
  if (volumes.every(({ kind }) => kind === VolumeKind.SHARED)) {
    const classes = volumes.map((volume) => sharedVolume(volume, options)?.storageClassName).filter((name) => name !== undefined);
    const areThere = [...new Set(classes)].sort().map((name) => `StorageClass ${name} is there and offers ReadWriteMany, and `).join('');
    return Answer.native('PersistentVolumeClaim: a file share, which every node mounts', `${areThere}its server is not one of these nodes`);
  }
  const { placement } = workload;
  if (placement?.hostname !== undefined) return Answer.degraded(`PersistentVolumeClaim: node '${placement.hostname}' alone may mount the disk; its data is out of reach while that is away`);
  const another = placement === undefined ? '' : `another node has ${labelsOf(placement)}, and `;
  return Answer.native('PersistentVolumeClaim: the disk is attached to another node when its own is confirmed to be gone', `${another}the storage class is not local to a node`);
}

/** An NFS server does not count: a claim says what kind of disk is wanted, not where it is. */
function asksForDefaultClass(volume: Volume, options: KubernetesOptions): boolean {
  const shared = sharedVolume(volume, options);
  return (shared?.storageClassName ?? shared?.existingName) === undefined;
}

function backup(workload: WorkloadModel, chart: ChartModel): Answer {
  if (disks(workload).length === 0) return Answer.notNeeded('no persistent volume');
  const copies = workload.kind === WorkloadKind.STATEFUL && workload.replicas > 1 ? '; copies are independent: nothing replicates for you' : '';
  return Answer.dropped(`none declared${copies}; ${possibleBackup(workload, chart) ?? 'add a scheduled job that dumps the data, or snapshots of the storage class'}`);
}
