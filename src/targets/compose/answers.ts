import { Answers, type LoadBalancerAnswers, type NetworkAnswers, type WorkloadAnswers } from '../../model/answer';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';
import type { WorkloadModel } from '../../model/workload';

/** @internal */
export function workloadAnswers(_workload: WorkloadModel): WorkloadAnswers { return Answers.allDropped('TODO'); }
/** @internal */
export function networkAnswers(_network: NetworkModel): NetworkAnswers { return Answers.allDropped('TODO'); }
/** @internal */
export function loadBalancerAnswers(_lb: LoadBalancerModel): LoadBalancerAnswers { return Answers.allDropped('TODO'); }
