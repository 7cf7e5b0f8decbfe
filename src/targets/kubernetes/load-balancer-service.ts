import { checkAnnotations, checkRanges } from './option-checks';
import { checkChoice, type PropNames } from '../../validation/props';
import { isLabelKey } from '../../validation/syntax';

/**
 * Who is told by the cluster's network about a visitor's address, and how visitors are spread over nodes.
 */
export enum ExternalTrafficPolicy {
  /** A node sends to copies of its own only: the visitor's address stays, and a node without a copy gets no visitors. */
  LOCAL = 'Local',
  /** A node sends to any copy: visitors have the address of a node. */
  CLUSTER = 'Cluster',
}

/**
 * Options of Services of type LoadBalancer.
 */
export interface LoadBalancerServiceOptions {
  /**
   * How visitors come from a node to a copy.
   *
   * @default - `LOCAL` for proxies of our own, whose access by source ranges needs it; `CLUSTER` for published ports
   */
  readonly externalTrafficPolicy?: ExternalTrafficPolicy;
  /**
   * Who makes the cluster's load balancer, where there are several.
   *
   * @default - the cluster's own
   * @see https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class
   */
  readonly loadBalancerClass?: string;
  /**
   * Address ranges from which anybody may come at all, where the cluster's load balancer can keep others out.
   *
   * @default - everybody
   */
  readonly sourceRanges?: string[];
  /**
   * Annotations of the Service, in the words of the cluster's load balancer.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** @internal Its part of a Service. */
export function loadBalancerSpec({ externalTrafficPolicy, loadBalancerClass, sourceRanges }: LoadBalancerServiceOptions): any {
  return { externalTrafficPolicy, loadBalancerClass, loadBalancerSourceRanges: sourceRanges, type: 'LoadBalancer' };
}

/** @internal */
export const LOAD_BALANCER_SERVICE: PropNames<LoadBalancerServiceOptions> = {
  externalTrafficPolicy: true, loadBalancerClass: true, sourceRanges: true, annotations: true,
};

/** @internal Throws for what the Service could not have. */
export function checkLoadBalancerService(path: string, who: string, options: LoadBalancerServiceOptions): void {
  const { externalTrafficPolicy, loadBalancerClass, sourceRanges, annotations } = options;
  checkChoice(path, who, 'externalTrafficPolicy', externalTrafficPolicy, ExternalTrafficPolicy, 'ExternalTrafficPolicy');
  if (loadBalancerClass !== undefined && !(typeof loadBalancerClass === 'string' && isLabelKey(loadBalancerClass))) {
    throw new Error(`${who} cannot take '${loadBalancerClass}' for loadBalancerClass: give a name such as 'service.k8s.aws/nlb'`);
  }
  // Kubernetes takes no range for every address.
  if (sourceRanges?.length === 0) throw new Error(`${who} cannot let anybody in: sourceRanges is empty, give a range such as '203.0.113.0/24' or leave it out`);
  checkRanges(who, 'sourceRanges', sourceRanges);
  checkAnnotations(who, annotations);
}
