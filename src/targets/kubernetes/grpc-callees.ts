import { warning } from './findings';
import type { AppModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { isGrpcPort } from '../../model/port';
import { PeerKind, type WorkloadModel } from '../../model/workload';

/**
 * Calls over gRPC, which share one connection: the Service's address leads it to one copy, and all calls with it.
 *
 * @see https://kubernetes.io/blog/2018/11/07/grpc-load-balancing-on-kubernetes-without-tears/
 * @internal
 */
export function grpcCallees({ charts }: AppModel): Finding[] {
  const workloads = charts.flatMap(({ workloads: all }) => all);
  const calleeOf = (chart: string, name: string) => workloads.find((candidate) => candidate.chart === chart && candidate.name === name);
  return workloads.flatMap(({ path, name, callees }) => {
    const found = callees.filter(({ to, ports }) => to.kind === PeerKind.WORKLOAD && ports.some(isGrpcPort))
      .map(({ to }) => calleeOf(to.chart, to.name)).filter((callee): callee is WorkloadModel => callee !== undefined && hasSeveral(callee));
    if (found.length === 0) return [];
    return [warning('grpc-one-copy', path, `'${name}' reaches one copy alone of ${found.map((callee) => `'${callee.name}'`).sort().join(', ')} on Kubernetes: calls over gRPC`
      + ' share one connection, for which a Service picks a copy once; let the client pick (a headless Service and round_robin), end connections after minutes'
      + ' (MAX_CONNECTION_AGE of the server), or use a service mesh')];
  });
}

const hasSeveral = ({ replicas, maxReplicas = replicas }: WorkloadModel): boolean => maxReplicas > 1;
