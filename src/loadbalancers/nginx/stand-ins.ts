import { FOLDER } from './places';
import { ONCE, standInNames } from './upstreams';
import { wordOf } from './words';
import { calledFor, type LoadBalancerModel, type RouteTargetModel } from '../../model/load-balancer';
import type { ITargetTraits } from '../../model/traits';
import { block, type NginxBlock, type NginxDirective } from '../../util/nginx-conf';

/*
 * Copies that stand in for those of a destination while all of these are replaced. nginx asks no copy for its health, and a reload
 * would send visitors' connections away; so a file says that they do, and each request looks whether it is there. Their name is
 * nobody's at other times, and a group that has it would say so in the log every second: it is looked up when it is used.
 */

/** Name and port of those that stand in for the copies of a location; empty while nobody does. */
export const STAND_INS = '$stand_ins';

/** The group of a location's copies, or those that stand in for them. */
const REACHED = '$reached';

/** The same, with connections that are used once: those to a name that is looked up always are. */
const REACHED_ONCE = '$reached_once';

/** Seconds for which a request waits for their addresses: nginx asks once more after five. */
const LOOKED_UP_SECONDS = 6;

/**
 * Whether others may stand in for copies of any destination.
 *
 * @internal
 */
export function knowsStandIns(loadBalancer: LoadBalancerModel, traits: ITargetTraits): boolean {
  let byTraits = KNOWN.get(loadBalancer);
  if (byTraits === undefined) KNOWN.set(loadBalancer, byTraits = new Map());
  let known = byTraits.get(traits);
  if (known === undefined) {
    known = loadBalancer.routes.some((route) => calledFor(route).some((target) => standInNames(target, traits) !== undefined));
    byTraits.set(traits, known);
  }
  return known;
}

/** Each location asks. */
const KNOWN = new WeakMap<LoadBalancerModel, Map<ITargetTraits, boolean>>();

/**
 * The maps of whom a location's requests reach.
 *
 * @internal
 */
export function standInMaps(loadBalancer: LoadBalancerModel, traits: ITargetTraits): NginxBlock[] {
  if (!knowsStandIns(loadBalancer, traits)) return [];
  return [
    block(`map ${STAND_INS} ${REACHED}`, '"" $copies', `default ${STAND_INS}`),
    block(`map ${STAND_INS} ${REACHED_ONCE}`, `"" $copies${ONCE}`, `default ${STAND_INS}`),
  ];
}

/**
 * What a server says whose requests name those that stand in by a header.
 *
 * @internal
 */
export const standInsOfHeader = (loadBalancer: LoadBalancerModel, header: string, traits: ITargetTraits): string[] =>
  knowsStandIns(loadBalancer, traits) ? [PATIENCE, `set ${STAND_INS} ${header}`] : [];

/**
 * Where a request begins anew: with the copies themselves, should nobody be there any more that stands in for them.
 *
 * @internal
 */
export const begunAnewWith = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string => knowsStandIns(loadBalancer, traits) ? '$copies' : '$way';

/**
 * Whom a location's requests reach, with connections that are kept and with such as are used once.
 *
 * @internal
 */
export const reached = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): { kept: string; once: string } =>
  knowsStandIns(loadBalancer, traits) ? { kept: REACHED, once: REACHED_ONCE } : { kept: '$copies', once: `$copies${ONCE}` };

/**
 * The group whose copies a location's requests go to, unless others stand in for them.
 *
 * @internal
 */
export function copiesOfLocation(loadBalancer: LoadBalancerModel, group: string, traits: ITargetTraits, target?: RouteTargetModel): NginxDirective[] {
  if (!knowsStandIns(loadBalancer, traits)) return [`set $copies ${group}`];
  return [`set $copies ${group}`, ...chosen(loadBalancer, STAND_INS, '""', traits, target)];
}

/**
 * Where a location leads that has one way to its copies: to a group, unless others stand in for its copies.
 *
 * @param variable tells it from locations of the same request
 * @internal
 */
export function waysOf(
  loadBalancer: LoadBalancerModel, variable: string, group: string, target: RouteTargetModel, traits: ITargetTraits,
): { before: NginxDirective[]; to: string } {
  if (standInNames(target, traits) === undefined) return { before: [], to: group };
  return { before: chosen(loadBalancer, variable, group, traits, target), to: variable };
}

const PATIENCE = `resolver_timeout ${LOOKED_UP_SECONDS}s`;

/** Nothing but `set` is safe in an `if`: what a location says else holds there as well. */
function chosen(
  loadBalancer: LoadBalancerModel, variable: string, otherwise: string, traits: ITargetTraits, target?: RouteTargetModel,
): NginxDirective[] {
  const names = target && standInNames(target, traits);
  if (names === undefined) return [`set ${variable} ${otherwise}`];
  const name = wordOf(loadBalancer, 'the name of a copy', names.standIns);
  return [PATIENCE, `set ${variable} ${otherwise}`, block(`if (-f ${FOLDER}/${wordOf(loadBalancer, 'the name of a file', names.file)})`, `set ${variable} ${name}:${target!.port.number}`)];
}

/**
 * What to say of the declared algorithm besides.
 *
 * @internal
 */
export const standInsBalanced = (loadBalancer: LoadBalancerModel, traits: ITargetTraits): string =>
  knowsStandIns(loadBalancer, traits) ? '; while copies are replaced, those that stand in for them take turns' : '';
