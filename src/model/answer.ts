import { Level } from './guarantee';

/**
 * What a target says about one guarantee of one construct: how well it is kept, how, and under which condition.
 */
export class Answer {
  /**
   * The target's own mechanism keeps it.
   *
   * @param reason the mechanism, in the target's words
   * @param condition what must hold for it, for example "the network plug-in enforces NetworkPolicy"
   */
  public static native(reason: string, condition?: string): Answer {
    return new Answer(Level.NATIVE, reason, condition);
  }

  /**
   * Generated parts keep it.
   *
   * @param reason which parts
   * @param condition what must hold for it
   */
  public static emulated(reason: string, condition?: string): Answer {
    return new Answer(Level.EMULATED, reason, condition);
  }

  /**
   * It is kept less well than declared.
   *
   * @param reason what is weaker, and what a user can do about it
   */
  public static degraded(reason: string): Answer {
    return new Answer(Level.DEGRADED, reason);
  }

  /**
   * It is not kept.
   *
   * @param reason why not, and what a user can do about it
   */
  public static dropped(reason: string): Answer {
    return new Answer(Level.DROPPED, reason);
  }

  /**
   * Nothing was declared that would need it.
   *
   * @param reason what was not declared
   */
  public static notNeeded(reason: string): Answer {
    return new Answer(Level.NOT_NEEDED, reason);
  }

  private constructor(
    /** How well the guarantee is kept. */
    public readonly level: Level,
    /** How it is kept, or why not. */
    public readonly reason: string,
    /** What must hold for it; undefined when nothing must. */
    public readonly condition?: string,
  ) {}

  /** @internal The same answer, with more said. */
  public _with(more: string): Answer {
    return more === '' ? this : new Answer(this.level, this.reason + more, this.condition);
  }

  /**
   * Whether the guarantee is kept as declared.
   */
  public get kept(): boolean {
    return this.level !== Level.DEGRADED && this.level !== Level.DROPPED;
  }
}

/**
 * A target's answers for one workload: a service, a worker, a stateful service or a scheduled job.
 */
export interface WorkloadAnswers {
  /** See `Guarantee.COPY_CRASH`. */
  readonly copyCrash: Answer;
  /** See `Guarantee.COPY_HANG`. */
  readonly copyHang: Answer;
  /** See `Guarantee.NODE_LOSS`. */
  readonly nodeLoss: Answer;
  /** See `Guarantee.ZONE_LOSS`. */
  readonly zoneLoss: Answer;
  /** See `Guarantee.PLANNED_DISRUPTION`. */
  readonly plannedDisruption: Answer;
  /** See `Guarantee.ROLLING_UPDATE`. */
  readonly rollingUpdate: Answer;
  /** See `Guarantee.ROLLBACK`. */
  readonly rollback: Answer;
  /** See `Guarantee.HEALTH_GATED_CALLS`. */
  readonly healthGatedCalls: Answer;
  /** See `Guarantee.INGRESS_ISOLATION`. */
  readonly ingressIsolation: Answer;
  /** See `Guarantee.EGRESS_ISOLATION`. */
  readonly egressIsolation: Answer;
  /** See `Guarantee.DECLARED_PORTS_ONLY`. */
  readonly declaredPortsOnly: Answer;
  /** See `Guarantee.DIRECTION`. */
  readonly direction: Answer;
  /** See `Guarantee.RESTRICTED_RUNTIME`. */
  readonly restrictedRuntime: Answer;
  /** See `Guarantee.SECRETS`. */
  readonly secrets: Answer;
  /** See `Guarantee.STORAGE_SURVIVES_RESTART`. */
  readonly storageSurvivesRestart: Answer;
  /** See `Guarantee.STORAGE_SURVIVES_NODE_LOSS`. */
  readonly storageSurvivesNodeLoss: Answer;
  /** See `Guarantee.BACKUP`. */
  readonly backup: Answer;
  /** See `Guarantee.SCALING`. */
  readonly scaling: Answer;
}

/**
 * A target's answers for one network.
 */
export interface NetworkAnswers {
  /** See `Guarantee.INGRESS_ISOLATION`. */
  readonly ingressIsolation: Answer;
  /** See `Guarantee.EGRESS_ISOLATION`. */
  readonly egressIsolation: Answer;
  /** See `Guarantee.DECLARED_PORTS_ONLY`. */
  readonly declaredPortsOnly: Answer;
  /** See `Guarantee.ENCRYPTION_BETWEEN_NODES`. */
  readonly encryptionBetweenNodes: Answer;
}

/**
 * A target's answers for one load balancer, with its routes and certificates.
 */
export interface LoadBalancerAnswers {
  /** See `Guarantee.COPY_CRASH`. */
  readonly copyCrash: Answer;
  /** See `Guarantee.NODE_LOSS`. */
  readonly nodeLoss: Answer;
  /** See `Guarantee.PLANNED_DISRUPTION`. */
  readonly plannedDisruption: Answer;
  /** See `Guarantee.ROLLING_UPDATE`. */
  readonly rollingUpdate: Answer;
  /** See `Guarantee.HEALTH_GATED_INGRESS`. */
  readonly healthGatedIngress: Answer;
  /** See `Guarantee.BALANCING_ALGORITHM`. */
  readonly balancingAlgorithm: Answer;
  /** See `Guarantee.ENCRYPTION_AT_EDGE`. */
  readonly encryptionAtEdge: Answer;
  /** See `Guarantee.CERTIFICATE_RENEWAL`. */
  readonly certificateRenewal: Answer;
  /** See `Guarantee.REDIRECT_AND_HSTS`. */
  readonly redirectAndHsts: Answer;
}

/**
 * Every answer there is; fits wherever the answers of one kind of construct are asked for.
 */
export interface AllAnswers extends WorkloadAnswers, NetworkAnswers, LoadBalancerAnswers {}

/**
 * Ready-made sets of answers.
 */
export class Answers {
  /**
   * For constructs that a target does not render at all.
   *
   * @param reason why the target does not render them
   */
  public static allDropped(reason: string): AllAnswers {
    const dropped = Answer.dropped(reason);
    return {
      copyCrash: dropped,
      copyHang: dropped,
      nodeLoss: dropped,
      zoneLoss: dropped,
      plannedDisruption: dropped,
      rollingUpdate: dropped,
      rollback: dropped,
      healthGatedIngress: dropped,
      healthGatedCalls: dropped,
      balancingAlgorithm: dropped,
      ingressIsolation: dropped,
      egressIsolation: dropped,
      declaredPortsOnly: dropped,
      direction: dropped,
      encryptionAtEdge: dropped,
      encryptionBetweenNodes: dropped,
      certificateRenewal: dropped,
      redirectAndHsts: dropped,
      restrictedRuntime: dropped,
      secrets: dropped,
      storageSurvivesRestart: dropped,
      storageSurvivesNodeLoss: dropped,
      backup: dropped,
      scaling: dropped,
    };
  }

  private constructor() {}
}
