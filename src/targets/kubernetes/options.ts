import type { Autoscaler } from './autoscaler';
import type { KubernetesEdge } from './edges/kubernetes-edge';
import type { GatewayApi } from './gateway-api-version';
import type { LoadBalancerServiceOptions } from './load-balancer-service';
import type { Monitoring } from './monitoring';
import type { NetworkPlugin } from './network-plugin';
import type { ReleaseTool } from './release-tool';
import type { ReleaseWaves } from './release-waves';
import type { TrafficDistribution } from './traffic-distribution';
import type { SharedVolumeModel } from '../../model/app-model';

/**
 * What a user told the target, for the renderers.
 *
 * @internal
 */
export interface KubernetesOptions {
  readonly version: string;
  readonly networkPlugin: NetworkPlugin;
  readonly monitoring: Monitoring;
  /** Address ranges of name servers besides the usual ones. */
  readonly nameServers: string[];
  readonly edge: KubernetesEdge;
  readonly gatewayApi: GatewayApi;
  /** Services of published ports. */
  readonly publishedServices: LoadBalancerServiceOptions;
  /** Which copies callers prefer. */
  readonly trafficDistribution: TrafficDistribution;
  /** Version of cert-manager. */
  readonly certManager: string;
  readonly cpuLimitMillis?: number;
  /** How many nodes may run copies; undefined: not known. */
  readonly nodes?: number;
  readonly clusterDomain: string;
  /** Whether the cluster has Multus and whereabouts. */
  readonly multus?: boolean;
  /** Whether pods have a user namespace of their own; undefined: where the version has it for good. */
  readonly userNamespaces?: boolean;
  /** Objects that somebody patched. */
  readonly patched: Set<PatchedObject>;
  readonly autoscaler: Autoscaler;
  /** Whether the vertical autoscaler says what copies should set aside. */
  readonly resourceRecommendations: boolean;
  readonly releaseTool: ReleaseTool;
  /** In which wave an object is applied, where the release tool has waves. */
  readonly waves: ReleaseWaves;
  /** Volumes that several copies write, by the path of their chart and their name. */
  readonly sharedVolumes: Map<string, SharedVolumeModel>;
}

/**
 * An object that somebody patched.
 *
 * @internal
 */
export interface PatchedObject {
  readonly kind: string;
  readonly name: string;
  readonly node: { readonly path: string };
  /** As it goes out. */
  toJson(): any;
  /** What its body is made of. */
  model(): any;
}
