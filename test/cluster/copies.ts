import { Api, WatchEvent } from './api';
import { eventually } from './control-plane';
import { pathOf } from './nodes';

/** Counts the copies of every workload that a visitor could reach, at every change, so that no gap is too short to see. */
export class Copies {
  public static async watch(api: Api, namespace: string): Promise<Copies> {
    const copies = new Copies(api, namespace);
    await api.watch(`/api/v1/namespaces/${namespace}/pods`, (event) => copies.onPod(event));
    return copies;
  }

  private readonly pods = new Map<string, any>();
  private readonly least = new Map<string, number>();

  private constructor(private readonly api: Api, private readonly namespace: string) {}

  /** Pods that are ready and were not told to stop, by workload. */
  public ready(): Map<string, any[]> {
    const found = new Map<string, any[]>();
    for (const pod of this.pods.values()) {
      if (isReady(pod)) found.set(workloadOf(pod), [...found.get(workloadOf(pod)) ?? [], pod]);
    }
    return found;
  }

  public all(): any[] {
    return [...this.pods.values()];
  }

  /** The least number of ready copies of a workload since `startCounting`. */
  public leastOf(workload: string): number {
    return this.least.get(workload) ?? 0;
  }

  public startCounting(): void {
    this.least.clear();
    for (const [workload, pods] of this.ready()) this.least.set(workload, pods.length);
  }

  /** Waits until each workload has its copies, all of them fit, and nothing more. */
  public async settle(wanted: ReadonlyMap<string, number>, fits: (pod: any) => boolean = () => true, seconds = 180): Promise<void> {
    const waiting = () => [...wanted].filter(([workload, count]) => {
      const ready = this.ready().get(workload) ?? [];
      return ready.length !== count || !ready.every(fits);
    }).map(([workload, count]) => `${count} copies of ${workload} (${this.ready().get(workload)?.length ?? 0} are ready: ${this.troubleOf(workload)})`);
    await eventually(() => waiting().join(', '), () => waiting().length === 0, seconds);
  }

  /** As `kubectl drain` does: no new pods, then an eviction for each pod, as often as it is refused. How often that was. */
  public async drain(node: string, seconds = 120): Promise<number> {
    await this.api.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    let refused = 0;
    await eventually(`the drain of ${node}`, async () => {
      const left = this.all().filter(({ spec, status }) => spec.nodeName === node && status.phase !== 'Succeeded');
      for (const { metadata } of left.filter((pod) => pod.metadata.deletionTimestamp === undefined)) {
        const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, namespace: metadata.namespace } };
        const { status } = await this.api.ask('POST', `${pathOf({ metadata })}/eviction`, eviction);
        if (status === 429) refused += 1;
      }
      return left.length === 0;
    }, seconds);
    return refused;
  }

  public async uncordon(node: string): Promise<void> {
    await this.api.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: null } });
  }

  /** What the scheduler says of copies that it cannot place. */
  private troubleOf(workload: string): string {
    const messages = this.all().filter((pod) => workloadOf(pod) === workload && !isReady(pod))
      .map(({ metadata, status }) => `${metadata.name} ${status.phase} ${(status.conditions ?? []).map(({ message }: any) => message ?? '').join(' ')}`);
    return messages.join('; ');
  }

  private onPod({ type, object: pod }: WatchEvent): void {
    if (pod.metadata?.namespace !== this.namespace) return;
    if (type === 'DELETED') this.pods.delete(pod.metadata.uid);
    else this.pods.set(pod.metadata.uid, pod);
    const workload = workloadOf(pod);
    const count = this.all().filter((one) => workloadOf(one) === workload && isReady(one)).length;
    this.least.set(workload, Math.min(this.least.get(workload) ?? count, count));
  }
}

export function workloadOf({ metadata }: any): string {
  return metadata.labels['app.kubernetes.io/instance'];
}

function isReady({ metadata, status }: any): boolean {
  return metadata.deletionTimestamp === undefined && (status?.conditions ?? []).some(({ type, status: is }: any) => type === 'Ready' && is === 'True');
}
