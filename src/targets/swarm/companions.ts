import { deployOf } from './deploy';
import { internalOverlay, overlayMemberships } from './networks';
import { EndpointMode, type SwarmOptions } from './options';
import { stackContainer, stackResources } from './service';
import { stepContainer, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { LOGGING } from '../compose/container';
import { besides, copyServices, ownerName } from '../compose/copies';
import type { Neighbours } from '../compose/neighbours';
import { hasEgress, networksOf, outsideNetwork, ownNetwork, type Membership } from '../compose/networks';
import { folderOf, handoverCapabilities, handoverScript, handovers, type Handover } from '../compose/ownership';
import { written } from '../compose/service';

/*
 * The services beside a workload's own. Nothing waits for another service on Swarm: a one-shot service runs when it
 * changed (as a job: at each deployment), and the copies start at the same time, and again until it is done.
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
 * @param global whether the workload runs on every host instead of a number of times
 * @internal
 */
export function stackCompanions(workload: WorkloadModel, neighbours: Neighbours, options: SwarmOptions, global: boolean = false): any {
  const services = copyServices(workload).flatMap((service): [string, any][] => [
    ...workload.sidecars.map((sidecar): [string, any] => [besides(service, sidecar.name), sidecarService(workload, sidecar, service, options)]),
    ...workload.init.map((init): [string, any] => [besides(service, init.name), initService(workload, init, service, options)]),
    ...ownerServices(workload, handovers(workload, service, neighbours), service, options, global),
  ]);
  return services.length === 0 ? undefined : Object.fromEntries(services);
}

/**
 * The network in which a one-shot service that needs none stands alone.
 *
 * @internal
 */
export function companionOverlays(workload: WorkloadModel, neighbours: Neighbours): any {
  const entries = copyServices(workload).filter((service) => handovers(workload, service, neighbours).length > 0)
    .map((service) => [ownerName(service), internalOverlay(workload.chart, ownerName(service), false)]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

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

function ownerServices(workload: WorkloadModel, volumes: Handover[], service: string, options: SwarmOptions, global: boolean): [string, any][] {
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
    deploy: jobDeploy(workload, service, { limits: { memory: '64M', pids: 64 } }, options, global),
    logging: LOGGING,
  })]];
}

/**
 * Where the copies run, once; for a load balancer that runs on all its hosts, on each of them. Without jobs, a service
 * that is not started again after it succeeded; it shows as 0 of 1 then.
 */
function jobDeploy(workload: WorkloadModel, service: string, resources: any, options: SwarmOptions, global: boolean = false): any {
  const { placement } = deployOf(workload, service, resources, options);
  const mode = global ? 'global' : 'replicated';
  return {
    mode: options.jobs ? `${mode}-job` : mode,
    replicas: global ? undefined : 1,
    endpoint_mode: options.jobs ? undefined : EndpointMode.DNSRR,
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
