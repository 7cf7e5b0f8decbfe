import type { KubernetesEdge } from './kubernetes-edge';
import type { NetworkPlugin } from './network-plugin';

/**
 * What a user told the target, for the renderers.
 *
 * @internal
 */
export interface KubernetesOptions {
  readonly version: string;
  readonly networkPlugin: NetworkPlugin;
  readonly edge: KubernetesEdge;
  /** Version of cert-manager. */
  readonly certManager: string;
  readonly cpuLimitMillis?: number;
  readonly clusterDomain: string;
  /** Whether the cluster has Multus and whereabouts. */
  readonly multus?: boolean;
  /** Claims that exist already, by chart path and name of the `SharedVolume`. */
  readonly sharedClaims: Map<string, string>;
}
