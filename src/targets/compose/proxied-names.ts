import type { CalleeProxy } from './internal-proxies';
import type { Neighbours } from './neighbours';
import { linksTo } from './proxied-calls';
import type { AppModel } from '../../model/app-model';
import { hasMember, type NetworkModel } from '../../model/network';
import { Protocol } from '../../model/port';
import type { WorkloadModel } from '../../model/workload';
import { freezeAll } from '../../util/constants';
import type { Anchors } from '../../util/yaml';

/*
 * In a group each member may call each other one, and a name is a proxy's by a link of each caller. In a group of many
 * that would be all names in all services. So they are written once, and each member refers to them; its own name is among
 * them then, and those of members that call it. A short list stands where it is read, and has only who is called.
 */

/** A longer list is written once. */
const MOST_IN_PLACE = 10;

/**
 * The names that are proxies' for every member of the same groups.
 *
 * @internal
 */
export interface NamesInGroups {
  /** As in `external_links`; one list for all. */
  readonly links: readonly string[];
  /** Those of one callee. */
  readonly byCallee: ReadonlyMap<string, string[]>;
}

/**
 * The long lists of an application.
 *
 * @internal
 */
export class ProxiedNames {
  /** By chart and by groups. */
  private readonly lists = new Map<string, Map<string, NamesInGroups>>();

  public constructor({ charts }: AppModel, neighbours: Neighbours) {
    for (const chart of charts) {
      const lists = new Map<string, NamesInGroups>();
      const seen = new Set<string>();
      for (const workload of chart.workloads) {
        const key = keyOf(openGroups(workload));
        // Two are needed for a list to be shared.
        if (seen.has(key) && !lists.has(key)) lists.set(key, namesIn(workload, neighbours));
        seen.add(key);
      }
      this.lists.set(chart.name, new Map([...lists].filter(([, { links }]) => links.length > MOST_IN_PLACE)));
    }
  }

  /** The list for a workload; undefined where it has one of its own. A proxy stands in a group, but calls no member by its name. */
  public of(workload: WorkloadModel): NamesInGroups | undefined {
    const groups = openGroups(workload);
    return groups.every((network) => hasMember(network, workload.name)) ? this.lists.get(workload.chart)?.get(keyOf(groups)) : undefined;
  }

  /** The lists of a chart, each with a name made of its groups'. */
  public anchors(chart: string): Anchors {
    return new Map([...this.lists.get(chart) ?? []].map(([key, { links }]) => [links, key]));
  }
}

/** No name of a network has `_`. */
const keyOf = (groups: NetworkModel[]): string => groups.map(({ name }) => name).join('_');

const openGroups = ({ attachments }: WorkloadModel): NetworkModel[] =>
  attachments.filter(({ network }) => !network.connectedOnly).map(({ network }) => network);

function namesIn(workload: WorkloadModel, neighbours: Neighbours): NamesInGroups {
  const { chart } = workload;
  const groups = openGroups(workload);
  const names = new Set(groups.map(({ name }) => name));
  const members = [...new Set(groups.flatMap((network) => network.members))].sort();
  const byCallee = new Map(members.flatMap((name): [string, string[]][] => {
    const proxy = neighbours.proxyOf({ chart, name });
    return proxy !== undefined && carriesAll(proxy) ? [[name, linksTo(proxy, names)]] : [];
  }));
  return { links: freezeAll([...byCallee.values()].flat()), byCallee };
}

/** Who calls by membership alone may call all ports. */
const carriesAll = ({ declared }: CalleeProxy): boolean => declared.ports.every(({ protocol }) => protocol !== Protocol.UDP);
