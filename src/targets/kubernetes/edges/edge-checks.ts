import type { EdgeProxyOptions, ExistingGatewayOptions, GatewayOptions, IngressOptions, OwnProxiesOptions } from './kubernetes-edge-options';
import { checkLoadBalancerService } from '../load-balancer-service';
import { checkAnnotations, checkCount, checkLabels, checkNamespaceName, checkObjectName, checkRanges } from '../option-checks';

/*
 * What an edge is told and Kubernetes would refuse, or that would let nobody in.
 */

/** @internal */
export function checkGateway(options: GatewayOptions): void {
  const who = 'KubernetesEdge.gateway()';
  checkObjectName(who, 'className', options.className);
  checkCount(who, 'proxies', options.proxies, 1);
  checkProxies(who, options);
}

/** @internal */
export function checkExistingGateway(options: ExistingGatewayOptions): void {
  const who = 'KubernetesEdge.existingGateway()';
  checkObjectName(who, 'name', options.name);
  checkNamespaceName(who, 'namespace', options.namespace);
  checkObjectName(who, 'className', options.className);
  checkObjectName(who, 'httpListener', options.httpListener);
  checkObjectName(who, 'httpsListener', options.httpsListener);
  checkProxies(who, options);
}

/** @internal */
export function checkIngress(options: IngressOptions): void {
  const who = 'KubernetesEdge.ingress()';
  checkObjectName(who, 'className', options.className);
  checkAnnotations(who, options.annotations);
  checkProxies(who, options);
}

/** @internal */
export function checkOwnProxies(options: OwnProxiesOptions): void {
  const who = 'KubernetesEdge.ownProxies()';
  checkCount(who, 'proxies', options.proxies, 1);
  checkLoadBalancerService(who, options);
}

function checkProxies(who: string, { proxyNamespace, proxyLabels, proxyRanges }: EdgeProxyOptions): void {
  checkNamespaceName(who, 'proxyNamespace', proxyNamespace);
  checkLabels(who, proxyLabels);
  checkRanges(who, 'proxyRanges', proxyRanges);
}
