import { Size } from 'cdk8s';
import { authorityFiles } from './authorities';
import { AccessKind } from '../model/access-rule';
import type { Answer } from '../model/answer';
import type { LoadBalancerModel } from '../model/load-balancer';
import type { ILoadBalancerBackend, LoweredLoadBalancer } from '../model/load-balancer-backend';
import { Security } from '../model/security';
import type { ITargetTraits } from '../model/traits';
import { Volume } from '../model/volume';
import { balancingAnswer } from './caddy/balancing';
import { caddyfileOf } from './caddy/caddyfile';
import { checkDns01, limitationsOf } from './caddy/certificates';
import { drainCommandOf } from './caddy/drain';
import { ADMIN, CADDY_IMAGE, DATA, FOLDER, RUN } from './caddy/places';
import { destinationsNotAsked, waysOf } from './caddy/upstreams';
import { USERS } from './caddy/users';
import type { CaddyOptions } from './caddy-options';
import { COLLECTS_SELDOM } from './go-runtime';
import { certificateRoots, portsOf } from './hosts';
import { keptRunning } from './kept-running';
import { HEALTH_PORT, ownHealth } from './own-health';
import { readUsers, usersProgram } from './users';

/** In the published image `/data` is root's; a fresh volume is handed to this user. */
const USER = 1000;

/**
 * Caddy as a load balancer.
 *
 * @internal
 */
export class CaddyBackend implements ILoadBalancerBackend {
  public readonly name = 'caddy';
  public readonly accessKinds = [AccessKind.SOURCE_RANGES, AccessKind.CLIENT_CERTIFICATES, AccessKind.BASIC_AUTH, AccessKind.FORWARD_AUTH];
  public readonly verifiesCopies = true;
  public readonly readsHostsFile = true;
  public readonly readsLeavingFile = true;
  private readonly image: string;
  private readonly hasDnsModule: boolean;

  public constructor(public readonly _given: CaddyOptions) {
    this.image = _given?.image ?? CADDY_IMAGE;
    this.hasDnsModule = _given?.dnsModuleInImage ?? !/^(docker\.io\/)?(library\/)?caddy(:|@|$)/.test(this.image);
  }

  public answerBalancing(loadBalancer: LoadBalancerModel): Answer {
    return balancingAnswer(loadBalancer);
  }

  public lower(loadBalancer: LoadBalancerModel, traits: ITargetTraits): LoweredLoadBalancer {
    if (!this.hasDnsModule) checkDns01(loadBalancer, this.image);
    const ways = waysOf(loadBalancer, traits);
    const caddyfile = ['--config', `${FOLDER}/Caddyfile`, '--adapter', 'caddyfile'];
    return {
      image: this.image,
      command: ['/bin/sh', '-c', keptRunning(['caddy', 'run', ...caddyfile], { before: beforeStart(loadBalancer), endSignals: ['TERM', 'INT'] })],
      configurationFolder: FOLDER,
      configuration: {
        Caddyfile: caddyfileOf(loadBalancer, ways, traits),
        ...certificateRoots(loadBalancer),
        ...authorityFiles(loadBalancer),
        ...usersProgram(loadBalancer, USERS),
      },
      reloadCommand: ['/bin/sh', '-c', reloadScript(loadBalancer, caddyfile)],
      // Up to its container's limit: Caddy looks for that by itself.
      environment: COLLECTS_SELDOM,
      drainCommand: drainCommandOf(ways),
      // Connections that wait for the sockets of the configuration before go to those of the next one.
      // https://docs.kernel.org/networking/ip-sysctl.html
      sysctls: [{ name: 'net.ipv4.tcp_migrate_req', value: '1', kernel: '5.14' }],
      ports: portsOf(loadBalancer, { http3: true }, traits),
      volumes: [
        Volume.persistent(DATA, { size: Size.mebibytes(256) }),
        Volume.persistent('/config', { size: Size.mebibytes(16) }),
        Volume.scratch(RUN, { size: Size.mebibytes(1) }),
      ],
      // The published program carries the capability in its file, and does not start where it is taken away.
      security: Security.restricted({ bindLowPorts: true }),
      user: USER,
      metricsPort: HEALTH_PORT,
      healthCheck: ownHealth(),
      notAsked: destinationsNotAsked(ways),
      limitations: limitationsOf(loadBalancer),
    };
  }
}

/** A file by which another Caddy was told that it leaves holds for no next one. */
function beforeStart(loadBalancer: LoadBalancerModel): string[] {
  const { leavingFile } = loadBalancer;
  return [...leavingFile === undefined ? [] : [`rm -f ${leavingFile}`], ...readUsers(loadBalancer, USERS)];
}

/** A changed file of a certificate is no changed Caddyfile, so the reload is forced. */
function reloadScript(loadBalancer: LoadBalancerModel, caddyfile: string[]): string {
  return [
    ...readUsers(loadBalancer, USERS).map((command) => `${command} || exit 1`),
    `caddy validate ${caddyfile.join(' ')} || exit 1`,
    `caddy reload ${caddyfile.join(' ')} --address ${ADMIN} --force`,
  ].join('\n');
}
