import { isReplicated } from './copies';
import { containersOf, isSharedScratch } from './storage';
import type { AppModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import { HealthCheckKind } from '../../model/health-check';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { LoweredLoadBalancer } from '../../model/load-balancer-backend';
import type { WorkloadModel } from '../../model/workload';
import { hostPortsTaken, unknownAccess } from '../../validation/docker-rules';

/*
 * What Compose and Swarm have in common that only they find wrong. Texts as in src/validation/messages.ts: who cannot do
 * what, the value given, the change to make; an error ends with the path.
 */

/**
 * @param target the target as a reader calls it: Compose, Swarm
 * @internal
 */
export function dockerFindings(app: AppModel, target: string): Finding[] {
  return [...hostPortsTaken(app), ...unknownAccess(app), ...app.charts.flatMap((chart) => [
    ...chart.workloads.flatMap((workload) => workloadFindings(workload, target)),
    ...chart.networks.filter(({ connectedOnly, subnet }) => connectedOnly && subnet !== undefined)
      .map(({ path, name, subnet }) => warning('subnet-unused', path,
        `${name} does not use its subnet ${subnet} on ${target}: with connectedOnly each connection is a network of its own`)),
  ])];
}

/**
 * What the back end of a load balancer does not keep.
 *
 * @internal
 */
export const limitationFindings = ({ path, name }: LoadBalancerModel, { limitations = [] }: LoweredLoadBalancer): Finding[] =>
  limitations.map((limitation) => warning('load-balancer-limitation', path, `${name} ${limitation}`));

/** @internal */
export const warning = (rule: string, path: string, message: string): Finding => ({ rule, severity: Severity.WARNING, path, message });

/** @internal */
export const error = (rule: string, path: string, message: string): Finding =>
  ({ rule, severity: Severity.ERROR, path, message: `${message} [${path}]` });

function workloadFindings(workload: WorkloadModel, target: string): Finding[] {
  return [
    ...grpcChecks(workload),
    ...restarts(workload, target),
    ...besideContainers(workload, target),
    ...sharedScratch(workload, target),
  ];
}

function grpcChecks({ path, name, container }: WorkloadModel): Finding[] {
  if (container.healthCheck?.kind !== HealthCheckKind.GRPC) return [];
  return [warning('grpc-health-check', path,
    `${name} is asked for its health by TCP on Docker unless its image has grpc_health_probe: add it, or use HealthCheck.command`)];
}

function restarts({ path, name, container, initProcess }: WorkloadModel, target: string): Finding[] {
  if (!container.healthCheck?.restarts || initProcess) return [];
  return [warning('restart-needs-init', path, `${name} is not restarted on ${target} when it is not live: leave out 'init: false'`)];
}

function besideContainers(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, replicas } = workload;
  return [
    ...workload.sidecars.map((sidecar) => warning('sidecar-apart', path,
      `${sidecar.name} of ${name} is a service of its own on ${target}: each reaches the other by name (${name}, ${name}-${sidecar.name}), not on localhost`)),
    ...isReplicated(workload) && replicas > 1 ? workload.init.map((init) => warning('init-once', path,
      `${init.name} of ${name} runs once for all ${replicas} copies on ${target}, not before each`)) : [],
  ];
}

function sharedScratch(workload: WorkloadModel, target: string): Finding[] {
  const { path, name, replicas } = workload;
  const shared = new Set(containersOf(workload).flatMap(({ volumes }) => volumes).filter((volume) => isSharedScratch(volume, workload))
    .map((volume) => volume.name));
  const between = isReplicated(workload) && replicas > 1 ? `, shared by all ${replicas} copies` : '';
  return [...shared].sort().map((volume) => warning('scratch-kept', path,
    `the scratch space '${volume}' of ${name} is a volume on ${target}, since several containers share it: it is not empty at each start${between}`));
}
