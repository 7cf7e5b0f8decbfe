import type { Neighbours } from './neighbours';
import { internalMemberships } from './networks';
import type { WorkloadModel } from '../../model/workload';

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
export function externalLinks(workload: WorkloadModel, neighbours: Neighbours): string[] | undefined {
  const links = neighbours.proxiesCalledBy(workload).flatMap(({ workload: proxy, callee }) => {
    const mine = new Set(internalMemberships(workload).map(({ network }) => network));
    const shared = internalMemberships(callee).filter(({ network }) => mine.has(network));
    if (shared.length === 0) return [];
    const names = new Set([callee.name, ...shared.flatMap(({ aliases }) => aliases).filter((name) => name !== copiesName(callee.name))]);
    return [...names].map((name) => `${proxy.name}:${name}`);
  });
  return links.length === 0 ? undefined : links;
}
