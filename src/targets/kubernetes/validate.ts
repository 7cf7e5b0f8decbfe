import { scalingFindings } from './autoscaling';
import { claimsTaken } from './claims-taken';
import { mostCopies } from './copies';
import { copiesVerifiedTwice } from './edges/gateway-findings';
import { loadBalancerFindings } from './edges/load-balancer-findings';
import { largeFiles } from './file-sizes';
import { error, warning } from './findings';
import { grpcCallees } from './grpc-callees';
import { issuerFindings } from './issuer-findings';
import { interfacesOf } from './multus';
import type { KubernetesOptions } from './options';
import { keepsOnePerNode } from './pod';
import { objectNames } from './validate-names';
import { podFindings } from './validate-pods';
import type { AppModel, ChartModel, SharedVolumeModel } from '../../model/app-model';
import type { Finding } from '../../model/finding';
import { HealthCheckKind } from '../../model/health-check';
import type { NetworkModel, PodsModel } from '../../model/network';
import { NetworkModeKind } from '../../model/network-mode';
import { VolumeKind } from '../../model/volume';
import { containersOf, PeerKind, type AttachmentModel, type ConnectionModel, type WorkloadModel } from '../../model/workload';
import { knownImage } from '../../validation/known-images/lookup';
import { disksNotEmpty } from '../../validation/known-images/rules';

/*
 * What only Kubernetes cannot do, or does not take. Rules that hold on every target are checked centrally.
 */

/** @internal */
export function kubernetesFindings(app: AppModel, options: KubernetesOptions): Finding[] {
  return [
    ...app.charts.flatMap(({ workloads }) => workloads.flatMap((workload) => workloadFindings(workload, options))),
    ...app.charts.flatMap(({ networks }) => networks.flatMap((network) => networkFindings(network, options))),
    ...app.charts.flatMap(({ pods }) => cutOffPods(pods)),
    ...app.charts.flatMap(({ sharedVolumes }) => [...nfsServers(sharedVolumes), ...defaultClasses(sharedVolumes)]),
    ...app.charts.flatMap(({ loadBalancers }) => loadBalancers.flatMap((balancer) => loadBalancerFindings(balancer, options))),
    ...namesInTwoCharts(app.charts),
    ...claimsTaken(app.charts),
    ...app.charts.flatMap(claimsOfSeveral),
    ...options.edge._kind === 'gateway' ? copiesVerifiedTwice(app.charts) : [],
    ...app.charts.flatMap(objectNames),
    ...grpcCallees(app),
    ...app.charts.flatMap(({ issuers }) => issuers.flatMap((issuer) => issuerFindings(issuer, options))),
  ];
}

function workloadFindings(workload: WorkloadModel, options: KubernetesOptions): Finding[] {
  return [
    ...publishedAddresses(workload),
    ...mixedProtocols(workload, options),
    ...networkNames(workload, options),
    ...networkModes(workload),
    ...hostPaths(workload),
    ...largeFiles(workload),
    ...emptyVolumes(workload),
    ...unknownNamespaces(workload),
    ...orderedStarts(workload),
    ...releaseSteps(workload, options),
    ...stopSignals(workload),
    ...disksNotEmpty(workload),
    ...grpcChecksOverTls(workload),
    ...copiesPerNode(workload, options),
    ...podFindings(workload),
    ...scalingFindings(workload, options),
  ];
}

/** Fields of a probe know gRPC in the clear alone. */
function grpcChecksOverTls({ path, container, sidecars }: WorkloadModel): Finding[] {
  return [container, ...sidecars].filter(({ healthCheck, healthCheckTls }) => healthCheck?.kind === HealthCheckKind.GRPC && healthCheckTls)
    .map(({ name, healthCheckPort }) => warning('grpc-health-check', path, `'${name}' is ready on Kubernetes when its port ${healthCheckPort} takes connections: a kubelet asks by gRPC without TLS alone;`
      + ' give it a port for health checks without TLS (additionalPorts, HealthCheck.grpc({ port })), or use HealthCheck.command with grpc_health_probe'));
}

