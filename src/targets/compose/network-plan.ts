import { linksAcross, sharedNetwork, type SharedNetwork } from './across-charts';
import { subnetOf } from './addresses';
import { copyServices } from './copies';
import type { Neighbours } from './neighbours';
import {
  hasEgress, internalNetwork, internalOptions, isLinkable, layer2Network, leadsOutside, linkName, needsOwnNetwork, outsideBridge, outsideNetwork,
  ownNetwork, spansCharts,
} from './networks';
import type { ChartModel } from '../../model/app-model';
import type { LinkModel, NetworkModel } from '../../model/network';
import { PeerKind, type ConnectionModel, type WorkloadModel } from '../../model/workload';
import { joined } from '../../util/lists';

/*
 * The entries of the section `networks`.
 */

/**
 * A network of a project, before it is rendered.
 *
 * @internal
 */
export interface PlannedNetwork {
  /** Key in the section. */
  readonly key: string;
  /** Path of the construct it belongs to. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Whether it leads outside. */
  readonly outside: boolean;
  /** The network that was declared, which can be given a subnet; undefined: it follows from something else. */
  readonly declared?: NetworkModel;
  /** Most containers it will hold. */
  readonly containers: number;
  /** Subnet that was declared. */
  readonly subnet?: string;
}

/**
 * The network of a group; undefined where it stands for a link for each connection.
 *
 * @internal
 */
export function plannedGroup(network: NetworkModel, neighbours: Neighbours): PlannedNetwork | undefined {
  if (network.connectedOnly) return undefined;
  const members = neighbours.membersOf(network);
  const containers = sum(members.map((member) => mostContainers(member) + (neighbours.proxyOf(member) === undefined ? 0 : 1)));
  return { key: network.name, path: network.path, chart: network.chart, outside: false, declared: network, containers, subnet: network.subnet };
}

/**
 * The network of a link; undefined where it needs none.
 *
 * @internal
 */
export function plannedLink({ connection, covered }: LinkModel, neighbours: Neighbours): PlannedNetwork | undefined {
  if (covered || !isLinkable(connection)) return undefined;
  const { from, to } = connection;
  if (spansCharts(connection) && ![from, to].every((peer) => neighbours.has(peer))) return undefined;
  const containers = sum([from, to].map((peer) => {
    const workload = peer.kind === PeerKind.WORKLOAD ? neighbours.workload(peer) : undefined;
    return workload === undefined ? 1 : mostContainers(workload);
  }));
  return { key: linkName(connection), path: `${from.chart}/${from.name}`, chart: from.chart, outside: false, containers };
}

/**
 * The networks of a workload's own.
 *
 * @internal
 */
export function plannedOwn(workload: WorkloadModel): PlannedNetwork[] {
  const { path, chart } = workload;
  const outside = (key: string, containers: number): PlannedNetwork => ({ key: outsideNetwork(key), path, chart, outside: true, containers });
  return joined<PlannedNetwork>(
    needsOwnNetwork(workload) ? [{ key: ownNetwork(workload), path, chart, outside: false, containers: mostContainers(workload) }] : [],
    leadsOutside(workload) ? copyServices(workload).map((service) => outside(service, mostContainers(workload))) : [],
    hasEgress(workload) ? copyServices(workload).flatMap((service) => workload.sidecars.map((sidecar) =>
      outside(`${service}-${sidecar.name}`, 2 * workload.replicas))) : [],
  );
}

/**
 * All networks of a chart.
 *
 * @internal
 */
export function plannedNetworks(chart: ChartModel, loadBalancers: WorkloadModel[], neighbours: Neighbours): PlannedNetwork[] {
  return [
    ...chart.networks.flatMap((network) => plannedGroup(network, neighbours) ?? []),
    ...chart.links.flatMap((link) => plannedLink(link, neighbours) ?? []),
    ...[...chart.workloads, ...loadBalancers].flatMap(plannedOwn),
  ];
}

/**
 * The subnet of a network: the declared one, else its place in the pool; undefined: the engine picks.
 *
 * @internal
 */
export function subnetIn(network: PlannedNetwork, pool: string | undefined): string | undefined {
  if (network.subnet !== undefined || pool === undefined) return network.subnet;
  return subnetOf(pool, `${network.chart}/${network.key}`, network.containers);
}

/**
 * The body of a network.
 *
 * @internal
 */
export function networkBody(network: PlannedNetwork, pool: string | undefined): any {
  const subnet = subnetIn(network, pool);
  if (network.declared?.layer2 !== undefined) return layer2Network(network.declared, network.declared.layer2);
  return network.outside ? outsideBridge(network.key, subnet) : internalNetwork(network.key, subnet, network.declared);
}

/**
 * The networks that a chart shares with others, with the names of charts for those of projects.
 *
 * @internal
 */
export function sharedNetworks(chart: ChartModel, neighbours: Neighbours, pool: string | undefined): SharedNetwork[] {
  return linksAcross(chart).flatMap((connection) => sharedNetworkOf(connection, neighbours, pool, (name) => name) ?? []);
}

/**
 * The network of a link whose ends are of two charts; undefined where one of them is not there.
 *
 * @param projectOf writes the name of the project of a chart
 * @internal
 */
export function sharedNetworkOf(
  connection: ConnectionModel, neighbours: Neighbours, pool: string | undefined, projectOf: (chart: string) => string,
): SharedNetwork | undefined {
  const planned = plannedLink({ name: '', connection, covered: false }, neighbours);
  return planned && sharedNetwork(connection, internalOptions(subnetIn(planned, pool)), [], projectOf);
}

/** Twice the copies: during an update the new ones stand beside the old. */
function mostContainers(workload: WorkloadModel): number {
  return 2 * (workload.maxReplicas ?? workload.replicas) * (1 + workload.sidecars.length);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
