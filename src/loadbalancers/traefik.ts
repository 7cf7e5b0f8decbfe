import { Size } from 'cdk8s';
import { authorityFiles } from './authorities';
import { takesFile } from './dns-variables';
import { COLLECTS_SELDOM } from './go-runtime';
import { certificateRoots, portsOf } from './hosts';
import { HEALTH_PORT, ownHealth } from './own-health';
import { namesOf } from './routes';
import { AccessKind } from '../model/access-rule';
import type { Answer } from '../model/answer';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../model/load-balancer-backend';
import { LOAD_BALANCER_RESOURCES } from '../model/load-balancer-resources';
import type { ITargetTraits } from '../model/traits';
import { Volume } from '../model/volume';
import { balancingAnswer } from './traefik/balancing';
import { dnsVariablesOf, usesAcme } from './traefik/certificates';
import { dynamicConfigurationOf } from './traefik/dynamic-configuration';
import { limitationsOf } from './traefik/limitations';
import { DATA, DYNAMIC, FOLDER, RUN, STATIC } from './traefik/places';
import { revisionOf } from './traefik/revision';
import { DRAIN_COMMAND, RELOAD_COMMAND, runCommand } from './traefik/running';
import { requestsNotAsked } from './traefik/services';
import { staticConfigurationOf } from './traefik/static-configuration';
import { streamsNotAsked } from './traefik/streams';
import type { TraefikOptions } from './traefik-options';

const IMAGE = 'traefik:v3.7.13';

/** The published image would run as root; nothing in it is any user's. */
const USER = 1000;

/**
 * Traefik as a load balancer, configured by files.
 *
 * @internal
 */
export class TraefikBackend implements ILoadBalancerBackend {
  public readonly name = 'traefik';
  public readonly accessKinds = [AccessKind.SOURCE_RANGES, AccessKind.CLIENT_CERTIFICATES, AccessKind.BASIC_AUTH, AccessKind.FORWARD_AUTH];
  public readonly verifiesCopies = true;
  public readonly mirrorsRequests = true;
  public readonly passesStreams = true;
  public readonly readsHostsFile = true;
  private readonly image: string;

  public constructor(public readonly _given: TraefikOptions) {
    this.image = _given?.image ?? IMAGE;
  }

  public answerBalancing(loadBalancer: LoadBalancerModel, traits: ITargetTraits): Answer {
    return balancingAnswer(loadBalancer, traits);
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    const staticConfiguration = staticConfigurationOf(loadBalancer, traits);
    const { settings, credentials } = dnsVariablesOf(loadBalancer);
    const files = Object.entries(credentials);
    // What Traefik does not take as a file is put into a variable when it starts.
    const onlyVariables = files.filter(([variable]) => !takesFile(variable));
    return {
      image: this.image,
      command: runCommand(onlyVariables.map(([variable, file]) => `export ${variable}="$(cat ${file})"`)),
      configurationFolder: FOLDER,
      configuration: {
        [STATIC]: staticConfiguration,
        [DYNAMIC]: dynamicConfigurationOf(loadBalancer, traits),
        ...certificateRoots(loadBalancer),
        ...authorityFiles(loadBalancer),
      },
      reloadCommand: RELOAD_COMMAND,
      drainCommand: DRAIN_COMMAND,
      // Traefik reads its static file at its start alone, so another one must be another container.
      environment: {
        ...settings,
        ...Object.fromEntries(files.filter(([variable]) => takesFile(variable)).map(([variable, file]) => [`${variable}_FILE`, file])),
        STATIC_CONFIGURATION: revisionOf(staticConfiguration),
        ...COLLECTS_SELDOM,
        // Else garbage would grow past the container's limit where many requests wait.
        GOMEMLIMIT: `${Math.floor(0.85 * LOAD_BALANCER_RESOURCES.memoryLimitMebibytes)}MiB`,
      },
      ports: portsOf(loadBalancer, { http3: true }, traits),
      volumes: [
        Volume.scratch(RUN, { size: Size.mebibytes(16) }),
        ...usesAcme(loadBalancer) ? [Volume.persistent(DATA, { size: Size.mebibytes(16) })] : [],
      ],
      user: USER,
      metricsPort: HEALTH_PORT,
      healthCheck: ownHealth('/ping'),
      notAsked: namesOf([...requestsNotAsked(loadBalancer, traits), ...streamsNotAsked(loadBalancer, traits)]),
      limitations: limitationsOf(loadBalancer, traits),
    };
  }
}
