/**
 * What is made of each key once, when it is first asked for.
 *
 * @internal
 */
export class Memo<K, V> {
  private readonly made = new Map<K, V>();

  /**
   * @param make makes it
   */
  public constructor(private readonly make: (key: K) => V) {}

  /** What was made of a key, or is now. */
  public of(key: K): V {
    let value = this.made.get(key);
    if (value === undefined) this.made.set(key, value = this.make(key));
    return value;
  }
}
