import * as messages from './messages';
import type { AppModel } from '../model/app-model';
import { Severity, type Finding } from '../model/finding';
import { leadsNowhere, visitorPorts, type LoadBalancerModel } from '../model/load-balancer';
import { NetworkModeKind } from '../model/network-mode';
import type { WorkloadModel } from '../model/workload';
import { PeerKind, WorkloadKind } from '../model/workload';

/*
 * What cannot be on Docker, where charts share hosts: rules that the Compose and Swarm targets add to their own.
 */

/**
 * A port of a host belongs to one.
 *
 * @internal
 */
export function hostPortsTaken(app: AppModel): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  const take = (path: string, name: string, port: number, transport: string, address = '*', message = messages.hostPortTaken) => {
    const wildcard = `${port}/${transport}@*`;
    const key = `${port}/${transport}@${address}`;
    const other = owners.get(key) ?? owners.get(wildcard)
      ?? (address === '*' ? [...owners].find(([taken]) => taken.startsWith(`${port}/${transport}@`))?.[1] : undefined);
    if (other === undefined) owners.set(key, `'${name}' [${path}]`);
    else findings.push({ rule: 'host-port-taken', severity: Severity.ERROR, path, message: message(path, name, `${port}/${transport}`, other) });
  };
  for (const chart of app.charts) {
    for (const balancer of chart.loadBalancers) {
      if (leadsNowhere(balancer)) continue;
      for (const port of visitorPorts(balancer)) take(balancer.path, balancer.name, port, 'TCP', balancer.publishAddress);
    }
    for (const workload of chart.workloads) {
      if (workload.networkMode?.kind === NetworkModeKind.HOST) {
        for (const { number, transport } of workload.ports) take(workload.path, workload.name, number, transport, '*', messages.portOfHostTaken);
      }
      for (const { port, hostPort = port, address } of workload.publishedPorts) {
        take(workload.path, workload.name, hostPort, workload.ports.find(({ number }) => number === port)!.transport, address);
      }
    }
  }
  return findings;
}

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
