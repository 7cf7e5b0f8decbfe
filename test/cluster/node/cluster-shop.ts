import { rmSync } from 'node:fs';
import { Chart } from 'cdk8s';
import { App, KubernetesTarget } from '../../../src';
import { defineShop, openFolder, Release, selfSigned } from '../../engine/deployment';
import { UnderLoad } from '../../engine/disruptions';
import { run } from '../../engine/engine';
import { HTTPS_PORT } from '../../engine/settings';
import { readManifests } from '../../support/reachability';
import { eventually } from '../control-plane';
import { Entrance } from './entrances';
import { RealCluster } from './real-cluster';
import { RealNode } from './real-node';

const NAMESPACE = 'shop';

/** The application of the engine tests. */
export class ClusterShop implements UnderLoad {
  public readonly executed = openFolder('executed');
  private readonly certificate = selfSigned();
  private applied: any[] = [];

  public constructor(private readonly cluster: RealCluster, private readonly way: Entrance) {}

  public async start(): Promise<void> {
    const { api } = this.cluster.plane;
    await api.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    const secret = (name: string, type: string, stringData: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, stringData });
    const { certificate, privateKey } = this.certificate;
    await this.cluster.apply([
      secret('token', 'Opaque', { value: 'first' }),
      secret('files', 'kubernetes.io/tls', { 'tls.crt': certificate, 'tls.key': privateKey }),
    ], NAMESPACE);
    await this.way.prepare?.(this.cluster);
    await this.apply();
    await this.way.open(this.cluster, NAMESPACE);
    await this.settle();
  }

  public async entrance(): Promise<string> {
    return `${this.way.address}:${HTTPS_PORT}`;
  }

  /** Applies a release, removes what it has no more, and waits until all old copies are gone. */
  public async deploy(release?: Release): Promise<void> {
    await this.apply(release);
    await this.settle();
  }

  public async apply(release?: Release): Promise<void> {
    const objects = this.synth(release);
    await this.cluster.apply(objects, NAMESPACE);
    const key = ({ kind, metadata }: any) => `${kind}/${metadata.name}`;
    const kept = new Set(objects.map(key));
    for (const old of this.applied.filter((object) => !kept.has(key(object)) && object.kind !== 'ConfigMap')) {
      await this.cluster.plane.api.ask('DELETE', await this.cluster.plane.api.pathOf(old, NAMESPACE), { propagationPolicy: 'Background' });
    }
    this.applied = objects;
  }

  public async pods(workload?: string): Promise<any[]> {
    const { items } = await this.cluster.plane.api.get(`/api/v1/namespaces/${NAMESPACE}/pods`);
    return items.filter(({ metadata }: any) => workload === undefined || metadata.labels['app.kubernetes.io/instance'] === workload);
  }

  public async delete(pod: any): Promise<void> {
    await this.cluster.plane.api.ask('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${pod.metadata.name}`);
  }

  /** Which pods reach which at these ports, as `web -> api:8080`, and whom this machine reaches, as `outside -> …`. */
  public async reached(ports: readonly number[]): Promise<string[]> {
    const name = ({ metadata }: any) => metadata.labels['app.kubernetes.io/instance'];
    const pods = await this.pods();
    // All at once: what is refused without a word takes its second. A pod reaches itself, whatever is declared.
    const script = (self?: any) => [
      ...pods.filter((pod) => pod !== self).flatMap((pod) => ports.map((port) =>
        `(timeout 1 bash -c ': </dev/tcp/${pod.status.podIP}/${port}' 2>/dev/null && echo '${name(pod)}:${port}') &`)),
      'wait',
    ].join('\n');
    const found = new Set<string>();
    const add = (from: string, { stdout }: { stdout: string }) => stdout.split('\n').filter((line) => line !== '').forEach((to) => found.add(`${from} -> ${to}`));
    add('outside', await run('bash', ['-c', script()]));
    for (const pod of pods) add(name(pod), await this.nodeOf(pod).inNetworkOf(containerOf(pod), script(pod)));
    return [...found].sort();
  }

  /** Ends the program of a pod at once, as the kernel does when memory is short. */
  public async kill(pod: any): Promise<void> {
    await this.nodeOf(pod).run('ctr', ['--namespace', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', containerOf(pod)]);
  }

  /** From the next request on a copy answers nobody, and nobody but itself may tell it so. */
  public async hang(pod: any): Promise<void> {
    const ask = "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /hang HTTP/1.0\\r\\n\\r\\n' >&3; sleep 0.3";
    await this.nodeOf(pod).inNetworkOf(containerOf(pod), ask);
  }

  /** Waits until every Deployment has what it wants, and no other pod is left. */
  public async settle(seconds = 400): Promise<void> {
    const waiting = async () => {
      const { items } = await this.cluster.plane.api.get(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`);
      const wanted = items.reduce((sum: number, { spec }: any) => sum + spec.replicas, 0);
      const pods = await this.pods();
      const short = items.filter(({ metadata, spec, status }: any) => status.observedGeneration !== metadata.generation
        || status.updatedReplicas !== spec.replicas || status.availableReplicas !== spec.replicas);
      return [...short.map(({ metadata, status }: any) => `${metadata.name} ${JSON.stringify(status)}`), ...pods.length === wanted ? [] : [`${pods.length} pods of ${wanted}`]];
    };
    let last: string[] = [];
    await eventually(() => `the shop to settle: ${last.join('; ')}`, async () => {
      last = await waiting();
      return last.length === 0;
    }, seconds);
  }

  public async stop(): Promise<void> {
    await this.way.close?.();
    rmSync(this.executed, { recursive: true, force: true });
  }

  private nodeOf({ spec }: any): RealNode {
    return this.cluster.nodes.find(({ name }) => name === spec.nodeName)!;
  }

  private synth(release: Release = {}): any[] {
    const { executed, way: { edge, backend } } = this;
    const app = new App({ targets: [new KubernetesTarget({ edge })] });
    defineShop(new Chart(app, 'shop', { namespace: NAMESPACE }), release, { executed, backend });
    return app.render().filter(({ path }) => path.endsWith('.k8s.yaml')).flatMap(({ text }) => readManifests(text));
  }
}

function containerOf({ status }: any): string {
  return status.containerStatuses[0].containerID.replace('containerd://', '');
}
