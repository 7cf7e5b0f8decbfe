import { show, told } from './words';

/*
 * Messages: networks and connections.
 */

/** @internal */
export const badSubnet = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot have the subnet ${show(value)}: give an IPv4 range such as '10.7.0.0/24' [${path}]`;

/** @internal */
export const addressAsSubnet = (path: string, name: string, prop: string, value: string, range: string) =>
  `network '${name}' cannot have the ${prop} '${value}': that is an address in it, which Docker refuses, write '${range}' [${path}]`;

/** @internal */
export const subnetsOverlap = (path: string, name: string, subnet: string, other: string, otherSubnet: string) =>
  `network '${name}' cannot have the subnet ${subnet}: it overlaps ${otherSubnet} of ${other}, choose another range [${path}]`;

/** @internal */
export const subnetTooSmall = (path: string, name: string, subnet: string, room: number, copies: number) =>
  `network '${name}' cannot hold ${copies} copies in ${subnet}, which has room for ${room}: widen the subnet [${path}]`;

/** @internal */
export const badAddress = (path: string, name: string, value: unknown) =>
  `${name} cannot have the address ${show(value)}: give an IPv4 address such as '10.7.0.9' [${path}]`;

/** @internal */
export const addressWithoutSubnet = (path: string, name: string, address: string, network: string, prop: string) =>
  `${name} cannot have the address ${address} in network '${network}': the network has no ${prop}, give it one [${path}]`;

/** @internal */
export const addressOutsideSubnet = (path: string, name: string, address: string, network: string, subnet: string) =>
  `${name} cannot have the address ${address} in network '${network}': its subnet is ${subnet}, choose an address inside [${path}]`;

/** @internal */
export const addressTaken = (path: string, name: string, address: string, network: string, other: string) =>
  `${name} cannot have the address ${address} in network '${network}': ${other} has it, choose another [${path}]`;

/** @internal */
export const addressNeedsOneCopy = (path: string, name: string, address: string, copies: number) =>
  `${name} cannot have the address ${address} with ${copies} copies: an address belongs to one, remove it or give the workload one copy [${path}]`;

/** @internal */
export const badAlias = (path: string, name: string, network: string, value: unknown) =>
  `${name} cannot be called ${show(value)} in network '${network}': give a host name such as 'plc', of letters, digits, '-', '_' and '.' [${path}]`;

/** @internal */
export const networkInOtherChart = (path: string, name: string, network: string, chart: string) =>
  `${name} cannot join network '${network}' of chart '${chart}': a network belongs to one chart, use connectTo across charts [${path}]`;

/** @internal */
export const networkTwice = (path: string, name: string, network: string) =>
  `${name} cannot join network '${network}' twice: name it once, with all aliases in one attach() [${path}]`;

/** @internal */
export const connectWithoutPort = (path: string, name: string, callee: string) =>
  `${name} cannot connect to ${callee}: ${callee} has no port, give it one or connect the other way round [${path}]`;

/** @internal */
export const connectToUndeclaredPort = (path: string, name: string, callee: string, port: number, declared: string) =>
  `${name} cannot connect to port ${port} of ${callee}: its ports are ${declared} [${path}]`;

/** @internal */
export const connectToNoPort = (path: string, name: string, callee: string, declared: string) =>
  `${name} cannot connect to no port of ${callee}: name some of its ports (${declared}), or leave 'ports' out for all [${path}]`;

/** @internal */
export const connectToItself = (path: string, name: string) =>
  `${name} cannot connect to itself: copies of one StatefulService reach each other anyway, others do not know each other [${path}]`;

/** @internal */
export const connectToOtherApp = (path: string, name: string, callee: string) =>
  `${name} cannot connect to ${callee}: it belongs to another App, declare an ExternalService with its host name [${path}]`;

/** @internal */
export const hostNameTaken = (path: string, name: string, callee: string, chart: string, other: string) =>
  `${name} cannot connect to ${callee} of chart '${chart}': ${other} has the host name '${callee}' too, give one of them another id [${path}]`;

/** @internal */
export const calleeNotRendered = (name: string, callee: string, chart: string, target: string) =>
  `${name} does not reach ${callee} of chart '${chart}' on ${target}, which does not render it: add the chart to 'charts' of the target, or the target to 'onlyOn' of ${callee}`;

/** @internal */
export const askedNotRendered = (path: string, name: string, where: string, callee: string, chart: string, target: string) =>
  `${name} cannot ask ${callee} of chart '${chart}' about '${where}' on ${target}, which does not render that chart: add it to 'charts' of the target [${path}]`;

/** @internal */
export const notConnectable = (path: string, name: string, value: unknown) =>
  `${name} cannot connect to ${told(value)}: give a workload of this App or an ExternalService [${path}]`;

/** @internal */
export const startCycle = (path: string, cycle: string[]) =>
  `${cycle[0]} cannot start after itself: ${cycle.join(' → ')}, remove startAfter from one of these connections [${path}]`;

/** @internal */
export const startAfterTooLate = (path: string, name: string, callee: string) =>
  `${name} cannot start after ${callee} any more: it connects to it already, give startAfter with the first connectTo [${path}]`;

/** @internal */
export const badRange = (path: string, name: string, value: unknown) =>
  `${name} cannot open the range ${show(value)}: give an IPv4 or IPv6 range such as '203.0.113.0/24' [${path}]`;

/** @internal */
export const noExternalRanges = (path: string, name: string) =>
  `${name} cannot be behind no address: ranges is empty, give one such as '203.0.113.0/24' or leave it out [${path}]`;

/** @internal */
export const egressNowhere = (path: string, name: string, kind: string) => kind === 'hosts'
  ? `${name} cannot open a way out to nobody: Egress.toHosts([]) has no host, give one such as 'api.example.org' or leave it out [${path}]`
  : `${name} cannot open a way out to nobody: Egress.toRanges([]) has no range, give one such as '203.0.113.0/24' or leave it out [${path}]`;

/** @internal */
export const egressWithoutPort = (path: string, name: string, kind: string) =>
  `${name} cannot open a way out on no port: give ports such as [443], or leave them out for ${kind === 'hosts' ? '443' : 'all'} [${path}]`;

/** @internal */
export const badEgressHost = (path: string, name: string, value: unknown) =>
  `${name} cannot open the host ${show(value)}: give a host name such as 'api.example.org', without scheme, port or path [${path}]`;

/** @internal */
export const badEgressNamespace = (path: string, name: string, value: unknown) =>
  `${name} cannot open the namespace ${show(value)}: use at most 63 lower-case letters, digits and '-', with a letter or digit first and last [${path}]`;

/** @internal */
export const badEgressPort = (path: string, name: string, value: unknown) =>
  `${name} cannot open port ${show(value)} to the outside: give a whole number from 1 to 65535 [${path}]`;

/** @internal */
export const plusMember = (network: string, pods: string, target: string) =>
  `'${pods}' is no member of '${network}' on ${target}: pods of cdk8s-plus exist on Kubernetes only, declare it as a workload of this library`;

/** @internal */
export const plusRoute = (name: string, route: string, service: string, target: string) =>
  `${name} does not send ${route} to '${service}' on ${target}: Services of cdk8s-plus exist on Kubernetes only, declare it as a workload of this library`;

/** @internal */
export const memberTwice = (path: string, network: string, pods: string, other: string) =>
  `network '${network}' cannot take '${pods}': '${other}' of that id is a member of a network of this chart already, use one network or another id [${path}]`;

/** @internal */
export const badIpv6Subnet = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot have the IPv6 subnet ${show(value)}: give an IPv6 range such as 'fd00:7::/64' [${path}]`;

