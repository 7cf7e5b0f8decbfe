import type { AppModel } from '../../model/app-model';
import { hasMember, type LinkModel, type NetworkModel } from '../../model/network';
import type { ConnectionModel, WorkloadModel } from '../../model/workload';
import { joined } from '../../util/lists';
import { sharedBody, sharedNetwork, type SharedNetwork } from '../compose/across-charts';
import { copyServices } from '../compose/copies';
import { listed } from '../compose/isolation';
import type { Neighbours } from '../compose/neighbours';
import { isOnHost } from '../compose/network-mode';
import {
  hasEgress, internalMemberships, isLinkable, leadsOutside, linkName, memberships, mtuOption, needsOwnNetwork, optionsHash, outsideNetwork,
  ownNetwork, spansCharts, type Membership,
} from '../compose/networks';

/*
 * The networks of a stack are those of the Compose project as overlays: internal ones, and one of its own for each
 * service that leads outside, which it does by the gateway bridge of its host. That bridge keeps containers apart
 * (`enable_icc: false`, measured on 20.10).
 */

/**
 * Whether a workload needs a network of its own: as on Compose, and where it has no other, since Swarm would put it into
 * the stack's default network, where it meets others and reaches the outside.
 *
 * @internal
 */
export function needsOverlay(workload: WorkloadModel): boolean {
  if (isOnHost(workload)) return false;
  if (needsOwnNetwork(workload)) return true;
  // An init container has no share in the copies' published ports.
  return internalMemberships(workload).length === 0 && !hasEgress(workload) && (workload.init.length > 0 || !leadsOutside(workload));
}

/** The key of the host's network; each workload has its own, so that no other network can have it. */
const hostNetwork = ({ name }: WorkloadModel): string => `${name}-host`;

/**
 * All networks of one service of a workload. Swarm gives no static addresses.
 *
 * @internal
 */
export function overlayMemberships(workload: WorkloadModel, service: string): Membership[] {
  if (isOnHost(workload)) return [{ network: hostNetwork(workload), aliases: [] }];
  const members = memberships(workload, service).map(({ network, aliases }) => ({ network, aliases }));
  return members.length > 0 ? members : [{ network: ownNetwork(workload), aliases: [] }];
}

/**
 * The overlay of a group; undefined where it stands for a link for each connection.
 *
 * @internal
 */
export function groupOverlay(network: NetworkModel, encrypted: boolean): any {
  if (network.layer2 !== undefined) return { name: layer2Name(network), external: true };
  return network.connectedOnly ? undefined : internalOverlay(network.chart, network.name, encrypted || network.encrypted, network.subnet, network);
}

/**
 * The overlay of a link; undefined where it needs none.
 *
 * @internal
 */
export function linkOverlay({ connection, covered }: LinkModel, encrypted: boolean, neighbours: Neighbours): any {
  if (covered || !isLinkable(connection)) return undefined;
  if (!spansCharts(connection)) {
    return internalOverlay(connection.from.chart, linkName(connection), encrypted || isOfEncrypted(connection, neighbours));
  }
  return neighbours.has(connection.to) ? sharedBody(sharedOverlay(connection, encrypted)) : undefined;
}

/** Whether a link is one of those that a network stands for, and that network is to be encrypted. */
function isOfEncrypted({ from, to }: ConnectionModel, neighbours: Neighbours): boolean {
  const attachments = neighbours.workload(to)?.attachments ?? [];
  return attachments.some(({ network }) => network.connectedOnly && network.encrypted && hasMember(network, from.name));
}

/**
 * What is to be known of connections that are in no network of the user's: nothing says that they are encrypted.
 *
 * @internal
 */
export function plainLinksRemark({ charts }: AppModel, encrypted: boolean, neighbours: Neighbours): string[] {
  const plain = charts.flatMap(({ links }) => links)
    .filter(({ connection, covered }) => !covered && isLinkable(connection) && !isOfEncrypted(connection, neighbours))
    .map(({ connection: { from, to } }) => `${from.name} to ${to.name}`);
  if (encrypted || plain.length === 0) return [];
  return [`what is sent by connections and routes outside of networks (${listed(plain.sort())}) is not encrypted between hosts: give new SwarmTarget({ encrypted: true })`];
}

