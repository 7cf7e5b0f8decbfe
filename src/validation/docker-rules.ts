import * as messages from './messages';
import type { AppModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { leadsNowhere, visitorPorts, type LoadBalancerModel } from '../model/load-balancer';
import type { LoweredLoadBalancer } from '../model/load-balancer-backend';
import { NetworkModeKind } from '../model/network-mode';
import { Protocol } from '../model/port';
import { VolumeKind } from '../model/volume';
import { containersOf, type WorkloadModel } from '../model/workload';
import { PeerKind, WorkloadKind } from '../model/workload';

/*
 * What cannot be on Docker, where charts share hosts: rules that the Compose and Swarm targets add to their own.
 */

/** Who has a port, and where; without an address or host: on all of them. */
interface PortOwner {
  readonly path: string;
  readonly name: string;
  readonly address?: string;
  readonly host?: string;
}

const meet = (one: string | undefined, other: string | undefined): boolean => one === undefined || other === undefined || one === other;

/**
 * A port of a host belongs to one.
 *
 * @param severalHosts whether workloads that are kept on hosts of their own never meet
 * @internal
 */
export function hostPortsTaken(app: AppModel, severalHosts = false): Finding[] {
  const owners = new Map<string, PortOwner[]>();
  const findings: Finding[] = [];
  const take = (owner: PortOwner, port: number, transport: string, message = messages.hostPortTaken) => {
    const what = `${port}/${transport}`;
    const others = owners.get(what) ?? [];
    const other = others.find(({ address, host }) => meet(address, owner.address) && meet(host, owner.host));
    if (other === undefined) owners.set(what, [...others, owner]);
    else findings.push({ rule: 'host-port-taken', severity: Severity.ERROR, path: owner.path, message: message(owner.path, owner.name, what, `'${other.name}' [${other.path}]`) });
  };
  for (const chart of app.charts) {
    for (const balancer of chart.loadBalancers) {
      if (leadsNowhere(balancer)) continue;
      const { path, name, publishAddress } = balancer;
      for (const port of visitorPorts(balancer)) take({ path, name, address: publishAddress }, port, 'TCP');
    }
    for (const workload of chart.workloads) {
      const owner = { path: workload.path, name: workload.name, host: severalHosts ? workload.placement?.hostname : undefined };
      if (workload.networkMode?.kind === NetworkModeKind.HOST) {
        for (const { number, transport } of workload.ports) take(owner, number, transport, messages.portOfHostTaken);
      }
      for (const { port, hostPort = port, address } of workload.publishedPorts) {
        take({ ...owner, address }, hostPort, workload.ports.find(({ number }) => number === port)!.transport);
      }
    }
  }
  return findings;
}

/**
 * A name leads to one load balancer. A cluster's edge may join the routes of several charts; here each is a proxy of its own.
 *
 * @internal
 */
export function hostsServedTwice(app: AppModel): Finding[] {
  const owners = new Map<string, LoadBalancerModel>();
  return app.charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap((loadBalancer) => [...servedNames(loadBalancer)].flatMap((host) => {
    const { path, name, chart } = loadBalancer;
    const other = owners.get(host);
    owners.set(host, loadBalancer);
    return other === undefined || other.chart === chart ? [] : [{
      rule: 'host-served-twice', severity: Severity.WARNING, path, message: messages.hostInOtherChart(name, host, `'${other.name}' of chart '${other.chart}'`),
    }];
  }));
}

const servedNames = ({ hosts, streams }: LoadBalancerModel): Set<string> =>
  new Set([...hosts.map(({ name }) => name), ...streams.flatMap(({ host = [] }) => host)]);

/**
 * An interface of a host serves one network.
 *
 * @internal
 */
export function parentsTaken(app: AppModel): Finding[] {
  const owners = new Map<string, string>();
  return app.charts.flatMap(({ networks }) => networks).flatMap(({ path, name, layer2 }) => {
    if (layer2 === undefined) return [];
    const other = owners.get(layer2.parent);
    if (other === undefined) owners.set(layer2.parent, `'${name}' [${path}]`);
    return other === undefined ? []
      : [{ rule: 'parent-taken', severity: Severity.ERROR, path, message: messages.parentTaken(path, name, layer2.parent, other) }];
  });
}

/**
 * What collects metrics comes from somewhere. Here nothing but a network or a connection leads to a workload.
 *
 * @internal
 */
export function unreachedMetrics(app: AppModel): Finding[] {
  return app.charts.flatMap(({ workloads }) => workloads).flatMap(({ path, name, metricsPort, attachments, callers, networkMode }) => {
    const isReached = networkMode !== undefined || attachments.length > 0 || callers.some(({ from }) => from.kind !== PeerKind.LOAD_BALANCER);
    if (metricsPort === undefined || isReached) return [];
    return [{ rule: 'metrics-unreached', severity: Severity.WARNING, path, message: messages.metricsUnreached(name, metricsPort) }];
  });
}

/**
 * A route whose back end cannot keep its access would be open to all.
 *
 * @internal
 */
export function unknownAccess(app: AppModel): Finding[] {
  return app.charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap(({ path, name, backend, routes }) => routes.flatMap((route) => route.access
    .filter(({ kind }) => !backend.accessKinds?.includes(kind)).map(({ kind }) => ({
      rule: 'route-access',
      severity: Severity.ERROR,
      path,
      message: messages.accessUnknown(path, name, `${route.host}${route.path}`, kind, backend.name),
    }))));
}

/**
 * Hosts with certificates that a back end serves over plain HTTP alone.
 *
 * @internal
 */
export function hostsWithoutTls({ path, name, hosts, backend }: LoadBalancerModel, { ports }: LoweredLoadBalancer): Finding[] {
  const issued = hosts.filter(({ issuer }) => issuer !== undefined).map((host) => host.name);
  // The one for HTTP comes first.
  if (issued.length === 0 || ports.filter(({ protocol }) => protocol !== Protocol.UDP).length > 1) return [];
  return [{ rule: 'hosts-without-tls', severity: Severity.ERROR, path, message: messages.hostsNotServed(path, name, issued, backend.name) }];
}

/**
 * Copies that speak TLS refuse a back end that does not.
 *
 * @internal
 */
export function unverifiedCopies(app: AppModel): Finding[] {
  const unable = app.charts.flatMap(({ loadBalancers }) => loadBalancers).filter(({ backend }) => backend.verifiesCopies !== true);
  return unable.flatMap(({ path, name, backend, routes }) =>
    routes.flatMap((route) => route.targets.filter(({ tls }) => tls !== undefined).map(({ peer }) => ({
      rule: 'copy-tls',
      severity: Severity.ERROR,
      path,
      message: messages.copiesNotMet(path, name, `${route.host}${route.path}`, peer.name, backend.name),
    }))));
}

/**
 * Copies of requests that a back end does not send.
 *
 * @internal
 */
export function requestsNotMirrored({ path, name, backend, routes }: LoadBalancerModel): Finding[] {
  if (backend.mirrorsRequests === true) return [];
  return routes.flatMap((route) => route.mirror === undefined ? [] : [{
    rule: 'route-mirror',
    severity: Severity.WARNING,
    path,
    message: messages.requestsNotMirrored(name, `${route.host}${route.path}`, route.mirror.target.peer.name, backend.name),
  }]);
}

/**
 * Connections that a back end does not pass on.
 *
 * @internal
 */
export function unpassedStreams({ path, name, backend, streams }: LoadBalancerModel): Finding[] {
  if (backend.passesStreams === true) return [];
  return streams.map(({ host, port, target }) => ({
    rule: 'stream-route',
    severity: Severity.ERROR,
    path,
    message: messages.streamNotPassed(path, name, host === undefined ? `connections to port ${port}` : `TLS for '${host}'`, target.peer.name, backend.name),
  }));
}

/**
 * A name that leads to two workloads leads to either. Names are those of the chart, since a workload may meet the other one elsewhere.
 *
 * @internal
 */
export function aliasesTaken(app: AppModel): Finding[] {
  return app.charts.flatMap(({ workloads, loadBalancers }) => {
    const owners = new Map([...workloads.flatMap((workload) => hostNames(workload).map((name): [string, string] => [name, workload.path])),
      ...loadBalancers.map(({ name, path }): [string, string] => [name, path])]);
    const aliases = new Map<string, WorkloadModel>();
    return workloads.flatMap((workload) => workload.attachments.flatMap(({ network, aliases: given }) => given.flatMap((alias) => {
      const place = `${network.name}/${alias}`;
      const other = owners.get(alias) ?? aliases.get(place)?.path;
      aliases.set(place, workload);
      return other === undefined || other === workload.path ? [] : [{
        rule: 'alias-taken', severity: Severity.ERROR, path: workload.path, message: messages.aliasTaken(workload.path, workload.name, alias, network.name, other),
      }];
    })));
  });
}

const hostNames = (workload: WorkloadModel): string[] => [...new Set([workload.name, ...serviceNames(workload)])];

/**
 * A volume that exists already is one disk: two programs that write to it do not know of each other.
 *
 * @internal
 */
export function volumesTaken(app: AppModel): Finding[] {
  const owners = new Map<string, WorkloadModel>();
  return app.charts.flatMap(({ workloads }) => workloads).flatMap((workload) => {
    const opened = containersOf(workload).flatMap(({ volumes }) => volumes)
      .flatMap(({ kind, existingName }) => kind === VolumeKind.PERSISTENT && existingName !== undefined ? [existingName] : []);
    return [...new Set(opened)].flatMap((volume) => {
      const other = owners.get(volume);
      owners.set(volume, other ?? workload);
      return other === undefined ? [] : [{
        rule: 'volume-taken', severity: Severity.ERROR, path: workload.path, message: messages.volumeTaken(workload.path, workload.name, volume, other.path),
      }];
    });
  });
}

/**
 * Containers are called PROJECT-SERVICE-NUMBER: two charts can meet in one name (`a` with `b-c`, `a-b` with `c`).
 *
 * @internal
 */
export function containerNamesTaken(app: AppModel): Finding[] {
  const owners = new Map<string, WorkloadModel>();
  return app.charts.flatMap(({ workloads }) => workloads).flatMap((workload) => serviceNames(workload).flatMap((service) => {
    const container = `${workload.chart}-${service}`;
    const other = owners.get(container);
    owners.set(container, workload);
    return other === undefined || other === workload ? [] : [{
      rule: 'container-name-taken',
      severity: Severity.ERROR,
      path: workload.path,
      message: messages.containerNameTaken(workload.path, `${container}-1`, `'${other.path}'`),
    }];
  }));
}

function serviceNames({ kind, name, replicas }: WorkloadModel): string[] {
  return kind === WorkloadKind.STATEFUL ? Array.from({ length: replicas }, (_, copy) => `${name}-${copy}`) : [name, `${name}-next`];
}
