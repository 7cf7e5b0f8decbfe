/*
 * Copies of requests for another workload. They must cost a visitor nothing, nor the load balancer much.
 */

/** Digits of the length of a body, up to which it is kept for a copy. */
export const COPIED_DIGITS = 5;

/** Bytes of a body that is too large to be kept for a copy. */
export const TOO_LARGE_TO_COPY = 10 ** COPIED_DIGITS;

/** Seconds that a copy may be silent. */
export const MIRROR_SECONDS = 5;
