import { selectorLabels, userLabels } from './labels';
import { loadBalancerSpec } from './load-balancer-service';
import { portsKey } from './names';
import type { KubernetesOptions } from './options';
import { shared } from './plain-json';
import { trafficDistribution } from './traffic-distribution';
import { Protocol, type Port } from '../../model/port';
import type { WorkloadModel } from '../../model/workload';

/** @internal The Service behind a workload's host name. */
export function service(workload: WorkloadModel, options: KubernetesOptions): any {
  return serviceBody(workload, {
    ports: servicePorts(workload.ports), selector: selectorLabels(workload.name), trafficDistribution: trafficDistribution(options), type: 'ClusterIP',
  });
}

/**
 * A Service of a StatefulSet: the governing one, or one that gives a single copy the name it has on every target.
 *
 * @param copy number of the copy; undefined: all of them
 * @internal
 */
export function headlessService(workload: WorkloadModel, copy?: number): any {
  return serviceBody(workload, {
    clusterIP: 'None',
    ports: servicePorts(workload.ports),
    // Copies must find each other before they are ready.
    publishNotReadyAddresses: true,
    // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label
    selector: copy === undefined ? selectorLabels(workload.name) : { 'statefulset.kubernetes.io/pod-name': `${workload.name}-${copy}` },
    type: 'ClusterIP',
  });
}

/** @internal Ports opened to the outside, for what is not HTTP. */
export function publishedService(workload: WorkloadModel, { publishedServices }: KubernetesOptions): any {
  const ports = workload.publishedPorts.flatMap((published) => workload.ports.filter(({ number }) => number === published.port)
    .map((port) => ({ ...outsidePort(port), port: published.hostPort ?? published.port })));
  const body = serviceBody(workload, { ports, selector: selectorLabels(workload.name), ...loadBalancerSpec(publishedServices) });
  return { ...body, metadata: { ...body.metadata, annotations: publishedServices.annotations } };
}

/** @internal A name of another namespace, so that the callee has the same host name everywhere. */
export function externalName(name: string, namespace: string, clusterDomain: string): any {
  return { spec: { externalName: `${name}.${namespace}.svc.${clusterDomain}`, type: 'ExternalName' } };
}

function serviceBody(workload: WorkloadModel, spec: any): any {
  return { metadata: { labels: userLabels(workload) }, spec };
}

function servicePorts(ports: Port[]): any[] {
  return shared(`service ports ${portsKey(ports)}`, () => ports.map(servicePort));
}

/** @internal */
export function servicePort(port: Port): any {
  return { appProtocol: APP_PROTOCOL[port.protocol], ...outsidePort(port) };
}

/**
 * A port that the cluster's load balancer leads to. Some clouds would speak HTTP themselves where `appProtocol` says so, or check whether
 * `/` answers.
 *
 * @see https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#custom-load-balancer-health-probe
 * @internal
 */
export function outsidePort(port: Port): any {
  return { name: port.name, port: port.number, protocol: port.transport, targetPort: port.name };
}

/**
 * Gateways and meshes choose what they speak by it. `grpc` is known to few of them; HTTP/2 in the clear to all.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
 */
const APP_PROTOCOL: { [protocol: string]: string | undefined } = {
  [Protocol.HTTP]: 'http',
  [Protocol.HTTPS]: 'https',
  [Protocol.GRPC]: 'kubernetes.io/h2c',
  [Protocol.GRPCS]: 'https',
  [Protocol.TCP]: 'tcp',
};
