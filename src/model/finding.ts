/**
 * How much a finding matters.
 */
export enum Severity {
  /** Nothing is written until it is mended. */
  ERROR = 'error',
  /** It will hurt one day; the report lists it. */
  WARNING = 'warning',
}

/**
 * Something that validation found.
 */
export interface Finding {
  /** The rule's name, for example `image-without-tag`. */
  readonly rule: string;
  /** How much it matters. */
  readonly severity: Severity;
  /** Path of the construct. */
  readonly path: string;
  /** Who cannot do what, the value given, the change to make. */
  readonly message: string;
}
