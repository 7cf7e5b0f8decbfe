import type { IssuerModel } from './certificate';
import type { LoadBalancerModel } from './load-balancer';
import type { CutLinkModel, LinkModel, NetworkModel, PodsModel } from './network';
import type { SecretModel } from './secret';
import type { WorkloadModel } from './workload';

/**
 * A volume that several copies write.
 */
export interface SharedVolumeModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Size in mebibytes. */
  readonly sizeMebibytes: number;
  /** Kubernetes: storage class, which must offer ReadWriteMany. */
  readonly storageClassName?: string;
  /** Name of a volume that exists already. */
  readonly existingName?: string;
  /** NFS server, for Docker on several hosts. */
  readonly nfsServer?: string;
  /** Exported path of the NFS server. */
  readonly nfsPath?: string;
  /** User id of those who write to it; undefined: each its own. */
  readonly user?: number;
}

/**
 * Something outside that workloads connect to.
 */
export interface ExternalServiceModel {
  /** Path of the construct. */
  readonly path: string;
  /** Name of its chart. */
  readonly chart: string;
  /** Its name: the construct's id. */
  readonly name: string;
  /** Host name. */
  readonly hostname: string;
  /** Port number (TCP). */
  readonly port: number;
  /** Address ranges behind the host name; empty: unknown. */
  readonly ranges: string[];
}

/**
 * One chart: one manifest file, one Compose project, one Swarm stack.
 */
export interface ChartModel {
  /** Path of the chart. */
  readonly path: string;
  /** Its name. */
  readonly name: string;
  /** Kubernetes: its namespace. */
  readonly namespace?: string;
  /** Workloads, by name. */
  readonly workloads: WorkloadModel[];
  /** Networks, by name. */
  readonly networks: NetworkModel[];
  /** Links, by name. */
  readonly links: LinkModel[];
  /** Connections of its constructs to what the target does not render, by caller. */
  readonly cutLinks: CutLinkModel[];
  /** Load balancers, by name. */
  readonly loadBalancers: LoadBalancerModel[];
  /** Issuers, by name. */
  readonly issuers: IssuerModel[];
  /** Secrets, by name. */
  readonly secrets: SecretModel[];
  /** Shared volumes, by name. */
  readonly sharedVolumes: SharedVolumeModel[];
  /** External services, by name. */
  readonly externalServices: ExternalServiceModel[];
  /** Pods of other libraries that joined a network (Kubernetes only). */
  readonly pods: PodsModel[];
}

/**
 * The whole application.
 */
export interface AppModel {
  /** Charts, by name. */
  readonly charts: ChartModel[];
}
