import { Api, WatchEvent } from './api';

/** How long a copy takes until it is ready, and, once it was told to stop, until it is gone. */
const START_MS = 1000;
const STOP_MS = 1000;
const LEASE_MS = 2000;

const NODES = '/api/v1/nodes';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/**
 * Nodes without machines: each says that it lives, and of each pod on it that it has become ready, that it has done its
 * work, or that it is gone. Disks are there as soon as somebody asks for one.
 */
export class SimulatedNodes {
  public static async start(api: Api, nodes: { name: string; zone: string; labels?: object }[]): Promise<SimulatedNodes> {
    const all = new SimulatedNodes(api);
    await api.create('/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name: 'simulated', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'example.test/simulated',
    });
    for (const { name, zone, labels } of nodes) {
      await api.create(NODES, { metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone, ...labels } } });
      await api.create(LEASES, { metadata: { name }, spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime() } });
      const room = { 'cpu': '16', 'memory': '64Gi', 'pods': '110', 'ephemeral-storage': '100Gi' };
      await api.merge(`${NODES}/${name}/status`, { status: { capacity: room, allocatable: room, conditions: [condition('Ready')] } });
      all.alive.add(name);
    }
    all.every(LEASE_MS, () => [...all.alive].forEach((name) => void api.merge(`${LEASES}/${name}`, { spec: { renewTime: microTime() } })));
    await api.watch('/api/v1/pods', (event) => all.onPod(event));
    await api.watch('/api/v1/persistentvolumeclaims', (event) => void all.onClaim(event));
    return all;
  }

  /** Pods that could not start, with what was missing: `web-1: no ConfigMap web-config-1`. */
  public readonly stuck = new Set<string>();
  private readonly alive = new Set<string>();
  private readonly known = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private addresses = 0;

  private constructor(private readonly api: Api) {}

  /** The power goes: nothing is heard of these nodes, nor of what ran on them. */
  public lose(...names: string[]): void {
    for (const name of names) this.alive.delete(name);
  }

  public stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private onPod({ type, object: pod }: WatchEvent): void {
    const { uid, deletionTimestamp } = pod.metadata;
    if (type === 'DELETED' || !this.alive.has(pod.spec.nodeName)) return;
    this.once(`${uid} ${deletionTimestamp === undefined ? 'starts' : 'stops'}`, deletionTimestamp === undefined ? START_MS : STOP_MS, async () => {
      if (!this.alive.has(pod.spec.nodeName)) return;
      if (deletionTimestamp === undefined) await this.startPod(pod);
      else await this.api.ask('DELETE', pathOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } });
    });
  }

  /** As the node's agent does: a pod waits for what it mounts. */
  private async startPod(pod: any): Promise<void> {
    const missing = await this.missingFor(pod);
    if (missing !== undefined) {
      this.stuck.add(`${pod.metadata.name}: no ${missing}`);
      this.after(START_MS, () => this.startPod(pod));
      return;
    }
    const address = `10.244.${Math.floor(this.addresses / 250)}.${this.addresses++ % 250 + 1}`;
    const isJob = pod.metadata.ownerReferences?.[0].kind === 'Job';
    const state = isJob ? { terminated: { exitCode: 0 } } : { running: { startedAt: seconds() } };
    await this.api.merge(`${pathOf(pod)}/status`, {
      status: {
        phase: isJob ? 'Succeeded' : 'Running',
        podIP: address,
        podIPs: [{ ip: address }],
        startTime: seconds(),
        conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
        containerStatuses: pod.spec.containers.map(({ name, image }: any) => (
          { name, image, imageID: image, ready: !isJob, started: !isJob, restartCount: 0, state })),
      },
    });
  }

  private async missingFor({ metadata: { namespace }, spec }: any): Promise<string | undefined> {
    for (const volume of spec.volumes ?? []) {
      for (const source of [volume, ...volume.projected?.sources ?? []]) {
        const wanted = [['configmaps', source.configMap?.name], ['secrets', source.secret?.secretName ?? source.secret?.name]];
        for (const [kind, name] of wanted) {
          if (name === undefined) continue;
          if ((await this.api.ask('GET', `/api/v1/namespaces/${namespace}/${kind}/${name}`)).status === 404) return `${kind}/${name}`;
        }
      }
    }
    return undefined;
  }

  private async onClaim({ type, object: { metadata, spec, status } }: WatchEvent): Promise<void> {
    if (type === 'DELETED' || status?.phase !== 'Pending' || spec.volumeName !== undefined || this.known.has(metadata.uid)) return;
    this.known.add(metadata.uid);
    await this.api.create('/api/v1/persistentvolumes', {
      metadata: { name: `disk-${metadata.uid}` },
      spec: {
        accessModes: spec.accessModes,
        capacity: spec.resources.requests,
        claimRef: { kind: 'PersistentVolumeClaim', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
        hostPath: { path: '/simulated' },
        storageClassName: spec.storageClassName ?? 'simulated',
      },
    });
  }

  private once(key: string, ms: number, act: () => Promise<unknown>): void {
    if (this.known.has(key)) return;
    this.known.add(key);
    this.after(ms, act);
  }

  private after(ms: number, act: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      // What comes too late for a pod that is gone is no mistake.
      act().catch(() => undefined);
    }, ms);
    this.timers.add(timer);
  }

  private every(ms: number, act: () => void): void {
    this.timers.add(setInterval(act, ms));
  }
}

export function pathOf({ metadata: { namespace, name } }: any): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

function condition(type: string): object {
  return { type, status: 'True', reason: 'Simulated', lastTransitionTime: seconds(), lastHeartbeatTime: type === 'Ready' ? seconds() : undefined };
}

function seconds(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

function microTime(): string {
  return new Date().toISOString().replace(/Z$/, '000Z');
}
