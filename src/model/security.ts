/**
 * How far a container is locked in.
 */
export enum SecurityLevel {
  /** Pod Security Standards *restricted* and its Docker equivalents. */
  RESTRICTED = 'restricted',
  /** Starts as root and steps down by itself. */
  STARTS_AS_ROOT = 'starts-as-root',
  /** As the image comes. */
  UNRESTRICTED = 'unrestricted',
}

/**
 * What may be loosened without leaving the restricted profile.
 */
export interface RestrictedOptions {
  /**
   * Whether the root file system can be written.
   *
   * @default false - write to declared volumes and to `/tmp`
   */
  readonly writableRoot?: boolean;
  /**
   * Whether `NET_BIND_SERVICE` is kept, for a program that carries it as a file capability.
   * It is the one capability that the restricted Pod Security Standard lets a container keep.
   *
   * @default false
   */
  readonly bindLowPorts?: boolean;
}

/**
 * How far a container is locked in.
 */
export class Security {
  /**
   * Not root, no capabilities, no new privileges, the default seccomp profile, a read-only root file system,
   * no service account token. The default.
   *
   * Swarm cannot forbid new privileges; the report says so.
   *
   * @param options what may be loosened
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
   */
  public static restricted(options: RestrictedOptions = {}): Security {
    const { writableRoot = false, bindLowPorts = false } = { ...options };
    return new Security(SecurityLevel.RESTRICTED, writableRoot, bindLowPorts, undefined, options);
  }

  /**
   * For images that start as root, prepare their folders and step down by themselves, as many official database
   * images do. Keeps the capabilities that takes (CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID) and no others.
   */
  public static startsAsRoot(): Security {
    return new Security(SecurityLevel.STARTS_AS_ROOT, false, false);
  }

  /**
   * As the image comes: its user, its capabilities, a writable root.
   *
   * @param reason why it must be so; stands in the report
   */
  public static unrestricted(reason: string): Security {
    if (typeof reason !== 'string' || reason.trim() === '') throw new Error("Security.unrestricted cannot do without a reason: say why, which the report repeats, such as Security.unrestricted('needs raw sockets')");
    return new Security(SecurityLevel.UNRESTRICTED, true, true, reason);
  }

  private constructor(
    /** How far it is locked in. */
    public readonly level: SecurityLevel,
    /** Whether the root file system can be written. */
    public readonly writableRoot: boolean,
    /** Whether NET_BIND_SERVICE is kept. */
    public readonly bindLowPorts: boolean,
    /** Why it is unrestricted. */
    public readonly reason?: string,
    /** @internal The options as given: a misspelt one is told where the container is checked, which has a path. */
    public readonly _given?: RestrictedOptions,
  ) {}
}
