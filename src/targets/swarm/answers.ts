import { Answers, type LoadBalancerAnswers, type NetworkAnswers, type WorkloadAnswers } from '../../model/answer';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';
import type { WorkloadModel } from '../../model/workload';
import type { SwarmOptions } from './options';

/** @internal */
export function workloadAnswers(_workload: WorkloadModel, _options: SwarmOptions): WorkloadAnswers { return Answers.allDropped('TODO'); }
/** @internal */
export function networkAnswers(_network: NetworkModel, _options: SwarmOptions): NetworkAnswers { return Answers.allDropped('TODO'); }
/** @internal */
export function loadBalancerAnswers(_lb: LoadBalancerModel, _options: SwarmOptions): LoadBalancerAnswers { return Answers.allDropped('TODO'); }
