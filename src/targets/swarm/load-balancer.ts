import { constraintsOf, deployOf } from './deploy';
import { contentName } from './names';
import { PublishMode, type SwarmOptions } from './options';
import { stackService } from './service';
import { swarmTraits } from './traits';
import { IssuerKind } from '../../model/certificate';
import type { LoadBalancerModel } from '../../model/load-balancer';
import type { WorkloadModel } from '../../model/workload';
import { contentHash } from '../../util/content-hash';
import { asWritten } from '../compose/interpolation';
import { asWorkload, type LoadBalancerWorkload } from '../compose/load-balancer';
import { inOrder } from '../compose/service';

/**
 * A load balancer as an ordinary workload of a stack.
 *
 * @internal
 */
export const stackLoadBalancer = (loadBalancer: LoadBalancerModel): LoadBalancerWorkload => asWorkload(loadBalancer, swarmTraits(loadBalancer.chart));

/**
 * The workload as it is replaced: a port of a host is had once, one of the routing mesh by old and new copies at once.
 * The disks of one that runs on every host hold no certificates, so that an old and a new copy may share them.
 *
 * @internal
 */
export function replacedWorkload(loadBalancer: LoadBalancerModel, { publishMode }: SwarmOptions): WorkloadModel {
  const { workload } = stackLoadBalancer(loadBalancer);
  if (publishMode !== PublishMode.INGRESS || !runsEverywhere(loadBalancer)) return workload;
  return { ...workload, maxSurge: '1', maxUnavailable: '0', container: { ...workload.container, volumes: [] } };
}

/**
 * Whether a load balancer runs on every host at once. One that gets its certificates by itself cannot: each would ask
 * for its own, and the proof of one would be looked for at another.
 *
 * @internal
 */
export const runsEverywhere = (loadBalancer: LoadBalancerModel): boolean =>
  loadBalancer.hosts.every(({ issuer }) => issuer === undefined || issuer.kind === IssuerKind.FILES);

/**
 * The body of a load balancer's service. Its configuration is a config for each file: another content is another
 * config, and so an update of the service.
 *
 * @internal
 */
export function stackLoadBalancerService(loadBalancer: LoadBalancerModel, options: SwarmOptions): any {
  const { workload, lowered } = stackLoadBalancer(loadBalancer);
  const service = stackService(workload, workload.name, options);
  const deploy = deployOf(replacedWorkload(loadBalancer, options), workload.name, service.deploy.resources, options);
  const files = Object.keys(lowered.configuration).sort()
    .map((file) => ({ source: configKey(loadBalancer, file), target: `${lowered.configurationFolder}/${file}` }));
  return inOrder({
    ...service,
    configs: [...service.configs ?? [], ...asWritten(files)],
    deploy: inDeployOrder({ ...deploy, ...scale(loadBalancer), placement: edgePlacement(options) }),
  });
}

/**
 * The entries of a load balancer's files in the section `configs`.
 *
 * @internal
 */
export function loadBalancerConfigs(loadBalancer: LoadBalancerModel): any {
  const { configuration } = stackLoadBalancer(loadBalancer).lowered;
  return Object.fromEntries(Object.keys(configuration).sort().map((file) => {
    const key = configKey(loadBalancer, file);
    return [key, asWritten({
      name: contentName(`${loadBalancer.chart}-${key}`, contentHash(configuration[file])),
      file: `./config/${loadBalancer.name}/${file}`,
    })];
  }));
}

function configKey(loadBalancer: LoadBalancerModel, file: string): string {
  return `${loadBalancer.name}-${file}`;
}

function scale(loadBalancer: LoadBalancerModel): any {
  return runsEverywhere(loadBalancer) ? { mode: 'global', replicas: undefined } : { mode: 'replicated', replicas: 1 };
}

function edgePlacement({ edge }: SwarmOptions): any {
  const constraints = constraintsOf(edge);
  return constraints.length === 0 ? undefined : { constraints };
}

function inDeployOrder(deploy: any): any {
  return Object.fromEntries(Object.entries(deploy).filter(([, value]) => value !== undefined));
}
