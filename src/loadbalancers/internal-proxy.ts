import { Size } from 'cdk8s';
import { HAPROXY_IMAGE, HAPROXY_USER } from './haproxy';
import { balancingAnswer } from './haproxy/balancing';
import { destinationsOf, notAsked } from './haproxy/destinations';
import { DRAIN_COMMAND } from './haproxy/drain';
import { commonText, portsText, spokenOn, type Spoken } from './haproxy/internal-configuration';
import { CONFIGURATION, FOLDER, RUN } from './haproxy/places';
import { readAgain, runCommand } from './haproxy/start';
import { HEALTH_PATH, HEALTH_PORT, ownHealth } from './own-health';
import type { Answer } from '../model/answer';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../model/load-balancer-backend';
import type { ITargetTraits } from '../model/traits';
import { Volume } from '../model/volume';
import { Memo } from '../util/memo';

/**
 * Proxies between the workloads of a chart: each is a load balancer without hosts and certificates, that listens on the ports
 * of its destinations. By HAProxy: HTTP, gRPC and TCP in one small program.
 *
 * @internal
 */
export class InternalProxy implements ILoadBalancerBackend {
  public readonly name = 'haproxy';
  private common?: ReturnType<typeof commonOf>;
  private readonly commonTexts = new Map<Spoken, string>();
  private readonly healthChecks = new Memo((port: number) => ownHealth(HEALTH_PATH, port));

  /**
   * @param overIpv6 whether callers may come over IPv6 too
   * @param image image of HAProxy
   */
  public constructor(private readonly overIpv6: boolean, private readonly image = HAPROXY_IMAGE) {}

  public answerBalancing(proxy: LoadBalancerModel): Answer {
    return balancingAnswer(proxy);
  }

  public lower(proxy: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    const destinations = destinationsOf(proxy);
    const ports = proxy.routes.flatMap(({ targets }) => targets).map(({ port }) => port);
    const healthPort = freePort(ports.map(({ number }) => number));
    return {
      image: this.image,
      ...this.common ??= commonOf(proxy),
      configuration: {
        [CONFIGURATION]: `${this.commonTextOf(proxy, spokenOn(destinations), traits)}\n${portsText(proxy, destinations, { healthPort, overIpv6: this.overIpv6 }, traits)}`,
      },
      ports,
      healthCheck: this.healthChecks.of(healthPort),
      notAsked: notAsked(destinations),
    };
  }

  private commonTextOf(proxy: LoadBalancerModel, spoken: Spoken, traits: ITargetTraits): string {
    let text = this.commonTexts.get(spoken);
    if (text === undefined) this.commonTexts.set(spoken, text = commonText(proxy, spoken, traits));
    return text;
  }
}

/** What proxies have in common, since none has users or certificates of its own. */
function commonOf(proxy: LoadBalancerModel) {
  return {
    command: runCommand(proxy),
    configurationFolder: FOLDER,
    reloadCommand: ['sh', '-c', `${readAgain(proxy, '1')} && sleep 1`],
    drainCommand: DRAIN_COMMAND,
    volumes: [Volume.scratch(RUN, { size: Size.mebibytes(1) })],
    user: HAPROXY_USER,
  };
}

/** A port for its own health that is none of its callers'. */
function freePort(taken: number[]): number {
  let port = HEALTH_PORT;
  while (taken.includes(port)) port++;
  return port;
}
