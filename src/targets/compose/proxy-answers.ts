import type { CalleeProxy } from './internal-proxies';
import { declaredPortsOnly, direction, listed, nameOf, pairs } from './isolation';
import type { Neighbours } from './neighbours';
import { internalMemberships, isLinkable, needsOwnNetwork } from './networks';
import { Answer } from '../../model/answer';
import { Level } from '../../model/guarantee';
import type { WorkloadModel } from '../../model/workload';

/*
 * What proxies between workloads keep.
 */

/**
 * The proxies that share a network with a workload: its own, those that it calls, and those of the members of its groups.
 *
 * @internal
 */
export interface ProxiesMet {
  /** Those that it calls, by name. */
  readonly called: readonly CalleeProxy[];
  readonly inLinks: readonly CalleeProxy[];
  readonly inGroups: readonly CalleeProxy[];
}

/** @internal */
export function proxiesMet(workload: WorkloadModel, neighbours: Neighbours): ProxiesMet {
  const groups = workload.attachments.map(({ network }) => network).filter(({ connectedOnly }) => !connectedOnly);
  const inGroups = groups.length === 1 ? neighbours.proxiesIn(groups[0]) : [...new Set(groups.flatMap((network) => neighbours.proxiesIn(network)))];
  const called = neighbours.proxiesCalledBy(workload);
  const own = neighbours.proxyOf(workload);
  const names = new Set(groups.map(({ name }) => name));
  const inLinks = [...called, ...own === undefined ? [] : [own]]
    .filter((proxy) => !proxy.workload.attachments.some(({ network }) => names.has(network.name)));
  return { called, inLinks, inGroups };
}

/** @internal */
export function healthGatedCalls(workload: WorkloadModel, { called: proxies }: ProxiesMet, neighbours: Neighbours): Answer {
  const declared = workload.callees.filter((connection) => isLinkable(connection) && neighbours.proxyBetween(workload, connection.to) === undefined)
    .map(({ to }) => nameOf(to, workload));
  const { chart } = workload;
  const members = neighbours.calledByMembership(workload).filter((name) => neighbours.proxyBetween(workload, { chart, name }) === undefined);
  const direct = [...new Set([...declared, ...members])].sort();
  const notAsked = names(proxies.filter(({ lowered }) => (lowered.notAsked ?? []).length > 0));
  if (direct.length === 0 && proxies.length === 0) return Answer.notNeeded('it calls nobody');
  const lost = [
    ...direct.length === 0 ? [] : [`the names of ${listed(direct)} resolve to every running copy, healthy or not: repeat a failed call`],
    ...notAsked.length === 0 ? [] : [`the proxies of ${listed(notAsked)} cannot ask the copies for their health, and only see refused connections and lost answers`],
  ];
  if (lost.length > 0) return Answer.degraded(lost.join('; '));
  return Answer.emulated(`calls to ${listed(names(proxies))} go through a proxy that checks every copy by itself`,
    'a call is repeated that is lost while the proxy, which is one, is started again after a crash: well under a second');
}

/** @internal */
export function declaredPortsByProxies(workload: WorkloadModel, { inLinks, inGroups }: ProxiesMet, neighbours: Neighbours): Answer {
  const wider = workload.callees.flatMap(({ to, ports }) => {
    const proxy = neighbours.proxyBetween(workload, to);
    return proxy !== undefined && proxy.ports.length > ports.length ? [to.name] : [];
  });
  const answer = declaredPortsOnly(unproxied(workload, neighbours), copiesMeet(neighbours.placed(workload)));
  const whole = besideProxies(answer, workload, [...inLinks, ...inGroups], 'proxies, which carry declared ports alone');
  if (wider.length === 0 || whole.level === Level.DROPPED) return whole;
  return Answer.degraded(`${whole.reason}; the proxies of ${listed(wider)} carry the ports that others call too`);
}

/** @internal */
export function directionByProxies(workload: WorkloadModel, { inLinks }: ProxiesMet, neighbours: Neighbours): Answer {
  const answer = direction(unproxied(workload, neighbours));
  return besideProxies(answer, workload, inLinks, 'proxies, which open no connection to a caller');
}

/** Says whom it meets besides; what proxies keep by themselves takes nothing from an answer. */
function besideProxies(answer: Answer, workload: WorkloadModel, proxies: readonly CalleeProxy[], what: string): Answer {
  if (proxies.length === 0 || answer.level === Level.DROPPED) return answer;
  const met = pairs(workload, proxies.map((proxy) => proxy.workload.name).sort());
  if (answer.level === Level.NATIVE) return Answer.native(`it meets others through ${what}: ${met}`);
  const more = `${answer.reason}; through ${what}: ${met}`;
  return answer.level === Level.DEGRADED ? Answer.degraded(more) : Answer.native(more);
}

/** A workload with whom it meets itself; a proxy is nobody to be kept apart from. */
function unproxied(workload: WorkloadModel, neighbours: Neighbours): WorkloadModel {
  const own = neighbours.proxyOf(workload);
  const { callers } = neighbours.placed(workload);
  return {
    ...workload,
    callees: workload.callees.filter(({ to }) => neighbours.proxyBetween(workload, to) === undefined),
    callers: callers.filter((connection) => connection !== own?.toCopies),
  };
}

/** Where it meets proxies alone, its copies are there too. */
const copiesMeet = (placed: WorkloadModel): boolean => needsOwnNetwork(placed) || internalMemberships(placed).length > 0;

const names = (proxies: readonly CalleeProxy[]): string[] => proxies.map(({ callee }) => callee.name).sort();
