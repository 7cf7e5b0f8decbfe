/**
 * What a load balancer on Compose and Swarm may use, as long as it cannot be told. Caddy needs some 40 MiB for hundreds of connections;
 * where a host is overloaded, thousands of requests wait in it, and with 256 MiB the kernel killed it in the midst of them (measured).
 *
 * @internal
 */
export const LOAD_BALANCER_RESOURCES = { cpuMillis: 100, memoryMebibytes: 256, memoryLimitMebibytes: 512 };
