import { deployOf } from './deploy';
import { internalOverlay, overlayMemberships } from './networks';
import { EndpointMode, type SwarmOptions } from './options';
import { stackContainer, stackResources } from './service';
import { stepContainer, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { joined } from '../../util/lists';
import { LOGGING } from '../compose/container';
import { besides, copyServices, ownerName } from '../compose/copies';
import type { Neighbours } from '../compose/neighbours';
import { hasEgress, networksOf, outsideNetwork, ownNetwork, type Membership } from '../compose/networks';
import { folderOf, handoverCapabilities, handoverScript, handovers, type Handover } from '../compose/ownership';
import { written } from '../compose/service';

/*
 * The services beside a workload's own. Nothing waits for another service on Swarm: a one-shot service runs when it
 * changed (as a job: at each deployment), and the copies start at the same time, and again until it is done. deploy.sh
 * has volumes handed over before.
 */

/**
 * Repeats of a one-shot service that fails.
 *
 * @internal
 */
export const ATTEMPTS = 5;

/**
 * All services beside those of a workload's copies, by name.
 *
 * @internal
 */
export function stackCompanions(workload: WorkloadModel, neighbours: Neighbours, options: SwarmOptions): any {
  const services = copyServices(workload).flatMap((service) => joined(
    workload.sidecars.map((sidecar): [string, any] => [besides(service, sidecar.name), sidecarService(workload, sidecar, service, options)]),
    workload.init.map((init): [string, any] => [besides(service, init.name), initService(workload, init, service, options)]),
    ownerServices(workload, handovers(workload, service, neighbours), service, options),
  ));
  return services.length === 0 ? undefined : Object.fromEntries(services);
}

/**
 * The networks in which one-shot services that need none stand alone, by key.
 *
 * @internal
 */
export const companionOverlays = (workload: WorkloadModel, neighbours: Neighbours): [string, any][] =>
  handoverServices(workload, neighbours).map((name) => [name, internalOverlay(workload.chart, name, false)]);

/**
 * The one-shot services that hand a workload's volumes over.
 *
 * @internal
 */
export const handoverServices = (workload: WorkloadModel, neighbours: Neighbours): string[] =>
  copyServices(workload).filter((service) => handovers(workload, service, neighbours).length > 0).map(ownerName);

/**
 * The release steps of a workload, by name: they run to their end before the stack is deployed.
 *
 * @internal
 */
export function stackSteps(workload: WorkloadModel, options: SwarmOptions): any {
  return Object.fromEntries(workload.releaseSteps.map((step) =>
    [besides(workload.name, step.name), initService(workload, stepContainer(workload, step), workload.name, options)]));
}

function sidecarService(workload: WorkloadModel, sidecar: ContainerModel, service: string, options: SwarmOptions): any {
  return written({
    ...stackContainer(workload, sidecar, service, options),
    networks: networksOf(companionMemberships(workload, besides(service, sidecar.name))),
    deploy: deployOf({ ...workload, container: sidecar, publishedPorts: [] }, service, stackResources(sidecar, options), options),
  });
}

function initService(workload: WorkloadModel, init: ContainerModel, service: string, options: SwarmOptions): any {
  return written({
    ...stackContainer(workload, init, service, options),
    networks: networksOf(companionMemberships(workload, service)),
    deploy: jobDeploy(workload, service, stackResources(init, options), options),
  });
}

function ownerServices(workload: WorkloadModel, volumes: Handover[], service: string, options: SwarmOptions): [string, any][] {
  if (volumes.length === 0) return [];
  return [[ownerName(service), written({
    image: options.toolImage,
    entrypoint: ['/bin/sh', '-c'],
    command: [handoverScript(volumes)],
    user: '0:0',
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: handoverCapabilities(volumes),
    volumes: volumes.map(({ volume }) => ({ type: 'volume', source: volume, target: folderOf(volume) })),
    networks: { [ownerName(service)]: {} },
    deploy: handoverDeploy(workload, service, options),
    logging: LOGGING,
  })]];
}

/**
 * Where the copies run, once. Without jobs, a service that is not started again after it succeeded; it shows as 0 of 1
 * then.
 */
function jobDeploy(workload: WorkloadModel, service: string, resources: any, options: SwarmOptions): any {
  return {
    mode: options.jobs ? 'replicated-job' : 'replicated',
    replicas: 1,
    endpoint_mode: options.jobs ? undefined : EndpointMode.DNSRR,
    ...onceWhereCopiesRun(workload, service, resources, options),
  };
}

/**
 * Once on each host where a copy may run, since each has volumes of its own. No job: that leaves out hosts which join
 * later. In an update a task that ended well counts as a failed one, after which the other hosts would get none.
 *
 * @see https://github.com/moby/swarmkit/blob/master/manager/orchestrator/jobs/global/reconciler.go
 */
function handoverDeploy(workload: WorkloadModel, service: string, options: SwarmOptions): any {
  return {
    mode: 'global',
    endpoint_mode: EndpointMode.DNSRR,
    update_config: { parallelism: 0, failure_action: 'continue' },
    ...onceWhereCopiesRun(workload, service, { limits: { memory: '64M', pids: 64 } }, options),
  };
}

function onceWhereCopiesRun(workload: WorkloadModel, service: string, resources: any, options: SwarmOptions): any {
  const { placement } = deployOf(workload, service, resources, options);
  return {
    restart_policy: { condition: 'on-failure', delay: '1s', max_attempts: ATTEMPTS },
    placement: placement?.constraints === undefined ? undefined : { constraints: placement.constraints },
    resources,
  };
}

/** The networks of a workload for a service that is none of its copies: without their names and ports. */
function companionMemberships(workload: WorkloadModel, service: string): Membership[] {
  const members = overlayMemberships(workload, service).filter(({ network }) => network !== outsideNetwork(service) || hasEgress(workload))
    .map(({ network }) => ({ network, aliases: [] }));
  return members.length > 0 ? members : [{ network: ownNetwork(workload), aliases: [] }];
}
