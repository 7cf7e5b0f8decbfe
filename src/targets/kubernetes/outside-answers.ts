import { interfacesOf } from './multus';
import type { KubernetesOptions } from './options';
import { Answer } from '../../model/answer';
import type { Layer2Model } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import type { WorkloadModel } from '../../model/workload';

/*
 * What isolation is left where a pod is in a network that is not the cluster's: policies hold for that one alone.
 */

/** @internal The answer to everything about isolation; undefined where policies hold. */
export function outsideIsolation(workload: WorkloadModel, options: KubernetesOptions): Answer | undefined {
  const { networkMode: mode } = workload;
  if (mode?.kind === NetworkModeKind.HOST) {
    return Answer.dropped(`hostNetwork${mode.reason === undefined ? '' : ` (${mode.reason})`}: no NetworkPolicy holds, who reaches the node reaches every port it listens on,`
      + ' and it reaches whatever the node reaches');
  }
  const outside = interfacesOf(workload, options).map(({ network }) => network.name);
  if (outside.length === 0) return undefined;
  return Answer.dropped(`no NetworkPolicy holds in ${outside.join(', ')}: who is on that network reaches it on all ports, and it reaches them`);
}

/** @internal The answer to everything about isolation of a layer-2 network. */
export const layer2Isolation = ({ parent }: Layer2Model): Answer =>
  Answer.dropped(`it is the network at each node's ${parent}, for which no NetworkPolicy holds: its members and all who are on it reach each other on all ports`);
