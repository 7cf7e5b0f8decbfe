import { needsOwnLabel } from './deploy';
import { runsEverywhere, stackLoadBalancer } from './load-balancer';
import { secretName } from './names';
import { sharedOverlay } from './networks';
import { PublishMode, type SwarmOptions } from './options';
import { hasOwnDisk } from './storage';
import { swarmVisitorAddresses } from './visitor-addresses';
import type { AppModel, ChartModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { VolumeKind } from '../../model/volume';
import type { WorkloadModel } from '../../model/workload';
import { copyServices } from '../compose/copies';
import { dockerFindings, error, limitationFindings, warning } from '../compose/findings';
import { sharedHostNames } from '../compose/host-names';
import { isLinkable, spansCharts } from '../compose/networks';
import { containersOf } from '../compose/storage';

/** The engine takes no longer names of services (they are DNS labels) and of secrets. */
const LONGEST_SERVICE = 63;
const LONGEST_SECRET = 64;

/**
 * What only Swarm finds wrong with an application.
 *
 * @internal
 */
export function swarmFindings(app: AppModel, options: SwarmOptions): Finding[] {
  return [
    ...dockerFindings(app, 'Swarm'),
    ...sharedHostNames(app, 'Swarm'),
    ...app.charts.flatMap((chart) => [
      ...chart.workloads.flatMap(workloadFindings),
      ...sharedVolumes(chart),
      ...loadBalancers(chart, options),
      ...longSecrets(chart),
      ...longNetworks(chart, options),
    ]),
  ];
}

function workloadFindings(workload: WorkloadModel): Finding[] {
  return [
    ...unpinnedVolumes(workload), ...ownLabels(workload), ...hostPaths(workload), ...publishedAddresses(workload), ...staticAddresses(workload),
    ...orderedStarts(workload), ...initContainers(workload), ...longServices(workload),
  ];
}

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

function staticAddresses({ path, name, attachments }: WorkloadModel): Finding[] {
  return attachments.filter(({ address }) => address !== undefined).map(({ address, network }) => warning('static-address', path,
    `${name} does not have the address ${address} in ${network.name} on Swarm, which gives no static addresses: use its name`));
}

function orderedStarts({ path, name, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter }) => startAfter).map(({ to }) => warning('start-order', path,
    `${name} does not wait for ${to.name} on Swarm, which orders no starts: it must try again until ${to.name} answers`));
}

function initContainers({ path, name, init }: WorkloadModel): Finding[] {
  return init.map((container) => warning('init-not-awaited', path,
    `${name} does not wait for ${container.name} on Swarm, which orders no starts: both start at once`));
}

function longServices(workload: WorkloadModel): Finding[] {
  const { path, chart } = workload;
  const beside = [...workload.sidecars, ...workload.init, ...workload.releaseSteps].map(({ name }) => name);
  const services = copyServices(workload).flatMap((service) => [service, ...beside.map((name) => `${service}-${name}`)]);
  return services.map((service) => `${chart}_${service}`).filter((name) => name.length > LONGEST_SERVICE).map((name) => error('long-name', path,
    `service ${name} cannot exist on Swarm: ${name.length} characters are more than ${LONGEST_SERVICE}, shorten the id or the chart's`));
}

function sharedVolumes(chart: ChartModel): Finding[] {
  return chart.sharedVolumes.filter(({ nfsServer, existingName }) => nfsServer === undefined && existingName === undefined)
    .filter(({ name }) => chart.workloads.some((workload) => workload.placement === undefined
      && containersOf(workload).some(({ volumes }) => volumes.some((volume) => volume.kind === VolumeKind.SHARED && volume.name === name))))
    .map(({ path, name }) => warning('shared-volume-of-each-host', path,
      `${name} is another volume on each host of a Swarm: give it nfsServer, or keep all that use it on one host by placement`));
}

function loadBalancers({ loadBalancers: all }: ChartModel, { edge, publishMode }: SwarmOptions): Finding[] {
  return all.flatMap((loadBalancer) => [
    ...swarmVisitorAddresses(loadBalancer, publishMode === PublishMode.INGRESS),
    ...limitationFindings(loadBalancer, stackLoadBalancer(loadBalancer).lowered),
    ...loadBalancer.publishAddress === undefined ? [] : [error('published-address', loadBalancer.path,
      `${loadBalancer.name} cannot listen on ${loadBalancer.publishAddress} alone on Swarm: it would be open on every address; `
      + 'leave publishAddress out, or leave Swarm out (targets of the App)')],
    ...runsEverywhere(loadBalancer) || edge?.hostname !== undefined ? [] : [warning('certificates-of-one-host', loadBalancer.path,
      `${loadBalancer.name} gets its certificates by itself, so it runs once on Swarm; where it moves, it asks for new ones: `
      + "give new SwarmTarget({ edge: Placement.onNode('HOST') })")],
  ]);
}

/** Names of networks that two stacks share have those of both ends in them. */
function longNetworks(chart: ChartModel, { encrypted }: SwarmOptions): Finding[] {
  return chart.links.map(({ connection }) => connection).filter((connection) => spansCharts(connection) && isLinkable(connection))
    .map((connection) => sharedOverlay(connection, encrypted).name).filter((name) => name.length > LONGEST_SERVICE)
    .map((name) => error('long-name', chart.path,
      `network ${name} cannot exist on Swarm: ${name.length} characters are more than ${LONGEST_SERVICE}, shorten the ids or the charts'`));
}

function longSecrets({ secrets }: ChartModel): Finding[] {
  return secrets.map((secret) => ({ path: secret.path, name: secretName(secret) })).filter(({ name }) => name.length > LONGEST_SECRET)
    .map(({ path, name }) => error('long-name', path,
      `secret ${name} cannot exist on Swarm: ${name.length} characters are more than ${LONGEST_SECRET}, shorten the id or the chart's`));
}
