import {
  Answer, HealthCheck, LoadBalancingAlgorithm, Port,
  type ILoadBalancerBackend, type ITargetTraits, type LoadBalancerModel, type LoweredLoadBalancer,
} from 'cdk8s-ha';

/** A back end of a third party: Pound, with one service for each host. */
export class PoundBackend implements ILoadBalancerBackend {
  public readonly name = 'pound';

  public answerBalancing({ balancing }: LoadBalancerModel): Answer {
    return balancing.algorithm === LoadBalancingAlgorithm.RANDOM
      ? Answer.native('Balancer random')
      : Answer.degraded(`pound balances at random, not by ${balancing.algorithm}; caddy can`);
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    const services = loadBalancer.routes.map(({ host, path, targets }) => [
      '  Service',
      `    Host "${host}"`,
      `    Path -beg "${path}"`,
      ...targets.flatMap(({ peer, port }) => [
        '    Backend',
        `      Address ${traits.allCopiesName(peer.chart, peer.name)}`,
        `      Port ${port.number}`,
        '    End',
      ]),
      '  End',
    ].join('\n'));
    return {
      image: 'ghcr.io/graygnuorg/pound:4.16',
      configurationFolder: '/etc/pound',
      configuration: { 'pound.cfg': ['ListenHTTP', '  Address 0.0.0.0', '  Port 8080', ...services, 'End', ''].join('\n') },
      reloadCommand: ['poundctl', 'reload'],
      ports: [Port.http('http', 8080)],
      user: 1000,
      healthCheck: HealthCheck.tcp({ port: 8080 }),
      notAsked: [...new Set(loadBalancer.routes.flatMap(({ targets }) => targets.map(({ peer }) => peer.name)))],
      limitations: ['leaves redirects, limits and weights out: take LoadBalancerBackend.caddy(), which keeps them'],
    };
  }
}
