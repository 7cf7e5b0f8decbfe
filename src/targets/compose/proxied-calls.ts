import type { CalleeProxy } from './internal-proxies';
import type { Neighbours } from './neighbours';
import { internalMemberships } from './networks';
import type { NamesInGroups } from './proxied-names';
import { PeerKind, type WorkloadModel } from '../../model/workload';

/**
 * The name of the copies for their proxy. No workload's: it has a dot.
 *
 * @internal
 */
export const copiesName = (workload: string): string => `copies.${workload}`;

/**
 * The field `external_links` of a service: names of callees that are their proxies' for this caller alone, since the copies
 * are in one of its networks too.
 *
 * @internal
 */
export function externalLinks(workload: WorkloadModel, neighbours: Neighbours): readonly string[] | undefined {
  const mine = new Set(internalMemberships(workload).map(({ network }) => network));
  const inGroups = neighbours.namesInGroups(workload);
  if (inGroups !== undefined && calledAsDeclared(workload, mine, inGroups, neighbours)) return inGroups.links;
  const links = neighbours.proxiesCalledBy(workload).flatMap((proxy) => linksTo(proxy, mine));
  return links.length === 0 ? undefined : links;
}

/** Whether a workload calls those to whom it connects as all members of its groups do: not one of them directly, say. */
function calledAsDeclared(workload: WorkloadModel, mine: ReadonlySet<string>, { byCallee }: NamesInGroups, neighbours: Neighbours): boolean {
  const called = workload.callees.map(({ to }) => to).filter(({ kind, chart }) => kind === PeerKind.WORKLOAD && chart === workload.chart);
  return called.every((callee) => {
    const proxy = neighbours.proxyBetween(workload, callee);
    const links = proxy === undefined ? [] : linksTo(proxy, mine);
    return links.join() === (byCallee.get(callee.name) ?? []).join();
  });
}

/**
 * The names of a callee that are its proxy's, for a caller in some networks.
 *
 * @internal
 */
export function linksTo({ workload: proxy, callee }: CalleeProxy, networks: ReadonlySet<string>): string[] {
  const shared = internalMemberships(callee).filter(({ network }) => networks.has(network));
  if (shared.length === 0) return [];
  const names = new Set([callee.name, ...shared.flatMap(({ aliases }) => aliases).filter((name) => name !== copiesName(callee.name))]);
  return [...names].map((name) => `${proxy.name}:${name}`);
}
