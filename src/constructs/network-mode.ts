import type { Workload } from './workload';
import { NetworkModeKind } from '../model/network-mode';

/**
 * The network that a workload has instead of networks of its own. It then is a member of no network, and nobody is
 * connected to it.
 */
export class NetworkMode {
  /**
   * The network of the host: what the workload listens on is open on the host, and it reaches whatever the host reaches.
   *
   * A load balancer can send requests to it, and `ExternalService` can be connected to; other connections are errors.
   * Each of its ports exists once on a host.
   *
   * Compose: `network_mode: host`; a load balancer comes in by the host's address, with Caddy and Traefik.
   * Swarm: the predefined network `host`, one copy a node; a load balancer has no way to it, an error.
   * Kubernetes: `hostNetwork: true`. No NetworkPolicy holds for it, and Pod Security allows it in *privileged* namespaces only.
   *
   * @param reason why, for the report
   */
  public static host(reason?: string): NetworkMode {
    return new NetworkMode(NetworkModeKind.HOST, reason);
  }

  /**
   * No network but loopback, for work on files and volumes. It has no ports and no way out, and asks no name servers.
   *
   * Compose: `network_mode: none`.
   * Swarm has no such thing: an internal overlay that only its own copies share; degraded.
   * Kubernetes: a NetworkPolicy that lets nothing in or out, as far as the network plug-in enforces it.
   */
  public static none(): NetworkMode {
    return new NetworkMode(NetworkModeKind.NONE);
  }

  /**
   * The network of another workload's copy: both are `localhost` for each other. Its ports are reached by the owner's name,
   * so that whoever is to reach them connects to the owner, which declares them.
   *
   * Compose: `network_mode: service:OWNER`, for an owner of one copy that is not rolled by a twin (a StatefulService, or
   * one with a published port, a static address or a disk). When the owner crashes, this one has no network until it is
   * started again; the report says so.
   * Swarm and Kubernetes: an error; use `owner.addSidecar`, which is one pod on Kubernetes.
   *
   * @param owner a workload of the same chart
   */
  public static sharedWith(owner: Workload): NetworkMode {
    return new NetworkMode(NetworkModeKind.SHARED, undefined, owner);
  }

  private constructor(
    /** Which network. */
    public readonly kind: NetworkModeKind,
    /** Host: why. */
    public readonly reason?: string,
    /** Shared: whose network it is. */
    public readonly owner?: Workload,
  ) {}
}
