import { Duration } from 'cdk8s';
import { checkCount } from './option-checks';
import { checkInstance, checkProps, type PropNames } from '../../validation/props';

/**
 * Settings of KEDA.
 */
export interface KedaOptions {
  /**
   * How often triggers are asked.
   *
   * @default Duration.seconds(15)
   */
  readonly pollingInterval?: Duration;
  /**
   * Copies while a trigger cannot be asked, unless there are more already.
   *
   * @default - the fewest of the workload
   */
  readonly fallbackReplicas?: number;
}

/**
 * What changes the number of copies of workloads with `maxReplicas`.
 */
export class Autoscaler {
  /** Kubernetes' own: a HorizontalPodAutoscaler. */
  public static horizontal(): Autoscaler {
    return new Autoscaler(false);
  }

  /**
   * KEDA, which the cluster must have: a ScaledObject. It makes the HorizontalPodAutoscaler itself, and knows triggers of its
   * own besides processor time and memory (`ScalingMetric.keda`).
   *
   * @param options how often it asks, and what holds while it gets no answer
   */
  public static keda(options: KedaOptions = {}): Autoscaler {
    checkProps(WHERE, 'Autoscaler.keda()', options, KEDA);
    checkInstance(WHERE, 'Autoscaler.keda()', 'pollingInterval', options.pollingInterval, Duration, 'a Duration such as Duration.seconds(15)');
    checkCount('Autoscaler.keda()', 'fallbackReplicas', options.fallbackReplicas, 0);
    const seconds = (options.pollingInterval?.toMilliseconds() ?? 15_000) / 1000;
    checkCount('Autoscaler.keda()', 'pollingInterval in seconds', seconds, 1);
    return new Autoscaler(true, seconds, options.fallbackReplicas);
  }

  private constructor(
    /** Whether it is KEDA. */
    public readonly isKeda: boolean,
    /** KEDA: seconds between two questions. */
    public readonly pollingSeconds: number = 0,
    /** KEDA: copies while there is no answer. */
    public readonly fallbackReplicas?: number,
  ) {}
}

const WHERE = 'new KubernetesTarget({ autoscaler })';

const KEDA: PropNames<KedaOptions> = { pollingInterval: true, fallbackReplicas: true };
