import { isIPv4, isIPv6 } from 'node:net';
import type { ChartDeclarations } from './declarations';
import type { AttachOptions } from './network';
import type { WorkloadProps } from './workload-props';
import type { NetworkModel } from '../model/network';
import { addressNumber, rangeNumbers } from '../util/ip-range';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { isAlias } from '../validation/syntax';

/*
 * What a membership in a network can get wrong.
 */

/**
 * Fails for a membership, or a static address, that cannot be.
 *
 * @param copies most copies of the workload
 * @internal
 */
export function checkNetworks(path: string, name: string, props: WorkloadProps, copies: number, chart: ChartDeclarations): void {
  const joined = new Set<string>();
  for (const { network, attachOptions } of props.networks ?? []) {
    const { id } = network.node;
    if (network._chart !== chart) throw new Error(messages.networkInOtherChart(path, name, id, network._chart.name));
    if (joined.has(id)) throw new Error(messages.networkTwice(path, name, id));
    joined.add(id);
    checkProps(path, `${name}, attach to '${id}',`, attachOptions, ATTACH_OPTIONS);
    for (const alias of attachOptions.aliases ?? []) if (!isAlias(alias)) throw new Error(messages.badAlias(path, name, id, alias));
    const { address, ipv6Address } = attachOptions;
    if (address !== undefined && !isIPv4(address)) throw new Error(messages.badAddress(path, name, address));
    if (ipv6Address !== undefined && !isIPv6(ipv6Address)) throw new Error(messages.badIpv6Address(path, name, ipv6Address));
    for (const wanted of wantedAddresses(attachOptions, network._facts)) checkAddress(path, name, wanted, id, copies);
  }
}

const ATTACH_OPTIONS: PropNames<AttachOptions> = { address: true, ipv6Address: true, aliases: true };

/** A static address and the range it must lie in. */
interface WantedAddress {
  readonly address: string;
  readonly prop: string;
  readonly subnet?: string;
  readonly gateway?: string;
}

function wantedAddresses({ address, ipv6Address }: AttachOptions, { subnet, ipv6Subnet, layer2 }: AddressFacts): WantedAddress[] {
  return [
    ...address === undefined ? [] : [{ address, prop: 'subnet', subnet, gateway: layer2?.gateway }],
    ...ipv6Address === undefined ? [] : [{ address: ipv6Address, prop: 'ipv6Subnet', subnet: ipv6Subnet, gateway: layer2?.ipv6Gateway }],
  ];
}

type AddressFacts = Pick<NetworkModel, 'subnet' | 'ipv6Subnet' | 'layer2'>;

function checkAddress(path: string, name: string, { address, prop, subnet, gateway }: WantedAddress, network: string, copies: number): void {
  if (copies > 1) throw new Error(messages.addressNeedsOneCopy(path, name, address, copies));
  if (subnet === undefined) throw new Error(messages.addressWithoutSubnet(path, name, address, network, prop));
  const { first, last } = rangeNumbers(subnet);
  const number = addressNumber(address);
  // The first address names the network; the last is the broadcast address of IPv4, and IPv6 has none.
  if (number <= first || number > last || (number === last && isIPv4(address))) {
    throw new Error(messages.addressOutsideSubnet(path, name, address, network, subnet));
  }
  if (gateway !== undefined && number === addressNumber(gateway)) throw new Error(messages.addressOfGateway(path, name, address, network));
}
