import { edgeBalancing } from './answers';
import { companionOverlays, handoverServices } from './companions';
import { isMeshed, keepsMaxPerNode, needsOwnLabel } from './deploy';
import { runsEverywhere, stackLoadBalancer } from './load-balancer';
import { secretName } from './names';
import { groupOverlay, layer2Commands, linkOverlay, ownOverlays, sharedOverlay } from './networks';
import { PublishMode, type SwarmOptions } from './options';
import { hasOwnDisk } from './storage';
import { swarmVisitorAddresses } from './visitor-addresses';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import type { LinkModel, NetworkModel } from '../../model/network';
import { VolumeKind } from '../../model/volume';
import { containersOf, WorkloadKind, type WorkloadModel } from '../../model/workload';
import { hostPortsTaken } from '../../validation/docker-rules';
import { copyServices } from '../compose/copies';
import { backendFindings, balancingFindings, destinationsOnHost, dockerFindings, error, warning } from '../compose/findings';
import { sharedHostNames } from '../compose/host-names';
import { Neighbours } from '../compose/neighbours';
import { isOnHost, isSharer } from '../compose/network-mode';
import { isLinkable, spansCharts } from '../compose/networks';

/** The engine takes no longer names of services and networks (they are DNS labels), and of secrets. */
const LONGEST_NAME = 63;
const LONGEST_SECRET = 64;

/**
 * What only Swarm finds wrong with an application.
 *
 * @internal
 */
export function swarmFindings(app: AppModel, options: SwarmOptions): Finding[] {
  const neighbours = new Neighbours(app);
  return [
    // By the mesh a port is had once on all hosts.
    ...dockerFindings(app, 'Swarm', hostPortsTaken(app, options.publishMode === PublishMode.HOST)),
    ...sharedHostNames(app, 'Swarm'),
    ...app.charts.flatMap((chart) => [
      ...chart.workloads.flatMap((workload) => WORKLOAD_RULES.flatMap((rule) => rule(workload, options, neighbours))),
      ...sharedVolumes(chart),
      ...loadBalancers(chart, options),
      ...chart.loadBalancers.flatMap((one) => longNames(stackLoadBalancer(one).workload, options, neighbours)),
      ...longSecrets(chart),
      ...chart.networks.flatMap((network) => [
        ...networkFindings(network), ...tooLong('network', network.path, [groupOverlay(network, options.encrypted)?.name], ONE),
      ]),
      ...chart.links.flatMap((link) => tooLong('network', chart.path, [linkNetwork(link, options, neighbours)], BOTH)),
    ]),
  ];
}

const WORKLOAD_RULES = [
  unpinnedVolumes, ownLabels, placementFindings, hostPaths, publishedAddresses, staticAddresses, networkModes, orderedStarts, initContainers,
  longNames, portsHadOnce, maxPerNode, requiredSpread,
];

/** A database must never start on an empty disk because a host died. */
function unpinnedVolumes(workload: WorkloadModel): Finding[] {
  const { path, name, placement } = workload;
  if (!hasOwnDisk(workload) || placement !== undefined) return [];
  return [error('unpinned-volume', path,
    `${name} cannot keep its volume on Swarm without placement: on another host it would start with an empty disk; `
    + `label the host (docker node update --label-add ${name}=true HOST) and add placement: Placement.onNodesWithLabels({ '${name}': 'true' })`)];
}

function ownLabels(workload: WorkloadModel): Finding[] {
  if (!needsOwnLabel(workload)) return [];
  const labels = copyServices(workload).map((service) => `docker node update --label-add ${service}=true HOST`);
  return [warning('volume-of-each-copy', workload.path,
    `each copy of ${workload.name} stays on the host with its disk: on Swarm label one host for each (${labels.join('; ')})`)];
}

/**
 * What Swarm takes in a constraint. Blanks around a value are lost, and its letters' case counts for nothing.
 *
 * @see https://github.com/moby/swarmkit/blob/master/manager/constraint/constraint.go
 */
