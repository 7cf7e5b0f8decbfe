import { rangeOf } from './addresses';
import { dockerFindings, error, limitationFindings, warning } from './findings';
import { sharedHostNames } from './host-names';
import { asWorkload } from './load-balancer';
import type { Neighbours } from './neighbours';
import { plannedNetworks, subnetIn, type PlannedNetwork } from './network-plan';
import { composeTraits } from './traits';
import { composeVisitorAddresses } from './visitor-addresses';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { PeerKind, type WorkloadModel } from '../../model/workload';
import { containerNamesTaken } from '../../validation/docker-rules';

/** Docker's own pools hold about 30 networks; others on the host want some too. */
const MOST_NETWORKS = 20;

/**
 * What only Compose finds wrong with an application.
 *
 * @internal
 */
export function composeFindings(app: AppModel, neighbours: Neighbours, pool: string | undefined): Finding[] {
  const networks = app.charts.flatMap((chart) =>
    plannedNetworks(chart, chart.loadBalancers.map((loadBalancer) => asWorkload(loadBalancer, composeTraits(chart.name)).workload), neighbours));
  return [
    ...dockerFindings(app, 'Compose'),
    ...sharedHostNames(app, 'Compose'),
    ...containerNamesTaken(app),
    ...app.charts.flatMap(({ workloads }) => workloads)
      .flatMap((workload) => [...portsOfSeveral(workload), ...gatewayAddresses(workload), ...startsAcross(workload)]),
    ...app.charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap((loadBalancer) => [
      ...composeVisitorAddresses(loadBalancer, pool),
      ...limitationFindings(loadBalancer, asWorkload(loadBalancer, composeTraits(loadBalancer.chart)).lowered),
    ]),
    ...manyNetworks(networks, pool),
    ...takenAddresses(networks, pool),
  ];
}

function portsOfSeveral({ path, name, replicas, publishedPorts }: WorkloadModel): Finding[] {
  if (replicas === 1) return [];
  return publishedPorts.map(({ port, hostPort }) => error('published-port-of-several', path,
    `${name} cannot publish port ${hostPort ?? port} for ${replicas} copies on Compose: a host has a port once, put a LoadBalancer in front or run one copy`));
}

/** Each project is deployed by itself. */
function startsAcross({ path, name, chart, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD && to.chart !== chart).map(({ to }) => warning('start-order', path,
    `${name} does not wait for ${to.name} of chart '${to.chart}' on Compose, which is another project: deploy '${to.chart}' first`));
}

/** The engine gives the first address of a subnet to the gateway, also where the host has none in the network. */
function gatewayAddresses({ path, name, attachments }: WorkloadModel): Finding[] {
  return attachments.filter(({ address, network }) => address !== undefined && network.subnet !== undefined
    && rangeOf(`${address}/32`).first === rangeOf(network.subnet).first + 1)
    .map(({ address, network }) => error('address-of-gateway', path,
      `${name} cannot have the address ${address} in ${network.name} on Compose: the first of ${network.subnet} is the gateway's, give a later one`));
}

function manyNetworks(networks: PlannedNetwork[], pool: string | undefined): Finding[] {
  if (pool !== undefined || networks.length <= MOST_NETWORKS) return [];
  return [warning('many-networks', networks[0].chart,
    `the application has ${networks.length} networks on Compose, and Docker's own address pools hold about 30 a host: `
    + "give new ComposeTarget({ addressPool: '10.128.0.0/10' }), a range that nobody else uses")];
}

function takenAddresses(networks: PlannedNetwork[], pool: string | undefined): Finding[] {
  if (pool === undefined) return [];
  const placed = networks.map((network) => ({ network, subnet: subnetIn(network, pool)! }))
    .map((place) => ({ ...place, ...rangeOf(place.subnet) })).sort((a, b) => a.first - b.first || a.last - b.last);
  const found: Finding[] = [];
  for (let i = 1; i < placed.length; i++) {
    const [one, other] = [placed[i - 1], placed[i]];
    if (other.first > one.last) continue;
    // Two that were declared are everybody's finding.
    if (one.network.subnet !== undefined && other.network.subnet !== undefined) continue;
    found.push(error('address-taken', other.network.path,
      `the networks ${nameOf(one.network)} and ${nameOf(other.network)} cannot both have ${one.subnet} of the address pool ${pool}: ${mend(one.network, other.network)}`));
  }
  return found;
}

function mend(one: PlannedNetwork, other: PlannedNetwork): string {
  const group = [one, other].find((network) => network.group);
  return group === undefined ? 'take another or a wider addressPool' : `give '${group.key}' a subnet of its own`;
}

const nameOf = ({ chart, key }: PlannedNetwork): string => `${chart}/${key}`;
