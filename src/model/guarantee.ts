/**
 * What a user may rely on. Every target answers each of them for every construct, in the report.
 */
export enum Guarantee {
  /** A copy that crashes is started again. */
  COPY_CRASH = 'copy-crash',
  /** A copy that hangs is found and started again. */
  COPY_HANG = 'copy-hang',
  /** The loss of a host takes no workload down. */
  NODE_LOSS = 'node-loss',
  /** The loss of a zone takes no workload down. */
  ZONE_LOSS = 'zone-loss',
  /** Draining a host never takes too many copies at once. */
  PLANNED_DISRUPTION = 'planned-disruption',
  /** A new version never leaves fewer copies than declared. */
  ROLLING_UPDATE = 'rolling-update',
  /** The version before can be brought back, with its configuration. */
  ROLLBACK = 'rollback',
  /** Visitors reach healthy copies only. */
  HEALTH_GATED_INGRESS = 'health-gated-ingress',
  /** Workloads reach healthy copies of each other only. */
  HEALTH_GATED_CALLS = 'health-gated-calls',
  /** Requests are spread by the declared algorithm. */
  BALANCING_ALGORITHM = 'balancing-algorithm',
  /** Nobody reaches a workload who was not declared. */
  INGRESS_ISOLATION = 'ingress-isolation',
  /** A workload reaches nobody who was not declared. */
  EGRESS_ISOLATION = 'egress-isolation',
  /** Only declared ports can be reached. */
  DECLARED_PORTS_ONLY = 'declared-ports-only',
  /** A connection can be opened from the declared side only. */
  DIRECTION = 'direction',
  /** Visitors speak TLS. */
  ENCRYPTION_AT_EDGE = 'encryption-at-edge',
  /** Traffic between hosts is encrypted. */
  ENCRYPTION_BETWEEN_NODES = 'encryption-between-nodes',
  /** Certificates are renewed before they end. */
  CERTIFICATE_RENEWAL = 'certificate-renewal',
  /** Plain HTTP is sent to HTTPS, and browsers remember it. */
  REDIRECT_AND_HSTS = 'redirect-and-hsts',
  /** Containers run without root, capabilities and a writable root file system. */
  RESTRICTED_RUNTIME = 'restricted-runtime',
  /** Secret values stand in no file, variable or image of ours. */
  SECRETS = 'secrets',
  /** Data outlives a restart of its copy. */
  STORAGE_SURVIVES_RESTART = 'storage-survives-restart',
  /** Data outlives the loss of a host. */
  STORAGE_SURVIVES_NODE_LOSS = 'storage-survives-node-loss',
  /** Data can be brought back after a mistake. */
  BACKUP = 'backup',
  /** The number of copies follows the load. */
  SCALING = 'scaling',
}

/**
 * How well a target keeps a guarantee.
 */
export enum Level {
  /** The target's own mechanism does it. */
  NATIVE = 'native',
  /** Generated parts do it. */
  EMULATED = 'emulated',
  /** Weaker than declared; the reason says how. */
  DEGRADED = 'degraded',
  /** Not there. */
  DROPPED = 'dropped',
  /** Nothing was declared that would need it. */
  NOT_NEEDED = 'not-needed',
}
