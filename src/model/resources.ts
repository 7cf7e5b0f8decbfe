import type { Size } from 'cdk8s';

/**
 * An amount of processor time.
 */
export class Cpu {
  /**
   * Thousandths of a core.
   *
   * @param amount for example 250 for a quarter of a core
   */
  public static millis(amount: number): Cpu {
    return new Cpu(amount);
  }

  /**
   * Whole or partial cores.
   *
   * @param amount for example 0.25 or 2
   */
  public static cores(amount: number): Cpu {
    return new Cpu(Math.round(amount * 1000));
  }

  private constructor(
    /** Thousandths of a core. */
    public readonly amountMillis: number,
  ) {}
}

/**
 * What one copy may use.
 */
export interface Resources {
  /**
   * Processor time that is set aside for a copy. Kubernetes: request. Compose: not enforced. Swarm: reservation.
   *
   * @default Cpu.millis(100)
   */
  readonly cpu?: Cpu;
  /**
   * Most processor time a copy may use.
   *
   * @default - no limit: a limit slows a copy down even where the host is idle
   */
  readonly cpuLimit?: Cpu;
  /**
   * Memory that is set aside for a copy, and, without `memoryLimit`, also the most it may use.
   *
   * @default Size.mebibytes(256)
   */
  readonly memory?: Size;
  /**
   * Most memory a copy may use; beyond it the kernel ends the copy.
   *
   * @default - `memory`
   */
  readonly memoryLimit?: Size;
}

/**
 * Resources with every default applied.
 */
export interface ResourcesModel {
  /** Thousandths of a core set aside. */
  readonly cpuMillis: number;
  /** Thousandths of a core at most; undefined: no limit. */
  readonly cpuLimitMillis?: number;
  /** Mebibytes set aside. */
  readonly memoryMebibytes: number;
  /** Mebibytes at most. */
  readonly memoryLimitMebibytes: number;
}

/** @internal What a copy gets that was told nothing. */
export const DEFAULT_RESOURCES: ResourcesModel = Object.freeze({ cpuMillis: 100, memoryMebibytes: 256, memoryLimitMebibytes: 256 });
