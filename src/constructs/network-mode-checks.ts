import type { ChartDeclarations } from './declarations';
import { NetworkMode } from './network-mode';
import type { Workload } from './workload';
import type { WorkloadShape } from './workload-checks';
import type { WorkloadProps } from './workload-props';
import { NetworkModeKind, type NetworkModeModel } from '../model/network-mode';
import * as messages from '../validation/messages';
import { checkInstance } from '../validation/props';

/*
 * What a network mode leaves without a meaning cannot be declared beside it.
 */

/**
 * Fails for what a workload cannot have with its network mode.
 *
 * @internal
 */
export function checkNetworkMode(path: string, name: string, props: WorkloadProps, shape: WorkloadShape, chart: ChartDeclarations): void {
  const { networkMode: mode } = props;
  checkInstance(path, name, 'networkMode', mode, NetworkMode, "a choice such as NetworkMode.host('why')");
  if (mode === undefined) return;
  if ((props.networks ?? []).length > 0) throw new Error(messages.modeWithNetworks(path, name, mode.kind));
  if ((shape.publishedPorts ?? []).length > 0) {
    throw new Error(messages.modeWithPublishedPorts(path, name, mode.kind, mode.owner?.node.id));
  }
  if (mode.kind !== NetworkModeKind.HOST && (props.egress ?? []).length > 0) {
    throw new Error(messages.modeWithEgress(path, name, mode.kind, mode.owner?.node.id));
  }
  if (mode.kind === NetworkModeKind.NONE && shape.ports.length > 0) throw new Error(messages.noNetworkWithPorts(path, name, shape.ports[0].number));
  if (mode.kind === NetworkModeKind.SHARED) checkOwner(path, name, mode.owner, shape, chart);
}

function checkOwner(path: string, name: string, owner: Workload | undefined, shape: WorkloadShape, chart: ChartDeclarations): void {
  if (owner?._shape === undefined) throw new Error(messages.wrongKind(path, name, 'networkMode', owner, 'a workload to NetworkMode.sharedWith'));
  const { id } = owner.node;
  if (owner._chart !== chart) throw new Error(messages.sharedWithOtherChart(path, name, id, owner._chart.name));
  const { networkMode: its } = owner._props;
  if (its?.kind === NetworkModeKind.SHARED) throw new Error(messages.sharedWithSharer(path, name, id, its.owner!.node.id));
  if (its?.kind === NetworkModeKind.HOST) throw new Error(messages.sharedWithHost(path, name, id));
  const copies = shape.maxReplicas ?? shape.replicas;
  if (copies > 1 && shape.ports.length > 0) throw new Error(messages.sharedPortOfSeveral(path, name, id, shape.ports[0].number, copies));
  // Further ports of the owner may be those of this one, declared there for whoever is to reach them.
  const [main] = owner.ports;
  if (main !== undefined && shape.ports.some(({ number, transport }) => number === main.number && transport === main.transport)) {
    throw new Error(messages.sharedPortTaken(path, name, id, main.number));
  }
}

/**
 * Fails for a workload that no load balancer finds in a network.
 *
 * @internal
 */
export function checkReachable(path: string, name: string, { node, _props: { networkMode: mode } }: Workload): void {
  if (mode?.kind !== NetworkModeKind.SHARED) return;
  throw new Error(messages.connectToMode(path, name, node.id, mode.kind, mode.owner!.node.id));
}

/**
 * A network mode as the model has it.
 *
 * @internal
 */
export function networkModeModel(mode: NetworkMode | undefined): NetworkModeModel | undefined {
  return mode === undefined ? undefined : { kind: mode.kind, reason: mode.reason, owner: mode.owner?._peer };
}
