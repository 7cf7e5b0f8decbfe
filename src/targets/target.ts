import type { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type {
  ExternalServiceSlot, HostSlot, IssuerSlot, LinkSlot, LoadBalancerSlot, NetworkSlot, PodsSlot, RouteSlot, SecretSlot,
  SharedVolumeSlot, StreamRouteSlot, WorkloadSlot,
} from './slots';
import type { LoadBalancerAnswers, NetworkAnswers, WorkloadAnswers } from '../model/answer';
import type { AppModel, ChartModel } from '../model/app-model';
import type { Finding } from '../model/finding';
import { Guarantee } from '../model/guarantee';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { NetworkModel } from '../model/network';
import type { WorkloadModel } from '../model/workload';
import * as messages from '../validation/messages';
import { checkChoice, checkInstance, checkList, type PropNames } from '../validation/props';

/**
 * A guarantee that a target may keep less well than declared, agreed upon with a reason that stays in the report.
 */
export class Acceptance {
  /**
   * Accept it wherever it is degraded or dropped.
   *
   * @param guarantee what may be weaker
   * @param reason why that is agreed
   */
  public static of(guarantee: Guarantee, reason: string): Acceptance {
    return new Acceptance(guarantee, reason);
  }

  /**
   * Accept it for one construct and what is below it.
   *
   * @param guarantee what may be weaker
   * @param path the construct's path, for example `shop/db`
   * @param reason why that is agreed
   */
  public static at(guarantee: Guarantee, path: string, reason: string): Acceptance {
    return new Acceptance(guarantee, reason, path);
  }

  private constructor(
    /** What may be weaker. */
    public readonly guarantee: Guarantee,
    /** Why that is agreed. */
    public readonly reason: string,
    /** The construct it is agreed for; undefined: all. */
    public readonly path?: string,
  ) {}
}

/**
 * What every target can be told.
 */
export interface TargetProps {
  /**
   * Ids of the charts it renders.
   *
   * @default - all charts
   */
  readonly charts?: string[];
  /**
   * Whether isolation, encryption, availability or storage that is degraded or dropped is an error.
   *
   * @default false
   */
  readonly strict?: boolean;
  /**
   * What `strict` lets pass, each with its reason.
   *
   * @default - nothing
   */
  readonly accepts?: Acceptance[];
}

/**
 * Every prop of every target.
 *
 * @internal
 */
export const TARGET_PROPS: PropNames<TargetProps> = { charts: true, strict: true, accepts: true };

/**
 * A file of the output.
 */
export interface OutputFile {
  /** Path below the output folder, with forward slashes. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /**
   * Whether it can be run.
   *
   * @default false
   */
  readonly executable?: boolean;
}

/**
 * A target and the application as it sees it: its charts, and what exists on it.
 */
export interface RenderedTarget {
  /** The target. */
  readonly target: Target;
  /** The application. */
  readonly app: AppModel;
}

/**
 * What a target has at synth.
 */
export interface SynthContext {
  /** The application: the charts that this target renders. */
  readonly app: AppModel;
  /** Root of the construct tree. */
  readonly root: IConstruct;
  /** All targets, this one among them, each with the application as it sees it. */
  readonly rendered: RenderedTarget[];
  /** What validation found, errors left out. */
  readonly findings: Finding[];
}

/**
 * An output: Kubernetes manifests, a Compose project, a Swarm stack, a report, yours.
 *
 * When a construct is created, `bind…` is called once with its slot: hang empty objects into `slot.scope`, with bodies
 * from `slot.lazy`. At synth `files` gives the texts. The `answer…` methods say how well each guarantee is kept; for
 * constructs that a target does not render, `Answers.allDropped` serves.
 */
export abstract class Target {
  /** Ids of the charts it renders; undefined: all. */
  public readonly charts?: string[];
  /** Whether weaker isolation, encryption, availability or storage is an error. */
  public readonly strict: boolean;
  /** What `strict` lets pass. */
  public readonly accepts: Acceptance[];

  /**
   * @param name the target's name, for example `compose`; a part of its objects' ids and of the report
   * @param props options
   */
  protected constructor(
    /** The target's name. */
    public readonly name: string,
    props: TargetProps = {},
  ) {
    // Whoever writes a target of their own has these checked too.
    const [path, who] = [`new ${new.target.name}()`, new.target.name];
    if (typeof props !== 'object' || props === null) throw new Error(messages.noProps(path, who, props));
    if (props.charts !== undefined) checkList(path, who, 'charts', props.charts, "['shop']");
    if (props.accepts !== undefined) checkList(path, who, 'accepts', props.accepts, "[Acceptance.of(Guarantee.NODE_LOSS, 'one host')]");
    for (const accepted of props.accepts ?? []) {
      checkInstance(path, who, 'accepts', accepted, Acceptance, "choices such as Acceptance.of(Guarantee.NODE_LOSS, 'one host')");
      checkChoice(path, `${who}, accepts,`, 'the guarantee', accepted.guarantee ?? null, Guarantee, 'Guarantee');
      if (typeof accepted.reason !== 'string' || accepted.reason.trim() === '') throw new Error(messages.acceptedWithoutReason(path, who, accepted.guarantee));
    }
    this.charts = props.charts;
    this.strict = props.strict ?? false;
    this.accepts = props.accepts ?? [];
  }

  /**
   * Whether it renders a chart.
   *
   * @param chart the chart
   */
  public renders(chart: Chart): boolean {
    return this.charts === undefined || this.charts.includes(chart.node.id);
  }

  /**
   * A chart got its first construct of ours.
   *
   * @param _chart the chart
   */
  public bindChart(_chart: Chart): void {}

  /**
   * A workload was created.
   *
   * @param _slot the place for its objects
   */
  public bindWorkload(_slot: WorkloadSlot): void {}

  /**
   * A network was created.
   *
   * @param _slot the place for its objects
   */
  public bindNetwork(_slot: NetworkSlot): void {}

  /**
   * A connection was declared.
   *
   * @param _slot the place for its objects
   */
  public bindLink(_slot: LinkSlot): void {}

  /**
   * Pods of another library joined a network.
   *
   * @param _slot the place for their objects
   */
  public bindPods(_slot: PodsSlot): void {}

  /**
   * A load balancer was created.
   *
   * @param _slot the place for its objects
   */
  public bindLoadBalancer(_slot: LoadBalancerSlot): void {}

  /**
   * A load balancer got a host.
   *
   * @param _slot the place for its objects
   */
  public bindHost(_slot: HostSlot): void {}

  /**
   * A load balancer got a route.
   *
   * @param _slot the place for its objects
   */
  public bindRoute(_slot: RouteSlot): void {}

  /**
   * A load balancer got a route of connections: TLS that is passed on, or all connections to a port.
   *
   * @param _slot the place for its objects
   */
  public bindStreamRoute(_slot: StreamRouteSlot): void {}

  /**
   * An issuer was created.
   *
   * @param _slot the place for its objects
   */
  public bindIssuer(_slot: IssuerSlot): void {}

  /**
   * A secret was created.
   *
   * @param _slot the place for its objects
   */
  public bindSecret(_slot: SecretSlot): void {}

  /**
   * A shared volume was created.
   *
   * @param _slot the place for its objects
   */
  public bindSharedVolume(_slot: SharedVolumeSlot): void {}

  /**
   * An external service was created.
   *
   * @param _slot the place for its objects
   */
  public bindExternalService(_slot: ExternalServiceSlot): void {}

  /**
   * What the target finds wrong with the application.
   *
   * @param _app the charts that this target renders
   */
  public validate(_app: AppModel): Finding[] {
    return [];
  }

  /**
   * What whoever runs the application on the target must know besides answers and findings: a line each, for the report.
   *
   * @param _app the charts that this target renders
   */
  public remarks(_app: AppModel): string[] {
    return [];
  }

  /**
   * How well the target keeps each guarantee of a workload.
   *
   * @param workload the workload
   * @param chart its chart
   */
  public abstract answerWorkload(workload: WorkloadModel, chart: ChartModel): WorkloadAnswers;

  /**
   * How well the target keeps each guarantee of a network.
   *
   * @param network the network
   * @param chart its chart
   */
  public abstract answerNetwork(network: NetworkModel, chart: ChartModel): NetworkAnswers;

  /**
   * How well the target keeps each guarantee of a load balancer.
   *
   * @param loadBalancer the load balancer
   * @param chart its chart
   */
  public abstract answerLoadBalancer(loadBalancer: LoadBalancerModel, chart: ChartModel): LoadBalancerAnswers;

  /**
   * The target's files. Nothing is written before every target gave its files.
   *
   * @param context the application
   */
  public abstract files(context: SynthContext): OutputFile[];
}
