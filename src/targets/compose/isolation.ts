import type { Neighbours } from './neighbours';
import { internalMemberships, isLinkable, linkedPeers, needsOwnNetwork } from './networks';
import { outsideIsolation } from './outside-answers';
import { Answer } from '../../model/answer';
import { EgressKind, type Egress } from '../../model/egress';
import { PeerKind, type ConnectionModel, type PeerModel, type WorkloadModel } from '../../model/workload';

/*
 * How well networks keep workloads apart. Compose and Swarm share it: inside a network neither has rules.
 */

/** @internal */
export function ingressIsolation(workload: WorkloadModel): Answer {
  const outside = outsideIsolation(workload);
  if (outside !== undefined) return outside;
  const open = workload.publishedPorts.map(({ port, hostPort }) => hostPort ?? port);
  const published = open.length === 0 ? '' : `; the published port ${listed(open.map(String))} is open to whoever reaches the host`;
  const how = `internal networks: only members of its networks and links reach it${published}`;
  const across = linkedPeers(workload).filter(({ chart }) => chart !== workload.chart);
  if (across.length === 0) return Answer.native(how);
  return Answer.emulated(`${how}; its links with ${listed(across.map((peer) => nameOf(peer, workload)).sort())} are networks that deploy.sh makes for both`,
    'nothing else joins them');
}

/**
 * @param copiesNetwork whether its copies meet in a network where it meets nobody else
 * @internal
 */
export function declaredPortsOnly(workload: WorkloadModel, copiesNetwork = needsOwnNetwork(workload)): Answer {
  const outside = outsideIsolation(workload);
  if (outside !== undefined) return outside;
  const copiesMeet = workload.replicas > 1 && (copiesNetwork || internalMemberships(workload).length > 0);
  const met = [...metInLinks(workload), ...metInGroups(workload), ...copiesMeet ? ['its other copies'] : []];
  if (met.length === 0) return Answer.native('it shares no network with anybody');
  return Answer.degraded(`inside a network Docker has no rules for ports; who meets on all of them, declared or not: ${pairs(workload, met)}`);
}

/** @internal */
export function direction(workload: WorkloadModel): Answer {
  const outside = outsideIsolation(workload);
  if (outside !== undefined) return outside;
  const met = metInLinks(workload);
  if (met.length === 0 && metInGroups(workload).length === 0) return Answer.native('it shares no network with anybody');
  if (met.length === 0) return Answer.notNeeded('members of one network may call each other');
  return Answer.degraded(`inside a network Docker has no rules for direction; who can call back, though one way was declared: ${pairs(workload, met)}`);
}

/**
 * Where a workload may go that nobody declared.
 *
 * @param excess what a way out opens besides
 * @internal
 */
export function egressIsolation(workload: WorkloadModel, excess: string): Answer {
  const outside = outsideIsolation(workload);
  if (outside !== undefined) return outside;
  const egress = [...workload.egress, ...workload.attachments.flatMap(({ network }) => network.egress)];
  const external = workload.callees.filter(({ to }) => to.kind === PeerKind.EXTERNAL);
  if (egress.some(({ kind }) => kind === EgressKind.NAMESPACE)) {
    return Answer.dropped('Docker has no namespaces: Egress.toNamespace leads nowhere, publish a port there and use Egress.toRanges');
  }
  if (egress.length > 0 || external.length > 0) {
    return Answer.degraded(`Docker has no rules for destinations: ${wanted(egress, external)} opens everything outside, ${excess}`);
  }
  if (workload.publishedPorts.length > 0) return Answer.degraded(`its published ports need a network that leads outside: it can open connections to everywhere, ${excess}`);
  return Answer.native('internal networks without a way out');
}

/** Whom it meets in a link. */
function metInLinks(workload: WorkloadModel): string[] {
  return linkedPeers(workload).map((peer) => nameOf(peer, workload)).sort();
}

/** Whom it meets in a group. */
function metInGroups(workload: WorkloadModel): string[] {
  const groups = workload.attachments.map(({ network }) => network).filter(({ connectedOnly }) => !connectedOnly);
  const members = groups.length === 1 ? groups[0].members : [...new Set(groups.flatMap((network) => network.members))];
  return members.filter((name) => name !== workload.name).sort();
}

/**
 * `web with db and web with mailer`.
 *
 * @internal
 */
export const pairs = ({ name }: WorkloadModel, met: readonly string[]): string => listed(met, (other) => `${name} with ${other}`);

function wanted(egress: Egress[], external: ConnectionModel[]): string {
  const kinds = egress.map(({ kind, destinations }) => kind === EgressKind.INTERNET ? 'the internet' : destinations.join(' '));
  return listed([...new Set([...kinds, ...external.map(({ to }) => to.hostname ?? to.name)])]);
}

/**
 * The name of a peer for a reader of answers about a workload.
 *
 * @internal
 */
export function nameOf({ kind, name, chart }: PeerModel, seenFrom: WorkloadModel): string {
  const whole = chart === seenFrom.chart ? name : `${name} of chart '${chart}'`;
  return kind === PeerKind.LOAD_BALANCER ? `load balancer ${whole}` : whole;
}

/** So many are named; beyond them a number tells more. */
const MOST_NAMED = 12;

/**
 * `a, b and c`; `a, b, c and 997 more`.
 *
 * @param text what is said of each
 * @internal
 */
export function listed(items: readonly string[], text = (item: string) => item): string {
  if (items.length > MOST_NAMED) return `${items.slice(0, 3).map(text).join(', ')} and ${items.length - 3} more`;
  const texts = items.map(text);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`;
}

/**
 * The workloads that a workload calls, or may call as a member of a group.
 *
 * @internal
 */
export const calleesOf = (workload: WorkloadModel, neighbours: Neighbours): string[] =>
  [...new Set([...workload.callees.filter(isLinkable).map(({ to }) => nameOf(to, workload)), ...neighbours.calledByMembership(workload)])].sort();
