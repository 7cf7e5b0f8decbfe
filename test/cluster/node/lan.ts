import { run } from '../../engine/engine';

/** A network of our own, where nodes, the control plane and visitors meet: addresses that are set aside for such tests. */
export const GATEWAY = '198.18.0.1';
const NAMESPACE = 'cdk8s-ha-cluster';
const INTERFACE = 'cdk8s-cluster';

export const addressOf = (node: number): string => `198.18.0.${10 + node}`;
export const podsOf = (node: number): string => `198.19.${node}.0/24`;

/**
 * A switch in a namespace of its own, and this machine as the router that is plugged into it. (As a bridge of this machine
 * itself it would be filtered by the rules of its engine.)
 */
export class Lan {
  public static async start(): Promise<Lan> {
    const lan = new Lan();
    await lan.stop();
    await ip('netns', 'add', NAMESPACE);
    await ip('-n', NAMESPACE, 'link', 'add', 'lan', 'type', 'bridge');
    await ip('-n', NAMESPACE, 'link', 'set', 'lan', 'up');
    await ip('link', 'add', INTERFACE, 'type', 'veth', 'peer', 'name', 'router', 'netns', NAMESPACE);
    await ip('-n', NAMESPACE, 'link', 'set', 'router', 'master', 'lan', 'up');
    await ip('address', 'add', `${GATEWAY}/24`, 'dev', INTERFACE);
    await ip('link', 'set', INTERFACE, 'up');
    return lan;
  }

  private constructor() {}

  /** @param pid first process of a node, whose `eth0` this becomes */
  public async plugIn(node: number, pid: number): Promise<void> {
    const plug = `node${node}`;
    await ip('link', 'add', plug, 'netns', NAMESPACE, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
    await ip('-n', NAMESPACE, 'link', 'set', plug, 'master', 'lan', 'up');
    await ip('route', 'replace', podsOf(node), 'via', addressOf(node));
  }

  /** Where the packets go that are for an address of the cluster's load balancer. */
  public async lead(address: string, node: number): Promise<void> {
    await ip('route', 'replace', `${address}/32`, 'via', addressOf(node));
  }

  public async stop(): Promise<void> {
    // Routes end with the interface.
    await run('ip', ['link', 'delete', INTERFACE], { mayFail: true });
    await run('ip', ['netns', 'delete', NAMESPACE], { mayFail: true });
  }
}

const ip = (...args: string[]) => run('ip', args);
