import { projectElsewhere } from './across-charts';
import { copyServices } from './copies';
import type { Neighbours } from './neighbours';
import type { DockerOptions } from './options';
import { copyService, inOrder } from './service';
import { projectVariable } from '../../loadbalancers/copies';
import { askedBy, sourceRangesOf, usersOf } from '../../model/access-rule';
import { Egress } from '../../model/egress';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { LoadBalancerSidecar, LoweredLoadBalancer } from '../../model/load-balancer-backend';
import { LOAD_BALANCER_RESOURCES } from '../../model/load-balancer-resources';
import { Protocol, type PublishedPort } from '../../model/port';
import type { SecretModel } from '../../model/secret';
import { Security } from '../../model/security';
import type { ITargetTraits } from '../../model/traits';
import { PeerKind, WorkloadKind, type ConnectionModel, type ContainerModel, type PeerModel, type WorkloadModel } from '../../model/workload';

/** What a container beside it may use: it works for seconds in weeks. */
const SIDECAR_RESOURCES = { cpuMillis: 10, memoryMebibytes: 64, memoryLimitMebibytes: 64 };

/**
 * A load balancer as an ordinary workload, and what its back end made of the routes.
 *
 * @internal
 */
export interface LoadBalancerWorkload {
  /** The workload. */
  readonly workload: WorkloadModel;
  /** What the back end gave. */
  readonly lowered: LoweredLoadBalancer;
}

/**
 * Turns a load balancer into an ordinary workload: everything below knows workloads only.
 *
 * @internal
 */
export function asWorkload(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoadBalancerWorkload {
  let byTraits = LOWERED.get(loadBalancer);
  if (byTraits === undefined) LOWERED.set(loadBalancer, byTraits = new Map());
  let workload = byTraits.get(traits);
  if (workload === undefined) {
    const lowered = loadBalancer.backend.lower(loadBalancer, traits);
    byTraits.set(traits, workload = { lowered, workload: workloadOf(loadBalancer, lowered) });
  }
  return workload;
}

/** Several fragments are rendered from one load balancer. */
const LOWERED = new WeakMap<LoadBalancerModel, Map<ITargetTraits, LoadBalancerWorkload>>();

/**
 * The body of a load balancer's service. Its configuration is mounted as a folder: a file that is replaced in a folder
 * is seen in the container, so that a change needs a reload and no new container.
 *
 * @internal
 */
export function loadBalancerService({ workload, lowered }: LoadBalancerWorkload, neighbours: Neighbours, options: DockerOptions): any {
  const service = copyService(workload, workload.name, neighbours, options);
  const folder = {
    type: 'bind', source: `./config/${workload.name}`, target: lowered.configurationFolder, read_only: true, bind: { create_host_path: false },
  };
  // eslint-disable-next-line no-template-curly-in-string -- Compose replaces it
  const environment = { ...service.environment, COMPOSE_PROJECT_NAME: '${COMPOSE_PROJECT_NAME}', ...projectsElsewhere(workload) };
  return inOrder({
    ...service, environment: sortedByName(environment), extra_hosts: hostsFile(workload, neighbours), volumes: [folder, ...service.volumes ?? []],
  });
}

/** Copies that have the network of the host are found at its address, under the names by which back ends know copies. */
function hostsFile({ callees }: WorkloadModel, neighbours: Neighbours): string[] | undefined {
  const names = callees.filter(({ to }) => to.onHost).flatMap(({ to }) => {
    const [service] = copyServices(neighbours.workload(to)!);
    // eslint-disable-next-line no-template-curly-in-string -- Compose replaces it
    return neighbours.workload(to)!.kind === WorkloadKind.STATEFUL ? [service] : ['${COMPOSE_PROJECT_NAME}' + `-${service}-1`];
  });
  return names.length === 0 ? undefined : names.map((name) => `${name}:host-gateway`);
}

/** The projects of other charts that routes lead to. */
function projectsElsewhere({ chart, callees }: WorkloadModel): { [name: string]: string } {
  const others = callees.map(({ to }) => to.chart).filter((other) => other !== chart);
  return Object.fromEntries(others.map((other) => [projectVariable(other), projectElsewhere(other)]));
}

/**
 * The workload of a load balancer.
 *
 * @internal
 */
export function workloadOf(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): WorkloadModel {
  return {
    path: loadBalancer.path,
    chart: loadBalancer.chart,
    name: loadBalancer.name,
    kind: WorkloadKind.SERVICE,
    replicas: 1,
    targetCpuPercent: 0,
    scaleOn: [],
    container: containerOf(loadBalancer, lowered),
    sidecars: (lowered.sidecars ?? []).map(sidecarOf),
    init: [],
    releaseSteps: [],
    ports: lowered.ports,
    publishedPorts: publishedPorts(loadBalancer, lowered),
    attachments: [],
    callers: [],
    callees: connectionsOf(loadBalancer),
    egress: lowered.sidecars?.some(({ egress }) => egress) ? [Egress.internet()] : [],
    initProcess: true,
    drainSeconds: loadBalancer.drainSeconds,
    maxSurge: '0',
    maxUnavailable: '1',
    labels: {},
    annotations: {},
    imagePullSecrets: [],
    hosts: loadBalancer.hosts.map((host) => host.name),
  };
}

function containerOf(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): ContainerModel {
  return {
    name: loadBalancer.name,
    image: lowered.image,
    command: lowered.command,
    args: lowered.args,
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
    healthCheck: lowered.healthCheck,
    healthCheckPort: lowered.healthCheck.port ?? lowered.ports[0]?.number,
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
  const beside = new Set(sidecars.flatMap(({ secrets = [] }) => secrets.map(({ name }) => name)));
  return secretsOf(loadBalancer).filter(({ name }) => !beside.has(name));
}

/** The first TCP port is for HTTP, the second for HTTPS; a UDP port of the same number (HTTP/3) goes with it. */
function publishedPorts(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): PublishedPort[] {
  const [http, https] = lowered.ports.filter(({ protocol }) => protocol !== Protocol.UDP);
  const address = loadBalancer.publishAddress ?? (knowsVisitors(loadBalancer) ? ALL_OF_IPV4 : undefined);
  return [
    ...http === undefined ? [] : [{ port: http.number, hostPort: loadBalancer.httpPort, address }],
    ...https === undefined ? [] : [{ port: https.number, hostPort: loadBalancer.httpsPort, address }],
  ];
}

/**
 * Whether a load balancer lets visitors in by their addresses. The engine's userland proxy, by which visitors over IPv6 come
 * in, makes all of them the gateway of the network (measured, 20.10): where that address is let in, all of IPv6 would be.
 *
 * @internal
 */
export const knowsVisitors = ({ routes }: LoadBalancerModel): boolean => routes.some((route) => sourceRangesOf(route).length > 0);

const ALL_OF_IPV4 = '0.0.0.0';

/** The links: one for each destination and each workload that is asked, so that two workloads behind one load balancer do not meet. */
function connectionsOf(loadBalancer: LoadBalancerModel): ConnectionModel[] {
  const from: PeerModel = { kind: PeerKind.LOAD_BALANCER, chart: loadBalancer.chart, name: loadBalancer.name };
  const connections = new Map<string, ConnectionModel>();
  for (const { peer, port } of loadBalancer.routes.flatMap((route) => [...route.targets, ...askedBy(route)])) {
    const key = `${peer.chart}/${peer.name}`;
    const ports = [...connections.get(key)?.ports ?? [], port];
    connections.set(key, { from, to: peer, ports, startAfter: false, direct: true });
  }
  return [...connections.values()];
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

function sortedByName(values: { [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1));
}
