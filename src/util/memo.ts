/** A `Map` or a `WeakMap`. */
interface Made<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/**
 * What is made of each key once, when it is first asked for.
 *
 * @internal
 */
export class Memo<K, V> {
  /**
   * @param make makes it
   * @param made where it is kept: a `WeakMap` where the keys come and go
   */
  public constructor(private readonly make: (key: K) => V, private readonly made: Made<K, V> = new Map()) {}

  /** What was made of a key, or is now. */
  public of(key: K): V {
    let value = this.made.get(key);
    if (value === undefined) this.made.set(key, value = this.make(key));
    return value;
  }
}
