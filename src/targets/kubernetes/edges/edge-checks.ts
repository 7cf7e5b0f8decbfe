import { Size, SizeRoundingBehavior, type Duration } from 'cdk8s';
import { GatewayImplementation } from './gateway-implementation';
import type {
  EdgeProxyOptions, ExistingGatewayOptions, GatewayOptions, GatewayProxyOptions, IngressOptions, OwnProxiesOptions,
} from './kubernetes-edge-options';
import { checkInstance, checkProps, checkSeconds, type PropNames } from '../../../validation/props';
import { checkLoadBalancerService, LOAD_BALANCER_SERVICE } from '../load-balancer-service';
import { checkAnnotations, checkCount, checkGivenName, checkLabels, checkNamespaceName, checkObjectName, checkRanges } from '../option-checks';

/*
 * What an edge is told and Kubernetes would refuse, or that would let nobody in.
 */

/** @internal */
export function checkGateway(options: GatewayOptions): void {
  const who = 'KubernetesEdge.gateway()';
  checkProps(WHERE, who, options, GATEWAY);
  checkObjectName(who, 'className', options.className);
  checkCount(who, 'proxies', options.proxies, 1);
  checkInstance(WHERE, who, 'proxyMemoryLimit', options.proxyMemoryLimit, Size, 'a Size such as Size.gibibytes(2)');
  const mebibytes = options.proxyMemoryLimit?.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  checkCount(who, 'proxyMemoryLimit in MiB', mebibytes, LEAST_MEBIBYTES);
  checkTime(who, 'proxyDeregistration', options.proxyDeregistration);
  checkImplementation(who, options);
  checkProxies(who, options);
}

/** Envoy takes half of it before the first visitor comes. */
const LEAST_MEBIBYTES = 128;

/** @internal */
export function checkExistingGateway(options: ExistingGatewayOptions): void {
  const who = 'KubernetesEdge.existingGateway()';
  checkProps(WHERE, who, options, EXISTING);
  checkGivenName(who, 'name', options.name);
  checkNamespaceName(who, 'namespace', options.namespace);
  checkObjectName(who, 'className', options.className);
  checkObjectName(who, 'httpListener', options.httpListener);
  checkObjectName(who, 'httpsListener', options.httpsListener);
  checkImplementation(who, options);
  checkProxies(who, options);
}

/** @internal */
export function checkIngress(options: IngressOptions): void {
  const who = 'KubernetesEdge.ingress()';
  checkProps(WHERE, who, options, INGRESS);
  checkGivenName(who, 'className', options.className);
  checkAnnotations(who, options.annotations);
  checkProxies(who, options);
}

/** @internal */
export function checkOwnProxies(options: OwnProxiesOptions): void {
  const who = 'KubernetesEdge.ownProxies()';
  checkProps(WHERE, who, options, OWN_PROXIES);
  checkCount(who, 'proxies', options.proxies, 1);
  checkTime(who, 'deregistration', options.deregistration);
  checkTime(who, 'proxyDeregistration', options.proxyDeregistration);
  checkLoadBalancerService(WHERE, who, options);
}

function checkImplementation(who: string, { implementation }: GatewayProxyOptions): void {
  checkInstance(WHERE, who, 'implementation', implementation, GatewayImplementation, 'a choice such as GatewayImplementation.istio()');
}

function checkTime(who: string, prop: string, time: Duration | undefined): void {
  checkSeconds(WHERE, who, prop, time, 0, 'a Duration such as Duration.seconds(30)');
}

function checkProxies(who: string, { proxyNamespace, proxyLabels, proxyRanges, deregistration }: EdgeProxyOptions): void {
  checkTime(who, 'deregistration', deregistration);
  checkNamespaceName(who, 'proxyNamespace', proxyNamespace);
  checkLabels(who, proxyLabels);
  checkRanges(who, 'proxyRanges', proxyRanges);
}

const WHERE = 'new KubernetesTarget({ edge })';

const PROXIES: PropNames<EdgeProxyOptions> = { proxyNamespace: true, proxyLabels: true, proxyRanges: true, deregistration: true };
const GATEWAY: PropNames<GatewayOptions> = {
  ...PROXIES, implementation: true, className: true, proxies: true, proxyDeregistration: true, proxyMemoryLimit: true,
};
const EXISTING: PropNames<ExistingGatewayOptions> = {
  ...PROXIES, implementation: true, name: true, namespace: true, className: true, httpListener: true, httpsListener: true, listenerSet: true,
};
const INGRESS: PropNames<IngressOptions> = { ...PROXIES, className: true, annotations: true };
const OWN_PROXIES: PropNames<OwnProxiesOptions> = { ...LOAD_BALANCER_SERVICE, proxies: true, deregistration: true, proxyDeregistration: true };
