/**
 * What a load balancer on Compose and Swarm may use, as long as it cannot be told: Caddy needs some 40 MiB for hundreds of connections.
 *
 * @internal
 */
export const LOAD_BALANCER_RESOURCES = { cpuMillis: 100, memoryMebibytes: 256, memoryLimitMebibytes: 256 };