const CONSTRAINT_KEY = /^[\w.-]+$/;
const CONSTRAINT_VALUE = /^[\w:.*()?+[\]\\^$|/-]+(?: [\w:.*()?+[\]\\^$|/-]+)*$/;

function placementFindings({ path, name, placement }: Pick<WorkloadModel, 'path' | 'name' | 'placement'>): Finding[] {
  const refused = (what: string, instead: string) => error('placement', path, `${name} cannot be placed by ${what} on Swarm, which takes ${instead}`);
  const { hostname, labels = {} } = placement ?? {};
  return [
    ...hostname === undefined || CONSTRAINT_VALUE.test(hostname) ? [] : [refused(`the host name '${hostname}'`, 'letters, digits, dots, dashes and underscores there')],
    ...Object.entries(labels).flatMap(([key, value]) => [
      ...CONSTRAINT_KEY.test(key) ? [] : [refused(`the label '${key}'`,
        'letters, digits, dots, dashes and underscores in a key: label hosts with such a one, on Kubernetes too, or place it by SwarmObjects')],
      ...CONSTRAINT_VALUE.test(value) ? [] : [refused(`the label '${key}' with the value '${value}'`, "letters, digits and ._-:/ in a value: give the hosts' label another one")],
    ]),
  ];
}

function hostPaths(workload: WorkloadModel): Finding[] {
  const { path, name, placement } = workload;
  const paths = containersOf(workload).flatMap(({ volumes }) => volumes).filter(({ kind }) => kind === VolumeKind.HOST_PATH);
  if (placement !== undefined) return [];
  return paths.map(({ source }) => warning('host-path-without-placement', path,
    `${name} finds another ${source} on each host of a Swarm, or none: give it a placement`));
}

function publishedAddresses({ path, name, publishedPorts }: WorkloadModel): Finding[] {
  return publishedPorts.filter(({ address }) => address !== undefined).map(({ port, hostPort, address }) => error('published-address', path,
    `${name} cannot publish port ${hostPort ?? port} on ${address} alone on Swarm: it would be open on every address; `
    + "leave 'address' out, or leave Swarm out (onlyOn, or targets of the App)"));
}

/** A host has a port once, and the mesh has it once for all of them. */
function portsHadOnce(workload: WorkloadModel, options: SwarmOptions): Finding[] {
  const { path, name, replicas, publishedPorts: published, placement } = workload;
  if (published.length === 0) return [];
  const ports = published.map(({ port, hostPort = port }) => hostPort).join(', ');
  const services = copyServices(workload).length;
  if (isMeshed(workload, options)) {
    return services > 1 ? [error('published-port-of-several', path,
      `${name} cannot publish ${ports} for ${replicas} copies on Swarm with PublishMode.INGRESS: each copy of a stateful service is a service of its own,`
      + ' and the routing mesh has a port once; publish none, or use PublishMode.HOST')]
      : [warning('routing-mesh', path, `${name} sees addresses of the routing mesh on Swarm instead of those of its visitors on ${ports}: use PublishMode.HOST where it needs them`)];
  }
  if (replicas === 1) return [];
  if (placement?.hostname !== undefined) {
    return [error('published-port-of-several', path,
      `${name} cannot publish ${ports} for ${replicas} copies on ${placement.hostname} alone: a host has a port once, put a LoadBalancer in front, or run one copy`)];
  }
  return [warning('published-port-of-several', path,
    `${name} needs a host of its own for each of ${replicas} copies on Swarm, since a host has ${ports} once: the others wait, and an update stops a copy before it`
    + ' starts the next; put a LoadBalancer in front, or use PublishMode.INGRESS')];
}

/** Left out where an update could wait for ever. */
function maxPerNode(workload: WorkloadModel, options: SwarmOptions): Finding[] {
  const { path, name, maxReplicasPerNode: most } = workload;
  if (most === undefined || keepsMaxPerNode(workload, options)) return [];
  const known = options.nodes === undefined || workload.placement !== undefined ? 'how many hosts there are for it is not known' : `${options.nodes} hosts have no room for more`;
  return [warning('max-replicas-per-node', path,
    `${name} may have more than ${most} on a host on Swarm: an update starts new copies first, which would wait for ever where all hosts are full, and ${known};`
    + " give 'maxSurge: 0, maxUnavailable: 1', or new SwarmTarget({ nodes }) with room for one more and a host to spare")];
}

