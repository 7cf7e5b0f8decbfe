import { isIPv4, isIPv6 } from 'node:net';
import type { Construct } from 'constructs';
import { checkFromFirst, NetworkBase, type NetworkDeclaration } from './network';
import { IpvlanMode, Layer2Driver } from '../model/network';
import { addressNumber, liesIn, rangeNumbers } from '../util/ip-range';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { ipv4Range, isInterface, isIpv6Range } from '../validation/syntax';

/**
 * Options of a network outside that workloads are put on.
 */
export interface Layer2NetworkProps {
  /** The host's network interface on that network, for example `eth0`, or `eth0.20` for VLAN 20. One network has it alone. */
  readonly parent: string;
  /** IPv4 range of that network, for example `192.168.20.0/24`. */
  readonly subnet: string;
  /**
   * IPv4 address of its router.
   *
   * @default - Docker takes the first address of the subnet
   */
  readonly gateway?: string;
  /**
   * Part of the subnet that nobody else gives away, for copies without a static address. Hosts give addresses without asking
   * each other, so on Swarm each needs a part of its own.
   *
   * @default - all of the subnet
   */
  readonly ipRange?: string;
  /**
   * IPv6 range of that network.
   *
   * @default - no IPv6
   */
  readonly ipv6Subnet?: string;
  /**
   * IPv6 address of its router.
   *
   * @default - Docker takes the first address of the range
   */
  readonly ipv6Gateway?: string;
}

/**
 * Options of a macvlan network.
 */
export interface MacvlanNetworkProps extends Layer2NetworkProps {}

/**
 * Options of an ipvlan network.
 */
export interface IpvlanNetworkProps extends Layer2NetworkProps {
  /**
   * How packets are passed on.
   *
   * @default IpvlanMode.L2
   */
  readonly mode?: IpvlanMode;
}

/**
 * A network outside on which each copy is a machine of its own, with its own hardware and IP address: for what must be
 * found there, such as controllers and discovery by broadcast. Its members reach each other, everybody on that network, and
 * what lies behind its router; and everybody there reaches them, on all ports. The host itself does not (macvlan).
 *
 * Compose: the driver `macvlan`. Swarm: an external network, made once by hand on each node; the finding has the commands.
 * Kubernetes: a NetworkAttachmentDefinition with `multus: true` of the target; else not there, a finding, and members meet
 * as in an `IsolatedNetwork`.
 */
export class MacvlanNetwork extends NetworkBase {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: MacvlanNetworkProps) {
    super(scope, id, 'MacvlanNetwork', (path: string) => declared(path, id, props, PROPS, Layer2Driver.MACVLAN));
  }
}

/**
 * As `MacvlanNetwork`, with the hardware address of the host: for networks that allow a port one hardware address, such as
 * Wi-Fi and many clouds.
 */
export class IpvlanNetwork extends NetworkBase {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: IpvlanNetworkProps) {
    super(scope, id, 'IpvlanNetwork', (path: string) => {
      const mode = props?.mode ?? IpvlanMode.L2;
      if (!MODES.includes(mode)) throw new Error(messages.badIpvlanMode(path, id, mode, MODES));
      return declared(path, id, props, { ...PROPS, mode: true }, Layer2Driver.IPVLAN, mode);
    });
  }
}

const PROPS: PropNames<Layer2NetworkProps> = { parent: true, subnet: true, gateway: true, ipRange: true, ipv6Subnet: true, ipv6Gateway: true };

const MODES = Object.values(IpvlanMode);

function declared(
  path: string, id: string, props: Layer2NetworkProps, known: PropNames<IpvlanNetworkProps> | PropNames<Layer2NetworkProps>,
  driver: Layer2Driver, mode?: IpvlanMode,
): NetworkDeclaration {
  checkProps<Layer2NetworkProps>(path, id, props, known);
  const { parent, subnet, gateway, ipRange, ipv6Subnet, ipv6Gateway } = props;
  if (!isInterface(parent)) throw new Error(messages.badParent(path, id, parent));
  if (ipv4Range(subnet) === undefined) throw new Error(messages.badSubnet(path, id, subnet));
  if (ipv6Subnet !== undefined && !isIpv6Range(ipv6Subnet)) throw new Error(messages.badIpv6Subnet(path, id, ipv6Subnet));
  if (ipRange !== undefined && (ipv4Range(ipRange) === undefined || !liesIn(ipRange, subnet))) {
    throw new Error(messages.badIpRange(path, id, ipRange, subnet));
  }
  checkFromFirst(path, id, { subnet, ipv6Subnet, ipRange });
  if (gateway !== undefined && !(isIPv4(gateway) && isInside(gateway, subnet))) {
    throw new Error(messages.badGateway(path, id, gateway, subnet));
  }
  if (ipv6Gateway !== undefined && !(isIPv6(ipv6Gateway) && ipv6Subnet !== undefined && isInside(ipv6Gateway, ipv6Subnet))) {
    throw new Error(messages.badGateway(path, id, ipv6Gateway, ipv6Subnet));
  }
  return {
    connectedOnly: false,
    encrypted: false,
    egress: [],
    subnet,
    ipv6Subnet,
    layer2: { driver, parent, mode, gateway, ipRange, ipv6Gateway },
  };
}

/** The first address names the network. The last is the broadcast address of IPv4; nobody's router has it in IPv6. */
function isInside(address: string, subnet: string): boolean {
  const { first, last } = rangeNumbers(subnet);
  const number = addressNumber(address);
  return number > first && number < last;
}