/** @internal */
export const ipv6WithoutSubnet = (path: string, name: string) =>
  `network '${name}' cannot have IPv6 without a range: give ipv6Subnet, for example 'fd00:7::/64' [${path}]`;

/** @internal */
export const subnetWithoutIpv6 = (path: string, name: string, value: string) =>
  `network '${name}' cannot have ipv6Subnet '${value}' with enableIpv6 false: remove one of the two [${path}]`;

/** @internal */
export const badMtu = (path: string, name: string, value: unknown, least: number, most: number) =>
  `network '${name}' cannot have mtu ${show(value)}: give a whole number from ${least} to ${most}${least > 1000 ? ', since every link of IPv6 carries that much' : ''} [${path}]`;

/** @internal */
export const badParent = (path: string, name: string, value: unknown) =>
  `network '${name}' cannot use the parent ${show(value)}: give a network interface of the host such as 'eth0', or 'eth0.20' for VLAN 20 [${path}]`;

/** @internal */
export const badIpvlanMode = (path: string, name: string, value: unknown, known: string[]) =>
  `network '${name}' cannot have the mode ${show(value)}: give one of IpvlanMode, ${known.join(', ')} [${path}]`;

/** @internal */
export const badIpRange = (path: string, name: string, value: unknown, subnet: string) =>
  `network '${name}' cannot give addresses from ipRange ${show(value)}: give an IPv4 range inside its subnet ${subnet} [${path}]`;

/** @internal */
export const badGateway = (path: string, name: string, value: unknown, subnet: string | undefined) =>
  `network '${name}' cannot have the gateway ${show(value)}: ${subnet === undefined ? 'give ipv6Subnet too' : `give an address inside ${subnet}, not its first or last`} [${path}]`;

/** @internal */
export const parentTaken = (path: string, name: string, parent: string, other: string) =>
  `network '${name}' cannot use the parent '${parent}' on Docker: ${other} has it, and an interface serves one network; use one network for both, or a VLAN for each [${path}]`;

/** @internal */
export const badIpv6Address = (path: string, name: string, value: unknown) =>
  `${name} cannot have the IPv6 address ${show(value)}: give one such as 'fd00:7::9' [${path}]`;

/** @internal */
export const addressOfGateway = (path: string, name: string, address: string, network: string) =>
  `${name} cannot have the address ${address} in network '${network}': its gateway has it, choose another [${path}]`;

/** @internal */
export const badHostAddress = (path: string, name: string, value: unknown) =>
  `${name} cannot publish a port on the address ${show(value)}: give an IPv4 or IPv6 address of the host, such as '127.0.0.1' [${path}]`;
