import type { KubernetesEdge } from './kubernetes-edge';
import type { NetworkPlugin } from './network-plugin';
import type { ReleaseTool } from './release-tool';
import type { ReleaseWaves } from './release-waves';

/**
 * What a user told the target, for the renderers.
 *
 * @internal
 */
export interface KubernetesOptions {
  readonly version: string;
  readonly networkPlugin: NetworkPlugin;
  readonly edge: KubernetesEdge;
  readonly cpuLimitMillis?: number;
  readonly clusterDomain: string;
  /** Whether the cluster has Multus and whereabouts. */
  readonly multus?: boolean;
  readonly releaseTool: ReleaseTool;
  /** In which wave an object is applied, where the release tool has waves. */
  readonly waves: ReleaseWaves;
  /** Claims that exist already, by chart path and name of the `SharedVolume`. */
  readonly sharedClaims: Map<string, string>;
}
