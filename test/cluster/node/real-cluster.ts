import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, imageFor, IMAGES } from '../../engine/engine';
import { ControlPlane } from '../control-plane';
import { GATEWAY, Lan } from './lan';
import { installNameServer } from './name-server';
import { COREDNS_IMAGE, RealNode } from './real-node';

/** What a node has after so many seconds without a word of it is lost: Kubernetes' own number. */
const GRACE_SECONDS = 40;

/** A control plane, real nodes, a name server, and the images of the engine tests under the names that manifests give them. */
export class RealCluster {
  public static async start(count: number): Promise<RealCluster> {
    const cluster = new RealCluster();
    try {
      await cluster.boot(count);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  public plane!: ControlPlane;
  public lan!: Lan;
  public readonly nodes: RealNode[] = [];
  private readonly named = new Set<string>();

  private constructor() {}

  /** Applies objects as `kubectl apply --server-side` does; nodes get the images that they name first. */
  public async apply(objects: readonly any[], namespace: string): Promise<void> {
    for (const image of JSON.stringify(objects).matchAll(/"image":"([^"]+)"/g)) await this.name(image[1]);
    for (const object of objects) {
      const { status, warnings, body } = await this.plane.api.apply(object, namespace);
      if (status >= 300 || warnings.length > 0) throw new Error(`${object.kind} ${object.metadata.name}: ${body.message ?? warnings.join(', ')}`);
    }
  }

  public async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
    await this.plane?.stop();
    await this.lan?.stop();
  }

  private async boot(count: number): Promise<void> {
    this.lan = await Lan.start();
    this.plane = await ControlPlane.start({ controllers: true, address: GATEWAY, nodeGraceSeconds: GRACE_SECONDS });
    const images = join(tmpdir(), `cdk8s-ha-images-${process.pid}.tar`);
    try {
      await docker(['save', '--output', images, ...new Set(Object.values(IMAGES))]);
      for (let number = 1; number <= count; number++) this.nodes.push(await RealNode.start(this.plane, this.lan, number, [images]));
    } finally {
      rmSync(images, { force: true });
    }
    await installNameServer(this.plane, COREDNS_IMAGE);
  }

  private async name(image: string): Promise<void> {
    const [from, to] = [imageFor(image), whole(image)];
    if (this.named.has(to) || from === to) return;
    for (const node of this.nodes) await node.tag(from, to);
    this.named.add(to);
  }
}

/** `caddy:2` is short for an image of Docker's registry. */
function whole(image: string): string {
  const [first, ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
