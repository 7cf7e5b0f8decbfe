import type { AccessKind } from './access-rule';
import type { Answer } from './answer';
import type { HealthCheck } from './health-check';
import type { LoadBalancerModel } from './load-balancer';
import type { Port } from './port';
import type { SecretModel } from './secret';
import type { Security } from './security';
import type { ITargetTraits } from './traits';
import type { Volume } from './volume';

/**
 * A setting of the kernel in a container's network.
 */
export interface Sysctl {
  /** Its name, for example `net.ipv4.tcp_migrate_req`. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
  /** The first version of Linux that knows it: with an older one a container does not start. */
  readonly kernel: string;
}

/**
 * A container beside a load balancer. Both meet in a network, where it has the name of the load balancer, a hyphen and its
 * own; volumes of the same name are one.
 */
export interface LoadBalancerSidecar {
  /** Its name, unique in the load balancer. */
  readonly name: string;
  /** Image with tag. */
  readonly image: string;
  /** Replaces the image's entrypoint. */
  readonly command: string[];
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Secrets mounted as files: it alone gets these.
   *
   * @default - none
   */
  readonly secrets?: SecretModel[];
  /**
   * Disks and scratch space.
   *
   * @default - none
   */
  readonly volumes?: Volume[];
  /**
   * How far it is locked in.
   *
   * @default Security.restricted()
   */
  readonly security?: Security;
  /** User id. */
  readonly user: number;
  /**
   * Whether it may open connections to the outside.
   *
   * @default false
   */
  readonly egress?: boolean;
}

/**
 * A load balancer as an ordinary container: what a back end makes of its routes.
 */
export interface LoweredLoadBalancer {
  /** Image with tag. */
  readonly image: string;
  /**
   * Replaces the image's entrypoint.
   *
   * @default - the image's
   */
  readonly command?: string[];
  /**
   * Replaces the image's command.
   *
   * @default - the image's
   */
  readonly args?: string[];
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /** Folder of the configuration in the container; it is mounted as a folder, so that a new file is seen in place. */
  readonly configurationFolder: string;
  /** Files of the configuration, by name. */
  readonly configuration: { [fileName: string]: string };
  /** Command in the container that makes it read its configuration again. */
  readonly reloadCommand: string[];
  /**
   * Command in the container after which copies, whose names and addresses follow it, get no more requests, while they finish
   * what they have; without any all copies get requests again. Compose: `deploy.sh` calls it before copies stop, so that no
   * request is on its way to a copy that takes none. Swarm: not called, since Swarm stops tasks by itself. Kubernetes: a
   * stopping pod goes on accepting for a while instead.
   *
   * @default - it sends requests to copies until they refuse connections
   */
  readonly drainCommand?: string[];
  /**
   * Settings of the kernel that help, where it has them. Compose: `deploy.sh` asks the host. Swarm: none, since its
   * hosts may differ.
   *
   * @default - none
   */
  readonly sysctls?: Sysctl[];
  /**
   * Ports it listens on: the one for HTTP first, then the one for HTTPS, then those of routes of connections (`streams` without a host) in
   * their order. The one for HTTP is left out where there are such routes and no hosts. Hosts with certificates are an error where
   * there is none for HTTPS.
   */
  readonly ports: Port[];
  /**
   * Disks and scratch space.
   *
   * @default - none
   */
  readonly volumes?: Volume[];
  /**
   * How far it is locked in.
   *
   * @default Security.restricted()
   */
  readonly security?: Security;
  /**
   * User id.
   *
   * @default - the image's
   */
  readonly user?: number;
  /**
   * Port on which it tells its metrics over HTTP (`/metrics`), at the address of the target's traits.
   *
   * @default - none
   */
  readonly metricsPort?: number;
  /** A check of its own health, not of a route. */
  readonly healthCheck: HealthCheck;
  /**
   * Names of destinations whose copies it does not ask for their health: it only sees refused connections and lost
   * answers. A target says so in its answer for health-gated routing.
   *
   * @default - it asks every copy
   */
  readonly notAsked?: string[];
  /**
   * What it does not keep as declared: what follows the load balancer's name in a sentence, with what to change. Targets
   * make findings of them.
   *
   * @default - it keeps everything
   */
  readonly limitations?: string[];
  /**
   * Containers beside it.
   *
   * @default - none
   */
  readonly sidecars?: LoadBalancerSidecar[];
}

/**
 * Load balancer software: turns routes into an ordinary container. Four back ends and three targets are seven pieces.
 */
export interface ILoadBalancerBackend {
  /** Its name, for example `caddy`. */
  readonly name: string;

  /**
   * The kinds of access to a route that it keeps. A route that asks for another is an error at synth, and never open to all.
   *
   * @default - none
   */
  readonly accessKinds?: AccessKind[];

  /**
   * Whether it meets copies over TLS where a destination says how to verify them (`tls`), by HTTP/1.1 and, where the port speaks gRPC, by
   * HTTP/2; also for health checks. A route to such copies is an error otherwise.
   *
   * @default false
   */
  readonly verifiesCopies?: boolean;

  /**
   * Whether it sends copies of requests to another workload where a route says so (`mirror`). A route that does is a finding
   * otherwise.
   *
   * @default false
   */
  readonly mirrorsRequests?: boolean;

  /**
   * Whether it passes on connections as they are where a load balancer says so (`streams`): TLS by its server name, and all that come to
   * a port. A route of connections is an error otherwise.
   *
   * @default false
   */
  readonly passesStreams?: boolean;

  /**
   * Whether it looks names up in `/etc/hosts` too, not at a name server alone: only so it finds, on Compose, a workload that
   * has the network of its host. A route to such a workload is an error otherwise.
   *
   * @default false
   */
  readonly readsHostsFile?: boolean;

  /**
   * Whether it has visitors open new connections, which go elsewhere, while the load balancer's `leavingFile` exists: with each
   * answer it closes the connection that the answer came on. The file may outlive the container: its command removes it.
   *
   * @default false
   */
  readonly readsLeavingFile?: boolean;

  /**
   * Whether it tells copies from those that stand in for them while they are replaced, by `standInNames` of the traits: without
   * health checks only so new copies get no requests before they are ready.
   *
   * @default false
   */
  readonly tellsStandInsApart?: boolean;

  /**
   * Whether it notices within seconds that a host with copies is lost (`severalHosts` of the traits), also while it waits for an answer,
   * and sends to another copy what may be repeated. The answer for the loss of a host says what becomes of such requests.
   *
   * @default false
   */
  readonly noticesLostHosts?: boolean;

  /**
   * How well it keeps the declared balancing algorithm. A choice that it cannot do names those who can.
   *
   * @param loadBalancer the load balancer
   * @param traits what the target tells about itself
   */
  answerBalancing(loadBalancer: LoadBalancerModel, traits: ITargetTraits): Answer;

  /**
   * Turns routes into a container.
   *
   * @param loadBalancer the load balancer
   * @param traits what the target tells about itself
   */
  lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer;
}