function publishedAddresses({ path, name, publishedPorts }: WorkloadModel): Finding[] {
  return publishedPorts.filter(({ address }) => address !== undefined).map(({ port, address }) => warning('published-address', path,
    `'${name}' cannot listen on address '${address}' with port ${port} on Kubernetes: there a Service of type LoadBalancer gets its address from the cluster;`
    + ' remove \'address\', or patch the Service for your cluster'));
}

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#load-balancers-with-mixed-protocol-types */
function mixedProtocols({ path, name, ports, publishedPorts }: WorkloadModel, { publishedServices }: KubernetesOptions): Finding[] {
  // Who names one has chosen it.
  if (publishedServices.loadBalancerClass !== undefined) return [];
  const published = ports.filter(({ number }) => publishedPorts.some(({ port }) => port === number));
  if (new Set(published.map(({ transport }) => transport)).size < 2) return [];
  return [warning('mixed-protocols', path, `'${name}' opens ports of TCP and of UDP in one Service of type LoadBalancer on Kubernetes, which the load balancers of some clouds refuse:`
    + ' it gets no address then, and its events say so; choose one that takes both (loadBalancerClass of publishedServices),'
    + ' or take the ports of one protocol out of it (KubernetesObjects.of(workload).publishedService) and give them a Service of your own')];
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

/** On Docker a folder of the host is how things are done; in a cluster it takes the pod out of what a namespace may forbid. */
function hostPaths(workload: WorkloadModel): Finding[] {
  return containersOf(workload).flatMap(({ name, volumes }) => volumes.filter(({ kind }) => kind === VolumeKind.HOST_PATH)
    .map(({ source, readOnly }) => warning('host-path', workload.path, `'${name}' ${readOnly ? 'reads' : 'reads and writes'} ${source} of its node on Kubernetes: its namespace`
      + ' must allow Pod Security Standard privileged, and so lets any pod in that asks for the node; take Volume.persistent or a SharedVolume if that is enough')));
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

function releaseSteps({ path, name, releaseSteps: steps }: WorkloadModel, { releaseTool }: KubernetesOptions): Finding[] {
  if (releaseTool._hasWaves) return [];
  return steps.map((step) => releaseTool._hasJobs ? warning('release-step-after-install', path,
    `'${step.name}' of '${name}' runs after the copies were started when Helm installs the chart for the first time, since what it needs is made with them:`
    + ' they must wait for it by themselves; each upgrade runs it before anything is changed')
    : warning('release-step-each-copy', path,
      `'${step.name}' of '${name}' runs before each new copy on Kubernetes, not once a release: it must stand being run several times, and at once;`
      + ' where Argo CD or Helm brings the manifests, give new KubernetesTarget({ releaseTool: ReleaseTool.argoCd() }), or .helm()'));
}

function copiesPerNode(workload: WorkloadModel, options: KubernetesOptions): Finding[] {
  const { path, name, maxReplicasPerNode: most } = workload;
  const { nodes } = options;
  const copies = mostCopies(workload);
  if (most === 1 && nodes !== undefined && copies > nodes) {
    return [error('max-replicas-per-node', path, `'${name}' cannot have ${copies} copies on ${nodes} ${nodes === 1 ? 'node' : 'nodes'} of Kubernetes with maxReplicasPerNode 1:`
      + ' some would wait for ever; run fewer copies, or leave maxReplicasPerNode out')];
  }
  if (most === undefined || keepsOnePerNode(workload, options)) return [];
  return [warning('max-replicas-per-node', path, `'${name}' may have more than ${most} on a node on Kubernetes, where there are too few nodes: its copies are spread evenly, and no number ends that;`
    + (most > 1 ? ' only 1 can be kept' : " give 'maxSurge: 0, maxUnavailable: 1', or new KubernetesTarget({ nodes }) with room for those of an update and a node to spare"))];
}

/** `lifecycle.stopSignal` is alpha from 1.33 to 1.36. @see https://www.kubernetes.dev/resources/keps/4960/ */
function stopSignals(workload: WorkloadModel): Finding[] {
  return containersOf(workload).filter(({ image, stopSignal }) => stopSignal !== undefined && stopSignal !== knownImage(image)?.stop?.signal)
    .map(({ name, image, stopSignal }) => warning('stop-signal', workload.path,
      `'${name}' is stopped by the signal of its image '${image}' on Kubernetes, or by SIGTERM, not by ${stopSignal}: there lifecycle.stopSignal is an alpha feature;`
      + ` make an image with STOPSIGNAL ${stopSignal}`));
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

/** A manifest orders its objects, and not when they get ready; each chart's is applied by itself. */
function orderedStarts({ path, name, chart, callees }: WorkloadModel): Finding[] {
  return callees.filter(({ startAfter, to }) => startAfter && to.kind === PeerKind.WORKLOAD).map(({ to }) => warning('start-order', path, to.chart === chart
    ? `'${name}' does not wait until '${to.name}' is ready on Kubernetes, where only its objects come first: it must try again until '${to.name}' answers`
    : `'${name}' does not wait for '${to.name}' of chart '${to.chart}' on Kubernetes, which is another manifest: apply that of '${to.chart}' first`));
}

/** A claim says what kind of disk is wanted, not where it is. */
function nfsServers(volumes: SharedVolumeModel[]): Finding[] {
  const ignored = volumes.filter(({ nfsServer, existingName }) => nfsServer !== undefined && existingName === undefined);
  return ignored.map(({ path, name, nfsServer, storageClassName }) => warning('nfs-server', path,
    `'${name}' does not use its NFS server '${nfsServer}' on Kubernetes: it is a claim of`
    + ` ${storageClassName === undefined ? 'the default storage class' : `storage class '${storageClassName}'`}; make a PersistentVolume for that server and a claim`
    + ' that is bound to it, and give the claim\'s name by existingName, or give a storageClassName that serves it'));
}

/** Nobody notices until the first copy stays Pending. */
function defaultClasses(volumes: SharedVolumeModel[]): Finding[] {
  const unsaid = volumes.filter((volume) => (volume.storageClassName ?? volume.existingName ?? volume.nfsServer) === undefined);
  return unsaid.map(({ path, name }) => warning('shared-volume-class', path,
    `'${name}' is for several copies (ReadWriteMany) and asks for the default storage class on Kubernetes, which is disks of one node at a time in most clusters: its claim,`
    + ' and every copy that mounts it, would wait for ever; give storageClassName: one of file shares, such as NFS, CephFS, EFS, Filestore or Azure Files'));
}

/** There is no `connectTo` for pods of another library, and membership alone opens nothing there. */
function cutOffPods(pods: PodsModel[]): Finding[] {
  const cutOff = pods.filter(({ network, ports }) => network.connectedOnly && (ports.length > 0 || network.ports.length > 0));
  return cutOff.map(({ name, path, network }) => warning('pods-cut-off', path, `'${name}' and the members of network '${network.name}' do not reach each other on Kubernetes: the network has connectedOnly,`
    + ' and pods of another library cannot be connected; let them join a network without it'));
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

/** A claim that exists already may be for many; one that is not is attached to one node at a time. */
function claimsOfSeveral({ workloads }: ChartModel): Finding[] {
  const owners = new Map<string, WorkloadModel>();
  return workloads.flatMap((workload) => {
    const claims = containersOf(workload).flatMap(({ volumes }) => volumes)
      .flatMap(({ kind, existingName }) => kind === VolumeKind.PERSISTENT && existingName !== undefined ? [existingName] : []);
    return [...new Set(claims)].flatMap((claim) => {
      const other = owners.get(claim);
      owners.set(claim, other ?? workload);
      return other === undefined ? [] : [warning('claim-of-several', workload.path,
        `'${workload.name}' and '${other.name}' mount one claim '${claim}' on Kubernetes: unless it is for many (ReadWriteMany), one of them waits where the other is on another node;`
        + ` if it is, say so by new SharedVolume(chart, '…', { existingName: '${claim}' })`)];
    });
  });
}
