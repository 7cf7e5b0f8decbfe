import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Interpolation, variable } from './interpolation';
import { isLinkable, linkName, optionsHash, spansCharts } from './networks';
import { projectVariable } from '../../loadbalancers/copies';
import type { ChartModel } from '../../model/app-model';
import type { ConnectionModel } from '../../model/workload';
import { chartName } from '../../util/chart-name';
import { compare } from '../../util/order';
import type { LinkSlot } from '../slots';

/*
 * A link whose ends are of two charts is a network of neither project: external in both, and made by the `deploy.sh`
 * that comes first. Its name is made of the names of both projects, so that a second deployment of one chart, under
 * another name, does not get into the links of the first; and of its options, as every network's.
 */

/**
 * A network that two projects share.
 *
 * @internal
 */
export interface SharedNetwork {
  /** Key in the section `networks` of both files. */
  readonly key: string;
  /** Its name, with the projects as whoever asked for it writes them. */
  readonly name: string;
  /** Options of `docker network create`. */
  readonly options: string[];
}

/**
 * The links of a chart with other charts, by name.
 *
 * @internal
 */
export function linksAcross(chart: ChartModel): ConnectionModel[] {
  const connections = [...chart.links.map(({ connection }) => connection), ...chart.workloads.flatMap(({ callers }) => callers)];
  return connections.filter((connection) => spansCharts(connection) && isLinkable(connection)).sort((a, b) => compare(linkName(a), linkName(b)));
}

/**
 * The charts at the other ends of a chart's links, by name.
 *
 * @internal
 */
export function linkedCharts(chart: ChartModel): string[] {
  return [...new Set(linksAcross(chart).flatMap(({ from, to }) => [from.chart, to.chart]))].filter((name) => name !== chart.name).sort(compare);
}

/**
 * The shared network of a link, under the name that it has for somebody.
 *
 * @param options its options in the syntax of a Compose file
 * @param create options of `docker network create` besides
 * @param projectOf writes the name of the project of a chart
 * @internal
 */
export function sharedNetwork(connection: ConnectionModel, options: any, create: string[], projectOf: (chart: string) => string): SharedNetwork {
  const { from, to } = connection;
  const name = `${projectOf(from.chart)}.${from.name}.to.${projectOf(to.chart)}.${to.name}-${optionsHash(options)}`;
  return { key: linkName(connection), name, options: [...create, ...createOptions(options)] };
}

function createOptions({ internal, driver_opts: driverOptions = {}, ipam }: any): string[] {
  return [
    ...internal ? ['--internal'] : [],
    ...Object.entries(driverOptions).map(([name, value]) => `--opt ${name}=${value}`),
    ...(ipam?.config ?? []).map(({ subnet }: any) => `--subnet ${subnet}`),
  ];
}

/**
 * The name of a chart's project, seen from a project: its own is known to Compose, another one is called like its chart
 * unless a variable says otherwise.
 *
 * @internal
 */
export const projectSeenFrom = (own: string) => (chart: string): string =>
  chart === own ? `\${${projectVariable()}}` : projectElsewhere(chart);

/**
 * The name of the project of another chart.
 *
 * @internal
 */
export const projectElsewhere = (chart: string): string => variable(projectVariable(chart), chart);

/**
 * The entry of a shared network in the section `networks`.
 *
 * @internal
 */
export const sharedBody = ({ name }: SharedNetwork): any => ({ name: new Interpolation(name), external: true });

/**
 * What deploy.sh does about a shared network.
 *
 * @param name its name, or its key where the name is not known before the deployment
 * @param options options of `docker network create`
 * @internal
 */
export const sharedLine = (name: string, options: string[]): string => `network ${name} ${options.join(' ')}`;

/**
 * What to do about shared networks without deploy.sh, as comments for the head of a file.
 *
 * @param networks with the names of charts for those of projects
 * @internal
 */
export function withoutScript(networks: SharedNetwork[]): string[] {
  if (networks.length === 0) return [];
  return [
    'Networks shared with other charts are made by deploy.sh. Without it, make them first:',
    ...networks.map(({ name, options }) => `  docker network create --label cdk8s-ha.link ${options.join(' ')} ${name}`),
  ];
}

/**
 * Where the fragments of a link stand: with its caller, in the file of the caller's chart, and in that of the callee's.
 *
 * @internal
 */
export function linkPlaces({ scope, callee, chart }: LinkSlot): { id: string; key: string; chart: Chart }[] {
  const there = Chart.of(callee);
  const key = linkName({ from: { chart: chartName(chart), name: scope.node.id }, to: { chart: chartName(there), name: callee.node.id } });
  const id = linkId(scope, callee);
  const here = { id, key, chart };
  return there === chart ? [here] : [here, { id: `${id}-there`, key, chart: there }];
}

/**
 * Id of the fragment of a link in its caller; two charts may have a callee of one name.
 *
 * @internal
 */
export function linkId(caller: IConstruct, callee: IConstruct): string {
  const id = `link-${caller.node.id}-to-${callee.node.id}`;
  const there = Chart.of(callee);
  return there === Chart.of(caller) ? id : `${id}-of-${there.node.id}`;
}
