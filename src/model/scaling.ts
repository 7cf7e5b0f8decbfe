/**
 * What an autoscaler looks at.
 */
export enum ScalingKind {
  /** Use of processor time. */
  CPU = 'cpu',
  /** Use of memory. */
  MEMORY = 'memory',
  /** A number that each copy has. */
  PER_COPY = 'per-copy',
  /** A number that has nothing to do with the copies, a queue's length for one. */
  EXTERNAL = 'external',
  /** A trigger of KEDA. */
  KEDA = 'keda',
}

/**
 * A measure by which the number of copies follows the load. With several, the one that asks for the most copies counts.
 *
 * Kubernetes alone scales; Compose and Swarm run `minReplicas` copies, and the report says so.
 */
export class ScalingMetric {
  /**
   * Average use of processor time, in percent of what a copy sets aside (`resources.cpu`).
   *
   * @param percent aimed at, for example 70
   */
  public static cpu(percent: number): ScalingMetric {
    return new ScalingMetric(ScalingKind.CPU, 'cpu', percent);
  }

  /**
   * Average use of memory, in percent of what a copy sets aside (`resources.memory`). Few programs give memory back, so
   * that copies come by it and seldom go.
   *
   * @param percent aimed at, for example 80
   */
  public static memory(percent: number): ScalingMetric {
    return new ScalingMetric(ScalingKind.MEMORY, 'memory', percent);
  }

  /**
   * Average of a number that each copy has, from the cluster's custom metrics API (prometheus-adapter, for one).
   *
   * @param metric its name there, for example `queue_depth`
   * @param average aimed at, for each copy
   */
  public static perCopy(metric: string, average: number): ScalingMetric {
    return new ScalingMetric(ScalingKind.PER_COPY, metric, average);
  }

  /**
   * Requests per second that each copy gets, from the cluster's custom metrics API.
   *
   * @param average aimed at, for each copy
   * @param metric its name there; `http_requests_per_second` where it is left out
   */
  public static requestsPerSecond(average: number, metric: string = 'http_requests_per_second'): ScalingMetric {
    return ScalingMetric.perCopy(metric, average);
  }

  /**
   * A number from the cluster's external metrics API, shared out among the copies.
   *
   * @param metric its name there, for example `sqs_messages_visible`
   * @param average aimed at, for each copy
   * @param labels which of several it is
   */
  public static external(metric: string, average: number, labels: { [key: string]: string } = {}): ScalingMetric {
    return new ScalingMetric(ScalingKind.EXTERNAL, metric, average, labels);
  }

  /**
   * A trigger of KEDA: `ScalingMetric.keda('prometheus', { serverAddress, query, threshold: '50' })`.
   *
   * Needs `new KubernetesTarget({ autoscaler: Autoscaler.keda() })`.
   *
   * @param type the scaler's name
   * @param metadata its settings, all of them texts
   * @param authentication name of a TriggerAuthentication in the chart's namespace
   * @see https://keda.sh/docs/latest/scalers/
   */
  public static keda(type: string, metadata: { [key: string]: string }, authentication?: string): ScalingMetric {
    return new ScalingMetric(ScalingKind.KEDA, type, 0, metadata, authentication);
  }

  private constructor(
    /** What is looked at. */
    public readonly kind: ScalingKind,
    /** Name of the metric, or type of the trigger. */
    public readonly name: string,
    /** What is aimed at. */
    public readonly target: number,
    /** Labels of the metric, or settings of the trigger. */
    public readonly settings: { [key: string]: string } = {},
    /** KEDA: name of the TriggerAuthentication. */
    public readonly authentication?: string,
  ) {}
}
