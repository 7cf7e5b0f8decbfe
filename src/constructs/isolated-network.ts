import type { IPodSelector } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Declarations, type ChartDeclarations } from './declarations';
import { checkEgress } from './egress-check';
import { joinNetwork } from './plus';
import type { Egress } from '../model/egress';
import type { NetworkModel } from '../model/network';
import type { Port } from '../model/port';
import { NetworkSlot, PodsSlot } from '../targets/slots';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { ipv4Range } from '../validation/syntax';

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
 * How a workload is attached to a network.
 */
export interface AttachOptions {
  /**
   * Static IPv4 address, inside the network's `subnet`, for a workload of one copy. Kubernetes cannot: a finding.
   *
   * @default - the engine picks one
   */
  readonly address?: string;
  /**
   * Further host names in that network. Kubernetes cannot: a finding.
   *
   * @default - none
   */
  readonly aliases?: string[];
}

/**
 * Membership in a network: the network itself, or what its `attach` gives.
 */
export interface INetworkAttachment {
  /** The network. */
  readonly network: IsolatedNetwork;
  /** How the workload is attached to it. */
  readonly attachOptions: AttachOptions;
}

/**
 * A group of workloads that reach each other on their declared ports, and that nobody else reaches.
 *
 * Kubernetes: rules in each member's NetworkPolicy. Compose: an internal network without an address of the host.
 * Swarm: an internal overlay. Docker has no rules by port or direction inside a network; the report says so.
 */
export class IsolatedNetwork extends Construct implements INetworkAttachment {
  /** How a workload is attached when it just names the network. */
  public readonly attachOptions: AttachOptions = {};

  /** @internal */
  public readonly _chart: ChartDeclarations;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, private readonly props: IsolatedNetworkProps = {}) {
    super(Declarations.roomIn(scope, id, 'IsolatedNetwork'), id);
    checkProps(this.node.path, id, props, PROPS);
    const { path } = this.node;
    const chart = Declarations.chartOf(this, 'IsolatedNetwork');
    chart.claimName('IsolatedNetwork', this, id, 40);
    if (props.subnet !== undefined && ipv4Range(props.subnet) === undefined) throw new Error(messages.badSubnet(path, id, props.subnet));
    for (const egress of props.egress ?? []) checkEgress(path, id, egress);
    this._chart = chart;
    chart.networks.push(this);
    chart.bind((target) => target.bindNetwork(new NetworkSlot(this, chart.chart, id, {
      produce: () => chart.app.view(target).network(this),
    })));
  }

  /** The network itself. */
  public get network(): IsolatedNetwork {
    return this;
  }

  /**
   * Membership with a static address or further names.
   *
   * @param options address and names
   */
  public attach(options: AttachOptions): INetworkAttachment {
    return { network: this, attachOptions: options };
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

  /** @internal */
  public get _subnet(): string | undefined {
    return this.props.subnet;
  }

  /** @internal */
  public _toModel(members: string[], ports: NetworkModel['ports']): NetworkModel {
    return Object.freeze({
      path: this.node.path,
      chart: this._chart.name,
      name: this.node.id,
      connectedOnly: this.props.connectedOnly ?? false,
      subnet: this.props.subnet,
      encrypted: this.props.encrypted ?? false,
      members,
      ports,
      egress: this.props.egress ?? [],
    });
  }
}

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

const PROPS: PropNames<IsolatedNetworkProps> = { connectedOnly: true, subnet: true, encrypted: true, egress: true };
