import { sharedLine, type SharedNetwork } from './across-charts';
import type { BalancerBodies } from './balancer-bodies';
import { scheduled } from './clock';
import { variableName } from './container';
import { besides, copyServices, isReplicated, ownerName } from './copies';
import type { LoadBalancerWorkload } from './load-balancer';
import type { Neighbours } from './neighbours';
import { isSharer } from './network-mode';
import { outsideNetwork } from './networks';
import { handovers } from './ownership';
import { secretFileName } from './secret-names';
import { storedSecrets, variableSecrets } from './secrets';
import { namedVolumes, volumeKey } from './storage';
import { hasTwin } from './twin';
import { projectVariable } from '../../loadbalancers/copies';
import { secretsOf } from '../../loadbalancers/load-balancer-workload';
import type { ChartModel } from '../../model/app-model';
import { IssuerKind, type IssuerModel } from '../../model/certificate';
import type { SecretModel } from '../../model/secret';
import { VolumeKind, type Volume } from '../../model/volume';
import { containersOf, PeerKind, WorkloadKind, type ContainerModel, type WorkloadModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';
import { jsonText } from '../../util/json-text';
import { joined } from '../../util/lists';
import { compare } from '../../util/order';
import { shellQuote } from '../../util/shell';

/*
 * What `deploy.sh` does with a project: one line for each thing, in the order in which it is done. All else it asks of
 * Compose, so that patches and variables count.
 */

/** Seconds that a service without a health check has to start. */
const START = 30;

/** Seconds beyond the time that a health check allows for. */
const SPARE = 15;

/** Seconds until load balancers and callers have seen new copies: an interval of checks, a refresh of names, and one more. */
const SETTLE = 3;

/** The longest interval at which a load balancer asks copies oftener than declared. */
const DEFAULT_INTERVAL = 5;

/** Volumes in which a new version may write what the version before cannot read. */
const KEPT = [VolumeKind.PERSISTENT, VolumeKind.SHARED, VolumeKind.HOST_PATH];

/**
 * The plan of one project.
 *
 * @param bodies of load balancers and proxies, patched
 * @param shared the networks that it shares with other projects
 * @internal
 */
export function deployPlan(
  chart: ChartModel, loadBalancers: LoadBalancerWorkload[], bodies: BalancerBodies, neighbours: Neighbours, composeVersion: string,
  shared: SharedNetwork[],
): string {
  const all = inStartOrder(chart.workloads, neighbours);
  const ordered = all.filter((workload) => !isSharer(workload));
  const stateful = ordered.filter(({ kind }) => kind === WorkloadKind.STATEFUL);
  const replicated = ordered.filter(isReplicated);
  const jobs = ordered.filter(({ kind }) => kind === WorkloadKind.JOB);
  const once = (workload: WorkloadModel) => onceLines(workload, neighbours);
  const single = (workload: WorkloadModel) => singleLines(workload, chart);
  const sidecars = (workload: WorkloadModel) => sidecarLines(workload, chart);
  return [
    `# What deploy.sh does with ${chart.name}, in this order. Made by cdk8s-ha.`,
    `project ${chart.name}`,
    `compose ${composeVersion}`,
    ...storedSecrets(chart).map((secret) => secretLine(secret, chart)),
    ...variableLines(chart),
    ...certificateLines(chart),
    ...shared.map(({ key, options }) => sharedLine(key, options)),
    ...stateful.flatMap((workload) => joined(once(workload), single(workload), sidecars(workload))),
    ...replicated.flatMap((workload) => joined(once(workload), stepLines(workload))),
    ...replicated.flatMap((workload) => joined(
      hasTwin(workload)
        ? joined([rollingLine(workload)], drainLines(workload, loadBalancers, neighbours), apartLines(workload, loadBalancers, neighbours))
        : single(workload),
      balancerLines(neighbours.proxyOf(workload), bodies),
      sidecars(workload),
    )),
    ...jobs.flatMap((workload) => joined(once(workload), single(workload), sidecars(workload))),
    // Whoever owns the network is there by then, and a new container of the owner means a new one of who shares it.
    ...all.filter(isSharer).flatMap((workload) => [...once(workload), ...stepLines(workload), ...single(workload), ...sidecars(workload)]),
    ...loadBalancers.flatMap(({ workload, lowered }) => [
      ...once(workload),
      ...sidecars(workload),
      ...balancerLines({ workload, lowered }, bodies),
      ...(lowered.sysctls ?? []).map(({ name, value, kernel }) => `sysctl ${workload.name} name=${name} value=${value} kernel=${kernel}`),
    ]),
    ...volumeNames(chart, loadBalancers.map(({ workload }) => workload)).map((name) => `volume ${name}`),
    '',
  ].join('\n');
}

/** Who is waited for comes first; else by name. A circle is broken where it is entered. */
function inStartOrder(workloads: WorkloadModel[], neighbours: Neighbours): WorkloadModel[] {
  const ordered = new Set<WorkloadModel>();
  const entered = new Set<WorkloadModel>();
  const enter = (workload: WorkloadModel) => {
    if (entered.has(workload)) return;
    entered.add(workload);
    for (const { to, startAfter } of workload.callees) {
      const callee = startAfter && to.kind === PeerKind.WORKLOAD && to.chart === workload.chart ? neighbours.workload(to) : undefined;
      if (callee !== undefined) enter(callee);
    }
    ordered.add(workload);
  };
  workloads.forEach(enter);
  return [...ordered];
}

function secretLine(secret: SecretModel, chart: ChartModel): string {
  const uses = (container: ContainerModel) => container.secrets.some(({ name }) => name === secret.name);
  const balanced = chart.loadBalancers.some((loadBalancer) => secretsOf(loadBalancer).some(({ name }) => name === secret.name));
  const users = new Set(chart.workloads.flatMap(containersOf).filter(uses).map(({ user }) => user));
  const [user] = users;
  // A file has one owner: where several users read it, or one that only the image knows, its folder protects it.
  const owner = users.size === 1 && user !== undefined && !balanced ? ` user=${user}` : '';
  return `secret ${secret.name} file=${secretFileName(secret)}${owner}`;
}

/**
 * Secrets whose values stand in `.env`: who asks for one is told so.
 *
 * @internal
 */
export const variableLines = (chart: ChartModel): string[] => variableSecrets(chart).map((secret) => `variable ${secret.name} name=${variableName(secret)}`);

/**
 * Certificates of the user's own, and the hosts that each is for: their values are checked before they are used.
 *
 * @internal
 */
export function certificateLines({ loadBalancers }: ChartModel): string[] {
  const hosts = new Map<IssuerModel, Set<string>>();
  for (const { name, issuer } of loadBalancers.flatMap((loadBalancer) => loadBalancer.hosts)) {
    if (issuer?.kind === IssuerKind.FILES) hosts.set(issuer, (hosts.get(issuer) ?? new Set()).add(name));
  }
  return [...hosts].map(([{ certificate, privateKey }, names]) =>
    `certificate ${certificate!.name} key=${privateKey!.name} hosts=${[...names].sort(compare).join(',')}`).sort(compare);
}

/** What runs to its end before copies start. */
function onceLines(workload: WorkloadModel, neighbours: Neighbours): string[] {
  return copyServices(workload).flatMap((service) => joined(
    handovers(workload, service, neighbours).length > 0 ? [`once ${ownerName(service)} for=${service}`] : [],
    workload.init.map(({ name }) => `once ${besides(service, name)} for=${service}`),
  ));
}

function stepLines(workload: WorkloadModel): string[] {
  return workload.releaseSteps.map(({ name }) => `step ${besides(workload.name, name)}`);
}

function singleLines(workload: WorkloadModel, chart: ChartModel): string[] {
  const copies = isReplicated(workload) ? workload.replicas : 1;
  const data = keptVolumes(workload.container).length > 0 ? ' data=yes' : '';
  return copyServices(workload).flatMap((service) => [
    `single ${service} copies=${copies} wait=${startSeconds(scheduled(workload))}${data}`,
    ...diskLines(service, workload.container, service, workload, chart),
  ]);
}

/** What a service has for itself, so that nobody else may work on it at the same time. */
function diskLines(name: string, container: ContainerModel, service: string, workload: WorkloadModel, chart: ChartModel): string[] {
  return keptVolumes(container).filter((volume) => isOwn(volume, workload, chart)).map((volume) =>
    `disk ${name} ${volume.kind === VolumeKind.HOST_PATH ? volume.source! : volumeName(volume, service, chart)}`);
}

function isOwn(volume: Volume, workload: WorkloadModel, chart: ChartModel): boolean {
  if (volume.kind === VolumeKind.PERSISTENT) return true;
  const isSame = ({ kind, name, source }: Volume) =>
    kind === volume.kind && (kind === VolumeKind.HOST_PATH ? source === volume.source : name === volume.name);
  return workload.replicas === 1
    && chart.workloads.every((other) => other === workload || !containersOf(other).some(({ volumes }) => volumes.some(isSame)));
}

function keptVolumes({ volumes }: ContainerModel): Volume[] {
  return volumes.filter(({ kind, readOnly }) => KEPT.includes(kind) && !readOnly);
}

function rollingLine(workload: WorkloadModel): string {
  const { name, replicas, container } = workload;
  const interval = container.healthCheck?.intervalSeconds ?? 0;
  const called = workload.callers.length > 0 || workload.attachments.length > 0;
  const settle = !called ? 0 : interval > DEFAULT_INTERVAL ? interval + 2 : SETTLE;
  return `rolling ${name} copies=${replicas} wait=${startSeconds(container)} settle=${settle} memory=${container.resources.memoryMebibytes}`;
}

/** What can keep requests from copies that are about to stop. */
function drainLines({ chart, name }: WorkloadModel, loadBalancers: LoadBalancerWorkload[], neighbours: Neighbours): string[] {
  const proxy = neighbours.proxyOf({ chart, name });
  const before = loadBalancers.filter((loadBalancer) => isCalledBy(loadBalancer, chart, name));
  return joined(proxy === undefined ? [] : [proxy], before).flatMap(({ workload, lowered: { drainCommand } }) =>
    drainCommand === undefined ? [] : [`drain ${name} ${workload.name} ${words(drainCommand)}`]);
}

/** What must be told when the twin of a service serves in its place. */
function apartLines({ chart, name }: WorkloadModel, loadBalancers: LoadBalancerWorkload[], neighbours: Neighbours): string[] {
  const toldApart = (loadBalancer: LoadBalancerWorkload) => neighbours.loadBalancer(loadBalancer.workload)?.backend.tellsStandInsApart;
  return loadBalancers.filter((loadBalancer) => toldApart(loadBalancer) && isCalledBy(loadBalancer, chart, name))
    .map(({ workload }) => `apart ${name} ${workload.name}`);
}

function isCalledBy({ workload }: LoadBalancerWorkload, chart: string, name: string): boolean {
  let called = CALLED.get(workload);
  if (called === undefined) CALLED.set(workload, called = new Set(workload.callees.map(({ to }) => `${to.chart}/${to.name}`)));
  return called.has(`${chart}/${name}`);
}

/** A load balancer has as many callees as routes, and each of them asks. */
const CALLED = new WeakMap<WorkloadModel, ReadonlySet<string>>();

function sidecarLines(workload: WorkloadModel, chart: ChartModel): string[] {
  const copies = isReplicated(workload) ? workload.replicas : 1;
  return copyServices(workload).flatMap((service) => workload.sidecars.flatMap((sidecar) => [
    `single ${besides(service, sidecar.name)} copies=${copies} wait=${startSeconds(sidecar)}`,
    ...diskLines(besides(service, sidecar.name), sidecar, service, workload, chart),
  ]));
}

/** What feeds a load balancer. */
function balancerLines(balancer: LoadBalancerWorkload | undefined, bodies: BalancerBodies): string[] {
  if (balancer === undefined) return [];
  const { workload, lowered } = balancer;
  return [
    balancerLine(workload, bodies),
    `reload ${workload.name} ${words(lowered.reloadCommand)}`,
  ];
}

/** A load balancer is created anew when its body changed; for another link it is not, since it can join that while it runs. */
function balancerLine({ name, container }: WorkloadModel, bodies: BalancerBodies): string {
  const service = bodies.service(name);
  const { networks = {} } = service;
  const links = Object.keys(networks).map((key) => ({ name: bodies.network(key), aliases: (networks[key]?.aliases ?? []) as string[] }))
    .sort((a, b) => compare(a.name, b.name));
  const named = links.map((network) => [network.name, ...network.aliases].join(':'));
  return `balancer ${name} wait=${startSeconds(container)} settle=${SETTLE} body=${bodyHash(name, service, links)} networks=${named.join(',')}`;
}

/** Changes where a new container is needed. */
function bodyHash(name: string, service: any, links: { name: string; aliases: string[] }[]): string {
  const ways = links.map((network) => network.name).filter((network) => network.startsWith(outsideNetwork(name)));
  // Other names in a link that it has joined are as good as another body.
  const further = [...new Set(links.flatMap(({ aliases }) => aliases))].sort(compare);
  const names = further.length > 0 ? [ways, further] : [ways];
  const text = `[${jsonText({ ...service, networks: undefined, environment: withoutProjects(service.environment) })},${JSON.stringify(names).slice(1)}`;
  return contentHash(text);
}

/** Names of projects at their defaults are in its configuration: a route into another chart needs no new container. */
function withoutProjects(environment: any): any {
  // A patch may have made it a list.
  if (environment === undefined || Array.isArray(environment)) return environment;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith(projectVariable(''))));
}

