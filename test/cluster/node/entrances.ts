import { ILoadBalancerBackend, GatewayImplementation, KubernetesEdge } from '../../../src';
import { HTTP_PORT, HTTPS_PORT } from '../../engine/settings';
import { installCustomResources } from '../custom-resources';
import { RunningGateway, TRAEFIK_CLASS } from '../running-gateway';
import { GATEWAY } from './lan';
import { RealCluster } from './real-cluster';

/** How visitors come to the shop. */
export interface Entrance {
  /** What of a cluster is chosen for it. */
  readonly edge: KubernetesEdge;
  /** The software of proxies of our own; a Gateway is served by its own. */
  readonly backend?: ILoadBalancerBackend;
  /** Where visitors arrive. */
  readonly address: string;

  /** What a cluster needs before it gets the shop. */
  prepare?(cluster: RealCluster): Promise<void>;
  /** What happens once the cluster has the shop. */
  open(cluster: RealCluster, namespace: string): Promise<void>;
  close?(): Promise<void>;
}

/** Proxies of our own, behind a cloud's load balancer: the test plays that. */
export class ProxiesOfOurOwn implements Entrance {
  public readonly edge = KubernetesEdge.ownProxies();
  public readonly address = '198.18.1.1';

  public constructor(public readonly backend: ILoadBalancerBackend) {}

  /** Gives the Service an address, whose packets a node gets. */
  public async open({ lan, plane: { api } }: RealCluster, namespace: string): Promise<void> {
    await lan.lead(this.address, 1);
    await api.merge(`/api/v1/namespaces/${namespace}/services/edge/status`, { status: { loadBalancer: { ingress: [{ ip: this.address }] } } });
  }
}

/** A Gateway that the real Traefik serves, outside the node, as one that has machines of its own. */
export class GatewayOfTraefik implements Entrance {
  public readonly address = GATEWAY;
  public readonly edge = KubernetesEdge.gateway({ implementation: GatewayImplementation.traefik(), proxyRanges: [`${GATEWAY}/32`] });
  private gateway?: RunningGateway;

  public async prepare({ plane: { api } }: RealCluster): Promise<void> {
    await installCustomResources(api);
    await api.apply(TRAEFIK_CLASS, 'default');
  }

  public async open({ plane }: RealCluster): Promise<void> {
    this.gateway = new RunningGateway(plane, { address: this.address, httpPort: HTTP_PORT, httpsPort: HTTPS_PORT });
    await this.gateway.programmed();
  }

  public async close(): Promise<void> {
    await this.gateway?.stop();
  }
}
