import { readsRenewed } from './certificate-reload';
import { largeFiles } from '../file-sizes';
import { error, warning } from '../findings';
import { ExternalTrafficPolicy } from '../load-balancer-service';
import type { KubernetesOptions } from '../options';
import { proxiesOf } from './proxies';
import { challengedHosts } from './proxy-model';
import { sourceRangesOf } from '../../../model/access-rule';
import type { Finding } from '../../../model/finding';
import { calledBy, type LoadBalancerModel } from '../../../model/load-balancer';
import { PeerKind } from '../../../model/workload';
import { hostsWithoutTls, requestsNotMirrored, unpassedStreams } from '../../../validation/docker-rules';
import * as messages from '../../../validation/messages';
import { isPinned } from '../../../validation/syntax';

/** @internal What proxies of our own cannot do of what a load balancer declares. */
export function ownProxiesFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  const blocking = [
    ...unknownNamespaces(balancer), ...accessFindings(balancer, options), ...unprovedRedirects(balancer), ...unpassedStreams(balancer),
  ];
  // A configuration with half a name in it says nothing.
  return blocking.length > 0 ? blocking : [...proxyFindings(balancer, options), ...serviceFindings(balancer), ...opaqueServices(balancer)];
}

/** Proxies ask the name server for whole names. */
function unknownNamespaces(balancer: LoadBalancerModel): Finding[] {
  const { path, name, chart, namespace } = balancer;
  const peers = calledBy(balancer).map(({ peer }) => peer);
  const charts = new Map([[chart, namespace], ...peers.map((peer) => [peer.chart, peer.namespace] as const)]);
  return [...charts].filter(([, known]) => known === undefined).map(([unknown]) => error('unknown-namespace', path,
    `'${name}' cannot find copies of chart '${unknown}' by proxies of its own on Kubernetes, as the name server is asked for whole names:`
    + ` new Chart(app, '${unknown}', { namespace: '${unknown}' })`));
}

/** A route whose back end cannot keep its access would be open to all. */
function accessFindings({ path, name, routes, backend }: LoadBalancerModel, { edge }: KubernetesOptions): Finding[] {
  const hidesVisitors = edge._service.externalTrafficPolicy === ExternalTrafficPolicy.CLUSTER;
  return routes.flatMap((route) => {
    const where = `${route.host}${route.path}`;
    return [
      ...route.access.filter(({ kind }) => !backend.accessKinds?.includes(kind))
        .map(({ kind }) => ({ ...error('route-access', path, ''), message: messages.accessUnknown(path, name, where, kind, backend.name) })),
      ...hidesVisitors && sourceRangesOf(route).length > 0 ? [error('route-access', path,
        `'${name}' cannot keep '${where}' to ${sourceRangesOf(route).join(', ')} with ExternalTrafficPolicy.CLUSTER, where every visitor has the address of a node:`
        + ' use ExternalTrafficPolicy.LOCAL')] : [],
    ];
  });
}

/** A host that is sent elsewhere has no routes, and so no way to the solver. */
function unprovedRedirects(balancer: LoadBalancerModel): Finding[] {
  const { path, name, redirects } = balancer;
  return challengedHosts(balancer).filter((host) => redirects.some(({ from }) => from === host.name)).map((host) => error('redirect-without-proof', path,
    `'${name}' cannot get a certificate for '${host.name}' on Kubernetes by proof over HTTP, as its proxies send all of that host elsewhere:`
    + ' give the issuer dns01, or use KubernetesEdge.gateway()'));
}

function proxyFindings(balancer: LoadBalancerModel, options: KubernetesOptions): Finding[] {
  const { path, name, backend } = balancer;
  const { workload, lowered, model } = proxiesOf(balancer, options);
  const low = lowered.ports.filter(({ number }) => number < 1024).map(({ number }) => number);
  const issued = model.hosts.some(({ issuer }) => issuer !== undefined);
  return [
    ...largeFiles(workload),
    ...isPinned(lowered.image) ? [] : [warning('image-without-tag', path, messages.imageWithoutTag(name, lowered.image))],
    ...hostsWithoutTls(balancer, lowered),
    ...(lowered.limitations ?? []).map((limitation) => warning('load-balancer-limitation', path, `${name} ${limitation}`)),
    ...low.length === 0 ? [] : [error('low-port', path,
      `'${name}' cannot have ${backend.name} listen on ${low.join(' and ')} on Kubernetes, as ports below 1024 are not for processes without rights:`
      + ' the back end must listen on httpPort and httpsPort of the target\'s traits')],
    ...requestsNotMirrored(balancer).map(({ rule, message }) => warning(rule, path, message)),
    ...options.monitoring.readsProxies && lowered.metricsPort === undefined ? [warning('no-metrics', path,
      `'${name}' tells no metrics on Kubernetes, as its back end ${backend.name} has none that are asked for over the network: take LoadBalancerBackend.caddy(), which has`)] : [],
    ...issued && !readsRenewed(lowered) ? [warning('certificates-not-read-again', path,
      `'${name}' does not tell ${backend.name} of renewed certificates on Kubernetes, as its back end gives no command: restart the proxies once a month,`
      + ` kubectl rollout restart deployment/${name}`)] : [],
  ];
}

function serviceFindings({ path, name, publishAddress }: LoadBalancerModel): Finding[] {
  return publishAddress === undefined ? [] : [warning('published-address', path,
    `'${name}' cannot listen on address '${publishAddress}' on Kubernetes: there a Service of type LoadBalancer gets its address from the cluster;`
    + ' remove \'publishAddress\', or give KubernetesEdge.ownProxies() the annotation that your cluster\'s load balancer has for it')];
}

/** Of a Service of another library only its own address is known. */
function opaqueServices({ path, name, routes }: LoadBalancerModel): Finding[] {
  const services = new Set(routes.flatMap(({ targets }) => targets).filter(({ peer }) => peer.kind === PeerKind.PODS).map(({ peer }) => peer.name));
  return [...services].sort().map((service) => warning('copies-not-known', path,
    `'${name}' does not see the copies behind Service '${service}' on Kubernetes, whose address alone it knows: the cluster picks one for each connection, whatever`
    + ' the algorithm; make the Service headless, with the port of its pods'));
}
