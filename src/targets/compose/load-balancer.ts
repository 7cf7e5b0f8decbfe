import { projectElsewhere } from './across-charts';
import { environmentOf } from './container';
import { copyServices } from './copies';
import { Interpolation, PROJECT_NAME } from './interpolation';
import type { Neighbours } from './neighbours';
import type { DockerOptions } from './options';
import { copyService } from './service';
import { mountsOf } from './storage';
import { projectVariable } from '../../loadbalancers/copies';
import { loadBalancerWorkload, portsOfVisitors } from '../../loadbalancers/load-balancer-workload';
import { sourceRangesOf } from '../../model/access-rule';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { LoweredLoadBalancer } from '../../model/load-balancer-backend';
import type { PublishedPort } from '../../model/port';
import type { ITargetTraits } from '../../model/traits';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { sortedByKey } from '../../util/order';

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
  const { container, name } = workload;
  return copyService(workload, name, neighbours, options, {
    environment: sortedByKey({ ...environmentOf(container), COMPOSE_PROJECT_NAME: OWN_PROJECT, ...projectsElsewhere(workload) }),
    extra_hosts: hostsFile(workload, neighbours),
    volumes: [folderMount(name, lowered), ...mountsOf(container, workload, name)],
  });
}

/**
 * The mount of a configuration.
 *
 * @internal
 */
export const folderMount = (name: string, { configurationFolder }: LoweredLoadBalancer): any =>
  ({ type: 'bind', source: `./config/${name}`, target: configurationFolder, read_only: true, bind: { create_host_path: false } });

const OWN_PROJECT = new Interpolation(PROJECT_NAME);

/** Copies that have the network of the host are found at its address, under the names by which back ends know copies. */
function hostsFile({ callees }: WorkloadModel, neighbours: Neighbours): Interpolation[] | undefined {
  const names = callees.filter(({ to }) => to.onHost).flatMap(({ to }) => {
    const [service] = copyServices(neighbours.workload(to)!);
    return neighbours.workload(to)!.kind === WorkloadKind.STATEFUL ? [service] : [`${PROJECT_NAME}-${service}-1`];
  });
  return names.length === 0 ? undefined : names.map((name) => new Interpolation(`${name}:host-gateway`));
}

/** The projects of other charts that routes lead to. */
function projectsElsewhere({ chart, callees }: WorkloadModel): { [name: string]: Interpolation } {
  const others = callees.map(({ to }) => to.chart).filter((other) => other !== chart);
  return Object.fromEntries(others.map((other) => [projectVariable(other), new Interpolation(projectElsewhere(other))]));
}

/**
 * The workload of a load balancer.
 *
 * @internal
 */
export const workloadOf = (loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): WorkloadModel =>
  loadBalancerWorkload(loadBalancer, lowered, publishedPorts(loadBalancer, lowered));

/** A UDP port of the same number (HTTP/3) goes with the one for HTTPS. */
function publishedPorts(loadBalancer: LoadBalancerModel, lowered: LoweredLoadBalancer): PublishedPort[] {
  const address = loadBalancer.publishAddress ?? (knowsVisitors(loadBalancer) ? ALL_OF_IPV4 : undefined);
  return portsOfVisitors(loadBalancer, lowered).map(({ port, number }) => ({ port: port.number, hostPort: number, address }));
}

/**
 * Whether a load balancer lets visitors in by their addresses. The engine's userland proxy, by which visitors over IPv6 come
 * in, makes all of them the gateway of the network (measured, 20.10): where that address is let in, all of IPv6 would be.
 *
 * @internal
 */
export const knowsVisitors = ({ routes }: LoadBalancerModel): boolean => routes.some((route) => sourceRangesOf(route).length > 0);

const ALL_OF_IPV4 = '0.0.0.0';
