import { keepsMaxPerNode, needsOwnLabel, stopsFirst } from './deploy';
import { replacedWorkload, runsEverywhere, stackLoadBalancer } from './load-balancer';
import { needsOverlay } from './networks';
import { EndpointMode, PublishMode, type SwarmOptions } from './options';
import { hasDisk, hasOwnDisk } from './storage';
import { swarmTraits } from './traits';
import { waitingOnLostHosts } from '../../loadbalancers/lost-hosts';
import { Answer, type LoadBalancerAnswers, type NetworkAnswers, type WorkloadAnswers } from '../../model/answer';
import type { ChartModel } from '../../model/app-model';
import { Level } from '../../model/guarantee';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { HashKey } from '../../model/load-balancing';
import type { NetworkModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import { labelPairs } from '../../model/placement';
import { VolumeKind } from '../../model/volume';
import { containersOf, PeerKind, WorkloadKind, type WorkloadModel } from '../../model/workload';
import { backup, clockTools, copyHang, hasData, keptByNfs, readyBy, restrictedRuntime, runEnded, scaling } from '../compose/answers';
import { isReplicated } from '../compose/copies';
import { certificateRenewal, encryptionAtEdge, healthGatedIngress, redirectAndHsts } from '../compose/edge-answers';
import { toolsOf } from '../compose/health';
import { calleesOf, declaredPortsOnly, direction, egressIsolation, ingressIsolation, listed } from '../compose/isolation';
import type { Neighbours } from '../compose/neighbours';
import { isOnHost } from '../compose/network-mode';
import { layer2Isolation } from '../compose/outside-answers';

/*
 * How well Swarm keeps each guarantee.
 */

const SEVERAL_HOSTS = 'the Swarm has several hosts, three of them managers';

/** What a way out opens besides what was asked for. */
const GATEWAY_EXCESS = 'private ranges, metadata services and the host itself included';

/** @internal */
export function workloadAnswers(workload: WorkloadModel, chart: ChartModel, neighbours: Neighbours, options: SwarmOptions): WorkloadAnswers {
  return {
    copyCrash: Answer.native('restart_policy: any', clockTools(workload)),
    copyHang: copyHang(workload, 'a copy that was ready once is not replaced, so that a database that is away restarts nobody'),
    nodeLoss: nodeLoss(workload, options),
    zoneLoss: zoneLoss(workload),
    plannedDisruption: plannedDisruption(workload),
    rollingUpdate: rollingUpdate(workload, options),
    rollback: workload.kind === WorkloadKind.STATEFUL
      ? Answer.degraded('a failed update pauses; `docker service rollback` brings the version before back, down meanwhile')
      : Answer.native('failure_action: rollback, and `docker service rollback`; configs are immutable and come back with it'),
    healthGatedCalls: healthGatedCalls(workload, neighbours, options),
    ingressIsolation: workload.networkMode?.kind === NetworkModeKind.NONE
      ? Answer.degraded('Swarm has no network mode none: an internal overlay, in which its own copies meet') : ingressIsolation(workload),
    egressIsolation: egressIsolation(workload, GATEWAY_EXCESS),
    declaredPortsOnly: declaredPortsOnly(workload, needsOverlay(workload)),
    direction: direction(workload),
    restrictedRuntime: restrictedRuntime(workload, 'all but one: Swarm cannot forbid new privileges (security_opt is ignored)'),
    secrets: secrets(workload),
    storageSurvivesRestart: survivesRestart(workload, chart),
    storageSurvivesNodeLoss: survivesNodeLoss(workload, chart),
    backup: backup(workload, chart),
    scaling: scaling(workload),
  };
}

/** @internal */
export function networkAnswers(network: NetworkModel, options: SwarmOptions): NetworkAnswers {
  if (network.layer2 !== undefined) {
    const open = layer2Isolation(network.layer2);
    return { ingressIsolation: open, egressIsolation: open, declaredPortsOnly: open, encryptionBetweenNodes: Answer.dropped('it is a network outside, which Swarm does not encrypt') };
  }
  return {
    ingressIsolation: Answer.native(network.connectedOnly ? 'an internal overlay for each connection' : 'an internal overlay'),
    egressIsolation: network.egress.length > 0
      ? Answer.degraded(`a way out opens everything outside for each member, ${GATEWAY_EXCESS}`)
      : Answer.native('internal: no way out'),
    declaredPortsOnly: network.members.length > 1
      ? Answer.degraded(`inside a network Docker has no rules for ports: ${listed(network.members)} reach each other on all ports`
        + (network.connectedOnly ? ' where a connection was declared' : ''))
      : Answer.native('it has one member at most'),
    encryptionBetweenNodes: network.encrypted || options.encrypted
      ? Answer.native('the overlay is encrypted by IPsec', 'UDP 4789 and ESP pass between the hosts, whose kernels know ESP (esp4), and engines are 20.10.24, 23.0.3 or later')
      : Answer.dropped("not encrypted between hosts: give the network 'encrypted: true', or all of them with new SwarmTarget({ encrypted: true })"),
  };
}

/** @internal */
export function loadBalancerAnswers(loadBalancer: LoadBalancerModel, options: SwarmOptions): LoadBalancerAnswers {
  const everywhere = runsEverywhere(loadBalancer);
  const one = 'it runs once, since it gets its certificates by itself';
  const waiting = waitingOnLostHosts(loadBalancer.backend);
  return {
    copyCrash: Answer.native('restart_policy: any; while it starts again, requests to its host are lost'),
    nodeLoss: everywhere
      ? Answer.native(`it runs on every host; ${waiting}`, `${SEVERAL_HOSTS}, and visitors are led to those that live`)
      : Answer.degraded(`${one}: down until it runs elsewhere, where visitors must be led and certificates are asked for anew; ${waiting}`),
    plannedDisruption: everywhere
      ? Answer.native('it runs on every host', `${SEVERAL_HOSTS}, and visitors are led away from the one that is drained`)
      : Answer.degraded(`${one}: down until it runs elsewhere`),
    rollingUpdate: edgeUpdate(loadBalancer, options),
    healthGatedIngress: healthGatedIngress(loadBalancer, stackLoadBalancer(loadBalancer).lowered.notAsked),
    balancingAlgorithm: edgeBalancing(loadBalancer, options),
    encryptionAtEdge: encryptionAtEdge(loadBalancer),
    certificateRenewal: certificateRenewal(loadBalancer),
    redirectAndHsts: redirectAndHsts(loadBalancer),
  };
}

function nodeLoss(workload: WorkloadModel, options: SwarmOptions): Answer {
  const { placement, replicas } = workload;
  if (hasOwnDisk(workload)) return Answer.degraded('its disk is on one host: down until that host is back, or a backup is restored elsewhere');
  if (placement?.hostname !== undefined) return Answer.degraded(`placement keeps it on ${placement.hostname}: down until that host is back`);
  if (workload.kind === WorkloadKind.JOB) return Answer.degraded('its clock is started on another host, if there is one; a run that is lost is not repeated');
  if (replicas === 1 || !isReplicated(workload)) return Answer.degraded('one copy: down until it runs on another host');
  const room = keepsMaxPerNode(workload, options) ? `, and others have room for its copies (at most ${workload.maxReplicasPerNode} each)` : '';
  return Answer.native('Swarm spreads copies over hosts by itself, and starts lost ones elsewhere', `${SEVERAL_HOSTS}${room}`);
}

function zoneLoss(workload: WorkloadModel): Answer {
  const { placement, replicas } = workload;
  if (hasOwnDisk(workload) || placement?.hostname !== undefined || replicas === 1 || !isReplicated(workload)) {
    return Answer.degraded('it runs in one zone');
  }
  return Answer.native('copies are spread over zones', 'hosts of several zones carry the label zone (docker node update --label-add zone=ZONE HOST)');
}

function plannedDisruption(workload: WorkloadModel): Answer {
  if (workload.kind === WorkloadKind.JOB) return Answer.degraded('its clock moves; a run that goes on is ended, and not repeated');
  if (hasOwnDisk(workload)) return Answer.degraded('its disk is on one host: down while that host is');
  if (workload.replicas === 1 || !isReplicated(workload)) return Answer.degraded('one copy: down until it runs on another host');
  return Answer.degraded('draining a host stops its copies before others start elsewhere, and nothing keeps two hosts from being drained at once');
}

function rollingUpdate(workload: WorkloadModel, options: SwarmOptions): Answer {
  const { kind, container, publishedPorts, replicas } = workload;
  if (kind === WorkloadKind.JOB) return runEnded();
  if (kind === WorkloadKind.STATEFUL || hasDisk(container)) {
    const shared = hasDisk(container) ? 'share a disk' : 'have one identity';
    return Answer.degraded(`stop-first, since two copies must not ${shared}: each is down from its stop until the new one is ready${readyBy(container, options)}`);
  }
  if (stopsFirst(workload, options)) {
    const why = isOnHost(workload) ? 'a host has its port once' : publishedPorts.length > 0 && options.publishMode === PublishMode.HOST ? 'a host has a published port once' : 'maxSurge is 0';
    return Answer.degraded(`stop-first, since ${why}: ${replicas === 1 ? 'down' : 'a copy less'} from a stop until the new copy is ready${readyBy(container, options)}`);
  }
  if (container.healthCheck === undefined) return Answer.degraded('start-first, but without a health check a copy counts as soon as it runs');
  const tools = toolsOf(container, options);
  return Answer.native('start-first: an old copy stops when a new one is ready; a failed update is rolled back', tools === undefined ? undefined : `the image has ${tools}`);
}

function healthGatedCalls(workload: WorkloadModel, neighbours: Neighbours, options: SwarmOptions): Answer {
  const callees = calleesOf(workload, neighbours);
  if (callees.length === 0) return Answer.notNeeded('it calls nobody');
  const how = options.endpointMode === EndpointMode.VIP ? 'lead by virtual addresses, which need IPVS in the kernel,' : 'resolve';
  return Answer.degraded(`the names of ${listed(callees)} ${how} to copies that were ready once, whether they still are or not: repeat a failed call${toolsOfCallees(workload, neighbours, options)}`);
}

/** A callee whose image does not have what its health check asks with is never ready. */
function toolsOfCallees({ callees }: WorkloadModel, neighbours: Neighbours, options: SwarmOptions): string {
  const byTools = new Map<string, Set<string>>();
  for (const { to } of callees) {
    const callee = to.kind === PeerKind.WORKLOAD ? neighbours.workload(to) : undefined;
    const tools = callee === undefined ? undefined : toolsOf(callee.container, options);
    if (tools !== undefined) byTools.set(tools, (byTools.get(tools) ?? new Set()).add(to.name));
  }
  return [...byTools].map(([tools, names]) => `; a copy of ${listed([...names].sort())} gets ready only if its image has ${tools}`).sort().join('');
}

function secrets(workload: WorkloadModel): Answer {
  const containers = containersOf(workload);
  const variables = containers.flatMap(({ secretEnvironment }) => Object.keys(secretEnvironment)).sort();
  if (variables.length > 0) return Answer.degraded(`${listed(variables)} stand in the service's definition, which \`docker service inspect\` shows`);
  if (containers.every((container) => container.secrets.length === 0)) return Answer.notNeeded('it uses none');
  return Answer.native('secrets of the Swarm: encrypted in its log, files in memory in the container');
}

/** Only where a copy finds the same volume again. deploy.sh sees to it that one host alone has the label of a disk, and of no other volume. */
function survivesRestart(workload: WorkloadModel, chart: ChartModel): Answer {
  if (!hasData(workload)) return Answer.notNeeded('it keeps no data');
  const kept = keptByNfs(workload, chart);
  if (kept !== undefined) return kept;
  const { placement } = workload;
  if (placement === undefined) {
    return Answer.degraded('Swarm may start a copy on another host, where the volume is another one: give the workload a placement on one host, or the volume an nfsServer');
  }
  const onOneHost = placement.hostname !== undefined || hasOwnDisk(workload);
  return Answer.native('named volumes on the host that placement picks', onOneHost ? undefined : `one host alone has ${listed(labelPairs(placement))}`);
}

function survivesNodeLoss(workload: WorkloadModel, chart: ChartModel): Answer {
  if (!hasData(workload)) return Answer.notNeeded('it keeps no data');
  const kept = keptByNfs(workload, chart);
  if (kept !== undefined) return kept;
  const disks = containersOf(workload).flatMap(({ volumes }) => volumes)
    .some(({ kind }) => kind === VolumeKind.PERSISTENT || kind === VolumeKind.HOST_PATH);
  const labels = needsOwnLabel(workload) ? '; no copy starts elsewhere with an empty disk' : '';
  return disks ? Answer.dropped(`its volumes are on one host${labels}; keep a backup elsewhere`)
    : Answer.degraded('a shared volume outlives a host only on an NFS server (nfsServer)');
}

/**
 * How well the algorithm is kept. The mesh knows nothing of it, and it counts in each copy of the load balancer by itself.
 *
 * @internal
 */
export function edgeBalancing(loadBalancer: LoadBalancerModel, { publishMode }: SwarmOptions): Answer {
  const answer = loadBalancer.backend.answerBalancing(loadBalancer, swarmTraits(loadBalancer.chart));
  const { level, reason, condition } = answer;
  if (publishMode !== PublishMode.INGRESS || level !== Level.NATIVE) return answer;
  const twice = 'behind the routing mesh, which spreads connections over the load balancer\'s copies one after the other';
  return loadBalancer.balancing.hashKey === HashKey.CLIENT_ADDRESS && loadBalancer.trustedProxies.length === 0
    ? Answer.degraded('the routing mesh hides the addresses of visitors, so that a hash of them is the same for all')
    : Answer.native(`${reason}; ${twice}`, condition);
}

function edgeUpdate(loadBalancer: LoadBalancerModel, options: SwarmOptions): Answer {
  if (!stopsFirst(replacedWorkload(loadBalancer, options), options)) return Answer.native('start-first behind the routing mesh');
  if (options.publishMode === PublishMode.INGRESS) {
    return Answer.degraded('stop-first, since it runs once, with its certificates on a disk: it does not answer for a moment, also for a changed route');
  }
  return runsEverywhere(loadBalancer)
    ? Answer.degraded('stop-first, since a host has a port once: one host after the other does not answer for a moment, also for a changed route')
    : Answer.degraded('stop-first, since a host has a port once: it does not answer for a moment, also for a changed route');
}
