import type { AppModel, SharedVolumeModel } from '../../model/app-model';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { NetworkModel } from '../../model/network';
import { PeerKind, type PeerModel, type WorkloadModel } from '../../model/workload';

/**
 * Who else is there. A slot shows a renderer its own construct only; starts in order and sizes of networks depend on
 * the other end of a connection.
 *
 * @internal
 */
export class Neighbours {
  private readonly workloads = new Map<string, WorkloadModel>();
  private readonly loadBalancers = new Map<string, LoadBalancerModel>();
  private readonly sharedVolumes = new Map<string, SharedVolumeModel>();

  public constructor(app: AppModel) {
    for (const chart of app.charts) {
      for (const workload of chart.workloads) this.workloads.set(`${chart.name}/${workload.name}`, workload);
      for (const loadBalancer of chart.loadBalancers) this.loadBalancers.set(`${chart.name}/${loadBalancer.name}`, loadBalancer);
      for (const volume of chart.sharedVolumes) this.sharedVolumes.set(`${chart.name}/${volume.name}`, volume);
    }
  }

  /** The workload at the other end; undefined where it is something else, or not rendered. */
  public workload(peer: Pick<PeerModel, 'chart' | 'name'>): WorkloadModel | undefined {
    return this.workloads.get(`${peer.chart}/${peer.name}`);
  }

  /** Whether the target renders that end of a connection. */
  public has(peer: PeerModel): boolean {
    const key = `${peer.chart}/${peer.name}`;
    return peer.kind === PeerKind.LOAD_BALANCER ? this.loadBalancers.has(key) : this.workloads.has(key);
  }

  /** The workloads of a network. */
  public membersOf(network: NetworkModel): WorkloadModel[] {
    return network.members.flatMap((name) => this.workload({ chart: network.chart, name }) ?? []);
  }

  /** A shared volume of a chart. */
  public sharedVolume(chart: string, name: string): SharedVolumeModel | undefined {
    return this.sharedVolumes.get(`${chart}/${name}`);
  }
}
