import type { PropNames } from '../validation/props';

/**
 * What a release step can be told; the rest is the workload's.
 */
export interface ReleaseStepProps {
  /** Program and arguments; the image needs no shell for it. */
  readonly command: string[];
}

/**
 * Every prop of a release step.
 *
 * @internal
 */
export const RELEASE_STEP_PROPS: PropNames<ReleaseStepProps> = { command: true };
