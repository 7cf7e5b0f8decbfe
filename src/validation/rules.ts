import { contradictedImages } from './known-images/rules';
import * as messages from './messages';
import { plainTextSecrets } from './plain-text-secrets';
import { privateEnd } from './private-names';
import { securityOptOuts } from './security-rules';
import { controlSocketIn, ipv4Range, isPinned } from './syntax';
import { calleesNotConnected, constructsInTexts, unsetInTexts } from './value-rules';
import { usersOf } from '../model/access-rule';
import type { AppModel, ChartModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { leadsNowhere } from '../model/load-balancer';
import type { NetworkModel } from '../model/network';
import { NetworkModeKind } from '../model/network-mode';
import { SecurityLevel } from '../model/security';
import { VolumeKind } from '../model/volume';
import { containersOf, type ContainerModel, type WorkloadModel } from '../model/workload';
import { PeerKind, WorkloadKind } from '../model/workload';
import { addressNumber, rangeNumbers } from '../util/ip-range';

/*
 * What only the whole application shows. Each rule is a pure function over the model.
 */

type Rule = (chart: ChartModel) => Finding[];

/**
 * Everything that is wrong, or will hurt one day, on every target.
 *
 * @internal
 */
export function checkApp(app: AppModel): Finding[] {
  return [
    ...app.charts.flatMap((chart) => RULES.flatMap((rule) => rule(chart))),
    ...overlappingSubnets(app),
    ...hostNamesTwice(app),
    ...requestsCutOff(app),
    ...startCycles(app),
  ];
}

const imagesWithoutTag: Rule = (chart) => everyContainer(chart)
  .filter(([, container]) => !isPinned(container.image))
  .map(([workload, container]) => warning('image-without-tag', workload, messages.imageWithoutTag(container.name, container.image)));

const singleCopies: Rule = (chart) => chart.workloads
  .filter(({ kind, replicas }) => replicas === 1 && (kind === WorkloadKind.SERVICE || kind === WorkloadKind.WORKER))
  .map((workload) => warning('single-copy', workload, messages.singleCopy(workload.name)));

const missingHealthChecks: Rule = (chart) => chart.workloads
  .filter(({ ports, container }) => ports.length > 0 && container.healthCheck === undefined)
  .map((workload) => warning('no-health-check', workload, messages.noHealthCheck(workload.name)));

const secretsInVariables: Rule = (chart) => everyContainer(chart).flatMap(([workload, container]) => Object.entries(container.secretEnvironment)
  .map(([variable, secret]) => warning('secret-in-variable', workload, messages.secretInVariable(container.name, variable, secret.name))));

/** A variable that names the file of a secret which the container does not have. */
const secretsNotMounted: Rule = (chart) => everyContainer(chart).flatMap(([workload, { name, environment, secrets }]) => {
  const missing = chart.secrets.filter((secret) => !secrets.some((mounted) => mounted.name === secret.name));
  return Object.entries(environment).flatMap(([variable, value]) => missing.filter(({ file }) => file === value).map((secret) =>
    error('secret-not-mounted', workload.path, messages.secretNotMounted(workload.path, name, variable, value, secret.name))));
});

const withoutRoutes: Rule = (chart) => chart.loadBalancers.filter(leadsNowhere)
  .map(({ path, name }) => ({ rule: 'no-routes', severity: Severity.WARNING, path, message: messages.loadBalancerWithoutRoutes(name) }));

const smallSubnets: Rule = (chart) => chart.networks.flatMap((network) => {
  const ipRange = network.layer2?.ipRange;
  const given = ipRange ?? network.subnet;
  const range = ipv4Range(given);
  if (range === undefined) return [];
  // The network's own address, the gateway's and the broadcast address are taken. A part of a subnet is all for copies.
  const room = range.last - range.first + 1 - (ipRange === undefined ? 3 : 0);
  const hasAddress = ({ attachments }: WorkloadModel) => attachments.some((one) => one.network === network && one.address !== undefined);
  const takers = members(chart, network).filter((member) => ipRange === undefined || !hasAddress(member));
  const copies = takers.reduce((sum, { replicas, maxReplicas }) => sum + (maxReplicas ?? replicas), 0);
  return copies <= room ? [] : [error('subnet-too-small', network.path, messages.subnetTooSmall(network.path, network.name, given!, room, copies))];
});

/** A program that is not root must not listen there. In a network of its own it may, since the engine allows it. */
const lowPortsOfHosts: Rule = (chart) => chart.workloads
  .filter(({ networkMode, container: { security } }) => networkMode?.kind === NetworkModeKind.HOST
    && security.level === SecurityLevel.RESTRICTED && !security.bindLowPorts)
  .flatMap((workload) => workload.ports.filter(({ number }) => number < 1024)
    .map(({ number }) => warning('low-port-of-host', workload, messages.lowPortOfHost(workload.name, number))));

const addressesTwice: Rule = (chart) => chart.networks.flatMap((network) => {
  const owners = new Map<string, string>();
  return members(chart, network).flatMap((workload) => {
    const { address, ipv6Address } = workload.attachments.find((attachment) => attachment.network === network)!;
    return [address, ipv6Address].flatMap((one) => {
      if (one === undefined) return [];
      const number = String(addressNumber(one));
      const other = owners.get(number);
      owners.set(number, workload.name);
      return other === undefined ? [] : [error('address-taken', workload.path, messages.addressTaken(workload.path, workload.name, one, network.name, other))];
    });
  });
});

const plainHttp: Rule = (chart) => chart.loadBalancers.flatMap(({ path, name, hosts }) => hosts.filter(({ issuer }) => issuer === undefined)
  .map((host) => ({ rule: 'plain-http', severity: Severity.WARNING, path, message: messages.plainHttp(name, host.name, privateEnd(host.name) === undefined) })));

/** Of any other directory of ACME nobody knows whose it is. */
const hostsNotCertified: Rule = (chart) => chart.loadBalancers.flatMap(({ path, name, hosts }) => hosts.flatMap(({ name: host, issuer }) => {
  const end = issuer !== undefined && /\.letsencrypt\.org\//.test(issuer.directory ?? '') ? privateEnd(host) : undefined;
  return end === undefined ? []
    : [{ rule: 'host-not-certified', severity: Severity.WARNING, path, message: messages.hostNotCertified(name, host, issuer!.name, end) }];
}));

const passwordsInTheClear: Rule = (chart) => chart.loadBalancers.flatMap(({ path, name, routes }) => routes
  .filter((route) => usersOf(route) !== undefined && !route.redirectHttp).map((route) => (
    { rule: 'password-over-http', severity: Severity.WARNING, path, message: messages.passwordInTheClear(name, `${route.host}${route.path}`) })));

/** Only a workload that says why is let through, and that is in the report. */
const controlSockets: Rule = (chart) => everyContainer(chart).flatMap(([workload, { name, security, volumes }]) => volumes
  .filter(({ kind }) => kind === VolumeKind.HOST_PATH).flatMap(({ source = '', path }) => {
    const socket = controlSocketIn(source);
    if (socket === undefined) return [];
    return security.level === SecurityLevel.UNRESTRICTED ? [warning('control-socket', workload, messages.controlSocket(name, source, path))]
      : [error('control-socket', workload.path, messages.controlSocketMounted(workload.path, name, source, socket))];
  }));

const RULES: Rule[] = [
  imagesWithoutTag, singleCopies, missingHealthChecks, plainTextSecrets, secretsInVariables, secretsNotMounted, smallSubnets, addressesTwice,
  lowPortsOfHosts, withoutRoutes, plainHttp, hostsNotCertified, passwordsInTheClear, controlSockets, securityOptOuts, contradictedImages,
  calleesNotConnected, constructsInTexts, unsetInTexts,
];

/** Networks of different charts may stand on one host, so their ranges must not overlap either. */
function overlappingSubnets(app: AppModel): Finding[] {
  const seen: { network: NetworkModel; subnet: string; ipv6: boolean; first: bigint; last: bigint }[] = [];
  return app.charts.flatMap(({ networks }) => networks).flatMap((network) => [network.subnet, network.ipv6Subnet].flatMap((subnet) => {
    if (subnet === undefined) return [];
    const [ipv6, { first, last }] = [subnet.includes(':'), rangeNumbers(subnet)];
    const other = seen.find((one) => one.ipv6 === ipv6 && first <= one.last && one.first <= last);
    seen.push({ network, subnet, ipv6, first, last });
    return other === undefined ? []
      : [error('subnets-overlap', network.path, messages.subnetsOverlap(network.path, network.name, subnet, `'${other.network.name}'`, other.subnet))];
  }));
}

/** A host name is unique in a chart, and one of another chart comes in with a connection to it. */
function hostNamesTwice({ charts }: AppModel): Finding[] {
  return charts.flatMap(({ workloads, loadBalancers }) => {
    const own = new Set([...workloads, ...loadBalancers].map(({ name }) => name));
    return workloads.flatMap(({ path, chart, name, callees }) => callees
      .filter(({ to }) => to.kind === PeerKind.WORKLOAD && to.chart !== chart && own.has(to.name))
      .map(({ to }) => error('host-name-taken', path, messages.hostNameTaken(path, name, to.name, to.chart, `'${to.name}' of its own chart '${chart}'`))));
  });
}

/** Grace periods follow drain times, so that a drain is never longer than its grace. What a route allows may be longer than both. */
function requestsCutOff({ charts }: AppModel): Finding[] {
  const drains = new Map(charts.flatMap(({ workloads }) => workloads).map((workload) => [key(workload), workload.drainSeconds]));
  return charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap(({ path, name, routes }) =>
    routes.flatMap(({ host, path: prefix, targets, requestTimeoutSeconds: seconds = 0 }) => targets.flatMap(({ peer }) => {
      const drain = drains.get(key(peer)) ?? seconds;
      return drain >= seconds ? [] : [{
        rule: 'request-outlives-copy', severity: Severity.WARNING, path, message: messages.requestOutlivesCopy(name, `${host}${prefix}`, seconds, peer.name, drain),
      }];
    })));
}

/**
 * Connections and routes whose other end a target does not render.
 *
 * @param target the target's name
 * @internal
 */
export function cutLinks(app: AppModel, target: string): Finding[] {
  return app.charts.flatMap((chart) => chart.cutLinks).map(({ path, name, callee, askedAbout }) => askedAbout === undefined
    ? { rule: 'callee-not-rendered', severity: Severity.WARNING, path, message: messages.calleeNotRendered(name, callee.name, callee.chart, target) }
    : error('route-access', path, messages.askedNotRendered(path, name, askedAbout, callee.name, callee.chart, target)));
}

/** A cycle of starts is named whole, from its first name in the alphabet, so that the text does not hang on the order of calls. */
function startCycles(app: AppModel): Finding[] {
  const workloads = new Map(app.charts.flatMap((chart) => chart.workloads).map((workload) => [key(workload), workload]));
  const done = new Set<string>();
  for (const start of workloads.keys()) {
    const cycle = findCycle(start, workloads, done);
    if (cycle !== undefined) {
      const { path } = workloads.get(cycle[0])!;
      return [error('start-cycle', path, messages.startCycle(path, cycle.map((one) => workloads.get(one)!.name)))];
    }
  }
  return [];
}

function findCycle(start: string, workloads: Map<string, WorkloadModel>, done: Set<string>): string[] | undefined {
  // A loop of its own instead of recursion: chains may be thousands long.
  const path: { at: string; next: string[] }[] = [{ at: start, next: startsAfter(workloads.get(start)!) }];
  const open = new Set([start]);
  while (path.length > 0) {
    const { at, next } = path[path.length - 1];
    const to = next.pop();
    if (to === undefined) {
      done.add(at);
      open.delete(at);
      path.pop();
    } else if (open.has(to)) {
      const names = path.map((step) => step.at);
      return rotated(names.slice(names.indexOf(to)));
    } else if (workloads.has(to) && !done.has(to)) {
      open.add(to);
      path.push({ at: to, next: startsAfter(workloads.get(to)!) });
    }
  }
  return undefined;
}

function startsAfter(workload: WorkloadModel): string[] {
  return workload.callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD).map(({ to }) => key(to)).reverse();
}

function rotated(cycle: string[]): string[] {
  const first = cycle.indexOf([...cycle].sort()[0]);
  const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
  return [...turned, turned[0]];
}

function key({ chart, name }: { chart: string; name: string }): string {
  return `${chart}/${name}`;
}

function members(chart: ChartModel, network: NetworkModel): WorkloadModel[] {
  return chart.workloads.filter(({ attachments }) => attachments.some((attachment) => attachment.network === network));
}

function everyContainer(chart: ChartModel): [WorkloadModel, ContainerModel][] {
  return chart.workloads.flatMap((workload) => containersOf(workload)
    .map((container): [WorkloadModel, ContainerModel] => [workload, container]));
}

function warning(rule: string, workload: WorkloadModel, message: string): Finding {
  return { rule, severity: Severity.WARNING, path: workload.path, message };
}

function error(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.ERROR, path, message };
}
