import { Construct } from 'constructs';
import { Declarations, type ChartDeclarations } from './declarations';
import type { NetworkModel } from '../model/network';
import { NetworkSlot } from '../targets/slots';
import { fromFirst } from '../util/ip-range';
import * as messages from '../validation/messages';

/**
 * How a workload is attached to a network.
 */
export interface AttachOptions {
  /**
   * Static IPv4 address, inside the network's `subnet`, for a workload of one copy, which then is updated by stopping it
   * first. Compose keeps it. Swarm cannot: a finding. Kubernetes cannot, save in a layer-2 network with Multus: a finding.
   *
   * @default - the engine picks one
   */
  readonly address?: string;
  /**
   * Static IPv6 address, inside the network's `ipv6Subnet`; else as `address`.
   *
   * @default - the engine picks one where the network has IPv6
   */
  readonly ipv6Address?: string;
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
  readonly network: NetworkBase;
  /** How the workload is attached to it. */
  readonly attachOptions: AttachOptions;
}

/**
 * A network that workloads join: `IsolatedNetwork`, `MacvlanNetwork` or `IpvlanNetwork`.
 */
export abstract class NetworkBase extends Construct implements INetworkAttachment {
  /** How a workload is attached when it just names the network. */
  public readonly attachOptions: AttachOptions = {};

  /** @internal */
  public readonly _chart: ChartDeclarations;
  /** @internal What is settled when it is declared. */
  public readonly _facts: NetworkDeclaration;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name on every target
   * @param kind its class as its user calls it
   * @param declare checks the declaration
   * @internal
   */
  protected constructor(scope: Construct, id: string, kind: string, declare: any) {
    super(Declarations.roomIn(scope, id, kind), id);
    const chart = Declarations.chartOf(this, kind);
    chart.claimName(kind, this, id, 40, NAME_SPACE);
    this._facts = declare(this.node.path);
    this._chart = chart;
    chart.networks.push(this);
    chart.bind((target) => target.bindNetwork(new NetworkSlot(this, chart.chart, id, { layer2: this._facts.layer2 }, {
      produce: () => chart.app.view(target).network(this),
    })));
  }

  /** The network itself. */
  public get network(): NetworkBase {
    return this;
  }

  /**
   * Membership with a static address or further names.
   *
   * @param options addresses and names
   */
  public attach(options: AttachOptions): INetworkAttachment {
    return { network: this, attachOptions: options };
  }

  /** @internal */
  public _toModel(members: string[], ports: NetworkModel['ports']): NetworkModel {
    return Object.freeze({ path: this.node.path, chart: this._chart.name, name: this.node.id, ...this._facts, members, ports });
  }
}

/** Networks of all kinds share one space of names. */
const NAME_SPACE = 'network';

/**
 * What was declared of a network, members left out.
 *
 * @internal
 */
export type NetworkDeclaration = Omit<NetworkModel, 'path' | 'chart' | 'name' | 'members' | 'ports'>;

/**
 * Fails for an address in place of the range around it: engines from 25 on refuse it.
 *
 * @param ranges ranges by their props
 * @internal
 */
export function checkFromFirst(path: string, name: string, ranges: { [prop: string]: string | undefined }): void {
  for (const [prop, range] of Object.entries(ranges)) {
    if (range !== undefined && fromFirst(range) !== range) throw new Error(messages.addressAsSubnet(path, name, prop, range, fromFirst(range)));
  }
}
