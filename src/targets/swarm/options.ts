import type { Placement } from '../../model/placement';
import type { DockerOptions } from '../compose/options';

/**
 * How a port is opened on the hosts of a Swarm.
 */
export enum PublishMode {
  /**
   * On the hosts that run a copy. The copy sees the visitor's own address. A host has the port once, so an update stops
   * the old copy before it starts the new one.
   */
  HOST = 'host',
  /**
   * On every host, by the routing mesh (IPVS). The copy sees the address of the mesh, not the visitor's, and the mesh
   * spreads connections over the copies by itself, one after the other. The name of what is published is a virtual address.
   */
  INGRESS = 'ingress',
}

/**
 * What the name of a service resolves to, for other workloads.
 */
export enum EndpointMode {
  /** The addresses of its healthy copies. */
  DNSRR = 'dnsrr',
  /** One virtual address, balanced by the kernel of the caller's host, which needs IPVS (the module `ip_vs`). */
  VIP = 'vip',
}

/**
 * What was decided for the whole target.
 *
 * @internal
 */
export interface SwarmOptions extends DockerOptions {
  /** Whether a service may be a job, which `docker stack deploy` before 23 does not know (measured, 20.10.24). */
  readonly jobs: boolean;
  /** Whether every network is encrypted between hosts. */
  readonly encrypted: boolean;
  /** How ports are opened. */
  readonly publishMode: PublishMode;
  /** Hosts that may run copies; undefined: not known. */
  readonly nodes?: number;
  /** What names resolve to. */
  readonly endpointMode: EndpointMode;
  /** Hosts on which load balancers run. */
  readonly edge?: Placement;
}
