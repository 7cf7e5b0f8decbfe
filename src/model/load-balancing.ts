/**
 * How a load balancer picks a copy.
 */
export enum LoadBalancingAlgorithm {
  /** One after the other. */
  ROUND_ROBIN = 'round-robin',
  /** Any. */
  RANDOM = 'random',
  /** The less busy of two picked at random. */
  POWER_OF_TWO_CHOICES = 'power-of-two-choices',
  /** The one with the fewest open requests. */
  LEAST_CONNECTIONS = 'least-connections',
  /** The same copy for the same key. */
  CONSISTENT_HASH = 'consistent-hash',
  /** The same copy for the same visitor, by a cookie of the load balancer's. */
  STICKY = 'sticky',
}

/**
 * What a consistent hash is computed from.
 */
export enum HashKey {
  /** The visitor's address. */
  CLIENT_ADDRESS = 'client-address',
  /** A request header. */
  HEADER = 'header',
  /** A cookie. */
  COOKIE = 'cookie',
  /** The request's path and query. */
  URI = 'uri',
}

/**
 * How a load balancer picks a copy. A choice that a back end or target cannot do is a finding.
 */
export class LoadBalancing {
  /** One copy after the other. */
  public static roundRobin(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.ROUND_ROBIN);
  }

  /** Any copy. */
  public static random(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.RANDOM);
  }

  /** The less busy of two copies picked at random. */
  public static powerOfTwoChoices(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.POWER_OF_TWO_CHOICES);
  }

  /** The copy with the fewest open requests: a hung copy then keeps the few it has and gets no more. The default. */
  public static leastConnections(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.LEAST_CONNECTIONS);
  }

  /** The same copy for the same visitor's address. */
  public static hashClientAddress(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.CONSISTENT_HASH, HashKey.CLIENT_ADDRESS);
  }

  /**
   * The same copy for the same value of a request header.
   *
   * @param name the header
   */
  public static hashHeader(name: string): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.CONSISTENT_HASH, HashKey.HEADER, name);
  }

  /**
   * The same copy for the same value of a cookie that the application sets.
   *
   * @param name the cookie
   */
  public static hashCookie(name: string): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.CONSISTENT_HASH, HashKey.COOKIE, name);
  }

  /** The same copy for the same path and query. */
  public static hashUri(): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.CONSISTENT_HASH, HashKey.URI);
  }

  /**
   * The same copy for the same visitor, by a cookie that the load balancer sets.
   *
   * @param cookieName the cookie's name; `lb` when left out
   */
  public static sticky(cookieName: string = 'lb'): LoadBalancing {
    return new LoadBalancing(LoadBalancingAlgorithm.STICKY, HashKey.COOKIE, cookieName);
  }

  private constructor(
    /** The algorithm. */
    public readonly algorithm: LoadBalancingAlgorithm,
    /** What a hash is computed from. */
    public readonly hashKey?: HashKey,
    /** Name of the header or cookie. */
    public readonly keyName?: string,
  ) {}
}
