import type { PropNames } from '../validation/props';

/**
 * What becomes of the disks of a stateful service on Kubernetes.
 */
export enum WhenGone {
  /** They stay until somebody deletes them. */
  RETAIN = 'retain',
  /** They are deleted with what they belonged to, and their data with them. */
  DELETE = 'delete',
}

/**
 * When the disks of a stateful service are deleted.
 *
 * Kubernetes: `persistentVolumeClaimRetentionPolicy`. Compose and Swarm keep volumes always; a `DELETE` is a finding there.
 */
export interface VolumeRetention {
  /**
   * The disks of a copy that goes because there are to be fewer of them.
   *
   * @default WhenGone.RETAIN
   */
  readonly whenScaled?: WhenGone;
  /**
   * All its disks, when the whole service is deleted.
   *
   * @default WhenGone.RETAIN
   */
  readonly whenDeleted?: WhenGone;
}

/**
 * Every prop of it.
 *
 * @internal
 */
export const RETENTION_PROPS: PropNames<VolumeRetention> = { whenScaled: true, whenDeleted: true };
