import { containersOf, workloadFiles } from './config-map';
import { ASKED_HEADERS } from './envoy-gateway';
import type { KubernetesEdge } from './kubernetes-edge';
import { interfacesOf } from './multus';
import type { KubernetesOptions } from './options';
import { askedBy, clientAuthorityOf, forwardAuthOf, sourceRangesOf, usersOf, type ForwardAuthModel } from '../../model/access-rule';
import type { AppModel, ChartModel, SharedVolumeModel } from '../../model/app-model';
import { Severity, type Finding } from '../../model/finding';
import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import type { NetworkModel, PodsModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { PeerKind, type AttachmentModel, type ConnectionModel, type WorkloadModel } from '../../model/workload';
import { knownImage } from '../../validation/known-images/lookup';

/*
 * What only Kubernetes cannot do, or does not take. Rules that hold on every target are checked centrally.
 */

/** @internal */
export function kubernetesFindings(app: AppModel, options: KubernetesOptions): Finding[] {
  return [
    ...app.charts.flatMap(({ workloads }) => workloads.flatMap((workload) => workloadFindings(workload, options))),
    ...app.charts.flatMap(({ networks }) => networks.flatMap((network) => networkFindings(network, options))),
    ...app.charts.flatMap(({ pods }) => cutOffPods(pods)),
    ...app.charts.flatMap(({ sharedVolumes }) => nfsServers(sharedVolumes)),
    ...app.charts.flatMap(({ loadBalancers }) => loadBalancers.flatMap((balancer) => loadBalancerFindings(balancer, options))),
    ...namesInTwoCharts(app.charts),
    ...copiesVerifiedTwice(app.charts),
  ];
}

function workloadFindings(workload: WorkloadModel, options: KubernetesOptions): Finding[] {
  return [
    ...publishedAddresses(workload),
    ...networkNames(workload, options),
    ...networkModes(workload),
    ...largeFiles(workload),
    ...emptyVolumes(workload),
    ...unknownNamespaces(workload),
    ...startsAcross(workload),
    ...releaseSteps(workload),
    ...stopSignals(workload),
    ...copiesPerNode(workload),
  ];
}

function publishedAddresses({ path, name, publishedPorts }: WorkloadModel): Finding[] {
  return publishedPorts.filter(({ address }) => address !== undefined).map(({ port, address }) => warning('published-address', path,
    `'${name}' cannot listen on address '${address}' with port ${port} on Kubernetes: there a Service of type LoadBalancer gets its address from the cluster;`
    + ' remove \'address\', or patch the Service for your cluster'));
}

/** Texts of a network mode that does not hold here. */
function networkModes({ path, name, networkMode: mode }: WorkloadModel): Finding[] {
  if (mode?.kind === NetworkModeKind.HOST) {
    return [warning('host-network', path, `'${name}' has the network of its node on Kubernetes: no NetworkPolicy holds for it, and its namespace must allow`
      + ' Pod Security Standard privileged')];
  }
  if (mode?.kind === NetworkModeKind.SHARED) {
    const owner = mode.owner!.name;
    return [error('shared-network', path, `'${name}' cannot share the network of '${owner}' on Kubernetes, where each pod has its own: use ${owner}.addSidecar, whose`
      + ' containers are one pod, or leave Kubernetes out (onlyOn: [\'compose\'])')];
  }
  return mode === undefined ? [] : [warning('no-network', path, `'${name}' has a network interface on Kubernetes though its networkMode is none: a NetworkPolicy lets nothing`
    + ' in or out, as far as the network plug-in enforces it')];
}

/** What of a network belongs to the cluster. */
function networkFindings({ path, name, layer2, mtu, ipv6Subnet, attachable }: NetworkModel, { multus }: KubernetesOptions): Finding[] {
  if (layer2 !== undefined) {
    return multus ? [] : [warning('layer2-network', path, `'${name}' is not the network at '${layer2.parent}' on Kubernetes: its members meet in the cluster's network alone;`
      + ' install Multus and whereabouts and give new KubernetesTarget({ multus: true })')];
  }
  const unused = [
    ...mtu === undefined ? [] : [`mtu ${mtu}`], ...ipv6Subnet === undefined ? [] : [`ipv6Subnet '${ipv6Subnet}'`], ...attachable === false ? ['attachable false'] : [],
  ];
  return unused.map((what) => warning('network-option-unused', path, `'${name}' does not have ${what} on Kubernetes: that is the network plug-in's for the whole cluster,`
    + ' and any pod with the label of the network is a member'));
}

function networkNames(workload: WorkloadModel, options: KubernetesOptions): Finding[] {
  const { path, name } = workload;
  const interfaces = interfacesOf(workload, options);
  return workload.attachments.flatMap((attachment) => [
    ...interfaces.includes(attachment) ? [] : [attachment.address, attachment.ipv6Address].filter((address) => address !== undefined).map((address) => warning('static-address', path,
      `'${name}' cannot have address '${address}' in network '${attachment.network.name}' on Kubernetes, which gives a copy a new one at each start: call it by its name`)),
    ...aliasFindings(workload, attachment),
  ]);
}

function aliasFindings({ path, name }: WorkloadModel, { network, aliases }: AttachmentModel): Finding[] {
  return [
    ...aliases.length === 0 ? [] : [warning('network-alias', path,
      `'${name}' is not called ${aliases.map((alias) => `'${alias}'`).join(', ')} in network '${network.name}' on Kubernetes:`
      + ' call it by its name, or add a Service of type ExternalName')],
  ];
}

function releaseSteps({ path, name, releaseSteps: steps }: WorkloadModel): Finding[] {
  return steps.map((step) => warning('release-step-each-copy', path,
    `'${step.name}' of '${name}' runs before each new copy on Kubernetes, not once a release: it must stand being run several times, and at once`));
}

function copiesPerNode({ path, name, maxReplicasPerNode }: WorkloadModel): Finding[] {
  return maxReplicasPerNode === undefined ? [] : [warning('max-replicas-per-node', path,
    `'${name}' may have more than ${maxReplicasPerNode} on a node on Kubernetes, where there are too few nodes: its copies are spread evenly, and no number ends that`)];
}

/** `lifecycle.stopSignal` is alpha from 1.33 to 1.36. @see https://www.kubernetes.dev/resources/keps/4960/ */
function stopSignals(workload: WorkloadModel): Finding[] {
  return containersOf(workload).filter(({ image, stopSignal }) => stopSignal !== undefined && stopSignal !== knownImage(image)?.stop?.signal)
    .map(({ name, image, stopSignal }) => warning('stop-signal', workload.path,
      `'${name}' is stopped by the signal of its image '${image}' on Kubernetes, or by SIGTERM, not by ${stopSignal}: there lifecycle.stopSignal is an alpha feature;`
      + ` make an image with STOPSIGNAL ${stopSignal}`));
}

/** @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const MOST_BYTES = 1024 * 1024;

function largeFiles(workload: WorkloadModel): Finding[] {
  if (containersOf(workload).every(({ files }) => files.length === 0)) return [];
  const bytes = Object.entries(workloadFiles(workload).data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0);
  return bytes <= MOST_BYTES ? [] : [error('files-too-large', workload.path,
    `'${workload.name}' cannot have files of ${bytes} bytes together on Kubernetes: a ConfigMap holds ${MOST_BYTES};`
    + ' put large ones into the image or on a volume')];
}

function emptyVolumes(workload: WorkloadModel): Finding[] {
  const volumes = new Set(containersOf(workload).flatMap((container) => container.volumes));
  return [...volumes].filter(({ kind, sizeMebibytes }) => (kind === VolumeKind.PERSISTENT || kind === VolumeKind.SCRATCH) && (sizeMebibytes ?? 1) < 1)
    .map(({ path, sizeMebibytes }) => error('volume-size', workload.path,
      `'${workload.name}' cannot have a volume of ${sizeMebibytes} MiB at '${path}' on Kubernetes: give it a size of at least 1 MiB`));
}

/** A policy that lets somebody of another namespace in must name it. */
function unknownNamespaces({ path, name, namespace, callees }: WorkloadModel): Finding[] {
  return callees.filter((callee) => isHalfKnown(callee)).map(({ to }) => error('unknown-namespace', path,
    `'${name}' cannot connect to '${to.name}' of chart '${to.chart}' on Kubernetes: ${namespace === undefined ? 'its own chart' : `chart '${to.chart}'`} has no namespace`
    + ' and the other has one; give both charts a namespace, or neither'));
}

function isHalfKnown({ from, to }: ConnectionModel): boolean {
  return to.kind === PeerKind.WORKLOAD && from.namespace !== to.namespace && (from.namespace === undefined || to.namespace === undefined);
}

/** A manifest is applied by itself. */
function startsAcross({ path, name, chart, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD && to.chart !== chart).map(({ to }) => warning('start-order', path,
    `'${name}' does not wait for '${to.name}' of chart '${to.chart}' on Kubernetes, which is another manifest: apply that of '${to.chart}' first`));
}

/** A claim says what kind of disk is wanted, not where it is. */
function nfsServers(volumes: SharedVolumeModel[]): Finding[] {
  const ignored = volumes.filter(({ nfsServer, existingName }) => nfsServer !== undefined && existingName === undefined);
  return ignored.map(({ path, name, nfsServer, storageClassName }) => warning('nfs-server', path,
    `'${name}' does not use its NFS server '${nfsServer}' on Kubernetes: it is a claim of`
    + ` ${storageClassName === undefined ? 'the default storage class' : `storage class '${storageClassName}'`}; make a PersistentVolume for that server and a claim`
    + ' that is bound to it, and give the claim\'s name by existingName, or give a storageClassName that serves it'));
}

/** There is no `connectTo` for pods of another library, and membership alone opens nothing there. */
function cutOffPods(pods: PodsModel[]): Finding[] {
  const cutOff = pods.filter(({ network, ports }) => network.connectedOnly && (ports.length > 0 || network.ports.length > 0));
  return cutOff.map(({ name, path, network }) => warning('pods-cut-off', path, `'${name}' and the members of network '${network.name}' do not reach each other on Kubernetes: the network has connectedOnly,`
    + ' and pods of another library cannot be connected; let them join a network without it'));
}

function loadBalancerFindings(balancer: LoadBalancerModel, { edge }: KubernetesOptions): Finding[] {
  const secure = balancer.hosts.filter(({ issuer }) => issuer !== undefined);
  return [
    ...edge.isOwn && secure.length > MOST_HOSTS ? [error('too-many-listeners', balancer.path,
      `'${balancer.name}' cannot serve ${secure.length} hosts with certificates on Kubernetes: a Gateway has at most 64 listeners, one of them for plain HTTP;`
      + ' split the hosts between two load balancers')] : [],
    ...edge.isOwn || secure.length === 0 ? [] : [warning('certificates-of-existing-gateway', balancer.path,
      `the certificates of '${balancer.name}' are not made on Kubernetes: the Gateway '${edge.existingName}' belongs to somebody else,`
      + ` who must have ${secure.map(({ name }) => `'${name}'`).join(', ')} on its listener '${edge.httpsListener}'`)],
    ...balancer.routes.flatMap((route) => [...routeFindings(route, balancer, edge), ...accessFindings(route, balancer, edge)]),
    ...balancer.routes.flatMap((route) => [...route.targets, ...askedBy(route)].filter(({ peer }) => peer.namespace !== balancer.namespace
      && (peer.namespace === undefined || balancer.namespace === undefined)).map(({ peer }) => error('unknown-namespace', balancer.path,
      `'${balancer.name}' cannot route to '${peer.name}' of chart '${peer.chart}' on Kubernetes: one of the two charts has no namespace and the other has one;`
      + ' give both charts a namespace, or neither'))),
    ...balancer.accessLog || (edge.isOwn && edge.isEnvoyGateway) ? [] : [warning('access-log', balancer.path,
      `the access log of '${balancer.name}' is not switched off on Kubernetes: that is for the Gateway's implementation, and its owner, to do;`
      + ' use Envoy Gateway (KubernetesEdge.gateway()), or leave accessLog out')],
  ];
}

/** Of 64 listeners one is for plain HTTP. */
const MOST_HOSTS = 63;
const MOST_HEADERS = 16;

function routeFindings(route: RouteModel, balancer: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const where = `${route.host}${route.path}`;
  const gateway = gatewayOf(edge);
  const { isEnvoyGateway } = edge;
  return [
    ...route.maxRequestBodyBytes !== undefined && !isEnvoyGateway ? [warning('request-body-limit', balancer.path,
      `'${balancer.name}' does not limit request bodies of '${where}' to ${route.maxRequestBodyBytes} bytes with ${gateway}: the Gateway API has no field for it;`
      + ' use Envoy Gateway, or limit it in the application')] : [],
    // https://gateway.envoyproxy.io/docs/tasks/traffic/request-buffering/
    ...route.maxRequestBodyBytes !== undefined && isEnvoyGateway ? [warning('request-buffering', balancer.path,
      `'${balancer.name}' takes each request to '${where}' in whole before a copy gets it, which is how Envoy Gateway limits bodies:`
      + ' WebSockets and streams do not pass there; give those a route of their own without \'maxRequestBody\'')] : [],
    // https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
    ...isEnvoyGateway ? [] : route.targets.filter(({ tls }) => tls !== undefined).map(({ peer }) => warning('copy-tls', balancer.path,
      `'${balancer.name}' meets the copies of '${peer.name}' for '${where}' over TLS only if the implementation of ${gateway} knows BackendTLSPolicy (Gateway API 1.4):`
      + ' else it sends plain HTTP, which they refuse; look it up, or use Envoy Gateway (KubernetesEdge.gateway())')),
    ...Object.keys(route.headers).length > MOST_HEADERS ? [error('too-many-matches', balancer.path,
      `'${balancer.name}' cannot match ${Object.keys(route.headers).length} headers for '${where}' on Kubernetes: an HTTPRoute matches at most ${MOST_HEADERS}`)] : [],
  ];
}

const gatewayOf = ({ className }: KubernetesEdge): string =>
  className === '' ? 'a Gateway of a class that is not said' : `GatewayClass '${className}'`;

function accessFindings(route: RouteModel, balancer: LoadBalancerModel, edge: KubernetesEdge): Finding[] {
  const where = `${route.host}${route.path}`;
  const [ranges, users, forwardAuth] = [sourceRangesOf(route), usersOf(route), forwardAuthOf(route)];
  const noField = `with ${gatewayOf(edge)}: the Gateway API has no field for it; use Envoy Gateway (KubernetesEdge.gateway())`;
  return [
    ...ranges.length > 0 && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot keep '${where}' to ${ranges.join(', ')} ${noField}, or give this workload a load balancer of its own inside`)] : [],
    ...clientAuthorityOf(route) !== undefined && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for certificates with ${gatewayOf(edge)}: the Gateway API has a field for all hosts of a port only, which`
      + ' an implementation may not know; use Envoy Gateway (KubernetesEdge.gateway())')] : [],
    ...clientAuthorityOf(route) !== undefined && edge.isEnvoyGateway && !edge.isOwn ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for certificates on Kubernetes: the listeners of the Gateway '${edge.existingName}' belong to somebody else;`
      + ' use KubernetesEdge.gateway()')] : [],
    // https://gateway.envoyproxy.io/docs/tasks/security/basic-auth/
    ...users !== undefined ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask visitors of '${where}' for a password on Kubernetes: the Gateway API has no field for it, and Envoy Gateway knows SHA-1 hashes only`
      + ` where '${users.name}' has bcrypt; use RouteAccess.forwardAuth, or leave Kubernetes out (targets of the App)`)] : [],
    ...forwardAuth !== undefined && !edge.isEnvoyGateway ? [error('route-access', balancer.path,
      `'${balancer.name}' cannot ask '${forwardAuth.target.peer.name}' about '${where}' ${noField}, or let the application ask`)] : [],
    ...forwardAuth !== undefined && edge.isEnvoyGateway ? forwardAuthFindings(forwardAuth, where, balancer, edge) : [],
  ];
}

