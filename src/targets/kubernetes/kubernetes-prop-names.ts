import type { KubernetesTargetProps } from './kubernetes-target-props';
import type { PropNames } from '../../validation/props';
import { TARGET_PROPS } from '../target';

/**
 * Every prop of the target.
 *
 * @internal
 */
export const KUBERNETES_PROPS: PropNames<KubernetesTargetProps> = {
  ...TARGET_PROPS,
  version: true,
  createNamespace: true,
  namespaceQuota: true,
  userNamespaces: true,
  networkPlugin: true,
  nameServers: true,
  monitoring: true,
  edge: true,
  gatewayApiVersion: true,
  publishedServices: true,
  trafficDistribution: true,
  gatewayApiChannel: true,
  certManagerVersion: true,
  cpuLimit: true,
  nodes: true,
  clusterDomain: true,
  multus: true,
  autoscaler: true,
  resourceRecommendations: true,
  releaseTool: true,
};
