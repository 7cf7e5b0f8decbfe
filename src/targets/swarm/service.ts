import { deployOf } from './deploy';
import { overlayMemberships } from './networks';
import type { SwarmOptions } from './options';
import { stackMounts } from './storage';
import { Protocol } from '../../model/port';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { scheduled, type ScheduledContainer } from '../compose/clock';
import { filesOf, gracePeriod, hasInit, labelsOf, limitsOf, lockIn, LOGGING, processFields } from '../compose/container';
import { healthcheckOf } from '../compose/health';
import { shared } from '../compose/interpolation';
import { networksOf } from '../compose/networks';
import { scriptsOf } from '../compose/scripts';
import { secretKey } from '../compose/secret-names';
import { written } from '../compose/service';

/** Who may read a secret in a container. */
const OWNER_MAY_READ = 0o400;
const ALL_MAY_READ = 0o444;

/**
 * The body of a service that runs copies of a workload.
 *
 * What `docker stack deploy` refuses, or leaves out in silence, never stands here: `tmpfs`, `depends_on`, `restart`,
 * `security_opt`, `network_mode`, addresses of published ports.
 *
 * @internal
 */
export function stackService(workload: WorkloadModel, service: string, options: SwarmOptions): any {
  const container = scheduled(workload);
  return written({
    ...stackContainer(workload, container, service, options),
    hostname: workload.kind === WorkloadKind.STATEFUL ? service : undefined,
    networks: networksOf(overlayMemberships(workload, service)),
    ports: publishedPorts(workload, options),
    deploy: deployOf(workload, service, stackResources(container, options), options),
  });
}

/**
 * The fields of a service that follow from its container and from the volumes of its workload.
 *
 * @internal
 */
export function stackContainer(workload: WorkloadModel, container: ScheduledContainer, service: string, options: SwarmOptions): any {
  const volumes = stackMounts(container, workload, service);
  const scripts = scriptsOf(container, workload, options);
  return {
    image: container.image,
    ...processFields(container),
    init: hasInit(workload, container) || undefined,
    ...lockIn(container.security),
    security_opt: undefined,
    secrets: secretsOf(container),
    configs: filesOf(workload.name, container, scripts),
    volumes: volumes.length > 0 ? volumes : undefined,
    healthcheck: healthcheckOf(container, options, scripts.healthCheck),
    stop_signal: container.stopSignal,
    stop_grace_period: gracePeriod(workload.drainSeconds),
    labels: labelsOf(workload),
    logging: LOGGING,
  };
}

/**
 * What a copy may use, and what is set aside for it.
 *
 * @internal
 */
export function stackResources(container: ContainerModel, options: SwarmOptions): any {
  const { cpuMillis, memoryMebibytes } = container.resources;
  return {
    limits: limitsOf(container, options.cpuLimitMillis),
    reservations: shared(`reservations ${cpuMillis} ${memoryMebibytes}`, () => ({ cpus: String(cpuMillis / 1000), memory: `${memoryMebibytes}M` })),
  };
}

/** The value belongs to the user of the container alone, where that is known. */
function secretsOf(container: ContainerModel): any {
  if (container.secrets.length === 0) return undefined;
  const { user } = container;
  const owner = user === undefined ? { mode: ALL_MAY_READ } : { uid: String(user), gid: String(container.group ?? user), mode: OWNER_MAY_READ };
  return container.secrets.map((secret) => ({ source: secretKey(secret), target: secret.name, ...owner }))
    .sort((a, b) => a.source < b.source ? -1 : 1);
}

function publishedPorts(workload: WorkloadModel, options: SwarmOptions): any {
  if (workload.publishedPorts.length === 0) return undefined;
  return workload.publishedPorts.flatMap(({ port, hostPort }) => workload.ports.filter(({ number }) => number === port).map(({ protocol }) => ({
    target: port,
    published: hostPort ?? port,
    protocol: protocol === Protocol.UDP ? 'udp' : 'tcp',
    mode: options.publishMode,
  })));
}
