import type { KubernetesOptions } from './options';
import { Layer2Driver, type NetworkModel } from '../../model/network';
import type { AttachmentModel, WorkloadModel } from '../../model/workload';
import { ipv4Text, rangeNumbers } from '../../util/ip-range';

/*
 * A second network interface for pods, by Multus. Addresses are given by whereabouts, which asks the whole cluster; a static
 * one stands in a definition of its own.
 * https://github.com/k8snetworkplumbingwg/multus-cni/blob/master/docs/how-to-use.md
 */

/** @internal Memberships that Multus makes interfaces of. */
export function interfacesOf({ attachments }: WorkloadModel, { multus }: KubernetesOptions): AttachmentModel[] {
  return multus ? attachments.filter(({ network }) => network.layer2 !== undefined) : [];
}

/** @internal Whether two copies at once would have one address. */
export const hasStaticInterface = (workload: WorkloadModel, options: KubernetesOptions): boolean => interfacesOf(workload, options).some(isStatic);

const isStatic = ({ address, ipv6Address }: AttachmentModel): boolean => address !== undefined || ipv6Address !== undefined;

/** @internal Name of the definition for one workload's static address. */
export const staticName = (network: string, workload: string): string => `${network}-${workload}`;

/** @internal The annotation that asks for interfaces; undefined: none. */
export function interfacesAnnotation(workload: WorkloadModel, options: KubernetesOptions): { [key: string]: string } | undefined {
  const names = interfacesOf(workload, options).map((one) => isStatic(one) ? staticName(one.network.name, workload.name) : one.network.name);
  return names.length === 0 ? undefined : { 'k8s.v1.cni.cncf.io/networks': names.join(', ') };
}

/** @internal The definition for members without a static address. */
export function attachmentDefinition(network: NetworkModel): any {
  const { subnet, ipv6Subnet, layer2 } = network;
  const { ipRange, gateway, ipv6Gateway } = layer2!;
  const ranges = [
    { range: subnet, ...partOf(ipRange), gateway },
    ...ipv6Subnet === undefined ? [] : [{ range: ipv6Subnet, gateway: ipv6Gateway }],
  ];
  return definition(network, { type: 'whereabouts', ipRanges: ranges });
}

/** @internal The definition for a static address of one workload. */
export function staticDefinition({ network, address, ipv6Address }: AttachmentModel): any {
  const addresses = [
    ...address === undefined ? [] : [{ address: withBits(address, network.subnet!), gateway: network.layer2!.gateway }],
    ...ipv6Address === undefined ? [] : [{ address: withBits(ipv6Address, network.ipv6Subnet!), gateway: network.layer2!.ipv6Gateway }],
  ];
  return definition(network, { type: 'static', addresses });
}

/** @internal Memberships with a static address. */
export const staticInterfaces = (workload: WorkloadModel, options: KubernetesOptions): AttachmentModel[] =>
  interfacesOf(workload, options).filter(isStatic);

function definition({ name, layer2 }: NetworkModel, ipam: any): any {
  const { driver, parent, mode } = layer2!;
  const config = { cniVersion: '0.3.1', name, type: driver, master: parent, mode: driver === Layer2Driver.MACVLAN ? 'bridge' : mode, ipam };
  return { spec: { config: JSON.stringify(config) } };
}

/** The mask stays that of the subnet. */
function partOf(ipRange: string | undefined): any {
  if (ipRange === undefined) return {};
  const { first, last } = rangeNumbers(ipRange);
  return { range_start: ipv4Text(first), range_end: ipv4Text(last) };
}

const withBits = (address: string, subnet: string): string => `${address}/${subnet.split('/')[1]}`;
