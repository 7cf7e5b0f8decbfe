import { isReplicated } from './copies';
import { asWritten } from './interpolation';
import type { Neighbours } from './neighbours';
import { sharesPorts } from './network-mode';
import { memberships, networksOf, outsideNetwork, type Membership } from './networks';
import { copiesName } from './proxied-calls';
import { VolumeKind } from '../../model/volume';
import { PeerKind, type WorkloadModel } from '../../model/workload';
import { freezeAll } from '../../util/constants';

/*
 * `docker compose up` stops all copies of a service before it starts the first new one, and scaling makes container
 * names drift (measured, 2.26 and 2.40). So a service that can stand beside itself has a twin: during a deployment the
 * twin carries the new copies, and serves while the service itself is replaced.
 */

const PROFILES = freezeAll(['rollout']);

/**
 * The twin of a service.
 *
 * @internal
 */
export const twinName = (service: string): string => `${service}-next`;

/**
 * The networks of a service of copies. Where a load balancer tells its own copies from its twin's, the service's name leads to its own
 * alone, and another one to all of them. A twin extends the service, so that no alias could be the service's alone.
 *
 * @internal
 */
export function copyMemberships(workload: WorkloadModel, service: string, neighbours: Neighbours): Membership[] {
  return memberships(workload, service)
    .map((member) => tellsApart(member, workload, neighbours) ? { ...member, aliases: [...member.aliases, copiesName(service)] } : member);
}

/** Whether a network is the link of a load balancer that tells a service's copies from its twin's; those of other charts are not told of updates. */
function tellsApart({ peer }: Membership, workload: WorkloadModel, neighbours: Neighbours): boolean {
  return isReplicated(workload) && peer?.kind === PeerKind.LOAD_BALANCER && peer.chart === workload.chart
    && neighbours.loadBalancer(peer)?.backend.tellsStandInsApart === true;
}

/**
 * Whether new copies of a workload can stand beside its old ones: not where they would share a disk, a static address,
 * a port of the host, or a network that is another's.
 *
 * @internal
 */
export function hasTwin(workload: WorkloadModel): boolean {
  return isReplicated(workload)
    && workload.publishedPorts.length === 0
    && workload.attachments.every(({ address, ipv6Address }) => address === undefined && ipv6Address === undefined)
    && !sharesPorts(workload)
    && workload.container.volumes.every(({ kind }) => kind !== VolumeKind.PERSISTENT);
}

/**
 * The body of a twin: the service itself, patches included, under the names of that service. It starts only when a
 * deployment names it.
 *
 * @internal
 */
export function twinService(workload: WorkloadModel, neighbours: Neighbours): any {
  const { name } = workload;
  // Compose adds the aliases of the service itself to those of its twin.
  const namesIn = (member: Membership) => tellsApart(member, workload, neighbours) ? [copiesName(name)] : [name, ...member.aliases];
  // A service alone has its own bridge to the outside, where nobody calls it.
  const members = memberships(workload, name).filter(({ network }) => network !== outsideNetwork(name));
  return asWritten({
    extends: { service: name },
    profiles: PROFILES,
    networks: networksOf(members.map((member) => ({ network: member.network, aliases: namesIn(member) }))),
  });
}
