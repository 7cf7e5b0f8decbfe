import { LOGGING } from './container';
import { besides, copyServices, ownerName } from './copies';
import { dependenciesBeside } from './dependencies';
import type { Neighbours } from './neighbours';
import { networkFields } from './network-mode';
import { hasEgress, memberships, outsideNetwork, type Membership } from './networks';
import type { DockerOptions } from './options';
import { folderOf, handoverCapabilities, handoverScript, handovers, type Handover } from './ownership';
import { externalLinks } from './proxied-calls';
import { proxyService } from './proxy-service';
import { containerFields, deployOf, resourcesOf, written } from './service';
import { hasTwin, twinName, twinService } from './twin';
import { stepContainer, type ContainerModel, type ReleaseStepModel, type WorkloadModel } from '../../model/workload';
import { dictionary } from '../../util/dictionary';
import { joined } from '../../util/lists';

/*
 * The services beside a workload's own.
 *
 * A sidecar is a service on the same networks, not a container in the same network namespace: when the container whose
 * namespace it shares crashes and is started again, a container with `network_mode: service:web` keeps the old
 * namespace and has no network any more (measured, engine 20.10).
 */

/** Repeats of a one-shot service that fails; Compose waits for the last (measured, 2.26). */
const ATTEMPTS = 5;

/**
 * All services beside those of a workload's copies, by name.
 *
 * @internal
 */
export function companionServices(workload: WorkloadModel, neighbours: Neighbours, options: DockerOptions): any {
  const services = copyServices(workload).flatMap((service) => joined(
    workload.sidecars.map((sidecar): [string, any] =>
      [besides(service, sidecar.name), sidecarService(workload, sidecar, service, neighbours, options)]),
    workload.init.map((init, index): [string, any] =>
      [besides(service, init.name), initService(workload, init, index, service, neighbours, options)]),
    ownerServices(handovers(workload, service, neighbours), service, options),
  ));
  for (const step of workload.releaseSteps) services.push([besides(workload.name, step.name), stepService(workload, step, neighbours, options)]);
  if (hasTwin(workload)) services.push([twinName(workload.name), twinService(workload, neighbours)]);
  const proxy = neighbours.proxyOf(workload);
  if (proxy !== undefined) services.push([proxy.workload.name, proxyService(proxy, neighbours, options)]);
  return services.length === 0 ? undefined : dictionary(services);
}

function sidecarService(workload: WorkloadModel, sidecar: ContainerModel, service: string, neighbours: Neighbours, options: DockerOptions): any {
  return written({
    ...containerFields(workload, sidecar, service, options),
    restart: 'unless-stopped',
    depends_on: dependenciesBeside(workload, service, workload.init.length, neighbours),
    ...networkFields(workload, companionMemberships(workload, besides(service, sidecar.name)), neighbours),
    external_links: externalLinks(workload, neighbours),
    deploy: deployOf(workload, sidecar, options),
  });
}

function initService(
  workload: WorkloadModel, init: ContainerModel, index: number, service: string, neighbours: Neighbours, options: DockerOptions,
): any {
  return written({
    ...containerFields(workload, init, service, options),
    restart: `on-failure:${ATTEMPTS}`,
    depends_on: dependenciesBeside(workload, service, index, neighbours),
    // It ends before the copies start, so the bridge to the outside can be theirs.
    ...networkFields(workload, companionMemberships(workload, service), neighbours),
    external_links: externalLinks(workload, neighbours),
    deploy: { resources: resourcesOf(init, options) },
  });
}

/** By the first copy's networks and disks; the copies of all kinds of workloads that can have steps are alike. */
function stepService(workload: WorkloadModel, step: ReleaseStepModel, neighbours: Neighbours, options: DockerOptions): any {
  return written({
    ...containerFields(workload, stepContainer(workload, step), workload.name, options),
    restart: `on-failure:${ATTEMPTS}`,
    depends_on: dependenciesBeside(workload, workload.name, workload.init.length, neighbours),
    ...networkFields(workload, companionMemberships(workload, workload.name), neighbours),
    external_links: externalLinks(workload, neighbours),
    deploy: { resources: resourcesOf(workload.container, options) },
  });
}

/** The networks of a workload for a service that is none of its copies: without their names, addresses and ports. */
function companionMemberships(workload: WorkloadModel, service: string): Membership[] {
  return memberships(workload, service).filter(({ network }) => network !== outsideNetwork(service) || hasEgress(workload))
    .map(({ network }) => ({ network, aliases: [] }));
}

function ownerServices(volumes: Handover[], service: string, options: DockerOptions): [string, any][] {
  if (volumes.length === 0) return [];
  return [[ownerName(service), written({
    image: options.toolImage,
    entrypoint: ['/bin/sh', '-c'],
    command: [handoverScript(volumes)],
    restart: `on-failure:${ATTEMPTS}`,
    user: '0:0',
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: handoverCapabilities(volumes),
    security_opt: ['no-new-privileges:true'],
    volumes: volumes.map(({ volume }) => ({ type: 'volume', source: volume, target: folderOf(volume) })),
    network_mode: 'none',
    deploy: { resources: { limits: { memory: '64M', pids: 64 } } },
    logging: LOGGING,
  })]];
}
