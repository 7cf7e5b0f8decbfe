import { Duration, Size } from 'cdk8s';
import { Autoscaler, KubernetesEdge, KubernetesTarget, TrafficDistribution } from '../../../src';

/*
 * What the target itself is told, and Kubernetes would refuse in every object that it ends up in.
 */

const NAME = "give the name of an object of Kubernetes, at most 253 lower-case letters, digits, '-' and '.'";
const NAMESPACE = "give a namespace, at most 63 lower-case letters, digits and '-', with a letter or digit first and last";
const KEY = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last, and before it, if need be, a domain and '/'";
const VALUE = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last; other texts can stand in annotations";
const RANGES = "give IPv4 or IPv6 ranges such as '203.0.113.0/24'";

test.each<[string, () => unknown, string]>([
  ['a GatewayClass', () => KubernetesEdge.gateway({ className: 'My Class' }), `KubernetesEdge.gateway() cannot take 'My Class' for className: ${NAME}`],
  ['no proxies', () => KubernetesEdge.gateway({ proxies: 0 }), 'KubernetesEdge.gateway() cannot have proxies 0: give a whole number from 1'],
  ['a part of a proxy', () => KubernetesEdge.ownProxies({ proxies: 1.5 }), 'KubernetesEdge.ownProxies() cannot have proxies 1.5: give a whole number from 1'],
  ['memory of a proxy as a text', () => KubernetesEdge.gateway({ proxyMemoryLimit: '2Gi' as any }),
    "KubernetesEdge.gateway() cannot take '2Gi' for proxyMemoryLimit: give a Size such as Size.gibibytes(2) [new KubernetesTarget({ edge })]"],
  ['too little of it', () => KubernetesEdge.gateway({ proxyMemoryLimit: Size.mebibytes(100) }),
    'KubernetesEdge.gateway() cannot have proxyMemoryLimit in MiB 100: give a whole number from 128'],
  ['where proxies run', () => KubernetesEdge.gateway({ proxyNamespace: 'Edge_1' }), `KubernetesEdge.gateway() cannot take 'Edge_1' for proxyNamespace: ${NAMESPACE}`],
  ['labels of proxies', () => KubernetesEdge.ingress({ className: 'acme', proxyLabels: { 'app name': 'proxy' } }),
    `KubernetesEdge.ingress() cannot have the label 'app name' on Kubernetes: ${KEY}`],
  ['ranges of proxies', () => KubernetesEdge.gateway({ proxyRanges: ['10.0.0.0/8', '10.0.0.1'] }), `KubernetesEdge.gateway() cannot take '10.0.0.1' for proxyRanges: ${RANGES}`],
  ['a Gateway', () => KubernetesEdge.existingGateway({ name: 'Public' }), `KubernetesEdge.existingGateway() cannot take 'Public' for name: ${NAME}`],
  ['its namespace', () => KubernetesEdge.existingGateway({ name: 'public', namespace: 'a.b' }), `KubernetesEdge.existingGateway() cannot take 'a.b' for namespace: ${NAMESPACE}`],
  ['its listener', () => KubernetesEdge.existingGateway({ name: 'public', httpListener: 'port 80' }), `KubernetesEdge.existingGateway() cannot take 'port 80' for httpListener: ${NAME}`],
  ['an IngressClass', () => KubernetesEdge.ingress({ className: '' }), `KubernetesEdge.ingress() cannot take '' for className: ${NAME}`],
  ['annotations of an Ingress', () => KubernetesEdge.ingress({ className: 'nginx', annotations: { 'a b': 'c' } }), `KubernetesEdge.ingress() cannot have the annotation 'a b' on Kubernetes: ${KEY}`],
  ['a class of load balancers', () => KubernetesEdge.ownProxies({ loadBalancerClass: 'my class' }),
    "KubernetesEdge.ownProxies() cannot take 'my class' for loadBalancerClass: give a name such as 'service.k8s.aws/nlb'"],
  ['nobody who may come', () => KubernetesEdge.ownProxies({ sourceRanges: [] }),
    "KubernetesEdge.ownProxies() cannot let anybody in: sourceRanges is empty, give a range such as '203.0.113.0/24' or leave it out"],
  ['who may come at all', () => KubernetesEdge.ownProxies({ sourceRanges: ['office'] }), `KubernetesEdge.ownProxies() cannot take 'office' for sourceRanges: ${RANGES}`],
  ['the Service of published ports', () => new KubernetesTarget({ publishedServices: { annotations: { '/a': 'b' } } }),
    `KubernetesTarget.publishedServices cannot have the annotation '/a' on Kubernetes: ${KEY}`],
  ['who asks for metrics', () => new KubernetesTarget({ monitoring: { labels: { app: 'my prometheus' } } }),
    `KubernetesTarget.monitoring cannot give the label 'app' the value 'my prometheus' on Kubernetes: ${VALUE}`],
  ['the domain', () => new KubernetesTarget({ clusterDomain: 'cluster local' }), "KubernetesTarget cannot take 'cluster local' for clusterDomain: give a domain such as 'cluster.local'"],
  ['copies without an answer', () => Autoscaler.keda({ fallbackReplicas: -1 }), 'Autoscaler.keda() cannot have fallbackReplicas -1: give a whole number from 0'],
  ['how often KEDA asks', () => Autoscaler.keda({ pollingInterval: Duration.millis(500) }), 'Autoscaler.keda() cannot have pollingInterval in seconds 0.5: give a whole number from 1'],
  ['pods of a quota', () => new KubernetesTarget({ createNamespace: true, namespaceQuota: { pods: 0.5 } }), 'KubernetesTarget.namespaceQuota cannot have pods 0.5: give a whole number from 1'],
  ['the same node, too early', () => new KubernetesTarget({ version: '1.34', trafficDistribution: TrafficDistribution.PREFER_SAME_NODE }),
    "KubernetesTarget cannot have callers prefer copies on their node with version '1.34': give version '1.35' or newer, or TrafficDistribution.PREFER_SAME_ZONE"],
])('%s', (_, declare, message) => {
  expect(declare).toThrow(new Error(message));
});

test('what is usual is taken', () => {
  expect(() => [
    KubernetesEdge.existingGateway({ name: 'public.acme', httpListener: 'http-80' }),
    KubernetesEdge.ownProxies({ loadBalancerClass: 'service.k8s.aws/nlb', sourceRanges: ['2001:db8::/32'], annotations: { 'metallb.io/Address-Pool': 'public' } }),
    new KubernetesTarget({ monitoring: { labels: {} }, clusterDomain: 'acme.local' }),
  ]).not.toThrow();
});
