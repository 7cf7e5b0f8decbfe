import { Size } from 'cdk8s';
import { Autoscaler } from './autoscaler';
import { KubernetesEdge } from './edges/kubernetes-edge';
import type { KubernetesTargetProps } from './kubernetes-target-props';
import { checkLoadBalancerService, LOAD_BALANCER_SERVICE } from './load-balancer-service';
import { MONITORING } from './monitoring';
import { NAMESPACE_QUOTA } from './namespace-quota';
import { NetworkPlugin } from './network-plugin';
import { checkCount } from './option-checks';
import { ReleaseTool } from './release-tool';
import { TrafficDistribution } from './traffic-distribution';
import * as messages from '../../validation/messages';
import { checkChoice, checkCpu, checkInstance, checkProps } from '../../validation/props';

const [WHERE, WHO] = ['new KubernetesTarget()', 'KubernetesTarget'];

/**
 * Fails for what is not made by the class, or of the enum, that a prop takes.
 *
 * @internal
 */
export function checkChoices(props: KubernetesTargetProps): void {
  checkInstance(WHERE, WHO, 'networkPlugin', props.networkPlugin, NetworkPlugin, 'a choice such as NetworkPlugin.cilium()');
  checkInstance(WHERE, WHO, 'releaseTool', props.releaseTool, ReleaseTool, 'a choice such as ReleaseTool.argoCd()');
  checkInstance(WHERE, WHO, 'edge', props.edge, KubernetesEdge, 'a choice such as KubernetesEdge.gateway()');
  checkInstance(WHERE, WHO, 'autoscaler', props.autoscaler, Autoscaler, 'a choice such as Autoscaler.keda()');
  checkCpu(WHERE, WHO, 'cpuLimit', props.cpuLimit, 1);
  checkChoice(WHERE, WHO, 'trafficDistribution', props.trafficDistribution, TrafficDistribution, 'TrafficDistribution');
  for (const prop of ['version', 'gatewayApiVersion', 'certManagerVersion'] as const) {
    const value: unknown = props[prop];
    if (value !== undefined && typeof value !== 'string') throw new Error(messages.wrongKind(WHERE, WHO, prop, value, `a text such as '${String(value)}'`));
  }
}

/**
 * Fails for what is misspelt, or of the wrong kind, in props that are objects of their own.
 *
 * @internal
 */
export function checkNested({ publishedServices, monitoring, namespaceQuota }: KubernetesTargetProps): void {
  if (publishedServices !== undefined) {
    const who = `${WHO}.publishedServices`;
    checkProps(WHERE, who, publishedServices, LOAD_BALANCER_SERVICE);
    checkLoadBalancerService(WHERE, who, publishedServices);
  }
  if (monitoring !== undefined) checkProps(WHERE, `${WHO}.monitoring`, monitoring, MONITORING);
  if (namespaceQuota !== undefined) {
    const who = `${WHO}.namespaceQuota`;
    checkProps(WHERE, who, namespaceQuota, NAMESPACE_QUOTA);
    checkCpu(WHERE, who, 'cpu', namespaceQuota.cpu, 1);
    checkInstance(WHERE, who, 'memory', namespaceQuota.memory, Size, 'a Size such as Size.gibibytes(16)');
    checkCount(who, 'pods', namespaceQuota.pods, 1);
  }
}
