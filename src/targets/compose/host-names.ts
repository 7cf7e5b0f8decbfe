import { error } from './findings';
import { linkedPeers } from './networks';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { calledBy as calledByRoutes, type LoadBalancerModel } from '../../model/load-balancer';
import { PeerKind, type PeerModel, type WorkloadModel } from '../../model/workload';

/*
 * On Docker a service has its name in each of its networks, so who meets two of one name reaches either. In one chart
 * names are unique; two charts may meet in one workload.
 */

/**
 * @param target the target as a reader calls it
 * @internal
 */
export function sharedHostNames({ charts }: AppModel, target: string): Finding[] {
  return charts.flatMap(({ workloads, loadBalancers }) => [
    ...workloads.flatMap((workload) => ofCallees(workload, target)),
    ...loadBalancers.flatMap((loadBalancer) => ofDestinations(loadBalancer, target)),
  ]);
}

/** Workloads that could not tell somebody they call from another of that name. */
function ofCallees(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, chart } = workload;
  const others = linkedPeers(workload).filter((peer) => peer.chart !== chart);
  if (others.length === 0) return [];
  return calledBy(workload).flatMap((called) => others.filter((other) => other.name === called.name && other.chart !== called.chart)
    .map((other) => error('host-name-shared', path,
      `${name} cannot call ${called.name} of chart '${called.chart}' on ${target}: ${nameOf(other)} of chart '${other.chart}' meets it under the same host name;`
      + ' give one of them another id')));
}

/** By connections, and as members of one network. */
function calledBy({ callees, attachments, chart, name }: WorkloadModel): Pick<PeerModel, 'chart' | 'name'>[] {
  const groups = attachments.filter(({ network }) => !network.connectedOnly);
  const members = groups.flatMap(({ network }) => network.members).filter((member) => member !== name);
  const workloads = callees.filter(({ to }) => to.kind === PeerKind.WORKLOAD).map(({ to }) => to);
  const called = [...workloads, ...members.map((member) => ({ chart, name: member }))];
  return [...new Map(called.map((peer) => [`${peer.chart}/${peer.name}`, peer])).values()];
}

/**
 * Load balancers that could not tell a workload of their own chart from one of another. Two of other charts have names
 * that are qualified by these.
 */
function ofDestinations(loadBalancer: LoadBalancerModel, target: string): Finding[] {
  const { path, name, chart } = loadBalancer;
  const peers = calledByRoutes(loadBalancer).map(({ peer }) => peer);
  const own = new Set(peers.filter((peer) => peer.chart === chart).map((peer) => peer.name));
  const twice = new Map(peers.filter((peer) => peer.chart !== chart && own.has(peer.name)).map((peer) => [`${peer.chart}/${peer.name}`, peer]));
  return [...twice.values()].map((other) => error('host-name-shared', path,
    `${name} cannot route both to ${other.name} of its own chart and to ${other.name} of chart '${other.chart}' on ${target}: both have the host name '${other.name}' there;`
    + ' give one of them another id, or declare the load balancer in a chart of its own'));
}

const nameOf = ({ kind, name }: PeerModel): string => kind === PeerKind.LOAD_BALANCER ? `load balancer ${name}` : name;