/**
 * The overlay of a link whose ends are of two charts. A stack is deployed under its chart's name.
 *
 * @internal
 */
export function sharedOverlay(connection: ConnectionModel, encrypted: boolean): SharedNetwork {
  const shared = sharedNetwork(connection, internalOptions(encrypted), ['--driver overlay'], (chart) => chart);
  // A swarm takes no dots (20.10).
  return { ...shared, name: shared.name.replaceAll('.', '_') };
}

/**
 * The overlays of a workload's own, by key.
 *
 * @internal
 */
export function ownOverlays(workload: WorkloadModel, encrypted: boolean): [string, any][] {
  const { chart } = workload;
  const services = copyServices(workload);
  const outside = joined(
    leadsOutside(workload) ? services : [],
    hasEgress(workload) ? services.flatMap((service) => workload.sidecars.map((sidecar) => `${service}-${sidecar.name}`)) : [],
  ).map(outsideNetwork);
  return joined<[string, any]>(
    needsOverlay(workload) ? [[ownNetwork(workload), internalOverlay(chart, ownNetwork(workload), encrypted)]] : [],
    isOnHost(workload) ? [[hostNetwork(workload), { name: 'host', external: true }]] : [],
    outside.map((key) => [key, overlay(chart, key, { driver_opts: encryptedOption(encrypted) })]),
  );
}

/**
 * An overlay whose members reach each other and nothing else.
 *
 * @internal
 */
export function internalOverlay(
  chart: string, key: string, encrypted: boolean, subnet?: string, declared: Pick<NetworkModel, 'mtu' | 'attachable'> = {},
): any {
  return overlay(chart, key, internalOptions(encrypted, subnet, declared));
}

function internalOptions(encrypted: boolean, subnet?: string, { mtu, attachable }: Pick<NetworkModel, 'mtu' | 'attachable'> = {}): any {
  return {
    internal: true,
    attachable,
    driver_opts: mtu === undefined ? encryptedOption(encrypted) : { ...encryptedOption(encrypted), ...mtuOption(mtu) },
    ipam: subnet === undefined ? undefined : { config: [{ subnet }] },
  };
}

/**
 * The name of a network outside. A stack cannot make one, so it is made by hand, and found by a name that changes with its
 * options.
 *
 * @internal
 */
export const layer2Name = ({ chart, name, subnet, ipv6Subnet, layer2 }: NetworkModel): string =>
  `${chart}_${name}-${optionsHash({ subnet, ipv6Subnet, ...layer2 })}`;

/**
 * How a network outside is made: on each node what is its own, with a part of the subnet that no other node has, then once
 * the network. (Measured, engine 20.10: `docker stack deploy` makes a macvlan network of one node, which services cannot use.)
 *
 * @internal
 */
export function layer2Commands(network: NetworkModel): string[] {
  const { subnet, ipv6Subnet, layer2 } = network;
  const { driver, parent, mode, gateway, ipRange, ipv6Gateway } = layer2!;
  const name = layer2Name(network);
  const options = [
    `--subnet ${subnet}`, ...gateway === undefined ? [] : [`--gateway ${gateway}`], `--ip-range ${ipRange ?? 'PART'}`,
    ...ipv6Subnet === undefined ? [] : [`--ipv6 --subnet ${ipv6Subnet}`], ...ipv6Gateway === undefined ? [] : [`--gateway ${ipv6Gateway}`],
    `-o parent=${parent}`, ...mode === undefined ? [] : [`-o ipvlan_mode=${mode}`],
  ];
  return [
    `docker network create --config-only ${options.join(' ')} ${name}-config`,
    `docker network create --driver ${driver} --scope swarm --config-from ${name}-config ${name}`,
  ];
}

/** Its name changes with its options: `docker stack deploy` leaves a network that exists as it is, in silence. */
function overlay(chart: string, key: string, options: any): any {
  const { attachable = true, ...others } = options;
  return { name: `${chart}_${key}-${optionsHash(options)}`, driver: 'overlay', attachable, ...others };
}

/** IPsec between hosts: UDP 4789 and ESP must pass. https://docs.docker.com/engine/network/drivers/overlay/#encryption */
function encryptedOption(encrypted: boolean): any {
  return encrypted ? { encrypted: 'true' } : undefined;
}
