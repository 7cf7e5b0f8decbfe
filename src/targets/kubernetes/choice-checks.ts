import { Autoscaler } from './autoscaler';
import { KubernetesEdge } from './edges/kubernetes-edge';
import type { KubernetesTargetProps } from './kubernetes-target-props';
import { NetworkPlugin } from './network-plugin';
import { ReleaseTool } from './release-tool';
import { TrafficDistribution } from './traffic-distribution';
import { Cpu } from '../../model/resources';
import * as messages from '../../validation/messages';
import { checkChoice, checkInstance } from '../../validation/props';

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
  checkInstance(WHERE, WHO, 'cpuLimit', props.cpuLimit, Cpu, 'an amount such as Cpu.millis(500)');
  checkChoice(WHERE, WHO, 'trafficDistribution', props.trafficDistribution, TrafficDistribution, 'TrafficDistribution');
  for (const prop of ['version', 'gatewayApiVersion', 'certManagerVersion'] as const) {
    const value: unknown = props[prop];
    if (value !== undefined && typeof value !== 'string') throw new Error(messages.wrongKind(WHERE, WHO, prop, value, `a text such as '${String(value)}'`));
  }
}
