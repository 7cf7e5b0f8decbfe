import { rangeOf } from './addresses';
import { backendFindings, balancingFindings, destinationsOnHost, dockerFindings, error, warning } from './findings';
import { sharedHostNames } from './host-names';
import type { CalleeProxy, ProxiedApp } from './internal-proxies';
import { asWorkload } from './load-balancer';
import type { Neighbours } from './neighbours';
import { isOnHost, isSharer } from './network-mode';
import { plannedNetworks, subnetIn, type PlannedNetwork } from './network-plan';
import { composeTraits } from './traits';
import { hasTwin } from './twin';
import { composeVisitorAddresses } from './visitor-addresses';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';
import { Protocol } from '../../model/port';
import { PeerKind, WorkloadKind, type WorkloadModel } from '../../model/workload';
import { containerNamesTaken } from '../../validation/docker-rules';

/** Docker's own pools hold about 30 networks; others on the host want some too. */
const MOST_NETWORKS = 20;

/**
 * What only Compose finds wrong with an application.
 *
 * @internal
 */
export function composeFindings(app: AppModel, proxied: ProxiedApp, neighbours: Neighbours, pool: string | undefined): Finding[] {
  const networks = proxied.app.charts.flatMap((chart) =>
    plannedNetworks(chart, chart.loadBalancers.map((loadBalancer) => asWorkload(loadBalancer, composeTraits(chart.name)).workload), neighbours));
  return [
    ...dockerFindings(app, 'Compose'),
    ...sharedHostNames(app, 'Compose'),
    ...containerNamesTaken(app),
    ...proxied.proxies.flatMap((proxy) => proxyNamesTaken(proxy, neighbours)),
    ...app.charts.flatMap(({ workloads }) => workloads).flatMap((workload) => WORKLOAD_RULES.flatMap((rule) => rule(workload, neighbours))),
    ...app.charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap((loadBalancer) => [
      ...composeVisitorAddresses(loadBalancer, pool),
      ...routesToHost(loadBalancer),
      ...balancingFindings(loadBalancer, loadBalancer.backend.answerBalancing(loadBalancer, composeTraits(loadBalancer.chart))),
      ...backendFindings(loadBalancer, asWorkload(loadBalancer, composeTraits(loadBalancer.chart)).lowered),
    ]),
    ...app.charts.flatMap((chart) => chart.networks).flatMap(closedNetworks),
    ...manyNetworks(networks, pool),
    ...takenAddresses(networks, pool),
  ];
}

const WORKLOAD_RULES = [notCarried, portsOfSeveral, copiesOfOneHost, gatewayAddresses, sharedNetworks, startsAcross];

/** Names of services are one space. */
function proxyNamesTaken({ workload: { chart, path, name }, callee }: CalleeProxy, neighbours: Neighbours): Finding[] {
  const beside = [...callee.sidecars, ...callee.init, ...callee.releaseSteps].some((one) => `${callee.name}-${one.name}` === name);
  const other = { kind: PeerKind.LOAD_BALANCER, chart, name };
  if (!beside && neighbours.workload({ chart, name }) === undefined && !neighbours.has(other)) return [];
  return [error('proxy-name-taken', path,
    `${callee.name} cannot have its proxy '${name}' on Compose: something else has that name, rename it or call ${callee.name} with 'direct: true'`)];
}

/** A proxy carries streams. */
function notCarried({ path, name, chart, kind, callers }: WorkloadModel): Finding[] {
  if (kind !== WorkloadKind.SERVICE) return [];
  return callers.filter(({ from, direct, ports }) =>
    from.kind === PeerKind.WORKLOAD && from.chart === chart && !direct && ports.some(({ protocol }) => protocol === Protocol.UDP))
    .map(({ from }) => warning('udp-without-proxy', path,
      `${from.name} meets the copies of ${name} directly on Compose, healthy or not, as a proxy carries no UDP: connect with 'ports' of TCP alone, or with 'direct: true'`));
}

