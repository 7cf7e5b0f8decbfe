import type { Autoscaler } from './autoscaler';
import type { KubernetesEdge } from './edges/kubernetes-edge';
import type { GatewayApiChannel } from './gateway-api-version';
import type { LoadBalancerServiceOptions } from './load-balancer-service';
import type { MonitoringOptions } from './monitoring';
import type { NamespaceQuota } from './namespace-quota';
import type { NetworkPlugin } from './network-plugin';
import type { ReleaseTool } from './release-tool';
import type { TrafficDistribution } from './traffic-distribution';
import type { Cpu } from '../../model/resources';
import type { TargetProps } from '../target';

/**
 * Options of the Kubernetes target.
 */
export interface KubernetesTargetProps extends TargetProps {
  /**
   * The oldest Kubernetes that the manifests must work with: `1.33` to `1.36`.
   *
   * @default '1.33'
   */
  readonly version?: string;
  /**
   * Whether a Namespace object is written for each chart with a `namespace`, in a file of its own, protected from
   * pruning: who deletes a namespace deletes all that is in it. Beside it stands a NetworkPolicy for pods that have none: they
   * reach nobody, and nobody reaches them.
   *
   * @default false
   */
  readonly createNamespace?: boolean;
  /**
   * Most that all pods of each namespace may set aside together: a ResourceQuota beside the Namespace, with a LimitRange for
   * pods of others that set nothing aside. Needs `createNamespace`. One that is too small for an update is an error.
   *
   * @default - no quota
   */
  readonly namespaceQuota?: NamespaceQuota;
  /**
   * Whether pods have a user namespace of their own (`hostUsers: false`): who breaks out of a container is nobody on the
   * node, even where the container's process is root. Needs Linux 6.3, containerd 2 and runc 1.2, or CRI-O, on every node.
   * Not for pods with the network of their node, with a `SharedVolume` or a host path, whose files have owners, or with
   * `Security.unrestricted`.
   *
   * @default - true from version 1.36 on, where it is generally available
   */
  readonly userNamespaces?: boolean;
  /**
   * The cluster's network plug-in. Policies are only as good as it.
   *
   * @default - not known: the report says under which condition isolation holds
   */
  readonly networkPlugin?: NetworkPlugin;
  /**
   * Where what collects metrics runs. It may ask the `metricsPort` of every workload that has one; given, also that of the
   * proxies of load balancers, where they run beside the workloads.
   *
   * @default - Prometheus in the namespace `monitoring`, as kube-prometheus-stack installs it, for workloads alone
   */
  readonly monitoring?: MonitoringOptions;
  /**
   * Address ranges of name servers that pods ask, where policies cannot know them: the address of the Service `kube-dns` where a cache on
   * each node answers for it (NodeLocal DNSCache with kube-proxy in the mode `iptables` under Calico), the addresses of a cache of the cloud.
   *
   * @default - CoreDNS or kube-dns of the namespace `kube-system`, NodeLocal DNSCache at 169.254.20.10 or as a pod, DNS of OpenShift
   */
  readonly nameServers?: string[];
  /**
   * How visitors come in.
   *
   * @default KubernetesEdge.gateway()
   */
  readonly edge?: KubernetesEdge;
  /**
   * The oldest Gateway API that the manifests must work with: `1.2` to `1.7`. What it lacks is an error or a finding where
   * something needs it: `copyTls` needs 1.4, a `listenerSet` 1.5.
   *
   * @default '1.5'
   */
  readonly gatewayApiVersion?: string;
  /**
   * Services of type LoadBalancer, one for each workload with `publishedPorts`. One of them alone is changed by
   * `KubernetesObjects.of(workload).publishedService`.
   *
   * @default - what the cluster does by itself
   */
  readonly publishedServices?: LoadBalancerServiceOptions;
  /**
   * Which copies callers inside the cluster reach by a workload's Service. The proxies of a Gateway or of our own, and headless
   * Services, pick copies as their algorithm says.
   *
   * @default TrafficDistribution.EVEN
   */
  readonly trafficDistribution?: TrafficDistribution;
  /**
   * Which definitions of the Gateway API the cluster has. With the experimental ones fields are written that may still change.
   *
   * @default GatewayApiChannel.STANDARD
   */
  readonly gatewayApiChannel?: GatewayApiChannel;
  /**
   * The oldest cert-manager that the manifests must work with.
   *
   * @default '1.18'
   */
  readonly certManagerVersion?: string;
  /**
   * Most processor time a copy may use, unless its `resources` say so.
   *
   * @default - no limit
   */
  readonly cpuLimit?: Cpu;
  /**
   * Number of nodes that may run copies. With it `maxReplicasPerNode: 1` holds where updates start new copies first, as long
   * as there is room for them and a node to spare.
   *
   * @default - not known
   */
  readonly nodes?: number;
  /**
   * The cluster's domain, the end of the full names of its Services.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /**
   * Whether the cluster has Multus and its address manager whereabouts. Then members of a `MacvlanNetwork` or
   * `IpvlanNetwork` get an interface on it (NetworkAttachmentDefinition), for which no NetworkPolicy holds.
   *
   * @default false - such networks are not there: a finding
   */
  readonly multus?: boolean;
  /**
   * What changes the number of copies of workloads with `maxReplicas`.
   *
   * @default Autoscaler.horizontal()
   */
  readonly autoscaler?: Autoscaler;
  /**
   * Whether the vertical autoscaler, which the cluster must have, says what each workload's copies should set aside: a
   * VerticalPodAutoscaler that recommends and changes nothing (`updateMode: Off`).
   *
   * @default false
   */
  readonly resourceRecommendations?: boolean;
  /**
   * What brings the manifests to the cluster, which decides how release steps (`addReleaseStep`) run.
   *
   * @default ReleaseTool.kubectl() - a release step is an init container, so it runs before each copy: a finding
   */
  readonly releaseTool?: ReleaseTool;
}
