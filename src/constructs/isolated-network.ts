import type { IPodSelector } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { checkEgress } from './egress-check';
import { checkFromFirst, NetworkBase, type NetworkDeclaration } from './network';
import { joinNetwork } from './plus';
import type { Egress } from '../model/egress';
import type { Port } from '../model/port';
import { PodsSlot } from '../targets/slots';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { ipv4Range, isIpv6Range, isWholeNumber } from '../validation/syntax';

/**
 * Options of a network.
 */
export interface IsolatedNetworkProps {
  /**
   * Whether membership alone opens nothing, so that members reach each other only where `connectTo` says so.
   *
   * Kubernetes: rules per connection. Docker: one private network for each connection.
   *
   * @default false - members reach each other on their declared ports
   */
  readonly connectedOnly?: boolean;
  /**
   * IPv4 range of the network. Kubernetes ignores it: there addresses belong to the cluster.
   *
   * @default - the engine picks one, or the target's `addressPool` gives one
   */
  readonly subnet?: string;
  /**
   * Whether the network has IPv6 besides IPv4; give `ipv6Subnet` too.
   *
   * @default - whether `ipv6Subnet` is given
   */
  readonly enableIpv6?: boolean;
  /**
   * IPv6 range of the network, for example `fd00:7::/64`.
   *
   * Compose: kept; engines before 28 do not keep its members from the host and from other networks over IPv6, which the
   * report says. Swarm: not there, a finding, since stacks know no IPv6. Kubernetes: a finding; addresses belong to the cluster.
   *
   * @default - no IPv6
   */
  readonly ipv6Subnet?: string;
  /**
   * Bytes of the largest packet: 68 to 65535, with IPv6 at least 1280. For hosts on a tunnel or cloud network that carries
   * less than 1500. Compose and Swarm: of this network alone, not of links. Kubernetes: a finding; the network plug-in has it.
   *
   * @default - the engine's: 1500, in overlays 1450
   */
  readonly mtu?: number;
  /**
   * Whether containers outside of the definition may join it by hand (`docker run --network`). Swarm: an option of the overlay.
   * Compose and Kubernetes cannot forbid it to who administers them: `false` is a finding there.
   *
   * @default true
   */
  readonly attachable?: boolean;
  /**
   * Whether traffic between hosts is encrypted. Swarm: the overlay's IPsec (UDP 4789, ESP). Compose: one host, nothing
   * to encrypt. Kubernetes: by the network plug-in or a service mesh.
   *
   * @default false
   */
  readonly encrypted?: boolean;
  /**
   * Ways out for each member.
   *
   * @default - none
   */
  readonly egress?: Egress[];
}

/**
 * A group of workloads that reach each other on their declared ports, and that nobody else reaches.
 *
 * Kubernetes: rules in each member's NetworkPolicy. Compose: an internal network without an address of the host.
 * Swarm: an internal overlay. Docker has no rules by port or direction inside a network; the report says so.
 */
export class IsolatedNetwork extends NetworkBase {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: IsolatedNetworkProps = {}) {
    super(scope, id, 'IsolatedNetwork', (path: string) => declared(path, id, props));
  }

  /**
   * Lets pods that cdk8s-plus-28 declares join the network: a Deployment, a StatefulSet, a Pod. Kubernetes only.
   *
   * @param pods the pods
   */
  public addMember(pods: IPodSelector): void {
    const member = joinNetwork(this, pods);
    this._chart.members.push(member);
    this._chart.bind((target) => target.bindPods(new PodsSlot(this, this._chart.chart, member.name, {
      produce: () => this._chart.app.view(target).pods(member),
    })));
  }
}

function declared(path: string, id: string, props: IsolatedNetworkProps): NetworkDeclaration {
  checkProps(path, id, props, PROPS);
  const { connectedOnly = false, subnet, ipv6Subnet, enableIpv6 = ipv6Subnet !== undefined, mtu, attachable, encrypted = false, egress = [] } = props;
  if (subnet !== undefined && ipv4Range(subnet) === undefined) throw new Error(messages.badSubnet(path, id, subnet));
  if (ipv6Subnet !== undefined && !isIpv6Range(ipv6Subnet)) throw new Error(messages.badIpv6Subnet(path, id, ipv6Subnet));
  checkFromFirst(path, id, { subnet, ipv6Subnet });
  if (enableIpv6 && ipv6Subnet === undefined) throw new Error(messages.ipv6WithoutSubnet(path, id));
  if (!enableIpv6 && ipv6Subnet !== undefined) throw new Error(messages.subnetWithoutIpv6(path, id, ipv6Subnet));
  const least = enableIpv6 ? LEAST_MTU_OF_IPV6 : LEAST_MTU;
  if (mtu !== undefined && (!isWholeNumber(mtu, least) || mtu > MOST_MTU)) throw new Error(messages.badMtu(path, id, mtu, least, MOST_MTU));
  for (const one of egress) checkEgress(path, id, one);
  return { connectedOnly, subnet, ipv6Subnet, mtu, attachable, encrypted, egress };
}

/** RFC 791 and RFC 8200: what every link must carry. */
const LEAST_MTU = 68;
const LEAST_MTU_OF_IPV6 = 1280;
const MOST_MTU = 65535;

/**
 * Pods of another library in a network.
 *
 * @internal
 */
export interface NetworkMember {
  readonly path: string;
  readonly name: string;
  readonly labels: { [key: string]: string };
  readonly ports: Port[];
  readonly network: IsolatedNetwork;
}

const PROPS: PropNames<IsolatedNetworkProps> = {
  connectedOnly: true, subnet: true, enableIpv6: true, ipv6Subnet: true, mtu: true, attachable: true, encrypted: true, egress: true,
};
