/**
 * Who may use a route.
 */
export class RouteAccess {
  /**
   * Visitors from these address ranges only; others get 403. It works where the visitor's own address arrives: see
   * `trustedProxies`.
   *
   * @param ranges for example `10.0.0.0/8`
   */
  public static sourceRanges(ranges: string[]): RouteAccess {
    return new RouteAccess(ranges);
  }

  private constructor(
    /** Address ranges visitors must come from. */
    public readonly ranges: string[],
  ) {}
}