/** A plan has one line for each thing. */
function words(command: string[]): string {
  let text = WORDS.get(command);
  if (text === undefined) WORDS.set(command, text = command.map((word) => shellQuote(word.replaceAll('\n', '; '))).join(' '));
  return text;
}

/** A load balancer is drained for each of its routes, and proxies have their commands in common. */
const WORDS = new WeakMap<string[], string>();

/**
 * Seconds in which a copy that can start has become ready.
 *
 * @internal
 */
export function startSeconds({ healthCheck }: ContainerModel): number {
  if (healthCheck === undefined) return START;
  const { startPeriodSeconds, retries, intervalSeconds, timeoutSeconds } = healthCheck;
  return startPeriodSeconds + retries * (intervalSeconds + timeoutSeconds) + SPARE;
}

/** Volumes that must not be removed by accident; `=` stands before names that are not the project's own. */
function volumeNames(chart: ChartModel, loadBalancers: WorkloadModel[]): string[] {
  const own = [...chart.workloads, ...loadBalancers].flatMap((workload) => namedVolumes(workload).filter(({ kind }) => kind === VolumeKind.PERSISTENT)
    .flatMap((volume) => copyServices(workload).map((service) => volumeName(volume, service, chart))));
  const shared = chart.sharedVolumes.map(({ name, existingName }) => existingName === undefined ? name : `=${existingName}`);
  return [...new Set([...own, ...shared])].sort(compare);
}

function volumeName(volume: Volume, service: string, chart: ChartModel): string {
  const { existingName } = chart.sharedVolumes.find(({ name }) => volume.kind === VolumeKind.SHARED && name === volume.name) ?? volume;
  return existingName === undefined ? volumeKey(service, volume) : `=${existingName}`;
}