function forwardAuthFindings(
  { target, path, copyHeaders }: ForwardAuthModel, where: string, balancer: LoadBalancerModel, edge: KubernetesEdge,
): Finding[] {
  const asked = target.peer.name;
  return [
    ...path.includes('?') ? [error('forward-auth-path', balancer.path,
      `'${balancer.name}' cannot ask '${asked}' about '${where}' with '${path}' on Kubernetes: Envoy puts the visitor's path behind it; give a path without '?'`)]
      : [warning('forward-auth-path', balancer.path,
        `'${asked}' is asked about '${where}' in Envoy's own way on Kubernetes: with the visitor's method and host, the visitor's path behind '${path}', and of the headers`
        + ` with authorization, ${ASKED_HEADERS.join(', ')} alone; use the path that it has for Envoy (ext_authz)`)],
    ...copyHeaders.length > 0 && !edge.isOwn ? [error('copied-headers', balancer.path,
      `'${balancer.name}' cannot copy ${copyHeaders.join(', ')} from '${asked}' on Kubernetes: visitors could send them by themselves, and the Gateway`
      + ` '${edge.existingName}' belongs to somebody else; leave copyHeaders out, or use KubernetesEdge.gateway()`)] : [],
  ];
}

/** A BackendTLSPolicy is the Service's, whoever sends to it. */
function copiesVerifiedTwice(charts: ChartModel[]): Finding[] {
  const seen = new Map<string, { balancer: string; tls: string }>();
  return charts.flatMap(({ loadBalancers }) => loadBalancers).flatMap((balancer) => balancer.routes.flatMap(({ targets }) => targets).flatMap(({ peer, port, tls }) => {
    const [key, own] = [`${peer.chart}/${peer.name}:${port.number}`, JSON.stringify(tls)];
    const { balancer: other, tls: others } = seen.get(key) ?? { balancer: balancer.name, tls: own };
    seen.set(key, { balancer: other, tls: others });
    return others === own ? [] : [error('copy-tls', balancer.path,
      `'${balancer.name}' cannot verify the copies of '${peer.name}' on port ${port.number} in another way than '${other}' on Kubernetes, where one BackendTLSPolicy holds`
      + ' for all who send to a Service; give both the same copyTls')];
  }));
}

/** Applied to one namespace, the second would overwrite the first. */
function namesInTwoCharts(charts: ChartModel[]): Finding[] {
  const owners = new Map<string, WorkloadModel>();
  return charts.filter(({ namespace }) => namespace === undefined).flatMap(({ workloads }) => workloads).flatMap((workload) => {
    const other = owners.get(workload.name);
    owners.set(workload.name, other ?? workload);
    return other === undefined ? [] : [warning('name-in-two-charts', workload.path,
      `'${workload.name}' of chart '${workload.chart}' and of chart '${other.chart}' overwrite each other where both are applied to one namespace:`
      + ' give the charts namespaces of their own')];
  });
}

function warning(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.WARNING, path, message: `${message} [${path}]` };
}

function error(rule: string, path: string, message: string): Finding {
  return { rule, severity: Severity.ERROR, path, message: `${message} [${path}]` };
}
