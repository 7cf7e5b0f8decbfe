import { isReplicated } from './copies';
import { asWritten } from './interpolation';
import { sharesPorts } from './network-mode';
import { linkedPeers, memberships, networksOf, outsideNetwork, type Membership } from './networks';
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
 * The name of a service's own copies, which its twin's have not. No workload's: it has a dot.
 *
 * @internal
 */
export const ownCopiesName = (service: string): string => `own.${service}`;

/**
 * The networks of a service that may have a twin: where load balancers of its chart meet it, its own copies have one more name.
 *
 * @internal
 */
export function ownMemberships(workload: WorkloadModel, service: string): Membership[] {
  const members = memberships(workload, service);
  if (!isReplicated(workload)) return members;
  const balanced = new Set(linkedPeers(workload)
    .filter(({ peer }) => peer.kind === PeerKind.LOAD_BALANCER && peer.chart === workload.chart).map(({ link }) => link));
  return members.map((member) => balanced.has(member.network) ? { ...member, aliases: [...member.aliases, ownCopiesName(service)] } : member);
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
export function twinService(workload: WorkloadModel): any {
  // A service alone has its own bridge to the outside, where nobody calls it.
  const members = memberships(workload, workload.name).filter(({ network }) => network !== outsideNetwork(workload.name));
  return asWritten({
    extends: { service: workload.name },
    profiles: PROFILES,
    networks: networksOf(members.map(({ network, aliases }) => ({ network, aliases: [workload.name, ...aliases] }))),
  });
}
