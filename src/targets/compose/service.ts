import { scheduled, type ScheduledContainer } from './clock';
import { filesOf, gracePeriod, hasInit, labelsOf, limitsOf, lockIn, LOGGING, processFields } from './container';
import { isReplicated } from './copies';
import { dependenciesOf } from './dependencies';
import { healthcheckOf } from './health';
import { asWritten, shared } from './interpolation';
import type { Neighbours } from './neighbours';
import { networkFields } from './network-mode';
import type { DockerOptions } from './options';
import { externalLinks } from './proxied-calls';
import { scriptsOf } from './scripts';
import { secretsField } from './secret-names';
import { mountsOf, tmpfsOf } from './storage';
import { copyMemberships } from './twin';
import { NetworkModeKind } from '../../model/network-mode';
import { Protocol } from '../../model/port';
import { WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';

/** The fields of a service in the order in which a person reads them. */
const ORDER = [
  'image', 'hostname', 'entrypoint', 'command', 'working_dir', 'init', 'restart', 'user', 'read_only', 'cap_drop', 'cap_add',
  'security_opt', 'environment', 'secrets', 'configs', 'volumes', 'tmpfs', 'depends_on', 'healthcheck', 'stop_signal', 'stop_grace_period',
  'network_mode', 'networks', 'external_links', 'extra_hosts', 'ports', 'deploy', 'labels', 'logging',
];

/**
 * The body of a service that runs copies of a workload.
 *
 * @param more fields besides, or instead
 * @internal
 */
export function copyService(workload: WorkloadModel, service: string, neighbours: Neighbours, options: DockerOptions, more: any = {}): any {
  const container = scheduled(workload);
  return written({
    ...containerFields(workload, container, service, options),
    // Who shares a network has its owner's name.
    hostname: workload.kind === WorkloadKind.STATEFUL && workload.networkMode?.kind !== NetworkModeKind.SHARED ? service : undefined,
    restart: 'unless-stopped',
    depends_on: dependenciesOf(workload, service, neighbours),
    ...networkFields(workload, copyMemberships(workload, service, neighbours), neighbours),
    external_links: externalLinks(workload, neighbours),
    ports: publishedPorts(workload),
    deploy: deployOf(workload, container, options),
    ...more,
  });
}

/**
 * The fields of a service that follow from its container and from the volumes of its workload.
 *
 * @internal
 */
export function containerFields(workload: WorkloadModel, container: ScheduledContainer, service: string, options: DockerOptions): any {
  const volumes = mountsOf(container, workload, service);
  const tmpfs = tmpfsOf(container, workload);
  const scripts = scriptsOf(container, workload, options);
  return {
    image: container.image,
    ...processFields(container),
    init: hasInit(workload, container) || undefined,
    ...lockIn(container.security),
    secrets: secretsField(container),
    configs: filesOf(workload.name, container, scripts),
    volumes: volumes.length > 0 ? volumes : undefined,
    tmpfs: tmpfs.length > 0 ? shared(`tmpfs ${tmpfs.join()}`, () => tmpfs) : undefined,
    healthcheck: healthcheckOf(container, options, scripts.healthCheck),
    stop_signal: container.stopSignal,
    stop_grace_period: gracePeriod(workload.drainSeconds),
    labels: labelsOf(workload, filesLabel(container)),
    logging: LOGGING,
  };
}

/**
 * How many there are of a container that has as many as its workload, and what each may use.
 *
 * @internal
 */
export function deployOf(workload: WorkloadModel, container: ContainerModel, options: DockerOptions): any {
  const replicas = isReplicated(workload) ? workload.replicas : undefined;
  const resources = resourcesOf(container, options);
  return shared(`deploy ${replicas} ${JSON.stringify(resources)}`, () => ({ replicas, resources }));
}

/**
 * What a copy may use, and the memory set aside for it; Compose cannot set processor time aside.
 *
 * @internal
 */
export function resourcesOf(container: ContainerModel, options: DockerOptions): any {
  return {
    limits: limitsOf(container, options.cpuLimitMillis),
    reservations: { memory: `${container.resources.memoryMebibytes}M` },
  };
}

/**
 * A service as it stands in the file, with its fields in the order of every service.
 *
 * @internal
 */
export function written(service: any): any {
  const ordered: any = {};
  for (const field of ORDER) {
    if (service[field] !== undefined) ordered[field] = asWritten(service[field]);
  }
  return ordered;
}

/**
 * A service with its fields in the order of every service.
 *
 * @internal
 */
export function inOrder(service: any): any {
  const ordered: any = {};
  for (const field of ORDER) {
    if (service[field] !== undefined) ordered[field] = service[field];
  }
  return ordered;
}

/** `[address:]outside:inside[/udp]`; a number that is declared for TCP and UDP is published for both. */
function publishedPorts(workload: WorkloadModel): string[] | undefined {
  if (workload.publishedPorts.length === 0) return undefined;
  return workload.publishedPorts.flatMap(({ port, hostPort, address }) => {
    const host = address === undefined ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
    return workload.ports.filter(({ number }) => number === port)
      .map(({ protocol }) => `${host}${hostPort ?? port}:${port}${protocol === Protocol.UDP ? '/udp' : ''}`);
  });
}

/** Compose recreates a container when a label changes, not when the place of a file does. */
function filesLabel(container: ContainerModel): { [name: string]: string } {
  if (container.files.length === 0) return {};
  const files = container.files.map(({ path, hash }) => `${path} ${hash}\n`).sort().join('');
  return { 'cdk8s-ha.files': contentHash(files) };
}
