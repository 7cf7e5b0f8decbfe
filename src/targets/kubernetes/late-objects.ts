import { isIssued } from './certificates';
import { goesOutByName, hostNamePolicy } from './cilium-policy';
import { configMap, containersOf } from './config-map';
import { accessPolicy, authorityConfigMap, authorityName, clientCertificatePolicy, requestBodyPolicy } from './envoy-gateway';
import { backendTlsPolicy, isRedirected } from './gateway';
import { staticDefinition, staticInterfaces, staticName } from './multus';
import type { ObjectHanger } from './object-hanger';
import type { KubernetesOptions } from './options';
import { claimName, KEPT, persistentVolumeClaim } from './storage';
import { authorityOfHost } from '../../loadbalancers/authorities';
import { AccessKind } from '../../model/access-rule';
import type { LoadBalancerModel, RouteModel, RouteTargetModel } from '../../model/load-balancer';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';

/*
 * Nearly always a declaration settles which objects there are. For the rest the whole model is needed: files of a
 * sidecar that was added later, a way out by host name, a limit on one route. These objects come, or go, when the
 * application is validated, which is before anything is rendered. Doing it again changes nothing.
 */

/** @internal */
export function settleWorkload(hanger: ObjectHanger, options: KubernetesOptions): void {
  const { networkPlugin } = options;
  const workload: WorkloadModel = hanger.produce();
  const { name, kind, sidecars, init, networkMode } = workload;
  for (const attachment of staticInterfaces(workload, options)) {
    const definition = staticName(attachment.network.name, name);
    hanger.addOnce('NetworkAttachmentDefinition', definition, () => staticDefinition(attachment), { id: `interface-${attachment.network.name}` });
  }
  if (networkMode?.kind !== NetworkModeKind.HOST && networkPlugin.knowsHostNames && goesOutByName(workload)) hanger.addOnce('CiliumNetworkPolicy', name, hostNamePolicy);
  if (sidecars.length === 0 && init.length === 0) return;
  const containers = containersOf(workload);
  if (containers.some(({ files }) => files.length > 0)) hanger.addOnce('ConfigMap', `${name}-config`, configMap);
  if (kind === WorkloadKind.STATEFUL) return;
  for (const volume of containers.flatMap(({ volumes }) => volumes)) {
    if (volume.kind !== VolumeKind.PERSISTENT || volume.existingName !== undefined) continue;
    const body = persistentVolumeClaim(volume);
    hanger.addOnce('PersistentVolumeClaim', claimName(name, volume), () => body, { id: `volume-${volume.name}`, annotations: KEPT });
  }
}

/** @internal */
export function settleRoute(hanger: ObjectHanger, name: string, { edge }: KubernetesOptions): void {
  const [route, balancer]: [RouteModel, LoadBalancerModel] = hanger.produce();
  // What leads nowhere on this target would answer 500.
  if (route.targets.length === 0) return hanger.remove(`route-${name}`);
  route.targets.forEach((target) => settleCopyTls(hanger, target, balancer));
  if (!edge.isEnvoyGateway) return;
  if (route.access.some(({ kind }) => kind !== AccessKind.CLIENT_CERTIFICATES)) {
    hanger.addOnce('SecurityPolicy', name, ([model, balancer]) => accessPolicy(name, model, balancer), { id: `access-${name}` });
  }
  if (route.maxRequestBodyBytes !== undefined) {
    hanger.addOnce('BackendTrafficPolicy', name, ([model]) => requestBodyPolicy(name, model), { id: `limits-${name}` });
  }
}

/** A policy holds for its own namespace; routes to one port share it. */
function settleCopyTls(hanger: ObjectHanger, target: RouteTargetModel, { name }: LoadBalancerModel): void {
  const { tls, peer, port } = target;
  if (tls === undefined) return;
  const { namespace } = peer;
  const of = `${name}-to-${peer.name}-${port.number}`;
  const id = `${peer.chart}-${peer.name}-${port.number}`;
  const authority = `${of}-authority-${tls.authority.hash}`;
  const body = authorityConfigMap(authority, tls.authority);
  hanger.addOnce('ConfigMap', `${of}-authority`, () => body, { id: `copy-authority-${id}`, namespace });
  hanger.addOnce('BackendTLSPolicy', of, () => backendTlsPolicy(target, authority), { id: `copy-tls-${id}`, namespace });
}

/** @internal */
export function settleHost(hanger: ObjectHanger, name: string, hostName: string, { edge }: KubernetesOptions): void {
  const balancer: LoadBalancerModel = hanger.produce();
  const host = balancer.hosts.find((candidate) => candidate.name === hostName);
  if (host?.issuer === undefined || !isIssued(host.issuer)) hanger.remove(`certificate-${name}`);
  const authority = authorityOfHost(balancer, { name: hostName });
  if (authority !== undefined && edge.isEnvoyGateway && edge.isOwn) {
    hanger.addOnce('ConfigMap', `${name}-authority`, () => authorityConfigMap(authorityName(hostName, authority), authority), { id: `authority-${name}` });
    hanger.addOnce('ClientTrafficPolicy', `${name}-visitors`, (model) => clientCertificatePolicy(hostName, model), { id: `visitors-${name}` });
  }
  if (host === undefined || !isRedirected(hostName, balancer)) hanger.remove(`redirect-${name}`);
}