/** Nothing to say where hosts take one copy each. */
function requiredSpread(workload: WorkloadModel, options: SwarmOptions): Finding[] {
  const { path, name, spread, replicas, maxReplicasPerNode: most } = workload;
  if (!spread?.isRequired || replicas === 1 || needsOwnLabel(workload) || (most === 1 && keepsMaxPerNode(workload, options))) return [];
  return [warning('spread', path, `copies of ${name} may share a host on Swarm where others have no room, in spite of Spread.required(): it knows preferences only;`
    + ` give ${workload.kind === WorkloadKind.STATEFUL ? "each a host by 'placement'" : "'maxReplicasPerNode: 1'"}`)];
}

function staticAddresses({ path, name, attachments }: WorkloadModel): Finding[] {
  return attachments.flatMap(({ address, ipv6Address, network }) => [address, ipv6Address].filter((one) => one !== undefined)
    .map((one) => ({ one, network }))).map(({ one, network }) => warning('static-address', path,
    `${name} does not have the address ${one} in ${network.name} on Swarm, which gives no static addresses: use its name`));
}

function networkModes(workload: WorkloadModel): Finding[] {
  const { path, name, kind, replicas, ports, networkMode } = workload;
  if (isSharer(workload)) {
    const owner = networkMode!.owner!.name;
    return [error('shared-network', path, `${name} cannot share the network of ${owner} on Swarm, where each task has its own: use ${owner}.addSidecar and its name,`
      + " or leave Swarm out (onlyOn: ['compose'])")];
  }
  // Swarm keeps copies of one service apart; those of a stateful one are services of their own.
  if (isOnHost(workload) && kind === WorkloadKind.STATEFUL && replicas > 1 && ports.length > 0 && !needsOwnLabel(workload)) {
    return [error('host-port-of-several', path, `${name} cannot listen on port ${ports[0].number} of its hosts with ${replicas} copies on Swarm:`
      + ' two could be started on one host, which has a port once; run one copy, or leave networkMode out')];
  }
  return [];
}

function networkFindings(network: NetworkModel): Finding[] {
  const { path, name, layer2, ipv6Subnet, members } = network;
  if (layer2 !== undefined) {
    const [onEach, once] = layer2Commands(network);
    return members.length === 0 ? [] : [warning('layer2-network', path, `${name} must be there before the stack, which cannot make it on Swarm: on each node, with an --ip-range that is its alone,`
      + ` \`${onEach}\`; then on one manager \`${once}\``)];
  }
  return ipv6Subnet === undefined ? [] : [warning('ipv6', path, `${name} has no IPv6 on Swarm, so not ${ipv6Subnet}: \`docker stack deploy\` refuses enable_ipv6`)];
}

function orderedStarts({ path, name, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter }) => startAfter).map(({ to }) => warning('start-order', path,
    `${name} does not wait for ${to.name} on Swarm, which orders no starts: it must try again until ${to.name} answers`));
}

function initContainers({ path, name, init }: WorkloadModel): Finding[] {
  return init.map((container) => warning('init-not-awaited', path,
    `${name} does not wait for ${container.name} on Swarm, which orders no starts: both start at once`));
}

function longNames(workload: WorkloadModel, { encrypted }: SwarmOptions, neighbours: Neighbours): Finding[] {
  const { path, chart } = workload;
  const beside = [...workload.sidecars, ...workload.init, ...workload.releaseSteps].map(({ name }) => name);
  const services = copyServices(workload).flatMap((service) => [service, ...beside.map((name) => `${service}-${name}`)]);
  const all = [...services, ...handoverServices(workload, neighbours)].map((service) => `${chart}_${service}`);
  const networks = [...ownOverlays(workload, encrypted), ...companionOverlays(workload, neighbours)].map(([, { name }]) => name);
  return [...tooLong('service', path, all, ONE), ...tooLong('network', path, networks, ONE)].slice(0, 1);
}

