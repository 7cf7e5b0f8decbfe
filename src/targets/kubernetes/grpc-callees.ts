import { warning } from './findings';
import type { AppModel, ChartModel } from '../../model/app-model';
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
  const called = workloads.flatMap(({ path, name, callees }) => {
    const found = callees.filter(({ to, ports }) => to.kind === PeerKind.WORKLOAD && ports.some(isGrpcPort))
      .map(({ to }) => calleeOf(to.chart, to.name)).filter((callee): callee is WorkloadModel => callee !== undefined && hasSeveral(callee));
    return found.length === 0 ? [] : [oneCopyAlone(path, `'${name}' reaches`, found)];
  });
  return [...called, ...charts.flatMap(calledInNetworks)];
}

/** Who is a member may call, and nobody says who does. */
function calledInNetworks({ networks, workloads }: ChartModel): Finding[] {
  return networks.filter(({ connectedOnly }) => !connectedOnly).flatMap((network) => {
    const members = workloads.filter(({ attachments }) => attachments.some((attachment) => attachment.network === network));
    const found = members.filter((member) => hasSeveral(member) && member.ports.some(isGrpcPort)
      && members.some((other) => other !== member && !other.callees.some(({ to }) => to.chart === member.chart && to.name === member.name)));
    return found.length === 0 ? [] : [oneCopyAlone(network.path, `a member of '${network.name}' that calls reaches`, found)];
  });
}

function oneCopyAlone(path: string, who: string, callees: WorkloadModel[]): Finding {
  return warning('grpc-one-copy', path, `${who} one copy alone of ${callees.map(({ name }) => `'${name}'`).sort().join(', ')} on Kubernetes: calls over gRPC`
    + ' share one connection, for which a Service picks a copy once; let the client pick (a headless Service and round_robin), end connections after minutes'
    + ' (MAX_CONNECTION_AGE of the server), or use a service mesh');
}

const hasSeveral = ({ replicas, maxReplicas = replicas }: WorkloadModel): boolean => maxReplicas > 1;
