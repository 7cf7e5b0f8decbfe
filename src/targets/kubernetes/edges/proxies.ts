import { Size } from 'cdk8s';
import { rereadWhenRenewed } from './certificate-reload';
import { contentHash } from '../../../util/content-hash';
import type { KubernetesOptions } from '../options';
import { asProxiesSeeIt } from './proxy-model';
import { proxyTraits } from './proxy-traits';
import { loadBalancerWorkload, portsOfVisitors } from '../../../loadbalancers/load-balancer-workload';
import type { LoadBalancerModel } from '../../../model/load-balancer';
import type { LoweredLoadBalancer } from '../../../model/load-balancer-backend';
import type { ITargetTraits } from '../../../model/traits';
import { Volume, VolumeKind } from '../../../model/volume';
import type { ContainerModel, FileModel, WorkloadModel } from '../../../model/workload';

/**
 * A load balancer whose proxies are an ordinary workload.
 *
 * @internal
 */
export interface Proxies {
  /** The load balancer as the proxies see it. */
  readonly model: LoadBalancerModel;
  /** What the target told their back end. */
  readonly traits: ITargetTraits;
  /** What the back end made of the routes. */
  readonly lowered: LoweredLoadBalancer;
  /** The proxies. */
  readonly workload: WorkloadModel;
}

const PROXIES = new WeakMap<LoadBalancerModel, WeakMap<KubernetesOptions, Proxies>>();

/** @internal Several objects are rendered from one load balancer. */
export function proxiesOf(loadBalancer: LoadBalancerModel, options: KubernetesOptions): Proxies {
  let byTarget = PROXIES.get(loadBalancer);
  if (byTarget === undefined) PROXIES.set(loadBalancer, byTarget = new WeakMap());
  let proxies = byTarget.get(options);
  if (proxies === undefined) byTarget.set(options, proxies = lower(loadBalancer, options));
  return proxies;
}

function lower(loadBalancer: LoadBalancerModel, options: KubernetesOptions): Proxies {
  const model = asProxiesSeeIt(loadBalancer);
  const traits = proxyTraits(model, options);
  const lowered = rereadWhenRenewed(model.backend.lower(model, traits), certificateFiles(model));
  const published = portsOfVisitors(model, lowered).map(({ port }) => ({ port: port.number }));
  const workload = loadBalancerWorkload(model, lowered, published);
  return {
    model,
    traits,
    lowered,
    workload: {
      ...workload,
      namespace: model.namespace,
      metricsPort: options.monitoring.readsProxies ? lowered.metricsPort : undefined,
      replicas: options.edge.proxies,
      maxSurge: '1',
      maxUnavailable: '0',
      container: { ...withConfiguration(workload.container, lowered), rereadsSecrets: true },
      sidecars: workload.sidecars.map((sidecar) => ({ ...sidecar, volumes: sidecar.volumes.map(scratch) })),
    },
  };
}

/**
 * The configuration is files like any workload's: another content is another ConfigMap, and so a rolling update of the
 * proxies that waits for each to be ready.
 */
function withConfiguration(container: ContainerModel, { configuration, configurationFolder }: LoweredLoadBalancer): ContainerModel {
  const files = Object.keys(configuration).sort().map((file): FileModel => ({
    path: `${configurationFolder}/${file}`, content: configuration[file], hash: contentHash(configuration[file]),
  }));
  return { ...container, files, volumes: container.volumes.map(scratch) };
}

function certificateFiles({ hosts }: LoadBalancerModel): string[] {
  const files = hosts.flatMap(({ issuer }) => issuer === undefined ? [] : [issuer.certificate!.file, issuer.privateKey!.file]);
  return [...new Set(files)].sort();
}

/** Nothing that proxies keep must outlive them: certificates are Secrets. */
function scratch(volume: Volume): Volume {
  return volume.kind === VolumeKind.PERSISTENT ? Volume.scratch(volume.path, { size: Size.mebibytes(volume.sizeMebibytes ?? 64) }) : volume;
}