function linkNetwork(link: LinkModel, { encrypted }: SwarmOptions, neighbours: Neighbours): string | undefined {
  const { connection } = link;
  if (!spansCharts(connection)) return linkOverlay(link, encrypted, neighbours)?.name;
  return isLinkable(connection) ? sharedOverlay(connection, encrypted).name : undefined;
}

const ONE = "the id or the chart's";
/** Networks between two have the names of both. */
const BOTH = "the ids or the charts'";

/** Of several names the longest one says how much there is to shorten. */
function tooLong(what: string, path: string, names: (string | undefined)[], shorten: string): Finding[] {
  const [longest = ''] = names.filter((name) => name !== undefined).sort((a, b) => b.length - a.length);
  if (longest.length <= LONGEST_NAME) return [];
  return [error('long-name', path, `${what} ${longest} cannot exist on Swarm: ${longest.length} characters are more than ${LONGEST_NAME}, shorten ${shorten}`)];
}

function sharedVolumes(chart: ChartModel): Finding[] {
  return chart.sharedVolumes.filter(({ nfsServer, existingName }) => nfsServer === undefined && existingName === undefined)
    .filter(({ name }) => chart.workloads.some((workload) => workload.placement === undefined
      && containersOf(workload).some(({ volumes }) => volumes.some((volume) => volume.kind === VolumeKind.SHARED && volume.name === name))))
    .map(({ path, name }) => warning('shared-volume-of-each-host', path,
      `${name} is another volume on each host of a Swarm: give it nfsServer, or keep all that use it on one host by placement`));
}

function loadBalancers({ loadBalancers: all }: ChartModel, options: SwarmOptions): Finding[] {
  const { edge, publishMode } = options;
  return all.flatMap((loadBalancer) => [
    ...placementFindings({ path: loadBalancer.path, name: loadBalancer.name, placement: edge }),
    ...swarmVisitorAddresses(loadBalancer, publishMode === PublishMode.INGRESS),
    ...balancingFindings(loadBalancer, edgeBalancing(loadBalancer, options)),
    ...backendFindings(loadBalancer, stackLoadBalancer(loadBalancer).lowered),
    ...publishMode === PublishMode.INGRESS ? [warning('routing-mesh', loadBalancer.path,
      `${loadBalancer.name} sees addresses of the routing mesh on Swarm instead of those of its visitors, in its log and in what it tells workloads`
      + `${runsEverywhere(loadBalancer) ? ', and connections are balanced twice: by the mesh, then by it' : ''}; use PublishMode.HOST where that matters`)] : [],
    ...destinationsOnHost(loadBalancer).map((name) => error('route-to-host', loadBalancer.path,
      `${loadBalancer.name} cannot send requests to ${name} on Swarm: it has the network of its hosts, and nobody knows on which of them it runs;`
      + ' leave networkMode out there and use publishedPorts, or leave Swarm out (onlyOn)')),
    ...loadBalancer.publishAddress === undefined ? [] : [error('published-address', loadBalancer.path,
      `${loadBalancer.name} cannot listen on ${loadBalancer.publishAddress} alone on Swarm: it would be open on every address; `
      + 'leave publishAddress out, or leave Swarm out (targets of the App)')],
    ...runsEverywhere(loadBalancer) || edge?.hostname !== undefined ? [] : [warning('certificates-of-one-host', loadBalancer.path,
      `${loadBalancer.name} gets its certificates by itself, so it runs once on Swarm; where it moves, it asks for new ones: `
      + "give new SwarmTarget({ edge: Placement.onNode('HOST') })")],
  ]);
}

function longSecrets({ secrets }: ChartModel): Finding[] {
  return secrets.map((secret) => ({ path: secret.path, name: secretName(secret) })).filter(({ name }) => name.length > LONGEST_SECRET)
    .map(({ path, name }) => error('long-name', path,
      `secret ${name} cannot exist on Swarm: ${name.length} characters are more than ${LONGEST_SECRET}, shorten the id or the chart's`));
}
