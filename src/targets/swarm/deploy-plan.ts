import { ATTEMPTS, handoverServices } from './companions';
import { needsOwnLabel } from './deploy';
import { runsEverywhere, stackLoadBalancer } from './load-balancer';
import { secretName } from './names';
import type { SwarmOptions } from './options';
import { hasOwnDisk } from './storage';
import type { ChartModel } from '../../model/app-model';
import type { LoadBalancerModel } from '../../model/load-balancer';
import { labelPairs, type Placement } from '../../model/placement';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import { sharedLine, type SharedNetwork } from '../compose/across-charts';
import { besides, copyServices, ownerName } from '../compose/copies';
import { certificateLines, startSeconds, variableLines } from '../compose/deploy-plan';
import type { Neighbours } from '../compose/neighbours';
import { storedSecrets } from '../compose/secrets';

/*
 * What `deploy.sh` must know of a stack: what has to be there before, what is deployed first, and whom to wait for.
 */

/** Seconds that Swarm watches a new copy, and a little more. */
const MONITOR = 15;

/**
 * The plan of one stack.
 *
 * @param shared the networks that it shares with other stacks
 * @param target options of the target
 * @internal
 */
export function swarmPlan(chart: ChartModel, shared: SharedNetwork[], neighbours: Neighbours, target: SwarmOptions): string {
  const early = chart.workloads.filter(isEarly);
  const later = chart.workloads.filter((workload) => !isEarly(workload));
  return [
    `# What deploy.sh must know of ${chart.name}. Made by cdk8s-ha.`,
    `project ${chart.name}`,
    ...storedSecrets(chart).map((secret) => `secret ${secret.name} name=${secretName(secret)}`),
    ...variableLines(chart),
    ...certificateLines(chart),
    ...shared.map(({ name, options }) => sharedLine(name, options)),
    ...chart.workloads.flatMap(labelLines),
    ...chart.loadBalancers.flatMap(({ name }) => labelPairs(target.edge).map((label) => `label ${name} any ${label}`)),
    ...chart.workloads.flatMap(({ name, placement }) => hostLine(name, placement)),
    ...chart.loadBalancers.flatMap(({ name }) => hostLine(name, target.edge)),
    ...[...chart.workloads, ...chart.loadBalancers.map((one) => stackLoadBalancer(one).workload)]
      .flatMap((workload) => handoverServices(workload, neighbours)).map((service) => `handover ${service}`),
    ...early.flatMap(copyServices).map((service) => `early ${service}`),
    ...chart.workloads.flatMap((workload) => workload.releaseSteps.map(({ name }) => `step ${besides(workload.name, name)} attempts=${ATTEMPTS}`)),
    ...later.flatMap(servicesOf).map((service) => `service ${service}`),
    ...chart.loadBalancers.map(({ name }) => `service ${name}`),
    `wait ${Math.max(60, ...chart.workloads.map(updateSeconds), ...chart.loadBalancers.map((one) => edgeSeconds(one, target)))}`,
    '',
  ].join('\n');
}

/**
 * Services that stand before the release's steps run, and what hands over their disks.
 *
 * @internal
 */
export function earlyServices(chart: ChartModel): string[] {
  return chart.workloads.filter(isEarly).flatMap(copyServices).flatMap((service) => [service, ownerName(service)]);
}

function servicesOf(workload: WorkloadModel): string[] {
  return copyServices(workload).flatMap((service) => [service, ...workload.sidecars.map(({ name }) => besides(service, name))]);
}

const isEarly = ({ kind }: WorkloadModel): boolean => kind === WorkloadKind.STATEFUL;

/** Labels that nodes must have; where data lies on the node, one node alone. A value may have blanks. */
function labelLines(workload: WorkloadModel): string[] {
  const own = needsOwnLabel(workload);
  const nodes = hasOwnDisk(workload) && !own ? 'one' : 'any';
  return [
    ...labelPairs(workload.placement).map((label) => `label ${workload.name} ${nodes} ${label}`),
    ...own ? copyServices(workload).map((service) => `label ${service} one ${service}=true`) : [],
  ];
}

/** The host that must be there, where placement names one. */
const hostLine = (name: string, placement: Placement | undefined): string[] =>
  placement?.hostname === undefined ? [] : [`host ${name} ${placement.hostname}`];

/** The longest that a rolling update may take, one copy after the other. */
function updateSeconds({ replicas, container, drainSeconds }: WorkloadModel): number {
  return replicas * (startSeconds(container) + drainSeconds + MONITOR);
}

/** A load balancer on every host is replaced on one after the other. */
function edgeSeconds(loadBalancer: LoadBalancerModel, { nodes = 1 }: SwarmOptions): number {
  return (runsEverywhere(loadBalancer) ? nodes : 1) * updateSeconds(stackLoadBalancer(loadBalancer).workload);
}
