import { Size } from 'cdk8s';
import { authorityFiles } from './authorities';
import { AccessKind } from '../model/access-rule';
import type { Answer } from '../model/answer';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../model/load-balancer-backend';
import type { ITargetTraits } from '../model/traits';
import { Volume } from '../model/volume';
import { balancingAnswer } from './haproxy/balancing';
import { certificateList } from './haproxy/certificates';
import { configurationOf, METRICS_PORT } from './haproxy/configuration';
import { destinationsNotAsked } from './haproxy/destinations';
import { DRAIN_COMMAND } from './haproxy/drain';
import { questionScript } from './haproxy/forward-auth';
import { CONFIGURATION, FOLDER, MAINTENANCE, RUN, START } from './haproxy/places';
import { readAgain, runCommand, startScript } from './haproxy/start';
import { USERS } from './haproxy/users';
import type { HaproxyOptions } from './haproxy-options';
import { portsOf } from './hosts';
import { certificateSidecars, certificateVolumes } from './issued-certificates';
import { MAINTENANCE_PAGE } from './maintenance';
import { ownHealth } from './own-health';
import { usersProgram } from './users';

/** https://github.com/docker-library/haproxy/blob/master/3.2/Dockerfile */
export const HAPROXY_IMAGE = 'haproxy:3.2.25';

/** `haproxy` in the published image. */
export const HAPROXY_USER = 99;

/**
 * HAProxy as a load balancer.
 *
 * @internal
 */
export class HaproxyBackend implements ILoadBalancerBackend {
  public readonly name = 'haproxy';
  public readonly accessKinds = [AccessKind.SOURCE_RANGES, AccessKind.CLIENT_CERTIFICATES, AccessKind.BASIC_AUTH, AccessKind.FORWARD_AUTH];
  public readonly verifiesCopies = true;
  public readonly noticesLostHosts = true;
  public readonly passesStreams = true;
  private readonly image: string;

  public constructor(public readonly _given: HaproxyOptions) {
    this.image = _given?.image ?? HAPROXY_IMAGE;
  }

  public answerBalancing(loadBalancer: LoadBalancerModel): Answer {
    return balancingAnswer(loadBalancer);
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    const sidecars = certificateSidecars(loadBalancer, HAPROXY_USER, this._given);
    const issued = sidecars.length > 0;
    return {
      image: this.image,
      command: issued ? ['sh', `${FOLDER}/${START}`] : runCommand(loadBalancer),
      configurationFolder: FOLDER,
      configuration: {
        [CONFIGURATION]: configurationOf(loadBalancer, traits),
        [MAINTENANCE]: `${MAINTENANCE_PAGE}\n`,
        ...questionScript(loadBalancer),
        ...usersProgram(loadBalancer, USERS),
        ...authorityFiles(loadBalancer),
        ...certificateList(loadBalancer),
        ...issued ? { [START]: startScript(loadBalancer) } : {},
      },
      // Process 1 is a shell that hands the signal on, or an init that does. A process that is replaced asks its copies no more: the next
      // one must have had the time to know its own.
      reloadCommand: ['sh', '-c', `${readAgain(loadBalancer, '1')} && sleep 1`],
      drainCommand: DRAIN_COMMAND,
      ports: portsOf(loadBalancer, { http3: false }, traits),
      volumes: [Volume.scratch(RUN, { size: Size.mebibytes(1) }), ...certificateVolumes(sidecars)],
      user: HAPROXY_USER,
      metricsPort: METRICS_PORT,
      healthCheck: ownHealth(),
      notAsked: destinationsNotAsked(loadBalancer),
      sidecars,
    };
  }
}
