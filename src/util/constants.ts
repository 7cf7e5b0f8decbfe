/*
 * Parts of documents that many documents have in common. They are made once, looked at once and written once.
 */

const CONSTANTS = new WeakSet<object>();

/**
 * Freezes a value and all that it holds.
 *
 * @internal
 */
export function freezeAll<T>(value: T): T {
  if (typeof value !== 'object' || value === null || CONSTANTS.has(value)) return value;
  Object.values(value).forEach(freezeAll);
  CONSTANTS.add(Object.freeze(value));
  return value;
}

/**
 * Whether a value was frozen with all that it holds.
 *
 * @internal
 */
export function isConstant(value: object): boolean {
  return CONSTANTS.has(value);
}

/** More different parts than an application has; a process that runs for long must not grow. */
const MOST_PARTS = 5000;

/**
 * Parts by key.
 *
 * @internal
 */
export class SharedParts {
  private readonly parts = new Map<string, any>();

  /**
   * @param finish makes a part what its documents want it to be, before it is frozen
   */
  public constructor(private readonly finish: (part: any) => any) {}

  /** The part of this key, made when it is first asked for; undefined is not remembered. */
  public get<T>(key: string, make: () => T): T {
    const known = this.parts.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (made === undefined) return made;
    if (this.parts.size >= MOST_PARTS) this.parts.clear();
    const part = freezeAll(this.finish(made));
    this.parts.set(key, part);
    return part;
  }
}
