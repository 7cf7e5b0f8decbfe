import { usersOf } from '../model/access-rule';
import { Egress } from '../model/egress';
import { calledBy, visitorPorts, type LoadBalancerModel } from '../model/load-balancer';
import type { LoadBalancerSidecar, LoweredLoadBalancer } from '../model/load-balancer-backend';
import { LOAD_BALANCER_RESOURCES } from '../model/load-balancer-resources';
import { Protocol, type Port, type PublishedPort } from '../model/port';
import type { SecretModel } from '../model/secret';
import { Security } from '../model/security';
import { PeerKind, WorkloadKind, type ConnectionModel, type ContainerModel, type PeerModel, type WorkloadModel } from '../model/workload';

/** What a container beside it may use: it works for seconds in weeks. */
const SIDECAR_RESOURCES = { cpuMillis: 10, memoryMebibytes: 64, memoryLimitMebibytes: 64 };

/**
 * The workload of a load balancer, for targets to render like any other. It has each field, in the order of a workload that
 * was declared: where objects have one shape, the engine compiles what renders them once.
 *
 * @internal
 */
export function loadBalancerWorkload(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer, publishedPorts: PublishedPort[]): WorkloadModel {
  return Object.freeze({
    path: loadBalancer.path,
    chart: loadBalancer.chart,
    namespace: undefined,
    name: loadBalancer.name,
    kind: WorkloadKind.SERVICE,
    replicas: 1,
    maxReplicas: undefined,
    targetCpuPercent: 0,
    scaleOn: [],
    container: containerOf(loadBalancer, lowered),
    sidecars: (lowered.sidecars ?? []).map(sidecarOf),
    init: [],
    releaseSteps: [],
    ports: lowered.ports,
    publishedPorts,
    metricsPort: undefined,
    networkMode: undefined,
    attachments: [],
    callers: [],
    callees: connectionsOf(loadBalancer),
    egress: lowered.sidecars?.some(({ egress }) => egress) ? [Egress.internet()] : [],
    initProcess: true,
    drainSeconds: loadBalancer.drainSeconds,
    maxSurge: '0',
    maxUnavailable: '1',
    placement: undefined,
    maxReplicasPerNode: undefined,
    spread: undefined,
    priorityClassName: undefined,
    labels: {},
    annotations: {},
    imagePullSecrets: [],
    hosts: loadBalancer.hosts.map((host) => host.name),
    schedule: undefined,
    stateful: undefined,
  });
}

function containerOf(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): ContainerModel {
  return {
    name: loadBalancer.name,
    image: lowered.image,
    command: lowered.command,
    args: lowered.args,
    workingDirectory: undefined,
    environment: lowered.environment ?? {},
    secretEnvironment: {},
    secrets: ownSecrets(loadBalancer, lowered),
    ports: lowered.ports,
    files: [],
    volumes: lowered.volumes ?? [],
    resources: LOAD_BALANCER_RESOURCES,
    security: lowered.security ?? Security.restricted(),
    user: lowered.user,
    group: lowered.user,
    stopSignal: undefined,
    mustBeProcessOne: undefined,
    healthCheck: lowered.healthCheck,
    healthCheckPort: lowered.healthCheck.port ?? lowered.ports[0]?.number,
    healthCheckTls: undefined,
  };
}

function sidecarOf(sidecar: LoadBalancerSidecar): ContainerModel {
  return {
    name: sidecar.name,
    image: sidecar.image,
    command: sidecar.command,
    environment: sidecar.environment ?? {},
    secretEnvironment: {},
    secrets: sidecar.secrets ?? [],
    ports: [],
    files: [],
    volumes: sidecar.volumes ?? [],
    resources: SIDECAR_RESOURCES,
    security: sidecar.security ?? Security.restricted(),
    user: sidecar.user,
    group: sidecar.user,
  };
}

/** Who has a container beside it for a secret does not see it. */
function ownSecrets(loadBalancer: LoadBalancerModel, { sidecars = [] }: LoweredLoadBalancer): SecretModel[] {
  const beside = sidecars.flatMap(({ secrets = [] }) => secrets.map(({ name }) => name));
  return secretsOf(loadBalancer).filter(({ name }) => !beside.includes(name));
}

/** The links: one for each destination and each workload that is asked, so that two workloads behind one load balancer do not meet. */
function connectionsOf(loadBalancer: LoadBalancerModel): ConnectionModel[] {
  const from: PeerModel = { kind: PeerKind.LOAD_BALANCER, chart: loadBalancer.chart, name: loadBalancer.name };
  const connections = new Map<string, ConnectionModel>();
  for (const { peer, port } of calledBy(loadBalancer)) {
    const key = `${peer.chart}/${peer.name}`;
    const before = connections.get(key)?.ports ?? [];
    const ports = before.some(({ number }) => number === port.number) ? before : [...before, port];
    connections.set(key, { from, to: peer, ports, startAfter: false, direct: true });
  }
  return [...connections.values()];
}

/**
 * The ports of a load balancer's container, each with the number that visitors see.
 *
 * @internal
 */
export function portsOfVisitors(loadBalancer: LoadBalancerModel, { ports }: Pick<LoweredLoadBalancer, 'ports'>): { port: Port; number: number }[] {
  const { httpPort, httpsPort, streams } = loadBalancer;
  // Without routes of connections a back end says itself whether it listens for HTTPS.
  const numbers = streams.length === 0 ? [httpPort, httpsPort] : visitorPorts(loadBalancer);
  return ports.filter(({ protocol }) => protocol !== Protocol.UDP).slice(0, numbers.length).map((port, index) => ({ port, number: numbers[index] }));
}

/**
 * Certificates and keys that the user has, credentials for proofs by DNS, and names and passwords of visitors.
 *
 * @internal
 */
export function secretsOf({ hosts, routes }: LoadBalancerModel): SecretModel[] {
  const needed = [
    ...hosts.flatMap(({ issuer }) => [issuer?.certificate, issuer?.privateKey, ...Object.values(issuer?.dns01?.credentials ?? {})]),
    ...routes.map(usersOf),
  ].filter((secret): secret is SecretModel => secret !== undefined);
  return [...new Map(needed.map((secret) => [secret.name, secret])).values()];
}