function portsOfSeveral(workload: WorkloadModel): Finding[] {
  const { path, name, replicas, publishedPorts, ports } = workload;
  if (replicas === 1) return [];
  if (isOnHost(workload) && ports.length > 0) {
    return [error('host-port-of-several', path,
      `${name} cannot listen on port ${ports[0].number} of its host with ${replicas} copies on Compose: a host has a port once, run one copy or leave networkMode out`)];
  }
  return publishedPorts.map(({ port, hostPort }) => error('published-port-of-several', path,
    `${name} cannot publish port ${hostPort ?? port} for ${replicas} copies on Compose: a host has a port once, put a LoadBalancer in front or run one copy`));
}

function copiesOfOneHost({ path, name, replicas, maxReplicasPerNode: most = replicas }: WorkloadModel): Finding[] {
  return replicas <= most ? [] : [warning('max-replicas-per-node', path,
    `${name} has all its ${replicas} copies on one host on Compose, which are more than ${most}: there is no other`)];
}

/** A network belongs to one container, and ends with it. */
function sharedNetworks(workload: WorkloadModel, neighbours: Neighbours): Finding[] {
  if (!isSharer(workload)) return [];
  const { path, name } = workload;
  const { name: its, chart } = workload.networkMode!.owner!;
  const owner = neighbours.workload({ chart, name: its });
  const cannot = (why: string) => [error('shared-network', path, `${name} cannot share the network of ${its} on Compose: ${why}`)];
  if (owner === undefined) return cannot(`${its} is not there, since its onlyOn leaves Compose out`);
  const copies = owner.maxReplicas ?? owner.replicas;
  if (copies > 1) return cannot(`${its} has ${copies} copies, each with a network of its own; give it one, or use ${its}.addSidecar`);
  return hasTwin(owner) ? cannot(`an update of ${its} brings new copies beside the old ones, which have other networks; use a StatefulService, which is stopped first, or ${its}.addSidecar`) : [];
}

function routesToHost(loadBalancer: LoadBalancerModel): Finding[] {
  const { path, name, backend } = loadBalancer;
  return destinationsOnHost(loadBalancer).map((workload) => backend.readsHostsFile
    ? warning('route-to-host', path, `${name} reaches ${workload}, which has the network of the host, at the host's address in Docker's default bridge:`
      + ` ${workload} must listen there (0.0.0.0), and a host firewall such as ufw let Docker's networks in`)
    : error('route-to-host', path, `${name} cannot send requests to ${workload}, which has the network of the host, with the back end '${backend.name}' on Compose:`
      + ' it asks the name server of the engine alone, which does not know the host; take LoadBalancerBackend.caddy() or traefik(), or leave networkMode out'));
}

function closedNetworks({ path, name, attachable }: NetworkModel): Finding[] {
  return attachable !== false ? [] : [warning('attachable', path, `${name} can be joined by hand on Compose though attachable is false: who may use the engine may do that`)];
}

/** Each project is deployed by itself. */
function startsAcross({ path, name, chart, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD && to.chart !== chart).map(({ to }) => warning('start-order', path,
    `${name} does not wait for ${to.name} of chart '${to.chart}' on Compose, which is another project: deploy '${to.chart}' first`));
}

/** The engine gives the first address of a subnet to the gateway, also where the host has none in the network. */
function gatewayAddresses({ path, name, attachments }: WorkloadModel): Finding[] {
  return attachments.filter(({ address, network }) => address !== undefined && network.subnet !== undefined && network.layer2?.gateway === undefined
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
  const group = [one, other].find(({ declared }) => declared !== undefined);
  return group === undefined ? 'take another or a wider addressPool' : `give '${group.key}' a subnet of its own`;
}

const nameOf = ({ chart, key }: PlannedNetwork): string => `${chart}/${key}`;
