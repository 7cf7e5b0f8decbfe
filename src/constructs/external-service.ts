import { Construct } from 'constructs';
import type { ICallee } from './connection';
import { Declarations, HOST_NAMES } from './declarations';
import { Port } from '../model/port';
import type { PeerModel } from '../model/workload';
import { PeerKind } from '../model/workload';
import { ExternalServiceSlot } from '../targets/slots';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';
import { isHost, isPort, isRange } from '../validation/syntax';

/**
 * What lies outside.
 */
export interface ExternalServiceProps {
  /** Host name, for example `shop.c9akciq32.eu-central-1.rds.amazonaws.com`. */
  readonly hostname: string;
  /** Port number (TCP). */
  readonly port: number;
  /**
   * Address ranges behind the host name. Kubernetes opens exactly these; without them every public address on that
   * port, which the report calls degraded, and no private one: a database inside your own network has such. Docker opens
   * everything, degraded.
   *
   * @default - unknown
   */
  readonly ranges?: string[];
}

/**
 * Something outside the application that workloads connect to: a managed database, say.
 */
export class ExternalService extends Construct implements ICallee {
  /** Its one port. */
  public readonly ports: Port[];
  /** @internal */
  public readonly _peer: PeerModel;
  private readonly props: ExternalServiceProps;

  /**
   * @param scope the chart, or a construct in it
   * @param id its name
   * @param props where it is
   */
  public constructor(scope: Construct, id: string, props: ExternalServiceProps) {
    super(Declarations.roomIn(scope, id, 'ExternalService'), id);
    checkProps(this.node.path, id, props, PROPS);
    const { path } = this.node;
    const chart = Declarations.chartOf(this, 'ExternalService');
    chart.claimName('ExternalService', this, id, 63, HOST_NAMES);
    if (!isHost(props.hostname)) throw new Error(messages.badHost(path, id, props.hostname));
    if (!isPort(props.port)) throw new Error(messages.badPort(path, id, props.port));
    if (props.ranges?.length === 0) throw new Error(messages.noExternalRanges(path, id));
    for (const range of props.ranges ?? []) if (!isRange(range)) throw new Error(messages.badRange(path, id, range));
    this.props = props;
    this.ports = [Port.tcp('tcp', props.port)];
    const ranges = props.ranges ?? [];
    this._peer = Object.freeze({ kind: PeerKind.EXTERNAL, chart: chart.name, name: id, hostname: props.hostname, ranges });
    const model = { path, chart: chart.name, name: id, hostname: props.hostname, port: props.port, ranges };
    chart.externalServices.push(model);
    chart.bind((target) => target.bindExternalService(new ExternalServiceSlot(this, chart.chart, id, model)));
  }

  /** Its host name outside. */
  public get hostname(): string {
    return this.props.hostname;
  }

  /** Host name and port. */
  public get address(): string {
    return `${this.props.hostname}:${this.props.port}`;
  }
}

const PROPS: PropNames<ExternalServiceProps> = { hostname: true, port: true, ranges: true };
