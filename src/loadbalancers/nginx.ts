import { Size } from 'cdk8s';
import { authorityFiles } from './authorities';
import { portsOf } from './hosts';
import { certificateSidecars, certificateVolumes } from './issued-certificates';
import { keptRunning } from './kept-running';
import { AccessKind, askedBy } from '../model/access-rule';
import type { Answer } from '../model/answer';
import { destinationsOf, type LoadBalancerModel } from '../model/load-balancer';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../model/load-balancer-backend';
import type { ITargetTraits } from '../model/traits';
import { Volume } from '../model/volume';
import { balancingAnswer } from './nginx/balancing';
import { maintenanceConf } from './nginx/maintenance';
import { nginxConf } from './nginx/nginx-conf';
import { FOLDER, RUN } from './nginx/places';
import { findResolver } from './nginx/resolver';
import { standInsBalanced } from './nginx/stand-ins';
import type { NginxOptions } from './nginx-options';
import { ownHealth } from './own-health';
import { namesOf } from './routes';

/** https://github.com/nginx/docker-nginx/blob/master/stable/debian/Dockerfile */
const IMAGE = 'nginx:1.30.6';

/** The published image's own. */
const USER = 101;

/** One for each processor, and no more than a small container has memory for: `auto` counts the processors of a large host too. */
const COUNT_WORKERS = 'workers=$(nproc) && [ "$workers" -lt 4 ] || workers=4';

/**
 * nginx as a load balancer.
 *
 * @internal
 */
export class NginxBackend implements ILoadBalancerBackend {
  public readonly name = 'nginx';
  public readonly accessKinds = [AccessKind.SOURCE_RANGES, AccessKind.CLIENT_CERTIFICATES, AccessKind.BASIC_AUTH, AccessKind.FORWARD_AUTH];
  public readonly verifiesCopies = true;
  public readonly mirrorsRequests = true;
  public readonly passesStreams = true;
  public readonly tellsStandInsApart = true;
  private readonly image: string;

  public constructor(public readonly _given: NginxOptions) {
    this.image = _given?.image ?? IMAGE;
  }

  public answerBalancing(loadBalancer: LoadBalancerModel, traits: ITargetTraits): Answer {
    return balancingAnswer(loadBalancer)._with(standInsBalanced(loadBalancer, traits));
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    // Until it has read the configuration, nginx would write to a file that it may not open.
    const nginx = ['nginx', '-e', 'stderr', '-c', `${FOLDER}/nginx.conf`];
    const sidecars = certificateSidecars(loadBalancer, USER, this._given);
    return {
      image: this.image,
      // QUIT lets it end what it has, and is what the published image is stopped by.
      command: ['sh', '-c', keptRunning([...nginx, '-g', '"worker_processes $workers;"'], {
        before: [COUNT_WORKERS, ...findResolver(traits)], endSignals: ['QUIT', 'TERM', 'INT'], orphanSignal: 'QUIT',
      })],
      configurationFolder: FOLDER,
      configuration: { 'nginx.conf': nginxConf(loadBalancer, traits), 'maintenance.conf': maintenanceConf(loadBalancer, traits), ...authorityFiles(loadBalancer) },
      // A signal alone would be called a success whatever comes of it.
      reloadCommand: ['sh', '-c', `${nginx.join(' ')} -q -t && ${nginx.join(' ')} -s reload`],
      ports: portsOf(loadBalancer, { http3: false }, traits),
      volumes: [Volume.scratch(RUN, { size: Size.mebibytes(16) }), ...certificateVolumes(sidecars)],
      user: USER,
      healthCheck: ownHealth(),
      notAsked: namesOf([...destinationsOf(loadBalancer), ...loadBalancer.routes.flatMap(askedBy)]),
      sidecars,
    };
  }
}
